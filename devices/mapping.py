"""Mapping: from what the hand does to how the robot's hand shall move.

A mapping is plain data, and `twist` a pure function of it: dead zone and curve on each axis, then the order and the
signs, then the gains, then the frame that the motion is meant in. The axes are those of `InputState`: x forward,
y left, z up, roll, pitch, yaw.
"""

import math
import tomllib
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import numpy as np

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.rotation import to_matrix

VERSION: Final = 1
"""Of the mapping file."""
NO_BUTTON: Final = -1
"""How a mapping file says None, which TOML has no word for."""

_CAMERA_FROM_DEVICE = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0]])
"""Forward is into the picture, left is left in it and up is up in it. Cameras look along their −z, with x to the right
and y up (MuJoCo and OpenGL)."""


class Frame(StrEnum):
    """Which frame the hand's motion is meant in."""

    BASE = "base"
    """Forward is the robot's own forward."""
    HAND = "hand"
    """Forward is along the x axis of the robot's hand."""
    VIEW = "view"
    """Forward is into the picture that the person looks at."""


def _demand(holds: bool, name: str, wanted: str, found: object) -> None:
    if not holds:
        raise DeviceError(f"{name} of a mapping to be {wanted}", str(found), "change it, or start from the default")


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one person likes one device."""

    linear_m_s: float = 0.25
    """Speed of the hand at full deflection [m/s]."""
    angular_rad_s: float = 1.0
    """Turn rate of the hand at full deflection [rad/s]."""
    dead_zone: float = 0.0
    """Deflection up to which nothing moves; beyond it motion starts from zero [1]."""
    exponent: float = 1.0
    """Curve: 1 is a straight line, 2 is finer near rest [1]."""
    order: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    """Axis i of the robot's hand follows axis order[i] of the device."""
    signs: tuple[int, ...] = (1, 1, 1, 1, 1, 1)
    """−1 turns axis i of the robot's hand round."""
    frame: Frame = Frame.BASE
    """Which frame the motion is meant in."""
    gripper_button: int | None = 0
    """Opens and closes the gripper, on press."""
    clutch_button: int | None = None
    """Nothing moves while it is held."""
    slow_button: int | None = None
    """`slow_factor` applies while it is held."""
    slow_factor: float = 0.3
    """[1]."""
    fast_button: int | None = None
    """`fast_factor` applies while it is held."""
    fast_factor: float = 2.0
    """[1]."""

    def __post_init__(self) -> None:
        """Refuses what no hand could drive with.

        Raises:
            DeviceError: a number is out of its range.
        """
        for name in ("linear_m_s", "angular_rad_s", "exponent", "slow_factor", "fast_factor"):
            value = getattr(self, name)
            _demand(0.0 < value < math.inf, name, "a positive number", value)
        _demand(0.0 <= self.dead_zone < 1.0, "dead_zone", "at least 0 and below 1", self.dead_zone)
        _demand(sorted(self.order) == list(range(6)), "order", "each of 0 to 5 once", list(self.order))
        _demand(len(self.signs) == 6 and set(self.signs) <= {1, -1}, "signs", "six of 1 or -1", list(self.signs))
        for name in ("gripper_button", "clutch_button", "slow_button", "fast_button"):
            value = getattr(self, name)
            _demand(value is None or 0 <= value < 64, name, "a button from 0 to 63, or none", value)


KEYBOARD_DEFAULT: Final = Mapping(
    # A key has no halves, so half the speed is the normal one, and `fast` reaches 0.25 m/s and 1 rad/s.
    linear_m_s=0.125,
    angular_rad_s=0.5,
    slow_button=1,
    fast_button=2,
)
"""For `accord.devices.inputs.keyboard.Keyboard`."""

SPACEMOUSE_DEFAULT: Final = Mapping(
    # The cap's axes leak into each other: a straight push shows some per cent of turn, which the dead zone takes away.
    dead_zone=0.08,
    exponent=1.5,
)
"""For `accord.devices.inputs.spacemouse.SpaceMouse`."""


def is_down(buttons: int, button: int | None) -> bool:
    """Whether that button is down in a mask of buttons; never for None."""
    return button is not None and bool(buttons >> button & 1)


