"""MappingEditor: how one person likes one device, changed while the device, the mapping and the robot are seen live."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.labels import label
from accord.app.ui.library_actions import bind
from accord.app.ui.mapping_axes import AxisTable
from accord.app.ui.mapping_buttons import ButtonTable
from accord.app.ui.mapping_draft import Draft
from accord.app.ui.mapping_form import MappingForm
from accord.app.ui.mapping_joints import JointTable
from accord.app.ui.mapping_live import LiveColumns
from accord.app.ui.mapping_moment import Moment, ask
from accord.app.ui.mapping_note import MappingNote, Matter
from accord.app.ui.mapping_profile import BACK, REDO, SAVE, TRY, UNDO, ProfileBar
from accord.app.ui.view import View
from accord.datasets.episode_writer import EncodedImage
from accord.devices.mapping import Follow, Mapping

_SLOW: Final = 3
"""Figures are shown at a third of the moments, 10 Hz; a press of a button is seen at each."""
_AXES, _JOINTS = 0, 1
_VIEW_PX, _TABLE_PX = 28 * theme.GRID, 65 * theme.GRID


class MappingEditor(QWidget):
    """One device's mapping. It knows no desk and no session: what is asked for goes out as signals."""

    tried = Signal(object)
    """Drive with this `Mapping` now; nothing is kept."""
    save_asked = Signal(str, object)
    """Keep this `Mapping` under this name; `saved` or `refuse` answers."""
    profile_chosen = Signal(str)
    """Go on with this profile; empty for the kind's own mapping. `take` or `refuse` answers."""
    left_unsaved = Signal(str)
    """The page was left with changes that are not saved; a sentence that says so, and where they are."""
    hand_chosen = Signal(int)
    """Which hand of a device for two is looked at: 0 for the left one."""
    view_asked = Signal()
    """Show the robot from elsewhere."""
    closed = Signal()
    """Back to the devices."""

    def __init__(self) -> None:
        super().__init__()
        self.device, self._profile, self._wrong = "", "", ""
        self.draft = Draft(Mapping(), Mapping())
        self._tried: Mapping | None = None
        """What the robot is driven with for a try; None for what is saved."""
        self._turns, self._follow = 0, ""
        self.bar, self.note, self.live = ProfileBar(), MappingNote(), LiveColumns()
        self.view = View("robot")
        self.axes, self.joints, self.form, self.buttons = AxisTable(), JointTable(), MappingForm(), ButtonTable()
        self.tabs = QTabWidget()
        self.setAccessibleName("Mapping of a device")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._connect()

    # Laying out ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """From the outside to the inside: what is moved with its children is dressed anew, which takes a while."""
        inside, outer = QWidget(), QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(_scrolled(inside))
        column, live, lower = QVBoxLayout(inside), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(*[2 * theme.GRID] * 4)
        column.setSpacing(theme.GRID)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        column.addLayout(live)
        column.addLayout(lower, 1)
        live.setSpacing(theme.GRID)
        live.addWidget(self.live, 1)
        live.addWidget(self.view)
        self.view.setFixedWidth(_VIEW_PX)
        self.view.setToolTip("Show the robot from elsewhere")
        lower.setSpacing(2 * theme.GRID)
        lower.addWidget(self.tabs, 1)
        self.tabs.setMinimumWidth(_TABLE_PX)
        self.tabs.addTab(_scrolled(self.axes), "Axes")
        self.tabs.addTab(_scrolled(self.joints), "Joints of a leader")
        for title, part in (("FOR ALL AXES", self.form), ("BUTTONS", self.buttons)):
            part_column = QVBoxLayout()
            lower.addLayout(part_column)
            part_column.setSpacing(theme.GRID // 2)
            part_column.addWidget(label(title, "section"))
            part_column.addWidget(part)
            part_column.addStretch(1)

    def _connect(self) -> None:
        bar = self.bar
        for part in (self.axes, self.joints, self.form, self.buttons):
            part.changed.connect(self._change)
        for leaves in (self.axes, self.joints, self.form, bar):
            leaves.left.connect(self.setFocus)
        self.joints.refused.connect(self.refuse)
        self.note.discard_asked.connect(self.discard)
        self.view.clicked.connect(lambda _view: self.view_asked.emit())
        bar.chosen.connect(self.profile_chosen)
        bar.hand.chosen.connect(lambda hand: self.hand_chosen.emit(int(hand)))
        bar.save_asked.connect(self.save)
        bar.save_as_asked.connect(lambda name: self.save_asked.emit(name, self.draft.mapping))
        bar.undo.clicked.connect(self.undo)
        bar.redo.clicked.connect(self.redo)
        bar.default.clicked.connect(lambda: self._do(lambda: self.draft.become(self.draft.default)))
        bar.try_.clicked.connect(self.try_now)
        bar.close_page.clicked.connect(self.closed)
        for action, does in (
            (SAVE, self.save), (UNDO, self.undo), (REDO, self.redo), (TRY, self.try_now), (BACK, self._go_back),
        ):  # fmt: skip
            bind(self, action, does)

    # What is edited -----------------------------------------------------------------------------------------------

    def edit(self, device: str, kind: str, profile: str, profiles: Sequence[str], draft: Draft, hands: int = 1) -> None:
        """Edit this mapping from here on.

        Args:
            device: its name.
            kind: what a person calls such a device.
            profile: name of the profile; empty for the kind's own mapping.
            profiles: all that there are.
            draft: with what somebody left unsaved.
            hands: how many the device is for; both are mapped alike.
        """
        self.device, self._profile, self.draft = device, profile, draft
        self._wrong, self._tried, self._follow, self._turns = "", None, "", 0
        self.bar.title.setText(device)
        self.bar.title.setToolTip(kind)
        self.bar.name.clear()
        self.bar.hand.setVisible(hands == 2)
        self.bar.hand.setCurrentIndex(0)
        self.buttons.stop_waiting()
        self.bar.offer(profiles, profile, f"usual for {kind}")
        self._show()

    def take(self, profile: str, mapping: Mapping) -> None:
        """A profile was read: go on with it. What was changed before comes back with Undo."""
        self._profile = profile
        self.draft.saved, self._tried = mapping, None
        self._do(lambda: self.draft.become(mapping))

    def saved(self, profile: str, profiles: Sequence[str]) -> None:
        """It was kept under this name."""
        self._profile = profile
        self._tried = None
        self.draft.keep()
        self.bar.name.clear()
        self.bar.offer(profiles, profile, self.bar.profile.itemText(0))
        self._do(lambda: None)

    def refuse(self, sentence: str) -> None:
        """What was asked for could not be done."""
        self._wrong = sentence
        self.bar.profile.show_chosen(self._profile)
        self._show()

    def refuse_try(self, sentence: str) -> None:
        """The robot cannot be driven with it now."""
        self._tried = None
        self.refuse(sentence)

    def _change(self, name: str, value: Any) -> None:
        self._wrong = self.draft.change(**{name: value})
        self._show()

    def _do(self, does: Any) -> None:
        does()
        self._wrong = ""
        self._show()

    def undo(self) -> None:
        """Take the last change back."""
        self._do(self.draft.undo)

    def redo(self) -> None:
        """Make it again."""
        self._do(self.draft.redo)

    def discard(self) -> None:
        """Go back to what is saved, also where it is being tried."""
        self._do(lambda: self.draft.become(self.draft.saved))
        if self._tried is not None:
            self.tried.emit(self.draft.saved)
            self._tried = None

    def save(self) -> None:
        """Keep it under the name that it has."""
        if self._profile:
            self.save_asked.emit(self._profile, self.draft.mapping)
        else:
            self._wrong = "Wanted a name for the profile, found none: write one above and press Save as."
            self.bar.name.setFocus()
            self._show()

    def try_now(self) -> None:
        """Drive with it."""
        self._tried, self._wrong = self.draft.mapping, ""
        self.tried.emit(self.draft.mapping)
        self._show()

    def _go_back(self) -> None:
        """One step at a time: out of a choice, out of a field, off the page."""
        if self.buttons.waiting:
            self.buttons.stop_waiting()
        elif not self.hasFocus():
            self.setFocus()
        else:
            self.closed.emit()

    # Showing ------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        draft = self.draft
        for part in (self.axes, self.joints, self.form, self.buttons):
            part.show_mapping(draft.mapping)
        self.bar.show_state(self._profile, draft.changed, draft.may_undo, draft.may_redo)
        text, matter = self._said()
        self.note.say(text, matter, draft.changed or self._tried is not None)

    def _said(self) -> tuple[str, Matter]:
        if self._wrong:
            return self._wrong, Matter.WRONG
        name = f"the profile {self._profile}" if self._profile else "the usual mapping"
        tried = self._tried is not None and self._tried == self.draft.mapping
        driven = " The robot is driven with them now." if tried else ""
        if self.draft.changed:
            return f"Changes of {name} are not saved. They stay here until you save or discard them.{driven}", (
                Matter.UNSAVED
            )
        return f"This is {name}, as it is saved.", Matter.FINE

    def display(self, moment: Moment) -> None:
        """Show a moment: thirty a second."""
        self.buttons.show_buttons(None if moment.state is None else moment.state.buttons, self.draft.mapping)
        if self._turns % _SLOW == 0:
            asked = ask(self.draft.mapping, moment)
            self.live.display(moment, asked)
            state = moment.state
            self.axes.show_axes(None if state is None or state.continuous else state.axes)
            self.joints.show_joints(None if state is None else state.joints, moment.robot_joints)
            self._open_tab(asked.follow)
            self._show_problem(asked.problem)
        self._turns += 1

    def show_robot(self, view: str, picture: EncodedImage | None) -> None:
        """Show the robot's picture, and which view it is."""
        self.view.show_picture(picture)
        self.view.show_note(view)

    def _show_problem(self, problem: str) -> None:
        """A mapping that the device cannot be used with: said, but nothing has been refused."""
        if not self._wrong and problem and problem != self.note.text.text():
            self.note.say(problem, Matter.WRONG, self.draft.changed or self._tried is not None)
        elif not self._wrong and not problem and self.note.matter is Matter.WRONG:
            self._show()

    def _open_tab(self, follow: Follow | None) -> None:
        """The first time that it is known what the device gives, open what matters for it."""
        if follow is not None and not self._follow:
            self._follow = str(follow)
            self.tabs.setCurrentIndex(_JOINTS if follow is Follow.JOINTS else _AXES)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """The page is left: nothing is lost, and it says so."""
        super().hideEvent(event)
        self.buttons.stop_waiting()
        if not event.spontaneous() and self.draft.changed:
            driven = " The robot is driven with some of them." if self._tried is not None else ""
            sentence = f"The mapping of {self.device} has changes that are not saved; its page keeps them.{driven}"
            self.left_unsaved.emit(sentence)


def _scrolled(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    return area
