"""FieldTicks: which observation fields a new base policy shall see, as a list to tick."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from accord.app.ui import theme


class FieldTicks(QListWidget):
    """Offers what the ticked episodes have; unless somebody chooses, the usual fields are ticked."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offered: tuple[str, ...] = ()
        self._usual: tuple[str, ...] = ()
        self._wanted: tuple[str, ...] = ()
        self.setAccessibleName("Observation fields that it sees")
        self.setToolTip("Tick what it shall see: the usual fields suit most; velocities make it repeat itself (Space)")
        self.setMinimumHeight(12 * theme.GRID)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.itemChanged.connect(self._on_tick)

    def offer(self, fields: tuple[str, ...], usual: tuple[str, ...]) -> None:
        """Offer these fields; what was chosen stays chosen.

        Args:
            fields: that every ticked episode has.
            usual: those of them that are seen unless somebody chooses.
        """
        if (fields, usual) != (self._offered, self._usual):
            self._offered, self._usual = fields, usual
            self._fill()

    def choose(self, fields: tuple[str, ...]) -> None:
        """Tick these; none means the usual ones."""
        self._wanted = fields
        self._fill()

    @property
    def chosen(self) -> tuple[str, ...]:
        """What it shall see; empty for the usual fields."""
        return self._wanted

    @property
    def problem(self) -> str:
        """Why that cannot be, or empty."""
        if self._offered and not self._ticked():
            return "Tick a field that it shall see, under Settings."
        missing = [name for name in self._wanted if name not in self._offered]
        if self._offered and missing:
            return f"Not every ticked episode has {missing[0]}."
        return ""

    def _fill(self) -> None:
        ticked = self._wanted or self._usual
        self.blockSignals(True)
        self.clear()
        for name in (*self._offered, *(name for name in self._wanted if name not in self._offered)):
            item = QListWidgetItem(name.removeprefix("observation/"), self)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setToolTip(name)
            item.setCheckState(Qt.CheckState.Checked if name in ticked else Qt.CheckState.Unchecked)
        self.blockSignals(False)
        self.changed.emit()

    def _ticked(self) -> tuple[str, ...]:
        items = (self.item(i) for i in range(self.count()))
        return tuple(i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() is Qt.CheckState.Checked)

    def _on_tick(self) -> None:
        ticked = self._ticked()
        self._wanted = () if set(ticked) == set(self._usual) else ticked
        self.changed.emit()
