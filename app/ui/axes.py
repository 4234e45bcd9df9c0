"""Axes: what the hand asks of the robot, one bar each way for every axis, and how far the gripper is open."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from accord.app.ui import theme

NAMES: Final = ("x", "y", "z", "roll", "pitch", "yaw", "gripper")
_WIDEST_M: Final = 0.08
"""The Panda's gripper, wide open [m] (Franka Hand product manual)."""
_BAR: Final = theme.GRID


class Axes(QWidget):
    """Seven bars in a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values = np.zeros(6)
        self.gripper = 0.0
        self.setMinimumHeight(4 * theme.GRID)
        self.setMaximumHeight(4 * theme.GRID)
        self.setAccessibleName("Axes of the device, and the gripper")

    def show_values(self, axes: NDArray[np.float64], gripper_m: float) -> None:
        """Show them, if they have changed enough to be seen.

        Args:
            axes: (6,) x y z roll pitch yaw, each in [-1, 1].
            gripper_m: how far the fingers are apart [m].
        """
        gripper = min(1.0, max(0.0, gripper_m / _WIDEST_M))
        if abs(gripper - self.gripper) < 0.005 and np.abs(axes - self.values).max() < 0.005:
            return
        self.values, self.gripper = np.clip(axes, -1.0, 1.0), gripper
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Every bar grows from its middle; the gripper's from the left."""
        painter = QPainter(self)
        painter.setFont(theme.font(theme.UNIT_PX))
        column = self.width() / len(NAMES)
        for index, name in enumerate(NAMES):
            track = QRectF(index * column, self.height() - _BAR - 2, column - 2 * theme.GRID, _BAR)
            painter.setPen(theme.faint(self.palette()))
            words = QRectF(track.left(), 0, column, track.top())
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            painter.fillRect(track, self.palette().color(QPalette.ColorRole.Midlight))
            painter.fillRect(self._bar(index, track), theme.accent(self.palette()))
            if index < len(self.values):
                middle = track.center().x()
                painter.fillRect(QRectF(middle - 0.5, track.top() - 2, 1, _BAR + 4), theme.faint(self.palette()))

    def _bar(self, index: int, track: QRectF) -> QRectF:
        if index >= len(self.values):
            return QRectF(track.left(), track.top(), track.width() * self.gripper, track.height())
        reach = track.width() / 2 * float(self.values[index])
        return QRectF(track.center().x(), track.top(), reach, track.height()).normalized()
