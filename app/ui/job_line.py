"""JobLine: one line that says what a job is doing, how far it is, how long it will take, and lets a person stop it."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from accord.app.jobs import Job
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.labels import label

CANCEL = Action("Cancel", "Esc", "Stop it; nothing is left behind", "mdi6.close")
_POLL_MS = 100


class JobLine(QWidget):
    """Shows one job at a time; hidden while there is none."""

    progressed = Signal(object)
    """`JobState`, about ten times a second."""
    finished = Signal(object)
    """The job's result."""
    failed = Signal(str)
    """One sentence."""
    cancelled = Signal()

    def __init__(self, stop: Action = CANCEL) -> None:
        """Make it, hidden.

        Args:
            stop: what the button that ends a job says, and what it leaves.
        """
        super().__init__()
        self._job: Job | None = None
        self._text, self._left = label(), label("", "faint", "Time left")
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(theme.GRID)
        self._bar.setMinimumWidth(8 * theme.GRID)
        self._bar.setAccessibleName("Progress")
        self._cancel = Button(stop.text, stop.icon, stop.tip)
        self._cancel.clicked.connect(self.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self._text)
        row.addWidget(self._bar, 1)
        row.addWidget(self._left)
        row.addWidget(self._cancel)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether a job runs."""
        return self._job is not None

    def start(self, make: Callable[[], Job]) -> bool:
        """Start a job and show it; False, and nothing is started, while another one runs."""
        if self._job is not None:
            return False
        self._job = make()
        self._text.setText(f"{self._job.name}: starting")
        self._bar.setValue(0)
        self._left.setText("")
        self._cancel.setEnabled(True)
        self._timer.start()
        self.show()
        return True

    def take_focus(self) -> None:
        """Let the keyboard press Cancel."""
        self._cancel.setFocus()

    def cancel(self) -> None:
        """Ask the job to stop."""
        if self._job is not None:
            self._job.cancel()
            self._text.setText("stopping")
            self._cancel.setEnabled(False)

    def close_job(self) -> None:
        """Stop the job, and wait until it has ended."""
        self._timer.stop()
        self.hide()
        job, self._job = self._job, None
        if job is not None:
            job.close()

    def _poll(self) -> None:
        if self._job is None:
            return
        state = self._job.poll()
        if self._cancel.isEnabled():
            self._text.setText(state.text)
        self._bar.setValue(round(1000 * state.fraction))
        self._left.setText("" if state.left_s is None else f"{left(state.left_s)} left")
        self.progressed.emit(state)
        if not state.done:
            return
        self.close_job()
        if state.cancelled:
            self.cancelled.emit()
        elif state.error:
            self.failed.emit(state.error)
        else:
            self.finished.emit(state.result)


def left(seconds: float) -> str:
    """A time that is still to come, no finer than anybody can know it."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
