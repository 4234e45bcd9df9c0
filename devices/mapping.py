"""Mapping: from what the hand does to how the robot's hand shall move.

A mapping is plain data, and `twist` a pure function of it: dead zone and curve on each axis of the device, then order,
signs and gains on each axis of the robot's hand, then speeds, then the frame that the motion is meant in. The axes are
those of `InputState`: x forward, y left, z up, roll, pitch, yaw.

What a device gives decides what of a mapping counts (`Follow`): deflections are shaped; a carried device moves the
robot's hand as far as it is moved itself; a leader's joints lead the robot's.
"""

import math
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from accord.devices import mapping_file
from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.joint_map import JointMap, demand
from accord.devices.rotation import to_matrix

VERSION: Final = 2
"""Of the mapping file."""
BUTTONS: Final = 64
"""How many buttons a hand has, with those of its pedal."""
PEDAL: Final = 32
"""The first button of a pedal that stands beside the device."""

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


class GripperMode(StrEnum):
    """What moves the gripper."""

    TOGGLE = "toggle"
    """Each press of the button opens or closes it."""
    HOLD = "hold"
    """Closed while the button is held."""
    PROPORTIONAL = "proportional"
    """As far open as the device says, where it says that."""


class Follow(StrEnum):
    """Which of what a device gives is followed."""

    AUTO = "auto"
    """Joints that fit the robot, else the pose of the hand, else deflections."""
    DEFLECTION = "deflection"
    POSE = "pose"
    JOINTS = "joints"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one person likes one device. A button is a bit of `InputState.buttons`, or from `PEDAL` on of the pedal's."""

    linear_m_s: float = 0.25
    """Speed of the hand at full deflection [m/s]."""
    angular_rad_s: float = 1.0
    """Turn rate of the hand at full deflection [rad/s]."""
    dead_zones: tuple[float, ...] = (0.0,) * 6
    """Deflection of axis i of the device up to which nothing moves; beyond it motion starts from zero [1]."""
    exponents: tuple[float, ...] = (1.0,) * 6
    """Curve of axis i of the device: 1 is a straight line, 2 is finer near rest [1]."""
    order: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    """Axis i of the robot's hand follows axis order[i] of the device."""
    signs: tuple[int, ...] = (1, 1, 1, 1, 1, 1)
    """−1 turns axis i of the robot's hand round."""
    gains: tuple[float, ...] = (1.0,) * 6
    """How much axis i of the robot's hand makes of it; 0 locks it [1]."""
    frame: Frame = Frame.BASE
    """Which frame the motion is meant in."""
    follow: Follow = Follow.AUTO
    """Which of what the device gives is followed."""
    scale: float = 1.0
    """How far the robot's hand goes for one metre of a carried device [1]."""
    turns: bool = True
    """Whether the robot's hand turns with a carried device."""
    engage_within_rad: float = 0.35
    """How far any joint of a leader may be from the robot's when it is engaged [rad]."""
    gripper: GripperMode = GripperMode.TOGGLE
    """What moves the gripper."""
    gripper_button: int | None = 0
    """For `GripperMode.TOGGLE` and `HOLD`."""
    clutch_button: int | None = None
    """Nothing moves while it is held, and a carried device goes on from where it is then."""
    dead_man_button: int | None = None
    """Nothing moves unless it is held; whenever the robot was held it has to be let go and pressed anew."""
    engage_button: int | None = None
    """Pressed and released, a leader or a carried device without a dead-man button drives."""
    switch_button: int | None = None
    """Goes on to the other arm, where one device drives two."""
    slow_button: int | None = None
    """`slow_factor` applies while it is held."""
    slow_factor: float = 0.3
    """[1]."""
    fast_button: int | None = None
    """`fast_factor` applies while it is held."""
    fast_factor: float = 2.0
    """[1]."""
    joints: JointMap = field(default_factory=JointMap)
    """Which joint of a leader moves which joint of the robot."""

    def __post_init__(self) -> None:
        """Refuses what no hand could drive with.

        Raises:
            DeviceError: a number is out of its range.
        """
        for name in ("linear_m_s", "angular_rad_s", "slow_factor", "fast_factor", "scale", "engage_within_rad"):
            value = getattr(self, name)
            demand(0.0 < value < math.inf, name, "a positive number", value)
        for name in ("dead_zones", "exponents", "gains"):
            demand(len(getattr(self, name)) == 6, name, "six numbers", list(getattr(self, name)))
        demand(all(0.0 <= x < 1.0 for x in self.dead_zones), "dead_zones", "at least 0 and below 1",
               list(self.dead_zones))  # fmt: skip
        demand(all(0.0 < x < math.inf for x in self.exponents), "exponents", "positive numbers", list(self.exponents))
        demand(all(0.0 <= x < math.inf for x in self.gains), "gains", "0 or more, and finite", list(self.gains))
        demand(sorted(self.order) == list(range(6)), "order", "each of 0 to 5 once", list(self.order))
        demand(len(self.signs) == 6 and set(self.signs) <= {1, -1}, "signs", "six of 1 or -1", list(self.signs))
        for name in BUTTON_NAMES:
            button = getattr(self, name)
            demand(button is None or 0 <= button < BUTTONS, name, "a button from 0 to 63, or none", button)


