"""Trying: whether scripted strategies do their tasks, over many seeds, by the loop that records demonstrations."""

import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import numpy as np

from accord.app.crew import Undone, cores, work_off
from accord.app.errors import AppError
from accord.app.report import Report, silent
from accord.app.seeds import check_count
from accord.app.settings import check_seed
from accord.datasets.errors import AccordError
from accord.datasets.intervals import Share
from accord.datasets.threads import at_most
from accord.devices.sim.factor import Variation, check_variation
from accord.devices.sim.tasks import catalogue
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.stepped import Stepped


@dataclass(frozen=True, slots=True)
class Trial:
    """One strategy once."""

    task: str
    strategy: str
    seed: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of it."""

    trial: Trial
    success: bool
    stage: int
    """How many stages were reached."""
    duration_s: float
    """Of the simulated clock [s]."""


@dataclass(frozen=True, slots=True)
class Trials:
    """How all of them are done."""

    arm: str = ""
    """Empty for each task's usual one."""
    rate_hz: float = 50.0
    variation: Variation = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """One strategy over all its seeds."""

    task: str
    strategy: str
    share: Share
    """Of successes."""
    durations_s: tuple[float, ...]
    """Of the successes [s]."""

    @property
    def median_s(self) -> float:
        """Of the successes; NaN of none [s]."""
        return float(np.median(self.durations_s)) if self.durations_s else float("nan")


def try_strategies(
    tasks: Sequence[str], seeds: Sequence[int], trials: Trials = Trials(), report: Report = silent, workers: int = 0
) -> list[Result]:
    """Every strategy of these tasks with every seed, in several processes.

    Args:
        tasks: names.
        seeds: of the scenes and of the operators.
        trials: how.
        report: told how far it is.
        workers: how many processes; 0 for one per core.

    Raises:
        AccordError: if a task, factor, arm, rate or seed cannot be, before anything runs; or if a process died.
        CancelledError: if it was stopped.
    """
    _check(tasks, seeds, trials, workers)
    wanted = [Trial(task, strategy, seed) for task in tasks for strategy in strategies(task) for seed in seeds]
    done: list[Tried] = []

    def look() -> None:
        report(len(done) / len(wanted), f"{len(done)} of {len(wanted)} tried")

    for _, said in work_off(wanted, workers or cores(), _life, trials, look):
        if isinstance(said, Undone):
            assert said.error is not None, "it comes from the crew"
            raise said.error
        done.append(said)
    return [_result(task, strategy, done) for task in tasks for strategy in strategies(task)]


def _check(tasks: Sequence[str], seeds: Sequence[int], trials: Trials, workers: int) -> None:
    """What is wrong is said now, not by every process."""
    check_count(seeds)
    for seed in seeds:
        check_seed(seed)
    if workers < 0:
        raise AppError("one process or more", f"{workers}", "leave out --workers for one per core")
    for task in tasks:
        check_variation(catalogue.task(task).factors, trials.variation)
        Workcell(task, trials.rate_hz, arm=trials.arm).close()


def _result(task: str, strategy: str, done: Sequence[Tried]) -> Result:
    mine = [one for one in done if (one.trial.task, one.trial.strategy) == (task, strategy)]
    good = sorted(one.duration_s for one in mine if one.success)
    return Result(task, strategy, Share(len(good), len(mine)), tuple(good))


def _life(trials: Trials, connection: Connection) -> None:
    """Of a worker, see `accord.app.crew.work_off`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stepped: Stepped | None = None
    with suppress(EOFError, BrokenPipeError, ConnectionResetError), at_most(1):
        try:
            while (trial := connection.recv()) is not None:
                if stepped is None or stepped.robot.task.name != trial.task:
                    stepped = Stepped(Workcell(trial.task, trials.rate_hz, arm=trials.arm))
                connection.send(_try(stepped, trial, trials.variation))
        except AccordError as error:
            connection.send(error)


def _try(stepped: Stepped, trial: Trial, variation: Variation) -> Tried:
    robot = stepped.robot
    steps = stepped.drive(ScriptedOperator(trial.task, trial.strategy, trial.seed), trial.seed, variation)
    return Tried(trial, robot.succeeded(), robot.stage, (len(steps) - 1) / robot.rate_hz)
