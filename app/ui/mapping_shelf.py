"""Shelf: the file of the profile that is shown, which others may change, break or delete. Knows no toolkit."""

from typing import Final

from accord.devices.errors import DeviceError
from accord.devices.mapping import Mapping
from accord.devices.profiles import Profiles

LOOK_NS: Final = 500_000_000
"""It is looked at so often [ns]."""


class Shelf:
    """One file."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self.name = ""
        """Of the profile; empty for none."""
        self.mapping: Mapping | None = None
        """What the file says; None where it is gone or broken, and for no profile."""
        self.problem = ""
        """Why it says nothing; one sentence."""
        self._stamp: tuple[int, ...] | None = None
        self._looked_ns = 0

    def begin(self, name: str) -> None:
        """Look at this one from here on; its file is as it shall be."""
        self.name, self._stamp = name, None
        self.look()

    def due(self, t_ns: int) -> bool:
        """Whether it is time to look (CLOCK_MONOTONIC) [ns]."""
        if t_ns - self._looked_ns < LOOK_NS:
            return False
        self._looked_ns = t_ns
        return True

    @property
    def gone(self) -> bool:
        """Whether there is a name, and no file."""
        return bool(self.name) and self._stamp == ()

    def look(self) -> bool:
        """Whether the file is another one than at the look before."""
        stamp = self._profiles.stamp(self.name) if self.name else ()
        if stamp == self._stamp:
            return False
        self._stamp, self.mapping, self.problem = stamp, None, ""
        if self.name:
            try:
                self.mapping = self._profiles.load(self.name)
            except DeviceError as error:
                self.problem = str(error)
        return True


def fate(shelf: Shelf, device: str, drives: bool, known: bool, other: bool) -> str:
    """What became of the file, what is used now, and what to do; empty while all is well.

    Args:
        shelf: with the file.
        device: that drives with the profile.
        drives: whether it does now.
        known: whether what the profile said was read while it was there.
        other: whether the file says something else now than when it was read.
    """
    if shelf.mapping is not None or not shelf.name:
        if not other:
            return ""
        goes_on = f" {device} goes on driving as it did." if drives else ""
        return (
            f"The file of the profile {shelf.name} was changed meanwhile: this is not what it says now.{goes_on} "
            "Save writes this again; Discard changes takes what the file says."
        )
    here = "what it said is still here" if known else "what it said is not known here, this is the usual mapping"
    now = f"{device} goes on driving as it did, and {here}" if drives else f"{device} cannot drive with it, but {here}"
    if shelf.gone:
        return f"The profile {shelf.name} is gone from the disk: {now}. Save writes it again."
    return f"{shelf.problem} Now {now}. Save as keeps it under another name."
