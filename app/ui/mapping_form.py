"""MappingForm: what holds for all axes: frame, speeds, the gripper, and what a carried device or a leader needs."""

from collections.abc import Mapping as AnyMapping
from functools import partial
from math import degrees, radians
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from accord.app.ui import theme
from accord.app.ui.field import Choice
from accord.app.ui.labels import label
from accord.app.ui.mapping_idle import show_scope
from accord.app.ui.mapping_scope import BENT, FOLLOWED, SQUEEZED, Scope
from accord.app.ui.number_field import NumberField
from accord.devices.mapping import Frame, Mapping

_CHOICES: Final[AnyMapping[str, tuple[str, str, AnyMapping[Any, str]]]] = {
    "frame": ("Frame", "Which frame the motion is meant in", {
        Frame.VIEW: "the view, forward into it", Frame.BASE: "the robot's base",
        Frame.HAND: "the robot's hand"}),
    "follow": ("Follow", "Which of what the device gives moves the robot", FOLLOWED),
    "gripper": ("Gripper", "What moves the gripper, or all fingers of a hand at once", SQUEEZED),
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
    ("linear_m_s", "angular_rad_s"), ("slow_factor", "fast_factor"), ("engage_within_rad",), ("scale",),
)  # fmt: skip
"""Rows of the form; below them stands whether the hand turns too."""
_CHOICE_PX: Final = 25 * theme.GRID
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
        self.words = {name: self._word(name) for row in _PLACES for name in row}
        self._offered, self._bent = tuple(FOLLOWED), False
        self._lay_out()

    def _word(self, name: str) -> QLabel:
        number = _NUMBERS.get(name)
        made = label(f"{number[0]} [{number[1]}]" if number else _CHOICES[name][0])
        made.setToolTip(number[2] if number else _CHOICES[name][1])
        return made

    def _choice(self, name: str) -> Choice:
        title, tip, texts = _CHOICES[name]
        made = Choice(title, f"{tip} (↑ ↓)")
        made.setMinimumWidth(_CHOICE_PX)
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
                grid.addWidget(self.words[name], row, 2 * number, Qt.AlignmentFlag.AlignVCenter)
                if name in _NUMBERS:
                    grid.addWidget(self.numbers[name], row, 2 * number + 1, Qt.AlignmentFlag.AlignLeft)
                else:
                    grid.addWidget(self.choices[name], row, 1, 1, 3)
        grid.addWidget(self.turns, len(_PLACES), 0, 1, 4)
        grid.setColumnStretch(3, 1)

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

    def show_scope(self, scope: Scope) -> None:
        """Show what counts for the device, and what would if something else were followed with the reason."""
        if scope.follows != self._offered:
            self._offered = scope.follows
            self.choices["follow"].offer((str(one), FOLLOWED[one]) for one in scope.follows)
            self.choices["follow"].show_chosen(str(scope.mapping.follow))
        if scope.fingers != self._bent:
            self._bent = scope.fingers
            texts = BENT if scope.fingers else SQUEEZED
            self.choices["gripper"].offer((str(mode), text) for mode, text in texts.items())
        for name, words in self.words.items():
            show_scope(scope, name, words, self.numbers[name] if name in _NUMBERS else self.choices[name])
        show_scope(scope, "turns", self.turns)


def _shown(mapping: Mapping, name: str) -> float:
    value = float(getattr(mapping, name))
    return degrees(value) if name == _DEGREES else value
