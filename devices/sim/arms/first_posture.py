"""First posture: joint angles to begin with for an arm of which nothing is known but its chain.

The hand shall be where episodes start, pointing down, and the arm above the table and not twisted. How the hand is
turned on the flange is ours to choose, in quarters, as one chooses among the holes of a mounting plate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from accord.devices.command import Vector
from accord.devices.rotation import multiply
from accord.devices.sim.arms.arm import Arm
from accord.devices.sim.engine import mujoco
from accord.devices.sim.kinematics import Kinematics
from accord.devices.sim.poses import turn_between

_PLACE, _DOWN = np.array([0.45, 0.0, 0.28]), np.array([0.0, 1.0, 0.0, 0.0])
"""Where the hand shall be: position [m] and wxyz quaternion of a hand that points down."""
_NEAR = 2e-3
"""That is as good as there [m, and a third of a radian counts as a metre]."""
_CLEAR = 0.10
"""No joint beyond the second may be lower over the table [m]."""
_GUESSES = 8
"""How many postures by chance are tried when those that come from the arm's own fail."""


@dataclass(frozen=True, slots=True, eq=False)
class FirstPosture:
    """A posture and how the hand is turned on the flange for it."""

    joints: Vector
    """(n,) [rad]."""
    quarters: int
    """By how many quarters of a turn about the flange's z axis the hand is turned back."""
    away: float
    """How far the hand is from where it shall be [m, and a third of a radian counts as a metre]."""
    twist: float
    """How far the joints came from the posture that was tried [rad]."""


def first_posture(arm: Arm, model: mujoco.MjModel) -> FirstPosture:
    """Look from the arm's own posture first, then from others, until the hand is there; else the nearest that it gets.

    Args:
        arm: whose `home` is any posture it likes.
        model: of the arm with its hand, as `accord.devices.sim.scene.arm_xml` makes it.
    """
    kinematics = Kinematics(arm, model, 0.02)
    tried: list[FirstPosture] = []
    for guess in _guesses(arm, kinematics):
        found = [_reached(kinematics, guess, quarters) for quarters in range(4)]
        good = [one for one in found if one.away < _NEAR and _is_clear(arm, model, one.joints)]
        if good:
            return min(good, key=lambda one: one.twist)
        tried += found
    return min(tried, key=lambda one: one.away)


def turned_flange(quaternion: Vector, quarters: int) -> Vector:
    """(4,) a flange turned back by quarters about its z axis, wxyz."""
    return multiply(quaternion, _quarter_turns(-quarters))


def _guesses(arm: Arm, kinematics: Kinematics) -> Iterator[Vector]:
    """The arm's own posture, the same with its first joint turned to the front, and some by chance."""
    yield arm.home
    x, y, _ = kinematics.hand(arm.home)[0]
    aside = np.eye(len(arm.home))[0] * np.arctan2(y, x)
    yield from (arm.home - aside, arm.home + aside)  # the first axis may point up or down
    rng = np.random.default_rng(0)
    lower, upper = np.maximum(kinematics.lower, -np.pi), np.minimum(kinematics.upper, np.pi)
    for _ in range(_GUESSES):
        yield rng.uniform(lower, upper)


def _reached(kinematics: Kinematics, guess: Vector, quarters: int) -> FirstPosture:
    wanted = multiply(_DOWN, _quarter_turns(quarters))
    joints = kinematics.reaching(guess, _PLACE, wanted)
    position, quaternion = kinematics.hand(joints)
    away = np.linalg.norm(position - _PLACE) + np.linalg.norm(turn_between(quaternion, wanted)) / 3.0
    return FirstPosture(joints, quarters, float(away), float(np.abs(joints - guess).sum()))


def _quarter_turns(count: int) -> Vector:
    half = count * np.pi / 4.0
    return np.array([np.cos(half), 0.0, 0.0, np.sin(half)])


def _is_clear(arm: Arm, model: mujoco.MjModel, joints: Vector) -> bool:
    data = mujoco.MjData(model)
    data.qpos[[int(model.joint(name).qposadr[0]) for name in arm.joints]] = joints
    mujoco.mj_kinematics(model, data)
    heights = [float(data.xanchor[int(model.joint(name).id), 2]) for name in arm.joints[2:]]
    return min(heights) > _CLEAR
