"""Reviewing: looks for the worst moments of a rejected episode in a thread, once, and shows them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.ui.elicit_review import ReviewPanel
from accord.app.ui.errand import Errand
from accord.datasets.library import Library

if TYPE_CHECKING:
    from accord.app.feedback.review import Review, Reviewer


class Reviewing(QObject):
    """Feeds one panel."""

    def __init__(self, panel: ReviewPanel, library: Library, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._library, self._wanted = panel, library, ""
        self._lesson: Lesson | None = None
        self._reviewer: Reviewer | None = None
        self._errand = Errand(self)
        self._errand.answered.connect(self._show)
        self._errand.failed.connect(panel.fail)
        panel.look_asked.connect(self._look)

    def use_library(self, library: Library) -> None:
        """Review episodes of another library."""
        self._library, self._reviewer = library, None

    def follow(self, lesson: Lesson | None) -> None:
        """Review the episode that a lesson gives feedback on, unless that was begun already."""
        attempt = lesson.last if lesson is not None and lesson.stage is Stage.FEEDBACK else None
        wanted = "" if attempt is None else attempt.episode
        if wanted == self._wanted:
            return
        self._wanted, self._lesson = wanted, lesson
        self._look()

    def _look(self) -> None:
        lesson, wanted = self._lesson, self._wanted
        if lesson is not None and lesson.last is not None and wanted:
            self._panel.wait()
            policy, measure = lesson.last.policy, lesson.plan.measure
            self._errand.run(lambda _progress: self._reviewed(policy, wanted, measure))

    def _reviewed(self, policy: str, episode: str, measure: str) -> "Review":
        """In the thread: it reads files and simulates."""
        from accord.app.feedback.review import Reviewer  # noqa: PLC0415  it needs the simulator

        if self._reviewer is None or self._reviewer.policy.name != policy:
            self._reviewer = Reviewer(self._library, policy)
        return self._reviewer.review(episode, measure)

    def _show(self, review: "Review") -> None:
        if review.episode == self._wanted:
            self._panel.display(review)

    def close(self) -> None:
        """Wait for the thread, and let go of the files."""
        self._errand.close()
        self._panel.clear()
