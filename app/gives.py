"""What a device gives that can move a robot: deflections, the pose of a hand, joints."""

import numpy as np

from accord.devices.input import InputState
from accord.devices.inputs.kind import Kind
from accord.devices.inputs.leaders import LEADERS
from accord.devices.mapping import Follow, GripperMode


def usual(kind: Kind) -> frozenset[Follow]:
    """What devices of a kind give, as far as it can be known before one was heard: by what the kind starts with."""
    if kind.name in LEADERS:
        knows_hand = LEADERS[kind.name].chain is not None
        return frozenset({Follow.JOINTS, Follow.POSE}) if knows_hand else frozenset({Follow.JOINTS})
    if kind.mapping.follow is Follow.POSE:  # it says so because there is more
        return frozenset({Follow.POSE, Follow.JOINTS})
    if kind.mapping.gripper is GripperMode.PROPORTIONAL:
        return frozenset({Follow.POSE})
    return frozenset({Follow.DEFLECTION})


def given(state: InputState) -> frozenset[Follow]:
    """What a device gives at this moment; one at rest, and a leader without a calibration, may give more."""
    parts = {
        Follow.DEFLECTION: bool(np.any(state.axes)),
        Follow.POSE: state.pose is not None,
        Follow.JOINTS: state.joints is not None,
    }
    return frozenset(one for one, here in parts.items() if here)
