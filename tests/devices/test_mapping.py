import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from accord.devices import rotation
from accord.devices.errors import DeviceError
from accord.devices.joint_map import JointMap
from accord.devices.mapping import (
    CARRIED_DEFAULT,
    EXOSKELETON_DEFAULT,
    GAMEPAD_DEFAULT,
    KEYBOARD_DEFAULT,
    LEADER_DEFAULT,
    SMALL_LEADER_DEFAULT,
    SPACEMOUSE_DEFAULT,
    Follow,
    Frame,
    GripperMode,
    Mapping,
    load,
    pace,
    save,
    shaped,
    twist,
)

AXES = arrays(np.float64, 6, elements=st.floats(-1, 1))
VECTORS = arrays(np.float64, 3, elements=st.floats(-10, 10))
QUATERNIONS = (
    arrays(np.float64, 4, elements=st.floats(-1, 1))
    .filter(lambda q: np.linalg.norm(q) > 0.1)
    .map(lambda q: q / np.linalg.norm(q))
)
JOINT_MAPS = st.integers(1, 7).flatmap(
    lambda n: st.builds(
        JointMap,
        order=st.just(()) | st.tuples(*[st.integers(-1, 8)] * n),
        signs=st.just(()) | st.tuples(*[st.sampled_from([-1, 1])] * n),
        scales=st.just(()) | st.tuples(*[st.floats(0.1, 5)] * n),
        offsets_rad=st.just(()) | st.tuples(*[st.floats(-3, 3)] * n),
    )
)
MAPPINGS = st.builds(
    Mapping,
    linear_m_s=st.floats(0.01, 2),
    angular_rad_s=st.floats(0.01, 5),
    dead_zones=st.tuples(*[st.floats(0, 0.9)] * 6),
    exponents=st.tuples(*[st.floats(0.5, 4)] * 6),
    order=st.permutations(range(6)).map(tuple),
    signs=st.tuples(*[st.sampled_from([-1, 1])] * 6),
    gains=st.tuples(*[st.floats(0, 3)] * 6),
    frame=st.sampled_from(Frame),
    follow=st.sampled_from(Follow),
    scale=st.floats(0.1, 5),
    turns=st.booleans(),
    engage_within_rad=st.floats(0.01, 1),
    gripper=st.sampled_from(GripperMode),
    gripper_button=st.none() | st.integers(0, 63),
    clutch_button=st.none() | st.integers(0, 63),
    dead_man_button=st.none() | st.integers(0, 63),
    engage_button=st.none() | st.integers(0, 63),
    switch_button=st.none() | st.integers(0, 63),
    joints=JOINT_MAPS,
)
EVEN = (1.0,) * 6
LEVEL_CAMERA = np.array([[0, 0, -1], [-1, 0, 0], [0, 1, 0]], dtype=np.float64)
"""Behind the robot, looking along the base's x axis: its right is −y, its up is z, its backward is −x."""


@given(MAPPINGS, QUATERNIONS)
def test_no_deflection_is_no_motion(mapping: Mapping, hand: np.ndarray) -> None:
    assert not np.any(twist(np.zeros(6), mapping, hand, rotation.to_matrix(hand)))


@given(MAPPINGS, QUATERNIONS, AXES)
def test_inside_the_dead_zone_is_no_motion(mapping: Mapping, hand: np.ndarray, axes: np.ndarray) -> None:
    assert not np.any(twist(axes * np.array(mapping.dead_zones), mapping, hand, rotation.to_matrix(hand)))


@given(MAPPINGS, QUATERNIONS, AXES)
def test_the_opposite_deflection_is_the_opposite_motion(mapping: Mapping, hand: np.ndarray, axes: np.ndarray) -> None:
    there = twist(axes, mapping, hand, LEVEL_CAMERA)
    np.testing.assert_array_equal(twist(-axes, mapping, hand, LEVEL_CAMERA), -there)


@given(MAPPINGS, AXES)
def test_the_frame_of_a_hand_that_is_not_turned_is_the_base(mapping: Mapping, axes: np.ndarray) -> None:
    base = twist(axes, replace(mapping, frame=Frame.BASE), rotation.IDENTITY)
    np.testing.assert_allclose(twist(axes, replace(mapping, frame=Frame.HAND), rotation.IDENTITY), base)


@given(MAPPINGS, AXES)
def test_the_frame_of_a_level_view_from_behind_is_the_base(mapping: Mapping, axes: np.ndarray) -> None:
    base = twist(axes, replace(mapping, frame=Frame.BASE), rotation.IDENTITY)
    np.testing.assert_allclose(twist(axes, replace(mapping, frame=Frame.VIEW), rotation.IDENTITY, LEVEL_CAMERA), base)


