"""Ways to do the round-nut task. The nut may be turned as it likes over the peg, so people choose: here they differ."""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sim.tasks.nuts import HANDLE, SIZE
from accord.devices.sim.tasks.round_nut import HALF_HEIGHT, PEG, PEG_HEIGHT
from accord.devices.sources.motion import CLUMSY, Goal, Manner
from accord.devices.sources.plan import Aim, Reach, Strategy
from accord.devices.sources.plans.moves import hand_yaw, object_yaw, rise_to, stay, width
from accord.devices.sources.plans.pick import again, carried

GRASP = 0.015
"""Height of the hand while it holds the handle of a lying nut [m]."""
LOW, HIGH = 0.065, 0.22
"""Heights of travel: over a lying nut, and of a nut that is carried well over the peg [m]."""
CLEAR = PEG_HEIGHT + 0.036
"""Height of the nut's middle when it just clears the peg [m]."""
END = 0.108
"""Where the handle is held near its end, from the middle of the opening [m]."""


def round_nut_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    as_it_lies = (*_from_above(HANDLE[0]), *_put(HIGH))
    along = (*_along_the_handle(), *_put(CLEAR, beside=-0.075))
    home = (*_from_above(END), *_put(HIGH, turn=-np.pi / 4))
    slip = (*_from_above(HANDLE[0]), *_slip(), *_put(HIGH))
    return (
        Strategy("as-it-lies", "straight down on the handle; high across, down on the peg, not turned", (as_it_lies,)),
        Strategy("from-beside", "down beside the handle, along it; just clear of the peg, from its right", (along,)),
        Strategy("turned-aside", "held at the end; the handle is turned to the right first", (home,), Manner(pace=1.2)),
        Strategy("slips-once", "the nut slips at first and is grasped again", (slip,)),
        Strategy("clumsy", "as-it-lies with a hand that trembles, misses and hesitates", (as_it_lies,), CLUMSY),
    )  # fmt: skip


def _from_above(along: float) -> list[Reach]:
    return [
        Reach("across", _over_handle(along, 0.17), within_m=0.02, gripper=1.0),
        Reach("down", _handle(along), within_m=0.005, gripper=0.0, settle_s=0.65, check=_held, otherwise="rise"),
    ]


def _along_the_handle() -> list[Reach]:
    past = HANDLE[1] + 0.045
    return [
        Reach("lower", rise_to(LOW), within_m=0.02, gripper=1.0),
        Reach("beside", _handle(past, LOW), within_m=0.015),
        Reach("down", _handle(past), within_m=0.008),
        Reach("along", _handle(HANDLE[0]), 0.005, gripper=0.0, settle_s=0.65, check=_held, otherwise="rise"),
    ]


def _slip() -> list[Reach]:
    """The nut is let go a little over the table, and grasped again."""
    return [
        Reach("lift a little", rise_to(0.05), within_m=0.015, gripper=0.35, settle_s=0.5),
        Reach("over again", _over_handle(HANDLE[0], 0.10), within_m=0.02, gripper=1.0, settle_s=0.3),
        Reach("down again", _handle(HANDLE[0]), 0.005, gripper=0.0, settle_s=0.65, check=_held, otherwise="over again"),
    ]


def _put(height: float, beside: float = 0.0, turn: float | None = None) -> list[Reach]:
    """Carry the nut with its middle at this height, lower it over the peg, let go.

    Args:
        height: on the way [m].
        beside: how far left of the peg it stops first; 0: it does not [m].
        turn: of the hand while it is carried; None: as it is [rad].
    """
    side = [Reach("side", _nut_to(height, turn, beside), within_m=0.008, check=_held)] if beside else []
    return [
        Reach("lift", _lifted(height), within_m=0.02, check=_held),
        *side,
        Reach("carry", _nut_to(height, turn), within_m=0.002, check=_held),
        Reach("aim", _nut_to(CLEAR, turn), within_m=0.002, speed=0.2, check=_held),
        Reach("put", _nut_to(0.02, turn), within_m=0.003, speed=0.18, check=_on_peg, otherwise="carry"),
        Reach("let go", stay, gripper=1.0, within_m=1.0, settle_s=0.35),
        Reach("leave", rise_to(HIGH), within_m=0.03, check=_done),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
        *again(),
    ]


def _on_handle(seen: Observation, along: float) -> Vector:
    """(2,) a point on the nut's x axis [m]; a larger nut has a longer handle."""
    yaw, along = object_yaw(seen, "nut"), along * _size(seen)
    return seen.objects["nut"][:2] + along * np.array([np.cos(yaw), np.sin(yaw)])


def _size(seen: Observation) -> float:
    return seen.values.get(SIZE, 1.0)


def _handle(along: float, height: float = GRASP) -> Aim:
    return lambda seen: Goal(np.array([*_on_handle(seen, along), height]), object_yaw(seen, "nut"))


def _over_handle(along: float, lowest: float) -> Aim:
    """Across at the height where the hand is."""
    return lambda seen: Goal(
        np.array([*_on_handle(seen, along), max(float(seen.hand_position[2]), lowest)]), object_yaw(seen, "nut")
    )


def _lifted(height: float) -> Aim:
    """Straight up until the nut's middle has this height."""
    return lambda seen: Goal(seen.hand_position + np.array([0.0, 0.0, height - seen.objects["nut"][2]]), hand_yaw(seen))


def _nut_to(height: float, turn: float | None = None, beside: float = 0.0) -> Aim:
    place = np.array([PEG[0], PEG[1] + beside, height])
    return carried("nut", lambda _: place, None if turn is None else lambda _: turn)


def _held(seen: Observation) -> bool:
    """The fingers are kept apart by the handle, and it is where the hand is."""
    apart = 0.012 < width(seen) < 0.034
    return apart and float(np.linalg.norm(_on_handle(seen, HANDLE[0]) - seen.hand_position[:2])) < 0.045


def _on_peg(seen: Observation) -> bool:
    x, y, z = seen.objects["nut"][:3]
    return bool(np.hypot(x - PEG[0], y - PEG[1]) < 0.010 and z < PEG_HEIGHT - 0.035)


def _done(seen: Observation) -> bool:
    return _on_peg(seen) and bool(seen.objects["nut"][2] < HALF_HEIGHT * _size(seen) + 0.010)
