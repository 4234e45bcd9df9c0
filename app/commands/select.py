"""``accord select``: decide by a rule which episodes to keep, and why."""

import argparse
import sys
from dataclasses import asdict

from accord.app.commands.arguments import add_json, add_library, check_known, number, percent, print_json, print_table
from accord.app.curating import choose_episodes
from accord.datasets.library import Library
from accord.datasets.selection import Choice, Rule, Selection


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
    parser.add_argument("--rollouts", action="store_true", help="also keep episodes that a policy drove")
    parser.add_argument("--replace", action="store_true", help="replace a selection of this name")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Choose, keep the choice, and show it with its reasons."""
    rule = Rule(
        outcomes=tuple(arguments.outcome) or ("success",), operators=tuple(arguments.operator),
        tasks=tuple(arguments.task), policy=arguments.policy, min_compatibility=arguments.min_compatibility,
        max_conflict_share=arguments.max_conflict_share, max_novel_share=arguments.max_novel_share,
        rollouts=arguments.rollouts,
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
                    {"episode": choice.id, "kept": choice.kept, "why": choice.why, **_numbers(choice)}
                    for choice in selection.rows
                ],
            }
        )
    else:
        print_selection(selection)
    return 0


def _numbers(choice: Choice) -> dict[str, object]:
    wanted = ("compatibility", "conflict_share", "novel_share", "duration_s")
    return {key: value for key, value in asdict(choice.candidate).items() if key in wanted}


def print_selection(selection: Selection) -> None:
    """The table of what was kept and why."""
    titles = ("episode", "operator", "outcome", "M", "conflict", "novel", "duration", "kept", "why")
    print_table(titles, [_cells(choice) for choice in selection.rows])
    print(f"kept {len(selection.kept)} of {len(selection.rows)}")


def _cells(choice: Choice) -> tuple[str, ...]:
    candidate = choice.candidate
    return (
        choice.id[:8], candidate.operator, candidate.outcome, number(candidate.compatibility),
        percent(candidate.conflict_share), percent(candidate.novel_share), f"{candidate.duration_s:.1f} s",
        "yes" if choice.kept else "no", choice.why,
    )  # fmt: skip
