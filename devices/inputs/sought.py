"""Sought: a block of another process, which comes and goes with it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from accord.devices.inputs.patience import Search


class Closable(Protocol):
    """Whatever reads a block."""

    def close(self) -> None:
        """Let go of it."""


R = TypeVar("R", bound=Closable)


class Sought(Generic[R]):
    """One that is looked for when it is wanted, twice a second at most.

    Args:
        attach: gives its reader, or raises an `OSError` or `ValueError` where it is not there, or not whole.
        name: of the block.
    """

    def __init__(self, attach: Callable[[str], R], name: str) -> None:
        self._attach, self._name = attach, name
        self._search = Search()
        self.reader: R | None = None
        """None while it is not there."""

    def begin(self) -> None:
        """Look for it at the next `look`, whenever the last one was."""
        self._search.begin()

    def look(self, t_ns: int) -> bool:
        """Take the block of this name as it is now, which a process that was restarted has made anew.

        Args:
            t_ns: now (CLOCK_MONOTONIC) [ns].

        Returns:
            Whether it was looked for; else it was so a moment ago, and nothing has changed.
        """
        if not self._search.due(t_ns):
            return False
        self.let_go()
        with suppress(OSError, ValueError):  # not there (yet), or not whole yet
            self.reader = self._attach(self._name)
        return True

    def let_go(self) -> None:
        """Close the reader; twice is allowed."""
        reader, self.reader = self.reader, None
        if reader is not None:
            reader.close()
