"""ScorePane: the table of episodes, under it their scatter, and the line with which a person says what both show."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from accord.app.curating import Row
from accord.app.ui import library_actions as actions
from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.empty import Empty
from accord.app.ui.episode_table import EpisodeTable
from accord.app.ui.score_plain import PlainLine
from accord.app.ui.score_scatter import ScoreScatter


class ScorePane(QWidget):
    """Table and scatter of the same episodes; what is chosen in one is chosen in the other."""

    cleared = Signal()
    """The person asks for all episodes again."""

    def __init__(self, table: EpisodeTable, plain: PlainLine) -> None:
        """Make it, with the table alone.

        Args:
            table: of the episodes.
            plain: the job that computes plain scores; it stands in `controls`.
        """
        super().__init__()
        self._table, self.scatter = table, ScoreScatter()
        self.nothing = Empty(
            "mdi6.filter-outline", "No episode is like that", "Ask for less above.", "Show all episodes"
        )
        self.nothing.acted.connect(self.cleared)
        self._columns = Button(actions.COLUMNS.text, actions.COLUMNS.icon, actions.COLUMNS.tip)
        self._plot = Button(actions.SCATTER.text, actions.SCATTER.icon, actions.SCATTER.tip)
        self._plot.setCheckable(True)
        self._plot.setMinimumWidth(self._plot.sizeHint().width() + theme.GRID)  # it is bold while it is checked
        self.controls = QWidget()
        row = QHBoxLayout(self.controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        for widget in (plain, self._columns, self._plot):
            row.addWidget(widget)
        above, split = QWidget(), QSplitter(Qt.Orientation.Vertical)
        self._tables = QStackedLayout(above)
        self._tables.addWidget(table)
        self._tables.addWidget(self.nothing)
        split.addWidget(above)
        split.addWidget(self.scatter)
        split.setChildrenCollapsible(False)
        split.setSizes([280, 320])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self.scatter.hide()
        self._columns.clicked.connect(self.choose_columns)
        self._plot.toggled.connect(self._on_plot)
        self.scatter.chosen.connect(table.choose)
        table.chosen.connect(self._on_chosen)

    def choose_columns(self) -> None:
        """Open the menu of columns."""
        self._table.columns.popup(self._columns.mapToGlobal(QPoint(0, self._columns.height())))

    def toggle_scatter(self) -> None:
        """Show the scatter, or hide it."""
        self._plot.toggle()

    def display(self, any_shown: bool) -> None:
        """Show what the table shows, or that no episode is like what was asked for."""
        self._tables.setCurrentIndex(0 if any_shown else 1)
        self._draw()

    def _draw(self) -> None:
        current = self._table.current
        if not self.scatter.isHidden():
            self.scatter.display(self._table.shown_rows, current.entry.id if current else "")

    def _on_plot(self, shown: bool) -> None:
        self.scatter.setVisible(shown)
        self._draw()

    def _on_chosen(self, row: Row | None) -> None:
        self.scatter.mark(row.entry.id if row else "")
