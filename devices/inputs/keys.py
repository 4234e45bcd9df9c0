"""The keys that drive a robot, and what each does. Knows no toolkit.

The axes are those of Accord's device frame: x forward, y left, z up, and right-handed turns about them.
Space, Y, N, Backspace, Delete and Return are not here: the window keeps them for recording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final, Self


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
    def from_xkb(cls, code: int) -> Self | None:
        """The key at that place of the keyboard, whatever it types; None for any other key.

        Args:
            code: xkb keycode, which is what X11 and Wayland give and Qt calls `nativeScanCode` there.
        """
        name = _XKB_NAMES.get(code)
        return None if name is None else cls[name]


_EVDEV_NAMES: Final = {
    **{2: "DIGIT_1", 3: "DIGIT_2", 4: "DIGIT_3"},
    **{17: "W", 19: "R", 22: "U", 23: "I", 24: "O"},
    **{30: "A", 31: "S", 32: "D", 33: "F", 34: "G", 36: "J", 37: "K", 38: "L"},
    **{42: "SHIFT", 54: "SHIFT"},
}
"""KEY_… codes of linux/input-event-codes.h."""
_XKB_NAMES: Final = {code + 8: name for code, name in _EVDEV_NAMES.items()}
"""xkb keycodes are evdev's plus 8 (xkeyboard-config, keycodes/evdev)."""


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
