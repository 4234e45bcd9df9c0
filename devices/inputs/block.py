"""Block: one record in shared memory; one process writes it, any number read the newest whole copy of it, no lock.

Layout in 64-bit words: mark, the record padded to whole words, check. The mark is odd while the writer is at it; a
reader keeps its copy only if the mark was the same even number before and after, and if the check (all other words,
exclusive-or) agrees. The check is for processors that may show stores to another core out of order (ARM).
"""

import secrets
import sys
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

if sys.platform != "win32":
    from _posixshmem import shm_unlink  # type: ignore[import-not-found]

_WORD: Final = 8
"""Bytes. Words lie at multiples of 8 from the start of a page, so each is one load or store."""
_TRIES: Final = 16
"""A write takes a few microseconds; sixteen torn copies in a row mean a writer that died in the middle of one."""

Record = np.ndarray[tuple[()], np.dtype[np.void]]


def _words(dtype: np.dtype[np.void]) -> int:
    """How many words a block of such records has."""
    return 2 + -(-dtype.itemsize // _WORD)


class BlockWriter:
    """The writer's end, which owns the memory."""

    def __init__(self, dtype: np.dtype[np.void], name: str | None = None) -> None:
        """Makes the block; it holds no record yet.

        Args:
            dtype: of the record.
            name: of the shared memory; one that is free is taken when it is None. What a writer that was killed left
                behind under this name is taken away.
        """
        self._memory = _made(name, _words(dtype) * _WORD)
        self.name = self._memory.name
        # Every writer counts from somewhere else, so that it knows its own block from one that took its name.
        self._dtype, self._mark, self._open = dtype, 2 * secrets.randbits(48), True
        self._block: NDArray[np.uint64] = np.ndarray(_words(dtype), np.uint64, self._memory.buf)
        self._block[0] = self._mark + 1  # odd: nothing to be read yet
        self._copy = np.zeros(_words(dtype), np.uint64)
        self._record = self._copy[1:-1].view(np.uint8)[: dtype.itemsize].view(dtype)

    def write(self, record: Any) -> None:
        """Show this record from now on; nothing happens after `close`.

        Args:
            record: () of the block's dtype.
        """
        if not self._open:
            return
        self._mark += 2
        self._record[0] = record
        self._copy[0] = self._mark
        self._copy[-1] = np.bitwise_xor.reduce(self._copy[:-1])
        self._block[0] = self._mark - 1
        self._block[1:] = self._copy[1:]
        self._block[0] = self._mark

    def close(self) -> None:
        """Take the block away, unless another writer took its name. Closing twice is allowed."""
        if self._open:
            self._open = False
            mark = int(self._block[0])
            del self._block
            self._memory.close()
            with suppress(FileNotFoundError, ValueError):  # gone already, or being made anew
                _take_away(self.name, mark)


class BlockReader:
    """A reader's end."""

    def __init__(self, name: str, dtype: np.dtype[np.void]) -> None:
        """Attaches to the block.

        Raises:
            FileNotFoundError: there is no block of that name.
            ValueError: what is there is no block of such records.
        """
        self._memory = _attach(name)
        self._dtype = dtype
        if self._memory.size < _words(dtype) * _WORD:
            self._memory.close()
            raise ValueError(f"{name} is no block of {dtype.itemsize} bytes")
        self._block: NDArray[np.uint64] | None = np.ndarray(_words(dtype), np.uint64, self._memory.buf)

    def latest(self) -> Record | None:
        """() the newest whole record, a copy; None before there is one, or when no whole copy can be had."""
        for _ in range(_TRIES):
            copy = self._whole()
            if copy is not None:
                found: Record = copy[1:-1].view(np.uint8)[: self._dtype.itemsize].view(self._dtype)[0]
                return found
        return None

    def _whole(self) -> NDArray[np.uint64] | None:
        if self._block is None:
            return None
        copy = self._block.copy()
        mark = int(copy[0])
        whole = mark > 0 and mark % 2 == 0 and mark == int(self._block[0])
        return copy if whole and not np.bitwise_xor.reduce(copy) else None

    def close(self) -> None:
        """Let go of the block; closing twice is allowed."""
        if self._block is not None:
            self._block = None
            self._memory.close()


def _made(name: str | None, size: int) -> SharedMemory:
    try:
        return SharedMemory(name, create=True, size=size)
    except FileExistsError:
        if sys.platform == "win32":  # the system takes what was left behind away by itself: its writer lives
            raise
        with suppress(FileNotFoundError):
            shm_unlink(f"/{name}")  # by name: one whose writer was killed before it had a size cannot be attached to
        return SharedMemory(name, create=True, size=size)


def _take_away(name: str, mark: int) -> None:
    """Remove the block of this name if its mark says that it is the writer's own."""
    found = _attach(name)
    own = int.from_bytes(bytes((found.buf or b"")[:_WORD]), sys.byteorder) == mark
    found.close()
    if own:
        found.unlink()


def _attach(name: str) -> SharedMemory:
    # Up to Python 3.12 a reader registers the block with the resource tracker too. That is harmless in processes that
    # multiprocessing made: they share one tracker, which keeps a set, and the owner takes the name out of it.
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    return SharedMemory(name)
