"""``accord select``: decide by a rule which episodes to keep, and why."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

from accord.app.commands.arguments import add_json, add_library, check_known, number, percent, print_json, print_table
from accord.app.curating import choose_episodes
from accord.app.errors import AppError
from accord.datasets.library import Library
from accord.datasets.selection import SCORE_NAMES, Choice, Limits, Rule, Selection
from accord.datasets.step_filter import DROPS, LEAST_PIECE_S


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord select``."""
    add_library(parser)
    parser.add_argument("--name", required=True, help="what the selection is called")
    parser.add_argument("--policy", default="", help="the base policy whose scores the limits below speak of")
    parser.add_argument("--outcome", action="append", default=[], help="keep this outcome (default: success)")
    parser.add_argument("--operator", action="append", default=[], help="keep this operator (may be repeated)")
    parser.add_argument("--task", action="append", default=[], help="keep this task (may be repeated)")
    parser.add_argument("--min-compatibility", type=float, metavar="M", help="keep episodes with at least this M")
    parser.add_argument("--max-conflict-share", type=float, metavar="SHARE", help="0 to 1")
    parser.add_argument("--max-novel-share", type=float, metavar="SHARE", help="0 to 1")
    parser.add_argument("--min", action="append", default=[], metavar="SCORE=VALUE", dest="least",
                        help=f"keep episodes with at least this of {', '.join(SCORE_NAMES)}")  # fmt: skip
    parser.add_argument("--max", action="append", default=[], metavar="SCORE=VALUE", dest="largest",
                        help="keep episodes with at most this, such as duration=12.5 (may be repeated)")  # fmt: skip
    parser.add_argument("--drop-steps", choices=tuple(DROPS), default="", help="cut such steps out of what is kept")
    parser.add_argument("--least-piece", type=float, default=LEAST_PIECE_S, metavar="SECONDS",
                        help="what is shorter between two cuts goes with them (default: %(default)s)")  # fmt: skip
    parser.add_argument("--cut-accepted", action="store_true", help="also cut episodes that the curator accepted")
    parser.add_argument("--drop-longest", type=int, default=0, metavar="N",
                        help="drop so many of the longest that would be kept, to compare with")  # fmt: skip
    parser.add_argument("--drop-random", type=int, default=0, metavar="N",
                        help="drop so many that would be kept by lot, to compare with")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="of the lot")
    parser.add_argument("--rollouts", action="store_true", help="also keep episodes that a policy drove")
    parser.add_argument("--replace", action="store_true", help="replace a selection of this name")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Choose, keep the choice, and show it with its reasons."""
    rule = Rule(
        outcomes=tuple(arguments.outcome) or ("success",), operators=tuple(arguments.operator),
        tasks=tuple(arguments.task), policy=arguments.policy, min_compatibility=arguments.min_compatibility,
        max_conflict_share=arguments.max_conflict_share, max_novel_share=arguments.max_novel_share,
        rollouts=arguments.rollouts, scores=read_limits(arguments.least, arguments.largest),
        drop_steps=arguments.drop_steps, least_piece_s=arguments.least_piece, cut_accepted=arguments.cut_accepted,
        drop_longest=arguments.drop_longest, drop_random=arguments.drop_random, seed=arguments.seed,
    )  # fmt: skip
    library = Library(arguments.library)
    contents = library.contents()
    check_known("a task", rule.tasks, {entry.summary.task for entry in contents.entries})
    check_known("an operator", rule.operators, {entry.summary.operator for entry in contents.entries})
    selection = choose_episodes(library, arguments.name, rule, arguments.replace)
    for sentence in contents.damaged:
        print(sentence, file=sys.stderr)
    if arguments.json:
        print_json(
            {
                "selection": selection.name,
                "kept": selection.kept,
                "episodes": [
                    {
                        "episode": choice.id,
                        "kept": choice.kept,
                        "why": choice.why,
                        "cuts_s": choice.cuts,
                        **_numbers(choice),
                    }
                    for choice in selection.rows
                ],
            }
        )
    else:
        print_selection(selection)
    return 0


def read_limits(least: Sequence[str], largest: Sequence[str]) -> dict[str, Limits]:
    """``smoothness=-6`` as limits by the name of the score.

    Raises:
        AppError: if one is something else, names no score, or names one twice.
    """
    limits: dict[str, Limits] = {}
    for word, side in (*((word, 0) for word in least), *((word, 1) for word in largest)):
        name, _, text = word.partition("=")
        if name not in SCORE_NAMES:
            raise AppError("a score to limit", repr(name), f"choose one of {', '.join(SCORE_NAMES)}")
        try:
            value = float(text)
        except ValueError as error:
            raise AppError("SCORE=VALUE", repr(word), "give a number") from error
        pair = list(limits.get(name, (None, None)))
        if pair[side] is not None:
            raise AppError("each limit once", f"{name} twice", "give one of the two")
        pair[side] = value
        limits[name] = pair[0], pair[1]
    return limits


def _numbers(choice: Choice) -> dict[str, object]:
    wanted = ("compatibility", "conflict_share", "novel_share", "duration_s", "scores")
    return {key: value for key, value in asdict(choice.candidate).items() if key in wanted}


def print_selection(selection: Selection) -> None:
    """The table of what was kept and why."""
    titles = ("episode", "operator", "outcome", "M", "conflict", "novel", "duration", "kept", "why")
    print_table(titles, [_cells(choice) for choice in selection.rows])
    cut = sum(bool(choice.cuts) for choice in selection.rows)
    print(f"kept {len(selection.kept)} of {len(selection.rows)}" + (f", {cut} of them in part" if cut else ""))


def _cells(choice: Choice) -> tuple[str, ...]:
    candidate = choice.candidate
    return (
        choice.id[:8], candidate.operator, candidate.outcome, number(candidate.compatibility),
        percent(candidate.conflict_share), percent(candidate.novel_share), f"{candidate.duration_s:.1f} s",
        ("part" if choice.cuts else "yes") if choice.kept else "no", choice.why,
    )  # fmt: skip
