"""Scope: which fields of a mapping count for a device, now or if something else of it were followed. Knows no toolkit.

What is followed decides, as the drives do (`accord.devices.sources`): deflections are shaped, a carried hand is turned
and scaled, joints lead joints.
"""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import Final

from accord.devices.mapping import Follow, GripperMode, Mapping

_ALWAYS: Final = frozenset({"follow", "gripper", "gripper_button", "clutch_button", "dead_man_button", "switch_button"})
_MOTION: Final = frozenset(
    {"frame", "order", "signs", "gains", "slow_button", "slow_factor", "fast_button", "fast_factor"}
)
_COUNTS: Final[AnyMapping[Follow, frozenset[str]]] = {
    Follow.JOINTS: frozenset({"joints", "engage_within_rad", "engage_button"}),
    Follow.POSE: _MOTION | {"scale", "turns", "engage_button"},
    Follow.DEFLECTION: _MOTION | {"linear_m_s", "angular_rad_s", "dead_zones", "exponents"},
}
"""In the order in which `Follow.AUTO` takes them."""
FOLLOWED: Final[AnyMapping[Follow, str]] = {
    Follow.AUTO: "what fits", Follow.DEFLECTION: "deflections", Follow.POSE: "where the hand is",
    Follow.JOINTS: "joint by joint",
}  # fmt: skip
"""What is followed, in words."""
SQUEEZED: Final[AnyMapping[GripperMode, str]] = {
    GripperMode.TOGGLE: "each press switches it", GripperMode.HOLD: "closed while it is held",
    GripperMode.PROPORTIONAL: "as far as the device says",
}  # fmt: skip
"""What moves the gripper, in words."""
BENT: Final[AnyMapping[GripperMode, str]] = {
    GripperMode.TOGGLE: "whole hand, each press", GripperMode.HOLD: "whole hand, while held",
    GripperMode.PROPORTIONAL: "finger by finger",
}  # fmt: skip
"""What moves the fingers of a hand that a glove leads."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What counts of one mapping for one device."""

    mapping: Mapping
    given: frozenset[Follow]
    """What the device gives."""
    now: Follow
    """What of it is followed, or would be; never `Follow.AUTO`."""
    hands: int = 1
    """How many the device is for."""
    fingers: bool = False
    """Whether it is a glove, and the robot's hand has fingers that follow it where the gripper does in proportion."""

    def shows(self, field: str) -> bool:
        """Whether it counts, or would with something else that the device gives."""
        if field == "follow":
            return len(self.given) > 1 or self.mapping.follow not in (Follow.AUTO, *self.given)
        if field == "switch_button":
            return self.hands == 1
        return field in _ALWAYS or any(field in _COUNTS[one] for one in (self.now, *self.given))

    def idle(self, field: str) -> str:
        """Why it does not count as things are, in one sentence; empty where it counts."""
        if field in _ALWAYS or field in _COUNTS[self.now] or (field == "joints" and self._joints_may_fit):
            return self._spared(field)
        instead = next((one for one in _COUNTS if one in self.given and field in _COUNTS[one]), None)
        if instead is None:
            return "It does not count for this device."
        return f"It counts where the robot follows {FOLLOWED[instead]}: choose that in Follow."

    @property
    def _joints_may_fit(self) -> bool:
        """Another map of the joints may make them fit, and then they are what fits."""
        return self.mapping.follow is Follow.AUTO and Follow.JOINTS in self.given

    def _spared(self, field: str) -> str:
        mapping = self.mapping
        if field == "gripper_button" and mapping.gripper is GripperMode.PROPORTIONAL:
            what = "each finger bends" if self.fingers else "the gripper opens"
            return f"The device says by itself how far {what}, see Gripper."
        if field == "engage_button" and mapping.dead_man_button is not None:
            return "The dead-man button engages the device."
        for pace in ("slow", "fast"):
            if field == f"{pace}_factor" and getattr(mapping, f"{pace}_button") is None:
                return f"No button is for {pace}."
        return ""

    @property
    def follows(self) -> tuple[Follow, ...]:
        """What may be chosen to be followed."""
        return tuple(one for one in FOLLOWED if one in (Follow.AUTO, self.mapping.follow, *self.given))


def scope(
    mapping: Mapping, given: frozenset[Follow], followed: Follow | None, hands: int = 1, fingers: bool = False
) -> Scope:
    """What counts.

    Args:
        mapping: as it is being edited.
        given: by the device.
        followed: of it at this moment; None while that is not known, or nothing can be.
        hands: how many the device is for.
        fingers: whether it is a glove and the robot's hand has fingers.
    """
    if followed is not None and followed in given:
        now = followed
    elif mapping.follow is not Follow.AUTO:
        now = mapping.follow
    else:
        now = next((one for one in _COUNTS if one in given), Follow.DEFLECTION)
    return Scope(mapping, given, now, hands, fingers)
