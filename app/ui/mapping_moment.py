"""Moment: a device, its mapping and the robot at one moment, and what is asked of the robot. Knows no toolkit.

What is asked is computed with the loop's own functions from the reading of this moment, with the mapping as it is being
edited; so a change is seen before it is tried.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from accord.app.ui.mapping_fingers import wanted_fingers, whole_hand
from accord.devices.command import Vector
from accord.devices.fingers import Fingers
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.joint_map import USUAL
from accord.devices.mapping import Follow, Frame, GripperMode, Mapping, is_down, pace, twist
from accord.devices.rotation import IDENTITY
from accord.devices.sources.followed import followed, instead

_NOTHING = np.full(6, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """All that the mapping page shows of a device and the robot."""

    name: str = ""
    """Of the device."""
    state: InputState | None = None
    """What it says; None while it is unplugged, stale or not read."""
    health: Health | None = None
    """None for a device that nothing is known of."""
    channels: tuple[str, ...] = ()
    """What the raw numbers are."""
    newest: np.void | None = None
    """The newest step; None while there is no robot."""
    hand: int = 0
    """Which of the robot's hands it drives, or would."""
    drives: bool = False
    """Whether the robot takes its commands from this device now."""
    hold_text: str = ""
    """Why the robot is held, or empty."""
    view_rotation: Vector | None = None
    """(3, 3) where the person looks; None without a view."""
    side: str = ""
    """``left`` or ``right``: which hand of a device for two this is; empty for one that has no other."""
    moved: Vector = field(default_factory=lambda: _NOTHING)
    """(6,) how the robot's hand moves, in the base frame [m/s, rad/s]."""
    fingers: Fingers | None = None
    """The joints of the robot's hand; None for a gripper, and without a robot."""

    def of_step(self, name: str) -> Any:
        """A field of the newest step for this hand; NaN without one."""
        if self.newest is None or name not in (self.newest.dtype.names or ()):
            return np.nan
        value, hands = np.asarray(self.newest[name]), self.robot_hands
        if hands == 1:
            return value
        parts = value.reshape(hands, -1)[min(self.hand, hands - 1)]
        return parts if parts.size > 1 else parts[0]

    def of_fingers(self, name: str) -> Vector:
        """(m,) a field of the newest step for this hand's fingers [rad]; NaN without one, (0,) without fingers."""
        joints = 0 if self.fingers is None else len(self.fingers.names)
        values = np.atleast_1d(np.asarray(self.of_step(name), np.float64))
        return values if values.shape == (joints,) else np.full(joints, np.nan)

    @property
    def robot_hands(self) -> int:
        """How many the robot has; 1 while there is none."""
        return 1 if self.newest is None else max(1, self.newest["observation/hand_position"].size // 3)

    @property
    def robot_joints(self) -> Vector:
        """(n,) where the robot's joints stand [rad]; (0,) without a robot."""
        joints = np.asarray(self.of_step("observation/joint_position"))
        return joints if joints.ndim else np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a mapping makes of a moment."""

    follow: Follow | None
    """Which of what the device gives is followed; None for nothing."""
    problem: str
    """Why it cannot be, or what is missing; one sentence, or empty."""
    twist: Vector
    """(6,) of the hand, in the base frame; NaN where only the loop knows [m/s, rad/s]."""
    gripper: float
    """Wanted opening; NaN where only the loop knows [1]."""
    sent: Vector
    """(6,) what the robot was told, after every limit; NaN while this device does not drive [m/s, rad/s]."""
    sent_gripper: float
    """[1]"""
    note: str
    """How to read it, or what to do to see more."""
    fingers: Vector
    """(m,) the joints of the fingers; NaN where only the loop knows [rad]."""
    sent_fingers: Vector
    """(m,) what they were told, after every limit; NaN while this device does not drive [rad]."""
    whole: str = ""
    """That no finger is led for itself, and why, in one sentence; empty where each is, or where there are none."""


def ask(mapping: Mapping, moment: Moment) -> Asked:
    """What is asked of the robot's hand at this moment with this mapping."""
    sent, sent_gripper = _NOTHING, float("nan")
    if moment.drives:
        sent, sent_gripper = np.asarray(moment.of_step("sent/twist")), float(moment.of_step("sent/gripper"))
        sent = sent if sent.ndim else _NOTHING
    sent_fingers = moment.of_fingers("sent/fingers") if moment.drives else moment.of_fingers("")
    state = moment.state
    if state is None:
        nothing = moment.of_fingers("")
        return Asked(None, "", _NOTHING, float("nan"), sent, sent_gripper, _silent(moment), nothing, sent_fingers)
    joints = _joints(mapping, moment, state)
    follow, problem = followed(moment.name, state, mapping, joints)
    asked, note = _asked(follow, state, mapping, moment)
    note = " ".join(filter(None, (instead(state, mapping, follow, joints), note)))
    if moment.drives and moment.hold_text:
        note = moment.hold_text
    gripper = _gripper(state, mapping, moment)
    wanted = np.zeros(0) if moment.fingers is None else wanted_fingers(mapping, state, moment.fingers, gripper)
    whole = whole_hand(mapping, state, moment.fingers)
    return Asked(follow, problem, asked, gripper, sent, sent_gripper, note, wanted, sent_fingers, whole)


def _joints(mapping: Mapping, moment: Moment, state: InputState) -> int | None:
    """How many a leader has to lead; without a robot as many as the mapping is for, or as a usual one has."""
    if moment.newest is not None:
        return len(moment.robot_joints) or None
    own = 0 if state.joints is None else len(state.joints)
    return len(mapping.joints.order) or (own if state.pose is None else USUAL)  # without a pose its joints are all


def _silent(moment: Moment) -> str:
    if moment.health is None and not moment.drives:
        return f"Choose {moment.name} as who drives, and what it says is seen here."
    return "The device says nothing."


def _asked(follow: Follow | None, state: InputState, mapping: Mapping, moment: Moment) -> tuple[Vector, str]:
    if follow is not Follow.DEFLECTION:
        if moment.drives:
            told = np.asarray(moment.of_step("requested/twist"))
            return (told if told.ndim else _NOTHING), ""
        return _NOTHING, "A device that is followed by its place has to drive before a velocity can be asked."
    turned, note = np.asarray(moment.of_step("observation/hand_quaternion")), ""
    if mapping.frame is Frame.VIEW and moment.view_rotation is None:
        mapping, note = replace(mapping, frame=Frame.BASE), "In the frame of the view: there is none to look at now."
    wanted = twist(state.axes, mapping, turned if turned.ndim else IDENTITY, moment.view_rotation)
    if mapping.dead_man_button is not None and not is_down(state.buttons, mapping.dead_man_button):
        return np.zeros(6), "Hold the dead-man button down to drive."
    return wanted * pace(state.buttons, mapping), note


def _gripper(state: InputState, mapping: Mapping, moment: Moment) -> float:
    if mapping.gripper is GripperMode.PROPORTIONAL:
        return float("nan") if state.gripper is None else state.gripper
    if mapping.gripper is GripperMode.HOLD:
        return 0.0 if is_down(state.buttons, mapping.gripper_button) else 1.0
    return float(moment.of_step("requested/gripper")) if moment.drives else float("nan")
