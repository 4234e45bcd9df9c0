"""EpisodeTicks: the episodes that a new base policy shall be fitted to; filters tick them, or a person one by one."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from accord.app.curating import Row
from accord.app.ui import theme
from accord.app.ui.episode_filter import when
from accord.app.ui.verdict_table import standing
from accord.datasets.trim import Cuts


class EpisodeTicks(QWidget):
    """The list and its filters."""

    changed = Signal()
    """Other episodes are ticked."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._selections: dict[str, dict[str, Cuts]] = {}
        self._cuts: Mapping[str, Cuts] = {}
        self.operator = self._box("operator", "any operator")
        self.outcome = self._box("outcome", "any outcome")
        self.selection = self._box("selection", "no selection")
        self.list = QListWidget()
        self.list.setAccessibleName("Episodes to fit to")
        self.list.setToolTip("Tick the episodes that the base policy shall be fitted to (Space)")
        self.list.itemChanged.connect(self.changed)
        filters, column = QHBoxLayout(), QVBoxLayout(self)
        filters.setSpacing(theme.GRID // 2)
        for box in (self.operator, self.outcome):
            filters.addWidget(box, 1)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addLayout(filters)
        column.addWidget(self.selection)
        column.addWidget(self.list, 1)

    def _box(self, name: str, nothing: str) -> QComboBox:
        box = QComboBox()
        box.addItem(nothing, "")
        box.setAccessibleName(f"Tick episodes by {name}")
        box.setToolTip(f"Tick the episodes of one {name} (↑ ↓)")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(8)
        box.currentIndexChanged.connect(self._tick)
        return box

    def display(self, rows: tuple[Row, ...], selections: dict[str, dict[str, Cuts]]) -> None:
        """Offer episodes.

        Args:
            rows: of the library.
            selections: name → id of each episode that it keeps → what it cuts out of that.
        """
        kept = tuple(row for row in rows if row.entry.curation.outcome != "discarded")
        new = [_told(row) for row in kept] != [_told(row) for row in self._rows]
        self._rows, self._selections = kept, selections
        _offer(self.operator, sorted({row.entry.summary.operator for row in kept}))
        _offer(self.outcome, sorted({"success", *(row.entry.curation.outcome for row in kept)}))
        _offer(self.selection, sorted(selections))
        if new:
            if self.outcome.currentIndex() == 0:
                self.outcome.blockSignals(True)
                self.outcome.setCurrentIndex(self.outcome.findData("success"))
                self.outcome.blockSignals(False)
            self._refill()

    def _refill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for row in self._rows:
            text = f"{when(row)[5:]}  {row.entry.summary.operator}  {row.entry.summary.duration_s:.1f} s"
            item = QListWidgetItem(text, self.list)
            item.setData(Qt.ItemDataRole.UserRole, row.entry.id)
            said = standing(row.entry.curation)
            item.setText(f"{text}  {said}" if said else text)
            item.setToolTip(f"{row.entry.id[:8]}, {row.entry.summary.source}, {row.entry.curation.outcome}")
        self.list.blockSignals(False)
        self._tick()

    def _tick(self) -> None:
        """Tick what passes the filters."""
        chosen = self._selections.get(self.selection.currentData(), {})
        self.tick_only((row.entry.id for row in self._rows if self._passes(row)), chosen)

    def tick_only(self, episodes: Iterable[str], cuts: Mapping[str, Cuts] | None = None) -> None:
        """Tick these and no others.

        Args:
            episodes: their ids; one that is not in the list is passed over.
            cuts: what is to be left out of each; None leaves that as it is.
        """
        wanted = set(episodes)
        self._cuts = self._cuts if cuts is None else cuts
        self.list.blockSignals(True)
        for i in range(self.list.count()):
            on = self.list.item(i).data(Qt.ItemDataRole.UserRole) in wanted
            self.list.item(i).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        self.changed.emit()

    def _passes(self, row: Row) -> bool:
        selection = self.selection.currentData()
        return (
            row.entry.curation.verdict != "reject"
            and self.operator.currentData() in ("", row.entry.summary.operator)
            and self.outcome.currentData() in ("", row.entry.curation.outcome)
            and (bool(selection) or not row.candidate.rollout)
            and (not selection or row.entry.id in self._selections.get(selection, {}))
        )

    @property
    def ticked(self) -> tuple[Row, ...]:
        """The chosen episodes."""
        ticked = (self.list.item(i).checkState() is Qt.CheckState.Checked for i in range(self.list.count()))
        return tuple(row for row, on in zip(self._rows, ticked, strict=False) if on)

    @property
    def cuts(self) -> dict[str, Cuts]:
        """What a selection cuts out of the chosen episodes; such steps shall not be learned from."""
        ids = {row.entry.id for row in self.ticked}
        return {episode: some for episode, some in self._cuts.items() if episode in ids and some}


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
