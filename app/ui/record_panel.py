"""RecordPanel: begin and end an episode, and say how it went."""

from math import isnan
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from accord.app.snapshot import Snapshot, State
from accord.app.ui import actions, theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.field import Field
from accord.app.ui.figures import number, seconds, share
from accord.app.ui.labels import label, line, wrapped
from accord.app.ui.last_picture import LastPicture
from accord.app.ui.record_button import RecordButton
from accord.devices.limits import Hold

_OUTCOMES: Final = {"success": actions.SUCCESS, "failure": actions.FAILURE, "discarded": actions.DISCARD}
_SIGNS: Final = {"Backspace": "⌫"}
"""A key whose name is too long for a button; the tooltip has the name."""
_COLOURS: Final = {"success": theme.AGREE, "failure": theme.CONFLICT}


class RecordPanel(QWidget):
    """One large button, the outcomes, and what else there is between episodes."""

    record_asked = Signal()
    outcome_asked = Signal(str)
    """``success``, ``failure`` or ``discarded``."""
    redo_asked = Signal()
    practice_asked = Signal()
    hold_asked = Signal()
    reset_asked = Signal()
    noted = Signal(str, str)
    """The episode, and what is worth knowing about it."""
    left = Signal()
    """The person is done with writing: the keyboard may drive again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.record = RecordButton()
        self.outcomes = {name: _button(action, _COLOURS.get(name), True) for name, action in _OUTCOMES.items()}
        self.redo, self.reset = _button(actions.REDO), _button(actions.RESET)
        self.practice, self.hold = _button(actions.PRACTICE, None, True), _button(actions.HOLD, None, True)
        self.scene = _button(actions.SCENE, None, True)
        self.count, self.saving = wrapped(), label("", "faint", "Saving")
        self.count.setAccessibleName("Episodes")
        self.last = LastPicture()
        self.scores = label("", "faint", "The episode against the base policy")
        self.note = Field("Note", "What is worth knowing about the last episode")
        self.note.setEnabled(False)
        self.note.setPlaceholderText("a note about the last episode")
        self._about = self._known_note = ""
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.record)
        column.addLayout(_grid(self.outcomes["success"], self.outcomes["failure"],
                               self.redo, self.outcomes["discarded"]))  # fmt: skip
        column.addLayout(self._last_row())
        column.addWidget(self.scores)
        column.addWidget(self.note)
        column.addWidget(line())
        column.addLayout(_grid(self.practice, self.hold, self.reset, self.scene))

    def _last_row(self) -> QHBoxLayout:
        words, row = QVBoxLayout(), QHBoxLayout()
        words.addWidget(self.count)
        words.addWidget(self.saving)
        words.addStretch(1)
        row.setSpacing(theme.GRID)
        row.addWidget(self.last)
        row.addLayout(words, 1)
        return row

    def _connect(self) -> None:
        self.record.clicked.connect(self.record_asked)
        for name, button in self.outcomes.items():
            button.clicked.connect(lambda _checked, name=name: self.outcome_asked.emit(name))
        self.redo.clicked.connect(self.redo_asked)
        self.practice.clicked.connect(self.practice_asked)
        self.hold.clicked.connect(self.hold_asked)
        self.reset.clicked.connect(self.reset_asked)
        self.note.editingFinished.connect(self._on_note)
        self.note.left.connect(self.left)

    def display(self, snapshot: Snapshot, view: str = "") -> None:
        """Show what can be done now, and how the last episode ended in the view that the person looks at."""
        self.last.display(snapshot, view)
        recording = snapshot.state is State.RECORDING
        self.record.show_state(
            recording, seconds(snapshot.elapsed_s) if recording else "", "End" if recording else "Record"
        )
        self.record.setEnabled(recording or (snapshot.state is State.READY and not snapshot.practice))
        self._show_outcome(snapshot, recording)
        self.practice.setChecked(snapshot.practice)
        self.practice.setEnabled(not recording)
        self.hold.setChecked(snapshot.loop.hold == Hold.REQUESTED)
        self.hold.setEnabled(snapshot.state not in (State.STARTING, State.FAILED))
        self.reset.setEnabled(snapshot.state is State.READY)
        self.count.setText(_counted(snapshot.recorded))
        self.saving.setText(_saved(snapshot))
        self.scores.setText(_scored(snapshot))
        self._show_note(snapshot.finished.episode if snapshot.finished else "")

    def _show_note(self, episode: str) -> None:
        """The field belongs to the last episode, and to none while one is recorded."""
        if episode == self._about:
            return
        self._on_note()
        self._about, self._known_note = episode, ""
        self.note.clear()
        self.note.setEnabled(bool(episode))

    def _on_note(self) -> None:
        text = self.note.text().strip()
        if self._about and text != self._known_note:
            self._known_note = text
            self.noted.emit(self._about, text)

    def _show_outcome(self, snapshot: Snapshot, recording: bool) -> None:
        outcome = snapshot.finished.outcome if snapshot.finished else ""
        proposed = "success" if recording and snapshot.success else outcome
        can = recording or outcome not in ("", "incomplete")
        for name, button in self.outcomes.items():
            button.setChecked(name == proposed)
            button.setEnabled(can)
        self.redo.setEnabled(can)


def _counted(recorded: int) -> str:
    return "No episode yet in this session" if not recorded else f"{recorded} episode{'s' * (recorded > 1)} recorded"


def _saved(snapshot: Snapshot) -> str:
    if snapshot.recorder.closing > 0:
        return "saving…"
    finished = snapshot.finished
    if finished is None:
        return " "
    return f"{finished.outcome}, {seconds(finished.duration_s)}, {'saved' if finished.saved else 'saving…'}"


def _scored(snapshot: Snapshot) -> str:
    """How well the last episode agreed, or that no arm moved; the room for it stays where there is nothing to say."""
    if snapshot.finished is not None and snapshot.finished.doubt:
        return f"No arm moved: {actions.DISCARD.shown_key} discards it"
    score = snapshot.finished.score if snapshot.finished else None
    if score is None or isnan(score.compatibility):
        return " "
    shares = f"conflict {share(score.conflict_share)}   novel {share(score.novel_share)}"
    return f"M {number(score.compatibility)}   {shares}"


def _button(action: Action, colour: QColor | None = None, checkable: bool = False) -> Button:
    key = _SIGNS.get(action.key, action.shown_key)
    made = Button(f"{action.text}  {key}", action.icon, action.tip, colour=colour)
    made.setAccessibleName(action.text)
    made.setCheckable(checkable)
    return made


def _grid(*buttons: Button) -> QGridLayout:
    grid = QGridLayout()
    grid.setSpacing(theme.GRID // 2)
    for index, button in enumerate(buttons):
        grid.addWidget(button, index // 2, index % 2)
    return grid
