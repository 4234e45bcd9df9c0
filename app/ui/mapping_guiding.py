"""MappingGuiding: what the mapping page asks for, asked of the desk and the session. A part of the window."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from accord.app.desk import Desk
from accord.app.errors import AppError
from accord.app.gives import usual
from accord.app.snapshot import Snapshot, State
from accord.app.ui.devices_driving import driving, reading_of
from accord.app.ui.live import Live
from accord.app.ui.mapping_draft import Draft
from accord.app.ui.mapping_editor import MappingEditor
from accord.app.ui.mapping_moment import Moment
from accord.app.ui.mapping_motion import Motion
from accord.app.ui.mapping_shelf import Shelf, fate
from accord.app.watched import Reading
from accord.datasets.episode_info import CameraInfo
from accord.datasets.errors import AccordError
from accord.devices.command import Vector
from accord.devices.fingers import Fingers
from accord.devices.input import InputState
from accord.devices.inputs.kinds import kind_named
from accord.devices.limits import Hold
from accord.devices.mapping import PEDAL, Frame, Mapping
from accord.devices.rotation import to_matrix
from accord.devices.sources.held import EITHER

_OF_DEVICE: Final = (1 << PEDAL) - 1
_SIDES: Final = ("left", "right")


class MappingGuiding(QObject):
    """Connects one editor with a desk and the session. The desk watches the devices for the page Devices already."""

    changed = Signal()
    """A profile was saved, or a device got another one."""

    def __init__(self, editor: MappingEditor, desk: Desk, live: Live, window: QWidget) -> None:
        super().__init__(window)
        self._editor, self._desk, self._live = editor, desk, live
        self._drafts: dict[str, tuple[str, Draft]] = {}
        """Device → the profile it is of, and what was changed."""
        self._device, self._motion, self._visible = "", Motion(), False
        self._hand = self._resets = self._elsewhere = 0
        self._shelf, self._known = Shelf(desk.profiles), True
        """The profile's file, and whether what it said was read while it was there."""
        self._offered: tuple[str, ...] = ()
        editor.tried.connect(self._try)
        editor.save_asked.connect(self._save)
        editor.profile_chosen.connect(self._choose)
        editor.hand_chosen.connect(self._look_at_hand)
        editor.view_asked.connect(self._look_from_elsewhere)

    @property
    def unsaved(self) -> tuple[str, ...]:
        """Devices whose mappings have changes that would be lost when the window closes."""
        return tuple(name for name, (_, draft) in self._drafts.items() if draft.changed)

    @property
    def drives(self) -> bool:
        """Whether keys may drive: the robot can be seen."""
        return self._visible and self._live.running

    # What is edited ------------------------------------------------------------------------------------------------

    def open(self, device: str) -> None:
        """Edit the mapping of this device, with what was left unsaved; what is wrong with its profile is said there.

        Raises:
            DeviceError: if there is no such device.
        """
        setup = self._desk.setup(device)
        kind = kind_named(setup.kind)
        default = replace(kind.mapping, frame=Frame.VIEW)
        self._shelf.begin(setup.profile)
        saved = self._shelf.mapping if setup.profile else default
        kept = self._drafts.get(device)
        self._known = saved is not None or (kept is not None and kept[0] == setup.profile)
        if kept is None or kept[0] != setup.profile or (saved is not None and not kept[1].changed):
            self._drafts[device] = setup.profile, Draft(saved or default, default)
        self._device, self._hand, self._offered = device, 0, self._names()
        self._motion.forget()
        draft = self._drafts[device][1]
        self._editor.edit(device, kind.text, setup.profile, self._offered, draft, kind.hands, usual(kind))
        self._editor.allow_try(self._untriable, bool(self._held()))
        self._heed_disk()

    def _names(self) -> tuple[str, ...]:
        try:
            return self._desk.profiles.names()
        except AccordError:  # the folder cannot be read: saving says so
            return ()

    def _look_at_disk(self) -> None:
        """Somebody may have changed, broken or deleted the profile, or another one."""
        if self._shelf.look():
            self._heed_disk()
        names = self._names()
        if names != self._offered:
            self._offered = names
            self._editor.offer(names)

    def _heed_disk(self) -> None:
        """Whoever drives goes on with what it has; where nobody does, what the file says now is shown."""
        draft, shelf, drives = self._drafts[self._device][1], self._shelf, bool(self._held())
        other = shelf.mapping is not None and shelf.mapping != draft.saved
        if shelf.mapping is not None and other:
            if not drives and not draft.changed:
                self._editor.take(shelf.name, shelf.mapping)
            draft.saved, self._known = shelf.mapping, True
        told = fate(shelf, self._device, drives, self._known, other and draft.changed)
        self._editor.tell_disk(told, bool(shelf.name) and shelf.mapping is None)

    def _look_at_hand(self, hand: int) -> None:
        self._hand = hand
        self._motion.forget()

    def _look_from_elsewhere(self) -> None:
        self._elsewhere += 1

    def _choose(self, profile: str) -> None:
        draft = self._drafts[self._device][1]
        try:
            mapping = self._desk.profiles.load(profile) if profile else draft.default
            self._desk.choose_profile(self._device, profile)
        except (AccordError, OSError) as error:
            self._editor.refuse(_sentence(error))
            return
        self._drafts[self._device] = profile, draft
        self._editor.take(profile, mapping)
        self._begin_anew(profile)
        self._use(mapping)
        self.changed.emit()

    def _save(self, profile: str, mapping: Mapping) -> None:
        try:
            self._desk.profiles.save(profile, mapping)
            self._desk.choose_profile(self._device, profile)
        except (AccordError, OSError) as error:
            self._editor.refuse(_sentence(error))
            return
        self._drafts[self._device] = profile, self._drafts[self._device][1]
        self._offered = self._names()
        self._editor.saved(profile, self._offered)
        self._begin_anew(profile)
        self._use(mapping)
        self.changed.emit()

    def _begin_anew(self, profile: str) -> None:
        """What is shown is what the file says."""
        self._known = True
        self._shelf.begin(profile)
        self._heed_disk()

    def _try(self, mapping: Mapping) -> None:
        why_not = self._untriable
        if why_not:
            self._editor.refuse_try(why_not)
            return
        self._use(mapping)

    @property
    def _untriable(self) -> str:
        """Why the robot cannot be driven with the mapping now; one sentence, empty if it can."""
        if self._live.session is None or not self._live.running:
            return "No robot runs to try it with: the page Collect starts one."
        if not self._held():
            now = " and ".join(driving(self._live.snapshot)) or "nobody"
            return f"To try it, choose {self._device} on the page Collect; now {now} drives."
        if self._live.snapshot.state is State.RECORDING:
            return "To try it, end the episode that is being recorded."
        return ""

    def _use(self, mapping: Mapping) -> None:
        """Drive so at once, if this device drives."""
        session = self._live.session
        try:
            for hand in self._held():
                if session is not None:
                    session.driving.remap(hand, mapping)
        except AccordError as error:
            self._editor.refuse_try(str(error))

    def _held(self) -> tuple[int, ...]:
        """Which of the hands that drive this device is in; none while it does not drive."""
        session = self._live.session
        if session is None or not self._live.running:
            return ()
        return tuple(i for i, one in enumerate(session.driving.held) if one.device == self._device)

    # What is seen --------------------------------------------------------------------------------------------------

    def tick(self, visible: bool, snapshot: Snapshot, view: str = "") -> None:
        """Show the device, what is asked and the robot; after every tick of the session.

        Args:
            visible: whether the page can be seen.
            snapshot: of the session.
            view: that the person looks at; empty for the first.
        """
        self._visible = visible and bool(self._device)
        if not self._visible:
            return
        if self._shelf.due(time.monotonic_ns()):
            self._look_at_disk()
        self._editor.allow_try(self._untriable, bool(self._held()))
        held = self._held()
        hand = held[min(self._hand, len(held) - 1)] if held else self._hand
        if snapshot.source.startswith(EITHER) and held:
            hand = snapshot.loop.arm
        if snapshot.loop.resets != self._resets:  # the hand was set somewhere else, it has not moved there
            self._resets = snapshot.loop.resets
            self._motion.forget()
        self._motion.feed(snapshot.steps, hand)
        looked_at = view if view in snapshot.views else next(iter(snapshot.views), "")
        if looked_at:
            shown = snapshot.views[(snapshot.views.index(looked_at) + self._elsewhere) % len(snapshot.views)]
            self._editor.show_robot(shown, snapshot.pictures.get(shown))
        self._editor.display(self._moment(snapshot, hand, bool(held), looked_at))

    def _moment(self, snapshot: Snapshot, hand: int, drives: bool, view: str) -> Moment:
        reading, loop = self._reading(snapshot, hand, drives), snapshot.loop
        known = snapshot.state in (State.READY, State.RECORDING, State.RESETTING)
        return Moment(
            self._device, self._with_pedals(reading.state) if reading else None,
            reading.health if reading else None, reading.channels if reading else (),
            snapshot.newest if known else None, hand, drives and known,
            loop.hold_text if loop.hold != Hold.NONE else "", self._heading(view), self._side, self._motion.twist,
            self._fingers,
        )  # fmt: skip

    @property
    def _fingers(self) -> Fingers | None:
        """Of the robot's hand; None for a gripper, and while there is no robot."""
        session = self._live.session
        return None if session is None or not self._live.running else session.scene.fingers

    @property
    def _side(self) -> str:
        if kind_named(self._desk.setup(self._device).kind).hands == 1:
            return ""
        return _SIDES[1 if len(self._held()) == 1 else self._hand]  # of the two the right one drives a robot with one

    def _reading(self, snapshot: Snapshot, hand: int, drives: bool) -> Reading | None:
        found = self._desk.readings(self._device)
        if found:
            alone = len(self._held()) == 1  # of a device for two hands the right one drives a robot with one
            return found[-1 if alone else min(self._hand, len(found) - 1)]
        channels = kind_named(self._desk.setup(self._device).kind).channels
        return reading_of(snapshot, channels, hand) if drives else None

    def _with_pedals(self, state: InputState | None) -> InputState | None:
        """The loop counts the buttons of a device's pedals as its own, from `PEDAL` on."""
        pedals = self._desk.setup(self._device).pedals
        said = self._desk.readings(pedals) if pedals else ()
        pressed = said[0].state.buttons & _OF_DEVICE if said and said[0].state is not None else 0
        return None if state is None else replace(state, buttons=state.buttons & _OF_DEVICE | pressed << PEDAL)

    def _heading(self, view: str) -> Vector | None:
        session = self._live.session
        if session is None or not self._live.running:
            return None
        return heading(session.scene.cameras, view)


def heading(cameras: Sequence[CameraInfo], view: str) -> Vector | None:
    """(3, 3) where a fixed view looks, level with the table, as the loop takes it; None for one that moves.

    Args:
        cameras: of the scene.
        view: name of one of them.
    """
    pose = next((camera.pose for camera in cameras if camera.name == view), ())
    if not pose:
        return None
    right = to_matrix(np.array(pose[3:]))[:, 0] * (1.0, 1.0, 0.0)
    right, up = right / np.linalg.norm(right), np.array([0.0, 0.0, 1.0])
    return np.column_stack((right, up, np.cross(right, up)))


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return str(AppError("to write what was set up", error.strerror or str(error), "make room there, or allow it"))
    return str(error)
