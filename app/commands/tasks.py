"""``accord tasks``: what there is to do, what varies, and how scripted operators do it."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accord.app.commands.arguments import (
    Line,
    add_json,
    add_variation,
    percent,
    print_json,
    print_table,
    read_seeds,
    read_variation,
    size,
)
from accord.app.contact_sheet import write_sheet
from accord.app.errors import AppError
from accord.app.trying import Result, Trials, try_strategies
from accord.devices.sim.arms.catalogue import arms
from accord.devices.sim.factor import Factor, Variation, check_variation
from accord.devices.sim.task import Task
from accord.devices.sim.tasks import catalogue
from accord.devices.sources.plans.catalogue import all_strategies, strategies


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord tasks``."""
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="only these; of one task everything is told")
    parser.add_argument("--try", type=int, metavar="N", dest="rounds", help="try every strategy with N seeds")
    parser.add_argument("--seeds", metavar="FIRST", help="to try: the first, or FIRST..LAST, or A,B,C (default: 0)")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="draw every view, and a sheet of all")
    parser.add_argument("--size", metavar="WxH", help="of each picture (default: 320x240)")
    parser.add_argument("--arm", help=f"{', '.join(arms())} or menagerie:NAME (default: each task's)")
    parser.add_argument("--rate", type=float, metavar="HZ", help="of the loop that tries (default: 50)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes that try (default: one per core)")
    add_variation(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """List, try out, or draw; 1 if a strategy does not do its task as often as it should."""
    chosen = tuple(dict.fromkeys(arguments.tasks)) or catalogue.tasks()
    tasks = [catalogue.task(name) for name in chosen]
    variation = _variation(read_variation(arguments.variation), tasks)
    _refuse_idle(arguments)
    if arguments.rounds is not None:
        return _try(arguments, chosen, variation)
    if arguments.pictures is not None:
        width, height = size("320x240" if arguments.size is None else arguments.size)
        written = write_sheet(arguments.pictures, chosen, width, height, arguments.arm or "", variation)
        print(f"{len(written)} pictures in {arguments.pictures}; all of them on {written[-1].name}")
    elif arguments.json:
        print_json([_told(task) for task in tasks])
    elif len(tasks) == 1:
        _describe(tasks[0])
    else:
        titles = ("task", "hands", "arms", "limit", "stages", "factors", "strategies")
        print_table(titles, [_row(task) for task in tasks])
    return 0


def _variation(variation: Variation, tasks: Sequence[Task]) -> Variation:
    """What ``--set`` says, if all these tasks can do it."""
    for name in variation if len(tasks) > 1 else ():
        able = [task.name for task in tasks if name in {factor.name for factor in task.factors}]
        if not able:
            raise AppError("a factor that a task has", repr(name), "accord tasks TASK tells those of one")
        if len(able) < len(tasks):
            raise AppError(f"only tasks that have {name}", f"{len(tasks)} tasks", f"name {' or '.join(able)}")
    for task in tasks:
        check_variation(task.factors, variation)
    return variation


_ABOUT = {
    "pictures": ("--pictures", ()), "seeds": ("--seeds", ("--try",)), "rate": ("--rate", ("--try",)),
    "workers": ("--workers", ("--try",)), "size": ("--size", ("--pictures",)), "json": ("--json", ("--try", "")),
    "arm": ("--arm", ("--try", "--pictures")), "variation": ("--set", ("--try", "--pictures")),
}  # fmt: skip
"""What else may be asked for: how it is written, and with what it goes; empty for what only lists."""


def _refuse_idle(arguments: argparse.Namespace) -> None:
    """What would change nothing was meant to do something.

    Raises:
        AppError: naming it.
    """
    does = "--try" if arguments.rounds is not None else "--pictures" if arguments.pictures is not None else ""
    for name, (option, goes_with) in _ABOUT.items():
        asked = getattr(arguments, name)
        if asked is not None and asked is not False and asked != [] and option != does and does not in goes_with:
            wanted = f"{option} with {' or '.join(filter(None, goes_with))}" if any(goes_with) else f"{option} alone"
            raise AppError(wanted, f"it with {does}" if does else "it without", f"leave out {option}")


def _row(task: Task) -> tuple[str, ...]:
    return (
        task.name, f"{task.hands}", " ".join(task.arms), f"{task.time_limit_s:.0f} s", f"{len(task.stages)}",
        f"{len(task.factors)}", " ".join(strategies(task.name)),
    )  # fmt: skip


def _describe(task: Task) -> None:
    print(f"{task.name}: {task.instruction}")
    stages = ", ".join(stage.name for stage in task.stages)
    print(
        f"within {task.time_limit_s:.0f} s, with {task.hands} hand(s); arms {', '.join(task.arms)}; stages {stages}\n"
    )
    print_table(("factor", "usually", "possible", "unit", "what it is"), [_factor_row(f) for f in task.factors])
    print()
    rows = [(f"scripted:{one.name}", one.text) for one in all_strategies(task.name)]
    print_table(("strategy", "what is different"), rows)


def _factor_row(factor: Factor) -> tuple[str, ...]:
    low, high = factor.usual
    usual = f"{low:g}" if low == high else f"{low:g}..{high:g}"
    return factor.name, usual, f"{factor.possible[0]:g}..{factor.possible[1]:g}", factor.unit, factor.text


def _told(task: Task) -> dict[str, Any]:
    factors = [{**asdict(factor), "kind": factor.kind.value} for factor in task.factors]
    return {
        "task": task.name, "instruction": task.instruction, "time_limit_s": task.time_limit_s, "hands": task.hands,
        "arms": task.arms, "views": task.cameras, "stages": [stage.name for stage in task.stages], "factors": factors,
        "strategies": {one.name: one.text for one in all_strategies(task.name)},
    }  # fmt: skip


USUALLY, CLUMSILY = 0.9, 0.6
"""How often a strategy should succeed, and how often a clumsy one."""


def _try(arguments: argparse.Namespace, chosen: tuple[str, ...], variation: Variation) -> int:
    seeds = read_seeds("0" if arguments.seeds is None else arguments.seeds, arguments.rounds, "--try")
    trials = Trials(arguments.arm or "", 50.0 if arguments.rate is None else arguments.rate, variation)
    results = try_strategies(chosen, seeds, trials, Line(), arguments.workers or 0)
    if arguments.json:
        print_json([_figures(result) for result in results])
    else:
        titles = ("task", "strategy", "successes", "of", "share", "95 % interval", "median")
        print_table(titles, [_tried_row(result) for result in results])
    return 1 if any(result.share.value < _wanted(result) for result in results) else 0


def _wanted(result: Result) -> float:
    return CLUMSILY if result.strategy == "clumsy" else USUALLY


def _tried_row(result: Result) -> tuple[str, ...]:
    low, high = result.share.interval
    median = "" if math.isnan(result.median_s) else f"{result.median_s:.1f} s"
    share = percent(result.share.value) + ("" if result.share.value >= _wanted(result) else " too few")
    counts = f"{result.share.count}", f"{result.share.of}"
    return result.task, result.strategy, *counts, share, f"{percent(low)} to {percent(high)}", median


def _figures(result: Result) -> dict[str, Any]:
    low, high = result.share.interval
    median = None if math.isnan(result.median_s) else result.median_s
    return {
        "task": result.task, "strategy": result.strategy, "successes": result.share.count, "of": result.share.of,
        "low": low, "high": high, "median_s": median,
    }  # fmt: skip
