"""LiveColumns: what the device says, what is asked of the robot, and what the robot does, beside each other."""

from math import degrees
from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.axes import NAMES
from accord.app.ui.finger_bars import HEIGHT as _FINGERS
from accord.app.ui.finger_bars import FingerBars
from accord.app.ui.labels import label, wrapped
from accord.app.ui.mapping_bars import Bar, Bars, RawNumbers
from accord.app.ui.mapping_buttons import button_text
from accord.app.ui.mapping_fingers import NO_BENDS, as_bends, leads_fingers
from accord.app.ui.mapping_moment import Asked, Moment
from accord.devices.command import Vector
from accord.devices.input import InputState
from accord.devices.limits import Bounds
from accord.devices.mapping import BUTTONS

_REACH: Final = np.repeat((Bounds().linear, Bounds().angular), 3)
"""What fills a bar of the hand [m/s, rad/s]."""
_UNITS: Final = ("m/s",) * 3 + ("rad/s",) * 3
_WIDEST_M, _FURTHEST_M, _TURN = 0.08, 1.0, 180.0
"""What fills the bars of the gripper [m], a place [m] and an angle [°]."""


_HEIGHT: Final = 33 * theme.GRID
"""[px]"""
_NO_ROBOT: Final = "No robot runs: the page Collect starts one."


class LiveColumns(QWidget):
    """Three panels."""

    def __init__(self) -> None:
        super().__init__()
        names = ("What the device says", "What is asked", "What the robot does")
        self.says, self.asks, self.does = (Bars(name) for name in names)
        self.raw = RawNumbers()
        self.buttons, self.detail, self.note, self.key = label(), wrapped("", "faint"), wrapped("", "faint"), _key()
        self.buttons.setAccessibleName("Buttons that are down")
        self.robot_note = wrapped("", "faint")
        self.bends, self.asked_fingers, self.fingers = (FingerBars(f"{name}, finger by finger") for name in names)
        self._gloved = False
        """Whether a glove and a hand with fingers were seen; then there is room for both, also while one is silent."""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        self.titles = [label(title, "section") for title in ("THE DEVICE SAYS", "THIS MAPPING ASKS", "THE ROBOT DOES")]
        says, asks, does = self.titles
        row.addWidget(_panel(says, self.buttons, self.detail, _scrolled(self.says, self.raw), self.bends), 1)
        row.addWidget(_panel(asks, self.asks, self.asked_fingers, self.key, self.note), 1)
        row.addWidget(_panel(does, self.does, self.fingers, self.robot_note), 1)
        self.begin()

    def begin(self) -> None:
        """Another device: nothing is known of it."""
        self._make_room(False)

    def _make_room(self, gloved: bool) -> None:
        self._gloved = gloved
        self.setFixedHeight(_HEIGHT + (_FINGERS if gloved else 0))
        for bars in (self.bends, self.asked_fingers, self.fingers):
            bars.setVisible(gloved)

    def display(self, moment: Moment, asked: Asked) -> None:
        """Show this moment; where there are two hands, whose it is."""
        state = moment.state
        device, robot = moment.side, ("left", "right")[moment.hand] if moment.robot_hands == 2 else ""
        self.titles[0].setText(f"THE DEVICE'S {device.upper()} HAND SAYS" if device else "THE DEVICE SAYS")
        self.titles[2].setText(f"THE ROBOT'S {robot.upper()} HAND DOES" if robot else "THE ROBOT DOES")
        self.says.show_rows(_said(state))
        self.raw.show_numbers(moment.channels, () if state is None else [float(x) for x in state.raw])
        self.buttons.setText(_buttons(state))
        self._say(self.detail, "" if moment.health is None else moment.health.detail)
        self.asks.show_rows(_hand(asked.twist, asked.sent, asked.gripper, asked.sent_gripper))
        self.key.setVisible(moment.drives)
        self._say(self.note, asked.note)
        self.does.show_rows(_done(moment))
        self._say(self.robot_note, _NO_ROBOT if moment.newest is None else asked.whole)
        self._show_fingers(moment, asked)

    def _show_fingers(self, moment: Moment, asked: Asked) -> None:
        """Bends of the glove, what they ask of the robot's fingers, and where these are beside what they were told."""
        hand, state = moment.fingers, moment.state
        if leads_fingers(state, hand) and not self._gloved:
            self._make_room(True)
        if not self._gloved:
            return
        self.bends.show_bends(NO_BENDS if state is None or state.fingers is None else state.fingers)
        self.asked_fingers.show_bends(as_bends(hand, asked.fingers), as_bends(hand, asked.sent_fingers))
        reached, told = (moment.of_fingers(name) for name in ("observation/finger_position", "sent/fingers"))
        self.fingers.show_bends(as_bends(hand, reached), as_bends(hand, told))

    def _say(self, where: QLabel, text: str) -> None:
        where.setText(text)
        where.setVisible(bool(text))


