"""ScriptedOperator: drives a task by a strategy, with unsteady hands. It is recorded as scripted, never as human.

For demonstrations of the app, for tests, and for data whose strategy is known. It sees only what an Observation holds.
"""

from dataclasses import replace

import numpy as np

from accord.devices.command import Command, Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.factor import HEIGHT
from accord.devices.source import ControlMode
from accord.devices.sources.motion import Habits
from accord.devices.sources.scripted_hand import ScriptedHand
from accord.devices.sources.way import Way


class ScriptedOperator:
    """A source that follows a strategy. Make a new one for every episode."""

    mode = ControlMode.SCRIPTED

    def __init__(self, task: str, strategy: str, seed: int) -> None:
        """Choose the strategy, and draw the operator's habits.

        Args:
            task: one of `accord.devices.sim.tasks.catalogue.tasks`.
            strategy: one of `strategies`, or a mixture of them, see `accord.devices.sources.way`.
            seed: of everything that happens by chance.

        Raises:
            DeviceError: if the task or the strategy is unknown.
        """
        way = Way.parse(strategy)
        chosen, rng = way.strategy(task), way.chance(seed)
        self.habits = Habits.drawn(rng).in_manner(chosen.manner)
        self._source = f"scripted:{strategy}"
        self._hands = [ScriptedHand(plan, self.habits, rng) for plan in chosen.plans]

    @property
    def doing(self) -> str:
        """Name of the part of the plan that each hand is at."""
        return " + ".join(hand.doing for hand in self._hands)

    def command(self, observation: Observation, t_ns: int) -> Command:
        """The command for this step.

        Raises:
            DeviceError: if the robot has more or fewer hands than the strategy.
        """
        seen = _over_the_table(observation)
        hands = 1 if seen.hand_position.ndim == 1 else len(seen.hand_position)
        if hands != len(self._hands):
            raise DeviceError(f"a robot with {len(self._hands)} hand(s)", f"{hands}", "choose another strategy")
        views = [seen] if hands == 1 else [seen.of_hand(i) for i in range(hands)]
        moves = [hand.move(view, t_ns) for hand, view in zip(self._hands, views, strict=True)]
        twist: Vector = moves[0][0] if hands == 1 else np.stack([twist for twist, _ in moves])
        gripper = moves[0][1] if hands == 1 else np.array([opening for _, opening in moves])
        return Command(twist=twist, gripper=gripper, t_ns=observation.t_ns, source=self._source)


def _over_the_table(observation: Observation) -> Observation:
    """The same with every height over the table's top: plans know no other."""
    height = observation.values.get(HEIGHT, 0.0)
    if height == 0.0:
        return observation
    objects = {name: pose - height * _UP[: len(pose)] for name, pose in observation.objects.items()}
    return replace(observation, hand_position=observation.hand_position - height * _UP[:3], objects=objects)


_UP = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0])
"""Upwards, in a pose (7,)."""
