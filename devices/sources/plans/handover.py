"""Ways to hand over the bar, which differ in where and how the hands meet."""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.rotation import to_matrix
from accord.devices.sim.tasks.handover import BAR_HALF, GRIP, SIZE, TRAY, TRAY_FLOOR
from accord.devices.sources.motion import CLUMSY, Goal, Manner
from accord.devices.sources.plan import Aim, Check, Reach, Strategy
from accord.devices.sources.plans.moves import hand_yaw, rise_to, stay, wait, width

GIVER, TAKER = 1.0, -1.0
"""Which end of the bar a hand holds, on the bar's own y axis, and on which side of the table it is at home."""
MIDDLE = (0.46, 0.0)
"""Where the bar's middle is when hands meet [m]."""
ABOVE = 0.006
"""Of the hand over the bar's middle while it holds it, so that finger tips stay clear of what the bar lies on [m]."""
TIP = 0.106
"""Where the very end of the bar is held, from its middle [m]."""


def handover_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    low = (*_pick(GRIP), *_give(0.10)), tuple(_take_from_above(0.10))
    high = (*_pick(GRIP), *_give(0.30)), tuple(_take_from_side(0.30))
    into = (*_pick(GRIP), *_bring(0.16)), tuple(_take_waiting(0.16))
    turned = (*_pick(GRIP), *_give(0.17, np.radians(42.0))), tuple(_take_from_side(0.17))
    tips = (*_pick(TIP), *_give(0.13)), tuple(_take_from_above(0.13, TIP))
    slip = (*_pick(GRIP), *_slip(), *_give(0.17)), tuple(_take_from_above(0.17))
    slow = Manner(pace=1.3)
    return (
        Strategy("meets-low", "the giver waits low in the middle; the taker comes down on the other end", low),
        Strategy("meets-high", "the giver waits high in the middle; the taker comes along the bar", high),
        Strategy("taker-waits", "the taker waits with open fingers; the giver brings the bar between them", into),
        Strategy("turned", "the bar is turned, its free end away from the arms, before the taker comes", turned),
        Strategy("by-the-tips", "both hold the bar at its very ends, and slower", tips, slow),
        Strategy("slips-once", "the bar slips from the giver at first and is grasped again", slip),
        Strategy("clumsy", "meets-low with hands that tremble, miss and hesitate", low, CLUMSY),
    )


# The giver -------------------------------------------------------------------------------------------------------


def _pick(along: float) -> list[Reach]:
    return [
        Reach("across", _over(GIVER, along), within_m=0.02, gripper=1.0),
        Reach("down", _at(GIVER, along), 0.006, gripper=0.0, settle_s=0.6, check=_giver_holds, otherwise="across"),
        Reach("lift", rise_to(0.08), within_m=0.02, check=_giver_holds),
    ]


def _slip() -> list[Reach]:
    """The bar is let go a little over the table, and grasped again."""
    again = _at(GIVER, GRIP)
    return [
        Reach("lower", rise_to(0.045), within_m=0.015, gripper=0.6, settle_s=0.5),
        Reach("over again", _over(GIVER, GRIP), within_m=0.02, gripper=1.0, settle_s=0.3),
        Reach("down again", again, 0.006, gripper=0.0, settle_s=0.6, check=_giver_holds, otherwise="over again"),
    ]


def _give(height: float, turn: float = 0.0) -> list[Reach]:
    """Hold the bar up in the middle until it is taken."""
    return [
        Reach("rise", rise_to(height), within_m=0.02, check=_giver_holds),
        Reach("present", _bar_to(MIDDLE, height, turn), within_m=0.012, check=_giver_holds),
        wait("wait for taker", _either(_other_holds, _giver_lost)),
        *_let_go(height),
    ]


def _bring(height: float) -> list[Reach]:
    """Bring the bar between the fingers of a hand that waits there."""
    before = (MIDDLE[0], MIDDLE[1] + 0.13)
    return [
        Reach("rise", rise_to(height), within_m=0.02, check=_giver_holds),
        Reach("aim", _bar_to(before, height), within_m=0.008, check=_giver_holds),
        wait("wait for taker", _either(_other_is_ready, _giver_lost)),
        Reach("bring", _bar_to(MIDDLE, height), within_m=0.008, speed=0.15, check=_giver_holds),
        wait("wait for grasp", _either(_other_holds, _giver_lost)),
        *_let_go(height),
    ]