@given(MAPPINGS, QUATERNIONS, QUATERNIONS, AXES)
def test_no_frame_changes_how_fast_it_moves(
    mapping: Mapping, hand: np.ndarray, camera: np.ndarray, axes: np.ndarray
) -> None:
    speeds = [
        np.linalg.norm(
            twist(axes, replace(mapping, frame=frame), hand, rotation.to_matrix(camera)).reshape(2, 3), axis=1
        )
        for frame in Frame
    ]
    np.testing.assert_allclose(speeds[1], speeds[0], atol=1e-12)
    np.testing.assert_allclose(speeds[2], speeds[0], atol=1e-12)


@given(MAPPINGS, AXES)
def test_an_order_can_be_undone(mapping: Mapping, axes: np.ndarray) -> None:
    plain = replace(mapping, dead_zones=(0.0,) * 6, exponents=EVEN, gains=EVEN)
    there = shaped(axes, plain)
    back = Mapping(order=tuple(int(i) for i in np.argsort(plain.order)))
    signed = there * np.array(plain.signs)
    np.testing.assert_allclose(shaped(signed, back), axes)


@given(MAPPINGS)
def test_full_deflection_is_full_speed(mapping: Mapping) -> None:
    speed = np.abs(twist(np.ones(6), replace(mapping, frame=Frame.BASE, gains=EVEN), rotation.IDENTITY))
    np.testing.assert_allclose(speed, [mapping.linear_m_s] * 3 + [mapping.angular_rad_s] * 3)


@given(st.floats(0.01, 0.9))
def test_motion_starts_from_zero_at_the_edge_of_the_dead_zone(dead_zone: float) -> None:
    just_beyond = shaped(np.full(6, dead_zone + 1e-6), Mapping(dead_zones=(dead_zone,) * 6))
    assert np.all((just_beyond > 0.0) & (just_beyond < 1e-4))


@given(AXES, AXES, MAPPINGS)
def test_more_deflection_is_never_less_motion(one: np.ndarray, other: np.ndarray, mapping: Mapping) -> None:
    less, more = np.minimum(one, other), np.maximum(one, other)
    plain = replace(mapping, signs=(1,) * 6)
    assert np.all(shaped(less, plain) <= shaped(more, plain))


def test_in_the_hands_frame_forward_is_where_the_hand_points() -> None:
    left = rotation.from_axis_angle(np.array([0.0, 0.0, 1.0]), np.pi / 2)
    moved = twist(np.array([1.0, 0, 0, 0, 0, 0]), Mapping(frame=Frame.HAND), left)
    np.testing.assert_allclose(moved, [0, 0.25, 0, 0, 0, 0], atol=1e-12)


def test_in_the_views_frame_forward_is_into_the_picture() -> None:
    from_the_front = np.diag([-1.0, -1.0, 1.0]) @ LEVEL_CAMERA
    moved = twist(np.array([1.0, 1, 1, 0, 0, 0]), Mapping(frame=Frame.VIEW), rotation.IDENTITY, from_the_front)
    np.testing.assert_allclose(moved, [-0.25, -0.25, 0.25, 0, 0, 0], atol=1e-12)


def test_the_views_frame_without_a_view_is_refused() -> None:
    with pytest.raises(DeviceError, match="camera"):
        twist(np.ones(6), Mapping(frame=Frame.VIEW), rotation.IDENTITY)


def test_buttons_change_the_pace_clutch_before_slow_before_fast() -> None:
    mapping = Mapping(clutch_button=0, slow_button=1, slow_factor=0.2, fast_button=2, fast_factor=3.0)
    paces = [pace(buttons, mapping) for buttons in range(8)]
    assert paces == [1.0, 0.0, 0.2, 0.0, 3.0, 0.0, 0.2, 0.0]
    assert pace(0b111, Mapping()) == 1.0


def test_the_defaults_reach_a_quarter_metre_and_a_radian_per_second() -> None:
    for mapping in (KEYBOARD_DEFAULT, SPACEMOUSE_DEFAULT):
        factor = mapping.fast_factor if mapping.fast_button is not None else 1.0
        top = twist(np.ones(6), mapping, rotation.IDENTITY) * factor
        np.testing.assert_allclose(top, [0.25] * 3 + [1.0] * 3)


@given(mapping=MAPPINGS)
def test_a_saved_mapping_is_loaded_as_it_was(tmp_path_factory: pytest.TempPathFactory, mapping: Mapping) -> None:
    path = tmp_path_factory.getbasetemp() / "mapping.toml"
    save(mapping, path)
    assert load(path) == mapping


