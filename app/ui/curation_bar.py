"""CurationBar: what a curator says about the episode that is shown."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from accord.app.ui import library_actions as actions
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.labels import label
from accord.datasets.decisions import OUTCOMES, Curation


class CurationBar(QWidget):
    """Verdict, trim, outcome and note of one episode. It decides nothing itself."""

    verdict = Signal(str)
    """``accept``, ``reject`` or empty."""
    outcome = Signal(str)
    noted = Signal(str)
    asked = Signal(str)
    """The text of one of the other actions: In, Out, Whole, Undo, Redo."""
    left = Signal()
    """The person is done with writing."""

    def __init__(self) -> None:
        super().__init__()
        self.accept = self._button(actions.ACCEPT, theme.AGREE)
        self.reject = self._button(actions.REJECT, theme.CONFLICT)
        self.clear = _small(actions.CLEAR)
        for button, word in ((self.accept, "accept"), (self.reject, "reject"), (self.clear, "")):
            button.clicked.connect(lambda _=False, word=word: self.verdict.emit(word))
        self._trims = [_word(action) for action in (actions.FIRST, actions.LAST)]
        self._trims.append(_small(actions.WHOLE))
        self._turns = [_small(actions.UNDO), _small(actions.REDO)]
        named = zip((*self._trims, *self._turns), _ASKED, strict=True)
        for button, action in named:
            button.clicked.connect(lambda _=False, text=action.text: self.asked.emit(text))
        self._outcomes = self._make_outcomes()
        self.note = _Note()
        self.note.editingFinished.connect(self._on_note)
        self.note.left.connect(self.left)
        self._known_note = ""
        self._lay_out()

    def _button(self, action: Action, colour: object) -> Button:
        button = Button(action.text, action.icon, action.tip, colour=colour)  # type: ignore[arg-type]
        button.setCheckable(True)
        button.setMinimumWidth(button.sizeHint().width() + theme.GRID)  # it is bold while it is checked
        return button

    def _make_outcomes(self) -> QComboBox:
        box = QComboBox()
        box.addItem("unlabelled", "")
        for outcome in OUTCOMES:
            box.addItem(outcome, outcome)
        box.setAccessibleName("Outcome of the episode")
        box.setToolTip(actions.OUTCOME.tip)
        box.activated.connect(self._on_outcome)
        return box

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for button in (self.accept, self.reject, self.clear):
            first.addWidget(button)
        first.addStretch(1)
        for button in self._trims:
            first.addWidget(button)
        for widget in (label("Outcome", "faint"), self._outcomes, label("Note", "faint")):
            second.addWidget(widget)
        second.addWidget(self.note, 1)
        for button in self._turns:
            second.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        for row in (first, second):
            row.setSpacing(theme.GRID)
            column.addLayout(row)

    def display(self, curation: Curation | None) -> None:
        """Show what is decided; None where there is no episode."""
        self.setEnabled(curation is not None)
        now = curation or Curation()
        self.accept.setChecked(now.verdict == "accept")
        self.reject.setChecked(now.verdict == "reject")
        self.clear.setEnabled(bool(now.verdict))
        self._trims[-1].setEnabled(now.trim is not None)
        self._outcomes.setCurrentIndex(max(self._outcomes.findData(now.outcome), 0))
        self._outcomes.setToolTip("\n".join(filter(None, (actions.OUTCOME.tip, now.why))))
        self._known_note = now.note
        if not (self.note.hasFocus() and self.note.isModified()):
            self.note.show_text(now.note)

    def choose_outcome(self) -> None:
        """Open the list of outcomes."""
        self._outcomes.setFocus()
        self._outcomes.showPopup()

    def write_note(self) -> None:
        """Let the person write."""
        self.note.setFocus()
        self.note.selectAll()

    def _on_outcome(self) -> None:
        if self._outcomes.currentData():
            self.outcome.emit(str(self._outcomes.currentData()))
        self.left.emit()

    def _on_note(self) -> None:
        if self.note.text() != self._known_note:
            self._known_note = self.note.text()
            self.noted.emit(self._known_note)


_ASKED = (actions.FIRST, actions.LAST, actions.WHOLE, actions.UNDO, actions.REDO)


class _Note(QLineEdit):
    """Return and Escape give the focus back."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("anything worth knowing later")
        self.setAccessibleName("Note about the episode")
        self.show_text("")

    def show_text(self, text: str) -> None:
        """Show a note from its beginning; the tooltip has all of it."""
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)
        self.setToolTip("\n".join(filter(None, (text, f"{actions.NOTE.tip}; Return keeps it"))))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave after Return or Escape."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.left.emit()


def _small(action: Action) -> Button:
    button = Button("", action.icon, action.tip, "quiet")
    button.setAccessibleName(action.text)
    return button


def _word(action: Action) -> Button:
    return Button(f"{action.text} {action.key}", tip=action.tip, role="quiet")
