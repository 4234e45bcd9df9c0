"""PolicySource: a policy drives. It asks, follows what it was told for a while, and asks again.

Every command carries a time, by which `Limits` decides: the k-th row of an answer that of the observation it rests on
plus k periods, because that is the moment it was planned for. While an answer is late the last command stays, with its
time, so that the robot is held 100 ms later; an answer that comes when its observation is that old is not acted on,
but the policy asked again. What is no answer ends the driving for good: `failure` says why, and the robot is held.
"""

from dataclasses import dataclass, replace

import numpy as np

from accord.datasets.errors import AccordError
from accord.datasets.schema import Field, Schema
from accord.devices.command import Command, Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.limits import expires_ns
from accord.devices.policies.policy import AtOnce, Distant, Policy, checked, fingers_of, hands_of
from accord.devices.record import write_observation
from accord.devices.robot import Simulated
from accord.devices.source import ControlMode

_LONG_AGO_NS = 0
"""On a clock that counts from when the machine was started: nothing that rests on it may act."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How a policy is asked."""

    horizon: int = 0
    """After how many commands of an answer it is asked again; 0 after all of them."""
    wait_s: float = 0.1
    """How long a turn waits for an answer to a question that was just put, in seconds that really pass. As long as a
    robot may go on without news. A policy on this machine is always waited for [s]."""
    patience_s: float = 5.0
    """After how long without an answer the policy counts as lost, in seconds that really pass [s]."""

    def __post_init__(self) -> None:
        if self.horizon < 0:
            raise DeviceError("a horizon of 0 or more commands", f"{self.horizon}", "choose another")
        if not 0.0 <= self.wait_s <= 3600.0:
            raise DeviceError("0 to 3600 seconds to wait for an answer", f"{self.wait_s:g}", "choose another time")
        if not 0.0 < self.patience_s <= 3600.0:
            raise DeviceError("a patience of up to 3600 seconds", f"{self.patience_s:g}", "choose another time")


class PolicySource:
    """A source for one episode."""

    mode = ControlMode.POLICY

    def __init__(
        self,
        policy: Policy | Distant,
        name: str,
        fields: tuple[Field, ...],
        rate_hz: float,
        simulated: Simulated | None = None,
        asking: Asking = Asking(),
    ) -> None:
        """Nothing is asked yet.

        Args:
            policy: who says what to do.
            name: of it, for people and files.
            fields: what the robot observes, see `accord.devices.robot.Robot`.
            rate_hz: how often the robot wants a command [Hz].
            simulated: the robot, where its physics state is known: then the policy gets it too.
            asking: how it is asked.
        """
        self._policy: Distant = policy if isinstance(policy, Distant) else AtOnce(policy)
        self._name, self._asking, self._simulated = name, asking, simulated
        self._hands, self._fingers = hands_of(fields), fingers_of(fields)
        self._period_ns, self._fresh_ns = 1e9 / rate_hz, expires_ns(rate_hz)
        state = (Field("physics/state", (simulated.state_size,), "float64", "mujoco"),) if simulated else ()
        self._step = np.zeros((), Schema((Field("observation/t_ns", (), "int64", "ns"), *fields, *state)).dtype)
        self._rows: Vector = np.empty((0, 0))
        self._at, self._planned_ns = 0, 0
        self._asked_ns: int | None = None
        self._waited_s = -1.0  # below 0 while nothing was waited for
        still = np.zeros(6) if self._hands == 1 else np.zeros((self._hands, 6))
        gripper = 1.0 if self._hands == 1 else np.ones(self._hands)
        self._last = Command(still, gripper, _LONG_AGO_NS, f"policy:{name}")
        self.failure: AccordError | None = None
        """Why it does not drive any more; None while it does."""
        self.questions = 0
        """How often the policy was asked."""
        self.too_late = 0
        """Answers that came when they were too old to act on."""

    def command(self, observation: Observation, t_ns: int) -> Command:
        """The command for this step. One that must not act any more is that old."""
        if self.failure is None:
            try:
                self._think(observation, t_ns)
            except AccordError as error:
                self.failure = error
                self._last = replace(self._last, t_ns=_LONG_AGO_NS)
        return self._last

    def _think(self, observation: Observation, t_ns: int) -> None:
        if self._at >= len(self._rows):
            self._listen(observation, t_ns)
        if self._at < len(self._rows):
            row = self._rows[self._at]
            self._last = self._as_command(row, self._planned_ns + round(self._at * self._period_ns))
            self._at += 1

    def _listen(self, observation: Observation, t_ns: int) -> None:
        """Look for an answer; ask first if nothing is asked."""
        if self._asked_ns is None:
            self._ask(observation)
        rows = self._answer()
        if rows is not None and self._asked_ns is not None and t_ns - self._asked_ns > self._fresh_ns:
            self.too_late += 1
            self._ask(observation)
            rows = self._answer()
        if rows is not None and self._asked_ns is not None:
            rows = checked(rows, self._hands, self._name, self._fingers)
            self._rows = rows[: self._asking.horizon] if self._asking.horizon else rows
            self._at, self._planned_ns, self._asked_ns = 0, self._asked_ns, None

    def _ask(self, observation: Observation) -> None:
        write_observation(self._step, observation)
        if self._simulated is not None:
            self._step["physics/state"] = self._simulated.state()
        self._policy.ask(self._step.reshape(1)[0].copy())
        self._asked_ns, self._waited_s = observation.t_ns, -1.0
        self.questions += 1

    def _answer(self) -> Vector | None:
        """What comes in this turn: a new question is waited for as long as allowed, an older one for a period."""
        asking = self._asking
        this_turn = asking.wait_s if self._waited_s < 0.0 else self._period_ns / 1e9
        before_s = max(self._waited_s, 0.0)
        this_turn = min(this_turn, asking.patience_s - before_s)
        rows = self._policy.answer(this_turn)
        self._waited_s = before_s + this_turn
        if rows is None and self._waited_s >= asking.patience_s:
            wanted = f"an answer from {self._name} within {asking.patience_s:g} s"
            raise DeviceError(wanted, "none", "see whether it still runs, or be more patient")
        return rows

    def _as_command(self, row: Vector, t_ns: int) -> Command:
        twist, gripper, fingers = np.split(row, (6 * self._hands, 7 * self._hands))
        shape = () if self._hands == 1 else (self._hands,)
        told = {
            "twist": twist.reshape(*shape, 6).copy(),
            "gripper": gripper.copy() if shape else float(gripper[0]),
            "fingers": fingers.reshape(*shape, -1).copy() if len(fingers) else None,
        }
        return replace(self._last, **told, t_ns=t_ns)  # type: ignore[arg-type]
