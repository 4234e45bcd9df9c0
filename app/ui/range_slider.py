"""RangeSlider: two handles on one line, the lower and the upper end of a range; together they fix a value."""

from math import isnan, nan

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme

Range = tuple[float, float]

_RADIUS = 6.0
_TRACK = 4.0
"""Thickness of the line [px]."""
_STEPS = 200
"""What is not counted moves in this many steps from one end of the line to the other."""
_FAR = 10
"""Steps that Page Up and Page Down go."""
_KEYS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageDown: -_FAR, Qt.Key.Key_PageUp: _FAR,
}  # fmt: skip


class RangeSlider(QWidget):
    """A line of what is possible, on it what is usual, what is chosen, and the value that was drawn."""

    moved = Signal(object)
    """`Range`, while a handle is dragged."""
    chosen = Signal(object)
    """`Range`, when a handle was let go."""

    def __init__(self, name: str, possible: Range, usual: Range, whole: bool = False) -> None:
        """Make it, with the usual range chosen.

        Args:
            name: of what it chooses.
            possible: both ends of the line.
            usual: shown as a shade.
            whole: whether it counts something.
        """
        super().__init__()
        self._possible, self._usual, self._whole = possible, usual, whole
        self._range, self._drawn = usual, nan
        self._active = 1
        """Which end the keys and the mouse move: 0 the lower, 1 the upper one."""
        self._dragged, self._grabbed_x = False, 0.0
        self.setAccessibleName(name)
        self.setToolTip("Drag both ends; together they fix it (← → move one end, ↑ ↓ change to the other)")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def range(self) -> Range:
        """What is chosen."""
        return self._range

    @property
    def step(self) -> float:
        """The least that a handle moves."""
        return 1.0 if self._whole else (self._possible[1] - self._possible[0]) / _STEPS

    @property
    def dragged(self) -> bool:
        """Whether somebody holds a handle."""
        return self._dragged

    def show_range(self, range_: Range) -> None:
        """Show another range, unless somebody holds a handle."""
        if not self._dragged and range_ != self._range:
            self._range = range_
            self.update()

    def show_drawn(self, value: float) -> None:
        """Show what the last reset drew; NaN for nothing."""
        if value != self._drawn and not (isnan(value) and isnan(self._drawn)):
            self._drawn = value
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as there is room."""
        return QSize(12 * theme.GRID, 3 * theme.GRID)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Both handles can be told apart."""
        return QSize(6 * theme.GRID, 3 * theme.GRID)

    def x_of(self, value: float) -> float:
        """Where a value stands [px]."""
        low, high = self._possible
        room = self.width() - 2 * _RADIUS - 2
        return _RADIUS + 1 + room * (value - low) / (high - low)

    def _value_at(self, x: float) -> float:
        low, high = self._possible
        share = min(max((x - _RADIUS - 1) / max(self.width() - 2 * _RADIUS - 2, 1.0), 0.0), 1.0)
        return self._rounded(low + share * (high - low))

    def _rounded(self, value: float) -> float:
        """On a step, and never beyond an end, which need not be one."""
        low, high = self._possible
        on_step = low + round((value - low) / self.step) * self.step
        return min(max(round(on_step, 9), low), high)

    def _put(self, value: float) -> None:
        """Move the active end; it takes the other one along rather than pass it."""
        low, high = self._range
        self._range = (value, max(value, high)) if self._active == 0 else (min(value, low), value)
        self.update()

    # The mouse and the keys ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the nearer handle; where both are one, the direction of the drag says which."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = self._grabbed_x = event.position().x()
        low, high = (self.x_of(end) for end in self._range)
        self._dragged = True
        if abs(x - low) != abs(x - high):
            self._active = 0 if abs(x - low) < abs(x - high) else 1
        elif low == high:
            self._active = 0 if x < low else 1
        if min(abs(x - low), abs(x - high)) > _RADIUS:
            self._drag_to(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag it."""
        if not self._dragged:
            return
        x = event.position().x()
        if self._range[0] == self._range[1] and x != self._grabbed_x:
            self._active = 0 if x < self._grabbed_x else 1
        self._drag_to(x)

    def _drag_to(self, x: float) -> None:
        before, value = self._range, self._value_at(x)
        low, high = before
        # Under the mouse one end stops at the other, so that both can be put together by feel.
        self._put(min(value, high) if self._active == 0 else max(value, low))
        if self._range != before:
            self.moved.emit(self._range)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """It counts when it is let go."""
        if self._dragged:
            self._dragged = False
            self.chosen.emit(self._range)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Left and right move one end, up and down change to the other."""
        key = Qt.Key(event.key()) if event.key() in _KEYS else None
        if key is not None:
            self._put(self._rounded(self._range[self._active] + _KEYS[key] * self.step))
            self.chosen.emit(self._range)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._active = 1 - self._active
            self.update()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Faint while it is off."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.EnabledChange, QEvent.Type.PaletteChange):
            self.update()

    # Painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The line, the usual shade, the chosen stretch, the drawn value, the handles."""
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, on = self.height() / 2, self.isEnabled()
        accent = theme.accent(palette) if on else theme.faint(palette)
        self._draw_stretch(painter, self._possible, _TRACK, theme.hairline(palette))
        shade = QColor(theme.faint(palette))
        shade.setAlpha(110)
        self._draw_stretch(painter, self._usual, _TRACK, shade)
        self._draw_stretch(painter, self._range, _TRACK, accent)
        for number, end in enumerate(self._range):
            marked = self.hasFocus() and number == self._active
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Text) if marked else accent, 2))
            painter.setBrush(palette.color(QPalette.ColorRole.Base))
            painter.drawEllipse(QPointF(self.x_of(end), middle), _RADIUS, _RADIUS)
        if not isnan(self._drawn):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Text))
            painter.drawEllipse(QPointF(self.x_of(self._drawn), middle), 2.5, 2.5)

    def _draw_stretch(self, painter: QPainter, range_: Range, thick: float, colour: QColor) -> None:
        left, right = (self.x_of(end) for end in range_)
        painter.setBrush(colour)
        box = QRectF(left - thick / 2, (self.height() - thick) / 2, right - left + thick, thick)
        painter.drawRoundedRect(box, thick / 2, thick / 2)
