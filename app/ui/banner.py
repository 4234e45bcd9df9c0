"""Banner: a message in the window itself. It stays until it is read, and can be copied."""

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.labels import fit_words, label, wrapped


class Tone(StrEnum):
    """How serious it is: the stripe and the word at its left."""

    HINT = "Hint"
    WARNING = "Attention"
    ERROR = "Error"


_COLOURS = {Tone.HINT: None, Tone.WARNING: theme.DOUBTFUL, Tone.ERROR: theme.RECORDING}
_STRIPE = theme.GRID // 2


class Banner(QWidget):
    """One message at a time; hidden while there is none."""

    dismissed = Signal(str)
    """It was read and closed; what it said."""
    acted = Signal()
    """Its button was pressed."""
    changed = Signal()
    """It says something else, or nothing any more."""

    def __init__(self, parent: QWidget | None = None, closable: bool = True, height: int = 0) -> None:
        """Make it, hidden.

        Args:
            parent: the widget it stands in.
            closable: False where the message goes away with its cause, not by being closed.
            height: of the place that is kept free for it, so that nothing moves when it appears: what does not fit is
                in the tooltip, and is copied; 0 where it takes as much room as it needs [px].
        """
        super().__init__(parent)
        self._tone, self._more, self._said, self._room = Tone.HINT, "", "", height
        self._word, self._text = label(), wrapped()
        self._word.setFont(theme.font(bold=True))
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._action = Button("", role="primary")
        self._action.clicked.connect(self.acted)
        self.copy = Button("", "mdi6.content-copy", "Copy the message", "quiet")
        self.copy.clicked.connect(self._copy_text)
        self._close = Button("", "mdi6.close", "Close the message", "quiet")
        self._close.clicked.connect(self.dismiss)
        self._close.setVisible(closable)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GRID, theme.GRID // 2, theme.GRID, theme.GRID // 2)
        row.setSpacing(theme.GRID)
        row.addWidget(self._word)
        row.addWidget(self._text, 1)
        for button in (self._action, self.copy, self._close):
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        if self._room:
            row.setContentsMargins(2 * theme.GRID, 0, theme.GRID, 0)
            self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
            self.setFixedHeight(self._room)

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return self._said if not self.isHidden() else ""

    @property
    def tone(self) -> Tone:
        """How serious it is."""
        return self._tone

    def say(
        self, text: str, tone: Tone = Tone.ERROR, action: str = "", tip: str = "", more: str = "", word: str = ""
    ) -> None:
        """Show a message; the one before it goes. An empty text hides the banner.

        Args:
            text: one sentence, or a few.
            tone: how serious it is.
            action: text of a button that mends it; empty for none.
            tip: what that button does, with its key.
            more: what is copied after the text, such as a traceback.
            word: before the text, in place of the tone's own.
        """
        said = text, tone, action, word or tone.value
        if said == (self.text, self._tone, self._action.text(), self._word.text()):
            return
        self._tone, self._more, self._said = tone, more, text
        self._word.setText(word or tone.value)
        self._text.setAccessibleName(f"{word or tone.value}: {text}")
        self._action.setText(action)
        self._action.setToolTip(tip)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self.setVisible(bool(text))
        self._fit()
        self.update()
        self.changed.emit()

    @property
    def is_cut(self) -> bool:
        """Whether its place has no room for all that it says."""
        return bool(self._text.toolTip())

    def _fit(self) -> None:
        if not self._room:
            self._text.setText(self._said)
            return
        self._row.activate()  # the words before and the buttons behind it may be others now
        fit_words(self._text, self._said, self._text.width() if self.isVisible() else 0, self._room)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show what fits now."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """What was said while nobody saw it has a width only now."""
        super().showEvent(event)
        self._fit()
        self.changed.emit()

    def dismiss(self) -> None:
        """It was read."""
        text = self.text
        self.hide()
        self.dismissed.emit(text)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(filter(None, (self._said, self._more))))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A tinted ground with a stripe at the left."""
        colour = _COLOURS[self._tone] or theme.accent(self.palette())
        painter = QPainter(self)
        tint = QColor(colour)
        tint.setAlpha(56)
        painter.fillRect(self.rect(), tint)
        painter.fillRect(0, 0, _STRIPE, self.height(), colour)
