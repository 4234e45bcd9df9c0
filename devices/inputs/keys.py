"""The keys that drive a robot, and what each does. Knows no toolkit.

The axes are those of Accord's device frame: x forward, y left, z up, and right-handed turns about them.
Space, Y, N, Backspace, Delete and Return are not here: the window keeps them for recording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final, Self


class Board(StrEnum):
    """What a platform calls the places of a keyboard by."""

    XKB = "xkb"
    """X11 and Wayland: xkb keycodes."""
    SET_1 = "set 1"
    """Windows: scan codes of set 1, extended keys with 0x100 added."""
    MAC = "mac"
    """macOS: virtual key codes, which there are places."""


class Key(IntEnum):
    """A key that drives; its value is its bit in a mask of held keys."""

    W, S, A, D, R, F = 0, 1, 2, 3, 4, 5
    I, K, J, L, U, O = 6, 7, 8, 9, 10, 11  # noqa: E741 - these are the names on the keys
    G = 12
    SHIFT = 13
    DIGIT_1, DIGIT_2, DIGIT_3 = 14, 15, 16

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """The key that types `text` (``w``, ``W``, ``2``) or is called so (``Shift``); None for any other key."""
        name = text.strip().upper()
        return cls.__members__.get(f"DIGIT_{name}" if name.isdigit() else name)

    @classmethod
    def from_place(cls, board: Board, code: int) -> Self | None:
        """The key at that place of the keyboard, whatever it types; None for any other key.

        Args:
            board: what the code is one of.
            code: the platform's number of a place.
        """
        name = _PLACES[board].get(code)
        return None if name is None else cls[name]


_EVDEV: Final = {
    **{2: "DIGIT_1", 3: "DIGIT_2", 4: "DIGIT_3"},
    **{17: "W", 19: "R", 22: "U", 23: "I", 24: "O"},
    **{30: "A", 31: "S", 32: "D", 33: "F", 34: "G", 36: "J", 37: "K", 38: "L"},
    **{42: "SHIFT", 54: "SHIFT"},
}
"""KEY_… codes of linux/input-event-codes.h."""
_XKB: Final = {code + 8: name for code, name in _EVDEV.items()}
"""xkb keycodes are evdev's plus 8 (xkeyboard-config, keycodes/evdev)."""
_SET_1: Final = _EVDEV
"""Scan codes of set 1, which Windows gives (Microsoft, "Keyboard Input Overview", table of scan codes: W 0x11, A 0x1E,
left Shift 0x2A, right Shift 0x36). For the main block of keys evdev's numbers are the same: compare that table with the
one above. Qt adds 0x100 for keys with the prefix 0xE0, and none of them drives."""
_MAC: Final = {
    **{0x12: "DIGIT_1", 0x13: "DIGIT_2", 0x14: "DIGIT_3"},
    **{0x0D: "W", 0x0F: "R", 0x20: "U", 0x22: "I", 0x1F: "O"},
    **{0x00: "A", 0x01: "S", 0x02: "D", 0x03: "F", 0x05: "G", 0x26: "J", 0x28: "K", 0x25: "L"},
    **{0x38: "SHIFT", 0x3C: "SHIFT"},
}
"""kVK_ANSI_…, kVK_Shift and kVK_RightShift of Apple's HIToolbox/Events.h, which name places of an ANSI keyboard."""
_PLACES: Final[Mapping[Board, Mapping[int, str]]] = MappingProxyType(
    {Board.XKB: _XKB, Board.SET_1: _SET_1, Board.MAC: _MAC}
)


class Speed(IntEnum):
    """How fast the keys drive until another is chosen."""

    SLOW = 0
    NORMAL = 1
    FAST = 2


@dataclass(frozen=True, slots=True)
class Binding:
    """What a key does."""

    label: str
    """What the window's help says."""
    axis: int | None = None
    """Which of x y z roll pitch yaw it drives; None for keys that do something else."""
    sign: int = 0
    """In which direction."""


X, Y, Z, ROLL, PITCH, YAW = range(6)

BINDINGS: Final[Mapping[Key, Binding]] = MappingProxyType(
    {
        Key.W: Binding("forward", X, +1),
        Key.S: Binding("back", X, -1),
        Key.A: Binding("left", Y, +1),
        Key.D: Binding("right", Y, -1),
        Key.R: Binding("up", Z, +1),
        Key.F: Binding("down", Z, -1),
        Key.I: Binding("tilt forward", PITCH, +1),
        Key.K: Binding("tilt back", PITCH, -1),
        Key.J: Binding("turn left", YAW, +1),
        Key.L: Binding("turn right", YAW, -1),
        Key.U: Binding("lean left", ROLL, -1),
        Key.O: Binding("lean right", ROLL, +1),
        Key.G: Binding("open or close the gripper"),
        Key.SHIFT: Binding("slow while held"),
        Key.DIGIT_1: Binding("slow"),
        Key.DIGIT_2: Binding("normal speed"),
        Key.DIGIT_3: Binding("fast"),
    }
)
"""Every key, for the keyboard itself and for the window's help."""

SPEEDS: Final[Mapping[Key, Speed]] = MappingProxyType(
    {Key.DIGIT_1: Speed.SLOW, Key.DIGIT_2: Speed.NORMAL, Key.DIGIT_3: Speed.FAST}
)
"""The speed that a key chooses."""

PACE_LEAST: Final = 0.1
"""The slowest that the mouse wheel chooses, as a share of the fast speed [1]."""
PACE_NOTCH: Final = 1.15
"""What one notch of the wheel multiplies the pace by: 17 notches from the slowest to the fastest [1]."""
SHARES: Final[Mapping[Speed, float]] = MappingProxyType({Speed.SLOW: 0.15, Speed.NORMAL: 0.5, Speed.FAST: 1.0})
"""Speed → its share of the fast one with the factors of `accord.devices.mapping.KEYBOARD_DEFAULT` (0.3 and 2): where
the wheel goes on from [1]."""
