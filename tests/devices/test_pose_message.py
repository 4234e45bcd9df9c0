import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.errors import DeviceError
from accord.devices.inputs.pose_message import CHANNELS, Axes, in_accord, read_greeting, read_move
from accord.devices.rotation import from_axis_angle, multiply, rotate

GOOD: dict[str, Any] = {"position": [1, 2.5, -3], "quaternion": [1, 0, 0, 0], "time_ms": 12.5}
NUMBERS = st.floats(-10, 10)
TURNS = st.tuples(NUMBERS, NUMBERS, NUMBERS).filter(lambda axis: np.linalg.norm(axis) > 0.1)
FIELDS = ("position", "quaternion", "time_ms", "buttons", "gripper", "token", "name", "axes")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inside, max_size=4),
    max_leaves=8,
)


def said(**other: Any) -> str:
    return json.dumps(GOOD | other)


def test_every_field_is_read() -> None:
    move = read_move(said(buttons=2**32 - 1, gripper=0.5), Axes.ACCORD)
    assert move.pose.tolist() == [1, 2.5, -3, 1, 0, 0, 0]
    assert (move.buttons, move.gripper, move.time_ms) == (2**32 - 1, 0.5, 12.5)
    assert dict(zip(CHANNELS, move.raw, strict=True))["time [s]"] == 0.0125


def test_what_may_be_left_out_is_no_button_and_no_gripper() -> None:
    for message in (said(), said(gripper=None)):
        move = read_move(message, Axes.ACCORD)
        assert (move.buttons, move.gripper) == (0, None)
        assert np.isnan(move.raw[CHANNELS.index("gripper [1]")])


def test_a_rounded_quaternion_is_made_one_of_length_1() -> None:
    move = read_move(said(quaternion=[0.707, 0.707, 0, 0]), Axes.WEBXR)
    assert np.linalg.norm(move.pose[3:]) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("wrong", "wanted"),
    [
        ({"position": [1, 2]}, "position as 3 numbers"),
        ({"position": [1, 2, "3"]}, "a number in position"),
        ({"position": [1, 2, True]}, "a number in position"),
        ({"position": [1, 2, 101]}, "a position within 100 m"),
        ({"position": {"x": 1}}, "position as 3 numbers"),
        ({"quaternion": [0, 0, 0, 0]}, "a quaternion of length 1"),
        ({"quaternion": [1, 0.2, 0, 0]}, "a quaternion of length 1"),
        ({"quaternion": [10**400, 0, 0, 0]}, "a finite number in quaternion"),
        ({"time_ms": "now"}, "a number in time_ms"),
        ({"time_ms": 1e300}, "a finite number in time_ms"),
        ({"buttons": -1}, "buttons as a whole number"),
        ({"buttons": 2**32}, "buttons as a whole number"),
        ({"buttons": 1.0}, "buttons as a whole number"),
        ({"buttons": True}, "buttons as a whole number"),
        ({"gripper": 1.1}, "a gripper from 0 to 1"),
        ({"gripper": "open"}, "a number in gripper"),
        ({"griper": 1}, "no fields but buttons, gripper, position, quaternion, time_ms"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(wrong: dict[str, Any], wanted: str) -> None:
    with pytest.raises(DeviceError) as refused:
        read_move(said(**wrong), Axes.WEBXR)
    assert refused.value.wanted.startswith(wanted)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_not_finite_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(DeviceError):
        read_move(said().replace("2.5", text), Axes.WEBXR)


@given(VALUES | st.fixed_dictionaries({"position": VALUES, "quaternion": VALUES, "time_ms": VALUES}), st.booleans())
def test_whatever_comes_is_a_move_or_one_sentence(value: Any, greets: bool) -> None:
    _read(json.dumps(value), greets)


@given(st.text() | st.binary(), st.booleans())
def test_so_is_what_is_not_even_json(message: str | bytes, greets: bool) -> None:
    _read(message, greets)


def _read(message: str | bytes, greets: bool) -> None:
    sentence = ""
    try:
        if greets:
            assert read_greeting(message).name
        else:
            move = read_move(message, Axes.WEBXR)
            assert np.all(np.isfinite(move.pose))
            assert len(move.raw) == len(CHANNELS)
    except DeviceError as refused:
        sentence = str(refused)
    assert sentence == "" or sentence.startswith("Wanted ")
    assert len(sentence) < 200


def test_forward_left_and_up_of_webxr_are_those_of_accord() -> None:
    identity = np.array([1.0, 0, 0, 0])
    for theirs, ours in (((0, 0, -1), (1, 0, 0)), ((-1, 0, 0), (0, 1, 0)), ((0, 1, 0), (0, 0, 1))):
        pose = in_accord(np.array(theirs, float), identity, Axes.WEBXR)
        assert pose[:3].tolist() == list(ours)
        assert pose[3:].tolist() == identity.tolist()


@given(TURNS, st.floats(-3, 3), st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_turning_then_changing_axes_is_changing_axes_then_turning(
    axis: tuple[float, ...], angle: float, point: tuple[float, ...]
) -> None:
    quaternion, at = from_axis_angle(np.array(axis), angle), np.array(point)
    turned = in_accord(rotate(quaternion, at), quaternion, Axes.WEBXR)
    before = in_accord(at, quaternion, Axes.WEBXR)
    np.testing.assert_allclose(turned[:3], rotate(before[3:], before[:3]), atol=1e-9)


@given(TURNS, TURNS, st.floats(-3, 3), st.floats(-3, 3))
def test_turns_follow_each_other_in_either_axes(
    one: tuple[float, ...], other: tuple[float, ...], angle: float, angle_too: float
) -> None:
    first, then = from_axis_angle(np.array(one), angle), from_axis_angle(np.array(other), angle_too)
    origin = np.zeros(3)
    both = in_accord(origin, multiply(then, first), Axes.WEBXR)[3:]
    parts = (in_accord(origin, turn, Axes.WEBXR)[3:] for turn in (then, first))
    np.testing.assert_allclose(both, multiply(*parts), atol=1e-9)


def test_a_greeting_is_read_and_a_name_is_made_harmless() -> None:
    greeting = read_greeting(json.dumps({"token": "abc", "name": "Ünï\n\x1b[31m" + "x" * 90, "axes": "accord"}))
    assert (greeting.token, greeting.axes) == ("abc", Axes.ACCORD)
    assert greeting.name == "n[31m" + "x" * 35
    bare = read_greeting('{"token": "abc"}')
    assert (bare.name, bare.axes) == ("a sender without a name", None)


@pytest.mark.parametrize("message", ['{"name": "x"}', '{"token": 1}', '{"token": "a", "axes": "left"}', "[]"])
def test_a_greeting_without_a_token_or_with_wrong_axes_is_refused(message: str) -> None:
    with pytest.raises(DeviceError, match="see docs/network-hand"):
        read_greeting(message)
