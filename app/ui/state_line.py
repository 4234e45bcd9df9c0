"""StateLine: what the session is doing, why, and what to do next. Always in its place, so that nothing else moves."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme
from accord.app.ui.actions import RESTART
from accord.app.ui.button import Button
from accord.app.ui.labels import fit_words, label, wrapped
from accord.app.ui.words import Look, said, traceback

_COLOURS: Final = {
    Look.READY: theme.AGREE, Look.RECORDING: theme.RECORDING, Look.DONE: theme.AGREE,
    Look.HOLDING: theme.DOUBTFUL, Look.FAILED: theme.RECORDING,
}  # fmt: skip
_TINTS: Final = {Look.DONE: 90, Look.HOLDING: 110, Look.FAILED: 90}
"""How strongly the ground is coloured, where a person has to look up [0..255]."""
_STRIPE: Final = theme.GRID // 2
_HEIGHT: Final = 5 * theme.GRID
"""Room for two lines [px]."""


class StateLine(QWidget):
    """One line, with a button where only that helps."""

    restart_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = Look.QUIET
        self.word, self.text = label(name="State"), wrapped()
        self.word.setFont(theme.font(bold=True))
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.restart = Button(RESTART.text, RESTART.icon, RESTART.tip, "primary")
        self.restart.clicked.connect(self.restart_asked)
        self.copy = Button("", "mdi6.content-copy", "Copy what failed, for a report", "quiet")
        self.copy.clicked.connect(self._copy)
        self._report = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GRID, 0, theme.GRID // 2, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self.word)
        row.addWidget(self.text, 1)
        for button in (self.restart, self.copy):
            button.hide()
            row.addWidget(button)
        self._full, self._fitted = "", ("", 0)
        """What there is to say, and for what width it was cut last."""
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def display(self, snapshot: Snapshot) -> None:
        """Say what is so now."""
        now = said(snapshot)
        self.word.setText(now.word)
        self._full = now.text
        self._fit()
        failed = snapshot.state is State.FAILED
        self._report = f"{now.text}\n{traceback(snapshot)}".strip() if failed else ""
        for button in (self.restart, self.copy):
            button.setVisible(failed)
        if now.look is not self.look:
            self.look = now.look
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show what fits now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As many words as two lines hold: what a device says may be long, and nothing else is to move for that."""
        fitted = self._full, self.text.width() if self.isVisible() else 0
        if fitted == self._fitted:
            return
        self._fitted = fitted
        fit_words(self.text, *fitted, _HEIGHT)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A ground and a stripe of the state's colour."""
        painter, palette = QPainter(self), self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.AlternateBase))
        colour = _COLOURS.get(self.look, theme.accent(palette) if self.look is Look.HINT else theme.faint(palette))
        tint = QColor(colour)
        tint.setAlpha(_TINTS.get(self.look, 0))
        painter.fillRect(self.rect(), tint)
        painter.fillRect(0, 0, _STRIPE, self.height(), colour)
