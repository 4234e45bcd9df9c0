"""``accord library``: what stands in a library."""

import argparse
from datetime import datetime
from math import isfinite
from typing import Any

from accord.app.commands.arguments import add_json, add_library, number, percent, print_json, print_table
from accord.app.curating import Row, judged
from accord.datasets.library import Contents, Library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord library``."""
    add_library(parser)
    parser.add_argument("--policy", default="", help="show scores against this base policy")
    parser.add_argument("--all", action="store_true", help="show discarded episodes too")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """List the episodes, oldest first."""
    library = Library(arguments.library)
    contents = library.contents()
    shown = [
        row
        for row in judged(library, contents.entries, arguments.policy)
        if arguments.all or row.entry.curation.outcome != "discarded"
    ]
    if arguments.json:
        print_json(_told(library, contents, shown))
    else:
        _print(contents, shown)
    return 0


def _told(library: Library, contents: Contents, shown: list[Row]) -> dict[str, Any]:
    return {
        "name": library.name,
        "policies": library.policy_names(),
        "selections": library.selection_names(),
        "episodes": [_episode(row) for row in shown],
        "left_behind": [str(path) for path in contents.left_behind],
        "damaged": contents.damaged,
    }


def _episode(row: Row) -> dict[str, Any]:
    summary, curation, score = row.entry.summary, row.entry.curation, row.score
    return {
        "episode": summary.episode, "task": summary.task, "operator": summary.operator, "source": summary.source,
        "scripted": summary.scripted, "began": datetime.fromtimestamp(summary.wall_ns / 1e9).isoformat(),
        "steps": summary.steps, "duration_s": summary.duration_s, "outcome": curation.outcome,
        "verdict": curation.verdict, "trim": curation.trim, "note": curation.note, "complete": summary.complete,
        "reason": summary.reason, "steps_lost": summary.steps_lost, "images_lost": summary.images_lost,
        "compatibility": score.compatibility if score else None,
        "conflict_share": score.conflict_share if score else None,
        "novel_share": score.novel_share if score else None, "far_share": score.far_share if score else None,
        "disputed_share": score.disputed_share if score else None,
        "incompatibility": score.incompatibility if score and isfinite(score.incompatibility) else None,
        "path": str(row.entry.path),
    }  # fmt: skip


def _print(contents: Contents, shown: list[Row]) -> None:
    titles = (
        "episode",
        "began",
        "task",
        "operator",
        "source",
        "outcome",
        "verdict",
        "duration",
        "M",
        "conflict",
        "novel",
    )
    print_table(titles, [_cells(row) for row in shown])
    print(f"{len(shown)} of {len(contents.entries)} episodes")
    if contents.left_behind:
        print(f"{len(contents.left_behind)} left behind by a crash: accord recover saves them")
    for sentence in contents.damaged:
        print(sentence)


def _cells(row: Row) -> tuple[str, ...]:
    summary, curation, score = row.entry.summary, row.entry.curation, row.score
    return (
        summary.episode[:8], datetime.fromtimestamp(summary.wall_ns / 1e9).strftime("%Y-%m-%d %H:%M"),
        summary.task, summary.operator, summary.source, curation.outcome, curation.verdict or "–",
        f"{summary.duration_s:.1f} s",
        number(score.compatibility if score else None), percent(score.conflict_share if score else None),
        percent(score.novel_share if score else None),
    )  # fmt: skip
