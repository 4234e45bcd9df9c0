"""RollCall: which servos of a leader answer.

One silent servo makes a read of all of them take 35 ms and lose them all. So who answers is found out one by one, at
first and whenever a read of all failed; those that do not are left out and asked again once a second.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

RETRY_NS: Final = 1_000_000_000
"""How soon a missing servo is asked again [ns]."""
_TRIES: Final = 2
"""A single answer may be lost to noise."""


class RollCall:
    """Who is there, who is missing, and whom to ask next.

    Args:
        ids: of all servos, in their order.
    """

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = tuple(ids)
        self._to_ask: deque[int] = deque()
        self._tries = 0
        self._retry_ns: dict[int, int] = {}
        self.silent: set[int] = set()
        """Those that said nothing."""
        self.garbled: set[int] = set()
        """Those whose answers made no sense."""

    def begin(self) -> None:
        """Ask every one."""
        self._to_ask, self._tries = deque(self._ids), 0

    @property
    def running(self) -> bool:
        """Whether there is one that was not asked since `begin`."""
        return bool(self._to_ask)

    @property
    def present(self) -> tuple[int, ...]:
        """Those that answer, in their order."""
        return tuple(servo for servo in self._ids if servo not in self.missing)

    @property
    def missing(self) -> set[int]:
        """Those that do not."""
        return self.silent | self.garbled

    def next(self, t_ns: int) -> int | None:
        """The one to ask now; None for nobody.

        Args:
            t_ns: now [ns].
        """
        if self._to_ask:
            return self._to_ask[0]
        return next((servo for servo in sorted(self.missing) if self._retry_ns[servo] <= t_ns), None)

    def answered(self, servo: int) -> None:
        """It did."""
        self._tries = 0
        if servo in self._to_ask:
            self._to_ask.remove(servo)
        self.silent.discard(servo)
        self.garbled.discard(servo)

    def unanswered(self, servo: int, garbled: bool, t_ns: int) -> None:
        """It did not.

        Args:
            servo: its id.
            garbled: whether it said something that made no sense.
            t_ns: now [ns].
        """
        self._tries += 1
        if servo in self._to_ask and self._tries < _TRIES:
            return
        self.answered(servo)
        (self.garbled if garbled else self.silent).add(servo)
        self._retry_ns[servo] = t_ns + RETRY_NS
