"""FactorRow: one thing that a reset varies: its range as a slider and as numbers, and what was drawn for this scene."""

from math import ceil, isnan, log10

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.figures import number
from accord.app.ui.labels import label
from accord.app.ui.number_field import NumberField
from accord.app.ui.range_slider import Range, RangeSlider
from accord.devices.sim.factor import Factor


class FactorRow(QWidget):
    """A line of words above a line to choose on."""

    chosen = Signal(str, object)
    """The factor, and the `Range` it shall be drawn from; None for the usual one."""
    left = Signal()
    """The keyboard may drive again."""

    def __init__(self, factor: Factor) -> None:
        super().__init__()
        self.factor = factor
        self._digits = digits(factor)
        self.slider = RangeSlider(f"Range of {factor.name}", factor.possible, factor.usual, factor.whole)
        self.low, self.high = self._number("Least"), self._number("Most")
        self.drawn = label("", name=f"{factor.name} of this scene")
        self.usual = Button("", "mdi6.restore", f"{factor.name} as usual", "quiet")
        self._lay_out()
        self.slider.moved.connect(self._show_numbers)
        self.slider.chosen.connect(self._choose)
        self.low.editingFinished.connect(lambda: self._on_number(self.low))
        self.high.editingFinished.connect(lambda: self._on_number(self.high))
        self.usual.clicked.connect(lambda: self.chosen.emit(factor.name, None))
        self.show_range(factor.usual)

    def _number(self, end: str) -> NumberField:
        name, tip = f"{end} of {self.factor.name}", f"{end} value that is drawn{_in(self.factor)}"
        made = NumberField(name, tip, self._digits)
        made.setRange(*self.factor.possible)
        made.setSingleStep(10.0**-self._digits if not self.factor.whole else 1.0)
        made.setFixedWidth(_number_width(made))
        made.left.connect(self.left)
        return made

    def _lay_out(self) -> None:
        words, line = QHBoxLayout(), QHBoxLayout()
        name = label(self.factor.name)
        name.setToolTip(self.factor.text)
        words.addWidget(name)
        words.addWidget(label(_unit(self.factor), "faint"))
        words.addStretch(1)
        words.addWidget(self.drawn)
        words.addWidget(self.usual)
        self.usual.setFixedSize(3 * theme.GRID, 3 * theme.GRID)
        keep = self.usual.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.usual.setSizePolicy(keep)
        for part in (self.low, self.slider, self.high):
            line.addWidget(part, 1 if part is self.slider else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in (words, line):
            row.setSpacing(theme.GRID // 2)
            column.addLayout(row)
        self.setToolTip(self.factor.text)

    def show_range(self, range_: Range) -> None:
        """Show what it is drawn from, unless somebody is changing that."""
        self.slider.show_range(range_)
        if not self.slider.dragged:
            self._show_numbers(range_)
        self.usual.setVisible(range_ != self.factor.usual)

    def show_drawn(self, value: float) -> None:
        """Show what this scene has; NaN where nothing is known."""
        self.slider.show_drawn(value)
        self.drawn.setText("" if isnan(value) else number(value, self._digits))

    def _show_numbers(self, range_: Range) -> None:
        for field, value in zip((self.low, self.high), range_, strict=True):
            field.show_value(value)

    def _on_number(self, field: QDoubleSpinBox) -> None:
        """What was typed takes the other end along rather than pass it; what was only looked at changes nothing."""
        low, high = self.slider.range
        if round(low if field is self.low else high, self._digits) == field.value():
            return
        value = field.value()
        self._choose((value, max(value, high)) if field is self.low else (min(value, low), value))

    def _choose(self, range_: Range) -> None:
        usual = self.factor.usual
        self.chosen.emit(self.factor.name, None if range_ == usual else range_)


def digits(factor: Factor) -> int:
    """How many decimals tell apart what a slider can choose."""
    if factor.whole:
        return 0
    low, high = factor.possible
    return max(0, min(3, ceil(2.0 - log10(high - low)) if high > low else 3))


def _unit(factor: Factor) -> str:
    return {"1": "", "deg": "°"}.get(factor.unit, factor.unit)


def _in(factor: Factor) -> str:
    return f" [{_unit(factor)}]" if _unit(factor) else ""


def _number_width(field: NumberField) -> int:
    """Room for the longest number and its frame."""
    longest = max((field.textFromValue(end) for end in (field.minimum(), field.maximum())), key=len)
    return field.fontMetrics().horizontalAdvance(longest) + 2 * theme.GRID
