"""Choices: what is done, by whom, with what, against which base policy. They hold from the next episode on."""

from collections.abc import Iterable
from enum import Enum, auto

from PySide6.QtCore import QStringListModel, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme
from accord.app.ui.actions import TASKS
from accord.app.ui.button import Button
from accord.app.ui.field import Choice, Field
from accord.app.ui.figures import source_text
from accord.app.ui.labels import label
from accord.devices.inputs.keys import BINDINGS, SHARES, SPEEDS, Speed
from accord.devices.sources.held import EITHER, devices_of

_SPEED_KEYS = tuple(SPEEDS)
_SPEED_TEXTS = {Speed.SLOW: "Slow", Speed.NORMAL: "Normal", Speed.FAST: "Fast"}


class Choices(QWidget):
    """Fields and lists, one to a row."""

    gallery_asked = Signal()
    """Another task is wanted."""
    arm_chosen = Signal(str)
    operator_written = Signal(str)
    instruction_written = Signal(str)
    source_chosen = Signal(str)
    policy_chosen = Signal(str)
    speed_asked = Signal(int)
    """The key, as `Key`, that chooses it."""
    left = Signal()
    """A choice was made or a field left: the keyboard may drive again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.task = Button(TASKS.text, TASKS.icon, TASKS.tip)
        self.arm = Choice("Arm", "Which arm does it; another one starts the workcell anew")
        self.operator = Field("Operator", "Who drives: stands in every episode")
        self.operator.setPlaceholderText("who drives")
        self.instruction = Field("Instruction", "What the robot shall do, in words, for policies that read them")
        self.source = Choice("Source", "Who gives the commands")
        self.policy = Choice("Base policy", "Against which every step is scored")
        self._speeds = QButtonGroup(self)
        self.share = label("", "faint", "Share of the fast speed")
        self._known = QStringListModel(self)
        self._complete()
        self._lay_out()
        self._connect()
        self.offer_policies(())

    def _complete(self) -> None:
        """Offer the operators that the library knows, so that one person keeps one name."""
        completer = QCompleter(self._known, self)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        self.operator.setCompleter(completer)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GRID)
        grid.setVerticalSpacing(theme.GRID // 2)
        grid.setColumnStretch(1, 1)
        rows = (
            ("Task", self._task_row()), ("Say", self.instruction), ("Operator", self.operator),
            ("Driven by", self.source), ("Speed", self._speed_row()), ("Base policy", self.policy),
        )  # fmt: skip
        for row, (text, widget) in enumerate(rows):
            words = label(text, "faint")
            words.setBuddy(widget)
            grid.addWidget(words, row, 0)
            grid.addWidget(widget, row, 1)

    def _task_row(self) -> QWidget:
        box, row = _row()
        self.task.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.addWidget(self.task, 3)
        row.addWidget(self.arm, 2)
        return box

    def _speed_row(self) -> QWidget:
        box, row = _row()
        for key in _SPEED_KEYS:
            digit = key.name.removeprefix("DIGIT_")
            text = _SPEED_TEXTS[SPEEDS[key]]
            button = Button(text, tip=f"Drive at this speed: {BINDINGS[key].label} ({digit})")
            button.setCheckable(True)
            self._speeds.addButton(button, int(key))
            row.addWidget(button, len(text) + 2)  # the longest in bold has to fit at the smallest width
        self.share.setMinimumWidth(self.share.fontMetrics().horizontalAdvance("100%"))
        self.share.setToolTip("Of the fast speed; the mouse wheel over the views changes it")
        row.addWidget(self.share)
        return box

    def _connect(self) -> None:
        self.operator.textEdited.connect(self.operator_written)
        self.operator.editingFinished.connect(lambda: self.operator_written.emit(self.operator.text().strip()))
        self.instruction.textEdited.connect(self.instruction_written)
        self.task.clicked.connect(self.gallery_asked)
        self.arm.chosen.connect(self.arm_chosen)
        self.source.chosen.connect(self.source_chosen)
        self.policy.chosen.connect(self.policy_chosen)
        self._speeds.idClicked.connect(self.speed_asked)
        for field in (self.operator, self.instruction):
            field.left.connect(self.left)
        for choice in (self.arm, self.source, self.policy):
            choice.chosen.connect(self.left)

    def offer_arms(self, names: Iterable[str], tried: Iterable[str]) -> None:
        """These arms can be chosen, and those were tried with the task."""
        known = tuple(tried)
        self.arm.offer((name, name if name in known else f"{name} (untried)") for name in names)

    def offer_sources(self, names: Iterable[str]) -> None:
        """These sources can be chosen; a line stands between one device alone, one in each hand, and scripts."""
        offered = ("none", *names)
        two_hands = any(_group(name) is _Group.PAIR or name.startswith(EITHER) for name in offered)
        self.source.offer((name, _source_line(name, two_hands)) for name in offered)
        for index in range(len(offered) - 1, 1, -1):
            if _group(offered[index]) is not _group(offered[index - 1]):
                self.source.insertSeparator(index)

    def offer_policies(self, names: Iterable[str]) -> None:
        """These base policies can be chosen."""
        offered = tuple(names)
        first = "No scoring" if offered else "None yet: fit one in Policy"
        self.policy.offer((("", first), *((name, name) for name in offered)))

    def offer_operators(self, names: Iterable[str]) -> None:
        """These operators are known."""
        self._known.setStringList(sorted(set(names)))

    def speed(self, speed: Speed) -> QAbstractButton:
        """The button of a speed."""
        return self._speeds.button(next(int(key) for key, value in SPEEDS.items() if value is speed))

    def show_speed(self, speed: Speed, share: float) -> None:
        """Which speed the keys drive at; none of the three where the mouse wheel chose another.

        Args:
            speed: the one that a number key chose last.
            share: how fast that is, as a share of the fast one [1].
        """
        self.share.setText(f"{share:.0%}")
        between = share != SHARES[speed]
        self._speeds.setExclusive(not between)
        for button in self._speeds.buttons():
            button.setChecked(not between and button is self.speed(speed))

    def display(self, snapshot: Snapshot) -> None:
        """Show what holds now; while an episode is recorded, or nothing runs yet, nothing can be chosen."""
        self.task.setText(snapshot.task)
        self.task.setAccessibleName(f"Task {snapshot.task}")
        self.arm.show_chosen(snapshot.arm)
        self.operator.show_text(snapshot.operator)
        self.instruction.show_text(snapshot.instruction)
        if snapshot.source and self.source.findData(snapshot.source) < 0:  # the command line takes any two devices
            self.source.addItem(source_text(snapshot.source), snapshot.source)
        self.source.show_chosen(snapshot.source)
        self.policy.show_chosen(snapshot.policy)
        recording = snapshot.state is State.RECORDING
        for widget in (self.operator, self.instruction, self.source, self.policy):
            widget.setEnabled(not recording and snapshot.state is not State.STARTING)  # nobody would hear it yet
        self.task.setEnabled(not recording)
        self.arm.setEnabled(not recording)
        for button in self._speeds.buttons():
            button.setEnabled("keyboard" in devices_of(snapshot.source))


class _Group(Enum):
    """Of sources in the list."""

    ALONE = auto()
    PAIR = auto()
    SCRIPT = auto()


def _group(name: str) -> _Group:
    if name.startswith("scripted:"):
        return _Group.SCRIPT
    return _Group.PAIR if len(devices_of(name)) == 2 else _Group.ALONE


def _source_line(name: str, two_hands: bool) -> str:
    """What a source is called in the list; where a robot has two hands, each line says which hand drives with what."""
    whole = two_hands and _group(name) is _Group.ALONE and name != "none" and not name.startswith(EITHER)
    return f"{source_text(name)}, both hands" if whole else source_text(name)


def _row() -> tuple[QWidget, QHBoxLayout]:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.GRID // 2)
    return box, row
