"""Ways to do the hammer task: where the hammer is held, how it comes into the drawer, and what pushes that shut."""

from dataclasses import dataclass

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sim.tasks.cabinet import INSIDE, from_drawer, is_inside
from accord.devices.sim.tasks.hammer import HALF_HEIGHT, HALF_LENGTH, SIZE, THICK
from accord.devices.sources.motion import CLUMSY, Manner
from accord.devices.sources.plan import Aim, Reach, Strategy
from accord.devices.sources.plans.drawers import OVER, crosswise, is_shut, lengthwise, push_shut
from accord.devices.sources.plans.moves import hand_yaw, nearest_turn, object_yaw, rise_to, stay
from accord.devices.sources.plans.pick import LOWEST, Grip, again, carried, from_above, slip

HIGH, LOW = 0.20, 0.10
"""Heights of the hammer on its way into the drawer: in an arc, and just over the drawer's front [m]."""
BEHIND_FRONT = 0.007
"""Between the drawer's front and a hammer that is laid lengthwise [m]."""
MIDDLE = 0.068
"""Where a hammer is laid that lies across the drawer, behind the front's outside [m]."""
DROP = 0.006
"""From how high it is let go over the drawer's floor [m]."""


@dataclass(frozen=True, slots=True)
class HandleGrip(Grip):
    """A grip somewhere along an object's x axis."""

    along: float = 0.0
    """From the object's middle [m]."""

    def middle(self, seen: Observation) -> Vector:
        """(2,) where the object is held [m]."""
        yaw = object_yaw(seen, self.name)
        place: Vector = seen.objects[self.name][:2] + self.along * _size(seen) * np.array([np.cos(yaw), np.sin(yaw)])
        return place


def hammer_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    handle, head = _grip(-0.025), _grip(0.026)
    tips = push_shut(0.0, 0.016, turned=False, closed=True)
    beside = push_shut(0.088, -0.025, turned=True, closed=True)
    flat = push_shut(0.0, 0.013, turned=True, closed=False)
    arc = (*from_above(handle), *_over_the_top(handle), *tips, *_end())
    by_head = (*from_above(head), *_over_the_top(head), *beside, *_end())
    low = (*from_above(handle), *_from_the_front(handle), *flat, *_end())
    slow = Manner(pace=1.2)
    slips = (*from_above(handle), *slip(handle, 0.06), *_over_the_top(handle), *tips, *_end())
    return (
        Strategy("over-the-top", "by the handle, in a high arc, laid across; finger tips push the bar", (arc,)),
        Strategy("by-the-head", "held next to the head, slower; finger tips push beside the bar", (by_head,), slow),
        Strategy("from-the-front", "low over the drawer's front, laid lengthwise; the open hand pushes", (low,)),
        Strategy("slips-once", "the hammer slips at first and is grasped again", (slips,)),
        Strategy("clumsy", "over-the-top with a hand that trembles, misses and hesitates", (arc,), CLUMSY),
    )


def _grip(along: float) -> HandleGrip:
    return HandleGrip(
        "hammer",
        wide=lambda seen: THICK * _size(seen),
        height=lambda seen: max(LOWEST, HALF_HEIGHT * _size(seen)),
        turn=lambda seen: nearest_turn(object_yaw(seen, "hammer"), 0.5 * hand_yaw(seen)),
        near_m=0.05,
        along=along,
    )


def _over_the_top(grip: Grip) -> list[Reach]:
    return [
        Reach("lift", rise_to(HIGH), within_m=0.02, check=grip.holds, otherwise="rise"),
        Reach("carry", _hammer_to(HIGH, across=True), within_m=0.01, check=grip.holds, otherwise="rise"),
        *_lay(grip, across=True),
    ]


def _from_the_front(grip: Grip) -> list[Reach]:
    return [
        Reach("lift", rise_to(LOW), within_m=0.015, check=grip.holds, otherwise="rise"),
        Reach("carry", _hammer_to(LOW, across=False, before=0.20), within_m=0.02, check=grip.holds, otherwise="rise"),
        Reach("slide in", _hammer_to(LOW, across=False), within_m=0.005, check=grip.holds, otherwise="rise"),
        *_lay(grip, across=False),
    ]


def _lay(grip: Grip, across: bool) -> list[Reach]:
    return [
        Reach("lay", _hammer_to(None, across), within_m=0.006, speed=0.2, check=_in_drawer, otherwise="rise"),
        Reach("let go", stay, within_m=1.0, gripper=0.75, settle_s=0.4),
        Reach("out", rise_to(OVER), within_m=0.03, check=_in_drawer, otherwise="rise"),
    ]


def _end() -> list[Reach]:
    return [
        Reach("up", rise_to(OVER), within_m=0.03, check=_is_put_away, otherwise="back"),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
        Reach("back", rise_to(OVER), within_m=0.03, check=lambda seen: not _in_drawer(seen), otherwise="before"),
        *again(),
    ]


def _hammer_to(height: float | None, across: bool, before: float = 0.0) -> Aim:
    """Where the hand has to be for the hammer to be in the drawer, or over it.

    Args:
        height: of the hammer's middle over the table; None: where it is let go [m].
        across: whether it lies across the drawer, or lengthwise.
        before: how far before the place where it is laid [m].
    """

    def where(seen: Observation) -> Vector:
        deep = MIDDLE if across else INSIDE[0][1] + BEHIND_FRONT + HALF_LENGTH * _size(seen)
        x, y, z = from_drawer(seen.objects["drawer"], (0.0, deep - before, INSIDE[0][2]), seen.values)
        return np.array([x, y, z + HALF_HEIGHT * _size(seen) + DROP if height is None else height])

    return carried("hammer", where, lengthwise if across else crosswise)


def _size(seen: Observation) -> float:
    return seen.values.get(SIZE, 1.0)


def _is_put_away(seen: Observation) -> bool:
    return is_shut(seen) and _in_drawer(seen)


def _in_drawer(seen: Observation) -> bool:
    return is_inside(seen.objects["drawer"], seen.objects["hammer"][:3], seen.values)
