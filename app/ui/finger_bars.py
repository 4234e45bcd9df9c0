"""FingerBars: the fingers of a hand beside each other, each with small bars for its spread, its base and outer bend.

The spread lies above and grows from its middle to both sides; the bends stand below and grow from the bottom, the open
hand, to the top, the fist. A mark says what was told beside what is.
"""

from math import isfinite
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from accord.app.ui import theme
from accord.app.ui.figures import share
from accord.app.ui.mapping_fingers import NO_BENDS
from accord.devices.command import Vector
from accord.devices.fingers import BENDS, CHANNELS, FINGERS

_BAR, _GAP = 2 * theme.GRID, theme.GRID // 2
"""Width of a bend's bar, and between two of one finger [px]."""
_FLAT, _TALL, _NAME = theme.GRID, 4 * theme.GRID, 2 * theme.GRID
"""Heights of a spread's bar, of a bend's, and of the fingers' names below them [px]."""
_TOP: Final = theme.GRID // 2
HEIGHT: Final = _TOP + _FLAT + theme.GRID + _TALL + _NAME + _TOP
"""[px]"""
_OF_ONE: Final = len(CHANNELS) // len(FINGERS)
"""Spread, base, outer."""
_SEEN: Final = 0.005
"""A change that is smaller cannot be seen [1]."""


class FingerBars(QWidget):
    """One hand."""

    def __init__(self, name: str) -> None:
        """Make it, empty.

        Args:
            name: what they are, for those who cannot see them.
        """
        super().__init__()
        self.bends, self.marks = NO_BENDS, NO_BENDS
        self.setAccessibleName(name)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bends(self, bends: Vector, marks: Vector = NO_BENDS) -> None:
        """Show these, if they are others than those that are shown.

        Args:
            bends: (15,) as of a glove, see `accord.devices.input.InputState.fingers`; NaN for a joint that is not, or
                of which nothing is known.
            marks: (15,) second values, each a mark on its bar; NaN for none.
        """
        if _alike(bends, self.bends) and _alike(marks, self.marks):
            return
        self.bends, self.marks = bends, marks
        self.setAccessibleDescription(", ".join(self.text(i) for i in range(len(CHANNELS)) if isfinite(bends[i])))
        self.update()

    def text(self, channel: int) -> str:
        """What a bar says, in words."""
        told = f"{CHANNELS[channel]} {share(self.bends[channel])}"
        mark = self.marks[channel]
        return f"{told}, told {share(mark)}" if isfinite(mark) else told

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for five fingers."""
        return QSize(len(FINGERS) * 6 * theme.GRID, HEIGHT)

    def track(self, channel: int) -> QRectF:
        """Where the bar of a channel is drawn when it is full."""
        finger, part = divmod(channel, _OF_ONE)
        column = self.width() / len(FINGERS)
        wide = min(float(_BAR), (column - theme.GRID - _GAP) / 2)
        if not BENDS[channel]:
            return QRectF(finger * column, _TOP, 2 * wide + _GAP, _FLAT)
        return QRectF(finger * column + (part - 1) * (wide + _GAP), _TOP + _FLAT + theme.GRID, wide, _TALL)

    def at(self, channel: int, value: float) -> float:
        """Where a value stands on the bar of its channel [px]."""
        track = self.track(channel)
        if BENDS[channel]:
            return track.bottom() - track.height() * min(max(value, 0.0), 1.0)
        return track.center().x() + track.width() / 2 * min(max(value, -1.0), 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Bars, marks, and the name of each finger."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.UNIT_PX))
        for channel in range(len(CHANNELS)):
            self._paint_bar(painter, channel)
        painter.setPen(theme.faint(self.palette()))
        for number, finger in enumerate(FINGERS):
            words = QRectF(self.track(number * _OF_ONE).left(), HEIGHT - _NAME, self.width() / len(FINGERS), _NAME)
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, finger)

    def _paint_bar(self, painter: QPainter, channel: int) -> None:
        track, palette, value = self.track(channel), self.palette(), self.bends[channel]
        if not isfinite(value) and np.isfinite(self.bends).any():  # the hand has no such joint
            return
        painter.fillRect(track, palette.color(QPalette.ColorRole.Midlight))
        if isfinite(value):
            painter.fillRect(self._filled(channel, track), theme.accent(palette))
        if not BENDS[channel]:
            painter.fillRect(QRectF(track.center().x() - 0.5, track.top() - 2, 1, _FLAT + 4), theme.faint(palette))
        if isfinite(self.marks[channel]):
            self._paint_mark(painter, channel, track)

    def _filled(self, channel: int, track: QRectF) -> QRectF:
        end, rest = self.at(channel, self.bends[channel]), self.at(channel, 0.0)
        low, long = min(end, rest), abs(end - rest)
        if BENDS[channel]:
            return QRectF(track.left(), low, track.width(), long)
        return QRectF(low, track.top(), long, track.height())

    def _paint_mark(self, painter: QPainter, channel: int, track: QRectF) -> None:
        """A small triangle that points at the value: from the right on a bend, from below on a spread."""
        at, half = self.at(channel, self.marks[channel]), theme.GRID / 2
        if BENDS[channel]:
            tip, back = track.center().x(), track.right() + half / 2
            points = [QPointF(tip, at), QPointF(back, at - half), QPointF(back, at + half)]
        else:
            tip, back = track.center().y(), track.bottom() + half
            points = [QPointF(at, tip), QPointF(at - half, back), QPointF(at + half, back)]
        painter.save()
        painter.setPen(self.palette().color(QPalette.ColorRole.Window))
        painter.setBrush(QColor(theme.DOUBTFUL))
        painter.drawPolygon(QPolygonF(points))
        painter.restore()

    def event(self, event: QEvent) -> bool:
        """Say which joint it is where the mouse rests."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            pointed = (i for i in range(len(CHANNELS)) if self.track(i).adjusted(-2, -4, 2, 4).contains(event.pos()))
            channel = next(pointed, None)
            QToolTip.showText(event.globalPos(), "" if channel is None else self.text(channel), self)
            return True
        return super().event(event)


def _alike(one: Vector, other: Vector) -> bool:
    return np.allclose(one, other, rtol=0.0, atol=_SEEN, equal_nan=True)
