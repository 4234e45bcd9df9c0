"""Ways to do the lift task, which differ in how the hand comes to the cube and which faces it takes."""

from collections.abc import Callable

from accord.devices.command import Observation
from accord.devices.sim.tasks.blocks import square_turn
from accord.devices.sim.tasks.lift import HALF, SIZE
from accord.devices.sources.motion import CLUMSY, Manner
from accord.devices.sources.plan import Reach, Strategy
from accord.devices.sources.plans.moves import rise_to, stay
from accord.devices.sources.plans.pick import (
    HOLD,
    LOWEST,
    Grip,
    again,
    from_above,
    from_beside,
    least_turn,
    quarter_more,
    slip,
)

UP = 0.19
"""Where the hand holds the cube in the end, over the table [m]."""


def lift_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    usual, turned = _grip(least_turn), _grip(quarter_more)
    above = (*from_above(usual), *_lift(usual))
    beside = (*from_beside(usual, -0.055, 0.10), *_lift(usual))
    other = (*from_above(turned), *_lift(turned))
    pauses = (*_with_looks(usual), *_lift(usual))
    slips = (*from_above(usual), *slip(usual, 0.045), *_lift(usual))
    return (
        Strategy("across-then-down", "over the cube and straight down on it", (above,)),
        Strategy("down-then-across", "down beside the cube, then along the table to it", (beside,)),
        Strategy("other-faces", "the hand turned by a quarter, so that it holds the other two faces", (other,)),
        Strategy("with-pauses", "slowly, and a look before each part", (pauses,), Manner(pace=1.35, idle=2.0)),
        Strategy("slips-once", "the cube slips at first and is grasped again", (slips,)),
        Strategy("clumsy", "across-then-down with a hand that trembles, misses and hesitates", (above,), CLUMSY),
    )


def _grip(turn: Callable[[float, Observation], float]) -> Grip:
    return Grip(
        "cube",
        wide=lambda seen: 2.0 * HALF * seen.values.get(SIZE, 1.0),
        height=lambda seen: max(LOWEST, HALF * seen.values.get(SIZE, 1.0)),
        turn=lambda seen: turn(square_turn(seen.objects["cube"]), seen),
    )


def _with_looks(grip: Grip) -> list[Reach]:
    return [
        Reach("look", stay, within_m=1.0, gripper=1.0, settle_s=0.5),
        Reach("across", grip.over(0.15), within_m=0.02, settle_s=0.6),
        Reach("half down", grip.beside(0.0, 0.075), within_m=0.01, settle_s=0.5),
        *from_above(grip)[1:],
    ]


def _lift(grip: Grip) -> list[Reach]:
    return [Reach("lift", rise_to(UP), within_m=0.02, check=grip.holds, otherwise="rise"), HOLD, *again()]
