"""StageBars: of all rollouts, how many reached each stage of the task."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.datasets.intervals import Share

_ROW = 3 * theme.GRID
_NAME, _COUNT = 11 * theme.GRID, 9 * theme.GRID
"""Room for a stage's name at the left and its numbers at the right [px]."""


class StageBars(QWidget):
    """A bar for each stage, with the interval of its share as a whisker."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, Share]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Stages reached")
        self.setToolTip("How many rollouts reached each stage; the whisker is the 95 % interval")

    def display(self, names: Sequence[str], reached: Sequence[Share]) -> None:
        """Show how far the rollouts came."""
        rows = list(zip(names, reached, strict=True))
        if len(rows) != len(self._rows):
            self._rows = rows
            self.updateGeometry()
        self._rows = rows
        said = ", ".join(f"{name} {share.count} of {share.of}" for name, share in rows)
        self.setAccessibleDescription(said)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A row for each stage."""
        return QSize(_NAME + _COUNT + 12 * theme.GRID, _ROW * max(len(self._rows), 1))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """No row is cut."""
        return QSize(_NAME + _COUNT + 4 * theme.GRID, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Name, bar, whisker, numbers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (name, share) in enumerate(self._rows):
            self._draw_row(painter, QRectF(0, number * _ROW, self.width(), _ROW), name, share)

    def _draw_row(self, painter: QPainter, row: QRectF, name: str, share: Share) -> None:
        palette, middle = self.palette(), Qt.AlignmentFlag.AlignVCenter
        track = row.adjusted(_NAME, 5, -_COUNT, -5)
        painter.fillRect(track, palette.color(QPalette.ColorRole.Midlight))
        painter.setFont(theme.font())
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _NAME - theme.GRID)
        painter.drawText(row, middle, words)
        if not share.of:
            return
        bar = QRectF(track)
        bar.setWidth(track.width() * share.value)
        colour = QColor(theme.AGREE)
        painter.fillRect(bar, colour)
        low, high = (track.left() + track.width() * end for end in share.interval)
        y = track.center().y()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1.5))
        painter.drawLine(QPointF(low, y), QPointF(high, y))
        for x in (low, high):
            painter.drawLine(QPointF(x, y - 3), QPointF(x, y + 3))
        painter.setPen(theme.faint(palette))
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, f"{share.count} of {share.of}")
