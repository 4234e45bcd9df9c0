"""One record in shared memory: whole copies only, whoever writes, dies, or comes back."""

import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import pytest

from accord.devices.inputs.block import BlockReader, BlockWriter

PAIRS = np.dtype([("count", "u8"), ("copies", "u8", 500), ("odd", "u1")])
"""A record that is torn wherever its numbers differ; its size is no multiple of a word."""
SPAWN = get_context("spawn")


@pytest.fixture
def writer() -> Iterator[BlockWriter]:
    writer = BlockWriter(PAIRS)
    yield writer
    writer.close()


def record(count: int) -> np.ndarray:
    made = np.zeros((), PAIRS)
    made["count"], made["copies"], made["odd"] = count, count, count % 256
    return made


def test_what_was_written_last_is_read_by_everybody(writer: BlockWriter) -> None:
    readers = [BlockReader(writer.name, PAIRS) for _ in range(3)]
    assert all(reader.latest() is None for reader in readers)
    for count in (1, 2, 2**63):
        writer.write(record(count))
    for reader in readers:
        read = reader.latest()
        assert read is not None
        assert read == record(2**63)
        reader.close()
        reader.close()
        assert reader.latest() is None


def test_a_copy_is_the_readers_own(writer: BlockWriter) -> None:
    reader = BlockReader(writer.name, PAIRS)
    writer.write(record(1))
    before = reader.latest()
    writer.write(record(2))
    assert before == record(1)
    reader.close()


@pytest.mark.parametrize("word", [0, 1, 250, 501, 502, 503])
def test_a_copy_that_does_not_add_up_is_not_kept(writer: BlockWriter, word: int) -> None:
    writer.write(record(7))
    memory, reader = SharedMemory(writer.name), BlockReader(writer.name, PAIRS)
    assert memory.buf is not None
    assert reader.latest() is not None
    memory.buf[8 * word] ^= 2  # an even change: the mark stays even
    assert reader.latest() is None
    reader.close()
    memory.close()


def test_a_writer_that_died_in_the_middle_of_a_record_leaves_none(writer: BlockWriter) -> None:
    writer.write(record(7))
    memory, reader = SharedMemory(writer.name), BlockReader(writer.name, PAIRS)
    assert memory.buf is not None
    memory.buf[0] += 1  # the mark of a write that began
    assert reader.latest() is None
    reader.close()
    memory.close()


def test_what_is_no_such_block_is_refused(writer: BlockWriter) -> None:
    with pytest.raises(FileNotFoundError):
        BlockReader(f"accord-none-{os.getpid()}", PAIRS)
    with pytest.raises(ValueError, match="is no block of"):
        BlockReader(writer.name, np.dtype([("much", "u8", 100_000)]))


def test_what_a_killed_writer_left_behind_is_taken_away() -> None:
    name = f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
    left_behind = SharedMemory(name, create=True, size=64)
    left_behind.close()
    writer = BlockWriter(PAIRS, name)
    reader = BlockReader(name, PAIRS)
    writer.write(record(3))
    assert reader.latest() == record(3)
    reader.close()
    writer.close()
    writer.close()
    with pytest.raises(FileNotFoundError):
        BlockReader(name, PAIRS)


@pytest.mark.skipif(sys.platform == "win32", reason="the system takes it away with its writer")
def test_what_was_left_behind_before_it_had_a_size_is_taken_away() -> None:
    import _posixshmem  # type: ignore[import-not-found]

    name = f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
    os.close(_posixshmem.shm_open(f"/{name}", os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600))
    writer = BlockWriter(PAIRS, name)
    assert os.stat(f"/dev/shm/{name}").st_size > 0 if sys.platform == "linux" else writer.name == name
    writer.close()


@pytest.mark.parametrize("first_ends_first", [True, False])
def test_a_writer_takes_only_its_own_block_away(first_ends_first: bool) -> None:
    name = f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
    first = BlockWriter(PAIRS, name)
    second = BlockWriter(PAIRS, name)
    first.write(record(1))
    second.write(record(2))
    if first_ends_first:
        first.close()
        reader = BlockReader(name, PAIRS)
        assert reader.latest() == record(2)
        reader.close()
        second.close()
    else:
        second.close()
        first.close()
    with pytest.raises(FileNotFoundError):
        BlockReader(name, PAIRS)


def test_a_writer_that_wrote_nothing_takes_only_its_own_block_away() -> None:
    name = f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
    first, second = BlockWriter(PAIRS, name), BlockWriter(PAIRS, name)
    first.close()
    reader = BlockReader(name, PAIRS)
    assert reader.latest() is None
    reader.close()
    second.close()


def test_nothing_is_written_after_the_end(writer: BlockWriter) -> None:
    writer.write(record(1))
    reader = BlockReader(writer.name, PAIRS)
    writer.close()
    writer.write(record(2))
    kept = reader.latest()
    reader.close()
    assert kept is not None
    assert kept == record(1)
    with pytest.raises(FileNotFoundError):
        BlockReader(writer.name, PAIRS)


def write_for_ever(name: str, told: Connection) -> None:
    writer, count = BlockWriter(PAIRS, name), 0
    while True:
        count += 1
        writer.write(record(count))
        if count == 1:
            told.send("begun")


def test_no_copy_is_ever_torn_and_the_count_never_goes_back_while_another_process_writes() -> None:
    name = f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=write_for_ever, args=(name, theirs), daemon=True)
    process.start()
    assert ours.poll(60), "it never began"
    reader, counts = BlockReader(name, PAIRS), []
    while len(set(counts)) < 200:
        read = reader.latest()
        assert process.is_alive()
        if read is not None:
            assert np.all(read["copies"] == read["count"])
            assert read["odd"] == read["count"] % 256
            counts.append(int(read["count"]))
    assert counts == sorted(counts)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    reader.close()
    BlockWriter(PAIRS, name).close()  # as whoever starts it again does
