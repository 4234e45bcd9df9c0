"""Proposal: where the base policy would have taken the hand from a recorded moment, beside where the person took it.

With recorded physics it is simulated as a rollout is: the policy drives the very scene from that very state, through
the same limits. Without, the commands are added up, and nothing but the hand moves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.app.errors import AppError
from accord.app.recorded_state import STATE, RecordedState
from accord.datasets.episode import Episode
from accord.datasets.features import ACTION
from accord.datasets.policy import BasePolicy
from accord.datasets.threads import at_most
from accord.devices.policies.ensemble import EnsemblePolicy
from accord.devices.rotation import from_axis_angle, multiply
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.policy import PolicySource
from accord.recorders.step import step_schema

SECONDS = 1.0
"""How far a path goes: long enough to see where it leads, too short for an imitation to get lost [s]."""
_HAND, _TURN = "observation/hand_position", "observation/hand_quaternion"

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Two ways on from one moment, in the base frame. Both begin at the same place."""

    first: int
    """Number of the step in which they begin."""
    person: Points
    """(steps, hands, 3) where the hand was in this step of the episode and in those after it [m]."""
    base: Points
    """(steps, hands, 3) where the base policy would have had it; as many steps as `person` or fewer [m]."""
    simulated: bool
    """Whether the physics were; otherwise only commands were added up."""
    rate_hz: float
    """Of the steps [Hz]."""


class Proposer:
    """One episode and one base policy. The scene is built once and set back for every moment."""

    def __init__(self, policy: BasePolicy, episode: Episode) -> None:
        """Read the episode.

        Raises:
            AccordError: if it does not fit the policy, keeps no place of the hand, or its scene cannot be built.
        """
        info = episode.info
        if _HAND not in info.schema:
            raise AppError(
                "steps that tell where the hand is", f"none in {episode.path.name}", "choose another episode"
            )
        if policy.commanded.names[: len(ACTION)] != ACTION:
            found = f"one that predicts {', '.join(policy.commanded.names)}"
            raise AppError("a policy that moves the hand", found, "look at the episode in the library")
        policy.observed.check(info.schema.dtype)
        policy.commanded.check(info.schema.dtype)
        self._policy, self._episode = policy, episode
        places = episode.field(_HAND)
        self._hands: Points = np.asarray(places, np.float64).reshape(len(places), -1, 3)
        self._robot: Workcell | None = None
        if STATE in info.schema and (model_xml := episode.model_xml()):
            self._robot = Workcell(info.task, info.rate_hz, model_xml)

    def paths(self, first: int, seconds: float = SECONDS) -> Paths:
        """Both ways from a step on.

        Args:
            first: number of the step.
            seconds: how far.

        Raises:
            AccordError: if there is no such step, or the policy cannot say what to do.
        """
        count = len(self._hands[first : first + 1 + round(seconds * self._episode.info.rate_hz)])
        if first < 0 or not count:
            raise AppError(f"a step below {len(self._hands)}", f"{first}", "choose another moment")
        with at_most(1):
            base = self._simulated(self._robot, first, count) if self._robot else self._added_up(first, count)
        person, rate_hz = self._hands[first : first + count], self._episode.info.rate_hz
        return Paths(first, person, base, self._robot is not None, rate_hz)

    def _simulated(self, robot: Workcell, first: int, count: int) -> Points:
        moment = RecordedState.of(self._episode, first)
        moment.check(robot.model_xml, step_schema(robot.observation_fields, robot.state_size, robot.task.hands))
        robot.set_state(moment.state)
        robot.limits.reset(moment.gripper, moment.fingers)
        rate_hz, policy = self._episode.info.rate_hz, EnsemblePolicy(self._policy)
        source = PolicySource(policy, self._policy.name, robot.observation_fields, rate_hz, robot)
        places = []
        for number in range(count):
            t_ns = round(number * 1e9 / rate_hz)
            observation = robot.observe(t_ns)
            places.append(np.atleast_2d(observation.hand_position).copy())
            command, _ = robot.limits.apply(source.command(observation, t_ns), observation, t_ns)
            if source.failure is not None:
                raise source.failure
            robot.apply(command)
        return np.array(places)

    def _added_up(self, first: int, count: int) -> Points:
        step = self._step(first)
        policy, period_s = EnsemblePolicy(self._policy), 1.0 / self._episode.info.rate_hz
        places = []
        for _ in range(count):
            places.append(step[_HAND].reshape(-1, 3).copy())
            twists = policy.act(step.reshape(1)[0])[0][: 6 * len(places[0])].reshape(-1, 6)
            _move(step, twists * period_s)
        return np.array(places)

    def _step(self, number: int) -> np.ndarray[tuple[()], np.dtype[np.void]]:
        """() one step, with what the policy sees of it and the pose of the hand."""
        schema = self._episode.info.schema
        kept = schema.only(n for n in dict.fromkeys((*self._policy.observed.fields, _HAND, _TURN)) if n in schema)
        step = np.zeros((), kept.dtype)
        for field in kept:
            step[field.name] = self._episode.field(field.name)[number]
        return step

    def close(self) -> None:
        """Let go of the scene; the episode stays open."""
        if self._robot is not None:
            self._robot.close()


def _move(step: np.ndarray[tuple[()], np.dtype[np.void]], by: NDArray[np.float64]) -> None:
    """Move the hands of a step by (hands, 6) metres and radians."""
    step[_HAND] += by[:, :3].reshape(step[_HAND].shape)
    if _TURN not in (step.dtype.names or ()):
        return
    turned = [
        multiply(from_axis_angle(axis, angle), before) if (angle := float(np.linalg.norm(axis))) else before
        for axis, before in zip(by[:, 3:], step[_TURN].reshape(-1, 4), strict=True)
    ]
    step[_TURN] = np.array(turned).reshape(step[_TURN].shape)
