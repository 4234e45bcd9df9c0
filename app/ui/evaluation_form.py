"""EvaluationForm: which policy is rolled out, on which task, how often, on which scenes, and what is kept."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from accord.app.seeds import FRESH_SEED
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.candidates import Candidate
from accord.app.ui.factor_list import FactorList
from accord.app.ui.field import HEIGHT, Choice, Field
from accord.app.ui.labels import label, wrapped
from accord.app.ui.number_field import NumberField
from accord.app.ui.range_slider import Range
from accord.devices.sim.arms.catalogue import arms
from accord.devices.sim.factor import Variation
from accord.devices.sim.tasks import catalogue

if TYPE_CHECKING:
    from accord.app.evaluating import EvaluationSettings

RUN = Action("Run", "Ctrl+Return", "Roll the policy out", "mdi6.play")
_REMOTE = "ws://"
_ADDRESS = "ws://127.0.0.1:8000"
_MOST, _USUAL = 10_000, 50
"""Rollouts at most and at first."""
_KEPT = (("none", "nothing"), ("failures", "failures"), ("all", "all of them"))
_SEES = (("", "numbers only"), ("views", "numbers and all views"))


class EvaluationForm(QWidget):
    """Fields from top to bottom in the order in which one thinks of them."""

    asked = Signal(object)
    """`EvaluationSettings`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, Candidate] = {}
        self._variation: dict[str, Range] = {}
        self._shown_task = ""
        self.policy = Choice("Policy", "What is evaluated: a base policy of the library, or one behind an address")
        self.member = Choice("Member", "The mean of the ensemble, or one of its members alone")
        self.address = Field("Address", "Of a policy server that speaks openpi's protocol: ws://HOST:PORT")
        self.address.setText(_ADDRESS)
        self.sees = Choice("It sees", "What a policy behind an address is shown")
        self.task = Choice("Task", "What the policy shall do; a base policy starts with the one it was fitted to")
        self.arm = Choice("Arm", "Which arm does it")
        self.count = _whole("Rollouts", "How many scenes, one rollout each", 1, _MOST, _USUAL)
        self.first = _whole("First seed", "Of the first scene; the others count up from it", 0, 2**31 - 1, FRESH_SEED)
        self.limit = _whole("Time limit", "A rollout that takes longer is a failure [s]", 1, 3600, 60)
        self.limit.setSuffix(" s")
        self.keep = Choice("Keep", "Which rollouts stay as episodes, to be seen in the player; drawing them takes time")
        self.told = wrapped("", "faint")
        self.fold, self.factors = Button("Scene as usual", "mdi6.chevron-right", "", "quiet"), FactorList()
        self.run = Button(RUN.text, RUN.icon, RUN.tip, "primary")
        self._busy = False
        self._lay_out()
        self._connect()
        self.sees.offer(_SEES)
        self.keep.offer(_KEPT)
        self._on_policy("", take_task=False)

    def _lay_out(self) -> None:
        self.fold.setCheckable(True)
        self.fold.setToolTip("Fix or vary factors of the scenes otherwise than usual")
        self.factors.hide()
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GRID)
        grid.setVerticalSpacing(theme.GRID // 2)
        grid.setColumnStretch(1, 1)
        self._labels = {}
        for row, field in enumerate((self.policy, self.member, self.address, self.sees, self.task, self.arm,
                                     self.count, self.first, self.limit, self.keep)):  # fmt: skip
            words = self._labels[field] = label(field.accessibleName(), "faint")
            words.setBuddy(field)
            grid.addWidget(words, row, 0)
            grid.addWidget(field, row, 1)
        ends = QHBoxLayout()
        ends.addWidget(self.fold)
        ends.addStretch(1)
        ends.addWidget(self.run)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(label("ROLL OUT", "section"))
        column.addLayout(grid)
        column.addWidget(self.told)
        column.addLayout(ends)
        column.addWidget(self._scrolled(), 1)

    def _scrolled(self) -> QScrollArea:
        inner = QWidget()
        room = QVBoxLayout(inner)
        room.setContentsMargins(0, 0, theme.GRID, 0)
        room.addWidget(self.factors)
        room.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _connect(self) -> None:
        self.policy.chosen.connect(self._on_policy)
        self.task.chosen.connect(self._on_task)
        self.fold.toggled.connect(self._unfold)
        self.factors.varied.connect(self._vary)
        self.address.textChanged.connect(self._say)
        self.run.clicked.connect(self.ask)

    # What can be chosen ----------------------------------------------------------------------------------------

    def offer(self, known: tuple[Candidate, ...], task: str) -> None:
        """These base policies can be chosen, and every task.

        Args:
            known: the newest first.
            task: what a policy behind an address starts with.
        """
        # Until somebody chose an address, the newest base policy is what is meant.
        first = self.policy.count() == 0 or (bool(known) and not self._known and self.address.text() == _ADDRESS)
        self._known = {one.name: one for one in known}
        self.policy.offer((*((name, name) for name in self._known), (_REMOTE, "at an address…")))
        self.task.offer((name, name) for name in catalogue.tasks())
        if first:
            self.policy.setCurrentIndex(0)
            self.task.show_chosen(known[0].task if known else task)
        self._on_policy(str(self.policy.currentData()), first)

    @property
    def remote(self) -> bool:
        """Whether it is behind an address."""
        return bool(self.policy.currentData() == _REMOTE)

    def _on_policy(self, name: str, take_task: bool = True) -> None:
        chosen = self._known.get(name)
        for field, on in ((self.member, not self.remote), (self.address, self.remote), (self.sees, self.remote)):
            field.setVisible(on)
            self._labels[field].setVisible(on)
        if chosen is not None:
            numbers = ((str(i), f"member {i} alone") for i in range(1, chosen.members + 1))
            self.member.offer((("", f"mean of {chosen.members}"), *numbers))
            if take_task:
                self.task.show_chosen(chosen.task)
        self._on_task()

    def _on_task(self) -> None:
        name = self.task.currentData()
        self._say()
        if name is None:  # nothing was offered yet
            return
        tried = catalogue.task(name).arms
        offered = dict.fromkeys((*tried, *arms()))
        self.arm.offer((arm, arm if arm in tried else f"{arm} (untried)") for arm in offered)
        if self._shown_task != name:
            self._shown_task = name
            self.limit.setValue(catalogue.task(name).time_limit_s)
            self._vary({})

    def _vary(self, variation: Variation) -> None:
        self._variation = dict(variation)
        self.factors.display(self.task.currentData() or "", self._variation, {})
        many = len(self._variation)
        text = "Scene as usual" if not many else f"Scene: {many} factor{'s' * (many > 1)} changed"
        self.fold.setText(text)
        self.fold.setMinimumWidth(self.fold.sizeHint().width() + 2 * theme.GRID)  # it is bold while it is checked
        self.fold.setAccessibleName(text)
        self._say()

    def _unfold(self, on: bool) -> None:
        self.factors.setVisible(on)
        self.fold.set_icon("mdi6.chevron-down" if on else "mdi6.chevron-right")

    # Asking ----------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The policy as the command line writes it."""
        if self.remote:
            return self.address.text().strip()
        member = self.member.currentData()
        return f"{self.policy.currentData()}#{member}" if member else str(self.policy.currentData())

    @property
    def settings(self) -> "EvaluationSettings":
        """What was chosen.

        Raises:
            AccordError: if it cannot be.
        """
        from accord.app.evaluating import EvaluationSettings  # noqa: PLC0415  brought in by `candidates` by now
        from accord.app.rollout import Keep  # noqa: PLC0415
        from accord.devices.policies.catalogue import Sight  # noqa: PLC0415

        task, first = str(self.task.currentData()), round(self.first.written())
        views = catalogue.task(task).cameras if self.remote and self.sees.currentData() else ()
        return EvaluationSettings(
            policy=self.name, seeds=range(first, first + round(self.count.written())), task=task,
            arm=str(self.arm.currentData()), variation=dict(self._variation), limit_s=self.limit.written(),
            sight=Sight(views), keep=Keep(str(self.keep.currentData())), thumbnails=True,
        )  # fmt: skip

    def ask(self) -> None:
        """Ask for the evaluation, if there can be one."""
        if self.run.isEnabled():
            self.asked.emit(self.settings)

    def set_busy(self, busy: bool) -> None:
        """While one runs, no other can be asked for."""
        self._busy = busy
        self._say()

    def _say(self) -> None:
        """What is missing, or worth knowing."""
        chosen = self._known.get(self.policy.currentData() or "")
        text = ""
        if self.remote and not self.address.text().strip().startswith(("ws://", "wss://")):
            text = "Write the address as ws://HOST:PORT."
        elif chosen is not None and chosen.task != self.task.currentData():
            text = f"{chosen.name} was fitted to {chosen.task}."
        self.told.setText(text)
        self.told.setVisible(bool(text))
        self.run.setEnabled(not self._busy and not (self.remote and text) and self.task.currentData() is not None)


def _whole(name: str, tip: str, least: int, most: int, value: int) -> NumberField:
    made = NumberField(name, tip)
    made.setRange(least, most)
    made.setValue(value)
    made.setFixedHeight(HEIGHT)
    return made
