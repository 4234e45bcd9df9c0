"""The built-in arms: their geometry against the makers' tables, and how well they are driven."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from accord.devices.command import Command, Vector
from accord.devices.errors import DeviceError
from accord.devices.rotation import to_matrix
from accord.devices.sim.arms.arm import Arm
from accord.devices.sim.arms.catalogue import PANDA, UR5E, arm, arms
from accord.devices.sim.engine import model_from, mujoco
from accord.devices.sim.kinematics import Kinematics
from accord.devices.sim.poses import from_rotation_vector, turn_between, turned
from accord.devices.sim.scene import arm_xml
from accord.devices.sim.task import Mount
from accord.devices.sim.workcell import Workcell

DOWN = np.array([0.0, 1.0, 0.0, 0.0])
TO_FINGERS = 0.1034
"""From the flange to the point between the finger tips (Franka Hand manual) [m]."""
PANDA_DH = [
    (0.0, 0.333, 0.0),
    (0.0, 0.0, -np.pi / 2),
    (0.0, 0.316, np.pi / 2),
    (0.0825, 0.0, np.pi / 2),
    (-0.0825, 0.384, -np.pi / 2),
    (0.0, 0.0, np.pi / 2),
    (0.088, 0.0, np.pi / 2),
]
"""Franka Control Interface documentation, after Craig: a [m], d [m], alpha [rad], each before its joint's turn."""
UR5E_DH = [
    (0.0, 0.1625, np.pi / 2),
    (-0.425, 0.0, 0.0),
    (-0.3922, 0.0, 0.0),
    (0.0, 0.1333, np.pi / 2),
    (0.0, 0.0997, -np.pi / 2),
    (0.0, 0.0996, 0.0),
]
"""Universal Robots, "DH parameters for calculations of kinematics and dynamics": a, d, alpha, after a joint's turn."""


def turn_z(angle: float) -> Vector:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])


def turn_x(angle: float) -> Vector:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0, 0], [0, c, -s, 0], [0, s, c, 0], [0, 0, 0, 1.0]])


def shift(x: float, z: float) -> Vector:
    moved = np.eye(4)
    moved[0, 3], moved[2, 3] = x, z
    return moved


def panda_hand(joints: Vector) -> Vector:
    """(4, 4) hand in base, from the maker's table alone."""
    pose = np.eye(4)
    for (a, d, alpha), theta in zip(PANDA_DH, joints, strict=True):
        pose = pose @ turn_x(alpha) @ shift(a, 0.0) @ turn_z(theta) @ shift(0.0, d)
    return pose @ shift(0.0, 0.107) @ turn_z(-np.pi / 4) @ shift(0.0, TO_FINGERS)


def ur5e_hand(joints: Vector) -> Vector:
    """(4, 4) hand in base, from the maker's table alone; the arm stands turned by half a turn."""
    pose = turn_z(np.pi)
    for (a, d, alpha), theta in zip(UR5E_DH, joints, strict=True):
        pose = pose @ turn_z(theta) @ shift(0.0, d) @ shift(a, 0.0) @ turn_x(alpha)
    return pose @ turn_z(-np.pi / 2) @ shift(0.0, TO_FINGERS)


TABLES = {"panda": panda_hand, "ur5e": ur5e_hand}


def alone(arm: Arm) -> mujoco.MjModel:
    return model_from(arm_xml(arm, "gripper", Mount(), 0.002))


@pytest.fixture(scope="module")
def chains() -> dict[str, Kinematics]:
    return {name: Kinematics(arm(name), alone(arm(name)), 0.02) for name in arms()}


def test_each_built_in_arm_has_a_table_here() -> None:
    assert set(arms()) == set(TABLES)


@pytest.mark.parametrize("name", arms())
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_the_hand_is_where_the_makers_table_puts_it(
    chains: dict[str, Kinematics], name: str, data: st.DataObject
) -> None:
    chain = chains[name]
    share = data.draw(arrays(np.float64, len(chain.lower), elements=st.floats(0.0, 1.0)))
    joints = chain.lower + share * (chain.upper - chain.lower)
    position, quaternion = chain.hand(joints)
    expected = TABLES[name](joints)
    np.testing.assert_allclose(position, expected[:3, 3], atol=1e-5)  # a scene is written with six digits
    np.testing.assert_allclose(to_matrix(quaternion), expected[:3, :3], atol=1e-5)


@pytest.mark.parametrize("name", arms())
def test_at_home_the_hand_points_down_before_the_base_and_no_joint_is_near_its_end(
    chains: dict[str, Kinematics], name: str
) -> None:
    home, chain = arm(name).home, chains[name]
    position, quaternion = chain.hand(home)
    np.testing.assert_allclose(position, [0.45, 0.0, 0.28], atol=2e-5)
    assert np.linalg.norm(turn_between(quaternion, DOWN)) < 1e-4
    assert np.minimum(home - chain.lower, chain.upper - home).min() > 0.5


