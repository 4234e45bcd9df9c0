"""Bars: named numbers below each other, each as a bar and as a figure; a mark says what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.figures import number, plain

_ROW: Final = 5 * theme.GRID // 2
_BAR: Final = theme.GRID
_NAME, _FIGURE, _UNIT = 8 * theme.GRID, 6 * theme.GRID, 4 * theme.GRID
"""Room for the name at the left, for the figure at the right, and for a unit of letters after it [px]."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row."""

    name: str
    value: float
    """NaN for nothing."""
    reach: float = 1.0
    """What fills the bar."""
    mark: float = float("nan")
    """A second value, shown as a small mark on the bar; NaN for none."""
    unit: str = ""
    digits: int = 2
    from_left: bool = False
    """For what cannot be negative; else it grows both ways from the middle."""
    factor: float = 1.0
    """Of the figure: ``1000`` shows metres as millimetres."""


class Bars(QWidget):
    """As many rows as there are numbers."""

    def __init__(self, name: str) -> None:
        """Make it, empty.

        Args:
            name: what they are, for those who cannot see them.
        """
        super().__init__()
        self.rows: tuple[Bar, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Bar]) -> None:
        """Show these, if they are others than those that are shown."""
        if len(rows) != len(self.rows):
            self.setFixedHeight(len(rows) * _ROW)
        if (new := tuple(rows)) != self.rows:
            self.rows = new
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A line for each."""
        return QSize(self._name + self._figure + 12 * theme.GRID, len(self.rows) * _ROW)

    def track(self, row: int) -> QRectF:
        """Where the bar of a row is drawn when it is full."""
        top = row * _ROW + (_ROW - _BAR) / 2
        return QRectF(self._name, top, max(self.width() - self._name - self._figure, 0), _BAR)

    @property
    def _name(self) -> int:
        return _NAME if any(bar.name for bar in self.rows) else 0

    @property
    def _figure(self) -> int:
        return _FIGURE + (_UNIT if any(bar.unit not in ("", "°") for bar in self.rows) else 0)

    def at(self, row: int, value: float) -> float:
        """Where a value stands on the bar of its row [px]."""
        track, shown = self.track(row), self.rows[row]
        share = min(max(value / shown.reach, -1.0), 1.0)
        if shown.from_left:
            return track.left() + track.width() * max(share, 0.0)
        return track.center().x() + track.width() / 2 * share

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Name, bar, mark, figure."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.UNIT_PX))
        for row, bar in enumerate(self.rows):
            self._paint_words(painter, row, bar)
            self._paint_bar(painter, row, bar)

    def _paint_words(self, painter: QPainter, row: int, bar: Bar) -> None:
        name = QRectF(0, row * _ROW, max(self._name - theme.GRID / 2, 0), _ROW)
        painter.setPen(theme.faint(self.palette()))
        text = painter.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideRight, int(name.width()))
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        figure = QRectF(self.width() - self._figure, row * _ROW, self._figure, _ROW)
        shown = number(bar.value * bar.factor, bar.digits)
        unit = "" if not bar.unit or not isfinite(bar.value) else bar.unit if bar.unit == "°" else f" {bar.unit}"
        painter.drawText(figure, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown + unit)

    def _paint_bar(self, painter: QPainter, row: int, bar: Bar) -> None:
        track, palette = self.track(row), self.palette()
        painter.fillRect(track, palette.color(QPalette.ColorRole.Midlight))
        middle = self.at(row, 0.0)
        if isfinite(bar.value):
            end = self.at(row, bar.value)
            filled = QRectF(min(middle, end), track.top(), abs(end - middle), track.height())
            painter.fillRect(filled, theme.accent(palette))
        if not bar.from_left:
            painter.fillRect(QRectF(middle - 0.5, track.top() - 2, 1, _BAR + 4), theme.faint(palette))
        if isfinite(bar.mark):
            self._paint_mark(painter, self.at(row, bar.mark), track)

    def _paint_mark(self, painter: QPainter, x: float, track: QRectF) -> None:
        painter.save()
        painter.setPen(self.palette().color(QPalette.ColorRole.Window))
        painter.setBrush(QColor(theme.DOUBTFUL))
        tip, half, base = track.center().y(), theme.GRID / 2, track.bottom() + theme.GRID / 2
        painter.drawPolygon(QPolygonF([QPointF(x, tip), QPointF(x + half, base), QPointF(x - half, base)]))
        painter.restore()


class RawNumbers(QWidget):
    """The newest report as it came: every number with its name, in columns."""

    _COLUMN: Final = 15 * theme.GRID
    _LINE: Final = 2 * theme.GRID

    def __init__(self) -> None:
        super().__init__()
        self.cells: tuple[tuple[str, float], ...] = ()
        self.setAccessibleName("The newest report, number by number")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_numbers(self, names: Sequence[str], values: Sequence[float]) -> None:
        """Show them; a number without a name gets its place in the report."""
        cells = tuple((names[i] if i < len(names) else f"{i}", float(value)) for i, value in enumerate(values))
        if len(cells) != len(self.cells):
            self.cells = cells
            self._fit()
        if cells != self.cells:
            self.cells = cells
            self.update()

    @property
    def _columns(self) -> int:
        return max(1, self.width() // self._COLUMN)

    def _fit(self) -> None:
        self.setFixedHeight(-(-len(self.cells) // self._columns) * self._LINE)

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Another width has room for another number of columns."""
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Name left, number right, in each cell."""
        painter, width = QPainter(self), self.width() // self._columns
        painter.setFont(theme.font(theme.UNIT_PX))
        for i, (name, value) in enumerate(self.cells):
            row, column = divmod(i, self._columns)
            cell = QRectF(column * width, row * self._LINE, width - theme.GRID, self._LINE)
            figure = plain(value, 6)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.drawText(cell, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figure)
            room = int(cell.width()) - painter.fontMetrics().horizontalAdvance(figure) - theme.GRID // 2
            painter.setPen(theme.faint(self.palette()))
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(cell, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
