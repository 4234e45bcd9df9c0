"""StageLine: the stages of the task, and how far this scene has come."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.snapshot import Snapshot
from accord.app.ui import theme

_DOT = 5.0
"""Radius of a stage's dot [px]."""
_HEIGHT = 3 * theme.GRID
_BESIDE, _GAP = 2 * _DOT + 7, 16.0
"""From a dot to its name, and between a name and the next dot where there is a line [px]."""


class StageLine(QWidget):
    """Dots on a line, filled as far as it was reached, each with its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: tuple[str, ...] = ()
        self._reached = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Stages")
        self.hide()

    @property
    def reached(self) -> int:
        """How many stages are filled."""
        return self._reached

    def display(self, snapshot: Snapshot) -> None:
        """Show how far it has come; nothing where a task has no stages."""
        now = snapshot.stages, min(snapshot.stage, len(snapshot.stages))
        if now == (self._stages, self._reached):
            return
        self._stages, self._reached = now
        last = self._stages[self._reached - 1] if self._reached else "none"
        self.setAccessibleDescription(f"{self._reached} of {len(self._stages)} reached, last: {last}")
        self.setToolTip(" → ".join(self._stages))
        self.setVisible(bool(self._stages))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One line."""
        return QSize(0, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Dots and names over the whole width, with lines between them where there is room."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.UNIT_PX))
        names = self._fitting(painter.fontMetrics())
        widths = [painter.fontMetrics().horizontalAdvance(name) + _BESIDE for name in names]
        gap = (self.width() - sum(widths)) / max(len(names) - 1, 1)
        left = 0.0
        for number, (name, width) in enumerate(zip(names, widths, strict=True)):
            self._draw_stage(painter, QRectF(left, 0, width, self.height()), name, number < self._reached)
            left += width
            if number + 1 < len(names) and gap > _GAP:
                on, middle = number + 1 < self._reached, self.height() / 2
                painter.setPen(QPen(theme.AGREE if on else theme.hairline(self.palette()), 1.5))
                painter.drawLine(QPointF(left + _GAP / 2, middle), QPointF(left + gap - _GAP / 2, middle))
            left += gap

    def _fitting(self, metrics: QFontMetrics) -> list[str]:
        """The names, shortened where the line has no room for them."""
        room = (self.width() + _GAP / 2) / max(len(self._stages), 1) - _BESIDE - _GAP / 2
        whole = sum(metrics.horizontalAdvance(name) + _BESIDE + _GAP / 2 for name in self._stages) < self.width()
        return [
            name if whole else metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room)) for name in self._stages
        ]

    def _draw_stage(self, painter: QPainter, place: QRectF, name: str, on: bool) -> None:
        faint = theme.faint(self.palette())
        painter.setPen(QPen(theme.AGREE if on else faint, 1.5))
        painter.setBrush(theme.AGREE if on else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(place.left() + _DOT + 1, place.center().y()), _DOT, _DOT)
        painter.setPen(self.palette().windowText().color() if on else faint)
        painter.drawText(place.adjusted(_BESIDE, 0, 4, 0), Qt.AlignmentFlag.AlignVCenter, name)
