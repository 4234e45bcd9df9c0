from multiprocessing.shared_memory import SharedMemory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.inputs.keyblock import KEYS, KeyReader, KeyWriter
from accord.devices.inputs.keys import SPEEDS, Key, Speed

START_NS = 5_000_000_000


@given(st.frozensets(st.sampled_from(Key)), st.integers(0, 2**63 - 1))
def test_what_is_published_is_what_is_read(held: frozenset[Key], t_ns: int) -> None:
    writer = KeyWriter()
    reader = KeyReader(writer.name)
    try:
        assert reader.latest() is None
        writer.publish(held, t_ns)
        keys = reader.latest()
        assert keys is not None
        assert (keys.held, keys.t_ns) == (held, t_ns)
        chosen = [SPEEDS[key] for key in sorted(held) if key in SPEEDS]
        assert keys.speed is (chosen[0] if chosen else Speed.NORMAL)
    finally:
        reader.close()
        reader.close()
        writer.close()
        writer.close()


@pytest.mark.parametrize("word", range(2 + KEYS.itemsize // 8))
def test_a_copy_that_does_not_add_up_is_not_kept(word: int) -> None:
    writer = KeyWriter()
    writer.publish({Key.W}, START_NS)
    memory = SharedMemory(writer.name)
    assert memory.buf is not None
    memory.buf[8 * word] ^= 2  # an even change: the mark stays even
    reader = KeyReader(writer.name)
    assert reader.latest() is None
    reader.close()
    memory.close()
    writer.close()


@given(st.lists(st.one_of(st.floats(-30, 30), st.sampled_from(tuple(SPEEDS))), max_size=8))
def test_the_pace_stays_within_its_range_and_is_what_is_read(wishes: list[float | Key]) -> None:
    writer = KeyWriter()
    reader = KeyReader(writer.name)
    try:
        writer.publish(set(), START_NS)
        for wish in wishes:
            if isinstance(wish, Key):
                writer.publish({wish}, START_NS)
                writer.publish(set(), START_NS)
            else:
                writer.turn(wish, START_NS)
            keys = reader.latest()
            assert keys is not None
            assert 0.1 <= keys.pace <= 1.0
            assert (keys.pace == 1.0) or keys.speed is Speed.FAST
            assert 0.1 <= writer.share <= 1.0
    finally:
        reader.close()
        writer.close()


def test_turning_the_wheel_lets_go_of_no_key() -> None:
    writer = KeyWriter()
    reader = KeyReader(writer.name)
    writer.publish({Key.W}, START_NS)
    writer.turn(1.0, START_NS + 1)
    keys = reader.latest()
    assert keys is not None
    assert (keys.held, keys.t_ns) == ({Key.W}, START_NS + 1)
    reader.close()
    writer.close()


def test_a_block_that_a_killed_window_left_is_taken_over() -> None:
    left = SharedMemory(create=True, size=8)
    name = left.name
    left.close()
    writer = KeyWriter(name)
    writer.publish({Key.W}, START_NS)
    reader = KeyReader(name)
    keys = reader.latest()
    assert keys is not None
    assert keys.held == {Key.W}
    reader.close()
    writer.close()
