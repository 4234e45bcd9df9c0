"""Meter: what the newest steps say about the beat of the loop, and about score and motion of the episode."""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.app.snapshot import LiveScore, Timing
from accord.datasets.compatibility import Thresholds
from accord.devices.limits import Hold

_WHY_STILL: Final = {
    Hold.NONE: "the device was at rest all the time",
    Hold.REQUESTED: "you had the robot held",
    Hold.NO_SOURCE: "nobody drove",
    Hold.INPUT_LOST: "the input device was silent",
    Hold.WINDOW_SILENT: "the machine was too busy",
    Hold.STALE_COMMAND: "the device was heard too late",
    Hold.STALE_OBSERVATION: "the robot was heard too late",
    Hold.NOT_FINITE: "the commands were no finite numbers",
    Hold.MUST_REST: "the device was never let go of once",
    Hold.LET_GO: "the dead-man button was not held down",
    Hold.PRESS_ANEW: "the dead-man button was not pressed anew",
    Hold.APART: "the leader and the robot stood apart",
    Hold.NOT_ENGAGED: "the device was not engaged",
}
"""Where no arm moved: what most steps say of it."""


class Meter:
    """Fed with every new step, once."""

    def __init__(self, rate_hz: float) -> None:
        self._late_ms: deque[float] = deque(maxlen=round(rate_hz))
        self._t_ns: deque[int] = deque(maxlen=round(rate_hz))
        self._scored = self._conflict = self._novel = self._far = self._disputed = 0
        self._compatibility = self._incompatibility = 0.0
        self._moved, self._holds = False, np.zeros(len(Hold), np.int64)

    def clear_score(self) -> None:
        """A new episode begins."""
        self._moved, self._holds = False, np.zeros(len(Hold), np.int64)
        self._scored = self._conflict = self._novel = self._far = self._disputed = 0
        self._compatibility = self._incompatibility = 0.0

    def feed(self, steps: NDArray[np.void], thresholds: Thresholds | None) -> None:
        """Take new steps in."""
        self._late_ms.extend((steps["late_ns"] / 1e6).tolist())
        self._t_ns.extend(steps["t_ns"].tolist())
        self._moved = self._moved or bool(steps["sent/twist"].any())
        self._holds += np.bincount(steps["hold"], minlength=len(Hold))
        if thresholds is None:
            return
        scored = steps[np.isfinite(steps["score/error"])]
        error, novelty = scored["score/error"], scored["score/novelty"]
        familiar, far = novelty < thresholds.novelty_limit, scored["score/distance"] >= thresholds.distance_limit
        self._scored += len(scored)
        self._compatibility += float(scored["score/compatibility"].sum())
        self._incompatibility += float(scored["score/incompatibility"].sum())
        self._conflict += int(np.count_nonzero(familiar & (error > thresholds.error_limit)))
        self._novel += int(np.count_nonzero(~familiar))
        self._far += int(np.count_nonzero(far))
        self._disputed += int(np.count_nonzero((familiar == far) & np.isfinite(scored["score/distance"])))

    def timing(self, overruns: int, time_scale: float) -> Timing:
        """How the beat was kept over the last second."""
        if len(self._t_ns) < 2:
            return Timing(overruns=overruns)
        span_s = (self._t_ns[-1] - self._t_ns[0]) / 1e9 / time_scale
        p50, p99, worst = np.percentile(self._late_ms, (50, 99, 100))
        return Timing((len(self._t_ns) - 1) / span_s, float(p50), float(p99), float(worst), overruns)

    @property
    def still(self) -> str:
        """Why no arm moved in the episode so far; empty where one did."""
        if self._moved:
            return ""
        return _WHY_STILL[Hold(int(self._holds.argmax()))] if self._holds.any() else "it was over at once"

    def score(self) -> LiveScore:
        """The episode so far."""
        if not self._scored:
            return LiveScore()
        n = self._scored
        shares = self._conflict / n, self._novel / n, self._far / n, self._disputed / n
        return LiveScore(self._compatibility / n, *shares, self._incompatibility / n)
