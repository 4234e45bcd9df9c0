"""MappingForm: what holds for all axes: frame, speeds, the gripper, and what a carried device or a leader needs."""

from collections.abc import Mapping as AnyMapping
from enum import StrEnum
from functools import partial
from math import degrees, radians
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.field import Choice
from accord.app.ui.labels import label
from accord.app.ui.number_field import NumberField
from accord.devices.mapping import Follow, Frame, GripperMode, Mapping

_CHOICES: Final[AnyMapping[str, tuple[str, str, AnyMapping[StrEnum, str]]]] = {
    "frame": ("Frame", "Which frame the motion is meant in", {
        Frame.VIEW: "the view, forward into it", Frame.BASE: "the robot's base",
        Frame.HAND: "the robot's hand"}),
    "follow": ("Follow", "Which of what the device gives moves the robot", {
        Follow.AUTO: "what fits", Follow.DEFLECTION: "deflections", Follow.POSE: "where the hand is",
        Follow.JOINTS: "joint by joint"}),
    "gripper": ("Gripper", "What moves the gripper", {
        GripperMode.TOGGLE: "each press switches it", GripperMode.HOLD: "closed while it is held",
        GripperMode.PROPORTIONAL: "as far as the device says"}),
}  # fmt: skip
_NUMBERS: Final = {
    "linear_m_s": ("Speed", "m/s", "Speed of the hand at full deflection", 3),
    "angular_rad_s": ("Turns", "rad/s", "Turn rate of the hand at full deflection", 2),
    "slow_factor": ("Slow", "×", "What the slow button makes of both speeds", 2),
    "fast_factor": ("Fast", "×", "What the fast button makes of both speeds", 2),
    "scale": ("Scale", "m/m", "How far the robot's hand goes for one metre of a carried device", 2),
    "engage_within_rad": ("Engage at", "°", "How far any joint of a leader may be off when it is engaged", 0),
}
_DEGREES: Final = "engage_within_rad"
_PLACES: Final = (
    ("frame",), ("follow",), ("gripper",),
    ("linear_m_s", "angular_rad_s"), ("slow_factor", "fast_factor"), ("scale", "engage_within_rad"),
)  # fmt: skip
"""Rows of the form."""
_MOST: Final = 999.0


class MappingForm(QWidget):
    """Choices over the whole width, numbers two in a line."""

    changed = Signal(str, object)
    """A field of the mapping, and its new value."""
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mapping = Mapping()
        self.choices = {name: self._choice(name) for name in _CHOICES}
        self.numbers = {name: self._number(name) for name in _NUMBERS}
        self.turns = QCheckBox("Turns with the device")
        self.turns.setToolTip("Whether the robot's hand turns with a carried device (Space)")
        self.turns.clicked.connect(lambda on: self.changed.emit("turns", bool(on)))
        self._lay_out()

    def _choice(self, name: str) -> Choice:
        title, tip, texts = _CHOICES[name]
        made = Choice(title, f"{tip} (↑ ↓)")
        made.offer((str(value), text) for value, text in texts.items())
        kind = type(next(iter(texts)))
        made.chosen.connect(lambda chosen: self.changed.emit(name, kind(chosen)))
        return made

    def _number(self, name: str) -> NumberField:
        title, unit, tip, digits = _NUMBERS[name]
        made = NumberField(title, f"{tip} [{unit}]", digits)
        made.setRange(-_MOST, _MOST)
        made.setFixedWidth(7 * theme.GRID)
        made.editingFinished.connect(partial(self._set, name))
        made.left.connect(self.left)
        return made

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GRID)
        grid.setVerticalSpacing(theme.GRID // 2)
        for row, names in enumerate(_PLACES):
            for number, name in enumerate(names):
                title, unit, tip, *_ = (
                    _NUMBERS[name] if name in _NUMBERS else (_CHOICES[name][0], "", _CHOICES[name][1])
                )
                words = label(f"{title} [{unit}]" if unit else title)
                words.setToolTip(tip)
                field: QWidget = self.numbers[name] if name in _NUMBERS else self.choices[name]
                grid.addWidget(words, row, 2 * number, Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(field, row, 2 * number + 1, 1, 1 if len(names) == 2 else 3)
        grid.addWidget(self.turns, len(_PLACES), 0, 1, 4)
        grid.setColumnStretch(1, 1)

    def _set(self, name: str) -> None:
        field, digits = self.numbers[name], _NUMBERS[name][3]
        if field.value() != round(_shown(self.mapping, name), digits):
            value = field.value()
            self.changed.emit(name, radians(value) if name == _DEGREES else value)

    def show_mapping(self, mapping: Mapping) -> None:
        """Show this mapping, also in a field that is being written in."""
        self.mapping = mapping
        for name, choice in self.choices.items():
            choice.show_chosen(str(getattr(mapping, name)))
        for name, field in self.numbers.items():
            field.setValue(_shown(mapping, name))
        self.turns.setChecked(mapping.turns)


def _shown(mapping: Mapping, name: str) -> float:
    value = float(getattr(mapping, name))
    return degrees(value) if name == _DEGREES else value
