"""Pulse: the sign of life that the loop wants from whoever started it."""

import time

import numpy as np

from accord.recorders.ring import Ring, RingSpec


class Pulse:
    """A time in shared memory, renewed by the window (or the command line) at every tick."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._beat = np.zeros((), ring.dtype)

    @classmethod
    def create(cls) -> "Pulse":
        """Make one, already beating."""
        pulse = cls(Ring.create(np.dtype([("t_ns", "i8")]), 4))
        pulse.beat()
        return pulse

    @classmethod
    def attach(cls, spec: RingSpec) -> "Pulse":
        """Open the pulse of another process."""
        return cls(Ring.attach(spec))

    @property
    def spec(self) -> RingSpec:
        """What another process needs to open it."""
        return self._ring.spec

    def beat(self) -> None:
        """Say that somebody is there."""
        self._beat["t_ns"] = time.monotonic_ns()
        self._ring.write(self._beat)

    def silent(self, after_ns: int) -> bool:
        """Whether there was no beat for longer than `after_ns`: nobody may be looking any more."""
        newest = self._ring.newest()
        return newest is None or time.monotonic_ns() - int(newest["t_ns"]) > after_ns

    def close(self) -> None:
        """Let go of the memory."""
        self._ring.close()
