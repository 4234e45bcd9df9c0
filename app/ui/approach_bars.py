"""ApproachBars: how far each joint of a leader is from the robot's: upright bars around the band that is near."""

from math import isfinite
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.figures import number

_FURTHEST: Final = 3.0
"""A bar reaches this many thresholds; further off it ends in an arrow [1]."""
_COLUMN, _WORDS = 5 * theme.GRID, 2 * theme.GRID
"""Width of a joint's column, and height of the words above and below it [px]."""
_BAR: Final = 2 * theme.GRID
_BAND_ALPHA: Final = 60


class ApproachBars(QWidget):
    """The joints of one arm. Up is a leader that is ahead of the robot."""

    def __init__(self, title: str) -> None:
        """Make it, empty.

        Args:
            title: which arm, for those who cannot see it.
        """
        super().__init__()
        self.title = title
        self.degrees: tuple[float, ...] = ()
        self.within = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(12 * theme.GRID)

    def show_apart(self, apart_rad: tuple[float, ...], within_rad: float) -> None:
        """Show them.

        Args:
            apart_rad: leader less robot, joint by joint; NaN where nothing is known [rad].
            within_rad: how far apart any may be when it is engaged [rad].
        """
        degrees = tuple(float(np.degrees(one)) for one in apart_rad)
        if (degrees, within_rad) == (self.degrees, np.radians(self.within)):
            return
        if len(degrees) != len(self.degrees):
            self.setFixedWidth(max(len(degrees), 1) * _COLUMN)
        self.degrees, self.within = degrees, float(np.degrees(within_rad))
        self.setAccessibleName(f"{self.title}: " + ", ".join(f"joint {i} {_text(d)}" for i, d in enumerate(degrees, 1)))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as its joints."""
        return QSize(max(len(self.degrees), 1) * _COLUMN, 14 * theme.GRID)

    @property
    def _room(self) -> QRectF:
        return QRectF(0, _WORDS, self.width(), self.height() - 2 * _WORDS)

    def bar(self, joint: int) -> QRectF:
        """Where the bar of a joint is drawn."""
        room, degrees = self._room, self.degrees[joint]
        reach = room.height() / 2 * min(abs(degrees) / (_FURTHEST * self.within), 1.0) if isfinite(degrees) else 0.0
        left = room.left() + joint * _COLUMN + (_COLUMN - _BAR) / 2
        top = room.center().y() - (reach if degrees > 0 else 0.0)
        return QRectF(left, top, _BAR, reach)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The band, then every joint with its number above and its angle below."""
        painter, palette, room = QPainter(self), self.palette(), self._room
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.UNIT_PX))
        painter.fillRect(room, palette.color(QPalette.ColorRole.Base))
        half = room.height() / 2 / _FURTHEST
        band, tint = QRectF(room.left(), room.center().y() - half, room.width(), 2 * half), QColor(theme.AGREE)
        tint.setAlpha(_BAND_ALPHA)
        painter.fillRect(band, tint)
        painter.setPen(QPen(theme.AGREE, 1, Qt.PenStyle.DashLine))
        for y in (band.top(), band.bottom()):
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        painter.setPen(theme.faint(palette))
        painter.drawLine(QPointF(room.left(), room.center().y()), QPointF(room.right(), room.center().y()))
        for joint in range(len(self.degrees)):
            self._paint_joint(painter, joint)

    def _paint_joint(self, painter: QPainter, joint: int) -> None:
        degrees, room, bar = self.degrees[joint], self._room, self.bar(joint)
        near = abs(degrees) <= self.within
        painter.fillRect(bar, theme.AGREE if near else theme.CONFLICT)
        if abs(degrees) > _FURTHEST * self.within:
            self._paint_arrow(painter, bar, up=degrees > 0)
        words = self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(theme.faint(self.palette()))
        column = QRectF(joint * _COLUMN, 0, _COLUMN, _WORDS)
        painter.drawText(column, Qt.AlignmentFlag.AlignCenter, f"J{joint + 1}{' ✓' if near else ''}")
        painter.setPen(words)
        painter.setFont(theme.font(theme.UNIT_PX, bold=isfinite(degrees) and not near))
        painter.drawText(column.translated(0, room.bottom()), Qt.AlignmentFlag.AlignCenter, _text(degrees))
        painter.setFont(theme.font(theme.UNIT_PX))

    def _paint_arrow(self, painter: QPainter, bar: QRectF, up: bool) -> None:
        tip, base = (bar.top(), bar.top() + theme.GRID) if up else (bar.bottom(), bar.bottom() - theme.GRID)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        middle = bar.center().x()
        painter.drawPolygon(
            QPolygonF([QPointF(bar.left() + 3, base), QPointF(middle, tip + 2 * (1 if up else -1)),
                       QPointF(bar.right() - 3, base)])
        )  # fmt: skip
        painter.restore()


def _text(degrees: float) -> str:
    return f"{number(round(degrees) + 0.0, 0)}°" if isfinite(degrees) else number(degrees)
