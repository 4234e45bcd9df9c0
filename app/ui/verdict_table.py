"""VerdictTable: what the thresholds make of every candidate episode, now."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtWidgets import QAbstractItemView, QTableView

from accord.app.ui import theme
from accord.datasets.compatibility import EpisodeScore
from accord.datasets.decisions import Curation

Index = QModelIndex | QPersistentModelIndex

_TITLES = ("Episode", "Length", "M", "Conflict", "Novel", "Kept")
_TIPS = (
    "When it was recorded, and who drove",
    "From the first step to the last, without what is cut off",
    "Compatibility, mean over the steps",
    "Share of conflicting steps",
    "Share of novel steps",
    "Whether a rule with this largest share of conflict keeps it, and if not, why",
)
_WIDTHS = (118, 56, 42, 60, 54, 70)
_SORT = Qt.ItemDataRole.UserRole + 1
_NOWHERE = QModelIndex()


def standing(curation: Curation) -> str:
    """What stands above the thresholds: the curator's verdict, then an outcome that is none to learn from, or empty."""
    if curation.verdict:
        return f"{curation.verdict}ed"
    return "" if curation.outcome == "success" else curation.outcome


class VerdictModel(QAbstractTableModel):
    """Scores of episodes, and whether each is kept."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.scores: list[EpisodeScore] = []
        self._names: dict[str, str] = {}
        self._standing: Mapping[str, str] = {}
        self._most = 1.0

    def display(
        self, scores: Sequence[EpisodeScore], names: dict[str, str], most: float, standing: Mapping[str, str]
    ) -> None:
        """Show scores.

        Args:
            scores: in any order.
            names: episode → what a person calls it.
            most: the largest share of conflict that is kept.
            standing: episode → `standing`.
        """
        same = [score.episode for score in scores] == [score.episode for score in self.scores]
        if not same:
            self.beginResetModel()
        self.scores, self._names, self._most, self._standing = list(scores), names, most, standing
        if not same:
            self.endResetModel()
        elif scores:
            self.dataChanged.emit(self.index(0, 0), self.index(len(scores) - 1, len(_TITLES) - 1))

    @property
    def kept(self) -> int:
        """How many would be kept."""
        return sum(self._keeps(score) for score in self.scores)

    def _keeps(self, score: EpisodeScore) -> bool:
        said = self._standing.get(score.episode, "")
        return said == "accepted" if said else score.conflict_share <= self._most

    def _why(self, score: EpisodeScore) -> str:
        said = self._standing.get(score.episode, "")
        return "yes" if self._keeps(score) else said or "conflict"

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """One for each episode."""
        return 0 if parent.isValid() else len(self.scores)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """One for each title."""
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802
        """Titles, and what they mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role == Qt.ItemDataRole.InitialSortOrderRole and _TITLES[section] in ("Conflict", "Novel"):
            return Qt.SortOrder.DescendingOrder.value
        texts = {Qt.ItemDataRole.DisplayRole: _TITLES, Qt.ItemDataRole.ToolTipRole: _TIPS}
        return texts[Qt.ItemDataRole(role)][section] if role in texts else None

    def data(self, index: Index, role: int = 0) -> Any:
        """Numbers as text, or as themselves to sort by."""
        score, column = self.scores[index.row()], index.column()
        kept = self._keeps(score)
        shares = score.compatibility, score.conflict_share, score.novel_share
        if role == _SORT:
            return (self._names.get(score.episode, ""), score.duration_s, *shares, kept)[column]
        if role == Qt.ItemDataRole.DisplayRole:
            name, numbers = self._names.get(score.episode, score.episode), [f"{100 * share:.1f} %" for share in shares]
            agreement, word = f"{score.compatibility:.2f}", self._why(score)
            return (name, f"{score.duration_s:.1f} s", agreement, *numbers[1:], word)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole and column == len(_TITLES) - 1:
            return theme.AGREE if kept else theme.CONFLICT
        return score.episode if role == Qt.ItemDataRole.ToolTipRole else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if 0 < column < len(_TITLES) - 1 else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class VerdictTable(QTableView):
    """The table itself, least agreeing episode first."""

    opened = QtSignal(str)
    """An episode was double-clicked, or Return was pressed on it."""

    def __init__(self) -> None:
        super().__init__()
        self._model = VerdictModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(_SORT)
        self.setModel(self._sorted)
        self.setAccessibleName("Verdicts as they would be now")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.sortByColumn(3, Qt.SortOrder.DescendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(3 * theme.GRID)
        self.horizontalHeader().setStyleSheet(f"font-size: {theme.UNIT_PX}px;")
        self.horizontalHeader().setMinimumSectionSize(32)
        self.horizontalHeader().setStretchLastSection(True)
        for i, width in enumerate(_WIDTHS):
            self.setColumnWidth(i, width)
        self.activated.connect(self._on_activated)

    def display(
        self, scores: Sequence[EpisodeScore], names: dict[str, str], most: float, standing: Mapping[str, str]
    ) -> int:
        """Show scores, see `VerdictModel.display`; says how many are kept."""
        self._model.display(scores, names, most, standing)
        return self._model.kept

    def _on_activated(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.scores[self._sorted.mapToSource(index).row()].episode)
