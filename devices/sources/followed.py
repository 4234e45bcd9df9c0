"""Followed: which of what a device gives moves the robot, and one sentence where that cannot be."""

from accord.devices.errors import DeviceError
from accord.devices.input import InputState
from accord.devices.mapping import Follow, GripperMode, Mapping


def followed(name: str, state: InputState, mapping: Mapping, joints: int | None) -> tuple[Follow | None, str]:
    """What is followed, None for nothing, and what is wrong with the mapping for such a device, empty for nothing.

    Args:
        name: of the device.
        state: what it gives.
        mapping: how it shall be used.
        joints: how many the robot's arm has; None for a robot that no leader can lead.
    """
    follow, unfit = mapping.follow, _unfit(state, mapping, joints)
    if follow in (Follow.AUTO, Follow.JOINTS) and state.joints is not None and not unfit:
        kind = Follow.JOINTS
    elif follow in (Follow.AUTO, Follow.POSE) and state.pose is not None:
        kind = Follow.POSE
    elif follow is Follow.DEFLECTION or (follow is Follow.AUTO and not state.continuous):
        kind = Follow.DEFLECTION
    elif unfit and follow is not Follow.POSE:
        return None, unfit
    else:
        what = "joints" if follow is Follow.JOINTS else "the pose of a hand"
        return None, _sentence(f"{what} from {name}", _given(state), "let the profile follow what the device gives")
    return kind, _mute(name, state, mapping)


def instead(state: InputState, mapping: Mapping, follow: Follow | None, joints: int | None) -> str:
    """Why the hand of a device is followed that has joints too: one sentence, empty where nobody would ask.

    Args:
        state: what it gives.
        mapping: how it is used.
        follow: what is followed.
        joints: how many the robot's arm has; None for a robot that no leader can lead.
    """
    if follow is not Follow.POSE or mapping.follow is not Follow.AUTO or state.joints is None:
        return ""
    robots = "and this robot has none that can be led" if joints is None else f"which do not fit the robot's {joints}"
    return f"The robot follows where its hand is, not its {len(state.joints)} joints, {robots}."


def _unfit(state: InputState, mapping: Mapping, joints: int | None) -> str:
    """Why the device's joints cannot lead the robot's."""
    if state.joints is None:
        return ""
    if joints is None:
        remedy = "let the profile follow the hand, or choose another robot"
        return _sentence("a robot whose joints a leader can lead", "one without a chain of joints", remedy)
    return mapping.joints.problem(len(state.joints), joints)


def _mute(name: str, state: InputState, mapping: Mapping) -> str:
    """Why nothing moves the gripper."""
    if mapping.gripper is not GripperMode.PROPORTIONAL or state.gripper is not None:
        return ""
    remedy = "let a button toggle or hold the gripper"
    return _sentence(f"{name} to say how far it opens the gripper", "no word of that", remedy)


def _given(state: InputState) -> str:
    names = [name for name, part in (("joints", state.joints), ("a pose", state.pose)) if part is not None]
    return " and ".join(names) or "deflections"


def _sentence(wanted: str, found: str, remedy: str) -> str:
    return str(DeviceError(wanted, found, remedy))