def _said(state: InputState | None) -> tuple[Bar, ...]:
    """Bars for what it gives; six empty ones for a device that says nothing."""
    if state is None:
        return tuple(Bar(name, float("nan")) for name in NAMES[:6])
    rows: list[Bar] = []
    if state.joints is not None:
        rows += [Bar(f"joint {i}", degrees(x), _TURN, unit="°", digits=0) for i, x in enumerate(state.joints, 1)]
    if state.pose is not None:
        rows += [Bar(n, float(x), _FURTHEST_M, unit="m", digits=3) for n, x in zip("xyz", state.pose[:3], strict=True)]
        rows += [Bar(n, x, _TURN, unit="°", digits=0) for n, x in zip(NAMES[3:6], _turns(state.pose[3:]), strict=True)]
    if not rows:
        rows = [Bar(name, float(x)) for name, x in zip(NAMES[:6], state.axes, strict=True)]
    if state.gripper is not None:
        rows.append(Bar("gripper", state.gripper, from_left=True))
    return tuple(rows)


def _turns(quaternion: Vector) -> list[float]:
    """Roll, pitch and yaw of a wxyz quaternion [°]."""
    w, x, y, z = (float(part) for part in quaternion)
    roll = np.arctan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
    pitch = np.arcsin(np.clip(2 * (w * y - z * x), -1, 1))
    yaw = np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    return [degrees(roll), degrees(pitch), degrees(yaw)]


def _hand(twist: Vector, marks: Vector, gripper: float, gripper_mark: float) -> tuple[Bar, ...]:
    rows = [
        Bar(NAMES[i], float(twist[i]), float(_REACH[i]), float(marks[i]), _UNITS[i], 3 if i < 3 else 2)
        for i in range(6)
    ]
    return (*rows, Bar("gripper", gripper, 1.0, gripper_mark, "open", from_left=True))


def _done(moment: Moment) -> tuple[Bar, ...]:
    width = float(moment.of_step("observation/gripper_width"))
    rows = _hand(moment.moved, np.full(6, np.nan), 0.0, float("nan"))[:6]
    return (*rows, Bar("gripper", width, _WIDEST_M, unit="mm", digits=0, from_left=True, factor=1000.0))


def _buttons(state: InputState | None) -> str:
    down = [] if state is None else [button_text(i) for i in range(BUTTONS) if state.buttons >> i & 1]
    return f"Down: {', '.join(down)}" if down else "No button is down"


def _key() -> QLabel:
    return label("bar: asked   ▲ sent to the robot, after every limit", "faint")


def _scrolled(*parts: QWidget) -> QScrollArea:
    """An exoskeleton says more than there is room for."""
    inside, area = QWidget(), QScrollArea()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, theme.GRID // 2, 0)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for ground in (inside, area.viewport()):
        ground.setAutoFillBackground(False)
    return area


def _panel(title: QLabel, *parts: QWidget) -> QFrame:
    made = QFrame()
    made.setProperty("role", "panel")
    column = QVBoxLayout(made)
    column.setContentsMargins(*[theme.GRID] * 4)
    column.setSpacing(theme.GRID // 2)
    column.addWidget(title)
    for part in parts:
        column.addWidget(part, 1 if isinstance(part, QScrollArea) else 0)
    if not any(isinstance(part, QScrollArea) for part in parts):
        column.addStretch(1)
    return made
