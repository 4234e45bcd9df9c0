"""WaitingPanel: the base policy is being fitted again, or the lesson is done."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.jobs import JobState
from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.elicit_actions import GO_ON
from accord.app.ui.job_line import left
from accord.app.ui.labels import label, wrapped

_WIDTH: Final = 60 * theme.GRID


class WaitingPanel(QWidget):
    """One box in the middle."""

    new_asked = Signal()
    """Another lesson."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.told, self.left = label("", "title"), wrapped(), label("", "faint", "Time left")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(theme.GRID)
        self.bar.setAccessibleName("Progress of the fit")
        self.new = Button("Another lesson", GO_ON.icon, f"Begin or go on with another lesson ({GO_ON.shown_key})",
                          "primary")  # fmt: skip
        self.new.clicked.connect(self.new_asked)
        box = QFrame()
        box.setProperty("role", "panel")
        box.setFixedWidth(_WIDTH)
        column, row = QVBoxLayout(box), QHBoxLayout(self)
        column.setContentsMargins(*(3 * theme.GRID,) * 4)
        column.setSpacing(2 * theme.GRID)
        for widget in (self.title, self.told, self.bar, self.left, self.new):
            column.addWidget(widget)
        row.addWidget(box, 0, Qt.AlignmentFlag.AlignCenter)

    def display(self, lesson: Lesson, fit: JobState) -> None:
        """Show how the fit is doing, or what came of the lesson."""
        done = lesson.stage is Stage.DONE
        self.bar.setVisible(not done)
        self.left.setVisible(not done)
        self.new.setVisible(done)
        if done:
            self.title.setText("Done")
            self.told.setText(_outcome(lesson))
            return
        self.title.setText(f"Fitting {lesson.policy} again" + (f", as {lesson.refitting}" if lesson.refitting else ""))
        self.told.setText(
            f"{len(lesson.accepted_now)} accepted episodes join the base. {lesson.policy} stays as it is."
        )
        self.bar.setValue(round(1000 * fit.fraction))
        self.left.setText(fit.text if fit.left_s is None else f"{fit.text}, {left(fit.left_s)} left")


def _outcome(lesson: Lesson) -> str:
    accepted, tried = len(lesson.accepted), len(lesson.attempts)
    overruled = sum(attempt.overruled for attempt in lesson.attempts)
    anyway = f", {overruled} of them by your own word" if overruled else ""
    return f"{accepted} of {tried} attempts accepted{anyway}. The base policy is now {lesson.policy}."
