"""RulePanel: which episodes go into a training set, by a rule or by a selection that was saved before."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from accord.app.ui import theme
from accord.app.ui.labels import label
from accord.app.ui.scan import Scan
from accord.app.ui.score_limits import ScoreLimits
from accord.datasets.selection import DEPARTURE, INCOMPATIBILITY, OUTCOMES, Limits, Rule
from accord.datasets.step_filter import DROPS, LEAST_PIECE_S

_KEPT = tuple(outcome for outcome in OUTCOMES if outcome != "discarded")


class RulePanel(QWidget):
    """Says what is asked for; it decides about no episode."""

    changed = Signal()
    policy_changed = Signal()
    """Other scores are needed."""

    def __init__(self) -> None:
        super().__init__()
        self._selection = _box("What decides", "A saved selection, or a rule made here")
        self._selection.addItem("a rule:", "")
        self._outcomes = {outcome: QCheckBox(outcome) for outcome in _KEPT}
        self._outcomes["success"].setChecked(True)
        self._operators = QListWidget()
        self._operators.setAccessibleName("Operators to keep")
        self._operators.setToolTip("Tick operators to keep only their episodes; none ticked keeps everybody's (Space)")
        self._operators.setFixedHeight(11 * theme.GRID)
        self._policy = _box("Base policy", "The base policy whose scores decide")
        self._policy.addItem("no base policy", "")
        self._conflict = _limit("Conflict at most", "Largest share of conflicting steps", " %", 100.0)
        self._least = _limit("Compatibility at least", "Least compatibility M, 0 to 1", "", 1.0)
        self._novel = _limit("Novel at most", "Largest share of novel steps", " %", 100.0)
        self._strange = _limit("Incompatibility at most", "0.5 is as the base usually is, 1 is strange to it", "", 1.0)
        self._departs = _limit("Departure at most", "1 is at the limit: conflict 15 % or incompatibility 0.65", "", 5.0)
        self._leaves_out = _box("Leave out", "What goes where somebody did it another way than the base policy")
        self._leaves_out.addItem("leave out whole episodes", "")
        for name, word in DROPS.items():
            self._leaves_out.addItem(f"leave out {word} steps", name)
        self._piece = _seconds("Pieces of at least", "What is shorter between two cuts goes with them")
        self.limits = ScoreLimits()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._rule = QWidget()
        boxes = QGridLayout()
        for i, box in enumerate(self._outcomes.values()):
            box.setToolTip(f"Keep episodes with outcome {box.text()} (Space)")
            boxes.addWidget(box, i // 2, i % 2)
        scores = QFormLayout()
        scores.setVerticalSpacing(theme.GRID // 2)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Conflict at most", self._conflict), ("Pieces from", self._piece),
            ("Incompatible to", self._strange), ("Departure to", self._departs), ("Novel at most", self._novel),
            ("M at least", self._least),
        )  # fmt: skip
        for text, limit in rows:
            scores.addRow(label(text), limit)
        self._scores = scores
        inner = QVBoxLayout(self._rule)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.GRID)
        inner.addWidget(label("OUTCOME", "section"))
        inner.addLayout(boxes)
        inner.addWidget(label("OPERATOR", "section"))
        inner.addWidget(self._operators)
        inner.addWidget(label("AGREEMENT WITH", "section"))
        inner.addWidget(self._policy)
        inner.addWidget(self._leaves_out)
        inner.addLayout(scores)
        inner.addWidget(label("OTHER SCORES", "section"))
        inner.addWidget(self.limits)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(label("KEEP EPISODES BY", "section"))
        column.addWidget(self._selection)
        column.addWidget(self._rule)
        column.addStretch(1)

    def _connect(self) -> None:
        for box in self._outcomes.values():
            box.toggled.connect(self.changed)
        self._operators.itemChanged.connect(self.changed)
        for limit in (self._conflict, self._least, self._novel, self._strange, self._departs, self._piece):
            limit.valueChanged.connect(self.changed)
        self.limits.changed.connect(self.changed)
        self._leaves_out.activated.connect(self._on_form)
        self._policy.activated.connect(self._on_policy)
        self._selection.activated.connect(self._on_form)

    @property
    def selection(self) -> str:
        """The saved selection that decides; empty where the rule does."""
        return str(self._selection.currentData() or "")

    @property
    def policy(self) -> str:
        """The base policy whose scores are meant; empty for none."""
        return str(self._policy.currentData() or "")

    @property
    def rule(self) -> Rule:
        """What is asked for now."""
        ticked = [item for item in self._items() if item.checkState() is Qt.CheckState.Checked]
        return Rule(
            outcomes=tuple(outcome for outcome, box in self._outcomes.items() if box.isChecked()),
            operators=tuple(item.text() for item in ticked),
            min_compatibility=self._value(self._least, 1.0),
            max_conflict_share=None if self.drop_steps else self._value(self._conflict, 100.0),
            max_novel_share=self._value(self._novel, 100.0),
            policy=self.policy,
            scores={**self.limits.limits(bool(self.policy)), **self._own_limits()},
            drop_steps=self.drop_steps,
            least_piece_s=self._piece.value(),
        )

    def _own_limits(self) -> dict[str, Limits]:
        """Of our own scores."""
        asked = {INCOMPATIBILITY: self._value(self._strange, 1.0), DEPARTURE: self._value(self._departs, 1.0)}
        if self.drop_steps:
            return {}
        return {name: (None, most) for name, most in asked.items() if most is not None}

    @property
    def drop_steps(self) -> str:
        """Which steps are cut out of what is kept; empty where whole episodes are left out."""
        return str(self._leaves_out.currentData() or "") if self.policy else ""

    def _value(self, limit: QDoubleSpinBox, whole: float) -> float | None:
        """A limit as a share; None at its lowest value, which asks for nothing."""
        return None if limit.value() < 0 or not self.policy else limit.value() / whole

    def _items(self) -> list[QListWidgetItem]:
        return [self._operators.item(i) for i in range(self._operators.count())]

    def display(self, scan: Scan) -> None:
        """Offer what there is in the library; what is chosen stays chosen."""
        _offer(self._selection, scan.selections)
        _offer(self._policy, tuple(reversed(scan.policies)))
        self._policy.setEnabled(bool(scan.policies))
        names = sorted({row.entry.summary.operator for row in scan.rows})
        if names != [item.text() for item in self._items()]:
            self._operators.blockSignals(True)
            self._operators.clear()
            for name in names:
                QListWidgetItem(name, self._operators).setCheckState(Qt.CheckState.Unchecked)
            self._operators.blockSignals(False)
        self._enable()

    def _enable(self) -> None:
        scores = self._conflict, self._least, self._novel, self._strange, self._departs
        for limit in (*scores, self._leaves_out, self._piece):
            limit.setEnabled(bool(self.policy))
        # They are the two forms of one filter, so only one of them is asked about.
        for limit in (self._conflict, self._strange, self._departs):
            self._scores.setRowVisible(limit, not self.drop_steps)
        self._scores.setRowVisible(self._piece, bool(self.drop_steps))
        self._rule.setVisible(not self.selection)

    def _on_form(self) -> None:
        self._enable()
        self.changed.emit()

    def _on_policy(self) -> None:
        self._enable()
        self.policy_changed.emit()


def _box(name: str, tip: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(f"{tip} (↑ ↓)")
    return box


def _limit(name: str, tip: str, suffix: str, most: float) -> QDoubleSpinBox:
    """A number whose lowest value asks for nothing."""
    step = most / 100
    limit = QDoubleSpinBox()
    limit.setRange(-step, most)
    limit.setMinimumHeight(3 * theme.GRID)
    limit.setSingleStep(step)
    limit.setDecimals(1 if most == 100 else 2)
    limit.setSpecialValueText("any")
    limit.setValue(-step)
    limit.setSuffix(suffix)
    limit.setAccessibleName(name)
    limit.setToolTip(f"{tip} (↑ ↓)")
    return limit


def _seconds(name: str, tip: str) -> QDoubleSpinBox:
    seconds = QDoubleSpinBox()
    seconds.setRange(0.0, 10.0)
    seconds.setMinimumHeight(3 * theme.GRID)
    seconds.setSingleStep(0.1)
    seconds.setValue(LEAST_PIECE_S)
    seconds.setSuffix(" s")
    seconds.setAccessibleName(name)
    seconds.setToolTip(f"{tip} (↑ ↓)")
    return seconds


def _offer(box: QComboBox, values: tuple[str, ...]) -> None:
    """Offer these values after the first one; what is chosen stays chosen."""
    chosen = box.currentData()
    while box.count() > 1:
        box.removeItem(1)
    for value in values:
        box.addItem(value, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
