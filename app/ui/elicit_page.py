"""ElicitPage: a guided session, from practice to a base policy that is fitted again. One obvious next action at a time.

It shows what it is told and says what is asked for; `accord.app.ui.elicit_guiding` connects it with a lesson.
"""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.jobs import JobState
from accord.app.ui import theme
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.button import Button
from accord.app.ui.elicit_actions import LEAVE
from accord.app.ui.elicit_learn import LearnPanel
from accord.app.ui.elicit_live import LivePanel
from accord.app.ui.elicit_review import ReviewPanel
from accord.app.ui.elicit_start import StartPanel
from accord.app.ui.elicit_steps import Accepted, Steps
from accord.app.ui.elicit_verdict import HEIGHT, VerdictLine
from accord.app.ui.elicit_waiting import WaitingPanel

_TELLS = (Stage.TEACH, Stage.FEEDBACK, Stage.REFIT, Stage.DONE)
"""Stages in which what became of the last attempt is of interest."""


class ElicitPage(QWidget):
    """Where a lesson stands above, what is to be done below."""

    failed = Signal(str)
    """One sentence."""
    succeeded = Signal()
    """What was asked for is done: a failure before it is of no interest any more."""
    asked_again = Signal()
    """What went wrong shall be tried again."""
    leave_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps, self.accepted, self.verdict = Steps(), Accepted(), VerdictLine()
        self.start, self.live, self.learn = StartPanel(), LivePanel(), LearnPanel()
        self.review, self.waiting = ReviewPanel(), WaitingPanel()
        self.problem = Banner(closable=False, height=HEIGHT)
        self._told = QWidget()
        """Where both stand; its room stays while they have nothing to say."""
        self.leave = Button(f"{LEAVE.text}  {LEAVE.shown_key}", LEAVE.icon, LEAVE.tip, "quiet")
        self.leave.setAccessibleName(LEAVE.text)
        self.stack = QStackedWidget()
        for panel in (self.start, self.live, self.learn, self.review, self.waiting):
            self.stack.addWidget(panel)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self.leave.clicked.connect(self.leave_asked)
        self.problem.acted.connect(self.asked_again)
        for panel in (self.learn, self.review):
            panel.failed.connect(self.failed)
        self.show_start()

    def _lay_out(self) -> None:
        column, top = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        column.setSpacing(theme.GRID)
        top.setSpacing(2 * theme.GRID)
        top.addWidget(self.steps, 1)
        top.addWidget(self.accepted)
        top.addWidget(self.leave)
        column.addLayout(top)
        told = QHBoxLayout(self._told)
        told.setContentsMargins(0, 0, 0, 0)
        told.setSpacing(theme.GRID)
        told.addWidget(self.verdict, 1)
        told.addWidget(self.problem, 1)
        self._told.setFixedHeight(HEIGHT)
        column.addWidget(self._told)
        column.addWidget(self.stack, 1)

    @property
    def drives(self) -> bool:
        """Whether the robot can be seen, so that keys may drive it."""
        return self.stack.currentWidget() is self.live

    def show_start(self) -> None:
        """No lesson is held."""
        self.learn.close_episode()
        self.review.clear()
        self.problem.say("")
        self.verdict.display(None, 1.0)
        self.steps.display(None)
        self.accepted.display(None)
        self.leave.hide()
        self._told.hide()
        self.stack.setCurrentWidget(self.start)

    def show_lesson(self, lesson: Lesson, busy: str, problem: str, moment: str) -> None:
        """Show where a lesson stands, and the panel for what is to be done.

        Args:
            lesson: how far it is.
            busy: what is being done in the background, or empty.
            problem: what went wrong, in one sentence, or empty.
            moment: of which moment the robot stands in, where it is tried again.
        """
        self.steps.display(lesson)
        self.accepted.display(lesson)
        self.leave.show()
        self._told.show()
        self.problem.say(problem, Tone.WARNING, "Try again", "Try again what went wrong")
        told = lesson.stage in _TELLS and not lesson.recording and not moment
        self.verdict.display(lesson.last if told else None, lesson.plan.limit)
        self.live.show_lesson(lesson, busy, moment)
        panel = self._panel(lesson, moment)
        if panel is not self.learn:
            self.learn.close_episode()
        if lesson.stage is not Stage.FEEDBACK:
            self.review.clear()
        if panel is not self.stack.currentWidget():
            self.stack.setCurrentWidget(panel)
            self.setFocus()

    def _panel(self, lesson: Lesson, moment: str) -> QWidget:
        if moment or lesson.stage in (Stage.PRACTICE, Stage.TEACH):
            return self.live
        if lesson.stage is Stage.LEARN:
            return self.learn
        return self.review if lesson.stage is Stage.FEEDBACK else self.waiting

    def show_learning(self, lesson: Lesson, paths: dict[str, Path]) -> None:
        """Show what is to be watched; while another page is open nothing plays."""
        if self.isVisible():
            self.learn.display(lesson, paths)

    def show_fit(self, lesson: Lesson, fit: JobState) -> None:
        """Show how the refit is doing."""
        if self.stack.currentWidget() is self.waiting:
            self.waiting.display(lesson, fit)
