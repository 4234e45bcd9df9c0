"""PlainLine: computes the plain scores of a library in a job whenever anything that they depend on has changed."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal

from accord.app.jobs import Job
from accord.app.plain_scoring import PlainScoring, score_plainly
from accord.app.ui.job_line import JobLine
from accord.app.ui.scan import Pool, Scan

_SETTLE_MS = 400
"""Decisions often come in a row; scores are computed when none came for this long."""


class PlainLine(JobLine):
    """The line of that job, and what it found last."""

    found = Signal()
    """`scoring` is new."""

    def __init__(self, folder: Path) -> None:
        """Make it.

        Args:
            folder: of the library.
        """
        super().__init__()
        self._folder = folder
        self.scoring = PlainScoring()
        self._begun: Pool | None = None
        """What the job computes, or computed last; what was stopped is not begun again before something changes."""
        self._known: Pool | None = None
        """What `scoring` is of."""
        self._newest = Scan()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._begin)
        self.finished.connect(self._on_finished)
        self.failed.connect(self._again)
        self.cancelled.connect(self._again)

    @property
    def due(self) -> bool:
        """Whether scores are being computed, or soon will be."""
        return self.running or self._settle.isActive()

    def follow(self, scan: Scan) -> None:
        """Begin, where this is not what was computed last; after the job that runs, if there is one."""
        self._newest = scan
        if scan.pool != self._begun and scan.pool[1]:
            self._settle.start()

    def retry(self) -> None:
        """Begin what was stopped or failed; nothing where everything is known."""
        if not self.running and self._known != self._newest.pool:
            self._begun = None
            self.follow(self._newest)

    def _begin(self) -> None:
        scan = self._newest
        if self.running or scan.pool == self._begun:
            return
        self._begun = scan.pool
        known = frozenset(self.scoring.reached)
        self.start(lambda: Job("plain scores", score_plainly, self._folder, scan.name, known))

    def close_job(self) -> None:
        """Stop it, and begin no other."""
        self._settle.stop()
        super().close_job()

    def _on_finished(self, found: PlainScoring) -> None:
        self.scoring = PlainScoring(found.scores, {**self.scoring.reached, **found.reached}, found.problems)
        self._known = self._begun
        self.found.emit()
        self._again()

    def _again(self) -> None:
        self.follow(self._newest)
