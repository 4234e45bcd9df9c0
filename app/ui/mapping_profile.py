"""ProfileBar: which profile is edited, and all that is done with it as a whole."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.field import Choice, Field
from accord.app.ui.labels import label

SAVE = Action("Save", "Ctrl+S", "Keep this mapping under the name of its profile", "mdi6.content-save-outline")
UNDO = Action("Undo", "Ctrl+Z", "Take the last change back", "mdi6.undo")
REDO = Action("Redo", "Ctrl+Shift+Z", "Make it again", "mdi6.redo")
BACK = Action("Devices", "Esc", "Back to the devices", "mdi6.close")
TRY = Action("Try", "Ctrl+Return", "Drive with this mapping now; nothing is kept by that", "mdi6.gamepad-outline")

_SIDES = ("left", "right")


class ProfileBar(QWidget):
    """The line at the top of the page."""

    chosen = Signal(str)
    """Another profile; empty for the kind's own mapping."""
    save_asked = Signal()
    save_as_asked = Signal(str)
    """Under this name."""
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", "title")
        self.profile = Choice("Profile", "How this device drives: a mapping by name (↑ ↓)")
        self.hand = Choice("Hand", "Which hand of the device is seen; both are mapped alike (↑ ↓)")
        self.hand.offer(tuple((str(number), side.capitalize()) for number, side in enumerate(_SIDES)))
        for choice, width in ((self.profile, 24), (self.hand, 9)):
            choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            choice.setFixedWidth(width * theme.GRID)
        self.name = Field("Name of a new profile", "A plain word: letters, digits, dashes and underscores")
        self.name.setPlaceholderText("new name")
        self.name.setFixedWidth(14 * theme.GRID)
        self.save, self.undo, self.redo = (_button(one) for one in (SAVE, UNDO, REDO))
        self.try_ = _button(TRY, "primary")
        self.save_as = Button("Save as", "", "Keep this mapping under the name at the left (Return in the field)")
        self.default = Button("Back to default", "mdi6.restore", "What this kind of device begins with")
        self.close_page = Button("", BACK.icon, BACK.tip, "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self.title)
        row.addWidget(self.hand)
        row.addStretch(1)
        for part in (self.profile, self.save, self.name, self.save_as):
            row.addWidget(part)
        row.addSpacing(theme.GRID)
        for part in (self.undo, self.redo, self.default, self.try_, self.close_page):
            row.addWidget(part)
        self._connect()

    def show_side(self, side: str, alone: bool) -> None:
        """Say which hand of a device for two is seen.

        Args:
            side: ``left`` or ``right``; empty for a device that has no other.
            alone: whether the robot has one hand only, which the right one drives: there is nothing to choose.
        """
        if side:
            self.hand.setCurrentIndex(_SIDES.index(side))
            self.hand.setEnabled(not alone)

    def _connect(self) -> None:
        self.profile.chosen.connect(self.chosen)
        self.save.clicked.connect(self.save_asked)
        self.save_as.clicked.connect(self._save_as)
        self.name.returnPressed.connect(self._save_as)
        self.name.textChanged.connect(lambda text: self.save_as.setEnabled(bool(text.strip())))
        self.name.left.connect(self.left)
        self.save_as.setEnabled(False)

    def _save_as(self) -> None:
        if self.name.text().strip():
            self.save_as_asked.emit(self.name.text().strip())

    def offer(self, profiles: Sequence[str], chosen: str, usual: str) -> None:
        """Offer these.

        Args:
            profiles: by name.
            chosen: of them; empty for the kind's own mapping.
            usual: what the kind's own mapping is called.
        """
        gone = [(chosen, f"{chosen} (no file)")] if chosen and chosen not in profiles else []
        self.profile.offer([("", usual), *((name, name) for name in profiles), *gone])
        self.profile.show_chosen(chosen)

    def allow_try(self, why_not: str) -> None:
        """Show whether it can be tried now, or why not."""
        self.try_.setEnabled(not why_not)
        self.try_.setToolTip(why_not or TRY.tip)

    def show_state(self, may_save: bool, may_undo: bool, may_redo: bool) -> None:
        """Show what may be done now."""
        self.save.setEnabled(may_save)
        self.undo.setEnabled(may_undo)
        self.redo.setEnabled(may_redo)


def _button(action: Action, role: str = "") -> Button:
    return Button(action.text, action.icon, action.tip, role)
