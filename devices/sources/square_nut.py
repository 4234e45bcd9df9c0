"""Two ways to do the square-nut task, which differ in the order of axes at the handle and at the peg.

``across-then-down``
    over the handle, straight down on it; lift high, straight across, down on the peg.
``down-then-across``
    down beside the handle first, then along it from its end; lift just clear of the peg, come in from the side.
"""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sim.square_nut import HANDLE, PEG, PEG_HEIGHT, SQUARE_NUT
from accord.devices.sources.motion import Goal
from accord.devices.sources.plan import Aim, Reach

GRASP_HEIGHT = 0.015
"""Of the hand over the table while it holds the handle [m]."""
LOW, HIGH = 0.065, 0.24
"""Heights of travel: over a lying nut, and well over the peg [m]."""
CLEAR = PEG_HEIGHT + 0.036
"""Height of the nut's middle when it just clears the peg [m]."""


def nut_plans() -> dict[str, tuple[Reach, ...]]:
    """Every strategy of this task by name."""
    return {
        "across-then-down": (*_grasp_from_above(), *_put(HIGH - GRASP_HEIGHT, from_side=False)),
        "down-then-across": (*_grasp_from_end(), *_put(CLEAR, from_side=True)),
    }


def _grasp_from_above() -> list[Reach]:
    return [
        Reach("across", _over_handle(0.17), within_m=0.02, gripper=1.0),
        Reach("down", _handle, within_m=0.005, gripper=0.0, settle_s=0.65, check=_held, otherwise="across"),
    ]


def _grasp_from_end() -> list[Reach]:
    return [
        Reach("lower", _sink, within_m=0.02, gripper=1.0),
        Reach("beside", _past_handle(LOW), within_m=0.015),
        Reach("down", _past_handle(GRASP_HEIGHT), within_m=0.008),
        Reach("across", _handle, within_m=0.005, gripper=0.0, settle_s=0.65, check=_held, otherwise="rise"),
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
        Reach("let go", _stay, gripper=1.0, within_m=1.0, settle_s=0.35),
        Reach("leave", _leave, within_m=0.03, check=_done),
        Reach("rest", _stay, within_m=1.0, settle_s=3600.0),
        Reach("rise", _leave, within_m=0.03, gripper=1.0, settle_s=0.3, check=_never),
    ]


def nut_yaw(seen: Observation) -> float:
    """Turn of the nut about the vertical [rad]."""
    w, x, y, z = seen.objects["nut"][3:]
    return float(np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)))


def hand_yaw(seen: Observation) -> float:
    """Turn of the hand about the vertical, as in `Goal` [rad]."""
    w, x, y, z = seen.hand_quaternion
    return float(np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)))


def _on_handle(seen: Observation, along: float) -> Vector:
    """(2,) a point on the nut's x axis [m]."""
    yaw = nut_yaw(seen)
    return seen.objects["nut"][:2] + along * np.array([np.cos(yaw), np.sin(yaw)])


def _handle(seen: Observation) -> Goal:
    return Goal(np.array([*_on_handle(seen, HANDLE[0]), GRASP_HEIGHT]), nut_yaw(seen))


def _over_handle(lowest: float) -> Aim:
    """Across at the height where the hand is."""
    return lambda seen: Goal(
        np.array([*_on_handle(seen, HANDLE[0]), max(float(seen.hand_position[2]), lowest)]), nut_yaw(seen)
    )


def _past_handle(height: float) -> Aim:
    return lambda seen: Goal(np.array([*_on_handle(seen, HANDLE[1] + 0.045), height]), nut_yaw(seen))


def _sink(seen: Observation) -> Goal:
    return Goal(np.array([*seen.hand_position[:2], LOW]), hand_yaw(seen))


def _rise_to(height: float) -> Aim:
    """Straight up until the nut's middle has this height."""
    return lambda seen: Goal(seen.hand_position + np.array([0.0, 0.0, height - seen.objects["nut"][2]]), hand_yaw(seen))


def _nut_to(height: float, beside: float = 0.0) -> Aim:
    """Where the hand has to be for the nut to be over the peg, square to it, its middle at this height."""

    def aim(seen: Observation) -> Goal:
        yaw = nut_yaw(seen)
        turn = round(yaw / (np.pi / 2)) * (np.pi / 2) - yaw
        arm = seen.hand_position - seen.objects["nut"][:3]
        cos, sin = np.cos(turn), np.sin(turn)
        x, y = PEG[0] + beside + cos * arm[0] - sin * arm[1], PEG[1] + sin * arm[0] + cos * arm[1]
        return Goal(np.array([x, y, height + arm[2]]), hand_yaw(seen) + turn)

    return aim


def _stay(seen: Observation) -> Goal:
    return Goal(seen.hand_position, hand_yaw(seen))


def _leave(seen: Observation) -> Goal:
    return Goal(np.array([*seen.hand_position[:2], HIGH]), hand_yaw(seen))


def _held(seen: Observation) -> bool:
    """The fingers are kept apart by the handle, and it is where the hand is."""
    apart = 0.012 < seen.gripper_width < 0.034
    return apart and float(np.linalg.norm(_on_handle(seen, HANDLE[0]) - seen.hand_position[:2])) < 0.04


def _on_peg(seen: Observation) -> bool:
    x, y, z = seen.objects["nut"][:3]
    return bool(np.hypot(x - PEG[0], y - PEG[1]) < 0.012 and z < PEG_HEIGHT - 0.035)


def _done(seen: Observation) -> bool:
    return SQUARE_NUT.done(seen.objects, frozenset())


def _never(_: Observation) -> bool:
    return False
