"""What can go wrong with a device, on purpose."""

import re
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from accord.devices.errors import DeviceError

_WORDS = re.compile(r"(?P<trouble>[a-z]+)@(?P<at>\d+(?:\.\d+)?)(?:\+(?P<lasts>\d+(?:\.\d+)?))?")


class Trouble(StrEnum):
    """A way to fail."""

    SILENT = "silent"
    """It sends nothing."""
    RUBBISH = "rubbish"
    """It sends random bytes, as many as before."""
    LATE = "late"
    """What it sends is 300 ms under way."""
    FAST = "fast"
    """It sends twice as often."""
    UNPLUGGED = "unplugged"
    """Its cable is pulled; plugged in again, it starts from the beginning."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A trouble and its time."""

    trouble: Trouble
    at_s: float
    """When it begins, since the stub began [s]."""
    lasts_s: float = inf

    def holds(self, t_s: float) -> bool:
        """Whether it is on at this time [s]."""
        return self.at_s <= t_s < self.at_s + self.lasts_s


def trouble_named(word: str) -> Trouble:
    """The trouble of this name.

    Raises:
        DeviceError: naming those that there are.
    """
    if word not in tuple(Trouble):
        raise DeviceError("a fault", repr(word), f"choose one of {', '.join(Trouble)}")
    return Trouble(word)


def read_fault(words: str) -> Fault:
    """``late@3`` as late from the third second on, ``silent@3+1`` as silent for one second then.

    Raises:
        DeviceError: if it is something else.
    """
    found = _WORDS.fullmatch(words)
    if found is None:
        raise DeviceError("a fault such as silent@3 or silent@3+1", repr(words), "name it, and when, in seconds")
    lasts = found["lasts"]
    return Fault(trouble_named(found["trouble"]), float(found["at"]), inf if lasts is None else float(lasts))
