"""Wire and Door: how a SpaceMouse reaches us, whatever the operating system. And by what devices are told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.reports import Heard, Puck

MOST_REPORTS: Final = 1024
"""One read takes at most this many, so that a device gone mad cannot hold the loop."""
NUDGE: Final = "nudge the cap and let go, or check its battery"
"""What to do about a SpaceMouse that fell silent."""


@dataclass(frozen=True, slots=True)
class Plugged:
    """A SpaceMouse or a gamepad that is plugged in, whether or not anybody uses it."""

    name: str
    """What the system calls it, e.g. ``3Dconnexion SpaceMouse Compact``."""
    serial: str
    """By what it is chosen: its serial number or, where it has none of its own, its port."""
    node: str
    """Where it is, e.g. ``/dev/hidraw2``."""
    readable: bool
    """Whether we have the permission to read it."""


class Wire(Protocol):
    """An open SpaceMouse."""

    name: str
    """What a person calls it, e.g. ``3Dconnexion SpaceMouse Compact``."""
    serial: str
    """As in `Plugged`."""
    silence: str
    """What to do when it fell silent while its cap was deflected."""

    def waiting(self) -> list[bytes]:
        """Every report that waits, oldest first, without blocking.

        Raises:
            NotConnectedError: it was unplugged.
        """
        ...

    def decode(self, report: bytes, puck: Puck) -> Heard:
        """What one of these reports says.

        Args:
            report: as `waiting` gave it.
            puck: what was known before.
        """
        ...

    def light(self, on: bool) -> None:
        """Switch the light under its cap, where it has one and that is allowed; nothing happens otherwise."""
        ...

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        ...


class Door(Protocol):
    """A way to SpaceMice."""

    def find(self) -> Wire:
        """The first SpaceMouse that is there, may be opened, and is the one that was asked for.

        Raises:
            NotConnectedError: none is; the message says what to do.
        """
        ...

    def close(self) -> None:
        """Let go of what the search holds; what was found stays open."""
        ...


class FirstOf:
    """Several ways to SpaceMice, the best one first."""

    def __init__(self, *doors: Door) -> None:
        self._doors = doors

    def find(self) -> Wire:
        """The first that any door finds; see `Door`. Where none does, what the best one says."""
        best: NotConnectedError | None = None
        for door in self._doors:
            try:
                return door.find()
            except NotConnectedError as error:
                best = best or error
        assert best is not None, "no door"
        raise best

    def close(self) -> None:
        """Let go of what the search holds; see `Door`."""
        for door in self._doors:
            door.close()


def told_apart(number: str, port: str, numbers: Sequence[str]) -> str:
    """By what a device is chosen: its serial number if it has one that no other has, or else its port.

    Args:
        number: its serial number; empty for none. Several of one kind may say the same.
        port: where it is plugged in.
        numbers: the serial numbers of all of its sort, its own among them.
    """
    return number if number and numbers.count(number) == 1 else port or number


def not_among(serial: str, plugged: tuple[Plugged, ...]) -> NotConnectedError:
    """Why none of these SpaceMice will do.

    Args:
        serial: of the one that is wanted; empty for any.
        plugged: those that there are, all of them others.
    """
    if not serial:
        return NotConnectedError("a SpaceMouse", "none plugged in", "plug it in or switch it on")
    others = ", ".join(f"{other.name} ({other.serial or other.node})" for other in plugged)
    remedy = "plug it in, or choose one of these" if others else "plug it in or switch it on"
    return NotConnectedError(f"the SpaceMouse {serial}", others or "none plugged in", remedy)
