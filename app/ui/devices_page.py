"""DevicesPage: everything a person can hold: how it is doing, what it says, how it is set up and calibrated.

It shows what it is told and says what is asked for; `accord.app.ui.devices_guiding` connects it with a desk.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.button import Button
from accord.app.ui.calibration_panel import CalibrationPanel
from accord.app.ui.devices_detail import DeviceDetail
from accord.app.ui.devices_form import DeviceForm
from accord.app.ui.devices_list import DevicesList
from accord.app.ui.devices_offers import DeviceOffers
from accord.app.ui.labels import label, wrapped

_LEFT: Final = (36 * theme.GRID, 48 * theme.GRID)
"""The list is so wide at least, and at most [px]."""
_UNDO: Final = "Take back"


class DevicesPage(QWidget):
    """The devices at the left; what is done with one at the right."""

    title = "Devices"
    icon = "mdi6.gamepad-variant-outline"
    chosen = Signal(str)
    """A device to look at."""
    add_asked = Signal()
    undo_asked = Signal()
    """The device that was removed shall be there again."""
    left_asked = Signal()
    """Leave the form or the calibration: everything stays as it was."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.devices, self.offers = DevicesList(), DeviceOffers()
        self.add = Button("Add a device…", "mdi6.plus", "Set up a device that is not in the list (Ctrl+N)")
        self.detail, self.form, self.calibration = DeviceDetail(), DeviceForm(), CalibrationPanel()
        self.message, self.removed, self.broken = Banner(), Banner(), wrapped("", "faint")
        self.broken.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.stack, self._left = QStackedWidget(), QWidget()
        for panel in (self.detail, self.form, self.calibration):
            self.stack.addWidget(panel)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        left = self._left
        column, row, outer = QVBoxLayout(left), QHBoxLayout(), QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(label("DEVICES", "section"))
        column.addWidget(self.devices, 1)
        column.addWidget(self.add)
        column.addWidget(self.offers)
        column.addWidget(self.broken)
        outer.setContentsMargins(*[2 * theme.GRID] * 4)
        outer.setSpacing(theme.GRID)
        outer.addWidget(self.removed)
        outer.addWidget(self.message)
        outer.addLayout(row, 1)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(left)
        row.addWidget(self.stack, 1)
        self.broken.hide()

    def _connect(self) -> None:
        self.devices.chosen.connect(self.chosen)
        self.add.clicked.connect(self.add_asked)
        self.removed.acted.connect(self.undo_asked)
        self.form.cancelled.connect(self.left_asked)
        self.calibration.cancelled.connect(self.left_asked)
        for keys, does in (("Ctrl+N", self.add_asked), ("Esc", self.left_asked)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(does)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The list takes its share, whatever stands beside it."""
        self._left.setFixedWidth(max(_LEFT[0], min(_LEFT[1], self.width() * 8 // 25)))

    @property
    def looking(self) -> bool:
        """Whether a device is looked at; else the form or the calibration is open."""
        return self.stack.currentWidget() is self.detail

    def look(self) -> None:
        """Show the device that is looked at."""
        self.stack.setCurrentWidget(self.detail)

    def show_broken(self, sentences: Sequence[str]) -> None:
        """Plug-ins that cannot be used."""
        self.broken.setText("\n".join(sentences))
        self.broken.setVisible(bool(sentences))

    def say_removed(self, name: str) -> None:
        """It was removed, which can be taken back until it is, the sentence is closed, or another is removed."""
        said = f"{name} was removed; its calibration stays." if name else ""
        self.removed.say(said, Tone.HINT, _UNDO, f"Set {name} up as it was, at its place in the list")

    def say_problem(self, sentence: str) -> None:
        """Something could not be done; empty for nothing."""
        self.message.say(sentence, Tone.ERROR)
