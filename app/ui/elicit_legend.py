"""Legend: whose way is which, with the line and the mark that it is drawn with."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.overlay import Pen, line_pen, paint_mark

_LINE, _ROW = 5 * theme.GRID, 3 * theme.GRID
"""[px]"""


class Legend(QWidget):
    """A sample of each line, and its name."""

    def __init__(self, pens: tuple[Pen, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pens = pens
        self.setAccessibleName(", ".join(f"{pen.text}: {'dashed' if pen.dashed else 'solid'} line" for pen in pens))
        self.setFont(theme.font())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A line of text for each."""
        return QSize(20 * theme.GRID, len(self._pens) * _ROW)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """One below the other."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, pen in enumerate(self._pens):
            middle = (number + 0.5) * _ROW
            painter.setPen(line_pen(pen))
            painter.drawLine(QPointF(2.0, middle), QPointF(2.0 + _LINE, middle))
            paint_mark(painter, QPointF(2.0 + _LINE / 2, middle), pen, radius=5.0)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            left = _LINE + 2 * theme.GRID
            room = QRectF(left, number * _ROW, self.width() - left, _ROW)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, pen.text)
