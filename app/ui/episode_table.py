"""EpisodeTable: the episodes of a library as rows that can be filtered and sorted."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from accord.app.curating import Row
from accord.app.ui import theme
from accord.app.ui.episode_columns import COLUMNS, Column, about
from accord.app.ui.episode_filter import EpisodeFilter

Index = QModelIndex | QPersistentModelIndex
Thumbnail = Callable[[Row], bytes]

_SORT = Qt.ItemDataRole.UserRole + 1
_PICTURE = QSize(56, 42)
_NOWHERE = QModelIndex()


class EpisodeModel(QAbstractTableModel):
    """Rows of a library. Thumbnails are read when they are first painted."""

    def __init__(self, thumbnail: Thumbnail, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self._thumbnail = thumbnail
        self._pictures: dict[str, QPixmap | None] = {}

    def display(self, rows: list[Row]) -> None:
        """Show other rows; where only what is known about them changed, nothing moves."""
        same = [row.entry.id for row in rows] == [row.entry.id for row in self.rows]
        if not same:
            self.beginResetModel()
        self.rows = rows
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """One for each episode."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """One for each of `COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802
        """Titles, and what they mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(COLUMNS[section])
        if role == Qt.ItemDataRole.InitialSortOrderRole and COLUMNS[section].worst_high:
            return Qt.SortOrder.DescendingOrder.value
        return COLUMNS[section].tip if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = 0) -> Any:
        """Everything the table paints."""
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == _SORT:
            return column.key(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return about(row)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self._picture(row)
        return _colour(row, index.column()) if role == Qt.ItemDataRole.ForegroundRole else None

    def _picture(self, row: Row) -> QPixmap | None:
        if row.entry.id not in self._pictures:
            picture = QPixmap()
            whole = picture.loadFromData(self._thumbnail(row))
            if whole:
                picture = picture.scaled(_PICTURE * 2, mode=_SMOOTH)
                picture.setDevicePixelRatio(2.0)  # sharp on any screen
            self._pictures[row.entry.id] = picture if whole else None
        return self._pictures[row.entry.id]


_SMOOTH = Qt.TransformationMode.SmoothTransformation


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _colour(row: Row, column: int) -> QColor | None:
    if COLUMNS[column].coloured and row.entry.curation.verdict:
        return theme.AGREE if row.entry.curation.verdict == "accept" else theme.CONFLICT
    return None


class _Chosen(QSortFilterProxyModel):
    """The rows that pass a filter, sorted."""

    def __init__(self, model: EpisodeModel, parent: QObject) -> None:
        super().__init__(parent)
        self.wanted = EpisodeFilter()
        self._model = model
        self.setSourceModel(model)
        self.setSortRole(_SORT)

    def ask(self, wanted: EpisodeFilter) -> None:
        self.wanted = wanted
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802
        return self.wanted(self._model.rows[row])


class EpisodeTable(QTableView):
    """The table itself; one episode is chosen at a time."""

    chosen = Signal(object)
    """The `Row` that is now current, or None."""

    def __init__(self, thumbnail: Thumbnail) -> None:
        super().__init__()
        self._model = EpisodeModel(thumbnail, self)
        self._shown = _Chosen(self._model, self)
        self._last = ""
        self.setModel(self._shown)
        self.columns = self._make_menu()
        self.setAccessibleName("Episodes of the library")
        self._dress()
        self.selectionModel().currentRowChanged.connect(self._on_current)

    def _dress(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(_PICTURE)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_PICTURE.height() + theme.GRID)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(32)
        header.setStretchLastSection(True)
        header.setStyleSheet(f"font-size: {theme.UNIT_PX}px;")  # the application's sheet stands above a font
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda at: self.columns.popup(header.mapToGlobal(at)))
        for i, column in enumerate(COLUMNS):
            self.setColumnWidth(i, column.width)
            self.setColumnHidden(i, not column.usual)

    def _make_menu(self) -> QMenu:
        """Ticks for the columns that are shown; the first one, with the picture, always is."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for i, column in enumerate(COLUMNS[1:], start=1):
            tick = QAction(column.title, menu, checkable=True, checked=column.usual)
            tick.setToolTip(column.tip)
            tick.toggled.connect(lambda shown, i=i: self.setColumnHidden(i, not shown))
            menu.addAction(tick)
        menu.addSeparator()
        menu.addAction("The usual ones", self._show_usual)
        return menu

    def _show_usual(self) -> None:
        for tick, column in zip(self.columns.actions(), COLUMNS[1:], strict=False):
            tick.setChecked(column.usual)

    @property
    def current(self) -> Row | None:
        """The chosen episode."""
        index = self._shown.mapToSource(self.currentIndex())
        return self._model.rows[index.row()] if index.isValid() else None

    @property
    def rows(self) -> list[Row]:
        """Every episode, shown or not."""
        return self._model.rows

    @property
    def shown_rows(self) -> list[Row]:
        """The episodes that pass the filter, as they stand."""
        shown = (self._shown.mapToSource(self._shown.index(i, 0)).row() for i in range(self._shown.rowCount()))
        return [self._model.rows[i] for i in shown]

    def counts(self) -> tuple[int, int]:
        """How many are shown, of how many that could be in this view: the bin counts by itself."""
        everyone = EpisodeFilter(bin=self._shown.wanted.bin)
        return self._shown.rowCount(), sum(everyone(row) for row in self._model.rows)

    def display(self, rows: list[Row]) -> None:
        """Show other rows; the chosen episode stays chosen where it is still there."""
        keep = self.current.entry.id if self.current else self._last
        self._model.display(rows)
        if not self.choose(keep):
            self.go(0)

    def ask(self, wanted: EpisodeFilter) -> None:
        """Show only what passes this filter."""
        keep = self._last
        self._shown.ask(wanted)
        if not self.choose(keep):
            self.go(0)

    def choose(self, episode: str) -> bool:
        """Make an episode current; False if it is not shown."""
        for i in range(self._shown.rowCount()):
            source = self._shown.mapToSource(self._shown.index(i, 0)).row()
            if self._model.rows[source].entry.id == episode:
                self.setCurrentIndex(self._shown.index(i, 0))
                return True
        return False

    def go(self, by: int) -> None:
        """Go some rows up or down."""
        row = max(self.currentIndex().row(), 0) + by
        last = self._shown.rowCount() - 1
        self.setCurrentIndex(self._shown.index(min(max(row, 0), last), 0) if last >= 0 else _NOWHERE)

    def _on_current(self) -> None:
        row = self.current
        self._last = row.entry.id if row else self._last
        self.chosen.emit(row)
