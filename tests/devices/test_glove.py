import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.inputs.exo_packet import FULL, GLOVE
from accord.devices.inputs.glove import BENDS, CHANNELS, mean_bend

raws = st.lists(st.floats(0, FULL), min_size=GLOVE, max_size=GLOVE).map(np.array)


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
