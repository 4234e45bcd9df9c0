"""Steps of scripted operators and policies fitted to them, without processes and files."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from accord.datasets.fit import fit
from accord.datasets.fit_settings import FitSettings
from accord.datasets.policy import BasePolicy
from accord.devices.sim.workcell import Workcell
from accord.devices.source import Source
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.loop import Loop, Parts
from accord.recorders.requests import Reset, UseSource
from accord.recorders.step import step_schema
from accord.recorders.step_log import StepLog
from accord.recorders.stepped_clock import SteppedClock

START_NS = 1_000_000_000


def run(robot: Workcell, source: Source, seed: int, most_s: float = 60.0) -> NDArray[np.void]:
    """Every step until success, or until this time is over."""
    schema = step_schema(robot.observation_fields, robot.state_size, robot.task.hands)
    log, clock = StepLog(schema.dtype), SteppedClock(START_NS)
    loop = Loop(Parts(robot, robot, robot.limits, log, clock, lambda *_: source, lambda _: None, lambda: False))
    loop.follow(Reset(seed))
    loop.follow(UseSource("any"))
    while log.head < most_s * robot.rate_hz and not (log.head and log.steps["success"][-1]):
        due_ns = START_NS + round(log.head * 1e9 / robot.rate_hz)
        clock.wait_until(due_ns)
        loop.turn(due_ns)
    return log.steps


def scripted(
    seeds: Iterable[int], task: str = "square-nut", strategy: str = "across-then-down", rate_hz: float = 50.0
) -> dict[int, NDArray[np.void]]:
    """Seed → steps of a scripted operator."""
    robot = Workcell(task, rate_hz)
    return {seed: run(robot, ScriptedOperator(task, strategy, seed), seed) for seed in seeds}


def fitted(seeds: Iterable[int], **settings: object) -> BasePolicy:
    """A base policy fitted to scripted operators on the scenes of these seeds."""
    steps = [(str(seed), records) for seed, records in scripted(seeds).items()]
    return fit(steps, FitSettings(name="base", task="square-nut", rate_hz=50.0, **settings))  # type: ignore[arg-type]
