"""VerdictTable: what the thresholds make of every candidate episode, now."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtWidgets import QAbstractItemView, QTableView

from accord.app.ui import theme
from accord.app.ui.policy_limit import CONFLICT, Limit
from accord.datasets.compatibility import EpisodeScore
from accord.datasets.decisions import Curation

Index = QModelIndex | QPersistentModelIndex

_TITLES = ("Episode", "Length", "M", "Conflict", "Novel", "Incomp.", "Kept")
_TIPS = (
    "When it was recorded, and who drove",
    "From the first step to the last, without what is cut off",
    "Compatibility, mean over the steps",
    "Share of conflicting steps",
    "Share of novel steps",
    "Incompatibility, mean over the steps: 0.5 is as the base usually is, 1 is strange to it",
    "Whether a rule with this limit keeps it, and if not, why",
)
_WORST_FIRST = ("Conflict", "Novel", "Incomp.")
_WIDTHS = (130, 52, 40, 60, 52, 58, 70)
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
        self._limit = Limit(CONFLICT, 1.0)

    def display(
        self, scores: Sequence[EpisodeScore], names: dict[str, str], limit: Limit, standing: Mapping[str, str]
    ) -> None:
        """Show scores.

        Args:
            scores: in any order.
            names: episode → what a person calls it.
            limit: what is kept.
            standing: episode → `standing`.
        """
        same = [score.episode for score in scores] == [score.episode for score in self.scores]
        if not same:
            self.beginResetModel()
        self.scores, self._names, self._limit, self._standing = list(scores), names, limit, standing
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
        return said == "accepted" if said else not self._limit.objection(score)

    def _why(self, score: EpisodeScore) -> str:
        said = self._standing.get(score.episode, "")
        return "yes" if self._keeps(score) else said or self._limit.objection(score)

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
        if role == Qt.ItemDataRole.InitialSortOrderRole and _TITLES[section] in _WORST_FIRST:
            return Qt.SortOrder.DescendingOrder.value
        texts = {Qt.ItemDataRole.DisplayRole: _TITLES, Qt.ItemDataRole.ToolTipRole: _TIPS}
        return texts[Qt.ItemDataRole(role)][section] if role in texts else None

    def data(self, index: Index, role: int = 0) -> Any:
        """Numbers as text, or as themselves to sort by."""
        score, column = self.scores[index.row()], index.column()
        kept = self._keeps(score)
        numbers = score.compatibility, score.conflict_share, score.novel_share, score.incompatibility
        if role == _SORT:
            last = -1.0 if isnan(score.incompatibility) else score.incompatibility
            return (self._names.get(score.episode, ""), score.duration_s, *numbers[:3], last, kept)[column]
        if role == Qt.ItemDataRole.DisplayRole:
            name, agreement, strange = self._names.get(score.episode, score.episode), *_plain(numbers[0], numbers[3])
            shares = [f"{100 * share:.1f} %" for share in numbers[1:3]]
            return (name, f"{score.duration_s:.1f} s", agreement, *shares, strange, self._why(score))[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole and column == len(_TITLES) - 1:
            return theme.AGREE if kept else theme.CONFLICT
        return score.episode if role == Qt.ItemDataRole.ToolTipRole else None


def _plain(*values: float) -> list[str]:
    """Two digits; a dash where a number is not known."""
    return ["–" if isnan(value) else f"{value:.2f}" for value in values]


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
        self, scores: Sequence[EpisodeScore], names: dict[str, str], limit: Limit, standing: Mapping[str, str]
    ) -> int:
        """Show scores, see `VerdictModel.display`; says how many are kept."""
        self._model.display(scores, names, limit, standing)
        return self._model.kept

    def _on_activated(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.scores[self._sorted.mapToSource(index).row()].episode)
