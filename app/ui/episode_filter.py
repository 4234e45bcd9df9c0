"""EpisodeFilter: which episodes a curator wants to see. And the line above the table in which they are chosen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from accord.app.curating import Row
from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.labels import label

_FROM = ("scripted:", "policy:", "import:")
"""With what the word for a source begins that is no device."""
UNDECIDED = "undecided"
"""The verdict of an episode that no curator has spoken about."""


@dataclass(frozen=True, slots=True)
class EpisodeFilter:
    """What an episode must be to be shown. An empty word asks for nothing."""

    text: str = ""
    """Words that must all occur somewhere in what is known about it."""
    outcome: str = ""
    operator: str = ""
    task: str = ""
    verdict: str = ""
    source: str = ""
    bin: bool = False
    """Show what was discarded, and only that."""

    def __call__(self, row: Row) -> bool:
        """Whether the episode is shown."""
        if (row.entry.curation.outcome == "discarded") != self.bin:
            return False
        facts = facts_of(row)
        if any(getattr(self, name) not in ("", facts[name]) for name in facts):
            return False
        told = " ".join((*facts.values(), row.entry.id, row.entry.curation.note, when(row))).casefold()
        return all(word in told for word in self.text.casefold().split())

    @property
    def asks(self) -> bool:
        """Whether it hides anything."""
        return self != EpisodeFilter()


def facts_of(row: Row) -> dict[str, str]:
    """What an episode can be chosen by."""
    summary, curation = row.entry.summary, row.entry.curation
    return {
        "outcome": curation.outcome,
        "operator": summary.operator,
        "task": summary.task,
        "verdict": curation.verdict or UNDECIDED,
        "source": source_of(row),
    }


def source_of(row: Row) -> str:
    """Who gave the commands; a script, a policy or an import said plainly and first."""
    source = row.entry.summary.source
    return source.replace(":", " ", 1) if source.startswith(_FROM) else source


def when(row: Row) -> str:
    """When it began, by this machine's clock."""
    return datetime.fromtimestamp(row.entry.summary.wall_ns / 1e9).strftime("%Y-%m-%d %H:%M")


class FilterLine(QWidget):
    """Free text, one box for each fact, the bin, and how many of how many are shown."""

    changed = Signal(object)
    """The new `EpisodeFilter`."""

    def __init__(self) -> None:
        super().__init__()
        self._text = QLineEdit()
        self._text.setPlaceholderText("Find episodes")
        self._text.setClearButtonEnabled(True)
        self._text.setAccessibleName("Find episodes by any word")
        self._text.setToolTip("Find by any word: operator, source, note, id (Ctrl+F)")
        self._boxes = {name: self._make_box(name) for name in ("outcome", "operator", "task", "verdict", "source")}
        self._bin = Button("Bin", "mdi6.trash-can-outline", "Show discarded episodes (B)")
        self._bin.setCheckable(True)
        self._clear = Button("", "mdi6.filter-remove-outline", "Show all episodes (Ctrl+Shift+F)", "quiet")
        self._count = label("", name="How many episodes are shown")
        self._text.textChanged.connect(self._say)
        self._bin.toggled.connect(self._say)
        self._clear.clicked.connect(self.clear)
        self._lay_out()

    def _make_box(self, name: str) -> QComboBox:
        box = QComboBox()
        box.addItem(f"any {name}", "")
        box.setAccessibleName(f"Show only this {name}")
        box.setToolTip(f"Show only this {name}")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(len(name) + 4)
        box.currentIndexChanged.connect(self._say)
        return box

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        self._text.setMinimumWidth(120)
        row.addWidget(self._text, 1)
        for box in self._boxes.values():
            row.addWidget(box)
        for widget in (self._bin, self._clear, self._count):
            row.addWidget(widget)

    @property
    def chosen(self) -> EpisodeFilter:
        """What is asked for now."""
        words = {name: str(box.currentData() or "") for name, box in self._boxes.items()}
        return EpisodeFilter(text=self._text.text(), bin=self._bin.isChecked(), **words)

    def offer(self, rows: Iterable[Row]) -> None:
        """Offer what occurs in these episodes; what is chosen stays chosen."""
        facts = [facts_of(row) for row in rows]
        for name, box in self._boxes.items():
            values = sorted({fact[name] for fact in facts} | ({self._chosen(name)} - {""}))
            if values != [box.itemData(i) for i in range(1, box.count())]:
                self._refill(box, name, values)

    def _chosen(self, name: str) -> str:
        return str(self._boxes[name].currentData() or "")

    def _refill(self, box: QComboBox, name: str, values: list[str]) -> None:
        chosen = self._chosen(name)
        box.blockSignals(True)
        while box.count() > 1:
            box.removeItem(1)
        for value in values:
            box.addItem(value, value)
        box.setCurrentIndex(max(box.findData(chosen), 0))
        box.blockSignals(False)

    def count(self, shown: int, of: int) -> None:
        """Say how many of how many are shown."""
        self._count.setText(f"{shown} of {of}")
        self._clear.setEnabled(self.chosen.asks)

    def begin(self) -> None:
        """Let the person type."""
        self._text.setFocus()
        self._text.selectAll()

    def toggle_bin(self) -> None:
        """Show what was discarded, or what was not."""
        self._bin.toggle()

    def clear(self) -> None:
        """Ask for nothing."""
        widgets = (self._text, self._bin, *self._boxes.values())
        for widget in widgets:
            widget.blockSignals(True)
        self._text.clear()
        self._bin.setChecked(False)
        for box in self._boxes.values():
            box.setCurrentIndex(0)
        for widget in widgets:
            widget.blockSignals(False)
        self._say()

    def _say(self) -> None:
        self.changed.emit(self.chosen)
