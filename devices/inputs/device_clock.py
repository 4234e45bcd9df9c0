"""DeviceClock: when a device measured something, though its words may have been under way for a while.

How long a packet is usually under way cannot be known. By how much longer others are can: a packet whose device time
lags behind that of most waited somewhere, in a radio, a driver or a program that stood still. The quickest packet would
be a simpler measure, but whoever reads may have been held up after looking at the clock; then packets come from the
future, and one of them would make all others late. For the same reason packets that were read at once count as one, the
one that was longest under way: it alone may have come before that look.
"""

from collections import deque
from statistics import median_low
from typing import Final

DRIFT: Final = 2e-3
"""By how much a device's clock may be slow: twice what the protocol asks of it. The more is allowed, the sooner a delay
that stays is taken for the way things are: one of 300 ms after 150 s [1]."""
_NEWEST: Final = 100
"""Reads that say how long packets are usually under way: a second of most devices."""
_ENOUGH: Final = 10
"""Before there are so many reads nothing counts as late."""
_TURN_US: Final = 2**32


class DeviceClock:
    """The clock of one device, as far as its packets tell."""

    def __init__(self) -> None:
        self._time_us: int | None = None
        self._offsets_ns: deque[int] = deque(maxlen=_NEWEST)
        self._offset_ns = self._heard_ns = 0

    def measured(self, time_us: int, t_ns: int) -> int:
        """When it was measured (CLOCK_MONOTONIC), at the latest when it came [ns].

        Args:
            time_us: by the device's clock, modulo 2³² [µs].
            t_ns: when it came (CLOCK_MONOTONIC) [ns].
        """
        ahead_us = 0 if self._time_us is None else (time_us - self._time_us) % _TURN_US
        if self._time_us is None or ahead_us >= _TURN_US // 2:  # the first, or it runs backwards: it was restarted
            self._offsets_ns.clear()
            self._time_us, ahead_us = time_us, 0
        self._time_us += ahead_us
        offset_ns = t_ns - self._time_us * 1000
        if self._offsets_ns and t_ns == self._heard_ns:
            offset_ns = max(offset_ns, self._offsets_ns.pop())
        self._offsets_ns.append(offset_ns)
        if len(self._offsets_ns) < _ENOUGH:
            self._offset_ns = max(self._offsets_ns)
        else:
            allowed_ns = self._offset_ns + int(DRIFT * (t_ns - self._heard_ns))
            self._offset_ns = min(median_low(self._offsets_ns), allowed_ns)
        self._heard_ns = t_ns
        return min(t_ns, self._time_us * 1000 + self._offset_ns)

    def forget(self) -> None:
        """Another device, or another time."""
        self._time_us = None
