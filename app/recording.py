"""Recording: the episode in progress and the one before it, as the recorder tells of them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from accord.app.errors import AppError
from accord.app.meter import Meter
from accord.app.snapshot import Finished
from accord.datasets.decisions import Decisions, Kind
from accord.datasets.episode_info import Ending, EpisodeInfo
from accord.recorders.status import RecorderStatus


class Recording:
    """What is being recorded, what was, and how many."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self.current: EpisodeInfo | None = None
        self.finished: Finished | None = None
        self.count = 0
        """Episodes that were recorded and not discarded."""
        self._first_ns = 0
        """When the first step of the current one was [ns]."""

    def begin(self, info: EpisodeInfo) -> None:
        """The recorder was asked to begin this episode."""
        self.current, self.finished, self._first_ns = info, None, 0

    def elapsed_s(self, steps: NDArray[np.void], newest: np.void | None) -> float:
        """How long the current episode is now, on the clock of its steps [s].

        Args:
            steps: those that came since the last time.
            newest: the newest there is; None before the first.
        """
        if self.current is None:
            return 0.0
        if not self._first_ns and len(steps):
            self._first_ns = int(steps[0]["t_ns"])
        return (int(newest["t_ns"]) - self._first_ns) / 1e9 if newest is not None and self._first_ns else 0.0

    def conclude(self, outcome: str, duration_s: float, meter: Meter, reason: str = "") -> None:
        """The episode is over; its file may still be waiting for the last pictures."""
        info = self.current
        if info is None:
            return
        still = "" if info.scripted else meter.still
        self.finished = Finished(info.id, outcome, duration_s, meter.score(), False, info.seed, reason, still)
        self.count += outcome != "discarded"
        self.current = None

    def overrule(self, outcome: str, who: str) -> None:
        """Say how the episode that ended last really went.

        Raises:
            AccordError: if there is none, or it is incomplete.
        """
        finished = self.finished
        if finished is None or finished.outcome == "incomplete":
            raise AppError("a finished episode to judge", "none", "record one first")
        self._decisions.append(who, finished.episode, Kind.OUTCOME, outcome, "overruled")
        self.count += (finished.outcome == "discarded") - (outcome == "discarded")
        self.finished = replace(finished, outcome=outcome)

    @property
    def doubt(self) -> str:
        """What to say of the episode that ended last, or empty; see `Finished.doubt`."""
        return self.finished.doubt if self.finished is not None else ""

    def hear(self, status: RecorderStatus) -> tuple[bool, str]:
        """Take in what the recorder says.

        Returns:
            Whether the current episode is over without having been ended (refused, or the disk is full), and why;
            without a reason it never began.
        """
        if self.finished is not None and status.closed == self.finished.episode and not self.finished.saved:
            self.finished = replace(self.finished, saved=True)
            if status.closed_ending == Ending.INCOMPLETE:
                self.finished = replace(self.finished, outcome="incomplete", reason=status.closed_reason)
        if self.current is None:
            return False, ""
        if status.closed == self.current.id:
            return True, status.closed_reason or "the recorder ended it"
        return status.refused == self.current.id, ""