BUTTON_NAMES: Final = tuple(name for name in Mapping.__slots__ if name.endswith("_button"))
"""The fields that are buttons."""


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
    dead_zones=(0.08,) * 6,
    exponents=(1.5,) * 6,
)
"""For `accord.devices.inputs.spacemouse.SpaceMouse`."""

GAMEPAD_DEFAULT: Final = Mapping(
    # Worn sticks come to rest at up to a tenth of their way. Buttons are those of `accord.devices.inputs.gamepad`.
    dead_zones=(0.12,) * 6,
    exponents=(2.0,) * 6,
    dead_man_button=9,
    slow_button=10,
)
"""For a gamepad: drives while the left shoulder is held, slowly with the right one; A opens and closes the gripper."""

LEADER_DEFAULT: Final = Mapping(gripper=GripperMode.PROPORTIONAL, gripper_button=None, engage_button=0)
"""For a leader arm: its trigger (button 0) is squeezed and released to engage, and moves the gripper then."""

SMALL_LEADER_DEFAULT: Final = replace(
    # Five joints bring a hand anywhere, but not turned at will: its tilt comes of its reach; the robot keeps its own.
    LEADER_DEFAULT,
    gains=(1.0, 1.0, 1.0, 0.0, 0.0, 1.0),
    scale=2.0,
)
"""For a leader of five joints, less than half as long as most robots: a robot with as many is led joint by joint, and
another one's hand goes twice as far as the leader's and turns about the vertical with it."""

CARRIED_DEFAULT: Final = Mapping(
    gripper=GripperMode.PROPORTIONAL, gripper_button=None, dead_man_button=0, slow_button=1
)
"""For a phone or a headset: drives while its button Move (0) is held, more finely with A (1)."""

EXOSKELETON_DEFAULT: Final = Mapping(
    # A person's arm is not the robot's: the hand is followed until somebody has mapped the joints.
    follow=Follow.POSE,
    gripper=GripperMode.PROPORTIONAL,
    gripper_button=None,
    engage_button=0,
    clutch_button=1,
)
"""For an exoskeleton or a cockpit: the hand (button 0) is squeezed and released to engage; the first pedal (1) is the
clutch, with which the person finds a better posture."""


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


def ordered(axes: Vector, mapping: Mapping) -> Vector:
    """(6,) of the robot's hand, from (6,) of the device: order, signs and gains."""
    result: Vector = axes[list(mapping.order)] * np.array(mapping.signs) * np.array(mapping.gains)
    return result


def shaped(axes: Vector, mapping: Mapping) -> Vector:
    """(6,) the axes after dead zones, curves, order, signs and gains, each at most its gain [1]."""
    dead = np.array(mapping.dead_zones)
    beyond = np.maximum(np.clip(np.abs(axes), 0.0, 1.0) - dead, 0.0) / (1.0 - dead)
    return ordered(np.sign(axes) * beyond ** np.array(mapping.exponents), mapping)


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
    turn = base_from(mapping.frame, hand_quaternion, view_rotation)
    return np.concatenate([turn @ linear * mapping.linear_m_s, turn @ angular * mapping.angular_rad_s])


def base_from(frame: Frame, hand_quaternion: Vector, view_rotation: Vector | None) -> Vector:
    """(3, 3) from the frame that the motion is meant in to the base frame; see `twist`."""
    if frame is Frame.BASE:
        return np.eye(3)
    if frame is Frame.HAND:
        return to_matrix(hand_quaternion)
    if view_rotation is None:
        raise DeviceError("a camera for a mapping in the view's frame", "none", "choose a view, or the base frame")
    rotation: Vector = np.asarray(view_rotation, dtype=np.float64).reshape(3, 3) @ _CAMERA_FROM_DEVICE
    return rotation


def save(mapping: Mapping, path: Path) -> None:
    """Writes a mapping as TOML, whole or not at all.

    Raises:
        OSError: if it cannot be written.
    """
    mapping_file.write(path, VERSION, mapping)


def load(path: Path) -> Mapping:
    """Reads a mapping that `save` wrote, or that a person changed; one of version 1 becomes what it meant.

    Raises:
        DeviceError: the file is not there, not TOML, from another version, or a field is missing, unknown or wrong.
    """
    found = mapping_file.read(path)
    version = found.pop("version", None)
    demand(version in (1, VERSION) and type(version) is int, f"version in {path}", f"{VERSION}", version or "none")
    return cast(Mapping, mapping_file.typed(Mapping, _renewed(found, path) if version == 1 else found, str(path)))


_VERSION_1: Final = {
    "linear_m_s", "angular_rad_s", "dead_zone", "exponent", "order", "signs", "frame", "gripper_button",
    "clutch_button", "slow_button", "slow_factor", "fast_button", "fast_factor",
}  # fmt: skip


def _renewed(found: dict[str, Any], path: Path) -> dict[str, Any]:
    """What a file of version 1 says, in the words of version 2."""
    mapping_file.complete(_VERSION_1, set(found), str(path))
    usual = mapping_file.plain(asdict(Mapping()))
    shape = {"dead_zones": [found.pop("dead_zone")] * 6, "exponents": [found.pop("exponent")] * 6}
    return usual | shape | found
