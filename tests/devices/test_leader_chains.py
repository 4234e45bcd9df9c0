"""Where the hand of a small leader is, against its makers' own files, composed joint by joint with plain matrices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.inputs.leader_chains import FIVE, KOCH_CHAIN, SO101_CHAIN
from accord.devices.inputs.leaders import GELLO, KOCH, LEADERS, SO101, LeaderModel
from accord.devices.rotation import to_matrix

DOWN = -np.pi / 2
# so101_leader_new_calib.urdf: xyz and rpy of the joints, each turning about its own z.
SO101_URDF = (
    ((0.0388353, 0.0, 0.0624), (3.14159, 0.0, -3.14159)),
    ((-0.0303992, -0.0182778, -0.0542), (-1.5708, -1.5708, 0.0)),
    ((-0.11257, -0.028, 0.0), (0.0, 0.0, 1.5708)),
    ((-0.1349, 0.0052, 0.0), (0.0, 0.0, -1.5708)),
    ((0.0, -0.0611, 0.0181), (1.5708, 0.0486795, 3.14159)),
)
SO101_HANDLE = (0.0, 0.0, -0.06746695884)
# follower_arm_v1.1.urdf: xyz and axis of the joints, none turned at zero; forward is −y there.
KOCH_URDF = (
    ((0.005766, -0.040523, 0.038579), 2), ((0.020713, 0.0, 0.015368), 0), ((-0.038026, -0.014951, 0.108424), 0),
    ((-0.000251, -0.100502, 0.002641), 0), ((0.019234, 0.00037, -0.044779), 2),
)  # fmt: skip
KOCH_TCP = (0.0, 0.0, -0.065)
angles = st.lists(st.floats(-1.6, 1.6), min_size=5, max_size=5).map(np.array)


def about(axis: int, angle: float) -> np.ndarray:
    """(4, 4) a turn about x, y or z."""
    turn, (i, j) = np.eye(4), ((1, 2), (2, 0), (0, 1))[axis]
    turn[i, i] = turn[j, j] = np.cos(angle)
    turn[j, i], turn[i, j] = np.sin(angle), -np.sin(angle)
    return turn


def shifted(way: tuple[float, float, float]) -> np.ndarray:
    shift = np.eye(4)
    shift[:3, 3] = way
    return shift


def so101(q: np.ndarray) -> np.ndarray:
    """(4, 4) the roll's link of the SO-101, with the hand as its origin, in the frame of its base."""
    frame = np.eye(4)
    for (xyz, (roll, pitch, yaw)), angle in zip(SO101_URDF, q * (-1, 1, -1, -1, -1), strict=True):
        frame = frame @ shifted(xyz) @ about(2, yaw) @ about(1, pitch) @ about(0, roll) @ about(2, angle)
    return frame @ shifted(SO101_HANDLE)


def koch(q: np.ndarray) -> np.ndarray:
    """(4, 4) the same of the Koch, with x forward; its file's zero has the hand down."""
    frame = about(2, np.pi / 2)
    for (xyz, axis), angle in zip(KOCH_URDF, (q - (0, 0, 0, DOWN, 0)) * (1, 1, -1, -1, -1), strict=True):
        frame = frame @ shifted(xyz) @ about(axis, angle)
    return frame @ shifted(KOCH_TCP)


@pytest.mark.parametrize(("chain", "slowly"), [(SO101_CHAIN, so101), (KOCH_CHAIN, koch)], ids=["so101", "koch"])
@given(q=angles)
def test_the_hand_is_where_the_makers_files_say_and_turned_so(chain, slowly, q) -> None:  # type: ignore[no-untyped-def]
    pose, wanted, zero = chain.pose(q), slowly(q), slowly(np.zeros(5))
    np.testing.assert_allclose(pose[:3], wanted[:3, 3], atol=2e-5)  # the files write π with six digits
    np.testing.assert_allclose(to_matrix(pose[3:]), wanted[:3, :3] @ zero[:3, :3].T, atol=2e-5)


@pytest.mark.parametrize("model", [KOCH, SO101])
class TestASmallLeader:
    def test_at_zero_it_stands_as_it_is_held_for_its_calibration(self, model: LeaderModel) -> None:
        assert model.chain is not None
        assert model.reference == (0.0,) * 5
        where = [sum(np.array(joint.offset) for joint in model.chain.joints[: i + 1]) for i in range(5)]
        lift, elbow, wrist, roll = where[1:]
        assert np.arctan2(elbow[2] - lift[2], elbow[0] - lift[0]) > np.radians(75), "upper arm upright"
        assert abs(np.arctan2(wrist[2] - elbow[2], wrist[0] - elbow[0])) < np.radians(3), "forearm level and forward"
        assert abs(roll[2] - wrist[2]) < 0.001, "hand level"
        np.testing.assert_allclose(model.chain.pose(np.zeros(5))[3:], (1, 0, 0, 0))

    def test_each_joint_turns_the_way_that_its_arrow_shows(self, model: LeaderModel) -> None:
        assert model.chain is not None
        rest = model.chain.pose(np.zeros(5))
        ways = [model.chain.pose(0.2 * np.eye(5)[joint]) for joint in range(5)]
        assert ways[0][1] > rest[1] + 0.03, "pan to the left"
        assert ways[1][0] > rest[0] + 0.01, "lean forward"
        assert ways[2][2] > rest[2] + 0.03, "raise the forearm"
        assert ways[3][2] > rest[2] + 0.015, "raise the hand"
        np.testing.assert_allclose(ways[4][:3], rest[:3], atol=1e-12, err_msg="a roll moves nothing")
        assert ways[4][4] > 0.09, "clockwise as seen from the wrist"

    def test_with_the_hand_down_a_roll_turns_about_the_vertical_alone(self, model: LeaderModel) -> None:
        assert model.chain is not None
        down, rolled = (model.chain.pose(np.array([0, 0, 0, DOWN, roll])) for roll in (0.0, 0.5))
        turn = to_matrix(rolled[3:]) @ to_matrix(down[3:]).T
        np.testing.assert_allclose(turn, about(2, -0.5)[:3, :3], atol=1e-9)
        wrist = sum(np.array(joint.offset) for joint in model.chain.joints[:4])
        assert abs(down[0] - wrist[0]) < 0.001, "straight below the wrist"
        assert abs(down[1]) < 0.008, "in the plane of the arm"

    def test_its_joints_have_the_names_that_people_know(self, model: LeaderModel) -> None:
        assert model.names_of(5) == FIVE
        assert model.names_of(6) == tuple(f"joint {number}" for number in range(1, 7))


def test_how_far_they_reach() -> None:
    """From the shoulder's pan to the hand, straight out: what a ruler shows within a centimetre."""
    assert SO101_CHAIN.reach == pytest.approx(0.447, abs=0.001)
    assert KOCH_CHAIN.reach == pytest.approx(0.356, abs=0.001)


def test_a_copy_with_other_joints_has_a_hand_that_nobody_knows() -> None:
    assert [name for name, model in LEADERS.items() if model.chain_of(len(model.reference))] == ["koch", "so101"]
    assert KOCH.chain_of(4) is None
    assert GELLO.chain_of(7) is None
    assert GELLO.names_of(7)[0] == "joint 1"
