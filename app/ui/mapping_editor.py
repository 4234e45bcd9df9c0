"""MappingEditor: how one person likes one device, changed while the device, the mapping and the robot are seen live."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.library_actions import bind
from accord.app.ui.mapping_draft import Draft
from accord.app.ui.mapping_fields import MappingFields, scrolled
from accord.app.ui.mapping_live import LiveColumns
from accord.app.ui.mapping_moment import Moment, ask
from accord.app.ui.mapping_note import MappingNote
from accord.app.ui.mapping_profile import BACK, REDO, SAVE, TRY, UNDO, ProfileBar
from accord.app.ui.mapping_standing import Standing
from accord.app.ui.view import View
from accord.datasets.episode_writer import EncodedImage
from accord.devices.mapping import Follow, Mapping

_SLOW: Final = 3
"""Figures are shown at a third of the moments, 10 Hz; a press of a button is seen at each."""
_VIEW_PX: Final = 28 * theme.GRID


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
        self._turns = 0
        self._moment: Moment | None = None
        self._disk, self._lost = "", False
        """What became of the profile's file, and whether what it said is on the disk no more."""
        self._untriable = self._problem = ""
        self.bar, self.note, self.live = ProfileBar(), MappingNote(), LiveColumns()
        self.view = View("robot")
        self.fields = fields = MappingFields()
        self.axes, self.joints, self.form, self.buttons = fields.axes, fields.joints, fields.form, fields.buttons
        self.setAccessibleName("Mapping of a device")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._connect()

    # Laying out ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """From the outside to the inside: what is moved with its children is dressed anew, which takes a while."""
        inside, outer = QWidget(), QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))
        column, live = QVBoxLayout(inside), QHBoxLayout()
        column.setContentsMargins(*[2 * theme.GRID] * 4)
        column.setSpacing(theme.GRID)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        column.addLayout(live)
        column.addWidget(self.fields, 1)
        live.setSpacing(theme.GRID)
        live.addWidget(self.live, 1)
        live.addWidget(self.view)
        self.view.setFixedWidth(_VIEW_PX)
        self.view.setToolTip("Show the robot from elsewhere")

    def _connect(self) -> None:
        bar = self.bar
        self.fields.changed.connect(self._change)
        self.fields.refused.connect(self.refuse)
        for leaves in (self.fields, bar):
            leaves.left.connect(self.setFocus)
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

    def edit(
        self, device: str, kind: str, profile: str, profiles: Sequence[str], draft: Draft, hands: int = 1,
        given: frozenset[Follow] = frozenset({Follow.DEFLECTION}),
    ) -> None:  # fmt: skip
        """Edit this mapping from here on.

        Args:
            device: its name.
            kind: what a person calls such a device.
            profile: name of the profile; empty for the kind's own mapping.
            profiles: all that there are.
            draft: with what somebody left unsaved.
            hands: how many the device is for; both are mapped alike.
            given: what such devices give, as far as that is known before this one says it.
        """
        self.device, self._profile, self.draft = device, profile, draft
        self._wrong, self._tried, self._moment, self._turns = "", None, None, 0
        self._disk, self._lost, self._untriable, self._problem = "", False, "", ""
        self.bar.title.setText(device)
        self.bar.title.setToolTip(kind)
        self.bar.name.clear()
        self.bar.hand.setVisible(hands == 2)
        self.bar.hand.setCurrentIndex(0)
        self.fields.begin(given, hands)
        self.live.begin()
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
        self.offer(profiles)
        self._do(lambda: None)

    def tell_disk(self, sentence: str, lost: bool) -> None:
        """Something became of the profile's file that nobody here did.

        Args:
            sentence: what; empty for nothing.
            lost: whether what it said is on the disk no more.
        """
        self._disk, self._lost = sentence, lost
        self._show_standing()

    def offer(self, profiles: Sequence[str]) -> None:
        """These profiles there are now."""
        self.bar.offer(profiles, self._profile, self.bar.profile.itemText(0))

    def allow_try(self, why_not: str, drives: bool) -> None:
        """Whether it can be tried now.

        Args:
            why_not: one sentence; empty if it can.
            drives: whether the robot is driven with the device at all.
        """
        if not drives:
            self._tried = None
        if why_not != self._untriable:
            self._untriable = why_not
            self._show_standing()

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
        if not self._lost:
            self._disk = ""  # what is saved is what the file says
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
        if self._untriable:
            self.refuse_try(self._untriable)
            return
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
        followed = None if self._moment is None else ask(draft.mapping, self._moment).follow
        self.fields.show_mapping(draft.mapping, followed)
        self._show_standing()

    def _show_standing(self) -> None:
        """All but the fields, in which somebody may be writing."""
        draft = self.draft
        self.bar.show_state(bool(self._profile) and (draft.changed or self._lost), draft.may_undo, draft.may_redo)
        self.bar.allow_try(self._untriable)
        tried = self._tried is not None and self._tried == draft.mapping
        disk = self._disk if self._lost or draft.changed else ""
        standing = Standing(
            self._profile, draft.changed, tried, self._wrong, disk, self._problem, self._untriable
        )  # fmt: skip
        self.note.say(*standing.said(), draft.changed or self._tried is not None)

    def display(self, moment: Moment) -> None:
        """Show a moment: thirty a second."""
        self._moment = moment
        self.buttons.show_buttons(None if moment.state is None else moment.state.buttons, self.draft.mapping)
        self.bar.show_side(moment.side, alone=moment.drives and moment.robot_hands == 1)
        if self._turns % _SLOW == 0:
            asked = ask(self.draft.mapping, moment)
            self.live.display(moment, asked)
            self.fields.display(self.draft.mapping, moment, asked.follow)
            if asked.problem != self._problem:
                self._problem = asked.problem
                self._show_standing()
        self._turns += 1

    def show_robot(self, view: str, picture: EncodedImage | None) -> None:
        """Show the robot's picture, and which view it is."""
        self.view.show_picture(picture)
        self.view.show_note(view)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """The page is left: nothing is lost, and it says so."""
        super().hideEvent(event)
        self.buttons.stop_waiting()
        if not event.spontaneous() and self.draft.changed:
            driven = " The robot is driven with some of them." if self._tried is not None else ""
            sentence = f"The mapping of {self.device} has changes that are not saved; its page keeps them.{driven}"
            self.left_unsaved.emit(sentence)
