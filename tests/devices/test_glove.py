import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.errors import DeviceError
from accord.devices.inputs.exo_packet import FULL
from accord.devices.inputs.glove import BENDS, CHANNELS, FingerJoint, GloveMap, GloveRange, mean_bend, sixteen_joints

raws = st.lists(st.floats(0, FULL), min_size=15, max_size=15).map(np.array)
shares = st.lists(st.floats(0, 1), min_size=15, max_size=15).map(np.array)
# Sensors sit as they like: some count down while the finger bends.
RANGE = GloveRange(tuple(5000.0 + 100 * i for i in range(15)), tuple(60000.0 - 3000 * i for i in range(15)))
REVERSED = GloveRange(RANGE.fist, RANGE.open)
HAND = sixteen_joints()


def test_there_are_three_channels_of_five_fingers() -> None:
    assert len(CHANNELS) == len(set(CHANNELS)) == 15
    assert BENDS.sum() == 10


@pytest.mark.parametrize("reach", [RANGE, REVERSED, GloveRange()])
def test_an_open_hand_is_an_open_gripper_and_a_fist_a_closed_one(reach: GloveRange) -> None:
    assert reach.opening(reach.open) == 1.0
    assert reach.opening(reach.fist) == 0.0


@given(raws)
def test_an_opening_is_never_out_of_its_range(raw: np.ndarray) -> None:
    assert 0.0 <= RANGE.opening(raw) <= 1.0
    assert np.all((RANGE.bends(raw) >= 0.0) & (RANGE.bends(raw) <= 1.0))


@given(raws, st.integers(0, 14), st.floats(0, 10000))
def test_bending_a_finger_further_never_opens_the_gripper(raw: np.ndarray, channel: int, more: float) -> None:
    further = raw.copy()
    further[channel] += more
    assert GloveRange().opening(further) <= GloveRange().opening(raw) + 1e-12


@given(raws)
def test_spreading_the_fingers_does_not_move_the_gripper(raw: np.ndarray) -> None:
    spread = np.where(BENDS, raw, 0.0)
    assert mean_bend(spread) == mean_bend(raw)


def test_a_range_names_the_channels_that_never_moved() -> None:
    fist = [float(FULL)] * 15
    fist[4] = 100.0
    with pytest.raises(DeviceError, match="found hardly any of index base: open the hand wide"):
        GloveRange(fist=tuple(fist))
    with pytest.raises(DeviceError, match="found 14 and 15"):
        GloveRange(open=(0.0,) * 14)
    with pytest.raises(DeviceError, match="thumb spread"):
        GloveRange(fist=(float("nan"),) * 15)


@given(shares)
def test_no_joint_of_the_hand_leaves_its_range(bends: np.ndarray) -> None:
    found = HAND.angles(bends)
    low = np.array([min(joint.lower, joint.upper) for joint in HAND.joints])
    high = np.array([max(joint.lower, joint.upper) for joint in HAND.joints])
    assert np.all((found >= low) & (found <= high))


def test_the_ends_of_the_glove_are_the_ends_of_the_hand() -> None:
    np.testing.assert_allclose(HAND.angles(np.zeros(15)), [joint.lower for joint in HAND.joints])
    np.testing.assert_allclose(HAND.angles(np.ones(15)), [joint.upper for joint in HAND.joints])
    np.testing.assert_allclose(HAND.angles(np.full(15, 7.0)), [joint.upper for joint in HAND.joints])


@given(shares, st.integers(0, 14))
def test_bending_a_finger_moves_only_that_finger_of_the_hand(bends: np.ndarray, channel: int) -> None:
    other = bends.copy()
    other[channel] = 1.0 - other[channel]
    finger = CHANNELS[channel].split()[0]
    moved = np.flatnonzero(HAND.angles(bends) != HAND.angles(other))
    assert all(HAND.joints[joint].name.startswith(finger) for joint in moved)


def test_the_little_finger_moves_nothing_of_a_hand_of_four_fingers() -> None:
    bends = np.zeros(15)
    bends[12:] = 1.0
    np.testing.assert_array_equal(HAND.angles(bends), HAND.angles(np.zeros(15)))


def test_several_bends_move_a_joint_by_their_weights() -> None:
    joint = FingerJoint("grip", 1.0, -1.0, (("index base", 0.25), ("middle base", 0.75)))
    bends = np.zeros(15)
    bends[CHANNELS.index("middle base")] = 1.0
    np.testing.assert_allclose(GloveMap((joint,)).angles(bends), [-0.5])


@pytest.mark.parametrize(
    "weights", [(), (("index base", 0.9),), (("index base", 1.5), ("ring base", -0.5)), (("index base", float("nan")),)]
)
def test_weights_that_do_not_add_up_are_refused(weights: tuple[tuple[str, float], ...]) -> None:
    with pytest.raises(DeviceError, match="Wanted weights of tip that add up to 1, found weights"):
        GloveMap((FingerJoint("tip", 0.0, 1.0, weights),))


def test_a_weight_of_no_channel_is_refused() -> None:
    with pytest.raises(DeviceError, match="found no channel 'index tip'"):
        GloveMap((FingerJoint("tip", 0.0, 1.0, (("index tip", 1.0),)),))


def test_a_hand_of_sixteen_joints_needs_sixteen_ranges() -> None:
    with pytest.raises(DeviceError, match="found 15 and 16"):
        sixteen_joints(lower=(0.0,) * 15)
