"""Playback: where a player stands in an episode. Time is an argument, so it needs neither a clock nor a window."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(slots=True)
class Playback:
    """A position among the steps of an episode, and whether and how fast it moves on."""

    t_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """(steps,) since the first step [s]."""
    position_s: float = 0.0
    playing: bool = False
    speed: float = 1.0

    @property
    def end_s(self) -> float:
        """The last step's time [s]."""
        return float(self.t_s[-1]) if len(self.t_s) else 0.0

    @property
    def step(self) -> int:
        """The newest step that has begun; -1 where there is none."""
        # Half a microsecond: a time that was a float in seconds still finds its own step.
        return int(np.searchsorted(self.t_s, self.position_s + 5e-7, side="right")) - 1

    def tick(self, elapsed_s: float) -> bool:
        """Move on by the time that passed; True if the position changed. At the end it stops."""
        if not self.playing:
            return False
        before = self.position_s
        self.seek(before + elapsed_s * self.speed)
        if self.position_s >= self.end_s:
            self.playing = False
        return self.position_s != before

    def toggle(self) -> None:
        """Play or pause; from the end it plays again from the beginning."""
        if not self.playing and self.position_s >= self.end_s:
            self.position_s = 0.0
        self.playing = not self.playing and self.end_s > 0.0

    def seek(self, position_s: float) -> None:
        """Go to a time; outside of the episode to its nearer end."""
        self.position_s = min(max(position_s, 0.0), self.end_s)

    def seek_step(self, step: int) -> None:
        """Go to a step; outside of the episode to its nearer end."""
        if len(self.t_s):
            self.position_s = float(self.t_s[min(max(step, 0), len(self.t_s) - 1)])

    def faster(self, by: int) -> None:
        """Choose the next of `SPEEDS` in this direction."""
        at = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self.speed))
        self.speed = SPEEDS[min(max(at + by, 0), len(SPEEDS) - 1)]
