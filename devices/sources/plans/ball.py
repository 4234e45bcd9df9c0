"""Ways to do the ball task, which differ in how the hand comes to the ball and how it is turned there."""

from dataclasses import dataclass

import numpy as np

from accord.devices.command import Observation
from accord.devices.sim.tasks.ball import LOWEST, RADIUS, SIZE
from accord.devices.sources.motion import CLUMSY, Manner
from accord.devices.sources.plan import Reach, Strategy
from accord.devices.sources.plans.moves import rise_to, stay, width
from accord.devices.sources.plans.pick import HOLD, Grip, again, from_above, from_beside, slip

UP = 0.19
"""Where the hand holds the ball in the end, over the table [m]."""
BEHIND = -0.105
"""From the ball's middle to the hand that comes along the table: all fingers are still clear of it [m]."""
_ACROSS = 1.65
"""Between the tips of thumb and index finger that hold a ball, in its radii [1]."""


@dataclass(frozen=True, slots=True)
class Handful(Grip):
    """A grip of five fingers, which yield: the tips come to a ball where they come to it."""

    def holds(self, seen: Observation) -> bool:
        """The fingers are kept apart by the ball, and it is where the hand is."""
        near = float(np.linalg.norm(seen.objects[self.name][:3] - seen.hand_position)) < self.near_m
        return near and 0.75 < width(seen) / self.wide(seen) < 1.25


def ball_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    usual, turned = _grip(0.0), _grip(np.pi / 2)
    above = (*from_above(usual), *_lift(usual))
    beside = (*from_beside(usual, BEHIND, 0.12), *_lift(usual))
    other = (*from_above(turned), *_lift(turned))
    pauses = (*_with_looks(usual), *_lift(usual))
    slips = (*from_above(usual), *slip(usual, 0.045), *_lift(usual))
    return (
        Strategy("across-then-down", "over the ball and straight down on it", (above,)),
        Strategy("down-then-across", "down behind the ball, then along the table around it", (beside,)),
        Strategy("turned-hand", "the hand turned by a quarter, the thumb on the arm's side", (other,)),
        Strategy("with-pauses", "slowly, and a look before each part", (pauses,), Manner(pace=1.35, idle=2.0)),
        Strategy("slips-once", "the ball slips at first and is grasped again", (slips,)),
        Strategy("clumsy", "across-then-down with a hand that trembles, misses and hesitates", (above,), CLUMSY),
    )


def _radius(seen: Observation) -> float:
    return RADIUS * seen.values.get(SIZE, 1.0)


def _grip(turn: float) -> Handful:
    return Handful(
        "ball",
        wide=lambda seen: _ACROSS * _radius(seen),
        height=lambda seen: max(LOWEST, _radius(seen) + 0.001),
        turn=lambda _: turn,
        near_m=0.04,
    )


def _with_looks(grip: Handful) -> list[Reach]:
    return [
        Reach("look", stay, within_m=1.0, gripper=1.0, settle_s=0.5),
        Reach("across", grip.over(0.16), within_m=0.02, settle_s=0.6),
        Reach("half down", grip.beside(0.0, 0.095), within_m=0.01, settle_s=0.5),
        *from_above(grip)[1:],
    ]


def _lift(grip: Handful) -> list[Reach]:
    return [Reach("lift", rise_to(UP), within_m=0.02, check=grip.holds, otherwise="rise"), HOLD, *again()]
