"""FitForm: how a base policy is fitted: what it sees, what it says at once, and how large it is."""

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.fit_fields import FieldTicks
from accord.app.ui.labels import label
from accord.datasets.fit_settings import FitSettings

_HEADS = (("one way", "mean"), ("several ways", "mixture"))
_KEEPS = (("best", "best"), ("last", "last"))


class FitForm(QScrollArea):
    """Every setting that a person has reason to change; the others stay as they were given."""

    def __init__(self) -> None:
        super().__init__()
        self._given = FitSettings()
        self.fields = FieldTicks()
        self.chunk = _number(1, 200, "Commands at once: a policy that is to drive wants half a second of them (25 at"
                             " 50 Hz) and no idle steps; with 1 every step is judged by itself")  # fmt: skip
        self.skip_idle = QCheckBox("leave out")
        self.skip_idle.setAccessibleName("Leave out idle steps")
        self.skip_idle.setToolTip("Leave out steps at which nothing moves: a policy that is to drive learns to wait"
                                  " from them; leave them in to judge pauses too (Space)")  # fmt: skip
        self.head = _box(_HEADS, "Head: one way says the mean command; several ways, a mixture, is for a base set that"
                         " does the same thing in different ways")  # fmt: skip
        self.modes = _number(2, 10, "Modes of the mixture: as many as the base set may have ways of going on")
        self.keep = _box(_KEEPS, "Weights to keep: the best by held-out error to judge; the last often drive better")
        self.members = _number(1, 20, "Members K: 5 tell well what is novel; more take longer, one tells nothing")
        self.units = _number(8, 2048, "Units of each hidden layer: 512 are the reference's; fewer are quicker")
        self.layers = _number(1, 4, "Hidden layers: 2 are the reference's; more for a large base")
        self.head.currentIndexChanged.connect(self._enable)
        self._lay_out()
        self.show_settings(self._given)

    def _lay_out(self) -> None:
        inner = QWidget()
        form = QFormLayout()
        form.setVerticalSpacing(theme.GRID // 2)
        rows = (
            ("Commands at once", self.chunk), ("Idle steps", self.skip_idle), ("Head", self.head),
            ("Modes", self.modes), ("Keep weights", self.keep), ("Members K", self.members), ("Units", self.units),
            ("Layers", self.layers),
        )  # fmt: skip
        for text, widget in rows:
            shown = label(text, "faint")
            shown.setToolTip(widget.toolTip())
            form.addRow(shown, widget)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, theme.GRID, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(label("WHAT IT SEES", "section"))
        column.addWidget(self.fields, 1)
        column.addLayout(form)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName("Settings of the fit")

    @property
    def settings(self) -> FitSettings:
        """What is asked for."""
        size = self.units.value(), self.layers.value()
        same = size == _size(self._given.hidden)
        return replace(
            self._given, observed=self.fields.chosen, chunk=self.chunk.value(), skip_idle=self.skip_idle.isChecked(),
            head=self.head.currentData(), modes=self.modes.value(), keep=self.keep.currentData(),
            members=self.members.value(), hidden=self._given.hidden if same else size[:1] * size[1],
        )  # fmt: skip

    @property
    def problem(self) -> str:
        """Why there can be no fit with these, or empty."""
        return self.fields.problem

    def show_settings(self, settings: FitSettings) -> None:
        """Ask for these."""
        self._given = settings
        self.fields.choose(settings.observed)
        units, layers = _size(settings.hidden)
        numbers = ((self.chunk, settings.chunk), (self.modes, settings.modes), (self.members, settings.members),
                   (self.units, units), (self.layers, layers))  # fmt: skip
        for box, value in numbers:
            box.setValue(value)
        self.skip_idle.setChecked(settings.skip_idle)
        self.head.setCurrentIndex(self.head.findData(settings.head))
        self.keep.setCurrentIndex(self.keep.findData(settings.keep))
        self._enable()

    def _enable(self) -> None:
        self.modes.setEnabled(self.head.currentData() == "mixture")


def _size(hidden: tuple[int, ...]) -> tuple[int, int]:
    return hidden[0], len(hidden)


def _number(least: int, most: int, tip: str) -> QSpinBox:
    number = QSpinBox()
    number.setRange(least, most)
    number.setAccessibleName(tip.partition(":")[0])
    number.setToolTip(f"{tip} (↑ ↓)")
    return number


def _box(choices: tuple[tuple[str, str], ...], tip: str) -> QComboBox:
    box = QComboBox()
    for text, value in choices:
        box.addItem(text, value)
    box.setAccessibleName(tip.partition(":")[0])
    box.setToolTip(f"{tip} (↑ ↓)")
    return box
