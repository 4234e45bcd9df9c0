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
from accord.devices.mapping import KEYBOARD_DEFAULT, SPACEMOUSE_DEFAULT, Frame, Mapping, load, pace, save, shaped, twist

AXES = arrays(np.float64, 6, elements=st.floats(-1, 1))
VECTORS = arrays(np.float64, 3, elements=st.floats(-10, 10))
QUATERNIONS = (
    arrays(np.float64, 4, elements=st.floats(-1, 1))
    .filter(lambda q: np.linalg.norm(q) > 0.1)
    .map(lambda q: q / np.linalg.norm(q))
)
MAPPINGS = st.builds(
    Mapping,
    linear_m_s=st.floats(0.01, 2),
    angular_rad_s=st.floats(0.01, 5),
    dead_zone=st.floats(0, 0.9),
    exponent=st.floats(0.5, 4),
    order=st.permutations(range(6)).map(tuple),
    signs=st.tuples(*[st.sampled_from([-1, 1])] * 6),
    frame=st.sampled_from(Frame),
    gripper_button=st.none() | st.integers(0, 63),
    clutch_button=st.none() | st.integers(0, 63),
)
LEVEL_CAMERA = np.array([[0, 0, -1], [-1, 0, 0], [0, 1, 0]], dtype=np.float64)
"""Behind the robot, looking along the base's x axis: its right is −y, its up is z, its backward is −x."""


@given(MAPPINGS, QUATERNIONS)
def test_no_deflection_is_no_motion(mapping: Mapping, hand: np.ndarray) -> None:
    assert not np.any(twist(np.zeros(6), mapping, hand, rotation.to_matrix(hand)))


@given(MAPPINGS, QUATERNIONS, AXES)
def test_inside_the_dead_zone_is_no_motion(mapping: Mapping, hand: np.ndarray, axes: np.ndarray) -> None:
    assert not np.any(twist(axes * mapping.dead_zone, mapping, hand, rotation.to_matrix(hand)))


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
    plain = replace(mapping, dead_zone=0.0, exponent=1.0)
    there = shaped(axes, plain)
    back = Mapping(order=tuple(int(i) for i in np.argsort(plain.order)))
    signed = there * np.array(plain.signs)
    np.testing.assert_allclose(shaped(signed, back), axes)


@given(MAPPINGS)
def test_full_deflection_is_full_speed(mapping: Mapping) -> None:
    speed = np.abs(twist(np.ones(6), replace(mapping, frame=Frame.BASE), rotation.IDENTITY))
    np.testing.assert_allclose(speed, [mapping.linear_m_s] * 3 + [mapping.angular_rad_s] * 3)


@given(st.floats(0.01, 0.9))
def test_motion_starts_from_zero_at_the_edge_of_the_dead_zone(dead_zone: float) -> None:
    just_beyond = shaped(np.full(6, dead_zone + 1e-6), Mapping(dead_zone=dead_zone))
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
        ("version = 1", "version = 2", "version"),
        ("version = 1\n", "", "version"),
        ("dead_zone = 0.0\n", "", "no dead_zone"),
        ("dead_zone = 0.0", "dead_zone = 0.0\ncolour = 1", "colour"),
        ("dead_zone = 0.0", "dead_zone = 1.0", "below 1"),
        ("dead_zone = 0.0", "dead_zone = nan", "dead_zone"),
        ("dead_zone = 0.0", 'dead_zone = "little"', "a number"),
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
        ("version = 1", "version = = 1", "mapping.toml"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path, old: str, new: str, found: str) -> None:
    with pytest.raises(DeviceError) as caught:
        load(edited(tmp_path / "mapping.toml", old, new))
    sentence = str(caught.value)
    assert found in sentence
    assert sentence.startswith("Wanted ")
    assert "\n" not in sentence


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
