"""What a phone or a headset says over the wire: a greeting, then where the hand is. docs/network-hand.md describes it.

Everything in it is checked before it is believed. Nothing here knows of sockets.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn

import numpy as np

from accord.devices.command import Vector
from accord.devices.errors import DeviceError

LARGEST_BYTES: Final = 2048
"""Of a message; one with every field has some 250 bytes [B]."""
FARTHEST_M: Final = 100.0
"""A hand is not farther than this from where its tracking began [m]."""
UNIT_WITHIN: Final = 0.01
"""By how much a quaternion's length may differ from one: senders round their numbers [1]."""
MOST_BUTTONS: Final = 32
CHANNELS: Final = (
    *("x [m]", "y [m]", "z [m]", "qw [1]", "qx [1]", "qy [1]", "qz [1]"),
    *("buttons [1]", "gripper [1]", "time [s]"),
)
"""What `Move.raw` is, in the sender's own axes; the gripper is NaN where nothing says it."""
_LONGEST_NAME: Final = 40
_LONGEST_TOKEN: Final = 200


class Axes(StrEnum):
    """The axes in which a sender tells poses. Right-handed both."""

    ACCORD = "accord"
    """x forward, y left, z up."""
    WEBXR = "webxr"
    """x right, y up, z towards the person (WebXR Device API, section 7: y is up, −z is forward)."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """The first message."""

    token: str
    """What proves that the sender may drive."""
    name: str
    """What the sender calls itself; printable ASCII, never empty."""
    axes: Axes | None
    """In which axes its poses are; None where it does not say."""


@dataclass(frozen=True, slots=True)
class Move:
    """Every other message."""

    pose: Vector
    """(7,) position [m] and wxyz quaternion [1] of the hand: x forward, y left, z up."""
    buttons: int
    """Bit i is set while button i is down."""
    gripper: float | None
    """0 closed, 1 open; None where the message does not say [1]."""
    time_ms: float
    """The sender's clock, whatever it counts from [ms]."""
    raw: Vector
    """(10,) the numbers as they came, see `CHANNELS`."""


def read_greeting(message: str | bytes) -> Greeting:
    """The greeting in a message.

    Raises:
        DeviceError: it is none; the sentence does not repeat the token.
    """
    found = _fields(message, wanted={"token"}, allowed={"token", "name", "axes"})
    for name in found:
        if not isinstance(found[name], str) or len(found[name]) > _LONGEST_TOKEN:
            _refuse(f"{name} of a greeting as a text of at most {_LONGEST_TOKEN} letters", "another")
    if found.get("axes", Axes.WEBXR) not in list(Axes):
        _refuse(f"axes to be one of {', '.join(Axes)}", "others")
    name = "".join(letter for letter in found.get("name", "") if letter.isascii() and letter.isprintable())
    axes = Axes(found["axes"]) if "axes" in found else None
    return Greeting(found["token"], name.strip()[:_LONGEST_NAME] or "a sender without a name", axes)


def read_move(message: str | bytes, axes: Axes) -> Move:
    """The move in a message.

    Args:
        message: as it came.
        axes: of the sender.

    Raises:
        DeviceError: it is none, or a number in it is not what it has to be.
    """
    wanted = {"position", "quaternion", "time_ms"}
    found = _fields(message, wanted, allowed={*wanted, "buttons", "gripper"})
    position = _numbers(found, "position", 3)
    if np.max(np.abs(position)) > FARTHEST_M:
        _refuse(f"a position within {FARTHEST_M:g} m", "one farther away")
    quaternion = _numbers(found, "quaternion", 4)
    length = float(np.linalg.norm(quaternion))
    if abs(length - 1.0) > UNIT_WITHIN:
        _refuse("a quaternion of length 1", f"one of {length:.3g}")
    buttons, gripper = _buttons(found), _gripper(found)
    time_ms = float(_number(found["time_ms"], "time_ms"))
    pose = in_accord(position, quaternion / length, axes)
    rest = (buttons, math.nan if gripper is None else gripper, time_ms / 1000.0)
    return Move(pose, buttons, gripper, time_ms, np.concatenate([position, quaternion, rest]))


def in_accord(position: Vector, quaternion: Vector, axes: Axes) -> Vector:
    """(7,) a pose in Accord's axes.

    A turn of the axes turns a quaternion's vector part as it turns any vector; identity stays identity, so a hand that
    points forward in one points forward in the other.

    Args:
        position: (3,) [m].
        quaternion: (4,) wxyz, of length 1.
        axes: what both are written in.
    """
    if axes is Axes.ACCORD:
        return np.concatenate([position, quaternion])
    (x, y, z), (w, i, j, k) = position, quaternion
    return np.array([-z, -x, y, w, -k, -i, j])


def _fields(message: str | bytes, wanted: set[str], allowed: set[str]) -> Mapping[str, Any]:
    if isinstance(message, bytes):
        _refuse("a text message", "a binary one")
    try:
        found = json.loads(message, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # not JSON, NaN, a number of thousands of digits, or too deep
        _refuse("a message in JSON", "something else")
    if not isinstance(found, dict):
        _refuse("a JSON object", "another value")
    missing, unknown = sorted(wanted - set(found)), sorted(set(found) - allowed)
    if missing:
        _refuse(f"{' and '.join(missing)} in a message", "none")
    if unknown:
        _refuse(f"no fields but {', '.join(sorted(allowed))}", f"{len(unknown)} more")
    return found


def _numbers(found: Mapping[str, Any], name: str, count: int) -> Vector:
    """(count,) the numbers of a field."""
    values = found[name]
    if not isinstance(values, list) or len(values) != count:
        _refuse(f"{name} as {count} numbers", "something else")
    return np.array([_number(value, name) for value in values])


def _number(value: object, name: str) -> float:
    if type(value) not in (int, float):
        _refuse(f"a number in {name}", "something else")
    assert isinstance(value, int | float)
    if abs(value) > 1e15 or not math.isfinite(value):  # so large a whole number would be no float
        _refuse(f"a finite number in {name}", "none")
    return float(value)


def _buttons(found: Mapping[str, Any]) -> int:
    buttons = found.get("buttons", 0)
    if type(buttons) is not int or not 0 <= buttons < 1 << MOST_BUTTONS:
        _refuse(f"buttons as a whole number below 2^{MOST_BUTTONS}", "something else")
    return int(buttons)


def _gripper(found: Mapping[str, Any]) -> float | None:
    if found.get("gripper") is None:
        return None
    gripper = _number(found["gripper"], "gripper")
    if not 0.0 <= gripper <= 1.0:
        _refuse("a gripper from 0 to 1", f"{gripper:.3g}")
    return gripper


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _refuse(wanted: str, found: str) -> NoReturn:
    raise DeviceError(wanted, found, "see docs/network-hand.md")
