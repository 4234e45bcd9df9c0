"""Calibrating: the steps in which a person calibrates a leader, fed with its raw readings. Knows no window.

Hold it in the reference pose, which tells the offsets. Move one joint after the other, first the way that counts as
positive, which tells its sign, then through its whole range, which tells its limits. Let the trigger go, squeeze it.
"""

from collections import deque
from enum import Enum
from math import pi
from typing import Final

import numpy as np

from accord.devices.calibration import LEAST_SPAN_RAD, Calibration, JointCalibration, TriggerCalibration
from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.inputs.leaders import TICKS_PER_TURN, LeaderModel

STILL_TICKS: Final = 3.0
"""Standard deviation of an encoder that is held still [tick]."""
STILL_NS: Final = 1_000_000_000
"""For so long it has to be [ns]."""
_GAP_NS: Final = 200_000_000
"""A longer silence interrupts holding still [ns]."""
_LEAST_TICKS: Final = float(LEAST_SPAN_RAD) * TICKS_PER_TURN / (2 * pi)


class Step(Enum):
    """What the person is asked to do."""

    HOLD = "hold"
    MOVE = "move"
    LET_GO = "let go"
    SQUEEZE = "squeeze"
    DONE = "done"


class Calibrating:
    """One calibration of one leader.

    Args:
        model: its make.
        serial: its serial number, or its port.
        joints: how many it has; the reading behind them is the trigger.
    """

    def __init__(self, model: LeaderModel, serial: str, joints: int) -> None:
        self._model, self._serial = model, serial
        self.step = Step.HOLD
        self.joint = 0
        """Which joint is being moved in `Step.MOVE`."""
        self.problem = ""
        """Why the last `go_on` did not; a sentence, or empty."""
        self.ticks: Vector | None = None
        """(n + 1,) the newest reading, counted on over the end of a turn; None before the first."""
        self._count = joints + 1
        self.names = (*model.names_of(joints), "trigger")
        """What its joints are called, and the trigger behind them."""
        self._held: deque[tuple[int, Vector]] = deque()
        self._reference = self._lowest = self._highest = np.zeros(self._count)
        self._signs = [0] * joints
        self._origin = self._open_tick = self._closed_tick = 0.0

    # What comes in ---------------------------------------------------------------------------------------------

    def feed(self, raw: Vector, t_ns: int) -> None:
        """A reading of the leader.

        Args:
            raw: (n + 1,) ticks of the joints and of the trigger.
            t_ns: when it was read [ns].
        """
        if raw.shape != (self._count,) or not np.isfinite(raw).all():
            return
        if self.ticks is None:
            self.ticks = raw.astype(np.float64)
        else:  # the shortest way round from the last reading
            half = TICKS_PER_TURN / 2
            self.ticks = self.ticks + (raw - self.ticks + half) % TICKS_PER_TURN - half
        self._remember(self.ticks, t_ns)
        if self.step is Step.MOVE:
            self._watch(self.ticks)

    def _remember(self, ticks: Vector, t_ns: int) -> None:
        if self._held and t_ns - self._held[-1][0] > _GAP_NS:
            self._held.clear()
        self._held.append((t_ns, ticks))
        while len(self._held) > 1 and self._held[1][0] <= t_ns - STILL_NS:
            self._held.popleft()

    def _watch(self, ticks: Vector) -> None:
        self._lowest, self._highest = np.minimum(self._lowest, ticks), np.maximum(self._highest, ticks)
        gone = ticks[self.joint] - self._origin
        if not self._signs[self.joint] and abs(gone) >= _LEAST_TICKS:
            self._signs[self.joint] = 1 if gone > 0 else -1

    # What the person is shown ----------------------------------------------------------------------------------

    @property
    def done(self) -> bool:
        """Whether there is a calibration."""
        return self.step is Step.DONE

    @property
    def text(self) -> str:
        """What to do now."""
        name = self.names[self.joint]
        return {
            Step.HOLD: f"Hold the {self._model.text} in its reference pose ({self._model.pose}) and keep it still.",
            Step.MOVE: f"Turn {name} first along its arrow, then through its whole range.",
            Step.LET_GO: "Let the trigger go.",
            Step.SQUEEZE: "Squeeze the trigger to its end and keep it there.",
            Step.DONE: "The leader is calibrated.",
        }[self.step]

    @property
    def ready(self) -> bool:
        """Whether `go_on` would."""
        return not self.done and not self._obstacle()

    @property
    def still(self) -> float:
        """How long it has been held still, as a part of the time that it has to be [1]."""
        return 0.0 if self._moving() else min(1.0, self._held_ns / STILL_NS)

    @property
    def range_rad(self) -> tuple[float, float]:
        """How far the joint at hand was moved, to either side of the reference pose [rad]."""
        scale = 2 * pi / TICKS_PER_TURN
        low, high = ((edge - self._reference)[self.joint] * scale for edge in (self._lowest, self._highest))
        return (float(low), float(high)) if self._signs[self.joint] >= 0 else (-float(high), -float(low))

    @property
    def _held_ns(self) -> int:
        return self._held[-1][0] - self._held[0][0] if self._held else 0

    def _moving(self) -> str:
        """Names of what moves, and by how much."""
        if not self._held:
            return ""
        spread = np.std([ticks for _, ticks in self._held], axis=0)
        moving = [f"{self.names[i]} moving by {spread[i]:.0f} ticks" for i in np.flatnonzero(spread >= STILL_TICKS)]
        return ", ".join(moving)

    def _obstacle(self) -> str:
        """Why it cannot go on yet; a sentence, or empty."""
        if self.ticks is None:
            return _sentence("readings of the leader", "none yet", "plug it in and wait for it")
        if self.step is Step.HOLD:
            return self._not_still()
        if self.step is Step.MOVE:
            return self._not_moved()
        if self.step is Step.SQUEEZE:
            return self._not_squeezed()
        return ""

    def _not_still(self) -> str:
        moving = self._moving()
        if moving or self._held_ns < STILL_NS:
            found = moving or f"{self._held_ns / 1e9:.1f} s so far"
            return _sentence("the leader held still for a second", found, "keep it still, then go on")
        return ""

    def _not_moved(self) -> str:
        span = float((self._highest - self._lowest)[self.joint]) * 360.0 / TICKS_PER_TURN
        if not self._signs[self.joint] or span < np.degrees(LEAST_SPAN_RAD):
            wanted = f"{self.names[self.joint]} moved by 5 degrees at least"
            return _sentence(wanted, f"{span:.1f} degrees", "turn it through its whole range, or check its cable")
        if span >= 360.0:
            found = f"{span:.0f} degrees"
            return _sentence(f"{self.names[self.joint]} moved within one turn", found, "go back, and turn it less")
        return ""

    def _not_squeezed(self) -> str:
        assert self.ticks is not None
        span = abs(float(self.ticks[-1]) - self._open_tick) * 360.0 / TICKS_PER_TURN
        if not np.degrees(LEAST_SPAN_RAD) <= span < 180.0:
            remedy = "squeeze it to its end and keep it there, then go on"
            return _sentence("a trigger squeezed by 5 to 180 degrees", f"{span:.1f} degrees", remedy)
        return ""

    # What the person says --------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Next, says the person; where something is missing, `problem` names it and nothing changes."""
        self.problem = "" if self.done else self._obstacle()
        if self.done or self.problem:
            return
        assert self.ticks is not None
        if self.step is Step.HOLD:
            self._reference = np.mean([ticks for _, ticks in self._held], axis=0)
            self._begin_joint(0)
        elif self.step is Step.MOVE and self.joint + 1 < len(self._signs):
            self._begin_joint(self.joint + 1)
        elif self.step is Step.MOVE:
            self.step = Step.LET_GO
        elif self.step is Step.LET_GO:
            self._open_tick, self.step = float(self.ticks[-1]), Step.SQUEEZE
        else:
            self._closed_tick, self.step = float(self.ticks[-1]), Step.DONE

    def go_back(self) -> None:
        """Back, says the person: the step before this one is done anew, and so is this one; all others stay done."""
        self.problem = ""
        if self.step is Step.MOVE:
            self._forget(self.joint)
            if self.joint:
                self._begin_anew(self.joint - 1)
            else:
                self.step = Step.HOLD
        elif self.step is Step.LET_GO:
            self._begin_anew(len(self._signs) - 1)
        elif self.step in (Step.SQUEEZE, Step.DONE):
            self.step = Step.LET_GO if self.step is Step.SQUEEZE else Step.SQUEEZE

    def _begin_anew(self, joint: int) -> None:
        self._forget(joint)
        self._begin_joint(joint)

    def _forget(self, joint: int) -> None:
        """Which way it was turned, and how far."""
        self._signs[joint] = 0
        for edges in (self._lowest, self._highest):
            edges[joint] = self._reference[joint]

    def _begin_joint(self, joint: int) -> None:
        assert self.ticks is not None
        if self.step is Step.HOLD:
            self._lowest, self._highest = self._reference.copy(), self._reference.copy()
        # It may have been moved along with others before; its sign is told by where it goes from here.
        self.step, self.joint, self._origin = Step.MOVE, joint, float(self.ticks[joint])

    def calibration(self) -> Calibration:
        """What came of it.

        Raises:
            DeviceError: if it is not done.
        """
        if not self.done:
            raise DeviceError("a calibration", f"one at the step {self.step.value}", "go on to its end")
        scale = 2 * pi / TICKS_PER_TURN
        references = self._model.reference_of(len(self._signs))
        joints = []
        for i, (sign, angle) in enumerate(zip(self._signs, references, strict=True)):
            ends = [float(edge[i] - self._reference[i]) * sign * scale for edge in (self._lowest, self._highest)]
            lower, upper = angle + min(ends), angle + max(ends)
            joints.append(JointCalibration(float(self._reference[i]), angle, sign, lower, upper, TICKS_PER_TURN))
        trigger = TriggerCalibration(self._open_tick, self._closed_tick, TICKS_PER_TURN)
        return Calibration(self._serial, self._model.name, tuple(joints), trigger)


def _sentence(wanted: str, found: str, remedy: str) -> str:
    return str(DeviceError(wanted, found, remedy))
