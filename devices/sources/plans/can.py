"""Ways to do the can task, which differ in the side of approach, the place of the grasp, the way over and the end."""

import numpy as np

from accord.devices.command import Observation
from accord.devices.sim.tasks.blocks import axes
from accord.devices.sim.tasks.can import FLOOR, HALF, INSIDE, RADIUS, SIZE, WALL, right_bin
from accord.devices.sources.motion import CLUMSY, Manner
from accord.devices.sources.plan import Aim, Reach, Strategy
from accord.devices.sources.plans.moves import nearest_turn, rise_to, stay
from accord.devices.sources.plans.pick import LOWEST, Grip, again, carried, from_above, from_beside, slip

LOW, HIGH = 0.016, 0.028
"""Where the can is held, over its middle; lower, the palm would stand on the lid [m]."""
ARC = 0.27
"""Height of the hand on its way in a high arc [m]."""
QUARTER = np.pi / 2
"""A quarter of a turn [rad]."""


def can_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    top, left, right, near = _grip(HIGH, 0.0), _grip(LOW, -QUARTER), _grip(LOW, QUARTER), _grip(LOW, 0.0)
    arc = (*from_above(top, 0.20), Reach("lift", rise_to(ARC), within_m=0.03, check=top.holds), *_put(top, 0.004, ARC))
    low = (*from_beside(left, -0.062, 0.13), *_just_clear(left), *_put(left, 0.004))
    drop = (*from_beside(right, -0.062, 0.13), *_just_clear(right), *_put(right, 0.018))
    slow = (*from_above(near, 0.20), *_just_clear(near), *_put(near, 0.002))
    slips = (*from_above(top, 0.20), *slip(top, 0.09), *_just_clear(top), *_put(top, 0.004))
    return (
        Strategy("high-arc", "from above by the rim, in a high arc, set down", (arc,)),
        Strategy("left-and-low", "from the left, held low, just over the wall, set down", (low,)),
        Strategy("right-and-drop", "from the right, held low, let go a little over the floor of the bin", (drop,)),
        Strategy("slow-and-low", "from above but held low, slowly, just over the wall", (slow,), Manner(pace=1.35)),
        Strategy("slips-once", "the can slips at first and is grasped again", (slips,)),
        Strategy("clumsy", "high-arc with a hand that trembles, misses and hesitates", (arc,), CLUMSY),
    )


def _grip(over_middle: float, turn: float) -> Grip:
    """A standing can from any side, a lying one across.

    Args:
        over_middle: where a standing one is held [m].
        turn: of the hand at a standing one [rad].
    """

    def height(seen: Observation) -> float:
        if _lies(seen):
            return max(LOWEST, RADIUS * _size(seen))
        return (HALF + over_middle) * _size(seen)

    def across(seen: Observation) -> float:
        if not _lies(seen):
            return turn
        x, y, _ = axes(seen.objects["can"])[:, 2]
        return nearest_turn(float(np.arctan2(y, x)), 0.0)

    return Grip("can", lambda seen: 2.0 * RADIUS * _size(seen), height, across, near_m=0.05)


def _just_clear(grip: Grip) -> list[Reach]:
    """Up until the can just clears the walls."""
    up = carried("can", lambda seen: np.array([*seen.objects["can"][:2], _clear(seen)]))
    return [Reach("lift", up, within_m=0.015, check=grip.holds, otherwise="rise")]


def _put(grip: Grip, fall: float, travel: float = 0.0) -> list[Reach]:
    """Carry the can over its bin, lower it, let go.

    Args:
        grip: how it is held.
        fall: how far it falls then [m].
        travel: height of the hand on the way; 0: so that the can just clears the walls [m].
    """
    return [
        Reach("carry", _over_bin(travel), within_m=0.012, check=grip.holds, otherwise="rise"),
        Reach("lower", _in_bin(fall), within_m=0.008, speed=0.2, gripper=1.0, settle_s=0.5),
        Reach("leave", rise_to(0.22), within_m=0.03, check=_done),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
        *again(),
    ]


def _over_bin(travel: float) -> Aim:
    def aim(seen: Observation) -> tuple[float, float, float]:
        held = float(seen.hand_position[2] - seen.objects["can"][2])
        return (*right_bin(seen.values), travel - held if travel else _clear(seen))

    return carried("can", lambda seen: np.array(aim(seen)))


def _in_bin(fall: float) -> Aim:
    return carried("can", lambda seen: np.array([*right_bin(seen.values), FLOOR + _below(seen) + fall]))


def _clear(seen: Observation) -> float:
    """Height of the can's middle when its lower side clears the walls, and what may stand about [m]."""
    return WALL + _below(seen) + 0.034


def _below(seen: Observation) -> float:
    """How far a can reaches below its middle [m]."""
    return (RADIUS if _lies(seen) else HALF) * _size(seen)


def _lies(seen: Observation) -> bool:
    return abs(float(axes(seen.objects["can"])[2, 2])) < 0.7


def _size(seen: Observation) -> float:
    return seen.values.get(SIZE, 1.0)


def _done(seen: Observation) -> bool:
    x, y = right_bin(seen.values)
    return bool(np.abs(seen.objects["can"][:2] - np.array([x, y])).max() < INSIDE - 0.01)