def edited(path: Path, old: str, new: str) -> Path:
    save(Mapping(), path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("version = 2", "version = 3", "version"),
        ("version = 2", "version = true", "version"),
        ("version = 2\n", "", "version"),
        ("dead_zones = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]\n", "", "no dead_zones"),
        ("scale = 1.0\n", "scale = 1.0\ncolour = 1\n", "colour"),
        ("dead_zones = [0.0,", "dead_zones = [1.0,", "below 1"),
        ("dead_zones = [0.0,", "dead_zones = [nan,", "dead_zones"),
        ("dead_zones = [0.0,", 'dead_zones = ["little",', "a list of numbers"),
        ("dead_zones = [0.0,", "dead_zones = [", "six numbers"),
        ("exponents = [1.0,", "exponents = [0,", "positive numbers"),
        ("gains = [1.0,", "gains = [-1.0,", "0 or more"),
        ("turns = true", "turns = 1", "true or false"),
        ('follow = "auto"', 'follow = "me"', "one of auto, deflection, pose, joints"),
        ('gripper = "toggle"', 'gripper = "tight"', "one of toggle, hold, proportional"),
        ("dead_man_button = -1", "dead_man_button = 64", "0 to 63"),
        ("[joints]", "[joint]", "no joints"),
        ("offsets_rad = []", "offsets_rad = [inf]", "finite"),
        ("scales = []", "scales = [0]", "positive numbers"),
        ("order = []\nsigns = []", "order = [0, 1]\nsigns = [1]", "one number for each joint"),
        ("order = []", "order = [-2]", "joints of the leader from 0"),
        ("signs = []", "signs = [2]", "of 1 or -1"),
        ("scales = []\n", "", "no scales"),
        ("linear_m_s = 0.25", "linear_m_s = 0", "positive"),
        ("linear_m_s = 0.25", "linear_m_s = inf", "positive"),
        ("linear_m_s = 0.25", "linear_m_s = true", "a number"),
        ("[0, 1, 2, 3, 4, 5]", "[0, 1, 2, 3, 4, 4]", "each of 0 to 5 once"),
        ("[0, 1, 2, 3, 4, 5]", "[0, 1, 2, 3, 4, 5.0]", "whole numbers"),
        ("[0, 1, 2, 3, 4, 5]", "5", "whole numbers"),
        ("[1, 1, 1, 1, 1, 1]", "[1, 1, 1, 1, 1]", "six of 1 or -1"),
        ("[1, 1, 1, 1, 1, 1]", "[1, 1, 1, 1, 1, 0]", "six of 1 or -1"),
        ('"base"', '"world"', "one of base, hand, view"),
        ('"base"', "[]", "one of base, hand, view"),
        ("gripper_button = 0", "gripper_button = -2", "0 to 63"),
        ("gripper_button = 0", "gripper_button = 0.5", "a whole number"),
        ("version = 2", "version = = 2", "mapping.toml"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path, old: str, new: str, found: str) -> None:
    with pytest.raises(DeviceError) as caught:
        load(edited(tmp_path / "mapping.toml", old, new))
    sentence = str(caught.value)
    assert found in sentence
    assert sentence.startswith("Wanted ")
    assert "\n" not in sentence


VERSION_1 = """version = 1
linear_m_s = 0.2
angular_rad_s = 0.9
dead_zone = 0.08
exponent = 1.5
order = [1, 0, 2, 3, 4, 5]
signs = [1, -1, 1, 1, 1, 1]
frame = "view"
gripper_button = 3
clutch_button = 4
slow_button = -1
slow_factor = 0.3
fast_button = -1
fast_factor = 2.0
"""


def test_a_file_of_version_1_means_what_it_meant(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(VERSION_1)
    assert load(path) == Mapping(
        linear_m_s=0.2, angular_rad_s=0.9, dead_zones=(0.08,) * 6, exponents=(1.5,) * 6, order=(1, 0, 2, 3, 4, 5),
        signs=(1, -1, 1, 1, 1, 1), frame=Frame.VIEW, gripper_button=3, clutch_button=4,
    )  # fmt: skip
    path.write_text(VERSION_1.replace("exponent = 1.5\n", ""))
    with pytest.raises(DeviceError, match="no exponent"):
        load(path)
    path.write_text(VERSION_1.replace("exponent", "exponents"))
    with pytest.raises(DeviceError, match="no exponent"):
        load(path)


@pytest.mark.parametrize(
    "mapping", [KEYBOARD_DEFAULT, SPACEMOUSE_DEFAULT, GAMEPAD_DEFAULT, LEADER_DEFAULT, CARRIED_DEFAULT,
                EXOSKELETON_DEFAULT, SMALL_LEADER_DEFAULT]
)  # fmt: skip
def test_a_default_survives_its_file(tmp_path: Path, mapping: Mapping) -> None:
    save(mapping, tmp_path / "mapping.toml")
    assert load(tmp_path / "mapping.toml") == mapping


def test_a_file_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    save(SPACEMOUSE_DEFAULT, path)
    (tmp_path / ".mapping.toml.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        save(Mapping(), path)
    assert load(path) == SPACEMOUSE_DEFAULT


@given(AXES, st.integers(0, 5))
def test_a_gain_of_zero_locks_an_axis_and_no_other(axes: np.ndarray, locked: int) -> None:
    gains = tuple(0.0 if i == locked else 1.0 for i in range(6))
    expected = np.where(np.arange(6) == locked, 0.0, axes)
    np.testing.assert_array_equal(shaped(axes, Mapping(gains=gains)), expected)


@given(st.integers(1, 8).flatmap(lambda n: arrays(np.float64, n, elements=st.floats(-3, 3))))
def test_an_empty_joint_map_is_one_to_one(joints: np.ndarray) -> None:
    np.testing.assert_array_equal(JointMap().of(joints), joints)
    assert JointMap().problem(len(joints), len(joints)) == ""


@given(JOINT_MAPS.filter(lambda joints: bool(joints.order)), arrays(np.float64, 9, elements=st.floats(-3, 3)))
def test_a_joint_map_moves_each_joint_by_the_one_it_names(joints: JointMap, leader: np.ndarray) -> None:
    led = joints.of(leader)
    assert joints.problem(9, len(led)) == ""
    for i, name in enumerate(joints.order):
        moved = leader.copy()
        moved[name] += 0.1
        change = joints.of(moved) - led
        turned = 0.0 if name < 0 else 0.1 * (joints.signs[i] if joints.signs else 1)
        assert change[i] == pytest.approx(turned * (joints.scales[i] if joints.scales else 1.0), abs=1e-9)


def test_a_joint_that_nobody_leads_stays_at_its_offset() -> None:
    joints = JointMap(order=(1, -1, 0), signs=(-1, 1, 1), offsets_rad=(0.0, 0.4, 0.1))
    np.testing.assert_allclose(joints.of(np.array([0.2, 0.3])), [-0.3, 0.4, 0.3])


@pytest.mark.parametrize(
    ("joints", "leader", "found"),
    [
        (JointMap(), 6, "6 of the leader"),
        (JointMap(signs=(1,) * 6), 6, "a mapping to 6"),
        (JointMap(order=(0, 1, 2, 3, 4, 5, 6)), 6, "a mapping from joint 7 of a leader with 6"),
    ],
)
def test_joints_that_do_not_fit_are_told(joints: JointMap, leader: int, found: str) -> None:
    assert joints.problem(leader, 7) == (
        f"Wanted joints for the 7 of the robot, found {found}: map each joint in the profile, or follow the hand."
    )


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="No such file"):
        load(tmp_path / "none.toml")


@given(QUATERNIONS, VECTORS)
def test_a_rotation_keeps_lengths_and_its_conjugate_undoes_it(quaternion: np.ndarray, vector: np.ndarray) -> None:
    turned = rotation.rotate(quaternion, vector)
    np.testing.assert_allclose(np.linalg.norm(turned), np.linalg.norm(vector), atol=1e-9)
    np.testing.assert_allclose(rotation.rotate(rotation.conjugate(quaternion), turned), vector, atol=1e-9)


@given(QUATERNIONS, QUATERNIONS)
def test_the_matrix_of_a_product_is_the_product_of_the_matrices(left: np.ndarray, right: np.ndarray) -> None:
    product = rotation.to_matrix(rotation.multiply(left, right))
    np.testing.assert_allclose(product, rotation.to_matrix(left) @ rotation.to_matrix(right), atol=1e-12)


@given(QUATERNIONS)
def test_a_rotation_matrix_is_orthogonal_and_right_handed(quaternion: np.ndarray) -> None:
    matrix = rotation.to_matrix(quaternion)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1.0)


@pytest.mark.parametrize(("axis", "start", "end"), [(a, (a + 1) % 3, (a + 2) % 3) for a in range(3)])
def test_a_quarter_turn_about_an_axis_is_right_handed(axis: int, start: int, end: int) -> None:
    quarter = rotation.from_axis_angle(np.eye(3)[axis] * 7.0, np.pi / 2)
    np.testing.assert_allclose(rotation.rotate(quarter, np.eye(3)[start]), np.eye(3)[end], atol=1e-12)
    assert all(np.isclose(quarter[0], quarter[i]) == (i == axis + 1) for i in itertools.islice(range(4), 1, None))


def test_the_file_that_the_page_on_mappings_shows_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    (tmp_path / "shown.toml").write_text(page.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    assert load(tmp_path / "shown.toml") == replace(SPACEMOUSE_DEFAULT, frame=Frame.VIEW)
