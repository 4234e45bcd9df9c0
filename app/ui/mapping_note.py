"""MappingNote: one line that says what is wrong with a mapping, or what is not saved yet. It is always in its place."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.labels import wrapped
from accord.app.ui.mapping_standing import Matter

_COLOURS: Final = {Matter.FINE: theme.AGREE, Matter.UNSAVED: theme.DOUBTFUL, Matter.WRONG: theme.RECORDING}
_TINT: Final = 56
_STRIPE: Final = theme.GRID // 2


class MappingNote(QWidget):
    """A sentence, and the way back to what is saved."""

    discard_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.matter = Matter.FINE
        self.text = wrapped()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.discard = Button("Discard changes", "mdi6.undo-variant", "Go back to what is saved; Undo brings them back")
        self.discard.clicked.connect(self.discard_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GRID, 2, 2, 2)
        row.addWidget(self.text, 1)
        row.addWidget(self.discard)
        self.setMinimumHeight(9 * theme.GRID // 2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def say(self, text: str, matter: Matter, unsaved: bool) -> None:
        """Say it.

        Args:
            text: a sentence.
            matter: how serious it is.
            unsaved: whether there is something to discard.
        """
        self.text.setText(text)
        self.text.setAccessibleName(text)
        self.discard.setEnabled(unsaved)
        if matter is not self.matter:
            self.matter = matter
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A ground and a stripe of the matter's colour."""
        painter, colour = QPainter(self), _COLOURS[self.matter]
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.AlternateBase))
        if self.matter is not Matter.FINE:
            tint = QColor(colour)
            tint.setAlpha(_TINT)
            painter.fillRect(self.rect(), tint)
        painter.fillRect(0, 0, _STRIPE, self.height(), colour)
