"""``accord score``: how compatible every episode is with a base policy."""

import argparse
import sys
from dataclasses import asdict

from accord.app.commands.arguments import Line, add_json, add_library, percent, print_json, print_table
from accord.app.curating import Row, rows, score_library
from accord.datasets.library import Library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord score``."""
    add_library(parser)
    parser.add_argument("--policy", required=True, help="the base policy")
    parser.add_argument("--operator", default="", help="only episodes of this operator")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Score what is not scored yet, and show all."""
    problems = score_library(arguments.library, arguments.policy, Line())
    found = rows(Library(arguments.library), arguments.policy)
    if problems and not any(row.score for row in found):  # it is the wrong policy
        print(f"accord: {problems[0]}", file=sys.stderr)
        return 2
    scored = [row for row in found if row.score and arguments.operator in ("", row.entry.summary.operator)]
    if arguments.json:
        print_json([asdict(row.score) for row in scored if row.score])
    else:
        titles = ("episode", "operator", "outcome", "M", "conflict", "novel", "duration")
        print_table(titles, [_cells(row) for row in scored])
    problems.extend(Library(arguments.library).contents().damaged)
    for sentence in problems:
        print(sentence, file=sys.stderr)
    return 1 if problems else 0


def _cells(row: Row) -> tuple[str, ...]:
    summary, score = row.entry.summary, row.score
    assert score is not None, "only scored rows are shown"
    return (
        summary.episode[:8], summary.operator, row.entry.curation.outcome, f"{score.compatibility:.2f}",
        percent(score.conflict_share), percent(score.novel_share), f"{score.duration_s:.1f} s",
    )  # fmt: skip
