"""A library of two strategies, made up for tests: across and then down, or down and then across."""

from pathlib import Path

from episodes import make_info
from policies import drive

from accord.datasets.decisions import Kind
from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import EpisodeWriter
from accord.datasets.library import Library

WAYS = {"ana": "across", "ben": "down"}
"""Operator → strategy."""


def make_two_ways(folder: Path, of_each: int = 7) -> Library:
    """Ana's successes in one way, then Ben's in the other, a minute apart."""
    library = Library.create(folder)
    for number in range(2 * of_each):
        operator = "ana" if number < of_each else "ben"
        info = make_info((), operator=operator, wall_ns=(1_790_000_000 + 60 * number) * 10**9)
        writer = EpisodeWriter(library.new_episode_path(info), info)
        writer.append_steps(drive(WAYS[operator], number % of_each))
        writer.close(Ending.COMPLETE)
        library.decisions.append("robot", info.id, Kind.OUTCOME, "success")
    return library


def ids_of(library: Library, operator: str) -> list[str]:
    """Of one operator's episodes, oldest first."""
    return [entry.id for entry in library.contents().entries if entry.summary.operator == operator]
