"""ButtonTable: what each button is for, chosen from a list or by pressing it on the device."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.field import Choice
from accord.app.ui.labels import label
from accord.app.ui.mapping_idle import show_scope
from accord.app.ui.mapping_scope import Scope
from accord.devices.mapping import PEDAL, Mapping

_NONE: Final = "-"
ROWS: Final = {
    "gripper_button": ("Gripper", "opens and closes the gripper, or closes it while it is held"),
    "dead_man_button": ("Dead man", "nothing moves unless it is held"),
    "clutch_button": ("Clutch", "nothing moves while it is held; the device may be carried back"),
    "engage_button": ("Engage", "pressed and released, the device drives"),
    "switch_button": ("Other arm", "goes on to the other arm, where one device drives two"),
    "slow_button": ("Slow", "slower while it is held"),
    "fast_button": ("Fast", "faster while it is held"),
}
"""Field of the mapping → what it is called, and what it does."""


class ButtonTable(QWidget):
    """A line for each use of a button."""

    changed = Signal(str, object)
    """A field of the mapping, and the button; None for none."""

    def __init__(self) -> None:
        super().__init__()
        self.choices = {name: self._choice(name) for name in ROWS}
        self.presses = {name: self._press(name) for name in ROWS}
        self._lamps = {name: label("", "faint") for name in ROWS}
        self.titles = {name: label(text) for name, (text, _tip) in ROWS.items()}
        self._waiting = ""
        """Field whose button is to be pressed; empty for none."""
        self._down: int | None = None
        """Buttons that were down at the reading before; None before there was one."""
        self._lay_out()

    def _choice(self, name: str) -> Choice:
        text, tip = ROWS[name]
        made = Choice(f"Button for {text}", f"{text}: {tip} (↑ ↓)")
        made.setMinimumWidth(12 * theme.GRID)
        made.offer([(_NONE, "none"), *((str(i), button_text(i)) for i in (*range(16), *range(PEDAL, PEDAL + 8)))])
        made.chosen.connect(lambda chosen: self.changed.emit(name, None if chosen == _NONE else int(chosen)))
        return made

    def _press(self, name: str) -> Button:
        made = Button("Press…", "", f"Choose it by pressing it on the device: {ROWS[name][0]} (Space)")
        made.setCheckable(True)
        made.setAccessibleName(f"Press the button for {ROWS[name][0]}")
        made.clicked.connect(partial(self._wait, name))
        return made

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GRID)
        grid.setVerticalSpacing(2)
        for row, (name, (text, tip)) in enumerate(ROWS.items()):
            title = self.titles[name]
            title.setToolTip(f"{text}: {tip}")
            self._lamps[name].setFixedWidth(2 * theme.GRID)
            self.presses[name].setFixedWidth(13 * theme.GRID)
            for column, part in enumerate((title, self.choices[name], self.presses[name], self._lamps[name])):
                grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(1, 1)

    @property
    def waiting(self) -> str:
        """The field whose button is to be pressed on the device; empty for none."""
        return self._waiting

    def stop_waiting(self) -> None:
        """Choose no button."""
        self._waiting = ""
        for press in self.presses.values():
            press.setChecked(False)
            press.setText("Press…")

    def _wait(self, name: str) -> None:
        again = name == self._waiting
        self.stop_waiting()
        if not again:
            self._waiting = name
            self.presses[name].setChecked(True)
            self.presses[name].setText("Press it now…")

    def show_mapping(self, mapping: Mapping) -> None:
        """Show this mapping."""
        for name, choice in self.choices.items():
            button = getattr(mapping, name)
            if button is not None and choice.findData(str(button)) < 0:
                choice.addItem(button_text(button), str(button))
            choice.show_chosen(_NONE if button is None else str(button))

    def show_scope(self, scope: Scope) -> None:
        """Show what counts for the device."""
        for name in ROWS:
            show_scope(scope, name, self.titles[name], self.choices[name], self.presses[name], self._lamps[name])
        if self._waiting and (scope.idle(self._waiting) or not scope.shows(self._waiting)):
            self.stop_waiting()

    def show_buttons(self, buttons: int | None, mapping: Mapping) -> None:
        """Take the buttons that are down: the first that goes down while one is waited for is chosen.

        Args:
            buttons: that are down, with the pedals'; None while the device says nothing.
            mapping: as it is being edited.
        """
        fresh = 0 if buttons is None or self._down is None else buttons & ~self._down
        self._down = buttons
        for name, lamp in self._lamps.items():
            button = getattr(mapping, name)
            lamp.setText("●" if button is not None and (buttons or 0) >> button & 1 else "")
        if self._waiting and fresh:
            name = self._waiting
            self.stop_waiting()
            self.changed.emit(name, (fresh & -fresh).bit_length() - 1)


def button_text(button: int) -> str:
    """What a button is called."""
    return f"pedal {button - PEDAL}" if button >= PEDAL else f"button {button}"
