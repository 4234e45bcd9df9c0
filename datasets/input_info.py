"""InputInfo: what a person held while an episode was recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class InputInfo:
    """One device of an episode; with two hands there are two, the left one first."""

    device: str
    """As it is called in `EpisodeInfo.source`."""
    kind: str
    """What it is: ``spacemouse``, ``gello`` …"""
    name: str = ""
    """What it called itself, e.g. ``SpaceMouse Compact``; empty where it said nothing."""
    serial: str = ""
    """Serial number, or the port where it has none; empty where that is not known."""
    channels: tuple[str, ...] = ()
    """What the numbers of the step's ``input/raw`` are, with units, in their order."""
    profile: str = ""
    """Which of the person's mappings; empty for the device's usual one."""
    mapping: Mapping[str, Any] = field(default_factory=dict)
    """The mapping itself, as plain values."""

    @classmethod
    def from_plain(cls, row: Mapping[str, Any]) -> "InputInfo":
        """Read what `dataclasses.asdict` and JSON made of one.

        Raises:
            TypeError: if a field is missing or unknown.
        """
        return cls(**(dict(row) | {"channels": tuple(str(name) for name in row.get("channels", ()))}))
