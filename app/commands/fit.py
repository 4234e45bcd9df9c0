"""``accord fit``: a base policy for chosen episodes."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from accord.app.base_look import BaseLook, base_parts
from accord.app.commands.arguments import Line, add_json, add_library, check_known, print_json
from accord.app.curating import rows
from accord.app.errors import AppError
from accord.app.fitting import calibrated, fit_and_remember, settings_of
from accord.datasets.calibration import Calibration
from accord.datasets.choosing import choose
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import KEEPS, FitSettings
from accord.datasets.heads import HEADS
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load
from accord.datasets.scores.strategies import Split
from accord.datasets.selection import Rule, Selection
from accord.datasets.staleness import told as told_stale
from accord.datasets.trim import Cuts

_USUAL = FitSettings()
Base = tuple[tuple[str, ...], Mapping[str, Cuts]]
"""Ids of the base episodes, and what is cut out of them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord fit``."""
    add_library(parser)
    parser.add_argument("--policy", required=True, metavar="NAME", help="what the new base policy is called")
    parser.add_argument("--operator", action="append", default=[], help="episodes of this operator (may be repeated)")
    parser.add_argument("--outcome", action="append", default=[],
                        help="episodes that ended like this, such as unlabelled (default: success)")  # fmt: skip
    parser.add_argument("--selection", default="", help="episodes that this selection keeps")
    parser.add_argument("--episode", action="append", default=[], metavar="ID", help="this episode (may be repeated)")
    parser.add_argument("--again", default="", metavar="POLICY",
                        help="the episodes and settings of this base policy, as they are now")  # fmt: skip
    parser.add_argument("--seed", type=int, help="of the initial weights and the split")
    _add_settings(parser.add_argument_group("how it is fitted", "Left out, as usual or as the policy of --again was."))
    add_json(parser)


def _add_settings(group: Any) -> None:
    group.add_argument("--observe", nargs="+", metavar="FIELD",
                       help="what it sees, such as observation/hand_position, or relative/nut_position for where a "
                       "thing is as seen from the hand, relative/nut_quaternion for how it is turned, "
                       "close/nut_position for the last centimetres enlarged")  # fmt: skip
    group.add_argument("--chunk", type=int, metavar="H",
                       help="how many commands it says at once; a policy that is to drive wants half a second of them "
                       f"(usually {_USUAL.chunk})")  # fmt: skip
    group.add_argument("--skip-idle", action=argparse.BooleanOptionalAction, default=None,
                       help="leave out steps at which nothing moves: a policy that is to drive learns to wait from "
                       "them")  # fmt: skip
    group.add_argument("--head", choices=HEADS,
                       help="mean, or a mixture for a base set that does the same thing in several ways")  # fmt: skip
    group.add_argument("--modes", type=int, help=f"how many ways a mixture knows (usually {_USUAL.modes})")
    group.add_argument("--keep", choices=KEEPS,
                       help="weights of the best held-out error, or the last, which often drive better")  # fmt: skip
    group.add_argument("--members", type=int, metavar="K", help=f"of the ensemble (usually {_USUAL.members})")
    group.add_argument("--layers", type=int, nargs="+", metavar="UNITS",
                       help=f"units of each hidden layer (usually {' '.join(map(str, _USUAL.hidden))})")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Fit, keep, and say how good it is on episodes it did not see."""
    library = Library(arguments.library)
    former = load(library.known_policy(arguments.again)) if arguments.again else None
    episodes, cuts = _episodes(library, arguments, former)
    if not episodes:
        raise _nothing(library)
    settings = _settings(arguments, settings_of(former, library.policy_folder(arguments.again)) if former else _USUAL)
    ways = BaseLook.of(base_parts(library, episodes)).split
    stale = told_stale(former, library) if former else ""
    name = fit_and_remember(arguments.library, arguments.policy, episodes, settings, Line(), cuts)
    policy = load(library.policy_folder(name))
    calibration = _calibration(library, policy)
    if arguments.json:
        print_json(_json(policy, ways, calibration))
        return 0
    if stale:
        print(stale.replace("Fit it again.", f"{name} is fitted to them as they are now."))
    print(f"{name}: fitted to {len(policy.fitted_to)} episodes, checked on {len(policy.held_out)} others")
    print(f"validation error {policy.metrics['validation_error']:.4f} after {policy.metrics['seconds']:.1f} s")
    print(f"λ {policy.thresholds.error_limit:.4g} (error), η {policy.thresholds.novelty_limit:.4g} (novelty), "
          f"δ {policy.thresholds.distance_limit:.4g} (distance)")  # fmt: skip
    if calibration:
        print(calibration.told(policy.thresholds))
    for warning in _warnings(ways, calibration):
        print(warning, file=sys.stderr)
    return 0


