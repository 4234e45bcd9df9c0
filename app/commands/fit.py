"""``accord fit``: a base policy for chosen episodes."""

import argparse

from accord.app.commands.arguments import Line, add_json, add_library, check_known, print_json
from accord.app.curating import fit_policy, rows
from accord.app.errors import AppError
from accord.datasets.fit_settings import FitSettings
from accord.datasets.library import Library
from accord.datasets.policy_file import load
from accord.datasets.selection import Rule, Selection, choose


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord fit``."""
    add_library(parser)
    parser.add_argument("--policy", required=True, metavar="NAME", help="what the new base policy is called")
    parser.add_argument("--operator", action="append", default=[], help="episodes of this operator (may be repeated)")
    parser.add_argument("--selection", default="", help="episodes that this selection keeps")
    parser.add_argument("--episode", action="append", default=[], metavar="ID", help="this episode (may be repeated)")
    parser.add_argument("--seed", type=int, default=0, help="of the initial weights and the split")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Fit, keep, and say how good it is on episodes it did not see."""
    library = Library(arguments.library)
    episodes = _episodes(library, arguments)
    if not episodes:
        raise AppError("base episodes", "none that fit", "record some, or choose other operators")
    name = arguments.policy
    fit_policy(arguments.library, name, episodes, FitSettings(name=name, seed=arguments.seed), Line())
    policy = load(library.policy_folder(name))
    told = {
        "policy": name, "fitted_to": policy.fitted_to, "held_out": policy.held_out,
        "error_limit": policy.thresholds.error_limit, "novelty_limit": policy.thresholds.novelty_limit,
        **policy.metrics,
    }  # fmt: skip
    if arguments.json:
        print_json(told)
        return 0
    print(f"{name}: fitted to {len(policy.fitted_to)} episodes, checked on {len(policy.held_out)} others")
    print(f"validation error {policy.metrics['validation_error']:.4f} after {policy.metrics['seconds']:.1f} s")
    print(f"λ {policy.thresholds.error_limit:.4g} (error), η {policy.thresholds.novelty_limit:.4g} (novelty)")
    return 0


def _episodes(library: Library, arguments: argparse.Namespace) -> tuple[str, ...]:
    """What was chosen; without a choice, every success that no curator rejected."""
    if arguments.episode:
        return tuple(library.find(id_).stem for id_ in arguments.episode)
    if arguments.selection:
        return Selection.load(library.known_selection(arguments.selection)).kept
    found = rows(library)
    check_known("an operator", arguments.operator, {row.entry.summary.operator for row in found})
    return choose((row.candidate for row in found), Rule(operators=tuple(arguments.operator))).kept
