"""Pads: the gamepads that Linux lists, each with its serial number, its port and its device files.

SDL tells two pads of one kind apart by the order in which it saw them, which is another one in every process.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accord.devices.inputs.wire import Plugged, told_apart

SYSFS: Final = Path("/sys/class/input")
DEV: Final = Path("/dev")


@dataclass(frozen=True, slots=True)
class LinuxPad:
    """A gamepad or joystick as sysfs lists it."""

    name: str
    number: str
    """Serial number, or the address of its radio; empty where it has none."""
    port: str
    """Where it is plugged in, e.g. ``usb-0000:00:14.0-2/input0``."""
    node: Path
    """Its event device."""
    nodes: frozenset[Path]
    """All device files that reach it; SDL reads some pads through hidraw."""


def listed(sysfs: Path = SYSFS, dev: Path = DEV) -> tuple[LinuxPad, ...]:
    """Every pad that is plugged in, also one that somebody uses.

    Args:
        sysfs: where Linux lists input devices.
        dev: where device files are.
    """
    pads = []
    # By length first: js2 comes before js10.
    for stick in sorted(sysfs.glob("js*"), key=lambda path: (len(path.name), path.name)):
        events = [dev / "input" / event.name for event in sorted((stick / "device").glob("event*"))]
        raw = [dev / node.name for node in (stick / "device" / "device" / "hidraw").glob("hidraw*")]
        if events:
            name, number, port = (_said(stick / "device" / fact) for fact in ("name", "uniq", "phys"))
            pads.append(LinuxPad(name or "Gamepad", number, port, events[0], frozenset((*events, *raw))))
    return tuple(pads)


def plugged(sysfs: Path = SYSFS, dev: Path = DEV) -> tuple[Plugged, ...]:
    """Every pad, and by what it is chosen; none is opened.

    Args:
        sysfs: where Linux lists input devices.
        dev: where device files are.
    """
    pads = listed(sysfs, dev)
    return tuple(Plugged(pad.name, serial(pad, pads), str(pad.node), os.access(pad.node, os.R_OK)) for pad in pads)


def serial(pad: LinuxPad, everything: tuple[LinuxPad, ...]) -> str:
    """Its serial number if it has one that no other has, or else its port."""
    return told_apart(pad.number, pad.port, [other.number for other in everything])


def _said(fact: Path) -> str:
    """What a file of sysfs says; empty where it has gone."""
    try:
        return fact.read_text(errors="replace").strip()
    except OSError:
        return ""
