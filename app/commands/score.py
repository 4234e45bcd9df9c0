"""``accord score``: how compatible every episode is with a base policy, and the scores that need none."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from math import isfinite, isnan

from accord.app.commands.arguments import Line, add_json, add_library, number, percent, print_json, print_table
from accord.app.crew import cores
from accord.app.curating import Row, rows, score_library
from accord.app.errors import AppError
from accord.app.plain_scoring import base_of
from accord.app.row_scores import PLAIN, ROW_SCORES, follows_duration, in_words
from accord.datasets.library import Library
from accord.datasets.policy_file import load
from accord.datasets.scores.library import plain_scores
from accord.datasets.selection import DEPARTURE
from accord.datasets.staleness import told


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord score``."""
    add_library(parser)
    parser.add_argument("--policy", help="the base policy; without it --plain shows the scores that need none")
    parser.add_argument("--operator", default="", help="only episodes of this operator")
    parser.add_argument("--plain", action="store_true",
                        help="show those that need no policy too, and how all go with the duration")  # fmt: skip
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Score what is not scored yet, and show all."""
    policy, plain = arguments.policy, arguments.plain
    if policy is None and not plain:
        raise AppError("a base policy to score against", "none", "name one with --policy, or ask for --plain")
    problems = [] if policy is None else score_library(arguments.library, policy, Line())
    library = Library(arguments.library)
    found = rows(library, policy or "")
    if policy is not None and problems and not any(row.score for row in found):  # it is the wrong policy
        print(f"accord: {problems[0]}", file=sys.stderr)
        return 2
    shown = [row for row in found if arguments.operator in ("", row.entry.summary.operator)]
    if plain or arguments.json:
        shown, worse = _with_plain(library, shown, policy or "")
        problems.extend(problem for problem in worse if problem not in problems)
    shown = [row for row in shown if row.score or (policy is None and row.plain)]
    _show(shown, arguments)
    problems.extend(library.contents().damaged)
    if policy is not None and (changed := told(load(library.policy_folder(policy)), library)):
        print(changed, file=sys.stderr)
    for sentence in problems:
        print(sentence, file=sys.stderr)
    return 1 if problems else 0


def _with_plain(library: Library, shown: list[Row], policy: str) -> tuple[list[Row], tuple[str, ...]]:
    """The rows with their plain scores, and what stood in the way of some. All of the library is compared."""
    line = Line()

    def progress(done: int, of: int) -> None:
        line(done / of if of else 1.0, f"read {done} of {of} episodes")

    found = plain_scores(library, base_of(library, policy), progress=progress, workers=cores())
    return [replace(row, plain=found.rows.get(row.entry.id, {})) for row in shown], found.problems


def _show(shown: list[Row], arguments: argparse.Namespace) -> None:
    if arguments.json:
        goes = {name: _plainly(found._asdict()) for name, found in follows_duration(shown).items()}
        told_rows = [_told(row) for row in shown]
        print_json({"policy": arguments.policy, "episodes": told_rows, "with_duration": goes})
        return
    if arguments.policy is not None:
        shares = "conflict", "novel", "far"
        titles = ("episode", "operator", "outcome", "M", *shares, "incompatible", "departure", "duration")
        print_table(titles, [_cells(row) for row in shown])
    if arguments.plain:
        print_table(("episode", "operator", *(one.name for one in PLAIN)), [_plain_cells(row) for row in shown])
        goes_with = follows_duration(shown)
        known = [one for one in ROW_SCORES if any(isfinite(one.of(row)) for row in shown)]
        print_table(("score", "what it is", "goes with the duration (95 % interval)"),
                    [(one.name, one.score.text, in_words(one.name, goes_with[one.name])) for one in known])  # fmt: skip


def _told(row: Row) -> dict[str, object]:
    plain: dict[str, object] = {"plain": _plainly(row.plain)}
    if row.score is None:
        return {"episode": row.entry.id} | plain
    return _plainly(asdict(row.score) | {DEPARTURE: row.score.departure}) | plain


def _plainly(values: Mapping[str, object]) -> dict[str, object]:
    """JSON knows no NaN."""
    return {name: None if isinstance(value, float) and isnan(value) else value for name, value in values.items()}


def _plain_cells(row: Row) -> tuple[str, ...]:
    summary = row.entry.summary
    return summary.episode[:8], summary.operator, *(one.text(one.of(row)) for one in PLAIN)


def _cells(row: Row) -> tuple[str, ...]:
    summary, score = row.entry.summary, row.score
    assert score is not None, "only scored rows are shown"
    return (
        summary.episode[:8], summary.operator, row.entry.curation.outcome, f"{score.compatibility:.2f}",
        percent(score.conflict_share), percent(score.novel_share), percent(score.far_share),
        *(number(None if isnan(value) else value) for value in (score.incompatibility, score.departure)),
        f"{score.duration_s:.1f} s",
    )  # fmt: skip
