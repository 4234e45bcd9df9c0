"""DeviceDetail: the device that is looked at: how it is doing, what is wrong and what to do, what it says now."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from accord.app.desk import ALWAYS
from accord.app.device_words import Lamp, facts
from accord.app.ui import theme
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.button import Button
from accord.app.ui.calibration_guiding import CALIBRATED
from accord.app.ui.devices_lamp import LampView
from accord.app.ui.devices_list import Row
from accord.app.ui.devices_live import DeviceLive
from accord.app.ui.labels import label, wrapped
from accord.app.watched import Reading
from accord.devices.inputs.kinds import kind_named
from accord.devices.inputs.leaders import LEADERS
from accord.devices.setup import Setup

_HANDS = ("Left hand", "Right hand")
_APART = 4 * theme.GRID
"""Between what removes a device and all else, at least [px]."""
_WIDEST = {
    "Rate": "1000.0 Hz", "Jitter": "100.0 ms", "Last report": "100 ms ago", "Reports": "1 000 000", "Errors": "10 / 10",
    "Battery": "100 %",
}  # fmt: skip
"""What has to fit; the last one takes the rest."""
_KEYBOARD = "Its keys drive while the robot is seen, on the pages Collect and Elicit. F1 shows them."


class DeviceDetail(QWidget):
    """One device, ten times a second."""

    change_asked = Signal()
    mapping_asked = Signal()
    remove_asked = Signal()
    calibrate_asked = Signal(int)
    """Which hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lamp, self.name, self.kind = LampView(), label("", "title"), label("", "faint")
        self.calibrate = [Button("", "mdi6.ruler", "Teach Accord how its joints stand") for _ in _HANDS]
        self.mapping = Button("Mapping…", "mdi6.tune-vertical", "How you drive with it: speeds, axes, buttons, curves")
        self.change = Button("Change…", "mdi6.pencil", "Change its port, its name or its profile")
        self.remove = Button("Remove", "mdi6.delete", "Forget this device; its calibration stays")
        self.problem, self.hint = Banner(closable=False), wrapped(_KEYBOARD, "faint")
        self.values: dict[str, QLabel] = {}
        self._facts = QFrame()
        self.hands = [DeviceLive() for _ in _HANDS]
        self._shown = ""
        self._lay_out()
        self.change.clicked.connect(self.change_asked)
        self.mapping.clicked.connect(self.mapping_asked)
        self.remove.clicked.connect(self.remove_asked)
        for hand, button in enumerate(self.calibrate):
            button.clicked.connect(lambda _on, hand=hand: self.calibrate_asked.emit(hand))

    def _lay_out(self) -> None:
        column, top, buttons = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        for row in (top, buttons):
            row.setSpacing(theme.GRID)
        for name in (self.name, self.kind):
            name.setMinimumWidth(8 * theme.GRID)
        top.addWidget(self.lamp)
        top.addWidget(self.name)
        top.addWidget(self.kind, 1, Qt.AlignmentFlag.AlignBottom)
        for button in (*self.calibrate, self.mapping, self.change):
            buttons.addWidget(button)
        buttons.addSpacing(_APART)  # at the other end, where nobody hits it who wants another one
        buttons.addStretch(1)
        buttons.addWidget(self.remove)
        column.addLayout(top)
        column.addLayout(buttons)
        column.addWidget(self.problem)
        column.addWidget(self._laid_facts())
        column.addWidget(self.hint)
        column.addWidget(self._scrolled(), 1)

    def _laid_facts(self) -> QFrame:
        self._facts.setProperty("role", "panel")
        row = QHBoxLayout(self._facts)
        row.setContentsMargins(2 * theme.GRID, theme.GRID, 2 * theme.GRID, theme.GRID)
        row.setSpacing(theme.GRID)
        for name, _value in facts((), 0):
            value = self.values[name] = label("", name=name)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            room = value.fontMetrics().horizontalAdvance(_WIDEST.get(name, ""))
            value.setMinimumWidth(max(room, 7 * theme.GRID))  # a longer one is cut rather than widen the window
            one = QVBoxLayout()
            one.setSpacing(0)
            one.addWidget(label(name, "faint"))
            one.addWidget(value)
            row.addLayout(one, 0 if name in _WIDEST else 1)
        return self._facts

    def _scrolled(self) -> QScrollArea:
        holder, scroll = QWidget(), QScrollArea()
        held = QVBoxLayout(holder)
        held.setContentsMargins(0, 0, 0, 0)
        held.setSpacing(2 * theme.GRID)
        for hand in self.hands:
            held.addWidget(hand)
        held.addStretch(1)
        scroll.setWidget(holder)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        return scroll

    def display(self, setup: Setup, row: Row, readings: Sequence[Reading], now_ns: int) -> None:
        """Show a device.

        Args:
            setup: which.
            row: as the list shows it.
            readings: what it says, one for each hand.
            now_ns: the time (CLOCK_MONOTONIC) [ns].
        """
        told = row.told
        if setup.name != self._shown:
            self._shown = setup.name
            for hand in self.hands:
                hand.clear()
        self.lamp.display(told.lamp)
        self.name.setText(setup.name)
        self.name.setToolTip(setup.name)
        profile = f"profile {setup.profile}" if setup.profile else ""
        pedals = f"pedals {setup.pedals}" if setup.pedals else ""
        self.kind.setText("  ·  ".join(filter(None, (row.kind, profile, pedals, "drives now" * row.drives))))
        serious = told.lamp is Lamp.ABSENT
        self.problem.say(told.detail, Tone.ERROR if serious else Tone.WARNING, word=told.word.capitalize())
        keyboard = setup.kind == "keyboard"
        self.hint.setVisible(keyboard)
        self._facts.setVisible(not keyboard)
        self.change.setVisible(not keyboard)
        self.remove.setVisible(setup not in ALWAYS and not keyboard)
        self.mapping.setVisible(kind_named(setup.kind).drives)
        for name, value in facts(readings, now_ns):
            self.values[name].setText(value)
            self.values[name].setToolTip(value)
        self._show_hands(readings, setup.kind)

    def _show_hands(self, readings: Sequence[Reading], kind: str) -> None:
        two = len(readings) > 1
        for hand, (live, button) in enumerate(zip(self.hands, self.calibrate, strict=True)):
            here = hand < len(readings)
            live.setVisible(here)
            button.setVisible(here and kind in CALIBRATED)
            side = f" {_HANDS[hand].split()[0].lower()}" if two else ""
            if button.text() != f"Calibrate{side}…":
                button.setText(f"Calibrate{side}…")
                button.setAccessibleName(f"Calibrate{side}")
            if here:
                button.setEnabled(readings[hand].state is not None)
                drives = kind_named(kind).drives
                live.display(readings[hand], _HANDS[hand] if two else "", kind in LEADERS, drives)
