"""Kinds: everything that a person can hold, by name; ours and those of plug-ins.

A kind names its maker as ``module:function``, so that a driver and its library are loaded only when one is made. A
plug-in is an installed package with an entry point of the group ``accord.inputs`` that names a `Kind`; docs/devices.md
says how to write one.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Final

from accord.devices.chain import FOREARM, GRIP, SHOULDER, UPPER_ARM
from accord.devices.errors import DeviceError
from accord.devices.inputs.keyboard import Keyboard
from accord.devices.inputs.kind import Kind, Option
from accord.devices.inputs.spacemouse import SpaceMouse
from accord.devices.mapping import (
    CARRIED_DEFAULT,
    EXOSKELETON_DEFAULT,
    GAMEPAD_DEFAULT,
    KEYBOARD_DEFAULT,
    LEADER_DEFAULT,
    SMALL_LEADER_DEFAULT,
    SPACEMOUSE_DEFAULT,
)

ENTRY_POINTS: Final = "accord.inputs"
"""The group of plug-ins."""
_HERE: Final = "accord.devices.inputs"


_LEADER: Final = (
    Option("port", "serial port, or serial number of its USB adapter; empty for the only one of USB", ""),
    Option("baud", "baud rate of its bus; 0 for as its makers set it [bit/s]", 0),
    Option(
        "ids", "of its servos from the base on, the trigger's last, by commas; empty for as its makers set them", ""
    ),
)
_EXOSKELETON: Final = (
    Option("port", "serial port; empty where it sends over UDP", ""),
    Option("baud", "speed of the serial port [bit/s]", 1_000_000),
    Option("udp", "UDP port that it sends to; 0 where it is on a serial port", 0),
    Option("address", "of this machine; any but 127.0.0.1 lets others in the network send too", "127.0.0.1"),
    Option("upper_arm", "shoulder to elbow [m]", round(UPPER_ARM, 3)),
    Option("forearm", "elbow to wrist [m]", round(FOREARM, 3)),
    Option("grip", "wrist to the middle of the grip [m]", round(GRIP, 3)),
    Option("shoulder", "from the middle of the body [m]", round(SHOULDER, 3)),
)
_SERIAL: Final = Option("serial", "serial number or port of this one; empty for any", "")
_BUILT_IN: Final = (
    Kind("keyboard", "Keyboard", "", mapping=KEYBOARD_DEFAULT, in_loop=True, channels=Keyboard.channels),
    Kind("spacemouse", "SpaceMouse", f"{_HERE}.spacemouse:inputs", (_SERIAL,), SPACEMOUSE_DEFAULT, in_loop=True,
         channels=SpaceMouse.channels),
    Kind("gamepad", "Gamepad", f"{_HERE}.gamepad:inputs", (_SERIAL,), GAMEPAD_DEFAULT),
    Kind("gello", "GELLO leader arm", f"{_HERE}.dynamixel:gello", _LEADER, LEADER_DEFAULT),
    Kind("koch", "Koch leader arm", f"{_HERE}.dynamixel:koch", _LEADER, SMALL_LEADER_DEFAULT),
    Kind("so101", "SO-100/101 leader arm", f"{_HERE}.feetech:so101", _LEADER, SMALL_LEADER_DEFAULT),
    Kind("exoskeleton", "Exoskeleton of two arms", f"{_HERE}.exoskeleton:exoskeletons", _EXOSKELETON,
         EXOSKELETON_DEFAULT, hands=2),
    Kind("cockpit", "Cockpit of two arms, gloves and pedals", f"{_HERE}.exoskeleton:cockpits", _EXOSKELETON,
         EXOSKELETON_DEFAULT, hands=2),
    Kind("network-hand", "Phone or headset", f"{_HERE}.network_hand:inputs", (
        Option("address", "to listen at; any but 127.0.0.1 lets others in the network knock", "127.0.0.1"),
        Option("port", "to listen at", 8741),
        Option("token", "that it has to say; empty for a new one at every start", ""),
        Option("axes", "which way its frame lies", "webxr", ("webxr", "accord")),
    ), CARRIED_DEFAULT),
    Kind("global-keys", "Keys and pedals that work in every window", f"{_HERE}.global_keys:inputs", (
        Option("keys", "by commas; those of a foot pedal are often f13 to f15", "f13,f14,f15"),
        Option("does", "what each asks for, by commas: record, success, failure, discard, redo, engage, hold, reset "
                       "or none; empty for record, success, redo as far as there are keys", ""),
    ), drives=False),
)  # fmt: skip
"""Ours."""


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name. A plug-in that cannot be loaded is left out; `broken_plugins` says why."""
    return {kind.name: kind for kind in (*_BUILT_IN, *_plugins()[0])}


@cache
def broken_plugins() -> tuple[str, ...]:
    """A sentence for each plug-in that cannot be used."""
    return _plugins()[1]


@cache
def _plugins() -> tuple[tuple[Kind, ...], tuple[str, ...]]:
    good: list[Kind] = []
    broken: list[str] = []
    taken = {kind.name for kind in _BUILT_IN}
    for point in entry_points(group=ENTRY_POINTS):
        try:
            kind = point.load()
        except Exception as error:  # noqa: BLE001 - whatever somebody else's package does, Accord goes on
            broken.append(f"Wanted the device plug-in {point.name}, found {error!r}: ask whoever wrote it.")
            continue
        if not isinstance(kind, Kind) or kind.name in taken:
            found = f"the name {kind.name!r}, which is taken" if isinstance(kind, Kind) else repr(kind)
            broken.append(
                f"Wanted a Kind of its own from the plug-in {point.name}, found {found}: see docs/devices.md."
            )
            continue
        taken.add(kind.name)
        good.append(kind)
    return tuple(good), tuple(broken)


def kind_named(name: str) -> Kind:
    """The kind of this name.

    Raises:
        DeviceError: naming those that there are.
    """
    if name not in kinds():
        raise DeviceError("a kind of device", repr(name), f"choose one of {', '.join(kinds())}")
    return kinds()[name]
