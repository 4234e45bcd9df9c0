"""Wire and Door: how reports reach us, whatever the operating system."""

from typing import Final, Protocol

from accord.devices.inputs.reports import Model

MOST_REPORTS: Final = 1024
"""One read takes at most this many, so that a device gone mad cannot hold the loop."""


class Wire(Protocol):
    """An open SpaceMouse."""

    model: Model
    name: str
    """What the system calls it, e.g. ``3Dconnexion SpaceMouse Compact``."""

    def waiting(self) -> list[bytes]:
        """Every report that waits, oldest first, without blocking.

        Raises:
            NotConnectedError: it was unplugged.
        """
        ...

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        ...


class Door(Protocol):
    """The way to SpaceMice on one operating system."""

    def find(self) -> Wire:
        """The first SpaceMouse that is there and may be opened.

        Raises:
            NotConnectedError: none is; the message says what to do.
        """
        ...
