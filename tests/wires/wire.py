"""Wire: the far end of a device's wire, and whoever moves the device there. Scripts do, never a person."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from accord.devices.mapping import Mapping
from accord.devices.setup import Setup
from accord.devices.stubs.faults import Trouble

SWING_S = 1.0
"""How long a swing there and back takes [s]."""


def swing(t_s: float) -> float:
    """From −1 to 1 and back at a steady pace, for motion that never stands still [1]."""
    part = (t_s / SWING_S + 0.25) % 1.0
    return 4.0 * part - 1.0 if part < 0.5 else 3.0 - 4.0 * part


class Wire(Protocol):
    """One device and its wire. It is plugged in when it is made."""

    setup: Setup
    """How a desk has to set it up."""
    mapping: Mapping
    """A profile for it."""
    task: str
    """What it is used for."""
    faults: tuple[Trouble, ...]
    """What can happen to it."""

    @property
    def last_good_ns(self) -> int:
        """When the last good byte was on the wire (CLOCK_MONOTONIC); 0 where only the driver knows [ns]."""
        ...

    def release(self) -> None:
        """Let go of it, or squeeze what has to be squeezed and let go: what comes before it may drive."""
        ...

    def take(self) -> None:
        """Take it, so that it may drive, and keep it moving."""
        ...

    def fail(self, trouble: Trouble) -> None:
        """From here on it is in this trouble; whoever moves it does not notice."""
        ...

    def mend(self) -> None:
        """It is well again, and plugged in."""
        ...

    def close(self) -> None:
        """Put everything away."""
        ...


@runtime_checkable
class Coded(Protocol):
    """A wire whose device speaks by itself, with a number in every report that says in the file which one it was."""

    code_channel: str
    """Which of the raw numbers that is."""
    codes: list[tuple[float, int]]
    """This number of every report that was sent while the device was kept moving, unlike those of a second before and
    after it, and when it was put on the wire (CLOCK_MONOTONIC) [ns]."""


def profiled(setup: Setup, mapping: Mapping, folder: Path) -> Setup:
    """The same device with this profile, which is kept in a desk's folder."""
    from dataclasses import replace

    from accord.devices.profiles import Profiles

    Profiles(folder / "profiles").save(setup.name, mapping)
    return replace(setup, profile=setup.name)
