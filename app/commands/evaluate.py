"""``accord evaluate``: how often a policy succeeds, driving the simulated robot itself."""

import argparse
import sys
from dataclasses import asdict
from typing import Any

from accord.app.commands.arguments import (
    Line,
    add_json,
    add_library,
    add_variation,
    percent,
    print_json,
    print_table,
    read_seeds,
    read_variation,
    size,
)
from accord.app.evaluating import EvaluationSettings, evaluate
from accord.app.evaluation import Evaluation
from accord.app.rollout import Keep
from accord.app.seeds import FRESH_SEED
from accord.datasets.intervals import Share
from accord.devices.policies.catalogue import Sight
from accord.devices.sources.policy import Asking


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord evaluate``."""
    add_library(parser)
    parser.add_argument("--policy", required=True, metavar="NAME",
                        help="a base policy, NAME#2 for one member, or ws://HOST:PORT of an openpi server")  # fmt: skip
    parser.add_argument("--task", default="", help="what to do (default: what the base policy was fitted to)")
    parser.add_argument("--rollouts", type=int, metavar="N", help="how many (default: 50, or one per seed named)")
    parser.add_argument("--seeds", default=str(FRESH_SEED), metavar="SEEDS",
                        help="of the scenes: FIRST, FIRST..LAST or A,B,C (default: from %(default)s on)")  # fmt: skip
    parser.add_argument("--arm", default="", help="which arm (default: the task's usual one)")
    add_variation(parser)
    parser.add_argument("--rate", type=float, default=0.0, metavar="HZ",
                        help="of the loop (default: that of the base policy, or 50)")  # fmt: skip
    parser.add_argument("--limit", type=float, default=0.0, metavar="S",
                        help="a rollout that takes longer is a failure (default: the task's own limit)")  # fmt: skip
    parser.add_argument("--horizon", type=int, default=0, metavar="N",
                        help="commands of an answer to follow before asking again (default: all)")  # fmt: skip
    parser.add_argument("--keep", default="none", metavar="WHICH",
                        help="what to keep as episodes: none, failures, successes, all, or the first N")  # fmt: skip
    parser.add_argument("--size", default="320x240", metavar="WxH", help="of their views (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=0, metavar="N",
                        help="processes (default: one per core; one for a server)")  # fmt: skip
    _add_remote(parser.add_argument_group("a policy on a server"))
    add_json(parser)


def _add_remote(group: argparse._ArgumentGroup) -> None:
    usual = Asking()
    group.add_argument("--views", default="", metavar="A,B", help="pictures to send, for example front,wrist")
    group.add_argument("--view-size", default="224x224", metavar="WxH", help="of them (default: %(default)s)")
    group.add_argument("--instruction", default="", help="what to tell it to do (default: the task's own)")
    group.add_argument("--wait", type=float, default=usual.wait_s, metavar="S",
                       help="how long simulated time stands still for an answer (default: %(default)s s)")  # fmt: skip
    group.add_argument("--patience", type=float, default=usual.patience_s, metavar="S",
                       help="after how long without an answer it is lost (default: %(default)s s)")  # fmt: skip


class _Heard(Line):
    """The line on the terminal, and the newest that it was told."""

    newest: Evaluation | None = None

    def __call__(self, fraction: float, text: str, details: Any = None) -> None:
        super().__call__(fraction, text, details)
        self.newest = details or self.newest


def run(arguments: argparse.Namespace) -> int:
    """Roll out, and say how it went."""
    line = _Heard()
    try:
        found = evaluate(arguments.library, _settings(arguments), line)
    except KeyboardInterrupt:  # what is done is told all the same
        if line.newest is not None and not arguments.json:
            print("\nstopped", file=sys.stderr)
            _print(line.newest)
        raise
    if arguments.json:
        print_json(_told(found))
    else:
        _print(found)
    if found.seen:
        seen = f"{len(found.seen)} of the scenes are among those the policy was fitted to"
        print(f"{seen}: a success there says less.", file=sys.stderr)
    problems = _problems(found)
    for sentence in problems:
        print(sentence, file=sys.stderr)
    return 1 if problems else 0


def _settings(arguments: argparse.Namespace) -> EvaluationSettings:
    views = tuple(name for name in arguments.views.split(",") if name)
    width, height = size(arguments.size)
    return EvaluationSettings(
        arguments.policy, read_seeds(arguments.seeds, arguments.rollouts, "--rollouts"), arguments.task, arguments.arm,
        read_variation(arguments.variation), arguments.rate, arguments.limit, arguments.instruction,
        Asking(arguments.horizon, arguments.wait, arguments.patience), Sight(views, *size(arguments.view_size)),
        Keep(arguments.keep), width, height, arguments.workers,
    )  # fmt: skip


def _print(found: Evaluation) -> None:
    done = len(found.rollouts)
    print(f"{found.policy} on {found.task} ({found.arm}, {found.rate_hz:g} Hz): {done} of {found.of} rollouts")
    rows = [_row("success", found.success)]
    rows += [_row(f"  {stage}", share) for stage, share in zip(found.stages, found.reached, strict=True)]
    print_table(("", "rollouts", "share", "95 % interval"), rows)
    if found.durations_s is not None:
        low, middle, high = found.durations_s
        print(f"successes take {middle:.1f} s (median), {low:.1f} to {high:.1f} s (quartiles)")
    held = percent(found.held / found.steps if found.steps else None)
    print(f"held at {found.held} of {found.steps} steps ({held}); {_late(found)}")
    if found.seconds > 0:
        rate = f"{done / found.seconds * 60:.0f} rollouts/min, {found.steps / found.seconds:.0f} steps/s"
        print(f"{rate}, {found.speed:.1f} times real time, {found.workers} at once")
    for reason, count in found.reasons.items():
        print(f"{count} failed: {reason}")
    kept = [rollout.episode for rollout in found.rollouts if rollout.episode]
    if kept:
        print(f"kept {len(kept)} as episodes: {', '.join(id_[:8] for id_ in kept[:8])}{' …' if kept[8:] else ''}")


def _row(name: str, share: Share) -> tuple[str, ...]:
    low, high = share.interval
    value = percent(share.value) if share.of else "–"
    return name, f"{share.count} of {share.of}", value, f"{100 * low:.1f} to {100 * high:.1f} %"


def _late(found: Evaluation) -> str:
    late = sum(rollout.too_late for rollout in found.rollouts)
    return f"{late} answers came too late to act on" if late else "no answer came too late"


def _problems(found: Evaluation) -> list[str]:
    """One sentence for each thing that is not as it should be."""
    broken = {rollout.reason for rollout in found.rollouts if rollout.broken}
    told = sorted(broken | {rollout.problem for rollout in found.rollouts if rollout.problem})
    if found.not_run:
        told.append(f"{len(found.not_run)} of {found.of} rollouts were not run. {found.not_run[0].why}")
    return told


def _told(found: Evaluation) -> dict[str, Any]:
    rollouts = [
        {key: value for key, value in asdict(rollout).items() if key != "picture"} for rollout in found.rollouts
    ]
    return {
        "policy": found.policy, "task": found.task, "arm": found.arm, "rate_hz": found.rate_hz,
        "success": _share(found.success),
        "stages": {name: _share(share) for name, share in zip(found.stages, found.reached, strict=True)},
        "durations_s": found.durations_s, "steps": found.steps, "held": found.held, "seconds": found.seconds,
        "workers": found.workers, "seen": found.seen, "reasons": found.reasons, "rollouts": rollouts,
        "not_run": [asdict(one) for one in found.not_run],
    }  # fmt: skip


def _share(share: Share) -> dict[str, Any]:
    return {"count": share.count, "of": share.of, "share": share.value if share.of else None,
            "interval_95": share.interval}  # fmt: skip
