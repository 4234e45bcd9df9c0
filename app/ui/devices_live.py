"""DeviceLive: what one hand of a device says now: raw numbers, axes, buttons, joints, gripper, fingers, its place."""

import re
from collections.abc import Sequence
from math import degrees, isfinite
from typing import Final

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.devices_bars import Bar, Bars, ButtonLamps, bar
from accord.app.ui.figures import number, plain
from accord.app.ui.finger_bars import FingerBars
from accord.app.ui.labels import label, wrapped
from accord.app.watched import Reading
from accord.devices.input import InputState
from accord.devices.inputs.leaders import TICKS_PER_TURN

_AXES: Final = ("x", "y", "z", "roll", "pitch", "yaw")
_POSE: Final = ("x [m]", "y [m]", "z [m]", "qw", "qx", "qy", "qz")
_FINGERS_PX: Final = 48 * theme.GRID
_SILENT: Final = "It says nothing now."


class DeviceLive(QWidget):
    """One hand of a device. What the device does not give takes no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.silent = label("", "section"), wrapped(_SILENT, "faint")
        self.axes, self.joints, self.pose = Bars("Axes", 6), Bars("Joints", 8), Bars("Where the hand is", 7)
        self.gripper, self.buttons = Bars("Gripper", 6), ButtonLamps()
        self.fingers = FingerBars("Fingers")
        self.fingers.setMaximumWidth(_FINGERS_PX)
        self.raw = Bars("Raw numbers", narrowest=20 * theme.GRID)
        self._furthest: dict[int, float] = {}
        self._parts = tuple(
            (label(text, "faint"), widget)
            for text, widget in (
                ("Axes, −1 to 1", self.axes), ("Joints [°]", self.joints), ("Hand", self.pose),
                ("Gripper, 0 closed to 1 open", self.gripper),
                ("Fingers, spread above, base and outer bend below", self.fingers), ("Buttons", self.buttons),
                ("Raw numbers", self.raw),
            )
        )  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(self.name)
        column.addWidget(self.silent)
        for head, widget in self._parts:
            column.addWidget(head)
            column.addWidget(widget)
        self.clear()

    def clear(self) -> None:
        """Another device is looked at."""
        self._furthest.clear()
        self.buttons.clear()
        self._show_only()
        self.silent.show()

    def display(self, reading: Reading, hand: str = "", leads: bool = False, drives: bool = True) -> None:
        """Show what it says.

        Args:
            reading: of this hand.
            hand: its name; empty for the only one.
            leads: whether it has joints and no axes, even where nothing is known of its joints yet.
            drives: False for keys and pedals, which have buttons and nothing else.
        """
        self.name.setText(hand.upper())
        self.name.setVisible(bool(hand))
        state = reading.state
        self.silent.setVisible(state is None)
        if state is None:
            self._show_only()
            return
        if not drives:
            self._show_only(self.buttons)
            self.buttons.display(state.buttons, reading.channels)
            return
        self._show_only(*self._known(state, leads))
        self.axes.display([_signed(name, value, 1.0) for name, value in zip(_AXES, state.axes, strict=True)])
        self.buttons.display(state.buttons)
        if state.joints is not None:
            self.joints.display([_joint(i, value) for i, value in enumerate(state.joints)])
        if state.pose is not None:
            self.pose.display([_signed(name, value, 1.0, 3) for name, value in zip(_POSE, state.pose, strict=True)])
        if state.gripper is not None:
            self.gripper.display([bar("open", state.gripper, number(state.gripper), 0.0, 1.0)])
        if state.fingers is not None:
            self.fingers.show_bends(state.fingers)
        self.raw.display(self._raw(state, reading.channels))

    def _known(self, state: InputState, leads: bool) -> tuple[QWidget, ...]:
        deflected = bool(np.any(state.axes)) or not (leads or state.continuous)
        known = (
            (self.axes, deflected), (self.joints, state.joints is not None), (self.pose, state.pose is not None),
            (self.gripper, state.gripper is not None), (self.fingers, state.fingers is not None),
            (self.buttons, True), (self.raw, len(state.raw) > 0),
        )  # fmt: skip
        return tuple(widget for widget, here in known if here)

    def _show_only(self, *widgets: QWidget) -> None:
        for head, widget in self._parts:
            for part in (head, widget):
                part.setVisible(widget in widgets)

    def _raw(self, state: InputState, channels: Sequence[str]) -> list[Bar]:
        bars = []
        for i, value in enumerate(float(one) for one in state.raw):
            name = channels[i] if i < len(channels) else f"{i}"
            full = _full(name)
            # Past what its unit says, a bar is as long as it ever was since the device was chosen.
            furthest = max(self._furthest.get(i, full), abs(value) if full and isfinite(value) else 0.0)
            self._furthest[i] = furthest
            bars.append(bar(name, value, plain(value), -furthest * (value < 0), furthest))
        return bars


def _full(channel: str) -> float:
    """How far a raw number goes, by its unit: ``x [1/350]`` to 350; 0 for one that only counts on."""
    found = re.search(r"\[1/(\d+)", channel)
    if found:
        return float(found[1])
    if channel.endswith(("[bits]", "[µs]", "[1]")):
        return 0.0
    return float(TICKS_PER_TURN) if channel.endswith(("[tick]", "[count]")) else 1.0


def _signed(name: str, value: float, most: float, digits: int = 2) -> Bar:
    return bar(name, float(value), number(float(value), digits), -most, most)


def _joint(i: int, value: float) -> Bar:
    return bar(f"{i + 1}", degrees(value), f"{number(degrees(value), 1)}°", -180.0, 180.0)
