"""Ways to do the square-nut task, which differ at the handle and at the peg."""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sim.tasks.nuts import HANDLE, SIZE
from accord.devices.sim.tasks.square_nut import NUT_HALF_HEIGHT, PEG, PEG_HEIGHT
from accord.devices.sources.motion import CLUMSY, Goal, Manner
from accord.devices.sources.plan import Aim, Reach, Strategy
from accord.devices.sources.plans.moves import hand_yaw, never, object_yaw, stay, width

GRASP_HEIGHT = 0.015
"""Of the hand over the table while it holds the handle [m]."""
LOW, HIGH = 0.065, 0.24
"""Heights of travel: over a lying nut, and well over the peg [m]."""
CLEAR = PEG_HEIGHT + 0.036
"""Height of the nut's middle when it just clears the peg [m]."""
END = 0.108
"""Where the handle is held near its end, from the middle of the opening [m]."""


def nut_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    above = (*_grasp_from_above(HANDLE[0]), *_put(HIGH - GRASP_HEIGHT, from_side=False))
    beside = (*_grasp_from_end(), *_put(CLEAR, from_side=True))
    end = (*_grasp_from_above(END), *_put(HIGH - GRASP_HEIGHT, from_side=False))
    slip = (*_grasp_from_above(HANDLE[0]), *_slip(), *_put(HIGH - GRASP_HEIGHT, from_side=False))
    slow = Manner(pace=1.3)
    return (
        Strategy("across-then-down", "over the handle and straight down on it; high across, down on the peg", (above,)),
        Strategy(
            "down-then-across", "down beside the handle, along it; just clear of the peg, from its side", (beside,)
        ),
        Strategy("by-the-end", "held at the end of the handle, and slower", (end,), slow),
        Strategy("slips-once", "the nut slips at first and is grasped again", (slip,)),
        Strategy("clumsy", "across-then-down with a hand that trembles, misses and hesitates", (above,), CLUMSY),
    )


def _grasp_from_above(along: float) -> list[Reach]:
    down = _handle(along)
    return [
        Reach("across", _over_handle(along, 0.17), within_m=0.02, gripper=1.0),
        Reach("down", down, within_m=0.005, gripper=0.0, settle_s=0.65, check=_held, otherwise="across"),
    ]


def _slip() -> list[Reach]:
    """The nut is let go a little over the table, and grasped again."""
    return [
        Reach("lift a little", _rise_to(0.05), within_m=0.015, gripper=0.35, settle_s=0.5),
        Reach("over again", _over_handle(HANDLE[0], 0.10), within_m=0.02, gripper=1.0, settle_s=0.3),
        Reach("down again", _handle(HANDLE[0]), 0.005, gripper=0.0, settle_s=0.65, check=_held, otherwise="over again"),
    ]


def _grasp_from_end() -> list[Reach]:
    return [
        Reach("lower", _sink, within_m=0.02, gripper=1.0),
        Reach("beside", _past_handle(LOW), within_m=0.015),
        Reach("down", _past_handle(GRASP_HEIGHT), within_m=0.008),
        Reach("across", _handle(HANDLE[0]), within_m=0.005, gripper=0.0, settle_s=0.65, check=_held, otherwise="rise"),
    ]


def _put(height: float, from_side: bool) -> list[Reach]:
    """Carry the nut with its middle at this height, lower it over the peg, let go.

    After "rest" the hand stays where it is; "rise" is only for a grasp that failed, and leads back to the beginning.
    """
    side = [Reach("side", _nut_to(height, beside=0.065), within_m=0.008, check=_held)] if from_side else []
    return [
        Reach("lift", _rise_to(height), within_m=0.02, check=_held),
        *side,
        Reach("carry", _nut_to(height), within_m=0.0022, check=_held),
        Reach("aim", _nut_to(CLEAR), within_m=0.0022, speed=0.2, check=_held),
        Reach("put", _nut_to(0.02), within_m=0.012, speed=0.18, check=_on_peg, otherwise="carry"),
        Reach("let go", stay, gripper=1.0, within_m=1.0, settle_s=0.35),
        Reach("leave", _leave, within_m=0.03, check=_done),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
        Reach("rise", _leave, within_m=0.03, gripper=1.0, settle_s=0.3, check=never),
    ]


def _on_handle(seen: Observation, along: float) -> Vector:
    """(2,) a point on the nut's x axis [m]; a larger nut has a longer handle."""
    yaw, along = object_yaw(seen, "nut"), along * _size(seen)
    return seen.objects["nut"][:2] + along * np.array([np.cos(yaw), np.sin(yaw)])


def _size(seen: Observation) -> float:
    return seen.values.get(SIZE, 1.0)


def _handle(along: float) -> Aim:
    return lambda seen: Goal(np.array([*_on_handle(seen, along), GRASP_HEIGHT]), object_yaw(seen, "nut"))


def _over_handle(along: float, lowest: float) -> Aim:
    """Across at the height where the hand is."""
    return lambda seen: Goal(
        np.array([*_on_handle(seen, along), max(float(seen.hand_position[2]), lowest)]), object_yaw(seen, "nut")
    )


def _past_handle(height: float) -> Aim:
    return lambda seen: Goal(np.array([*_on_handle(seen, HANDLE[1] + 0.045), height]), object_yaw(seen, "nut"))


def _sink(seen: Observation) -> Goal:
    return Goal(np.array([*seen.hand_position[:2], LOW]), hand_yaw(seen))


def _rise_to(height: float) -> Aim:
    """Straight up until the nut's middle has this height."""
    return lambda seen: Goal(seen.hand_position + np.array([0.0, 0.0, height - seen.objects["nut"][2]]), hand_yaw(seen))


def _nut_to(height: float, beside: float = 0.0) -> Aim:
    """Where the hand has to be for the nut to be over the peg, square to it, its middle at this height."""

    def aim(seen: Observation) -> Goal:
        yaw = object_yaw(seen, "nut")
        turn = round(yaw / (np.pi / 2)) * (np.pi / 2) - yaw
        arm = seen.hand_position - seen.objects["nut"][:3]
        cos, sin = np.cos(turn), np.sin(turn)
        x, y = PEG[0] + beside + cos * arm[0] - sin * arm[1], PEG[1] + sin * arm[0] + cos * arm[1]
        return Goal(np.array([x, y, height + arm[2]]), hand_yaw(seen) + turn)

    return aim


def _leave(seen: Observation) -> Goal:
    return Goal(np.array([*seen.hand_position[:2], HIGH]), hand_yaw(seen))


def _held(seen: Observation) -> bool:
    """The fingers are kept apart by the handle, and it is where the hand is."""
    apart = 0.012 < width(seen) < 0.034
    return apart and float(np.linalg.norm(_on_handle(seen, HANDLE[0]) - seen.hand_position[:2])) < 0.045


def _on_peg(seen: Observation) -> bool:
    x, y, z = seen.objects["nut"][:3]
    return bool(np.hypot(x - PEG[0], y - PEG[1]) < 0.012 and z < PEG_HEIGHT - 0.035)


def _done(seen: Observation) -> bool:
    return _on_peg(seen) and bool(seen.objects["nut"][2] < NUT_HALF_HEIGHT * _size(seen) + 0.012)