def _calibration(library: Library, policy: BasePolicy) -> Calibration | None:
    """What the held-out episodes say; None where somebody moved one away while the fit ran."""
    try:
        return calibrated(library, policy)
    except AccordError:
        return None


def _warnings(ways: Split, calibration: Calibration | None) -> list[str]:
    return [one for one in (ways.warning, calibration.warning if calibration else "") if one]


def _json(policy: BasePolicy, ways: Split, calibration: Calibration | None) -> dict[str, object]:
    limit = policy.thresholds.distance_limit
    told = {
        "below": calibration.below(policy.thresholds), "quantiles": calibration.shown(),
        "held_out_steps": len(calibration.held_out),
    } if calibration else {}  # fmt: skip
    return {
        "policy": policy.name, "fitted_to": policy.fitted_to, "held_out": policy.held_out,
        "error_limit": policy.thresholds.error_limit, "novelty_limit": policy.thresholds.novelty_limit,
        "distance_limit": limit if isfinite(limit) else None, "strategies": ways.groups,
        "warnings": _warnings(ways, calibration), **told, **policy.metrics,
    }  # fmt: skip


def _settings(arguments: argparse.Namespace, usual: FitSettings) -> FitSettings:
    """What was asked for, and the rest as it was."""
    asked = {
        "seed": arguments.seed, "observed": arguments.observe, "chunk": arguments.chunk, "head": arguments.head,
        "skip_idle": arguments.skip_idle, "modes": arguments.modes, "keep": arguments.keep,
        "members": arguments.members, "hidden": arguments.layers,
    }  # fmt: skip
    given = {name: value for name, value in asked.items() if value is not None}
    counts = {"--chunk": arguments.chunk, "--modes": arguments.modes, "--members": arguments.members,
              "--layers": min(arguments.layers or [1])}  # fmt: skip
    for option, value in counts.items():
        if value is not None and value < 1:
            raise AppError(f"{option} of 1 or more", f"{value}", "give a positive number")
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return replace(usual, name=arguments.policy, **given | lists)


def _episodes(library: Library, arguments: argparse.Namespace, former: BasePolicy | None) -> Base:
    """What was chosen, and what a selection cuts out of it; without a choice, every success that was not rejected."""
    if arguments.episode:
        return tuple(library.find(id_).stem for id_ in arguments.episode), {}
    if arguments.selection:
        selection = Selection.load(library.known_selection(arguments.selection))
        return selection.kept, selection.cuts
    found = rows(library)
    if former is not None:
        base = {*former.fitted_to, *former.held_out}
        left = (row for row in found if row.entry.curation.outcome != "discarded")
        cuts = {episode: used.cuts for episode, used in former.used.items()}
        return tuple(row.entry.id for row in left if row.entry.id in base), cuts
    check_known("an operator", arguments.operator, {row.entry.summary.operator for row in found})
    rule = Rule(outcomes=tuple(arguments.outcome) or Rule().outcomes, operators=tuple(arguments.operator))
    return choose((row.candidate for row in found), rule).kept, {}


def _nothing(library: Library) -> AppError:
    """Why no episode was chosen: imported ones, for example, are neither success nor failure until somebody says so."""
    unlabelled = sum(entry.curation.outcome == "unlabelled" for entry in library.contents().entries)
    if not unlabelled:
        return AppError("base episodes", "none that fit", "record some, or choose other operators")
    remedy = "say how they ended on page Library, or take them as they are with --outcome unlabelled"
    return AppError("base episodes", f"none that fit, and {unlabelled} unlabelled", remedy)
