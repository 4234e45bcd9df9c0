import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from accord.devices.command import Vector
from accord.devices.rotation import conjugate, to_matrix
from accord.devices.sim.arms.catalogue import PANDA
from accord.devices.sim.engine import model_from
from accord.devices.sim.kinematics import Kinematics
from accord.devices.sim.poses import from_rotation_vector, leashed, rotation_vector, same_side, turn_between, turned
from accord.devices.sim.scene import arm_xml
from accord.devices.sim.task import Mount

PERIOD_S = 0.02
HOME, JOINT_SPEED = PANDA.home, PANDA.joint_speed
small = arrays(np.float64, 3, elements=st.floats(-1.7, 1.7))
anywhere = arrays(np.float64, 3, elements=st.floats(-2.0, 2.0))
# Franka Control Interface documentation, Denavit-Hartenberg parameters after Craig: a [m], d [m], alpha [rad].
DH = [
    (0.0, 0.333, 0.0),
    (0.0, 0.0, -np.pi / 2),
    (0.0, 0.316, np.pi / 2),
    (0.0825, 0.0, np.pi / 2),
    (-0.0825, 0.384, -np.pi / 2),
    (0.0, 0.0, np.pi / 2),
    (0.088, 0.0, np.pi / 2),
]


@pytest.fixture(scope="module")
def arm() -> Kinematics:
    return Kinematics(PANDA, model_from(arm_xml(PANDA, "gripper", Mount(), 0.002)), PERIOD_S)


def by_denavit_hartenberg(joints: Vector) -> Vector:
    """(4, 4) hand in base, from the published table alone."""
    pose = np.eye(4)
    rows = [*zip(DH, joints, strict=True), ((0.0, 0.107, 0.0), 0.0), ((0.0, 0.1034, 0.0), -np.pi / 4)]
    for (a, d, alpha), theta in rows:
        ct, s, ca, sa = np.cos(theta), np.sin(theta), np.cos(alpha), np.sin(alpha)
        turn = [[ct, -s, 0, a], [s * ca, ct * ca, -sa, -d * sa], [s * sa, ct * sa, ca, d * ca], [0, 0, 0, 1]]
        pose = pose @ np.array(turn)
    return pose


@given(arrays(np.float64, 7, elements=st.floats(-1.5, 1.5)))
def test_the_hand_is_where_the_published_table_puts_it(arm: Kinematics, joints: Vector) -> None:
    position, quaternion = arm.hand(joints)
    expected = by_denavit_hartenberg(joints)
    np.testing.assert_allclose(position, expected[:3, 3], atol=5e-6)  # a scene is written with six digits
    np.testing.assert_allclose(to_matrix(quaternion), expected[:3, :3], atol=5e-6)  # a scene is written with six digits


def test_the_joint_ranges_are_the_published_ones(arm: Kinematics) -> None:
    np.testing.assert_allclose(arm.lower, [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973])
    np.testing.assert_allclose(arm.upper, [2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973])


def test_a_reachable_pose_is_reached(arm: Kinematics) -> None:
    position, quaternion = np.array([0.5, 0.2, 0.1]), np.array([0.0, 1.0, 0.0, 0.0])
    joints = HOME
    for _ in range(200):
        joints = arm.towards(joints, position, quaternion)
    reached, turn = arm.hand(joints)
    np.testing.assert_allclose(reached, position, atol=2e-4)
    assert np.linalg.norm(turn_between(turn, quaternion)) < 2e-3


@settings(max_examples=30, deadline=None)
@given(anywhere, small)
def test_towards_any_pose_the_arm_keeps_its_ranges_and_speeds(arm: Kinematics, position: Vector, turn: Vector) -> None:
    joints = HOME
    for _ in range(40):
        after = arm.towards(joints, position, from_rotation_vector(turn))
        assert np.isfinite(after).all()
        assert (np.abs(after - joints) <= JOINT_SPEED * PERIOD_S + 1e-6).all()
        assert (arm.lower <= after).all()
        assert (after <= arm.upper).all()
        joints = after


def test_near_the_stretched_arm_a_small_wish_moves_it_little(arm: Kinematics) -> None:
    stretched = np.array([0.0, 0.6, 0.0, -0.0698, 0.0, 1.6, 0.785])
    position, quaternion = arm.hand(stretched)
    after = arm.towards(stretched, position + np.array([0.002, 0.0, 0.002]), quaternion)
    assert np.abs(after - stretched).max() < 0.05


def test_the_same_question_has_the_same_answer(arm: Kinematics) -> None:
    position, quaternion = np.array([0.5, 0.1, 0.2]), np.array([0.0, 1.0, 0.0, 0.0])
    first = arm.towards(HOME, position, quaternion)
    arm.towards(HOME + 0.1, position - 0.1, quaternion)
    assert (arm.towards(HOME, position, quaternion) == first).all()


@given(small)
def test_a_rotation_vector_comes_back_from_its_quaternion(v: Vector) -> None:
    np.testing.assert_allclose(rotation_vector(from_rotation_vector(v)), v, atol=1e-9)


@given(small, small)
def test_turning_by_the_turn_between_two_arrives(a: Vector, b: Vector) -> None:
    start, end = from_rotation_vector(a), from_rotation_vector(b)
    arrived = turned(start, turn_between(start, end))
    assert abs(arrived @ end) == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(turned(end, -b), [1, 0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(conjugate(start), from_rotation_vector(-a), atol=1e-12)


@given(small)
def test_the_sign_follows_the_quaternion_before(v: Vector) -> None:
    q = from_rotation_vector(v)
    assert (same_side(-q, q) == q).all()
    assert (same_side(q, None) == same_side(-q, None)).all()


@given(anywhere, small)
def test_a_leash_never_lets_go_further_than_its_length(position: Vector, turn: Vector) -> None:
    home = np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])
    held = leashed((position, from_rotation_vector(turn)), home, 0.03, 0.25)
    assert np.linalg.norm(held[0]) <= 0.03 + 1e-12
    assert np.linalg.norm(turn_between(home[1], held[1])) <= 0.25 + 1e-9
