"""TimeLine: one line of time under the views; stages, agreement, what happened, what stays after a trim."""

from enum import Enum

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from accord.app.ui import cut_marks, pace_line, stage_band, theme
from accord.app.ui.track import Curve, Times, Track, columns
from accord.datasets.trim import Cuts

Trim = tuple[float, float] | None

_MARGIN = 12
_MARKS, _CURVE, _LANE, _AXIS = 18, 56, 10, 20
"""Heights from top to bottom: events, agreement, verdicts, seconds [px]."""
_GRAB = 7
"""How near to a trim handle a press has to be [px]."""
_LEAST_TRIM_S = 0.1
_TICKS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
_LINE_TOP = 2.0
"""The error and novelty lines end at this many times their threshold [1]."""


class _Drag(Enum):
    NONE = 0
    SEEK = 1
    FIRST = 2
    LAST = 3


class TimeLine(QWidget):
    """Shows a track, its curve and its trim; lets a person seek and drag the ends of the trim."""

    sought = Signal(float)
    """Seconds since the first step."""
    trimmed = Signal(object)
    """(first, last) seconds when a handle was let go, or None when all of it stays."""

    def __init__(self) -> None:
        super().__init__()
        self._track = Track(np.zeros(0))
        self._curve: Curve | None = None
        self._trim: Trim = None
        self._cuts: Cuts = ()
        self._position_s = 0.0
        self._drag = _Drag.NONE
        self.scored = True
        """Whether episodes may be scored; where they never are, the hand's pace stands in place of the agreement."""
        self._lines = {"error": False, "novelty": False, "cuts": False}
        self._ground: QPixmap | None = None
        self._top = _MARKS
        """Of the curve, below the events and the stages [px]."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Time line: stages, agreement, events and trim of the episode")

    def display(self, track: Track, curve: Curve | None, trim: Trim) -> None:
        """Show an episode; the position goes to its beginning."""
        self._track, self._curve, self._trim, self._cuts = track, curve, trim, ()
        self._position_s = 0.0
        self._top = _MARKS + stage_band.height_of(track)
        self.updateGeometry()
        self._redraw()

    @property
    def trim(self) -> Trim:
        """What stays between the ends; None for all of it."""
        return self._trim

    def set_curve(self, curve: Curve | None) -> None:
        """Show other scores of the same episode."""
        self._curve = curve
        self._redraw()

    def set_cuts(self, cuts: Cuts) -> None:
        """Show what a rule would cut that leaves out only conflicting steps; seconds since the first step."""
        self._cuts = cuts
        self.update()

    def set_trim(self, trim: Trim) -> None:
        """Show another trim of the same episode."""
        self._trim = trim
        self.update()

    def set_position(self, position_s: float) -> None:
        """Move the play head."""
        self._position_s = position_s
        self.update()

    def show_line(self, name: str, on: bool) -> None:
        """Show or hide the line of ``error`` or ``novelty``, or the ``cuts``."""
        self._lines[name] = on
        self._redraw()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as there is room, and never higher."""
        return QSize(320, self._top + _CURVE + _LANE + _AXIS)

    def x_of(self, at_s: float) -> float:
        """Where a time stands [px]."""
        return _MARGIN + (self.width() - 2 * _MARGIN) * at_s / max(self._track.end_s, 1e-9)

    def _time_at(self, x: float) -> float:
        share = (x - _MARGIN) / max(self.width() - 2 * _MARGIN, 1)
        return min(max(share, 0.0), 1.0) * self._track.end_s

    def _redraw(self) -> None:
        self._ground = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The ground is drawn anew."""
        self._redraw()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """A new palette draws the ground anew."""
        if event.type() == QEvent.Type.PaletteChange:
            self._redraw()
        super().changeEvent(event)

    # Painting ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The ground is kept as a picture: only the trim and the play head are drawn each time."""
        if self._ground is None:
            self._ground = self._draw_ground()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._ground)
        if self._track.end_s > 0:
            self._draw_trim(painter)
            if self._lines["cuts"]:
                cut_marks.draw(painter, self._cuts, self._track.t_s, self.x_of, self._area(), self.palette())
            self._draw_head(painter)
        painter.end()

    def _draw_ground(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self._area(), self.palette().base())
        if self._track.end_s > 0:
            self._draw_curve(painter)
            if self._track.stage_names:
                stage_band.draw(painter, self._track, self.x_of, _MARKS, self.palette())
            self._draw_events(painter)
            self._draw_axis(painter)
        painter.end()
        return ground

    def _area(self) -> QRect:
        return QRect(_MARGIN, self._top, self.width() - 2 * _MARGIN, _CURVE + _LANE)

    def _draw_curve(self, painter: QPainter) -> None:
        if not self.scored:
            pace_line.draw(painter, self._track, self.x_of, self._area(), self.palette())
            return
        if self._curve is None:
            painter.setPen(theme.faint(self.palette()))
            painter.drawText(self._area(), Qt.AlignmentFlag.AlignCenter, "not scored against a base policy")
            return
        if not len(self._curve.t_s):
            return
        foot = self._top + _CURVE
        for column in columns(self._curve, self.x_of(0.0), self.x_of(1.0) - self.x_of(0.0)):
            if column.novel:
                painter.fillRect(QRectF(column.x, self._top, 1, _CURVE), theme.novel_brush())
                painter.fillRect(QRectF(column.x, foot, 1, _LANE), theme.NOVEL)
                continue
            high = max(column.agreement * _CURVE, 1.0)
            painter.fillRect(QRectF(column.x, foot - high, 1, high), theme.agreement_colour(column.agreement))
            if column.conflict:
                painter.fillRect(QRectF(column.x, foot, 1, _LANE), theme.CONFLICT)
        self._draw_lines(painter, self._curve)

    def _draw_lines(self, painter: QPainter, curve: Curve) -> None:
        ink = self.palette().text().color()
        for name, values, style in (
            ("error", curve.error, Qt.PenStyle.SolidLine),
            ("novelty", curve.novelty, Qt.PenStyle.DotLine),
        ):
            if self._lines[name]:
                painter.setPen(QPen(ink, 1.5, style))
                painter.drawPolyline(self._polyline(curve.t_s, values))
        if self._lines["error"] or self._lines["novelty"]:
            at = self._top + _CURVE * (1 - 1 / _LINE_TOP)
            painter.setPen(QPen(ink, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(_MARGIN, at), QPointF(self.width() - _MARGIN, at))

    def _polyline(self, t_s: Times, values: Times) -> QPolygonF:
        heights = self._top + _CURVE * (1 - np.minimum(values, _LINE_TOP) / _LINE_TOP)
        return QPolygonF([QPointF(self.x_of(float(t)), float(y)) for t, y in zip(t_s, heights, strict=True)])

    def _draw_events(self, painter: QPainter) -> None:
        ink, foot = self.palette().text().color(), self._top + _CURVE + _LANE
        for hold in self._track.holds:
            box = QRectF(self.x_of(hold.first_s), self._top, 0, foot - self._top)
            box.setRight(max(self.x_of(hold.last_s), box.left() + 2))
            painter.fillRect(box, self.palette().mid())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        for mark in self._track.gripper:
            painter.drawPolygon(_triangle(self.x_of(mark.at_s), up=mark.text.endswith("opens")))
        if self._track.success_s is not None:
            self._draw_success(painter, self.x_of(self._track.success_s))

    def _draw_success(self, painter: QPainter, x: float) -> None:
        painter.setPen(QPen(theme.AGREE, 2))
        painter.drawLine(QPointF(x, 3), QPointF(x, self._top + _CURVE + _LANE))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.AGREE)
        side = -1 if x > self.width() - 24 else 1
        painter.drawPolygon(QPolygonF([QPointF(x, 2), QPointF(x + side * 10, 6.5), QPointF(x, 11)]))

    def _draw_axis(self, painter: QPainter) -> None:
        painter.setFont(theme.font(theme.UNIT_PX))
        painter.setPen(theme.faint(self.palette()))
        end_s, top = self._track.end_s, self._top + _CURVE + _LANE
        room = max((self.width() - 2 * _MARGIN) / 64, 1)
        tick = next((t for t in _TICKS_S if end_s / t <= room), 1200)
        for i in range(int(end_s / tick) + 1):
            x = self.x_of(i * tick)
            painter.drawLine(QPointF(x, top), QPointF(x, top + 3))
            box = QRectF(x - 32, top + 4, 64, _AXIS - 4)
            left = box.left() < 0
            box.moveLeft(max(box.left(), 2.0))
            align = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignHCenter
            if x + 20 < self.width():
                painter.drawText(box, align, f"{i * tick:g} s")

    def _draw_trim(self, painter: QPainter) -> None:
        if self._trim is None:
            return
        veil = QColor(self.palette().window().color())
        veil.setAlpha(190)
        first, last = (self.x_of(min(t, self._track.end_s)) for t in self._trim)
        area = QRectF(self._area())
        painter.fillRect(QRectF(area.left(), area.top(), first - area.left(), area.height()), veil)
        painter.fillRect(QRectF(last, area.top(), area.right() - last, area.height()), veil)
        painter.setPen(QPen(theme.accent(self.palette()), 3))
        for x, side in ((first, 1), (last, -1)):
            ends = [QPointF(x + 6 * side, area.top()), QPointF(x, area.top())]
            ends += [QPointF(x, area.bottom()), QPointF(x + 6 * side, area.bottom())]
            painter.drawPolyline(QPolygonF(ends))

    def _draw_head(self, painter: QPainter) -> None:
        x = self.x_of(self._position_s)
        ink = self.palette().text().color()
        painter.setPen(QPen(ink, 1.5))
        painter.drawLine(QPointF(x, self._top - 4), QPointF(x, self._top + _CURVE + _LANE + 2))
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(x, self._top + _CURVE + _LANE + 2), 4, 4)

    # The mouse --------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take a trim handle, or seek."""
        if event.button() == Qt.MouseButton.LeftButton and self._track.end_s > 0:
            self._drag = self._handle_at(event.position().x())
            self._move(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag what was taken."""
        if self._drag is not _Drag.NONE:
            self._move(event.position().x())
            return
        near = self._handle_at(event.position().x()) is not _Drag.SEEK
        self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A trim counts when its handle is let go."""
        if self._drag in (_Drag.FIRST, _Drag.LAST):
            self.trimmed.emit(self._trim)
        self._drag = _Drag.NONE

    def _handle_at(self, x: float) -> _Drag:
        if self._trim is not None:
            for at_s, drag in zip(self._trim, (_Drag.FIRST, _Drag.LAST), strict=True):
                if abs(self.x_of(at_s) - x) <= _GRAB:
                    return drag
        return _Drag.SEEK

    def _move(self, x: float) -> None:
        at_s = self._time_at(x)
        if self._trim is not None and self._drag is _Drag.FIRST:
            self._trim = (min(at_s, self._trim[1] - _LEAST_TRIM_S), self._trim[1])
        elif self._trim is not None and self._drag is _Drag.LAST:
            self._trim = (self._trim[0], max(at_s, self._trim[0] + _LEAST_TRIM_S))
        self.sought.emit(at_s)

    def event(self, event: QEvent) -> bool:
        """Over an event, the tooltip says what it was."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._text_at(event.pos().x()), self)
            return True
        return super().event(event)

    def _text_at(self, x: int) -> str:
        marks = [(mark.at_s, mark.text) for mark in (*self._track.gripper, *self._track.stages)]
        if self._track.success_s is not None:
            marks.append((self._track.success_s, "success"))
        texts = [f"{text} at {at_s:.2f} s" for at_s, text in marks if abs(self.x_of(at_s) - x) <= _GRAB]
        if self._lines["cuts"]:
            texts += [cut_marks.told(cut) for cut in self._cuts if self.x_of(cut[0]) <= x <= self.x_of(cut[1])]
        texts += [h.text for h in self._track.holds if self.x_of(h.first_s) - 3 <= x <= self.x_of(h.last_s) + 3]
        return "\n".join(texts) or f"{self._time_at(x):.2f} s"


def _triangle(x: float, up: bool) -> QPolygonF:
    top, foot = (4.0, 13.0) if up else (13.0, 4.0)
    return QPolygonF([QPointF(x - 5, foot), QPointF(x + 5, foot), QPointF(x, top)])
