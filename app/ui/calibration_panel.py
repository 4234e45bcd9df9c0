"""CalibrationPanel: a device is calibrated step by step: what to do, a drawing of it, and how far every joint went.

`accord.app.ui.calibration_guiding` feeds the steps that it shows.
"""

from math import degrees
from typing import Final, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.button import Button
from accord.app.ui.calibration_arm import CalibrationArm, words_for
from accord.app.ui.devices_bars import Bar, Bars, bar
from accord.app.ui.figures import NOTHING, number
from accord.app.ui.labels import label, wrapped
from accord.devices.calibrating import Step
from accord.devices.calibration import Calibration
from accord.devices.command import Vector

_HALF_TURN: Final = 180.0
_TRIGGER: Final = {Step.LET_GO: "open", Step.SQUEEZE: "closed"}


class Steps(Protocol):
    """One calibration; see `accord.devices.calibrating.Calibrating`."""

    step: Step
    joint: int
    problem: str
    names: tuple[str, ...]
    """What the joints are called that are moved."""

    @property
    def done(self) -> bool:
        """Whether there is a calibration."""

    @property
    def ready(self) -> bool:
        """Whether `go_on` would."""

    @property
    def text(self) -> str:
        """What to do now."""

    @property
    def still(self) -> float:
        """How long it has been held still, as a part of the time that it has to be [1]."""

    @property
    def range_rad(self) -> tuple[float, float]:
        """How far the joint at hand was moved, to either side of the reference pose [rad]."""

    def feed(self, raw: Vector, t_ns: int) -> None:
        """A reading of the device."""

    def go_on(self) -> None:
        """Next, says the person; where something is missing, `problem` names it and nothing changes."""

    def go_back(self) -> None:
        """Back, says the person: the step before this one is done anew; nothing happens at the first."""

    def calibration(self) -> Calibration:
        """What came of it."""


class CalibrationPanel(QWidget):
    """What to do at the left, how far it is at the right."""

    next_asked = Signal()
    back_asked = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.step = label("", "title"), label("", "section")
        self.text, self.way, self.missing = wrapped("", "title"), wrapped(), wrapped("", "faint")
        self.problem = Banner(closable=False)
        self.arm, self.bars = CalibrationArm(), Bars("How far every joint was moved", 1)
        self.next = Button("Next", "mdi6.arrow-right", "What was asked for is done (Return)", "primary")
        self.back = Button("Back", "mdi6.arrow-left", "Do the step before this one anew (Alt+Left)")
        self.cancel = Button("Cancel", "mdi6.close", "Leave the calibration as it was (Esc)")
        self._joints = 0
        self._ranges: dict[int, tuple[float, float]] = {}
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for key, button in (("Return", self.next), ("Enter", self.next), ("Alt+Left", self.back)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)
        self.next.clicked.connect(self.next_asked)
        self.back.clicked.connect(self.back_asked)
        self.cancel.clicked.connect(self.cancelled)

    def _lay_out(self) -> None:
        outer, row, left, buttons = QVBoxLayout(self), QHBoxLayout(), QVBoxLayout(), QHBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2 * theme.GRID)
        outer.addWidget(self.title)
        outer.addWidget(self.problem)
        panel = QFrame()
        panel.setProperty("role", "panel")
        panel.setLayout(row)
        row.setContentsMargins(*(3 * theme.GRID,) * 4)
        row.setSpacing(3 * theme.GRID)
        left.setSpacing(theme.GRID)
        for widget in (self.step, self.text, self.way):
            left.addWidget(widget)
        left.addWidget(self.arm, 1)
        left.addWidget(self.missing)
        row.addLayout(left, 3)
        row.addWidget(self.bars, 2, Qt.AlignmentFlag.AlignTop)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        outer.addWidget(panel, 1)
        outer.addLayout(buttons)

    def begin(self, device: str, joints: int) -> None:
        """A calibration begins.

        Args:
            device: as the person calls it.
            joints: how many have to be moved.
        """
        self.title.setText(f"Calibrate {device}")
        self._joints, self._ranges = joints, {}
        self.problem.say("")

    def display(self, calibrating: Steps, missing: str, silent: str = "") -> None:
        """Show how far it is.

        Args:
            calibrating: where it stands.
            missing: what is missing before it can go on; a sentence, or empty.
            silent: why the device says nothing, or empty.
        """
        step = calibrating.step
        moving = calibrating.joint if step is Step.MOVE else None
        self._remember(calibrating)
        self.step.setText(f"STEP {self._number(calibrating)} OF {self._joints + 3}")
        self.text.setText(calibrating.text)
        self.way.setText(words_for(self._joints, moving) if moving is not None else "")
        self.way.setVisible(moving is not None)
        self.arm.display(self._joints, moving, _TRIGGER.get(step, ""))
        self.arm.setVisible(self.arm.figure is not None)
        self.missing.setText(missing)
        self.problem.say(silent, Tone.WARNING, word="Not heard")
        may = calibrating.done or (calibrating.ready and not silent)
        for button, allowed in ((self.next, may), (self.back, step is not Step.HOLD)):
            if not allowed and button.hasFocus():
                self.setFocus()  # else Qt gives it to something outside, where Return means nothing
            button.setEnabled(allowed)
        last = step in (Step.SQUEEZE, Step.DONE)
        self.next.setText("Save" if last else "Next")
        self.next.setAccessibleName(self.next.text())
        self.bars.display(self._progress(calibrating))

    def _remember(self, calibrating: Steps) -> None:
        """How far the joint at hand was moved; those behind it are yet to be moved, also where the person went back."""
        if calibrating.step is Step.HOLD:
            self._ranges = {}
        elif calibrating.step is Step.MOVE:
            self._ranges = {joint: ends for joint, ends in self._ranges.items() if joint < calibrating.joint}
            self._ranges[calibrating.joint] = calibrating.range_rad

    def _number(self, calibrating: Steps) -> int:
        first = {Step.HOLD: 1, Step.MOVE: 2 + calibrating.joint, Step.LET_GO: self._joints + 2}
        return first.get(calibrating.step, self._joints + 3)

    def _progress(self, calibrating: Steps) -> list[Bar]:
        held = calibrating.still if calibrating.step is Step.HOLD else 1.0
        bars = [bar("held still" + " ✓" * (held >= 1.0), held, f"{held:.0%}".replace("%", " %"), 0.0, 1.0)]
        for joint in range(self._joints):
            bars.append(self._joint(joint, calibrating))
        squeezed = calibrating.step in (Step.SQUEEZE, Step.DONE), calibrating.step is Step.DONE
        bars += [bar(word + " ✓" * done, float(done), "", 0.0, 1.0)
                 for word, done in zip(("let go", "squeezed"), squeezed, strict=True)]  # fmt: skip
        return bars

    def _joint(self, joint: int, calibrating: Steps) -> Bar:
        now = calibrating.step is Step.MOVE and calibrating.joint == joint
        name = f"{'▸ ' if now else ''}{calibrating.names[joint]}{' ✓' if joint in self._ranges and not now else ''}"
        if joint not in self._ranges:
            return Bar(name, NOTHING, 0.5, 0.5)
        low, high = (degrees(edge) for edge in self._ranges[joint])
        shares = [min(max((edge + _HALF_TURN) / (2 * _HALF_TURN), 0.0), 1.0) for edge in (low, high)]
        return Bar(name, f"{number(low, 0)}° to {number(high, 0)}°", *shares)
