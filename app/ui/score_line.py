"""ScoreLine: against which base policy the episodes are scored, how many are not, and the way to mend that."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from accord.app.curating import score_library
from accord.app.jobs import Job
from accord.app.ui import library_actions as actions
from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.field import Choice
from accord.app.ui.job_line import JobLine
from accord.app.ui.labels import label
from accord.app.ui.scan import Scan

_NONE: Final = "no base policy"


class ScoreLine(QWidget):
    """A box to choose the policy in, and a button that scores what is not scored."""

    policy_chosen = Signal(str)
    scored = Signal()
    failed = Signal(str)
    """One sentence."""

    def __init__(self, folder: Path) -> None:
        """Make it.

        Args:
            folder: of the library.
        """
        super().__init__()
        self._folder = folder
        self._wanted: str | None = None
        self._quiet, self._tried, self._stopped = False, ("", frozenset[str]()), ""
        self._box = Choice("Base policy of the scores", "Score episodes against this base policy (↑ ↓)")
        self._box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._box.setMinimumContentsLength(16)
        self._box.offer([("", _NONE)])
        self._text = label("", "faint", "How many episodes are scored")
        self._score = Button(actions.SCORE.text, actions.SCORE.icon, actions.SCORE.tip)
        self._job = JobLine()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        for widget in (label("Scores against"), self._box, self._text, self._score):
            row.addWidget(widget)
        row.addWidget(self._job, 1)
        row.addStretch(0)
        self._row = row
        self._score.hide()
        self._box.chosen.connect(self.choose)
        self._score.clicked.connect(self.score)
        self._job.finished.connect(self._on_scored)
        self._job.failed.connect(self._on_failed)
        self._job.cancelled.connect(self._on_stopped)

    @property
    def policy(self) -> str:
        """The chosen base policy; the newest one until a person chose."""
        return str(self._box.currentData() or "") if self._wanted is None else self._wanted

    def choose(self, policy: str) -> None:
        """Choose a base policy."""
        self._wanted = policy
        self.policy_chosen.emit(policy)

    def display(self, scan: Scan) -> None:
        """Show which policies there are, and how many episodes are scored against the chosen one."""
        newest = scan.policies[-1] if scan.policies and self._wanted is None else ""
        self._fill(scan)
        if newest and scan.policy is None:
            self.choose(newest)
            return
        self._score.setVisible(scan.unscored > 0 and not self._job.running)
        if not scan.policies:
            self.say("Fit one on the page Policy to see how well episodes agree.")
        elif scan.policy is None:
            self.say("")
        else:
            self.say(f"{scan.unscored} not scored" if scan.unscored else "all scored")

    def _fill(self, scan: Scan) -> None:
        names = ["", *reversed(scan.policies)]
        if names != [self._box.itemData(i) for i in range(self._box.count())]:
            self._box.offer((name, name or _NONE) for name in names)
        self._box.show_chosen(scan.name)
        self._box.setEnabled(len(names) > 1)

    def say(self, text: str) -> None:
        """Say something beside the box."""
        self._text.setText(text)

    def score(self) -> None:
        """Score what is not scored yet."""
        self._quiet, self._stopped = False, ""
        self._start()

    def score_quietly(self, scan: Scan) -> None:
        """Score without being asked, once: what could not be scored, or was stopped, is not tried again, nor said."""
        missing = scan.name, frozenset(row.entry.id for row in scan.rows) - scan.scores.keys()
        if scan.unscored and missing != self._tried and scan.name != self._stopped:
            self._quiet, self._tried = True, missing
            self._start()

    def _start(self) -> None:
        policy = self.policy
        if policy and not self._score.isHidden():
            self._job.start(lambda: Job("scoring", score_library, self._folder, policy))
            self._score.hide()

    def close_job(self) -> None:
        """Stop scoring."""
        self._job.close_job()

    def _on_scored(self, problems: list[str]) -> None:
        for problem in problems[: 0 if self._quiet else 1]:
            more = f" So it is with {len(problems) - 1} more." if len(problems) > 1 else ""
            self.failed.emit(problem + more)
        self.scored.emit()

    def _on_stopped(self) -> None:
        self._stopped = self.policy
        self.scored.emit()

    def _on_failed(self, sentence: str) -> None:
        self.failed.emit(sentence)
        self.scored.emit()
