"""LivePanel: the robot while somebody practises, teaches, or tries a moment again; with the strip, and one button."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.snapshot import Snapshot, State
from accord.app.ui import actions, elicit_actions, theme
from accord.app.ui.actions import Action
from accord.app.ui.approach import ApproachPanel
from accord.app.ui.button import Button
from accord.app.ui.figures import seconds
from accord.app.ui.foot import Foot
from accord.app.ui.labels import label, line, wrapped
from accord.app.ui.record_button import RecordButton
from accord.app.ui.state_line import StateLine
from accord.app.ui.strip import Agreement
from accord.app.ui.views import Views
from accord.app.ui.words import Look, scripted

_SIDE: Final = 34 * theme.GRID
_LINES: Final = 3
"""Room for what is to be done, however much is said of it, so that the buttons below it stay where they are."""
_QUIET: Final = (Look.READY, Look.HINT)
"""What the state line says then is about the page Collect; here the title says what to do."""


class LivePanel(QWidget):
    """Pictures first; at the right what to do now."""

    record_asked = Signal()
    judged = Signal(str)
    """``success`` or ``failure``: how the episode ended."""
    redo_asked = Signal()
    skip_asked = Signal()
    back_asked = Signal()
    again_asked = Signal()
    other_asked = Signal()
    sound_asked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views, self.state, self.agreement = Views(), StateLine(), Agreement(keeps_last=False)
        self.approach = ApproachPanel()
        self.foot = Foot(self.agreement, self.approach)
        self.title, self.told = wrapped("", "title"), wrapped()
        self.told.setMinimumHeight(_LINES * (theme.TEXT_PX + theme.GRID // 2))
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.record = RecordButton()
        self.success = _button(actions.SUCCESS, theme.AGREE)
        self.failure = _button(actions.FAILURE, theme.CONFLICT)
        self.redo, self.other = _button(actions.REDO), _button(elicit_actions.OTHER)
        self.skip, self.back = _button(elicit_actions.SKIP), _button(elicit_actions.BACK_TO)
        self.again = _button(elicit_actions.AGAIN, role="primary")
        self.sound = _button(elicit_actions.SOUND)
        self.sound.setCheckable(True)
        self._moment, self._about, self._practises = "", "", False
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        row, column = QHBoxLayout(self), QVBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID)
        column.setSpacing(theme.GRID)
        column.addWidget(self.views, 100)
        column.addWidget(self.state)
        column.addWidget(self.foot, 1)
        column.addStretch(0)
        row.addLayout(column, 1)
        row.addWidget(self._side())

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column, ends = QVBoxLayout(side), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        ends.addWidget(self.success)
        ends.addWidget(self.failure)
        above: tuple[QWidget, ...] = (label("NOW", "section"), self.title, self.told, self.record)
        below: tuple[QWidget, ...] = (line(), self.skip, self.other, self.sound)
        for widget in above:
            column.addWidget(widget)
        column.addLayout(ends)
        for button in (self.redo, self.again, self.back):
            column.addWidget(button)
        column.addStretch(1)
        for widget in below:
            column.addWidget(widget)
        return side

    def _connect(self) -> None:
        self.record.clicked.connect(self.record_asked)
        self.success.clicked.connect(lambda: self.judged.emit("success"))
        self.failure.clicked.connect(lambda: self.judged.emit("failure"))
        self.redo.clicked.connect(self.redo_asked)
        self.skip.clicked.connect(self.skip_asked)
        self.back.clicked.connect(self.back_asked)
        self.again.clicked.connect(self.again_asked)
        self.other.clicked.connect(self.other_asked)
        self.sound.toggled.connect(self.sound_asked)

    def show_lesson(self, lesson: Lesson, busy: str, moment: str = "") -> None:
        """Say what is to be done.

        Args:
            lesson: how far it is.
            busy: what is being done in the background, or empty.
            moment: of which moment the robot stands in, where it is tried again; empty at the beginning of a scene.
        """
        self._moment = moment
        teaches, practises = lesson.stage is Stage.TEACH, lesson.stage is Stage.PRACTICE
        self.title.setText(_title(lesson, busy, moment))
        self._practises, self._about = practises, _told(lesson, moment)
        self.told.setText(self._about)
        for button in (self.record, self.success, self.failure):
            button.setVisible(teaches)
        self.redo.setVisible(not moment)
        self.skip.setVisible(practises)
        self.other.setVisible(teaches)
        self.back.setVisible(bool(moment))
        self.again.setVisible(bool(moment))

    def display(self, snapshot: Snapshot, may_begin: bool) -> None:
        """Show the robot.

        Args:
            snapshot: of the session.
            may_begin: whether an attempt may begin now.
        """
        recording = snapshot.state is State.RECORDING
        self.views.display(snapshot)
        self.agreement.display(snapshot)
        self.foot.make_room(False)
        self.state.display(snapshot)
        if self.state.look in _QUIET:
            self.state.text.setText(_kept(snapshot, self._moment))
        self.told.setText(_by(snapshot.source, self._practises and not self._moment) or self._about)
        time = seconds(snapshot.elapsed_s) if recording else ""
        self.record.show_state(recording, time, "End" if recording else "Record")
        self.record.setEnabled(recording or may_begin)
        for button in (self.success, self.failure):
            button.setEnabled(recording)
        self.redo.setEnabled(recording or (snapshot.practice and snapshot.state is State.READY))
        self.other.setEnabled(not recording)


def _title(lesson: Lesson, busy: str, moment: str) -> str:
    if moment:
        return f"Try again from {moment}"
    if lesson.stage is Stage.PRACTICE:
        return f"Practise: {lesson.practised} of {lesson.plan.practices} done"
    if busy:
        return f"{busy.capitalize()}…"
    return "The same scene again" if lesson.tries else f"Show it: scene {lesson.scene + 1}"


def _told(lesson: Lesson, moment: str) -> str:
    if moment:
        return "Drive on as the base would. Nothing is recorded."
    if lesson.stage is Stage.PRACTICE:
        return "Do the task until the scene says that it is done. Nothing is kept."
    return "Do the task as the base episodes do. The strip is high and green where you agree, low and red where not."


def _by(source: str, practises: bool) -> str:
    """What is to be said of who drives; empty for nothing."""
    if source == "none":
        return "Nobody drives: choose a device on the page Collect."
    return "A script needs no practice, and does not move here: skip it." if practises and scripted(source) else ""


def _kept(snapshot: Snapshot, moment: str) -> str:
    if snapshot.practice:
        return "At a recorded moment: nothing is kept." if moment else "Drive as you like: nothing is kept."
    return f"{actions.RECORD.shown_key} begins the attempt."


def _button(action: Action, colour: QColor | None = None, role: str = "") -> Button:
    made = Button(f"{action.text}  {action.shown_key}", action.icon, action.tip, role, colour)
    made.setAccessibleName(action.text)
    return made
