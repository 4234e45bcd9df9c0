"""Tempo: how regularly a device reports."""

from collections import deque
from typing import Final

import numpy as np

_NEWEST: Final = 64
"""Intervals that count: about a second of most devices."""
_AGAIN: Final = 16
"""The jitter is reckoned anew after so many intervals: percentiles cost more than all else that a read does."""
_PAUSE_NS: Final = 1_000_000_000
"""A silence longer than this is a rest, not an interval [ns]."""


class Tempo:
    """The times of a device's newest reports."""

    def __init__(self) -> None:
        self._last_ns = 0
        self._intervals_ns: deque[int] = deque(maxlen=_NEWEST)
        self._known, self._jitter_ms = 0, 0.0

    def heard(self, t_ns: int) -> None:
        """A report came at this time (CLOCK_MONOTONIC) [ns]."""
        elapsed_ns, self._last_ns = t_ns - self._last_ns, t_ns
        if 0 < elapsed_ns < _PAUSE_NS:
            self._intervals_ns.append(elapsed_ns)
            self._known += 1

    @property
    def rate_hz(self) -> float:
        """Reports per second; 0 before there are two [Hz]."""
        return 1e9 * len(self._intervals_ns) / sum(self._intervals_ns) if self._intervals_ns else 0.0

    @property
    def jitter_ms(self) -> float:
        """The 95th percentile of the intervals less their median [ms]."""
        if self._known >= _AGAIN or self._known == len(self._intervals_ns) > 0:
            middle, late = np.percentile(np.array(self._intervals_ns), (50, 95))
            self._known, self._jitter_ms = 0, float(late - middle) / 1e6
        return self._jitter_ms

    def clear(self) -> None:
        """Forget what was, e.g. because the device was unplugged."""
        self._last_ns = self._known = 0
        self._jitter_ms = 0.0
        self._intervals_ns.clear()
