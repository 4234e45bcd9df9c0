"""Ring: how steps travel between processes. One writer, many readers, no locks; every loss can be counted.

Each slot carries a mark: odd while it is being written, ``2 (n + 1)`` once item n is whole. A reader keeps its copy
only if the mark was that before and after copying, so it never sees half an item and always knows how many it missed.
The order of the stores is what x86 guarantees; elsewhere each item also carries a checksum.
"""

import platform
import shutil
import zlib
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from accord.recorders.errors import RecorderError

_HEADER_BYTES = 64
_SHARED = Path("/dev/shm")
_STORES_IN_ORDER = platform.machine() in {"x86_64", "AMD64", "i686"}


@dataclass(frozen=True, slots=True)
class RingSpec:
    """All that another process needs to open a ring."""

    name: str
    dtype: np.dtype[np.void]
    slots: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What a reader got since it last looked."""

    items: NDArray[np.void]
    """(n,) whole items, oldest first."""
    next_item: int
    """Where to go on."""
    lost: int
    """Items that were overwritten before they could be read."""


class Ring:
    """A ring of equal records in shared memory."""

    def __init__(self, memory: SharedMemory, dtype: DTypeLike, slots: int, owner: bool) -> None:
        self.dtype, self.slots = np.dtype(dtype), slots
        self._memory, self._owner = memory, owner
        self._head = np.ndarray(1, np.int64, memory.buf)
        self._slots = np.ndarray(slots, _slot(self.dtype), memory.buf, _HEADER_BYTES)
        self._mark, self._sum, self._item = self._slots["mark"], self._slots["sum"], self._slots["item"]

    @classmethod
    def create(cls, dtype: DTypeLike, slots: int) -> "Ring":
        """Make a ring that lives until its maker closes it.

        Raises:
            RecorderError: if the system has too little shared memory.
        """
        size = _HEADER_BYTES + slots * _slot(np.dtype(dtype)).itemsize
        _check_room(size)
        memory = SharedMemory(create=True, size=size)
        # Touched whole, so that it is really taken: the system hands pages out late, and kills whom it has none for.
        np.ndarray(size, np.uint8, memory.buf)[:] = 0
        return cls(memory, dtype, slots, owner=True)

    @classmethod
    def attach(cls, spec: RingSpec) -> "Ring":
        """Open a ring that another process made."""
        return cls(SharedMemory(spec.name), spec.dtype, spec.slots, owner=False)

    @property
    def spec(self) -> RingSpec:
        """What another process needs to open it."""
        return RingSpec(self._memory.name, self.dtype, self.slots)

    @property
    def head(self) -> int:
        """The number of the next item: how many were ever written."""
        return int(self._head[0])

    def write(self, item: NDArray[np.void] | np.void) -> int:
        """Write one item; never waits.

        Returns:
            Its number.
        """
        number = int(self._head[0])
        slot = number % self.slots
        self._mark[slot] = 2 * number + 1
        self._item[slot] = item
        if not _STORES_IN_ORDER:
            self._sum[slot] = zlib.crc32(self._item[slot].tobytes())
        self._mark[slot] = 2 * (number + 1)
        self._head[0] = number + 1
        return number

    def since(self, item: int) -> Batch:
        """Every whole item from number `item` on."""
        head = self.head
        first = max(item, head - self.slots)
        numbers = np.arange(first, head)
        slots = numbers % self.slots
        before = self._mark[slots]
        copies = self._item[slots]
        whole = (before == 2 * (numbers + 1)) & (self._mark[slots] == before) & self._sums_right(slots, copies)
        lost = (first - item) + int(np.count_nonzero(~whole))
        return Batch(copies[whole], head, max(lost, 0))

    def newest(self) -> np.void | None:
        """The newest item, or None before the first."""
        for _ in range(3):  # the writer may pass over the slot that is being copied, but not thrice
            head = self.head
            if head == 0:
                return None
            found = self.since(head - 1).items
            if len(found):
                return np.void(found[-1])
        return None

    def _sums_right(self, slots: NDArray[np.int64], copies: NDArray[np.void]) -> NDArray[np.bool_]:
        if _STORES_IN_ORDER:
            return np.ones(len(slots), bool)
        sums = np.array([zlib.crc32(copy.tobytes()) for copy in copies], np.uint32)
        return np.asarray(sums == self._sum[slots])

    def close(self) -> None:
        """Let go of the memory; its maker also removes it."""
        del self._head, self._slots, self._mark, self._sum, self._item
        self._memory.close()
        if self._owner:
            self._memory.unlink()


def _check_room(size: int) -> None:
    if not _SHARED.is_dir():
        return  # not Linux: the system has no fixed room for it
    free = shutil.disk_usage(_SHARED).free
    if free < size:
        wanted, found = f"{size / 2**20:.0f} MiB of shared memory", f"{free / 2**20:.0f} MiB free in {_SHARED}"
        raise RecorderError(wanted, found, "make it larger (in a container: --shm-size 1g)")


def _slot(dtype: np.dtype[np.void]) -> np.dtype[np.void]:
    return np.dtype([("mark", np.int64), ("sum", np.uint32), ("item", dtype)], align=True)
