"""Motion: how fast the robot's hand moves, as the steps tell. Knows no toolkit."""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.devices.command import Vector
from accord.devices.rotation import conjugate, multiply

_SPAN_NS: Final = 120_000_000
"""Over which the speed is taken: a figure that can be read, and not too old [ns]."""
_PLACE, _TURN = "observation/hand_position", "observation/hand_quaternion"


class Motion:
    """Places and turns of one hand in the newest steps."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, Vector, Vector]] = deque()

    def feed(self, steps: NDArray[np.void], hand: int = 0) -> None:
        """Take the steps since the last call.

        Args:
            steps: records with the observed hand; others are left out.
            hand: which of two.
        """
        if not len(steps) or not {_PLACE, _TURN} <= set(steps.dtype.names or ()):
            return
        for step in steps[-64:]:
            place, turn = step[_PLACE].reshape(-1, 3), step[_TURN].reshape(-1, 4)
            at = min(hand, len(place) - 1)
            self._seen.append((int(step["t_ns"]), place[at].copy(), turn[at].copy()))
        while self._seen[-1][0] - self._seen[0][0] > _SPAN_NS:
            self._seen.popleft()

    def forget(self) -> None:
        """The scene was set anew, or another hand is looked at."""
        self._seen.clear()

    @property
    def twist(self) -> Vector:
        """(6,) of the hand in the base frame [m/s, rad/s]; NaN before there are two steps."""
        if len(self._seen) < 2 or self._seen[-1][0] <= self._seen[0][0]:
            return np.full(6, np.nan)
        (first_ns, start, before), (last_ns, end, after) = self._seen[0], self._seen[-1]
        seconds = (last_ns - first_ns) / 1e9
        turn = multiply(after, conjugate(before))
        if turn[0] < 0:
            turn = -turn
        length = float(np.linalg.norm(turn[1:]))
        angle = 2.0 * np.arctan2(length, turn[0])
        angular = turn[1:] / length * angle if length > 1e-9 else np.zeros(3)
        return np.concatenate([(end - start) / seconds, angular / seconds])
