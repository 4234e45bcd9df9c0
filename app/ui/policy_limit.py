"""LimitLine: what would be kept is judged by the share of conflict or by incompatibility, and how much is too much."""

from dataclasses import dataclass
from math import isnan

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.labels import label
from accord.datasets.compatibility import EpisodeScore
from accord.datasets.departure import USUAL_CONFLICT_SHARE, USUAL_INCOMPATIBILITY
from accord.datasets.selection import INCOMPATIBILITY

CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Limit:
    """Which number of an episode decides, and the largest that is kept."""

    by: str
    """`CONFLICT` or ``incompatibility``."""
    most: float
    """In [0, 1]."""

    def objection(self, score: EpisodeScore) -> str:
        """Why an episode would not be kept, in a word; empty where it would."""
        value = score.incompatibility if self.by == INCOMPATIBILITY else score.conflict_share
        if isnan(value):
            return "unknown"
        return ("strange" if self.by == INCOMPATIBILITY else "conflict") if value > self.most else ""


class LimitLine(QWidget):
    """The choice, the number, and how many would be kept."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.by = QComboBox()
        self.by.addItem("Conflict at most", CONFLICT)
        self.by.addItem("Incompatibility at most", INCOMPATIBILITY)
        self.by.setAccessibleName("What decides which episodes would be kept")
        self.by.setToolTip("Conflict is the published share; incompatibility is one number for the whole episode (↑ ↓)")
        self.most = QDoubleSpinBox()
        self.most.setToolTip("Episodes above it would be left out (↑ ↓)")
        self.most.setAccessibleName("Largest value that would be kept")
        self.kept = label("", name="How many would be kept")
        self._values = {CONFLICT: USUAL_CONFLICT_SHARE, INCOMPATIBILITY: USUAL_INCOMPATIBILITY}
        self._show()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self.by)
        row.addWidget(self.most)
        row.addStretch(1)
        row.addWidget(self.kept)
        self.by.currentIndexChanged.connect(self._on_by)
        self.most.valueChanged.connect(self._on_most)

    @property
    def limit(self) -> Limit:
        """What is asked for."""
        by = str(self.by.currentData())
        return Limit(by, self._values[by])

    def _scale(self) -> float:
        return 100.0 if self.by.currentData() == CONFLICT else 1.0

    def _show(self) -> None:
        scale = self._scale()
        self.most.blockSignals(True)
        self.most.setDecimals(1 if scale > 1 else 2)
        self.most.setRange(0.0, scale)
        self.most.setSingleStep(scale / 100)
        self.most.setSuffix(" %" if scale > 1 else "")
        self.most.setValue(scale * self._values[str(self.by.currentData())])
        self.most.blockSignals(False)

    def _on_by(self) -> None:
        self._show()
        self.changed.emit()

    def _on_most(self, value: float) -> None:
        self._values[str(self.by.currentData())] = value / self._scale()
        self.changed.emit()
