"""ScoreLimits: limits on any plain score, each added by one line and taken away by a click."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from accord.app.row_scores import PLAIN, row_score
from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.labels import label
from accord.app.ui.number_field import NumberField
from accord.datasets.selection import Limits

_MOST = 1e6
_AGAINST_BASE = "nearest-base"
"""Known only with a base policy."""


class ScoreLimits(QWidget):
    """Says what is asked for; of two limits of which no score can meet both, the newer one stays."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._limits: dict[tuple[str, bool], float] = {}
        """Score, and whether the value is the least → the value."""
        self._score, self._side = QComboBox(), QComboBox()
        self._score.setAccessibleName("Score to limit")
        for one in PLAIN:
            self._score.addItem(one.title, one.name)
            self._score.setItemData(self._score.count() - 1, one.tip, Qt.ItemDataRole.ToolTipRole)
        self._side.setAccessibleName("Least or largest")
        self._side.setToolTip("Whether this is the least (≥) or the largest (≤) value that is kept (↑ ↓)")
        self._side.addItem("≤", False)
        self._side.addItem("≥", True)
        self._side.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._value = NumberField("Value of the limit", "The least or the largest value that is kept", 3)
        self._value.setRange(-_MOST, _MOST)
        self._add = Button("Add", "mdi6.plus", "Add this limit (Return in the field)", "quiet")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        line = QHBoxLayout()
        line.setSpacing(theme.GRID // 2)
        line.addWidget(self._side)
        line.addWidget(self._value, 1)
        line.addWidget(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(self._score)
        column.addLayout(line)
        column.addLayout(self._rows)
        self._score.currentIndexChanged.connect(self._on_score)
        self._add.clicked.connect(self._on_add)
        self._value.lineEdit().returnPressed.connect(self._on_add)
        self._on_score()

    def limits(self, with_base: bool) -> dict[str, Limits]:
        """Score → the least and the largest value that is kept.

        Args:
            with_base: whether a base policy is chosen; without one a limit on the distance to it asks for nothing.
        """
        names = dict.fromkeys(name for name, _ in self._limits if with_base or name != _AGAINST_BASE)
        return {name: (self._limits.get((name, True)), self._limits.get((name, False))) for name in names}

    def limit(self, name: str, least: bool, value: float | None) -> None:
        """Add a limit, or with None take it away; as if a person had."""
        if value is None:
            self._limits.pop((name, least), None)
        else:
            self._limits[name, least] = value
            other = self._limits.get((name, not least), value)
            if (value > other) if least else (value < other):
                del self._limits[name, not least]
        self._show()
        self.changed.emit()

    def _on_score(self) -> None:
        one = row_score(str(self._score.currentData()))
        self._score.setToolTip(f"{one.tip} (↑ ↓)")
        self._value.setSuffix(one.unit)
        if one.score.high_is_good is not None:
            self._side.setCurrentIndex(self._side.findData(one.score.high_is_good))

    def _on_add(self) -> None:
        self.limit(str(self._score.currentData()), bool(self._side.currentData()), self._value.value())

    def _show(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for (name, least), value in self._limits.items():
            one = row_score(name)
            number = QLocale.c().toString(value, "g", 4)
            text = f"{one.title} {'≥' if least else '≤'} {number}{one.unit}"
            self._rows.addWidget(self._row(text, one.tip, partial(self.limit, name, least, None)))

    def _row(self, text: str, tip: str, take_away: Callable[[], None]) -> QWidget:
        """One limit, and the button that takes it away."""
        told, row = label(text), QWidget()
        told.setToolTip(tip)
        button = Button("", "mdi6.close", f"Take the limit away: {text} (Space)", "quiet")
        button.clicked.connect(lambda _=False: take_away())
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(told, 1)
        line.addWidget(button)
        return row
