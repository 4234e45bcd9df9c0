"""MappingGuiding: what the mapping page asks for, asked of the desk and the session. A part of the window."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from accord.app.desk import Desk
from accord.app.errors import AppError
from accord.app.snapshot import Snapshot, State
from accord.app.ui.devices_driving import driving, reading_of
from accord.app.ui.live import Live
from accord.app.ui.mapping_draft import Draft
from accord.app.ui.mapping_editor import MappingEditor
from accord.app.ui.mapping_moment import Moment
from accord.app.ui.mapping_motion import Motion
from accord.app.watched import Reading
from accord.datasets.episode_info import CameraInfo
from accord.datasets.errors import AccordError
from accord.devices.command import Vector
from accord.devices.input import InputState
from accord.devices.inputs.kinds import kind_named
from accord.devices.limits import Hold
from accord.devices.mapping import PEDAL, Frame, Mapping
from accord.devices.rotation import to_matrix
from accord.devices.sources.held import EITHER

_OF_DEVICE: Final = (1 << PEDAL) - 1


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
        default, problem = replace(kind.mapping, frame=Frame.VIEW), ""
        kept = self._drafts.get(device)
        if kept is None or kept[0] != setup.profile or not kept[1].changed:
            try:
                saved = self._desk.mapping(device)
            except AccordError as error:
                saved, problem = default, str(error)
            self._drafts[device] = setup.profile, Draft(saved, default)
        self._device, self._hand = device, 0
        self._motion.forget()
        self._editor.edit(device, kind.text, setup.profile, self._names(), self._drafts[device][1], kind.hands)
        if problem:
            self._editor.refuse(problem)

    def _names(self) -> tuple[str, ...]:
        try:
            return self._desk.profiles.names()
        except AccordError:  # the folder cannot be read: saving says so
            return ()

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
        self._editor.saved(profile, self._names())
        self._use(mapping)
        self.changed.emit()

    def _try(self, mapping: Mapping) -> None:
        if not self._held():
            now = " and ".join(driving(self._live.snapshot)) or "nobody"
            found = f"{now} driving" if self._live.running else "no robot that runs"
            self._editor.refuse_try(str(AppError(f"{self._device} to drive", found, "choose it on the page Collect")))
            return
        self._use(mapping)

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
            loop.hold_text if loop.hold != Hold.NONE else "", self._heading(view), self._motion.twist,
        )  # fmt: skip

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
