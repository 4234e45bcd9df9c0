"""Held: a device in a person's hand, as whoever drives with it has to know it."""

from dataclasses import dataclass

from accord.devices.mapping import Mapping

EITHER = "either:"
"""Before the name of one device that drives two arms by turns."""


def devices_of(source: str) -> tuple[str, ...]:
    """Names of the devices of a source, the left hand's first; nothing for a script and for nobody."""
    if source in ("", "none") or source.startswith(("scripted:", "policy:")):
        return ()
    return tuple(source.removeprefix(EITHER).split("+"))


@dataclass(frozen=True, slots=True)
class Held:
    """One hand's device. Plain data, sent to the loop."""

    device: str
    """As the person calls it, and as commands name their source."""
    kind: str
    """`accord.devices.inputs.kinds`"""
    mapping: Mapping
    profile: str = ""
    """Name of the mapping; empty for the kind's own, and for one that nobody has kept."""
    block: str = ""
    """Shared memory into which the device's process writes; empty for a device that the loop reads by itself."""
    serial: str = ""
    """Which of several of one kind; empty for any."""
    pedal_block: str = ""
    """Shared memory of the pedals whose buttons count as this device's too; empty for none."""


def for_hands(held: tuple[Held, ...], hands: int) -> tuple[Held, ...]:
    """What of it drives a robot with so many hands: of a device for two, the right one drives a robot with one."""
    return held[-1:] if hands == 1 else held