def _let_go(height: float) -> list[Reach]:
    """After "rest" the hand stays where it is; a bar that fell on this side is picked up again."""
    return [
        Reach("let go", stay, gripper=1.0, within_m=1.0, settle_s=0.9),
        Reach("clear", rise_to(height + 0.11), within_m=0.02),
        Reach("leave", _aside(GIVER, 0.25), within_m=0.03, check=_given, otherwise="across"),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
    ]


# The taker -------------------------------------------------------------------------------------------------------


def _take_from_above(height: float, along: float = GRIP) -> list[Reach]:
    return [
        Reach("ready", _aside(TAKER, height + 0.10), within_m=0.03, gripper=1.0),
        wait("wait for giver", _is_offered),
        Reach("over", _over(TAKER, along), within_m=0.012),
        Reach("take", _at(TAKER, along), 0.006, 0.18, gripper=0.0, settle_s=0.6, check=_taker_holds, otherwise="ready"),
        *_lay(),
    ]


def _take_from_side(height: float) -> list[Reach]:
    return [
        Reach("ready", _aside(TAKER, height), within_m=0.03, gripper=1.0),
        wait("wait for giver", _is_offered),
        Reach("before", _at(TAKER, GRIP + 0.10), within_m=0.012),
        Reach("take", _at(TAKER, GRIP), 0.006, 0.18, gripper=0.0, settle_s=0.6, check=_taker_holds, otherwise="ready"),
        *_lay(),
    ]


def _take_waiting(height: float) -> list[Reach]:
    return [
        Reach("ready", _at_taking_place(height), within_m=0.012, gripper=1.0),
        wait("wait for bar", _is_between),
        Reach("take", _at(TAKER, GRIP), 0.010, gripper=0.0, settle_s=0.6, check=_taker_holds, otherwise="ready"),
        *_lay(),
    ]


def _lay() -> list[Reach]:
    """Once the giver is gone, lay the bar into the tray."""
    low = TRAY_FLOOR + BAR_HALF[2] + 0.003
    return [
        wait("wait for free", _either(_other_is_away, _taker_lost)),
        Reach("carry", _bar_to(TRAY, 0.13), within_m=0.015, check=_taker_holds, otherwise="ready"),
        Reach("lower", _bar_to(TRAY, low), within_m=0.006, speed=0.16, check=_taker_holds, otherwise="ready"),
        Reach("let go", stay, gripper=0.7, within_m=1.0, settle_s=0.5),
        Reach("leave", _aside(TAKER, 0.22), within_m=0.03, gripper=1.0, check=_laid, otherwise="ready"),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
    ]


# Aims ------------------------------------------------------------------------------------------------------------


def _size(seen: Observation) -> float:
    return seen.values.get(SIZE, 1.0)


def _bar(seen: Observation) -> tuple[Vector, Vector]:
    """(3,) middle of the bar [m], and (3,) its y axis. A bar that has rolled over still points the same way."""
    pose = seen.objects["bar"]
    return pose[:3], to_matrix(pose[3:])[:, 1]


def _turn(seen: Observation) -> float:
    """Turn of the bar about the vertical; 0 along y [rad]."""
    axis = _bar(seen)[1]
    return float(np.arctan2(-axis[0], axis[1]))


def _end(seen: Observation, side: float, along: float) -> Vector:
    """(3,) where the hand is that holds one end of the bar [m]."""
    middle, axis = _bar(seen)
    at: Vector = middle + side * along * _size(seen) * axis + np.array([0.0, 0.0, ABOVE])
    return at


def _at(side: float, along: float) -> Aim:
    """At an end of the bar, a finger on either side of it, and the hand's camera away from the other hand."""
    return lambda seen: Goal(_end(seen, side, along), _turn(seen) - side * np.pi / 2)


def _over(side: float, along: float) -> Aim:
    """Over an end of the bar, at the height where the hand is if that is enough."""

    def aim(seen: Observation) -> Goal:
        x, y, z = _end(seen, side, along)
        return Goal(np.array([x, y, max(float(seen.hand_position[2]), z + 0.075)]), _turn(seen) - side * np.pi / 2)

    return aim


