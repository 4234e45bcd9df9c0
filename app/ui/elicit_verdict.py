"""VerdictLine: what became of the last attempt, in one sentence and as a bar that ends before or behind the limit."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from accord.app.eliciting.attempt import Attempt, Verdict
from accord.app.ui import theme
from accord.app.ui.labels import label, wrapped

_COLOURS: Final = {
    Verdict.ACCEPTED: theme.AGREE, Verdict.REJECTED: theme.CONFLICT, Verdict.FAILED: theme.DOUBTFUL,
}  # fmt: skip
_SIGNS: Final = {Verdict.ACCEPTED: "✓", Verdict.REJECTED: "✗", Verdict.FAILED: "–"}
"""A colour never says it alone."""
HEIGHT: Final = 5 * theme.GRID
"""Room for two lines [px]."""
_BAR: Final = QSize(20 * theme.GRID, 2 * theme.GRID)


class VerdictLine(QWidget):
    """Hidden while there is no attempt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word, self.text, self._bar = label(name="Verdict"), wrapped(), ShareBar()
        self.word.setFont(theme.font(bold=True))
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._colour = theme.AGREE
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GRID, theme.GRID // 2, theme.GRID, theme.GRID // 2)
        row.setSpacing(theme.GRID)
        row.addWidget(self.word)
        row.addWidget(self.text, 1)
        row.addWidget(self._bar)
        self.setFixedHeight(HEIGHT)
        self.hide()

    def display(self, attempt: Attempt | None, limit: float) -> None:
        """Say what became of an attempt.

        Args:
            attempt: None for none.
            limit: the share up to which one is accepted [1].
        """
        self.setVisible(attempt is not None)
        if attempt is None:
            return
        self._colour = _COLOURS[attempt.verdict]
        overruled = "anyway: " if attempt.overruled else ""
        self.word.setText(f"{_SIGNS[attempt.verdict]}  {attempt.verdict.value.capitalize()}")
        self.text.setText(f"{overruled}{attempt.why}.")
        self._bar.display(attempt.share, limit, self._colour)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A tinted ground with a stripe at the left."""
        painter, tint = QPainter(self), QColor(self._colour)
        tint.setAlpha(40)
        painter.fillRect(self.rect(), tint)
        painter.fillRect(0, 0, theme.GRID // 2, self.height(), self._colour)


class ShareBar(QWidget):
    """A share as a bar, and the limit as a line across it."""

    def __init__(self) -> None:
        super().__init__()
        self._share, self._limit, self._colour = 0.0, 1.0, theme.AGREE
        self.setFixedSize(_BAR)

    def display(self, share: float | None, limit: float, colour: QColor) -> None:
        """Show it; None for a share that is not known."""
        self.setVisible(share is not None)
        self._share, self._limit, self._colour = share or 0.0, limit, colour
        self.setAccessibleName(f"{self._share:.0%}, the limit is {limit:.0%}")
        self.setToolTip(self.accessibleName())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The bar in the lower part, the limit's line over the whole height."""
        painter, palette = QPainter(self), self.palette()
        scale = self.width() / max(self._share * 1.1, self._limit * 2.0, 0.05)
        bar = QRectF(0, 4, self.width(), self.height() - 8)
        painter.fillRect(bar, palette.color(QPalette.ColorRole.Base))
        painter.fillRect(QRectF(0, 4, self._share * scale, bar.height()), self._colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(QRectF(self._limit * scale - 1, 0, 2, self.height()), palette.color(QPalette.ColorRole.Text))
