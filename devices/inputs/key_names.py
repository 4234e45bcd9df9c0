"""Names of keys, as a person writes them in an option. They are pynput's own, which mean the same on every platform."""

from typing import Final

from accord.devices.errors import DeviceError

MOST_KEYS: Final = 32
"""A step has room for so many buttons."""
MODIFIERS: Final = (
    *("shift", "shift_l", "shift_r", "alt", "alt_l", "alt_r", "alt_gr", "ctrl", "ctrl_l", "ctrl_r"),
    *("cmd", "cmd_l", "cmd_r", "caps_lock", "num_lock"),
)
"""What changes what other keys type."""
_NAMED: Final = frozenset(
    {
        *MODIFIERS,
        *(f"f{number}" for number in range(1, 25)),
        *(
            "backspace",
            "delete",
            "down",
            "end",
            "enter",
            "esc",
            "home",
            "insert",
            "left",
            "menu",
            "page_down",
            "page_up",
        ),
        *("pause", "print_screen", "right", "scroll_lock", "space", "tab", "up"),
        *("media_next", "media_play_pause", "media_previous", "media_stop"),
        *("media_volume_down", "media_volume_mute", "media_volume_up"),
    }
)
"""Members of pynput's `keyboard.Key` (pynput 1.8.2), and F21 to F24, which it has no names for under X11."""
_XF86: Final = {
    **{"f13": 0x1008FF81, "f14": 0x1008FF45, "f15": 0x1008FF46, "f16": 0x1008FF47, "f17": 0x1008FF48},
    **{"f18": 0x1008FF49, "f20": 0x1008FFB2, "f21": 0x1008FFA9, "f22": 0x1008FFB0, "f23": 0x1008FFB1},
}
"""What X11 makes of F13 to F23 where nobody asked it not to: XF86Tools, XF86Launch5 to 9, XF86AudioMicMute and
XF86TouchpadToggle, On and Off (xkeyboard-config, symbols/inet, "evdev"; numbers of X11/XF86keysym.h)."""
_F1: Final = 0xFFBE
"""XK_F1 of X11/keysymdef.h; F2 to F35 follow."""


def key_names(text: str) -> tuple[str, ...]:
    """The keys of an option, in lower case: names such as ``f13``, ``page_down``, or what a key types, such as ``b``.

    Args:
        text: names with commas or spaces between them.

    Raises:
        DeviceError: a name is no key's, twice there, there are too many, or there is none.
    """
    names = tuple(text.lower().replace(",", " ").split())
    unknown = [name for name in names if len(name) > 1 and name not in _NAMED]
    if unknown:
        remedy = "say names such as f13, page_down or b"
        raise DeviceError("names of keys", ", ".join(map(repr, unknown)), remedy)
    if not names or len(names) > MOST_KEYS:
        raise DeviceError(f"1 to {MOST_KEYS} keys", str(len(names)), "say names such as f13, f14")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DeviceError("every key once", f"{twice[0]!r} {len(twice)} times", "say it once")
    return names


def keysyms(name: str) -> tuple[int, ...]:
    """The X11 keysyms that a function key may come as; empty for any other key."""
    number = name.removeprefix("f")
    if not number.isdigit():
        return ()
    own = _F1 + int(number) - 1
    return (own, _XF86[name]) if name in _XF86 else (own,)