def _bar_to(place: tuple[float, float], height: float, turn: float = 0.0) -> Aim:
    """Where the hand has to be for the bar's middle to be there, turned so."""

    def aim(seen: Observation) -> Goal:
        more = turn - _turn(seen)
        x, y, z = seen.hand_position - _bar(seen)[0]
        cos, sin = np.cos(more), np.sin(more)
        goal = np.array([place[0] + cos * x - sin * y, place[1] + sin * x + cos * y, height + z])
        return Goal(goal, hand_yaw(seen) + more)

    return aim


def _aside(side: float, height: float) -> Aim:
    """On the hand's own side of the table."""
    return lambda _: Goal(np.array([MIDDLE[0], side * 0.28, height]), -side * np.pi / 2)


def _at_taking_place(height: float) -> Aim:
    """Where the bar's end will be."""
    return lambda seen: Goal(np.array([*_taking_place(seen), height + ABOVE]), -TAKER * np.pi / 2)


def _taking_place(seen: Observation) -> tuple[float, float]:
    return MIDDLE[0], MIDDLE[1] + TAKER * GRIP * _size(seen)


# Checks ----------------------------------------------------------------------------------------------------------


def _holds(seen: Observation, side: float) -> bool:
    """The fingers are kept apart by the bar, and this end of it is where the hand is."""
    middle, axis = _bar(seen)
    off = seen.hand_position - middle
    along = side * float(off @ axis) / _size(seen)
    beside = float(np.linalg.norm(off - (off @ axis) * axis))
    return abs(width(seen) - 2.0 * BAR_HALF[0] * _size(seen)) < 0.005 and 0.03 < along < 0.125 and beside < 0.02


def _giver_holds(seen: Observation) -> bool:
    return _holds(seen, GIVER)


def _taker_holds(seen: Observation) -> bool:
    return _holds(seen, TAKER)


def _giver_lost(seen: Observation) -> bool:
    return not _giver_holds(seen)


def _taker_lost(seen: Observation) -> bool:
    return not _taker_holds(seen)


def _either(one: Check, other: Check) -> Check:
    return lambda seen: one(seen) or other(seen)


def _other(seen: Observation) -> Observation:
    if seen.other is None:
        raise DeviceError("a robot with two hands", "one", "choose another strategy")
    return seen.other


def _other_holds(seen: Observation) -> bool:
    """The giver sees that the taker has its end."""
    return _taker_holds(_other(seen))


def _other_is_ready(seen: Observation) -> bool:
    """The giver sees the taker's open hand in the middle."""
    other = _other(seen)
    return width(other) > 0.07 and bool(np.hypot(*(other.hand_position[:2] - _taking_place(seen))) < 0.03)


def _other_is_away(seen: Observation) -> bool:
    """The taker sees that the giver has let go and left."""
    other = _other(seen)
    return width(other) > 0.05 and float(np.linalg.norm(other.hand_position - _end(seen, GIVER, GRIP))) > 0.08


def _is_offered(seen: Observation) -> bool:
    """The taker sees the bar held up in the middle, or lying where the giver cannot reach it."""
    x, y, z = _bar(seen)[0]
    held = _giver_holds(_other(seen)) and z > 0.05
    return (held and bool(np.hypot(x - MIDDLE[0], y - MIDDLE[1]) < 0.045)) or (z < 0.05 and _is_beyond(seen))


def _is_between(seen: Observation) -> bool:
    """The taker sees the bar's end between its fingers, or the bar lying where the giver cannot reach it."""
    off = float(np.linalg.norm(seen.hand_position - _end(seen, TAKER, GRIP)))
    return off < 0.02 or (seen.objects["bar"][2] < 0.05 and _is_beyond(seen))


def _is_beyond(seen: Observation) -> bool:
    return bool(seen.objects["bar"][1] < -0.05)


def _given(seen: Observation) -> bool:
    return _other_holds(seen) or _is_beyond(seen)


def _laid(seen: Observation) -> bool:
    x, y, z = seen.objects["bar"][:3]
    return bool(abs(x - TRAY[0]) < 0.05 and abs(y - TRAY[1]) < 0.04 and z < 0.03)
