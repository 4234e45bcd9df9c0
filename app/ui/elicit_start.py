"""StartPanel: begin a lesson, or go on with one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from accord.app.eliciting.lesson import Lesson
from accord.app.eliciting.plan import MEASURES, USUAL_LIMITS
from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.elicit_actions import GO_ON
from accord.app.ui.field import Choice, Field
from accord.app.ui.labels import label, wrapped
from accord.app.ui.number_field import NumberField
from accord.app.ui.small_base import doubt

_WIDTH: Final = 60 * theme.GRID
_MEASURED: Final = {"conflict": "share of steps in conflict", "incompatibility": "incompatibility, mean of all steps"}
_NONE: Final = "There is no base policy yet: record a few good episodes, then fit one on the page Policy."
_ABOUT: Final = (
    "Practise, watch the base, then show the task. What agrees with the base is kept; what does not is shown."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for."""

    name: str
    policy: str
    operator: str
    accepted: int
    rounds: int
    limit: float
    """[1]"""
    measure: str


class StartPanel(QWidget):
    """A form at the left, the lessons that were left at the right."""

    begin_asked = Signal(object)
    """`Wanted`."""
    resume_asked = Signal(str)
    """Name of a lesson."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.policy = Choice("Base policy", "What the episodes shall agree with")
        self.operator = Field("Operator", "Who drives")
        self.name = Field("Lesson", "Name of the lesson in its library: letters, digits, dots, dashes and underscores")
        self.accepted = _number("Accepted", "How many episodes have to be accepted in a round", 10, 1, 1000)
        self.rounds = _number("Rounds", "How often the base policy is fitted again", 1, 1, 20)
        self.limit = _number("Limit", "Up to which an episode is accepted, in per cent",
                             100 * USUAL_LIMITS["conflict"], 0, 100, " %")  # fmt: skip
        self.measure = Choice("Judged by", "What is limited")
        self.measure.offer((name, _MEASURED[name]) for name in MEASURES)
        self.begin = Button(f"{GO_ON.text}  {GO_ON.shown_key}", GO_ON.icon, GO_ON.tip, "primary")
        self.begin.clicked.connect(self.ask)
        self.told, self.rows = wrapped(_ABOUT, "faint"), list[Button]()
        self._left, self._rows = QFrame(), QVBoxLayout()
        self.driven, self.doubt = wrapped("", "faint"), wrapped("", "faint")
        self._sizes: Mapping[str, int] = {}
        self._driven = False
        self._lay_out()
        self.measure.chosen.connect(lambda measure: self.limit.setValue(100 * USUAL_LIMITS[measure]))
        self.policy.currentIndexChanged.connect(self._doubt)
        for field in (self.operator, self.name):
            field.textChanged.connect(self._enable)

    def _lay_out(self) -> None:
        row, form = QHBoxLayout(self), QFormLayout()
        form.setVerticalSpacing(theme.GRID)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for text, field in (
            ("Base policy", self.policy), ("Operator", self.operator), ("Lesson", self.name),
            ("Accept", self.accepted), ("Rounds", self.rounds), ("Limit", self.limit), ("Judged by", self.measure),
        ):  # fmt: skip
            form.addRow(label(text, "faint"), field)
        panel = QFrame()
        panel.setProperty("role", "panel")
        panel.setFixedWidth(_WIDTH)
        column = QVBoxLayout(panel)
        column.setContentsMargins(*(3 * theme.GRID,) * 4)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(label("A new lesson", "title"))
        column.addWidget(self.told)
        column.addLayout(form)
        column.addWidget(self.doubt)
        column.addWidget(self.driven)
        column.addWidget(self.begin)
        row.addStretch(1)
        row.addWidget(panel, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(2 * theme.GRID)
        row.addWidget(self._lessons_panel(), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)

    def _lessons_panel(self) -> QFrame:
        self._left.setProperty("role", "panel")
        self._left.setFixedWidth(_WIDTH * 4 // 5)
        column = QVBoxLayout(self._left)
        column.setContentsMargins(*(3 * theme.GRID,) * 4)
        column.setSpacing(theme.GRID)
        column.addWidget(label("Go on with", "title"))
        column.addLayout(self._rows)
        self._left.hide()
        return self._left

    def offer(self, policies: Mapping[str, int], lessons: dict[str, Lesson], taken: tuple[str, ...]) -> None:
        """Offer what there is.

        Args:
            policies: base policies, oldest first → how many base episodes each has; 0 where it is not known.
            lessons: name → those that are not done.
            taken: names of all lessons.
        """
        self._sizes = policies
        newest_first = tuple(policies)[::-1]
        if newest_first != tuple(self.policy.itemData(i) for i in range(self.policy.count())):
            self.policy.offer((name, name) for name in newest_first)
        if not self.name.text() or self.name.text() in taken:
            self.name.show_text(next(f"lesson-{n}" for n in range(1, 10_000) if f"lesson-{n}" not in taken))
        self.told.setText(_ABOUT if policies else _NONE)
        for old in self.rows:
            old.deleteLater()
        self.rows = []
        for name, lesson in lessons.items():
            button = Button(_about(name, lesson), "mdi6.arrow-right", f"Go on with {name}")
            button.clicked.connect(lambda _on, name=name: self.resume_asked.emit(name))
            self.rows.append(button)
            self._rows.addWidget(button)
        self._left.setVisible(bool(lessons))
        self._doubt()
        self._enable()

    def _doubt(self) -> None:
        size = self._sizes.get(self.policy.currentData() or "", 0)
        self.doubt.setText(f"{size} base episodes. {doubt(size)}" if size and doubt(size) else "")
        self.doubt.setVisible(bool(self.doubt.text()))

    def show_session(self, operator: str, source: str, ready: bool) -> None:
        """Who drives now, and whether the robot is there."""
        if not self.operator.text():
            self.operator.show_text(operator)
        told = "Nobody drives yet: choose a device on the page Collect." if source == "none" else f"Driven by {source}."
        self.driven.setText(told if ready else "The robot is starting…")
        if self._driven != (source != "none"):
            self._driven = source != "none"
            self._enable()

    def ask(self) -> None:
        """Ask for the lesson that the form describes."""
        if self.begin.isEnabled():
            wanted = Wanted(
                self.name.text().strip(), self.policy.currentData(), self.operator.text().strip(),
                int(self.accepted.written()), int(self.rounds.written()), self.limit.written() / 100,
                self.measure.currentData(),
            )  # fmt: skip
            self.begin_asked.emit(wanted)

    def _enable(self) -> None:
        named = self.operator.text().strip() and self.name.text().strip()
        self.begin.setEnabled(bool(named and self.policy.count() and self._driven))


def _number(name: str, tip: str, value: float, least: float, most: float, unit: str = "") -> NumberField:
    made = NumberField(name, tip)
    made.setRange(least, most)
    made.setValue(value)
    made.setSuffix(unit)
    made.setMaximumWidth(12 * theme.GRID)
    return made


def _about(name: str, lesson: Lesson) -> str:
    return f"{name}: {lesson.stage}, {len(lesson.accepted_now)} of {lesson.plan.accepted} accepted"
