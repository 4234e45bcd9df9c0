"""``accord import``: the demonstrations of a robomimic or robosuite file become episodes of a library."""

import argparse
from dataclasses import asdict
from pathlib import Path

from accord.app.commands.arguments import Line, add_json, add_library, print_json
from accord.app.importing import ImportReport, import_apart
from accord.datasets.importers.imported import Told


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord import``."""
    parser.add_argument("file", type=Path, help="HDF5 file of robomimic (low-dimensional) or robosuite (raw)")
    add_library(parser)
    parser.add_argument("--rate-hz", type=float, metavar="HZ",
                        help="commands per second, where the file does not say it: 1 to 10000")  # fmt: skip
    parser.add_argument("--task", default="", help="the task (default: the environment's name in the file)")
    parser.add_argument("--operator", default="", help="who drove, in all of them (default: not known)")
    parser.add_argument("--outcome", default="", help="success or failure, of all of them (default: not known)")
    parser.add_argument("--human", action="store_true", help="you know that a human drove, in all of them")
    parser.add_argument("--licence", default="", help="of the data, to be kept with every episode")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Import what is not there yet, and say what came of it."""
    told = Told(
        arguments.rate_hz, arguments.task, arguments.operator, arguments.outcome, arguments.human, arguments.licence
    )
    report = import_apart(arguments.library, arguments.file, told, Line())
    if arguments.json:
        print_json(asdict(report))
    else:
        _print(report, arguments.file.name)
    return 0


def _print(report: ImportReport, name: str) -> None:
    if report.known:
        there = "all of it was imported before" if not report.imported else "the others were imported before"
        print(f"{len(report.known)} episodes of {name} are there already: {there}")
    if report.imported:
        print(f"{len(report.imported)} episodes of {report.task}, {report.steps} steps at {report.rate_hz:g} Hz")
        for sentence in report.sayings:
            print(sentence)