def test_the_ur5e_is_as_strong_and_heavy_and_turns_as_far_as_published() -> None:
    model = alone(UR5E)
    ranges = [model.joint(name).range for name in UR5E.joints]
    np.testing.assert_allclose(ranges, [[-a * np.pi, a * np.pi] for a in (2, 2, 1, 2, 2, 2)], atol=1e-4)
    strengths = [model.actuator(name).forcerange[1] for name in UR5E.joints]
    assert strengths == [150.0, 150.0, 150.0, 28.0, 28.0, 28.0]
    masses = [float(model.body(f"link{i}").mass[0]) for i in range(1, 7)]
    np.testing.assert_allclose(masses, [3.761, 8.058, 2.846, 1.37, 1.3, 0.365], rtol=1e-4)
    np.testing.assert_allclose(UR5E.joint_speed, np.radians(180.0))


def test_the_ur5e_reaches_what_tasks_need_with_the_hand_down_and_turned(chains: dict[str, Kinematics]) -> None:
    chain = chains["ur5e"]
    places = [*product((0.25, 0.70), (-0.40, 0.40), (0.01, 0.25)), (0.48, 0.0, 0.5)]
    for place, yaw in zip(places, np.resize((-np.pi / 2, 0.6, np.pi / 2, -0.6), len(places)), strict=True):
        wanted = turned(DOWN, np.array([0.0, 0.0, yaw]))
        joints = chain.reaching(UR5E.home, np.array(place), wanted)
        position, quaternion = chain.hand(joints)
        assert np.linalg.norm(position - place) < 5e-4
        assert np.linalg.norm(turn_between(quaternion, wanted)) < 5e-3
        assert np.minimum(joints - chain.lower, chain.upper - joints).min() > 0.25


@pytest.mark.parametrize("axis", range(3))
def test_the_ur5e_comes_a_fiftieth_of_a_second_late_and_not_beside_its_path(axis: int) -> None:
    cell = Workcell(arm="ur5e")
    cell.reset(0)
    direction = np.eye(3)[axis] * (-1.0 if axis == 2 else 1.0)
    twist = np.concatenate((0.25 * direction, np.zeros(3)))
    start, off = cell.observe(0).hand_position, []
    for step in range(1, 41):
        cell.apply(Command(twist, 1.0, 0, "test"))
        off.append(start + 0.25 * step / 50.0 * direction - cell.observe(0).hand_position)
    along = np.array(off) @ direction
    beside = np.linalg.norm(np.array(off) - np.outer(along, direction), axis=1)
    assert beside.max() < 1.2e-3
    assert 0.0 < along[20:].min() < along[20:].max() < 0.25 * 0.025
    for _ in range(25):
        cell.apply(Command(np.zeros(6), 1.0, 0, "test"))
    assert np.abs(cell.observe(0).joint_velocity).max() < 1e-3


def test_at_rest_the_ur5e_neither_sinks_nor_shakes() -> None:
    cell = Workcell(arm="ur5e")
    for seed in range(3):
        cell.reset(seed)
        before = cell.observe(0).hand_position
        for _ in range(50):
            cell.apply(Command(np.zeros(6), 1.0, 0, "test"))
            assert np.abs(cell.observe(0).joint_velocity).max() < 1e-3
        np.testing.assert_allclose(cell.observe(0).hand_position, before, atol=1e-5)


@settings(max_examples=10, deadline=None)
@given(arrays(np.float64, 3, elements=st.floats(-2.0, 2.0)), arrays(np.float64, 3, elements=st.floats(-1.7, 1.7)))
def test_towards_any_pose_the_ur5e_keeps_its_ranges_and_speeds(
    chains: dict[str, Kinematics], position: Vector, turn: Vector
) -> None:
    joints, chain = UR5E.home, chains["ur5e"]
    for _ in range(40):
        after = chain.towards(joints, position, from_rotation_vector(turn))
        assert np.isfinite(after).all()
        assert (np.abs(after - joints) <= UR5E.joint_speed * 0.02 + 1e-6).all()
        assert (chain.lower <= after).all()
        assert (after <= chain.upper).all()
        joints = after


def test_two_arms_can_stand_in_one_scene() -> None:
    """What they have beside their joints and links has names of its own."""
    names = []
    for made in (PANDA.build(), UR5E.build()):
        assets = (*made.meshes, *made.materials)
        names.append({thing.name for thing in assets} | {default.classname.name for default in made.geoms})
    assert not names[0] & names[1]


def test_an_unknown_arm_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(DeviceError, match=r"panda, ur5e, menagerie:NAME, found 'ur5'"):
        arm("ur5")
