"""AxisTable: for each axis of the robot's hand, which axis of the device it follows, and how."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.axes import NAMES
from accord.app.ui.button import Button
from accord.app.ui.field import Choice
from accord.app.ui.labels import label, wrapped
from accord.app.ui.mapping_curve import Curve
from accord.app.ui.mapping_draft import swapped, with_item
from accord.app.ui.mapping_idle import show_idle
from accord.app.ui.mapping_scope import Scope
from accord.app.ui.number_field import NumberField
from accord.devices.command import Vector
from accord.devices.mapping import Follow, Mapping

AXES: Final = NAMES[:6]
_WAYS: Final = ("forward", "left", "up", "right", "down", "left")
"""Which way it goes where the sign is +."""
_MEANINGS: Final = (
    "forward", "left", "up", "turn about forward", "turn about left", "turn about up",
)  # fmt: skip
_HEADS: Final = ("DEVICE", "HAND", "", "DEAD ZONE", "CURVE", "GAIN", "BECOMES")
_SHAPE: Final = (3, 4, 6)
"""Columns that are for a deflected device only."""
_STILL: Final = "The robot's hand does not turn with the device, see Turns with the device."
_WIDEST: Final = 99.0
_HAND_PX: Final = 9 * theme.GRID


class AxisTable(QWidget):
    """A line for each axis of the hand. Dead zone and curve are of the device's axis, sign and gain of the hand's."""

    changed = Signal(str, object)
    """A field of the mapping, and its new value."""
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mapping = Mapping()
        self.follows, self.rounds = [self._choice(i) for i in range(6)], [self._round(i) for i in range(6)]
        self.dead_zones = [
            self._number(i, "dead zone", "deflection up to which nothing moves, below 1") for i in range(6)
        ]
        self.exponents = [self._number(i, "curve", "1 is a straight line, 2 is finer near rest") for i in range(6)]
        self.gains = [self._number(i, "gain", "how much the hand makes of it; 0 locks this axis") for i in range(6)]
        self.curves = [Curve(i, name) for i, name in enumerate(AXES)]
        self.heads = [label(head, "section") for head in _HEADS]
        self.hands = [label(f"{name} {way}") for name, way in zip(AXES, _WAYS, strict=True)]
        self.idle = wrapped("", "faint")
        self._lay_out()
        self._connect()

    def _choice(self, axis: int) -> Choice:
        made = Choice(f"Device axis for {AXES[axis]}", f"Which axis of the device moves the hand's {AXES[axis]} (↑ ↓)")
        made.offer((str(i), name) for i, name in enumerate(AXES))
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        made.setFixedWidth(9 * theme.GRID)
        return made

    def _round(self, axis: int) -> Button:
        made = Button("+", "", f"Turn {AXES[axis]} round (Space)")
        made.setAccessibleName(f"Sign of {AXES[axis]}")
        made.setCheckable(True)
        made.setFixedSize(4 * theme.GRID, 7 * theme.GRID // 2)
        return made

    def _number(self, axis: int, name: str, tip: str) -> NumberField:
        made = NumberField(f"{name.capitalize()} of {AXES[axis]}", f"{name.capitalize()}: {tip}", 2)
        made.setRange(-_WIDEST, _WIDEST)
        made.setFixedWidth(6 * theme.GRID)
        made.left.connect(self.left)
        return made

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(*[theme.GRID] * 4)
        grid.setHorizontalSpacing(theme.GRID)
        grid.setVerticalSpacing(theme.GRID // 2)
        for column, head in enumerate(self.heads):
            grid.addWidget(head, 0, column)
        for i, name in enumerate(AXES):
            self.hands[i].setToolTip(f"{name}: {_MEANINGS[i]}, in the frame that is chosen at the right")
            self.hands[i].setMinimumWidth(_HAND_PX)
            for column, part in enumerate(self._row(i)):
                grid.addWidget(part, i + 1, column, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.idle, 7, 0, 1, len(_HEADS) + 1)
        grid.setColumnStretch(len(_HEADS), 1)
        grid.setRowStretch(8, 1)

    def _row(self, i: int) -> tuple[QWidget, ...]:
        return (self.follows[i], self.hands[i], self.rounds[i], self.dead_zones[i], self.exponents[i], self.gains[i],
                self.curves[i])  # fmt: skip

    def _connect(self) -> None:
        for i in range(6):
            self.follows[i].chosen.connect(partial(self._follow, i))
            self.rounds[i].clicked.connect(partial(self._turn_round, i))
            self.dead_zones[i].editingFinished.connect(partial(self._set_device, i, "dead_zones"))
            self.exponents[i].editingFinished.connect(partial(self._set_device, i, "exponents"))
            self.gains[i].editingFinished.connect(partial(self._set_hand, i))

    def _follow(self, axis: int, device_axis: str) -> None:
        self.changed.emit("order", swapped(self.mapping.order, axis, int(device_axis)))

    def _turn_round(self, axis: int) -> None:
        self.changed.emit("signs", with_item(self.mapping.signs, axis, -self.mapping.signs[axis]))

    def _set_device(self, axis: int, name: str) -> None:
        field = getattr(self, name)[axis]
        values, device = getattr(self.mapping, name), self.mapping.order[axis]
        if field.value() != round(values[device], 2):
            self.changed.emit(name, with_item(values, device, field.value()))

    def _set_hand(self, axis: int) -> None:
        value = self.gains[axis].value()
        if value != round(self.mapping.gains[axis], 2):
            self.changed.emit("gains", with_item(self.mapping.gains, axis, value))

    def show_mapping(self, mapping: Mapping) -> None:
        """Show this mapping, also in a field that is being written in: what stood there was refused, or is another."""
        self.mapping = mapping
        for i, device in enumerate(mapping.order):
            self.follows[i].show_chosen(str(device))
            self.rounds[i].setChecked(mapping.signs[i] < 0)
            self.rounds[i].setText("−" if mapping.signs[i] < 0 else "+")
            self.dead_zones[i].setValue(mapping.dead_zones[device])
            self.exponents[i].setValue(mapping.exponents[device])
            self.gains[i].setValue(mapping.gains[i])
            self.curves[i].show_mapping(mapping)

    def show_scope(self, scope: Scope) -> None:
        """Show what counts for the device; both hands of a device for two are mapped alike."""
        self.heads[1].setText("BOTH HANDS" if scope.hands == 2 else "HAND")
        idle, still = scope.idle("order"), scope.now is Follow.POSE and not scope.mapping.turns
        self.idle.setText(idle)
        self.idle.setVisible(bool(idle))
        for i in range(6):
            for column, part in enumerate(self._row(i)):
                show_idle(part, idle or (_STILL if still and i > 2 else ""))
                part.setVisible(column not in _SHAPE or scope.shows("exponents"))
                if column in _SHAPE and not idle:
                    show_idle(part, scope.idle("exponents"))
        for column in _SHAPE:
            self.heads[column].setVisible(scope.shows("exponents"))

    def show_axes(self, axes: Vector | None) -> None:
        """Show where the device is on every curve; None while it says nothing."""
        for curve in self.curves:
            curve.show_point(axes, self.mapping)
