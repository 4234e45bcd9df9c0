import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.errors import DeviceError
from accord.devices.fingers import BENDS, CHANNELS
from accord.devices.inputs.exo_packet import FULL, GLOVE
from accord.devices.inputs.glove import LEAST_SPAN, WHOLE_RANGE, GloveCalibration, mean_bend, unmoved

raws = st.lists(st.floats(0, FULL), min_size=GLOVE, max_size=GLOVE).map(np.array)
ends = st.tuples(st.floats(0, FULL), st.floats(0, FULL)).filter(lambda both: abs(both[0] - both[1]) >= LEAST_SPAN)
gloves = st.lists(ends, min_size=GLOVE, max_size=GLOVE).map(
    lambda both: GloveCalibration(tuple(one for one, _ in both), tuple(one for _, one in both))
)
SPREAD, BASE = CHANNELS.index("ring spread"), CHANNELS.index("ring base")


def test_there_are_three_channels_of_five_fingers() -> None:
    assert len(CHANNELS) == len(set(CHANNELS)) == GLOVE
    assert BENDS.sum() == 10


def test_an_open_hand_and_a_fist_are_the_ends() -> None:
    assert mean_bend(np.zeros(GLOVE)) == 0.0
    assert mean_bend(np.full(GLOVE, FULL)) == FULL


@given(raws, st.integers(0, GLOVE - 1), st.floats(1, 10000))
def test_every_bend_counts_alike_and_spreading_the_fingers_does_not(raw: np.ndarray, channel: int, more: float) -> None:
    further = raw.copy()
    further[channel] += more
    counted = more / 10 if BENDS[channel] else 0.0
    np.testing.assert_allclose(mean_bend(further) - mean_bend(raw), counted, atol=1e-6)


# Calibrated ---------------------------------------------------------------------------------------------------------


def changed(words: tuple[float, ...], channel: int, word: float) -> tuple[float, ...]:
    return (*words[:channel], word, *words[channel + 1 :])


@given(gloves)
def test_the_persons_open_hand_and_fist_are_the_ends_of_every_bend(glove: GloveCalibration) -> None:
    np.testing.assert_array_equal(glove.bends(glove.open_words), np.zeros(GLOVE))
    np.testing.assert_allclose(glove.bends(glove.closed_words)[BENDS], 1.0)


@given(gloves, st.lists(st.floats(0, 1), min_size=GLOVE, max_size=GLOVE).map(np.array))
def test_a_bend_goes_in_proportion_whichever_way_its_sensor_looks(glove: GloveCalibration, bent: np.ndarray) -> None:
    opened, closed = np.array(glove.open_words), np.array(glove.closed_words)
    np.testing.assert_allclose(glove.bends(opened + bent * (closed - opened))[BENDS], bent[BENDS], atol=1e-9)


@given(gloves, raws, st.integers(0, GLOVE - 1), st.floats(0, FULL))
def test_no_channel_moves_another_and_none_leaves_its_range(
    glove: GloveCalibration, raw: np.ndarray, channel: int, word: float
) -> None:
    before, other = glove.bends(raw), raw.copy()
    other[channel] = word
    after = glove.bends(other)
    assert set(np.flatnonzero(before != after)) <= {channel}
    assert np.all((after >= np.where(BENDS, 0.0, -1.0)) & (after <= 1.0))


@pytest.mark.parametrize(
    ("rest", "word", "spread"),
    [(0, 0, 0.0), (0, FULL, 1.0), (FULL, 0, -1.0), (FULL / 2, 0, -1.0), (FULL / 2, FULL, 1.0), (FULL / 4, 0, -1 / 3)],
)
def test_a_spread_counts_from_the_open_hand_in_both_directions_alike(rest: float, word: float, spread: float) -> None:
    glove = GloveCalibration(changed(WHOLE_RANGE.open_words, SPREAD, rest), WHOLE_RANGE.closed_words)
    assert glove.bends(changed(WHOLE_RANGE.open_words, SPREAD, word))[SPREAD] == pytest.approx(spread)


def test_a_dead_bend_is_named_and_a_fist_need_not_spread() -> None:
    opened, fist = np.zeros(GLOVE), np.full(GLOVE, float(FULL))
    assert unmoved(opened, np.where(BENDS, fist, 0.0)) == ""
    fist[BASE] = LEAST_SPAN - 1.0
    assert unmoved(opened, fist) == "ring base"
    assert unmoved(fist, opened) == "ring base"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((0.0,) * 14, "Wanted 15 numbers from 0 to 65535 of a glove in a calibration, found"),
        (changed(WHOLE_RANGE.open_words, BASE, math.nan), "Wanted 15 numbers from 0 to 65535"),
        (changed(WHOLE_RANGE.open_words, SPREAD, -1.0), "Wanted 15 numbers from 0 to 65535"),
        (changed(WHOLE_RANGE.open_words, SPREAD, 65536.0), "Wanted 15 numbers from 0 to 65535"),
        (changed(WHOLE_RANGE.open_words, BASE, 60000.0), "a ring base that moves by 7282 at least in a calibration, "
         "found 5535 of 65535: calibrate it again"),
    ],
)  # fmt: skip
def test_an_impossible_glove_is_refused(words: tuple[float, ...], sentence: str) -> None:
    with pytest.raises(DeviceError) as error:
        GloveCalibration(words, WHOLE_RANGE.closed_words)
    assert sentence in str(error.value)
