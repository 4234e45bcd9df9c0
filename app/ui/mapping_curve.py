"""Curve: what one axis of the hand makes of its axis of the device, up to which speed, with a point where it is now."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.figures import number
from accord.devices.command import Vector
from accord.devices.mapping import Mapping, shaped

_SIZE: Final = QSize(13 * theme.GRID, 5 * theme.GRID)
_POINT: Final = 4.0
"""[px]"""
_INPUTS: Final = np.linspace(-1.0, 1.0, 81)


class Curve(QWidget):
    """Input to the right, output up. The axis with the largest gain fills the height, so that gains can be compared."""

    def __init__(self, axis: int, name: str) -> None:
        """Make it, empty.

        Args:
            axis: of the hand.
            name: of that axis, for those who cannot see it.
        """
        super().__init__()
        self._axis, self._name = axis, name
        self.outputs = np.zeros_like(_INPUTS)
        """(81,) of the curve, from an input of −1 to one of 1."""
        self.end = 0.0
        """What full deflection asks for, before the robot's limits [m/s], of a turn [rad/s]."""
        self.point: tuple[float, float] | None = None
        """Input and output now; None while the device says nothing."""
        self.setFixedSize(_SIZE)
        self.setToolTip("Input to the right, what becomes of it up; the robot's limits come after the speed at its end")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._reach = 1.0
        """Output that fills the height [1]."""
        self._say()

    def show_mapping(self, mapping: Mapping) -> None:
        """Draw the curve that this mapping makes."""
        device = mapping.order[self._axis]
        outputs = np.array([shaped(_alone(device, x), mapping)[self._axis] for x in _INPUTS])
        end = float(outputs[-1]) * (mapping.linear_m_s if self._axis < 3 else mapping.angular_rad_s)
        reach = max(1.0, *mapping.gains)
        if not np.array_equal(outputs, self.outputs) or (end, reach) != (self.end, self._reach):
            self.outputs, self.end, self._reach = outputs, end, reach
            self._say()
            self.update()

    @property
    def speed(self) -> str:
        """What full deflection asks for, with its unit."""
        return f"{number(self.end, 3)} m/s" if self._axis < 3 else f"{number(self.end)} rad/s"

    def show_point(self, axes: Vector | None, mapping: Mapping) -> None:
        """Show where the device is on it.

        Args:
            axes: (6,) of the device; None while it says nothing.
            mapping: as it is being edited.
        """
        point = None
        if axes is not None:
            point = float(np.clip(axes[mapping.order[self._axis]], -1, 1)), float(shaped(axes, mapping)[self._axis])
        if point != self.point:
            self.point = point
            self._say()
            self.update()

    def _say(self) -> None:
        told = "nothing" if self.point is None else f"{number(self.point[0])} becomes {number(self.point[1])}"
        self.setAccessibleName(f"Curve of {self._name}: {told}; {self.speed} at its end")

    def place(self, x: float, y: float) -> QPointF:
        """Where an input and an output stand in the widget."""
        room = QRectF(self.rect()).adjusted(_POINT, _POINT, -_POINT, -_POINT)
        return QPointF(
            room.center().x() + x * room.width() / 2, room.center().y() - y / self._reach * room.height() / 2
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The ground, the two axes, the curve, in the free corner the speed at its end, and the point."""
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        painter.setPen(theme.hairline(palette))
        painter.drawLine(self.place(-1, 0), self.place(1, 0))
        painter.drawLine(self.place(0, -self._reach), self.place(0, self._reach))
        painter.setPen(QPen(theme.accent(palette), 1.5))
        painter.drawPolyline(QPolygonF([self.place(x, y) for x, y in zip(_INPUTS, self.outputs, strict=True)]))
        painter.setFont(theme.font(theme.UNIT_PX))
        painter.setPen(theme.faint(palette))
        corner = Qt.AlignmentFlag.AlignTop if self.end < 0 else Qt.AlignmentFlag.AlignBottom
        painter.drawText(self.rect().adjusted(0, 1, -3, -1), Qt.AlignmentFlag.AlignRight | corner, self.speed)
        if self.point is not None:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 1.5))
            painter.setBrush(theme.DOUBTFUL)
            painter.drawEllipse(self.place(*self.point), _POINT, _POINT)


def _alone(device_axis: int, value: float) -> Vector:
    axes = np.zeros(6)
    axes[device_axis] = value
    return axes
