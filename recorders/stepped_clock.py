"""SteppedClock: the time of a simulation that waits for nobody. It goes on when it is told, by a period per turn."""

from accord.recorders.clock import Clock


class SteppedClock(Clock):
    """Begins at a given time and stands still until it is moved."""

    def __init__(self, t_ns: int) -> None:
        super().__init__()
        self._t_ns = t_ns

    def now(self) -> int:
        """See `Clock`."""
        return self._t_ns

    def wait_until(self, t_ns: int) -> None:
        """Be there at once; never goes back."""
        self._t_ns = max(self._t_ns, t_ns)
