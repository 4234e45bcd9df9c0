"""Ways to do the stack task, which differ at the small cube, on the way, and in when the hand turns."""

from collections.abc import Callable

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sim.tasks.blocks import square_turn
from accord.devices.sim.tasks.stack import BESIDE, halves
from accord.devices.sources.motion import CLUMSY, Manner
from accord.devices.sources.plan import Aim, Reach, Strategy
from accord.devices.sources.plans.moves import hand_yaw, rise_to, stay
from accord.devices.sources.plans.pick import (
    LOWEST,
    Grip,
    again,
    carried,
    from_above,
    from_beside,
    least_turn,
    quarter_more,
    slip,
)

HIGH = 0.22
"""Height of the hand on its way over the top [m]."""
LOW, CLEAR = 0.034, 0.014
"""How far over the large cube the small one travels from its side, and stops before it is put down [m]."""


def stack_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    usual, other = _grip(least_turn), _grip(quarter_more)
    over = (*from_above(usual), *_over_the_top(usual), *_put(usual))
    side = (*from_beside(usual, -0.055, 0.10), *_from_the_side(usual), *_put(usual))
    last = (*from_above(other), *_over_the_top(other, turn_last=True), *_put(other))
    low = (*from_above(usual), *_from_the_side(usual), *_put(usual))
    slips = (*from_above(usual), *slip(usual, 0.045), *_over_the_top(usual), *_put(usual))
    return (
        Strategy("over-the-top", "high across, turning on the way, and straight down", (over,)),
        Strategy("from-the-side", "along the table to it; turned first, then across just over the large cube", (side,)),
        Strategy("turns-last", "held by the other faces; turned only above the large cube", (last,)),
        Strategy("slow-and-low", "grasped from above, turned first, across just over the large cube, slowly", (low,),
                 Manner(pace=1.35)),
        Strategy("slips-once", "the small cube slips at first and is grasped again", (slips,)),
        Strategy("clumsy", "over-the-top with a hand that trembles, misses and hesitates", (over,), CLUMSY),
    )  # fmt: skip


def _grip(turn: Callable[[float, Observation], float]) -> Grip:
    return Grip(
        "small",
        wide=lambda seen: 2.0 * halves(seen.values)[0],
        # Not lower than needed: the palm has to pass over the large cube if it stands near.
        height=lambda seen: max(LOWEST, halves(seen.values)[0] + 0.003),
        turn=lambda seen: turn(square_turn(seen.objects["small"]), seen),
    )


def _over_the_top(grip: Grip, turn_last: bool = False) -> list[Reach]:
    return [
        Reach("lift", rise_to(HIGH), within_m=0.03, check=grip.holds, otherwise="rise"),
        Reach("carry", _small_over(0.11, turned=not turn_last), within_m=0.008, check=grip.holds, otherwise="rise"),
    ]


def _from_the_side(grip: Grip) -> list[Reach]:
    """Up until the small cube clears the large one, turned there, then level across."""

    def up(seen: Observation) -> Vector:
        return np.array([*seen.objects["small"][:2], _height(seen, LOW)])

    return [
        Reach("lift", carried("small", up), within_m=0.012, check=grip.holds, otherwise="rise"),
        Reach("turn", carried("small", up, _square), within_m=0.012, check=grip.holds, otherwise="rise"),
        Reach("across", _small_over(LOW), within_m=0.008, speed=0.2, check=grip.holds, otherwise="rise"),
    ]


def _put(grip: Grip) -> list[Reach]:
    return [
        Reach("aim", _small_over(CLEAR), within_m=0.0025, speed=0.2, check=grip.holds, otherwise="rise"),
        Reach("put", _small_over(0.001), within_m=0.003, speed=0.15, gripper=1.0, settle_s=0.45),
        Reach("leave", rise_to(HIGH), within_m=0.03, check=_done),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
        *again(),
    ]


def _height(seen: Observation, gap: float) -> float:
    """Of the small cube's middle, so far over the large one [m]."""
    half, base = halves(seen.values)
    return float(seen.objects["large"][2]) + base + half + gap


def _small_over(gap: float, turned: bool = True) -> Aim:
    """The small cube over the middle of the large one, so far over it [m]."""
    return carried(
        "small",
        lambda seen: np.array([*seen.objects["large"][:2], _height(seen, gap)]),
        _square if turned else None,
    )


def _square(seen: Observation) -> float:
    """How the hand has to be turned for the cube that it holds to be square to the other [rad]."""
    off = square_turn(seen.objects["large"]) - square_turn(seen.objects["small"])
    return least_turn(hand_yaw(seen) + off, seen)


def _done(seen: Observation) -> bool:
    half, base = halves(seen.values)
    small, large = seen.objects["small"], seen.objects["large"]
    return bool(np.hypot(*(small[:2] - large[:2])) < BESIDE and small[2] > large[2] + base + 0.8 * half)
