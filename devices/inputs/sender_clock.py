"""SenderClock: how long a message waited on its way, from the sender's own times, though its clock is not ours."""

import math
from typing import Final

DRIFT: Final = 2e-4
"""How fast the sender's clock may fall behind ours; crystals do so by less than 1e-4 [1]."""
LEAP_MS: Final = 10_000.0
"""A clock that goes ahead by more than this from one message to another was set, or one message is wrong [ms]."""


class SenderClock:
    """The smallest difference between our clock and the sender's so far is that of a message that did not wait.

    One of 100 ms more waited 100 ms more. The smallest difference grows by `DRIFT`, so that a clock that is slow does
    not make every message late in the end. A delay that every message has cannot be seen from here.
    """

    def __init__(self) -> None:
        self._least_ms: float | None = None
        self._arrived_ms = 0.0

    def waited_ms(self, sent_ms: float, arrived_ms: float) -> float:
        """How long a message waited longer than the quickest one [ms]; infinite when its clock leapt ahead.

        Args:
            sent_ms: what the sender's clock says [ms].
            arrived_ms: when it arrived here (CLOCK_MONOTONIC) [ms].
        """
        offset_ms = arrived_ms - sent_ms
        grown_ms = offset_ms if self._least_ms is None else self._grown(arrived_ms)
        self._arrived_ms = arrived_ms
        if offset_ms < grown_ms - LEAP_MS:
            self._least_ms = grown_ms
            return math.inf
        self._least_ms = min(grown_ms, offset_ms)
        return offset_ms - self._least_ms

    def _grown(self, arrived_ms: float) -> float:
        assert self._least_ms is not None
        return self._least_ms + DRIFT * (arrived_ms - self._arrived_ms)
