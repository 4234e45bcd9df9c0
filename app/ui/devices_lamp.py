"""Lamps: how a device is doing, by shape as well as by colour, so that it reads without colour vision."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from accord.app.device_words import WORDS, Lamp
from accord.app.ui import theme

SIZE: Final = 2 * theme.GRID
"""[px]"""


def draw_lamp(painter: QPainter, lamp: Lamp, box: QRectF, palette: QPalette) -> None:
    """A green disc with a tick, an amber triangle, a red ring with a bar, or a grey ring.

    Args:
        painter: of the widget.
        lamp: what it shows.
        box: a square [px].
        palette: of the widget.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    match lamp:
        case Lamp.GOOD:
            _fill(painter, theme.AGREE)
            painter.drawEllipse(box)
            painter.setPen(_pen(QColor("white"), box))
            painter.drawPolyline(_points(box, (0.27, 0.52), (0.44, 0.69), (0.74, 0.34)))
        case Lamp.CAUTION:
            _fill(painter, theme.DOUBTFUL)
            painter.drawPolygon(_points(box, (0.5, 0.02), (1.0, 0.95), (0.0, 0.95)))
            painter.setPen(_pen(QColor("black"), box))
            painter.drawLine(*_points(box, (0.5, 0.38), (0.5, 0.62)).toList())
            painter.drawPoint(_points(box, (0.5, 0.8)).first())
        case Lamp.ABSENT:
            painter.setPen(_pen(theme.RECORDING, box))
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))
            painter.drawLine(*_points(box, (0.24, 0.76), (0.76, 0.24)).toList())
        case Lamp.WAITING:
            painter.setPen(_pen(theme.faint(palette), box))
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    painter.restore()


def _fill(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)


def _pen(colour: QColor, box: QRectF) -> QPen:
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour, box.width() / 8, Qt.PenStyle.SolidLine, cap, join)


def _points(box: QRectF, *shares: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(box.left() + x * box.width(), box.top() + y * box.height()) for x, y in shares])


class LampView(QWidget):
    """One lamp."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lamp = Lamp.WAITING
        self.setFixedSize(QSize(SIZE, SIZE))

    def display(self, lamp: Lamp) -> None:
        """Show it, and what it means in the tooltip."""
        self.setToolTip(WORDS[lamp].capitalize())
        self.setAccessibleName(WORDS[lamp])
        if lamp is not self.lamp:
            self.lamp = lamp
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The lamp, over all of it."""
        draw_lamp(QPainter(self), self.lamp, QRectF(self.rect()).adjusted(1, 1, -1, -1), self.palette())
