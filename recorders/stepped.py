"""Stepped: whole episodes of a simulated robot by the loop that records, with a clock that waits for nobody."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from accord.devices.sim.workcell import Workcell
from accord.devices.source import Source
from accord.recorders.loop import Loop, Parts
from accord.recorders.requests import Reset, UseSource
from accord.recorders.step import step_schema
from accord.recorders.step_log import StepLog
from accord.recorders.stepped_clock import SteppedClock


class Stepped:
    """A workcell that is driven episode after episode. Building one takes longer than an episode: keep it."""

    def __init__(self, robot: Workcell) -> None:
        self.robot = robot
        self.schema = step_schema(robot.observation_fields, robot.state_size, robot.task.hands)

    def drive(
        self,
        source: Source,
        seed: int,
        variation: Mapping[str, tuple[float, float]] = {},
        *,
        limit_s: float = 0.0,
        began_ns: int = 0,
        over: Callable[[StepLog], bool] = lambda steps: False,
    ) -> NDArray[np.void]:
        """Every step, from the reset until success, the time limit, or an end of the caller's.

        Args:
            source: who drives; a new one for every episode.
            seed: of the scene.
            variation: of its factors.
            limit_s: how long it may take; 0 for as long as the task allows [s].
            began_ns: what the clock shows at the first step [ns].
            over: asked after every step; True ends it.

        Raises:
            DeviceError: if the scene cannot be set.
        """
        robot, log, clock = self.robot, StepLog(self.schema.dtype), SteppedClock(began_ns)
        loop = Loop(Parts(robot, robot, robot.limits, log, clock, lambda *_: source, lambda _: None, lambda: False))
        loop.follow(Reset(seed, variation))
        if not loop.status.resets:
            robot.reset(seed, variation)  # it raises what the loop only says
        loop.follow(UseSource("given"))
        turns, ended = (limit_s or robot.task.time_limit_s) * robot.rate_hz, False
        while not ended:
            due_ns = began_ns + round(log.head * 1e9 / robot.rate_hz)
            clock.wait_until(due_ns)
            loop.turn(due_ns)
            ended = bool(log.steps[-1]["success"]) or log.head - 1 > turns or over(log)
        return log.steps
