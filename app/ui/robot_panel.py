"""RobotPanel: the hand's device and the robot, each in a line, with bars for the axes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme
from accord.app.ui.axes import Axes
from accord.app.ui.figures import number, signed, source_text
from accord.app.ui.labels import label
from accord.app.ui.words import scripted, waiting_for
from accord.devices.limits import Bounds

_FULL_SPEED: Final = np.repeat((Bounds().linear, Bounds().angular), 3)
"""What a command is a share of [m/s, rad/s]."""
_NEEDED: Final = ("input/axes", "sent/twist", "observation/hand_position", "observation/gripper_width")


class RobotPanel(QWidget):
    """What goes in, and what the robot makes of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lamp, self.device, self.loop = QLabel("●"), _line("Device"), _line("Loop")
        self.loop.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.axes, self.right, self.robot, self.joints = Axes(), Axes(), _line("Robot"), _line("Joints")
        self.right.hide()
        self.joints.setAlignment(Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addLayout(_row(self.lamp, self.device, self.loop))
        column.addWidget(self.axes)
        column.addWidget(self.right)
        column.addLayout(_row(self.robot, self.joints))

    def display(self, snapshot: Snapshot) -> None:
        """Show the newest step, and the health of device and loop."""
        self._show_device(snapshot)
        timing = snapshot.timing
        self.loop.setText(
            f"late p50 {number(timing.late_p50_ms)}  p99 {number(timing.late_p99_ms)}  "
            f"max {number(timing.late_max_ms)} ms   periods left out {timing.overruns}"
        )
        _make_room(self.device, self.loop, self.width())
        step = snapshot.newest
        if step is not None and step.dtype.names and all(name in step.dtype.names for name in _NEEDED):
            self._show_step(step, scripted(snapshot.source))

    def _show_device(self, snapshot: Snapshot) -> None:
        healthy, text = _device(snapshot)
        colour = {True: theme.AGREE, False: theme.CONFLICT, None: theme.faint(self.palette())}[healthy]
        sheet = f"color: {colour.name()}"
        if self.lamp.styleSheet() != sheet:
            self.lamp.setStyleSheet(sheet)
        self.device.setText(text)
        self.device.setToolTip(text)

    def _show_step(self, step: np.void, by_script: bool) -> None:
        values: NDArray[np.float64] = step["sent/twist"] / _FULL_SPEED if by_script else step["input/axes"]
        hands, widths = values.reshape(-1, len(_FULL_SPEED)), np.atleast_1d(step["observation/gripper_width"])
        positions = step["observation/hand_position"].reshape(-1, 3)
        self.right.setVisible(len(hands) == 2)
        for axes, hand, width in zip((self.axes, self.right), hands, widths, strict=False):
            axes.show_values(hand, float(width))
        texts = [
            f"x y z {signed(at, 3)} m   gripper {width * 1000:.0f} mm"
            for at, width in zip(positions, widths, strict=True)
        ]
        if len(texts) == 2:
            self.robot.setText(f"Left {texts[0]}")
            self.joints.setText(f"Right {texts[1]}")
            self.joints.show()
            return
        self.robot.setText(f"Hand {texts[0]}")
        if "observation/joint_position" in (step.dtype.names or ()):
            self.joints.setText(f"Joints {signed(step['observation/joint_position'])} rad")
            _make_room(self.robot, self.joints, self.width())


def _device(snapshot: Snapshot) -> tuple[bool | None, str]:
    """Whether it is well (None: there is none), and what to say of it."""
    loop, source = snapshot.loop, snapshot.source
    if snapshot.state in (State.STARTING, State.FAILED):
        return None, source_text(source) if source != "none" else "No device chosen"
    if source == "none":
        return None, "No device chosen"
    if scripted(source):
        return True, f"{source_text(source)}, no person"
    if loop.source == "none" or not loop.input_name or snapshot.awaited:
        return None, waiting_for(snapshot) if snapshot.awaited else source_text(source)
    if not loop.input_connected:
        return False, f"{loop.input_name}: {loop.input_detail or 'not connected'}"
    refused = f", {loop.input_refused} refused" if loop.input_refused else ""
    return True, f"{loop.input_name}, {loop.input_reports} reports{refused}"


def _make_room(first: QLabel, second: QLabel, width: int) -> None:
    """Half of a number is a wrong one: where half the width is too little for one of two lines, the first has all."""
    second.setVisible(2 * max(first.sizeHint().width(), second.sizeHint().width()) + 4 * theme.GRID <= width)


def _line(name: str) -> QLabel:
    made = label("", "faint", name)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return made


def _row(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.GRID)
    for part in parts:
        row.addWidget(part, 1 if part.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored else 0)
    return row
