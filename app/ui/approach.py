"""ApproachPanel: brings a leader to where the robot stands, joint by joint, until it may drive."""

from collections.abc import Sequence
from math import degrees
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme
from accord.app.ui.actions import ENGAGE
from accord.app.ui.approach_bars import ApproachBars
from accord.app.ui.approach_words import SIDES, Approach, Arm, Stage, approach
from accord.app.ui.button import Button
from accord.app.ui.labels import label, wrapped
from accord.devices.mapping import Mapping

_TITLES: Final = {
    Stage.NONE: "", Stage.DOUBTFUL: "Not engaged", Stage.APART: "Still apart", Stage.READY: "Ready to engage",
    Stage.DRIVES: "The device drives",
}  # fmt: skip
_STRIPE: Final = theme.GRID // 2


class ApproachPanel(QWidget):
    """There while something is to be engaged, or to be let go of; hidden else."""

    engage_asked = Signal(bool)
    """True: let the device drive. False: let go of it."""
    changed = Signal()
    """It shows something else, or nothing any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source, self.engages = "", False
        """Who was chosen, and whether that had to be engaged before."""
        self.stage = Stage.NONE
        self.title, self.hint, self.legend = label("", "title"), wrapped(), wrapped("", "faint")
        self.arms = (ApproachBars("Leader less robot"), ApproachBars("Right leader less robot"))
        self._names = (label("", "faint"), label("", "faint"))
        self.button = Button(ENGAGE.text, ENGAGE.icon, ENGAGE.tip, "primary")
        self.button.clicked.connect(lambda: self.engage_asked.emit(self.stage is not Stage.DRIVES))
        self._lay_out()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def _lay_out(self) -> None:
        words, row = QVBoxLayout(), QHBoxLayout(self)
        words.setSpacing(theme.GRID // 2)
        for part in (self.title, self.hint, self.legend):
            words.addWidget(part)
        words.addStretch(1)
        words.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        row.setContentsMargins(2 * theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        row.setSpacing(2 * theme.GRID)
        row.addLayout(words, 1)
        for name, bars in zip(self._names, self.arms, strict=True):
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(name)
            column.addWidget(bars, 1)
            row.addLayout(column)

    def display(self, snapshot: Snapshot, mappings: Sequence[Mapping] = ()) -> None:
        """Show how far apart they are, and what to do.

        Args:
            snapshot: with `LoopStatus.apart` and why the robot is held.
            mappings: of what the person holds, the left one first: they say how near is near enough.
        """
        if snapshot.source != self._source:
            self._source, self.engages = snapshot.source, False
        chosen = snapshot.loop.source == snapshot.source != "none"  # the loop may still listen to the one before
        driven = chosen and snapshot.state in (State.READY, State.RECORDING)
        now = approach(snapshot, mappings, self.engages) if driven else Approach(Stage.NONE)
        self.engages = self.engages or now.stage is not Stage.NONE
        self.setVisible(now.stage is not Stage.NONE)
        if now.stage is not Stage.NONE:
            self._show(now)
        if now.stage is not self.stage:
            self.stage = now.stage
            self.changed.emit()

    def _show(self, now: Approach) -> None:
        by_number = {arm.number: arm for arm in now.arms}
        for number, (bars, name) in enumerate(zip(self.arms, self._names, strict=True)):
            arm = by_number.get(number)
            bars.setVisible(arm is not None)
            name.setVisible(arm is not None and len(by_number) > 1)
            name.setText(SIDES[number])
            if arm is not None:
                bars.show_apart(arm.apart_rad, arm.mapping.engage_within_rad)
        self.legend.setVisible(bool(now.arms))
        self.legend.setText(_legend(now.arms))
        self.title.setText(_TITLES[now.stage])
        self.hint.setText(now.hint)
        self._show_button(now)
        self.update()

    def _show_button(self, now: Approach) -> None:
        drives = now.stage is Stage.DRIVES
        self.button.setVisible(drives or not now.by_button)
        self.button.setText("Let go" if drives else ENGAGE.text)
        self.button.setAccessibleName(self.button.text())
        self.button.set_icon("mdi6.link-variant-off" if drives else ENGAGE.icon)
        may = now.stage in (Stage.DRIVES, Stage.READY, Stage.DOUBTFUL)
        self.button.setToolTip(ENGAGE.tip if may else "First bring the leader to where the robot is")
        self.button.setEnabled(may)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A ground with a stripe: green when it drives or may, amber before."""
        painter, may = QPainter(self), self.stage in (Stage.READY, Stage.DRIVES)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.fillRect(0, 0, _STRIPE, self.height(), theme.AGREE if may else theme.DOUBTFUL)


def _legend(arms: Sequence[Arm]) -> str:
    told = " and ".join(dict.fromkeys(f"±{degrees(arm.mapping.engage_within_rad):.0f}°" for arm in arms))
    which = "arms are the leaders" if len(arms) > 1 else "arm is the leader"
    return f"Leader less robot: inside the green band, {told}, it may be engaged. The blue {which}."
