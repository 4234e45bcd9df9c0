"""FitPanel: which episodes a new base policy shall be fitted to, what it is called, and how it is fitted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from accord.app.curating import Row
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.episode_filter import when
from accord.app.ui.labels import label, wrapped
from accord.app.ui.verdict_table import standing
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import FitSettings
from accord.datasets.names import checked_name

FIT = Action("Fit", "Ctrl+Return", "Fit a base policy to the ticked episodes", "mdi6.vector-polyline")
_FEW = 10
"""Fewer base episodes than this deserve a word before the fit."""


class FitPanel(QWidget):
    """Filters tick episodes; single ones can be ticked by hand."""

    asked = Signal(str, object, object)
    """Name, ids and `FitSettings`."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._taken: tuple[str, ...] = ()
        self._selections: dict[str, frozenset[str]] = {}
        self._operator = self._box("operator", "any operator")
        self._outcome = self._box("outcome", "any outcome")
        self._selection = self._box("selection", "no selection")
        self._list = QListWidget()
        self._list.setAccessibleName("Episodes to fit to")
        self._list.setToolTip("Tick the episodes that the base policy shall be fitted to (Space)")
        self._list.itemChanged.connect(self._count)
        self._told = wrapped("", "faint")
        self._name = QLineEdit()
        self._name.setAccessibleName("Name of the new base policy")
        self._name.setToolTip("Letters, digits, dots, dashes and underscores")
        self._name.textChanged.connect(self._count)
        self._members = self._number(5, 1, 20, "Members K of the ensemble")
        self._units = self._number(512, 8, 2048, "Units of each hidden layer")
        self._layers = self._number(2, 1, 4, "Hidden layers")
        self._fold = Button("Settings", "mdi6.chevron-right", "Show how it is fitted", "quiet")
        self._fold.setCheckable(True)
        self._folded = QWidget()
        self._fold.toggled.connect(self._unfold)
        self.fit = Button(FIT.text, FIT.icon, FIT.tip, "primary")
        self.fit.clicked.connect(self.ask)
        self.fit.setEnabled(False)
        self._lay_out()

    def _box(self, name: str, nothing: str) -> QComboBox:
        box = QComboBox()
        box.addItem(nothing, "")
        box.setAccessibleName(f"Tick episodes by {name}")
        box.setToolTip(f"Tick the episodes of one {name}")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(8)
        box.currentIndexChanged.connect(self._tick)
        return box

    def _number(self, value: int, least: int, most: int, name: str) -> QSpinBox:
        number = QSpinBox()
        number.setRange(least, most)
        number.setValue(value)
        number.setAccessibleName(name)
        number.setToolTip(name)
        return number

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(theme.GRID // 2)
        for box in (self._operator, self._outcome):
            filters.addWidget(box, 1)
        form = QFormLayout(self._folded)
        form.setContentsMargins(theme.GRID, 0, 0, 0)
        for text, number in (("Members K", self._members), ("Units", self._units), ("Layers", self._layers)):
            form.addRow(label(text, "faint"), number)
        self._folded.hide()
        names = QHBoxLayout()
        names.addWidget(label("Name", "faint"))
        names.addWidget(self._name, 1)
        ends = QHBoxLayout()
        ends.addWidget(self._fold)
        ends.addStretch(1)
        ends.addWidget(self.fit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(label("FIT A NEW ONE TO", "section"))
        column.addLayout(filters)
        column.addWidget(self._selection)
        column.addWidget(self._list, 1)
        column.addWidget(self._told)
        column.addLayout(names)
        column.addWidget(self._folded)
        column.addLayout(ends)

    def display(self, rows: tuple[Row, ...], taken: tuple[str, ...], selections: dict[str, frozenset[str]]) -> None:
        """Offer episodes.

        Args:
            rows: of the library.
            taken: names that a new policy cannot have.
            selections: name → ids of the episodes that it keeps.
        """
        kept = tuple(row for row in rows if row.entry.curation.outcome != "discarded")
        new = [_told(row) for row in kept] != [_told(row) for row in self._rows]
        self._rows, self._taken, self._selections = kept, taken, selections
        if not self._name.text() or self._name.text() in taken:
            self._name.setText(_fresh(taken))
        _offer(self._operator, sorted({row.entry.summary.operator for row in kept}))
        _offer(self._outcome, sorted({"success", *(row.entry.curation.outcome for row in kept)}))
        _offer(self._selection, sorted(selections))
        if new:
            if self._outcome.currentIndex() == 0:
                self._outcome.setCurrentIndex(self._outcome.findData("success"))
            self._refill()
        self._count()

    def _refill(self) -> None:
        self._list.blockSignals(True)
        self._list.clear()
        for row in self._rows:
            text = f"{when(row)[5:]}  {row.entry.summary.operator}  {row.entry.summary.duration_s:.1f} s"
            item = QListWidgetItem(text, self._list)
            item.setData(Qt.ItemDataRole.UserRole, row.entry.id)
            said = standing(row.entry.curation)
            item.setText(f"{text}  {said}" if said else text)
            item.setToolTip(f"{row.entry.summary.source}, {row.entry.curation.outcome}")
        self._list.blockSignals(False)
        self._tick()

    def _tick(self) -> None:
        """Tick what passes the filters."""
        self._list.blockSignals(True)
        for i, row in enumerate(self._rows[: self._list.count()]):
            state = Qt.CheckState.Checked if self._passes(row) else Qt.CheckState.Unchecked
            self._list.item(i).setCheckState(state)
        self._list.blockSignals(False)
        self._count()

    def _passes(self, row: Row) -> bool:
        selection = self._selection.currentData()
        return (
            row.entry.curation.verdict != "reject"
            and self._operator.currentData() in ("", row.entry.summary.operator)
            and self._outcome.currentData() in ("", row.entry.curation.outcome)
            and (bool(selection) or not row.candidate.rollout)
            and (not selection or row.entry.id in self._selections.get(selection, frozenset()))
        )

    @property
    def ticked(self) -> tuple[Row, ...]:
        """The chosen episodes."""
        ticked = (self._list.item(i).checkState() is Qt.CheckState.Checked for i in range(self._list.count()))
        return tuple(row for row, on in zip(self._rows, ticked, strict=False) if on)

    @property
    def problem(self) -> str:
        """Why there can be no fit now, or empty."""
        if len(self.ticked) < 2:
            return "Tick two episodes or more."
        if self._name.text() in self._taken:
            return f"{self._name.text()} exists: choose another name."
        try:
            checked_name(self._name.text(), "a base policy")
        except AccordError as error:
            return str(error)
        return ""

    def _count(self) -> None:
        rows, problem = self.ticked, self.problem
        text = f"{len(rows)} episodes, {sum(row.entry.summary.steps for row in rows):,} steps."
        few = " That is a small base: its thresholds will be uncertain." if len(rows) < _FEW else ""
        self._told.setText(f"{text} {problem}" if problem else text + few)
        self.fit.setEnabled(not problem and self._list.isEnabled())

    def set_busy(self, busy: bool) -> None:
        """While one is being fitted, no other can be asked for."""
        self._list.setEnabled(not busy)
        self._count()

    def ask(self) -> None:
        """Ask for the fit, if there can be one."""
        if self.fit.isEnabled():
            hidden = (self._units.value(),) * self._layers.value()
            settings = FitSettings(name=self._name.text(), members=self._members.value(), hidden=hidden)
            self.asked.emit(self._name.text(), tuple(row.entry.id for row in self.ticked), settings)

    def _unfold(self, on: bool) -> None:
        self._folded.setVisible(on)
        self._fold.set_icon("mdi6.chevron-down" if on else "mdi6.chevron-right")


def _told(row: Row) -> tuple[str, str, str]:
    """What the ticks rest on."""
    return row.entry.id, row.entry.curation.outcome, row.entry.curation.verdict


def _offer(box: QComboBox, values: list[str]) -> None:
    """Offer these values after the first; what is chosen stays chosen."""
    if values == [box.itemData(i) for i in range(1, box.count())]:
        return
    chosen = box.currentData()
    box.blockSignals(True)
    while box.count() > 1:
        box.removeItem(1)
    for value in values:
        box.addItem(value, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    box.blockSignals(False)


def _fresh(taken: tuple[str, ...]) -> str:
    """The next free name of base-v1, base-v2 and so on."""
    return next(name for i in range(1, len(taken) + 2) if (name := f"base-v{i}") not in taken)
