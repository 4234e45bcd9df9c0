"""What a device says, in shared memory: everything comes out as it went in."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.fingers import CHANNELS
from accord.devices.health import Health
from accord.devices.input import RAW_CHANNELS, InputState
from accord.devices.inputs.stateblock import MOST_JOINTS, StateReader, StateWriter

HEALTH = Health("GELLO", True, "", 123, 45, 6, 99.5, 0.25, None, "FT9BTDDC", "Wanted a cable, found none: use one.")
Ends = tuple[StateWriter, StateReader]


@pytest.fixture
def ends() -> Iterator[Ends]:
    writer = StateWriter()
    reader = StateReader(writer.name)
    yield writer, reader
    reader.close()
    writer.close()


def said(ends: Ends, state: InputState | None, health: Health = HEALTH) -> tuple[InputState | None, Health, int]:
    ends[0].publish(state, health, 77)
    latest = ends[1].latest()
    assert latest is not None
    return latest


def numbers(count: int, most: float = 1e6) -> st.SearchStrategy[np.ndarray]:
    return st.lists(st.floats(-most, most), min_size=count, max_size=count).map(np.array)


STATES = st.builds(
    InputState,
    axes=numbers(6, 1.0),
    buttons=st.integers(0, 2**64 - 1),
    t_ns=st.integers(0, 2**63 - 1),
    pose=st.none() | numbers(7),
    joints=st.none() | st.integers(1, MOST_JOINTS).flatmap(numbers),
    gripper=st.none() | st.floats(0.0, 1.0),
    fingers=st.none() | numbers(len(CHANNELS), 1.0),
    raw=st.integers(0, RAW_CHANNELS).flatmap(numbers),
)


@given(st.lists(STATES, min_size=1, max_size=3))
def test_a_state_comes_out_as_it_went_in_whatever_was_said_before(states: list[InputState]) -> None:
    writer = StateWriter()
    reader = StateReader(writer.name)
    for state in states:
        read, health, beat_ns = said((writer, reader), state)
        assert read is not None
        for name in ("axes", "pose", "joints", "fingers", "raw"):
            one, other = getattr(state, name), getattr(read, name)
            assert (one is None) == (other is None), name
            if one is not None:
                np.testing.assert_array_equal(one, other)
        assert (read.buttons, read.t_ns, read.gripper) == (state.buttons, state.t_ns, state.gripper)
        assert (health, beat_ns) == (HEALTH, 77)
    reader.close()
    writer.close()


def test_a_finger_that_is_no_number_is_not_hidden(ends: Ends) -> None:
    """Whoever drives has to see it: a glove without that channel would be believed otherwise."""
    fingers = np.linspace(0.0, 1.0, len(CHANNELS))
    fingers[0] = np.nan
    read, _, _ = said(ends, InputState(t_ns=1, fingers=fingers))
    assert read is not None
    assert read.fingers is not None
    np.testing.assert_array_equal(read.fingers, fingers)


def test_nothing_before_its_first_word_and_none_while_it_is_lost(ends: Ends) -> None:
    assert ends[1].latest() is None
    assert ends[1].channels() == ()
    assert said(ends, InputState(t_ns=1))[0] is not None
    lost = Health("GELLO", False, "Wanted GELLO, found nothing: plug it in.", 0, 0, 0)
    assert said(ends, None, lost)[:2] == (None, lost)


@pytest.mark.parametrize("battery", [None, 0.0, 0.42])
def test_what_it_says_about_itself_in_other_alphabets_too(ends: Ends, battery: float | None) -> None:
    health = replace(HEALTH, name="Führarm", detail="Wanted 1 µs, found “2”: wait.", battery=battery)
    assert said(ends, None, health)[1] == health


def test_a_sentence_that_is_too_long_is_cut_and_still_text(ends: Ends) -> None:
    long = replace(HEALTH, name="é" * 300, detail="Wanted ü, found " + "ü" * 1000, serial="ß" * 300)
    health = said(ends, None, long)[1]
    assert long.detail.startswith(health.detail.rstrip("\ufffd"))
    assert len(health.detail) > 100
    assert long.name.startswith(health.name.rstrip("\ufffd"))


def test_more_than_there_is_room_for_is_left_out(ends: Ends) -> None:
    state = InputState(t_ns=1, joints=np.arange(20.0), raw=np.arange(80.0))
    read, _, _ = said(ends, state)
    assert read is not None
    assert read.joints is not None
    np.testing.assert_array_equal(read.joints, np.arange(float(MOST_JOINTS)))
    np.testing.assert_array_equal(read.raw, np.arange(float(RAW_CHANNELS)))


def test_the_names_of_its_channels_come_with_everything_from_then_on(ends: Ends) -> None:
    said(ends, None)
    names = tuple(f"joint {number} [tick]" for number in range(RAW_CHANNELS))
    ends[0].name_channels(names)
    assert ends[1].channels() == ()
    said(ends, None)
    assert ends[1].channels() == names
