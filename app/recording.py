"""Recording: the episode in progress and the one before it, as the recorder tells of them."""

from dataclasses import replace

from accord.app.errors import AppError
from accord.app.snapshot import Finished, LiveScore
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
        self.first_ns = 0
        """When the first step of the current one was [ns]."""

    def begin(self, info: EpisodeInfo) -> None:
        """The recorder was asked to begin this episode."""
        self.current, self.finished, self.first_ns = info, None, 0

    def conclude(self, outcome: str, duration_s: float, score: LiveScore, reason: str = "") -> None:
        """The episode is over; its file may still be waiting for the last pictures."""
        if self.current is None:
            return
        self.finished = Finished(self.current.id, outcome, duration_s, score, False, self.current.seed, reason)
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
