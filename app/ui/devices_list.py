"""DevicesList: every device of the desk, with a lamp, its name and kind, and a line of health."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from accord.app.device_words import Told
from accord.app.ui import theme
from accord.app.ui.devices_lamp import SIZE, draw_lamp

_ROW: Final = 6 * theme.GRID
_ROLE: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Row:
    """One device as the list shows it."""

    name: str
    kind: str
    """What a person calls the kind."""
    told: Told
    drives: bool = False
    """Whether it drives the robot now."""


class DevicesList(QListWidget):
    """One row for each device."""

    chosen = Signal(str)
    """Name of the device to look at."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self.setAccessibleName("Devices of this desk")
        self.setToolTip("Choose a device (↑ ↓)")
        self.setItemDelegate(_Painting(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.currentItemChanged.connect(self._on_current)
        self.itemClicked.connect(self._on_current)  # also the one that is current: it leaves a form

    def display(self, rows: Sequence[Row]) -> None:
        """Show these; the one that is looked at stays so if it is still there."""
        if tuple(rows) == self.rows:
            return
        if [row.name for row in rows] != [row.name for row in self.rows]:
            self._fill(rows)
        self.rows = tuple(rows)
        for i, row in enumerate(rows):
            item = self.item(i)
            if item.data(_ROLE) != row:
                item.setData(_ROLE, row)
                said = ", ".join((row.name, row.kind, row.told.word, row.told.line, *("drives",) * row.drives))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
                item.setToolTip(row.told.detail or f"{row.name}: {row.told.word}")

    def _fill(self, rows: Sequence[Row]) -> None:
        before = self.current
        self.blockSignals(True)
        self.clear()
        for row in rows:
            item = QListWidgetItem(self)
            item.setData(Qt.ItemDataRole.DisplayRole, row.name)
            if row.name == before:
                self.setCurrentItem(item)
        self.blockSignals(False)

    @property
    def current(self) -> str:
        """Name of the one that is looked at; empty for none."""
        item = self.currentItem()
        return "" if item is None else item.text()

    def show_current(self, name: str) -> None:
        """Look at this one, unasked; empty for none."""
        if name == self.current:
            return
        self.blockSignals(True)
        found = self.findItems(name, Qt.MatchFlag.MatchExactly) if name else []
        self.setCurrentItem(found[0]) if found else self.setCurrentRow(-1)
        self.blockSignals(False)

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.text())


class _Painting(QStyledItemDelegate):
    """Two lines beside a lamp."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """All rows are of one height."""
        return QSize(0, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The chosen one stands on the accent."""
        row = index.data(_ROLE)
        if not isinstance(row, Row):
            return
        box: QRect = option.rect
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(box, palette.color(QPalette.ColorRole.Highlight))
        lamp = QRectF(box.left() + theme.GRID, box.center().y() - SIZE / 2 + 1, SIZE, SIZE)
        if chosen:  # on the accent the lamps' colours would be lost
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Base))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawEllipse(lamp.adjusted(-3, -3, 3, 3))
        draw_lamp(painter, row.told.lamp, lamp.adjusted(1, 1, -1, -1), palette)
        words = box.adjusted(SIZE + 3 * theme.GRID, theme.GRID // 2, -theme.GRID, -theme.GRID // 2)
        _words(painter, row, words, palette, chosen)
        painter.restore()


def _words(painter: QPainter, row: Row, box: QRect, palette: QPalette, chosen: bool) -> None:
    text = palette.color(QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text)
    faint = text if chosen else theme.faint(palette)
    above, below = box.adjusted(0, 0, 0, -box.height() // 2), box.adjusted(0, box.height() // 2, 0, 0)
    painter.setFont(theme.font(bold=True))
    painter.setPen(text)
    painter.drawText(above, Qt.AlignmentFlag.AlignVCenter, row.name)
    left = painter.fontMetrics().horizontalAdvance(row.name) + theme.GRID
    painter.setFont(theme.font(theme.UNIT_PX))
    painter.setPen(faint)
    metrics = painter.fontMetrics()
    kind = f"{row.kind}  ·  drives" if row.drives else row.kind
    for part, said in ((above.adjusted(left, 0, 0, 0), kind), (below, row.told.detail or row.told.line)):
        shown = metrics.elidedText(said, Qt.TextElideMode.ElideRight, part.width())
        painter.drawText(part, Qt.AlignmentFlag.AlignVCenter, shown)
