"""The loop: input → source → limits → robot, one step into the ring per turn.

It knows no recorder and no screen, touches no disk and writes no log while it turns. One turn is::

    observe → ask the source → hold or limit → score → write the step → apply

so a step holds what the robot was and what it was then told, and its score is known before the command is sent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from accord.datasets.errors import AccordError
from accord.datasets.live_scorer import NO_SCORE, LiveScorer
from accord.datasets.policy_file import load
from accord.devices.command import Command, Observation, Vector
from accord.devices.limits import Hold as HoldReason
from accord.devices.limits import Limits
from accord.devices.record import write_observation
from accord.devices.robot import ArmChain, Robot, Simulated
from accord.devices.source import ControlMode, Source
from accord.devices.sources.hand import Hand
from accord.devices.sources.hands import BOTH_MUST_REST, Hands
from accord.devices.sources.held import Held
from accord.devices.sources.switched import Switched
from accord.recorders.clock import Clock
from accord.recorders.errors import RecorderError
from accord.recorders.requests import Engage, Hold, Request, Reset, Return, UseMapping, UsePolicy, UseSource, UseView
from accord.recorders.ring import Ring
from accord.recorders.status import LoopStatus
from accord.recorders.step import SCORE
from accord.recorders.step_log import StepLog


@dataclass(frozen=True, slots=True)
class Parts:
    """What a loop is made of."""

    robot: Robot
    simulated: Simulated | None
    """The same robot when it is simulated: then its whole physics state is recorded."""
    limits: Limits
    steps: Ring | StepLog
    clock: Clock
    make_source: Callable[[str, int, str, tuple[Held, ...]], Source | None]
    """By name, seed, view, and what the person holds."""
    heading: Callable[[str], Vector | None]
    """(3, 3) where a view looks."""
    unattended: Callable[[], bool]
    """Whether nobody has given a sign of life for too long."""
    chains: Sequence[ArmChain] = ()
    """The robot's arms; what a leader's ghost is made of."""


PERSON = (Hand, Hands, Switched)
"""Sources behind which somebody holds a device."""
_INPUT = ("input/axes", "input/buttons", "input/t_ns", "input/raw")


class Loop:
    """One robot and whoever drives it now. Advanced by `turn`; it keeps no time of its own."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._source: Source | None = None
        self._scorer: LiveScorer | None = None
        self._held_by_hand = False
        self._record = np.zeros((), parts.steps.dtype)
        self.status = LoopStatus()

    def follow(self, request: Request) -> None:
        """Do what was asked; what cannot be done is said in the status and changes nothing."""
        try:
            match request:
                case Reset(seed, variation):
                    self._reset(seed, variation)
                case Return(state, gripper, seed, fingers):
                    self._return(state, gripper, seed, fingers)
                case UseSource(name, seed, view, held):
                    self._use(self._parts.make_source(name, seed, view, held))
                    self._say(source=name)
                case UseView(view):
                    if isinstance(self._source, PERSON):
                        self._source.view_rotation = self._parts.heading(view)
                case UseMapping(hand, mapping):
                    if isinstance(self._source, PERSON):
                        self._source.use_mapping(hand, mapping)
                case Engage(on):
                    if isinstance(self._source, PERSON):
                        self._source.engage(on)
                case UsePolicy(folder):
                    self._scorer = None if folder is None else LiveScorer(load(folder))
                    self._say(policy="" if folder is None else folder.name)
                case Hold(on):
                    self._held_by_hand = on
        except AccordError as error:
            self._say(message=str(error))

    def _use(self, source: Source | None) -> None:
        """Somebody else drives, or from another side; the gripper stays as it is."""
        if isinstance(source, PERSON):
            told = self._parts.limits.hold("", 0)
            source.reset(told.gripper, told.fingers)
        self._source = source

    def _say(self, message: str = "", **changes: object) -> None:
        self.status = replace(self.status, message=message, **changes)  # type: ignore[arg-type]

    def _reset(self, seed: int, variation: Mapping[str, tuple[float, float]]) -> None:
        self._parts.robot.reset(seed, variation)
        self._begin_at(1.0, seed)

    def _return(self, state: Vector, gripper: float | Vector, seed: int, fingers: Vector | None) -> None:
        if self._parts.simulated is None:
            raise RecorderError("a simulated robot to set back", self._parts.robot.name, "set the scene by hand")
        self._parts.simulated.set_state(state)
        self._begin_at(gripper, seed, fingers)

    def _begin_at(self, gripper: float | Vector, seed: int, fingers: Vector | None = None) -> None:
        """Nobody drives, and the gripper stays so, until a source is chosen; a person's device has to rest first."""
        self._parts.limits.reset(gripper, fingers)
        self._source = None
        self._say(resets=self.status.resets + 1, seed=seed, source="none")

    def turn(self, due_ns: int) -> None:
        """One step.

        Args:
            due_ns: when it should have begun [ns].
        """
        parts, record = self._parts, self._record
        t_ns = parts.clock.now()
        observation = parts.robot.observe(t_ns)
        requested = self._requested(observation, t_ns)
        sent, reason = self._sent(requested, observation, t_ns)
        record["t_ns"], record["step"] = t_ns, parts.steps.head
        record["late_ns"] = int((t_ns - due_ns) / parts.clock.scale)
        record["hold"], record["success"] = int(reason), parts.robot.succeeded()
        record["stage"] = parts.robot.stage
        self._write_commands(requested, sent)
        write_observation(record, observation)
        self._write_score()
        if parts.simulated is not None:
            record["physics/state"] = parts.simulated.state()
        parts.steps.write(record)
        parts.robot.apply(sent)

    def _requested(self, observation: Observation, t_ns: int) -> Command:
        if self._source is None:
            return self._parts.limits.hold("none", t_ns)
        return self._source.command(observation, t_ns)

    def _sent(self, requested: Command, observation: Observation, t_ns: int) -> tuple[Command, HoldReason]:
        limits, reason = self._parts.limits, self._reason_to_hold()
        if reason is HoldReason.NONE:
            sent, reason = limits.apply(requested, observation, t_ns)
        else:
            sent = limits.hold(requested.source, t_ns)
        if isinstance(self._source, PERSON) and reason not in (HoldReason.NONE, self._source.reason):
            # Somebody else holds the robot, and nobody knows what the hand did meanwhile: it has to rest, or to be
            # engaged, before it drives, and its presses are forgotten.
            self._source.reset(sent.gripper, sent.fingers)
        return sent, reason

    def _reason_to_hold(self) -> HoldReason:
        if self._parts.unattended():
            return HoldReason.WINDOW_SILENT
        if self._held_by_hand:
            return HoldReason.REQUESTED
        if self._source is None:
            return HoldReason.NO_SOURCE
        return self._source.reason if isinstance(self._source, PERSON) else HoldReason.NONE

    def _write_commands(self, requested: Command, sent: Command) -> None:
        record, source = self._record, self._source
        record["mode"] = int(ControlMode.NOBODY if source is None else source.mode)
        record["requested/twist"], record["requested/gripper"] = requested.twist, requested.gripper
        record["sent/twist"], record["sent/gripper"] = sent.twist, sent.gripper
        if "sent/posture" in (record.dtype.names or ()):
            record["requested/posture"] = np.nan if requested.posture is None else requested.posture
            record["sent/posture"] = np.nan if sent.posture is None else sent.posture
        if "sent/fingers" in (record.dtype.names or ()):
            record["requested/fingers"] = np.nan if requested.fingers is None else requested.fingers
            record["sent/fingers"] = sent.fingers
        raw = source.raw if isinstance(source, PERSON) else (0.0, 0, 0, np.nan)
        for name, value in zip(_INPUT, raw, strict=True):
            record[name] = value

    def _write_score(self) -> None:
        """Score what is about to be sent. A step at which nobody drives has nothing to agree with."""
        values = NO_SCORE
        if self._scorer is not None and self._record["hold"] == 0 and self._source is not None:
            try:
                values = self._scorer.score(self._record[()])
            except AccordError as error:  # another robot's policy, or numbers that are none: go on without a score
                self._scorer = None
                self._say(policy="", message=str(error))
        for name, value in zip(SCORE, values, strict=True):
            self._record[name] = value

    def report(self) -> LoopStatus:
        """The status now, with what the input says about itself."""
        reason = HoldReason(int(self._record["hold"]))
        text = reason.sentence if reason is not HoldReason.NONE else ""
        if reason is HoldReason.MUST_REST and isinstance(self._source, Hands):
            text = BOTH_MUST_REST
        health: dict[str, object] = {}
        if isinstance(self._source, PERSON):
            said = self._source.health()
            health = {"input_name": said.name, "input_serial": said.serial, "input_connected": said.connected}
            health |= {"input_detail": said.detail}
            health |= {"input_reports": said.reports, "input_refused": said.refused}
            health |= {"input_rate_hz": round(said.rate_hz, 1), "input_jitter_ms": round(said.jitter_ms, 1)}
            health |= {"arm": self._source.arm if isinstance(self._source, Switched) else 0} | self._led(self._source)
        self.status = replace(self.status, hold=int(reason), hold_text=text, **health)  # type: ignore[arg-type]
        return self.status

    def _led(self, source: Hand | Hands | Switched) -> dict[str, object]:
        """Where a leader that does not drive wants the robot, for the screen."""
        ghost, apart = source.ghost, source.apart
        points: list[float] = []
        for chain, joints in zip(self._parts.chains, _per_arm(ghost, len(self._parts.chains)), strict=True):
            if joints is not None and np.isfinite(joints).all():
                points += np.round(chain.skeleton(joints), 3).reshape(-1).tolist()
        return {"ghost": tuple(points), "apart": () if apart is None else tuple(np.round(apart, 3).tolist())}


def _per_arm(joints: Vector | None, arms: int) -> list[Vector | None]:
    return [None] * arms if joints is None or not arms else list(np.split(joints, arms))
