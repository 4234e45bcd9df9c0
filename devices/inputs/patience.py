"""Patience: how long a device may be silent before it is not believed, and how often one that is gone is looked for."""

from typing import Final

STALE_NS: Final = 100_000_000
"""Who moves and is silent for longer is not believed any more: that is three ticks of a window at 30 Hz, six reports of
a SpaceMouse Wireless (one every 16 ms, as recorded on andunhh.github.io/spacemouse), and ten of whatever sends a
hundred a second [ns]."""
SEARCH_NS: Final = 500_000_000
"""What is not there is looked for twice a second, so that `read` stays cheap [ns]."""
CLOSED: Final = "not opened"
"""What the health of a device says that nobody has opened."""


class Search:
    """When to look for something again: at once, and from then on twice a second."""

    def __init__(self) -> None:
        self._next_ns: int | None = None

    def begin(self) -> None:
        """Look at once, whenever it was looked last."""
        self._next_ns = None

    def due(self, t_ns: int) -> bool:
        """Whether to look now; who asks is taken to do so.

        Args:
            t_ns: now (CLOCK_MONOTONIC) [ns].
        """
        if self._next_ns is not None and t_ns < self._next_ns:
            return False
        self._next_ns = t_ns + SEARCH_NS
        return True
