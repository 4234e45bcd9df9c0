"""ChoiceTable: every episode, whether it goes into the training set, and why."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from accord.app.ui import theme
from accord.datasets.selection import Choice, Selection

_TITLES = ("Episode", "Operator", "Length", "Kept", "Why")
_WIDTHS = (100, 80, 56, 52)


class ChoiceTable(QTableWidget):
    """One row for each decision."""

    def __init__(self) -> None:
        super().__init__(0, len(_TITLES))
        self.setHorizontalHeaderLabels(list(_TITLES))
        self.setAccessibleName("Episodes, whether each is kept, and why")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(3 * theme.GRID)
        header = self.horizontalHeader()
        header.setStyleSheet(f"font-size: {theme.UNIT_PX}px;")
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        for i, width in enumerate(_WIDTHS):
            self.setColumnWidth(i, width)

    def display(self, selection: Selection, began_ns: dict[str, int]) -> None:
        """Show decisions.

        Args:
            selection: the decisions.
            began_ns: episode → when it was recorded, since 1970 [ns].
        """
        self.setRowCount(len(selection.rows))
        for i, choice in enumerate(selection.rows):
            began = began_ns.get(choice.id)
            when = datetime.fromtimestamp(began / 1e9).strftime("%m-%d %H:%M") if began else choice.id[:8]
            candidate, word = choice.candidate, _word(choice)
            texts = (when, candidate.operator, f"{candidate.duration_s:.1f} s", word, choice.why)
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(choice.why if column == len(_TITLES) - 1 else choice.id)
                if column == 3:
                    item.setForeground(theme.AGREE if choice.kept else theme.CONFLICT)
                self.setItem(i, column, item)


def _word(choice: Choice) -> str:
    """Whether all of it is kept, or what the cuts leave."""
    if not choice.kept:
        return "no"
    return "in part" if choice.cuts else "yes"
