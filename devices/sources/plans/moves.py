"""Moves: the aims and checks that plans of many tasks are made of. Heights are over the table's top."""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sources.motion import Goal
from accord.devices.sources.plan import Aim, Check, Reach


def yaw(quaternion: Vector) -> float:
    """Turn about the vertical that a quaternion (4,) wxyz stands for [rad]."""
    w, x, y, z = quaternion
    return float(np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)))


def hand_yaw(seen: Observation) -> float:
    """Turn of the hand about the vertical, as in `Goal` [rad]."""
    return yaw(seen.hand_quaternion)


def object_yaw(seen: Observation, name: str) -> float:
    """Turn of an object about the vertical [rad]."""
    return yaw(seen.objects[name][3:])


def nearest_turn(wanted: float, now: float, symmetry: float = np.pi) -> float:
    """Of all turns that look the same as `wanted`, the one nearest to `now` [rad].

    Args:
        wanted: a turn about the vertical [rad].
        now: where the hand is turned now [rad].
        symmetry: after how much turning a grasp is the same again; a gripper of two fingers: half a turn [rad].
    """
    return wanted + symmetry * round((now - wanted) / symmetry)


def stay(seen: Observation) -> Goal:
    """Where the hand is."""
    return Goal(seen.hand_position, hand_yaw(seen))


def rise_to(height: float) -> Aim:
    """Straight up, or down, to this height of the hand [m]."""
    return lambda seen: Goal(np.array([*seen.hand_position[:2], height]), hand_yaw(seen))


def never(_: Observation) -> bool:
    """For a reach that only leads back."""
    return False


def width(seen: Observation) -> float:
    """Between the fingers of the one hand that is seen [m]."""
    return float(np.max(seen.gripper_width))


def wait(name: str, until: Check) -> Reach:
    """Stay and look again and again, until something is so."""
    return Reach(name, stay, within_m=1.0, settle_s=0.15, check=until, otherwise=name)
