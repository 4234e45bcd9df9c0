"""LeaderChains: where the hand of a leader of five joints is, as plain facts.

Both arms are built alike: a shoulder that pans and lifts, an elbow and a wrist that flex, a wrist that rolls. Their
frame has x forward, y left, z up. All angles are zero with the upper arm upright, the forearm level and forward, the
hand level and straight ahead; positive is what a calibration asks for (`accord.app.ui.calibration_arm`): pan to the
left, lean forward, raise the forearm, raise the hand, roll clockwise as seen from the wrist. The hand is the point of
the roll's axis that the fingers close around, so that a roll does not move it, and is turned as the base is at zero.
"""

from typing import Final

from accord.devices.chain import Chain, Joint

FIVE: Final = ("shoulder pan", "shoulder lift", "elbow flex", "wrist flex", "wrist roll")
"""What people call the joints of both, from the base on (github.com/huggingface/lerobot)."""
_Offset = tuple[float, float, float]


def _five(pan: _Offset, lift: _Offset, elbow: _Offset, wrist: _Offset, roll: _Offset, hand: float) -> Chain:
    """Such an arm.

    Args:
        pan: where the pan's joint is [m].
        lift: from there to the lift's at zero, and so on [m].
        elbow: [m].
        wrist: [m].
        roll: [m].
        hand: from the roll's joint ahead to the hand [m].
    """
    lean, raise_ = (0.0, 1.0, 0.0), (0.0, -1.0, 0.0)
    joints = (
        Joint(pan, (0.0, 0.0, 1.0)), Joint(lift, lean), Joint(elbow, raise_), Joint(wrist, raise_),
        Joint(roll, (1.0, 0.0, 0.0)),
    )  # fmt: skip
    return Chain(joints, (hand, 0.0, 0.0))


SO101_CHAIN: Final = _five(
    (0.0388353, 0.0, 0.0624), (0.0303992, -0.0182778, 0.0542), (0.028, 0.0, 0.11257), (0.1349, 0.0, 0.0052),
    (0.0611, 0.0181, 0.0), 0.06746696,
)  # fmt: skip
"""Of the SO-101 leader, from the origins of the joints and of the frame of the handle in so101_leader_new_calib.urdf
(github.com/TheRobotStudio/SO-ARM100, Simulation/SO101), in which each joint's zero is the middle of its range too; at
zero its handle hangs 0.049 rad off the plumb line. The SO-100 differs by a millimetre at the wrist
(github.com/google-deepmind/mujoco_menagerie, trs_so_arm100)."""

KOCH_CHAIN: Final = _five(
    (0.040523, 0.005766, 0.038579), (0.0, 0.020713, 0.015368), (0.014951, -0.038026, 0.108424),
    (0.100502, -0.000251, 0.002641), (0.044779, 0.019234, -0.00037), 0.065,
)  # fmt: skip
"""Of the Koch v1.1. Its makers publish figures of the follower only, whose bones the leader shares but for its handle:
from the origins of the joints in follower_arm_v1.1.urdf (github.com/haosulab/ManiSkill, assets/robots/koch, after
github.com/jess-moss/koch-v1-1), whose zero has the hand down instead of ahead; the hand is where `gripper_tcp` is."""
