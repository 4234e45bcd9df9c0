"""Arguments that several commands share, and how they print."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from accord.app.cli import default_library
from accord.app.errors import AppError
from accord.app.seeds import check_count
from accord.devices.mapping import Mapping, load
from accord.devices.sim.factor import Variation


def add_library(parser: argparse.ArgumentParser) -> None:
    """``--library``."""
    parser.add_argument("--library", type=Path, default=default_library(), metavar="FOLDER",
                        help="folder of the library (default: %(default)s)")  # fmt: skip


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json``."""
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def add_mapping(parser: argparse.ArgumentParser) -> None:
    """``--mapping``."""
    parser.add_argument("--mapping", type=Path, metavar="FILE",
                        help="TOML with gains, dead zone, axes, signs and frame of the device")  # fmt: skip


def read_mapping(path: Path | None) -> Mapping | None:
    """What the file says; None without one.

    Raises:
        DeviceError: if the file is not a mapping.
    """
    return None if path is None else load(path)


def add_variation(parser: argparse.ArgumentParser) -> None:
    """``--set``."""
    parser.add_argument("--set", action="append", default=[], metavar="FACTOR=VALUE", dest="variation",
                        help="fix a factor of the scene, or FACTOR=LOW..HIGH to vary it (may be repeated)")  # fmt: skip


def read_variation(words: Sequence[str]) -> Variation:
    """``nut-x=0.4`` and ``light=0.5..1.5`` as ranges by factor; whether a task has such a factor is not looked at.

    Raises:
        AppError: if one is something else, or a factor is named twice.
    """
    ranges: dict[str, tuple[float, float]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        low, dots, high = text.partition("..")
        try:
            found = float(low), float(high if dots else low)
        except ValueError as error:
            raise AppError("FACTOR=VALUE or FACTOR=LOW..HIGH", repr(word), "give numbers") from error
        if not name or not equals or name in ranges:
            raise AppError("each factor once, as FACTOR=VALUE", repr(word), "name it, and name it once")
        ranges[name] = found
    return ranges


def read_seeds(text: str, count: int | None, option: str) -> Sequence[int]:
    """``7`` as `count` seeds from 7 on, ``0..49`` as all of these, ``3,5,9`` as these three.

    Args:
        text: as typed.
        count: how many; None for as many as the text names, or 50.
        option: that said how many, for the error.

    Raises:
        AppError: if it is something else, names another number of seeds than asked for, or too many.
    """
    if count is not None and count < 1:
        raise AppError("one seed or more", f"{count}", f"give {option} a positive number")
    first, dots, last = text.partition("..")
    try:
        if "," not in text and not dots:
            seeds: Sequence[int] = range(int(text), int(text) + (count or 50))
        else:
            seeds = range(int(first), int(last) + 1) if dots else [int(word) for word in text.split(",")]
    except ValueError as error:
        raise AppError("seeds as FIRST, FIRST..LAST or A,B,C", repr(text), "give whole numbers") from error
    if seeds:
        check_count(seeds)
    if not seeds or len(set(seeds)) < len(seeds) or count not in (None, len(seeds)):
        wanted = "different seeds" if count is None else f"{count} different seeds"
        as_many = "" if count is None else f", as many as {option} says"
        raise AppError(wanted, repr(text), f"name each once{as_many}")
    return seeds


def check_known(what: str, wanted: Sequence[str], known: set[str]) -> None:
    """Refuse names that no episode has: a typing mistake must not choose nothing.

    Raises:
        AppError: naming those that there are.
    """
    for name in wanted:
        if name not in known:
            remedy = f"choose one of {', '.join(sorted(known))}" if known else "record some episodes first"
            raise AppError(f"{what} of this library", repr(name), remedy)


def print_json(value: Any) -> None:
    """Print for programs."""
    json.dump(value, sys.stdout, indent=2)
    print()


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print for people: columns as wide as what stands in them."""
    widths = [max(len(row[i]) for row in (titles, *rows)) for i in range(len(titles))]
    for row in (titles, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def size(text: str) -> tuple[int, int]:
    """``320x240`` as (320, 240) [px].

    Raises:
        AppError: if it is something else.
    """
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError as error:
        raise AppError("a size such as 320x240", repr(text), "give width and height in pixels") from error
    return width, height


def percent(share: float | None) -> str:
    """A share as people read it; a dash where it is not known."""
    return "–" if share is None else f"{100 * share:.0f} %"


def number(value: float | None, digits: int = 2) -> str:
    """A number as people read it; a dash where it is not known."""
    return "–" if value is None else f"{value:.{digits}f}"


class Line:
    """One line on the terminal that is written over and over; only the last words where nobody watches."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()

    def __call__(self, fraction: float, text: str, details: Any = None) -> None:
        """A `accord.app.report.Report`."""
        if self._watched:
            print(f"\r\033[K{fraction:4.0%} {text}", end="" if fraction < 1 else "\n", file=sys.stderr, flush=True)
