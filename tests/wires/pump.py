"""Pump: the firmware of a device that says all by itself, so many times a second, how it is held."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from accord.devices.stubs.exo_run import LATE_S
from accord.devices.stubs.faults import Trouble

T = TypeVar("T")


class Pump(Generic[T]):
    """Sends in a thread of its own, whatever trouble it is in.

    Args:
        say: what it has to say at this time since it began [s]; None for nothing.
        send: puts that on the wire; an `OSError` is a wire that was pulled.
        spoil: random bytes in place of it.
        rate_hz: how often.
    """

    def __init__(
        self, say: Callable[[float], T | None], send: Callable[[T], None], spoil: Callable[[T], T], rate_hz: float
    ) -> None:
        self._say, self._send, self._spoil, self._rate_hz = say, send, spoil, rate_hz
        self.trouble: Trouble | None = None
        self.last_good_ns = 0
        """When it last sent something that was right and in time (CLOCK_MONOTONIC) [ns]."""
        self._under_way: deque[tuple[float, T]] = deque()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        start_s, due_s = time.monotonic(), 0.0
        while not self._ended.is_set():
            trouble = self.trouble
            self._turn(due_s, trouble)
            due_s += (0.5 if trouble is Trouble.FAST else 1.0) / self._rate_hz
            late_s = time.monotonic() - start_s - due_s
            if late_s > 0.1:  # the machine stood still, and so did the device
                due_s += late_s
            self._ended.wait(max(-late_s, 0.0))

    def _turn(self, t_s: float, trouble: Trouble | None) -> None:
        said = self._say(t_s)
        if said is not None and trouble is not Trouble.SILENT:
            self._under_way.append((t_s + (LATE_S if trouble is Trouble.LATE else 0.0), said))
        while self._under_way and self._under_way[0][0] <= t_s:
            self._put(self._under_way.popleft()[1], trouble)

    def _put(self, said: T, trouble: Trouble | None) -> None:
        try:
            self._send(self._spoil(said) if trouble is Trouble.RUBBISH else said)
        except (OSError, EOFError):
            return
        if trouble in (None, Trouble.FAST):
            self.last_good_ns = time.monotonic_ns()

    def end(self) -> None:
        """Stop; what is under way is lost."""
        self._ended.set()
        self._thread.join()
