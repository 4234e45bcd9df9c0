"""Clock: what time it is, and waiting for a time. The loop is given one, so that a test can give it another."""

import time


class Clock:
    """CLOCK_MONOTONIC, or the same running faster for scripted episodes on a simulated robot."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self._zero = time.monotonic_ns()

    def now(self) -> int:
        """Now [ns]."""
        if self.scale == 1.0:
            return time.monotonic_ns()
        return self._zero + int((time.monotonic_ns() - self._zero) * self.scale)

    def wait_until(self, t_ns: int) -> None:
        """Sleep until `t_ns`; return at once when it has passed."""
        left = (t_ns - self.now()) / self.scale
        if left > 0:
            time.sleep(left / 1e9)
