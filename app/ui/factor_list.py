"""FactorList: every factor of a task, one below the other. It asks for a variation; what holds is shown to it."""

from collections.abc import Mapping
from math import nan

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.factor_row import FactorRow
from accord.app.ui.labels import label
from accord.app.ui.range_slider import Range
from accord.devices.sim.factor import Variation
from accord.devices.sim.tasks import catalogue


class FactorList(QWidget):
    """Rows, and above them a button that puts all of them back."""

    varied = Signal(object)
    """`Variation`: every factor that shall not vary as usual."""
    left = Signal()
    """The person is done with a field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, FactorRow] = {}
        self._task, self._variation = "", dict[str, Range]()
        self.all_usual = Button("All as usual", "mdi6.restore", "Vary every factor as usual again", "quiet")
        self.all_usual.clicked.connect(lambda: self.varied.emit({}))
        ends = QHBoxLayout()
        ends.addWidget(label("VARIES", "section"))
        ends.addStretch(1)
        ends.addWidget(self.all_usual)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.GRID)
        self._column.addLayout(ends)
        self._column.addStretch(1)

    def display(self, task: str, variation: Variation, drawn: Mapping[str, float], can: bool = True) -> None:
        """Show the ranges that hold.

        Args:
            task: whose factors they are.
            variation: what does not vary as usual.
            drawn: what a reset drew, by factor; what is not in it is not shown.
            can: whether they can be changed now.
        """
        if task != self._task:
            self._make(task)
        self._variation = dict(variation)
        for name, row in self.rows.items():
            row.show_range(self._variation.get(name, row.factor.usual))
            row.show_drawn(drawn.get(name, nan))
            row.setEnabled(can)
        self.all_usual.setEnabled(can and bool(self._variation))

    def _make(self, task: str) -> None:
        self._task = task
        for old in self.rows.values():
            old.setParent(None)
            old.deleteLater()
        self.rows = {factor.name: FactorRow(factor) for factor in catalogue.task(task).factors} if task else {}
        for index, row in enumerate(self.rows.values(), start=1):
            row.chosen.connect(self._vary)
            row.left.connect(self.left)
            self._column.insertWidget(index, row)

    def _vary(self, name: str, range_: Range | None) -> None:
        wanted = {known: ends for known, ends in self._variation.items() if known != name}
        self.varied.emit(wanted if range_ is None else wanted | {name: range_})
