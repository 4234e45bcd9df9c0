"""Grip: what closes a mounted hand: the two jaws of a gripper, or fingers joint by joint."""

from typing import Protocol

import numpy as np

from accord.devices.command import Vector
from accord.devices.fingers import CHANNELS, Fingers
from accord.devices.sim.engine import mujoco

JAW_SPEED = 0.05
"""Of each jaw (Franka Hand manual: 50 mm/s) [m/s]."""
FINGER_SPEED = 6.0
"""Of each finger joint: a person's grasp takes a quarter of a second from open to closed [rad/s]."""
JAWS = ("left_finger", "right_finger")
TIPS = ("thumb_tip", "index_tip")
"""Sites between which a hand with fingers is as wide as it is open."""


class Grip(Protocol):
    """What closes one hand of a scene."""

    @property
    def fingers(self) -> Fingers | None:
        """Its joints; None for jaws, and for a hand without either."""
        ...

    def reset(self, data: mujoco.MjData) -> None:
        """Open wide, at once."""
        ...

    def width(self, data: mujoco.MjData) -> float:
        """How far apart its ends are [m]."""
        ...

    def bent(self, data: mujoco.MjData) -> Vector:
        """(m,) angles of the finger joints [rad]."""
        ...

    def follow(self, controls: Vector, opening: float, fingers: Vector | None, period_s: float) -> None:
        """Write where the servos shall be at the end of this period, as near to what is wanted as they are fast.

        Args:
            controls: (nu,) servo targets, changed in place.
            opening: 0 closed, 1 open [1].
            fingers: (m,) the finger joints that are wanted [rad]; None for those of this opening.
            period_s: from one command to the next [s].
        """
        ...


def grip_of(model: mujoco.MjModel, prefix: str) -> Grip:
    """What closes the hand whose parts are named with this prefix."""
    names = [name for name in CHANNELS if _has_joint(model, prefix + name.replace(" ", "_"))]
    return FingerServos(model, prefix, tuple(names)) if names else Jaws(model, prefix)


class Jaws:
    """Two jaws that slide, or none: a stick has nothing to close."""

    fingers = None

    def __init__(self, model: mujoco.MjModel, prefix: str) -> None:
        names = [prefix + name for name in JAWS if _has_joint(model, prefix + name)]
        self._at, self._servos = _addresses(model, names)
        self._stroke = float(model.joint(names[0]).range[1]) if names else 0.0

    def reset(self, data: mujoco.MjData) -> None:
        """See `Grip`."""
        data.qpos[self._at] = data.ctrl[self._servos] = self._stroke

    def width(self, data: mujoco.MjData) -> float:
        """See `Grip`."""
        return float(data.qpos[self._at].sum())

    def bent(self, data: mujoco.MjData) -> Vector:
        """See `Grip`."""
        return np.zeros(0)

    def follow(self, controls: Vector, opening: float, fingers: Vector | None, period_s: float) -> None:
        """See `Grip`."""
        _approach(controls, self._servos, np.asarray(self._stroke * np.clip(opening, 0.0, 1.0)), JAW_SPEED * period_s)


class FingerServos:
    """Fingers, each joint with a servo of its own.

    The open hand is the one that the scene draws; a fist has every joint at the upper end of its range, but the
    spreads, which stay.
    """

    def __init__(self, model: mujoco.MjModel, prefix: str, names: tuple[str, ...]) -> None:
        parts = [prefix + name.replace(" ", "_") for name in names]
        self._at, self._servos = _addresses(model, parts)
        lower, upper = np.array([model.joint(part).range for part in parts]).T.copy()
        opened = model.qpos0[self._at].copy()
        spreads = np.array([name.endswith("spread") for name in names])
        self.fingers = Fingers(names, lower, upper, opened, np.where(spreads, opened, upper))
        self._tips = np.array([int(model.site(prefix + tip).id) for tip in TIPS])

    def reset(self, data: mujoco.MjData) -> None:
        """See `Grip`."""
        data.qpos[self._at] = data.ctrl[self._servos] = self.fingers.open

    def width(self, data: mujoco.MjData) -> float:
        """See `Grip`."""
        thumb, index = data.site_xpos[self._tips]
        return float(np.linalg.norm(thumb - index))

    def bent(self, data: mujoco.MjData) -> Vector:
        """See `Grip`."""
        angles: Vector = data.qpos[self._at].copy()
        return angles

    def follow(self, controls: Vector, opening: float, fingers: Vector | None, period_s: float) -> None:
        """See `Grip`."""
        whole = self.fingers.at(opening)
        wanted = whole if fingers is None else np.where(np.isnan(fingers), whole, fingers)
        _approach(controls, self._servos, np.clip(wanted, *self.fingers.range), FINGER_SPEED * period_s)


def _approach(controls: Vector, servos: Vector, wanted: Vector, reach: float) -> None:
    now = controls[servos]
    controls[servos] = now + np.clip(wanted - now, -reach, reach)


def _addresses(model: mujoco.MjModel, names: list[str]) -> tuple[Vector, Vector]:
    joints = np.array([int(model.joint(name).qposadr[0]) for name in names], dtype=int)
    return joints, np.array([int(model.actuator(name).id) for name in names], dtype=int)


def _has_joint(model: mujoco.MjModel, name: str) -> bool:
    return int(mujoco.mj_name2id(model, int(mujoco.mjtObj.mjOBJ_JOINT), name)) >= 0
