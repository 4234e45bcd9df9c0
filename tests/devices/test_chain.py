import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.chain import ARM_JOINTS, FOREARM, GRIP, SHOULDER, UPPER_ARM, Chain, Joint, human_arm
from accord.devices.errors import DeviceError
from accord.devices.rotation import rotate, to_matrix

LEFT, RIGHT = human_arm(left=True), human_arm(left=False)
FORWARD, THUMB = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
angles = st.lists(st.floats(-3.0, 3.0), min_size=7, max_size=7).map(np.array)


def bent(**joints: float) -> np.ndarray:
    """Elbow at a right angle, forearm forward, and these joints besides."""
    stance = np.zeros(7)
    stance[ARM_JOINTS.index("elbow flexion")] = np.pi / 2
    for name, angle in joints.items():
        stance[ARM_JOINTS.index(name.replace("_", " "))] = angle
    return stance


def fingers(pose: np.ndarray) -> np.ndarray:
    return rotate(pose[3:], FORWARD)


def test_an_arm_at_zero_hangs_straight_down_with_the_thumb_forward() -> None:
    pose = LEFT.pose(np.zeros(7))
    np.testing.assert_allclose(pose[:3], [0.0, SHOULDER, -UPPER_ARM - FOREARM - GRIP], atol=1e-12)
    np.testing.assert_allclose(fingers(pose), [0.0, 0.0, -1.0], atol=1e-12)
    np.testing.assert_allclose(rotate(pose[3:], THUMB), [1.0, 0.0, 0.0], atol=1e-12)


def test_with_the_forearm_forward_the_hand_is_turned_as_the_body_is() -> None:
    pose = RIGHT.pose(bent())
    np.testing.assert_allclose(pose[:3], [FOREARM + GRIP, -SHOULDER, -UPPER_ARM], atol=1e-12)
    np.testing.assert_allclose(to_matrix(pose[3:]), np.eye(3), atol=1e-12)


@pytest.mark.parametrize("arm", [LEFT, RIGHT], ids=["left", "right"])
def test_positive_angles_turn_as_anatomy_says(arm: Chain) -> None:
    side = 1.0 if arm is LEFT else -1.0
    palm = np.array([0.0, -side, 0.0])
    assert arm.pose(np.array([0.3, 0, 0, 0, 0, 0, 0]))[0] > 0.1, "flexion lifts the arm forward"
    assert side * (arm.pose(np.array([0, 0.3, 0, 0, 0, 0, 0]))[1] - side * SHOULDER) > 0.1, "abduction lifts it aside"
    assert side * fingers(arm.pose(bent(shoulder_rotation=0.3)))[1] < -0.2, "inward rotation points to the other arm"
    assert rotate(arm.pose(bent(forearm_pronation=0.3))[3:], palm)[2] < -0.2, "pronation turns the palm down"
    assert side * fingers(arm.pose(bent(wrist_flexion=0.3)))[1] < -0.2, "wrist flexion bends towards the palm"
    assert fingers(arm.pose(bent(wrist_deviation=0.3)))[2] > 0.2, "deviation bends towards the thumb"


@given(angles)
def test_both_arms_mirror_each_other(stance: np.ndarray) -> None:
    left, right = LEFT.pose(stance), RIGHT.pose(stance)
    mirror = np.array([1.0, -1.0, 1.0])
    np.testing.assert_allclose(left[:3] * mirror, right[:3], atol=1e-9)
    np.testing.assert_allclose(fingers(left) * mirror, fingers(right), atol=1e-9)


@given(angles)
def test_no_stance_leaves_the_reach_and_every_turn_is_one(stance: np.ndarray) -> None:
    pose = LEFT.pose(stance)
    assert np.linalg.norm(pose[:3] - [0.0, SHOULDER, 0.0]) <= LEFT.reach + 1e-9
    assert np.linalg.norm(pose[3:]) == pytest.approx(1.0)


@given(angles, st.integers(0, 6))
def test_a_small_turn_of_a_joint_moves_the_hand_as_its_axis_says(stance: np.ndarray, joint: int) -> None:
    """Against the quotient of differences, which knows nothing of quaternions."""
    step = np.zeros(7)
    step[joint] = 1e-5
    moved = (LEFT.pose(stance + step)[:3] - LEFT.pose(stance - step)[:3]) / 2e-5
    assert np.linalg.norm(moved) <= LEFT.reach + 1e-6
    turned = to_matrix(LEFT.pose(stance + step)[3:]) @ to_matrix(LEFT.pose(stance - step)[3:]).T
    assert np.linalg.norm([turned[2, 1], turned[0, 2], turned[1, 0]]) == pytest.approx(2e-5, rel=1e-3)


def test_a_chain_of_one_joint_can_be_reckoned_by_hand() -> None:
    chain = Chain((Joint((0.0, 0.0, 1.0), (0.0, 0.0, 1.0)),), (2.0, 0.0, 0.0))
    np.testing.assert_allclose(chain.pose(np.array([np.pi / 2]))[:3], [0.0, 2.0, 1.0], atol=1e-12)


def test_as_many_angles_as_joints_are_needed() -> None:
    with pytest.raises(ValueError, match="broadcast"):
        LEFT.pose(np.zeros(6))


@pytest.mark.parametrize("length", [0.0, -0.1, 1.0, 30.0, float("nan")])
def test_a_length_that_is_no_persons_is_refused(length: float) -> None:
    with pytest.raises(DeviceError, match=r"Wanted the length of the forearm between 0 and 1 m, found .*: give it in"):
        human_arm(left=True, forearm=length)