def pace(buttons: int, mapping: Mapping) -> float:
    """What the buttons make of the speed [1]: 0 while the clutch is held; slow wins over fast."""
    if is_down(buttons, mapping.clutch_button):
        return 0.0
    if is_down(buttons, mapping.slow_button):
        return mapping.slow_factor
    return mapping.fast_factor if is_down(buttons, mapping.fast_button) else 1.0


def shaped(axes: Vector, mapping: Mapping) -> Vector:
    """(6,) the axes after dead zone, curve, order and signs, each in [-1, 1]."""
    size = np.clip(np.abs(axes), 0.0, 1.0)
    beyond = np.maximum(size - mapping.dead_zone, 0.0) / (1.0 - mapping.dead_zone)
    curved: Vector = np.sign(axes) * beyond**mapping.exponent
    ordered: Vector = curved[list(mapping.order)] * np.array(mapping.signs)
    return ordered


def twist(axes: Vector, mapping: Mapping, hand_quaternion: Vector, view_rotation: Vector | None = None) -> Vector:
    """(6,) the velocity that the person asks for, in the base frame: linear [m/s], then angular [rad/s].

    Args:
        axes: (6,) of an `InputState`.
        mapping: how this person likes this device.
        hand_quaternion: (4,) hand in base frame, wxyz.
        view_rotation: (3, 3) camera in base frame; its columns are the camera's right, up and backward, as in MuJoCo's
            `cam_xmat`. Only `Frame.VIEW` needs it.

    Raises:
        DeviceError: the mapping wants the view's frame and there is no view.
    """
    linear, angular = shaped(axes, mapping).reshape(2, 3)
    turn = _base_from(mapping.frame, hand_quaternion, view_rotation)
    return np.concatenate([turn @ linear * mapping.linear_m_s, turn @ angular * mapping.angular_rad_s])


def _base_from(frame: Frame, hand_quaternion: Vector, view_rotation: Vector | None) -> Vector:
    """(3, 3) from the frame that the motion is meant in to the base frame."""
    if frame is Frame.BASE:
        return np.eye(3)
    if frame is Frame.HAND:
        return to_matrix(hand_quaternion)
    if view_rotation is None:
        raise DeviceError("a camera for a mapping in the view's frame", "none", "choose a view, or the base frame")
    rotation: Vector = np.asarray(view_rotation, dtype=np.float64).reshape(3, 3) @ _CAMERA_FROM_DEVICE
    return rotation


def save(mapping: Mapping, path: Path) -> None:
    """Writes a mapping as TOML."""
    lines = [f"version = {VERSION}", *(f"{name} = {_toml(value)}" for name, value in asdict(mapping).items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def load(path: Path) -> Mapping:
    """Reads a mapping that `save` wrote, or that a person changed.

    Raises:
        DeviceError: the file is not there, not TOML, from another version, or a field is missing, unknown or wrong.
    """
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeviceError(f"a mapping in {path}", str(error).rstrip("."), "save it again from the window") from error
    _demand(found.pop("version", None) == VERSION, f"version in {path}", str(VERSION), "another")
    expected = {field.name for field in fields(Mapping)}
    missing, unknown = sorted(expected - set(found)), sorted(set(found) - expected)
    _demand(not missing, f"every field in {path}", "all of them", f"no {', '.join(missing)}")
    _demand(not unknown, f"known fields in {path}", "no others", ", ".join(unknown))
    return Mapping(**{name: _field(name, value) for name, value in found.items()})


def _toml(value: float | tuple[int, ...] | Frame | None) -> str:
    if value is None:
        return f"{NO_BUTTON}"
    if isinstance(value, Frame):
        return f'"{value}"'
    return repr(list(value) if isinstance(value, tuple) else value)


def _field(name: str, value: Any) -> Any:
    """The value of a field, from what TOML calls it."""
    if name == "frame":
        _demand(value in list(Frame), name, f"one of {', '.join(Frame)}", value)
        return Frame(value)
    if name in ("order", "signs"):
        whole = isinstance(value, list) and all(type(item) is int for item in value)
        _demand(whole, name, "a list of whole numbers", value)
        return tuple(value)
    if name.endswith("_button"):
        _demand(type(value) is int, name, "a whole number", value)
        return None if value == NO_BUTTON else value
    _demand(type(value) in (int, float), name, "a number", value)
    return value
