import multiprocessing
from multiprocessing.connection import Connection

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.recorders.errors import RecorderError
from accord.recorders.ring import Ring, RingSpec

ITEM = np.dtype([("number", "i8"), ("copies", "i8", (200,))])


def item(number: int) -> np.ndarray:
    made = np.zeros((), ITEM)
    made["number"] = number
    made["copies"] = number
    return made


@pytest.fixture
def ring():
    made = Ring.create(ITEM, 8)
    yield made
    made.close()


@given(st.lists(st.integers(0, 20), max_size=12))
def test_every_item_is_read_once_or_counted_as_lost(bursts: list[int]) -> None:
    ring = Ring.create(ITEM, 8)
    seen: list[int] = []
    next_item = lost = written = 0
    for burst in bursts:
        for _ in range(burst):
            assert ring.write(item(written)) == written
            written += 1
        batch = ring.since(next_item)
        next_item, lost = batch.next_item, lost + batch.lost
        seen.extend(batch.items["number"].tolist())
    ring.close()
    assert len(seen) + lost == written == next_item
    assert seen == sorted(set(seen))


def test_the_newest_item_is_the_last_written(ring: Ring) -> None:
    assert ring.newest() is None
    for number in range(20):
        ring.write(item(number))
        newest = ring.newest()
        assert newest is not None
        assert newest["number"] == number


def test_an_item_that_is_being_written_is_not_read(ring: Ring) -> None:
    for number in range(8):
        ring.write(item(number))
    ring._mark[3] = 2 * 3 + 1  # the writer is at item 3 again
    batch = ring.since(0)
    assert 3 not in batch.items["number"]
    assert batch.lost == 1


def test_too_little_shared_memory_is_said_in_one_sentence() -> None:
    with pytest.raises(RecorderError, match=r"Wanted .* of shared memory, found .*: make it larger"):
        Ring.create(ITEM, 1 << 34)


def write_fast(spec: RingSpec, go: Connection) -> None:
    ring = Ring.attach(spec)
    go.recv()
    for number in range(30_000):
        ring.write(item(number))
    ring.close()
    go.send("done")


def test_a_reader_never_sees_half_an_item_of_another_process(
    ring: Ring, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.syspath_prepend(str(request.path.parents[2]))
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    writer = context.Process(target=write_fast, args=(ring.spec, theirs), daemon=True)
    writer.start()
    ours.send("go")
    next_item = read = lost = 0
    finished = False
    while not finished:
        finished = ours.poll()
        batch = ring.since(next_item)
        next_item, read, lost = batch.next_item, read + len(batch.items), lost + batch.lost
        assert np.all(batch.items["copies"] == batch.items["number"][:, None])
        newest = ring.newest()
        assert newest is None or np.all(newest["copies"] == newest["number"])
    writer.join()
    last = ring.since(next_item)
    assert read + lost + len(last.items) + last.lost == 30_000
    assert read > 0
