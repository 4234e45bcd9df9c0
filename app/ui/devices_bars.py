"""Bars: numbers that change, each with its name, its value, and a bar; in as many columns as there is room for."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme

_ROW: Final = 4 * theme.GRID
_TRACK: Final = 6
NARROW: Final = 13 * theme.GRID
"""A column for a short name and a number [px]."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One number."""

    name: str
    text: str
    """The number as it is written."""
    low: float
    """Where the bar begins: 0 is the left end of its track, 1 the right one."""
    high: float
    """Where it ends."""


def bar(name: str, value: float, text: str, least: float, most: float) -> Bar:
    """A bar from zero, or from the end that is nearest to it, to the number; none for a number that is not known.

    Args:
        name: of the number.
        value: the number.
        text: the number as it is written.
        least: what the left end of the track stands for.
        most: what its right end stands for.
    """
    if not isfinite(value) or most <= least:
        return Bar(name, text, 0.0, 0.0)
    ends = [(min(max(x, least), most) - least) / (most - least) for x in (0.0, value)]
    return Bar(name, text, min(ends), max(ends))


class Bars(QWidget):
    """Numbers with bars."""

    def __init__(
        self, name: str, most_columns: int = 8, narrowest: int = NARROW, parent: QWidget | None = None
    ) -> None:
        """Make it, empty.

        Args:
            name: for those who cannot see it.
            most_columns: as many stand beside each other at most.
            narrowest: of a column [px].
            parent: the widget it stands in.
        """
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self._most_columns, self._narrowest = most_columns, narrowest
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def display(self, bars: Sequence[Bar]) -> None:
        """Show these, if they are others than those that show."""
        if tuple(bars) != self.bars:
            more = len(bars) != len(self.bars)
            self.bars = tuple(bars)
            self.setAccessibleDescription(", ".join(f"{one.name} {one.text}" for one in bars))
            if more:
                self._measure()
            self.update()

    @property
    def columns(self) -> int:
        """How many stand beside each other."""
        return max(1, min(self._most_columns, self.width() // self._narrowest))

    def _measure(self) -> None:
        self.setFixedHeight(ceil(len(self.bars) / self.columns) * _ROW)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as its rows."""
        return QSize(self._narrowest, ceil(len(self.bars) / self.columns) * _ROW)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width may have room for more columns."""
        self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Row after row."""
        painter = QPainter(self)
        painter.setFont(theme.font(theme.UNIT_PX))
        width = self.width() / self.columns
        for number, one in enumerate(self.bars):
            row, column = divmod(number, self.columns)
            self._paint(painter, one, QRectF(column * width, row * _ROW, width - 2 * theme.GRID, _ROW))

    def _paint(self, painter: QPainter, one: Bar, box: QRectF) -> None:
        track = QRectF(box.left(), box.bottom() - _TRACK - theme.GRID / 2, box.width(), _TRACK)
        words = QRectF(box.left(), box.top(), box.width(), track.top() - box.top())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, one.text)
        room = words.width() - painter.fontMetrics().horizontalAdvance(one.text) - theme.GRID
        name = painter.fontMetrics().elidedText(one.name, Qt.TextElideMode.ElideRight, int(room))
        painter.setPen(theme.faint(self.palette()))
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.fillRect(track, self.palette().color(QPalette.ColorRole.Midlight))
        filled = QRectF(
            track.left() + one.low * track.width(), track.top(), (one.high - one.low) * track.width(), _TRACK
        )
        painter.fillRect(filled, theme.accent(self.palette()))


class ButtonLamps(QWidget):
    """Buttons by number, as profiles name them: those that are down are filled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons, self.count, self.names = 0, 0, tuple[str, ...]()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_ROW)
        self.setAccessibleName("Buttons of the device")

    def display(self, buttons: int, names: Sequence[str] = ()) -> None:
        """Show which are down; a button that was ever down keeps its place.

        Args:
            buttons: a bit for each that is down.
            names: of the keys that they are, for a device with nothing else; empty for buttons of a number only.
        """
        count = max(self.count, buttons.bit_length(), len(names) or 2)
        if (buttons, count, tuple(names)) != (self.buttons, self.count, self.names):
            self.buttons, self.count, self.names = buttons, count, tuple(names)
            down = ", ".join(self.text(n) for n in range(count) if buttons >> n & 1)
            self.setAccessibleDescription(f"down: {down or 'none'}")
            self.update()

    def text(self, number: int) -> str:
        """What a button is called."""
        return f"{number}  {self.names[number]}" if number < len(self.names) else f"{number}"

    def clear(self) -> None:
        """Another device has other buttons."""
        self.buttons, self.count, self.names = 0, 0, ()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A row of squares with their numbers."""
        painter = QPainter(self)
        painter.setFont(theme.font(theme.UNIT_PX))
        side = min(3 * theme.GRID, self.width() // max(1, self.count) - 4)
        words = [painter.fontMetrics().horizontalAdvance(self.text(number)) for number in range(self.count)]
        wide = max(side, max(words, default=0) + 2 * theme.GRID) if self.names else side
        for number in range(self.count):
            box = QRectF(number * (wide + 4) + 0.5, (self.height() - side) / 2, wide, side)
            down = bool(self.buttons >> number & 1)
            painter.setPen(theme.accent(self.palette()) if down else theme.hairline(self.palette()))
            painter.setBrush(theme.accent(self.palette()) if down else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 3, 3)
            text = QPalette.ColorRole.Window if down else QPalette.ColorRole.PlaceholderText
            painter.setPen(self.palette().color(text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text(number))
