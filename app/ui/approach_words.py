"""Approach: whether a device may be engaged, and what to do first if it may not. Knows no toolkit."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from math import degrees, isfinite
from typing import Final

import numpy as np

from accord.app.snapshot import Snapshot
from accord.app.ui.figures import number
from accord.devices.joint_map import STILL
from accord.devices.limits import Hold
from accord.devices.mapping import Mapping

SIDES: Final = ("Left", "Right")
_BY_ITSELF: Final = (Hold.APART, Hold.NOT_ENGAGED)
"""Only a device that has to be engaged holds the robot so."""
_BY_BUTTON: Final = (Hold.LET_GO, Hold.PRESS_ANEW)
"""Any device with a dead-man button does; it counts where there is a leader to be brought near."""


class Stage(Enum):
    """How far it is."""

    NONE = auto()
    """Nothing is to be engaged."""
    DOUBTFUL = auto()
    """Something is wrong with how the device is used; it may be that it cannot be engaged so."""
    APART = auto()
    READY = auto()
    """It may be engaged."""
    DRIVES = auto()


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of the robot, and the leader beside it."""

    number: int
    """0 for the left one, or the only one."""
    apart_rad: tuple[float, ...]
    """Leader less robot, for each joint of the robot [rad]."""
    mapping: Mapping
    """Of the leader."""

    @property
    def within(self) -> bool:
        """Whether no joint is further apart than it may be; one of which nothing is known does not count."""
        return all(abs(x) <= self.mapping.engage_within_rad for x in self.apart_rad if isfinite(x))


@dataclass(frozen=True, slots=True)
class Approach:
    """What there is to show."""

    stage: Stage
    hint: str = ""
    """What to do, in words."""
    arms: tuple[Arm, ...] = ()
    """Those that a leader stands beside."""
    by_button: bool = False
    """Whether only the device's own dead-man button engages it."""


def is_approached(snapshot: Snapshot) -> bool:
    """Whether a device is about to be engaged, or to be brought near for that."""
    hold = snapshot.loop.hold
    return hold in _BY_ITSELF or (hold in _BY_BUTTON and any(map(isfinite, snapshot.loop.apart)))


def approach(snapshot: Snapshot, mappings: Sequence[Mapping], engages: bool) -> Approach:
    """How far it is now.

    Args:
        snapshot: of the session.
        mappings: of what the person holds, the left one first.
        engages: whether this source had to be engaged before.
    """
    loop, hold = snapshot.loop, Hold(snapshot.loop.hold)
    arms, by_button = arms_of(snapshot, mappings), any(one.dead_man_button is not None for one in mappings)
    if hold is Hold.NONE and (engages or arms):
        return Approach(Stage.DRIVES, "Let go before you put it down.")
    if not is_approached(snapshot):
        return Approach(Stage.NONE)
    if hold is Hold.APART or not all(arm.within for arm in arms):
        return Approach(Stage.APART, advice(arms) or _plain(loop.hold_text), arms, by_button)
    if loop.input_detail:
        return Approach(Stage.DOUBTFUL, loop.input_detail, arms, by_button)
    return Approach(Stage.READY, _plain(loop.hold_text), arms, by_button)


def arms_of(snapshot: Snapshot, mappings: Sequence[Mapping]) -> tuple[Arm, ...]:
    """The arms that a leader stands beside; one device for two arms has the same mapping for both."""
    apart, newest, hands = snapshot.loop.apart, snapshot.newest, 1
    if newest is not None and "observation/hand_position" in (newest.dtype.names or ()):
        hands = max(1, newest["observation/hand_position"].size // 3)
    known = tuple(mappings) or (Mapping(),)
    parts = np.array_split(np.array(apart), hands) if apart else []
    arms = (Arm(i, tuple(part.tolist()), known[min(i, len(known) - 1)]) for i, part in enumerate(parts))
    return tuple(arm for arm in arms if any(map(isfinite, arm.apart_rad)))


def advice(arms: Sequence[Arm]) -> str:
    """What to do first: the joint that is furthest beyond its limit, as a joint of the leader; empty where none is."""
    beyond = [
        (abs(off) / arm.mapping.engage_within_rad, arm, joint)
        for arm in arms
        for joint, off in enumerate(arm.apart_rad)
        if isfinite(off) and abs(off) > arm.mapping.engage_within_rad
    ]
    if not beyond:
        return ""
    _, arm, joint = max(beyond, key=lambda one: one[0])
    others = f" {len(beyond) - 1} more after that." if len(beyond) > 1 else ""
    return _turn(arm, joint, f"{SIDES[arm.number].lower()} " if len(arms) > 1 else "") + others


def _turn(arm: Arm, joint: int, whose: str) -> str:
    """In joints of the leader, which may turn the other way, or further, than those of the robot."""
    joints = arm.mapping.joints
    leads = joints.order[joint] if joints.order else joint
    if leads == STILL:
        return f"Joint {joint + 1} of the {whose}robot is led by none: set its offset on the page of the mapping."
    sign = joints.signs[joint] if joints.signs else 1
    scale = joints.scales[joint] if joints.scales else 1.0
    way = -degrees(arm.apart_rad[joint]) / (sign * scale)
    return f"Turn the {whose}leader's joint {leads + 1} {'back' if way < 0 else 'forward'} by {number(abs(way), 0)}°."


def _plain(sentence: str) -> str:
    """Why the robot is held, without saying that it is."""
    text = sentence.removeprefix("Held: ")
    return text[:1].upper() + text[1:]
