"""The keys that are down, in shared memory: the window writes, the loop reads.

Six 64-bit words, one writer, any number of readers, no lock:

    mark, held keys, speed, presses of the gripper key, heartbeat [ns], check

The mark is odd while the writer is at it; a reader keeps its copy only if the mark was the same even number before and
after, and if the check (all other words, exclusive-or) agrees. The check is for processors that may show stores to
another core out of order (ARM).
"""

import sys
from collections.abc import Set
from dataclasses import dataclass
from functools import reduce
from multiprocessing.shared_memory import SharedMemory
from operator import xor
from struct import Struct
from typing import Final

from accord.devices.inputs.keys import SPEEDS, Key, Speed

_BLOCK: Final = Struct("6Q")
_WORD: Final = Struct("Q")
"""Words are 8 bytes at multiples of 8 from the start of a page, so each is one load or store."""
_TRIES: Final = 16
"""A write takes a few microseconds; sixteen torn copies in a row mean a writer that died in the middle of one."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the window last said about the keys."""

    held: frozenset[Key]
    """Which are down."""
    speed: Speed
    """Which speed was chosen last."""
    presses: int
    """How often the gripper key went down so far: a tap between two reads is not lost."""
    t_ns: int
    """When the window last said anything, also that nothing changed (CLOCK_MONOTONIC) [ns]."""


class KeyWriter:
    """The window's end, which owns the block. Made by the process that has the keyboard focus."""

    def __init__(self, name: str | None = None) -> None:
        """Makes the block.

        Args:
            name: of the shared memory; one that is free is taken when it is None.

        Raises:
            FileExistsError: a block of that name is there already.
        """
        self._memory = SharedMemory(name, create=True, size=_BLOCK.size)
        self._mark = 0
        self.name = self._memory.name
        self._held: frozenset[Key] = frozenset()
        self._speed, self._presses = Speed.NORMAL, 0

    def publish(self, held: Set[Key], t_ns: int) -> None:
        """Say which keys are down; to be called at every key event and, as a heartbeat, at every tick of the window.

        Args:
            held: every driving key that is down; empty as soon as the window loses the focus.
            t_ns: now (CLOCK_MONOTONIC) [ns].
        """
        pressed, self._held = held - self._held, frozenset(held)
        self._speed = next((SPEEDS[key] for key in sorted(pressed) if key in SPEEDS), self._speed)
        self._presses += Key.G in pressed
        self._write(sum(1 << key for key in held), self._speed, self._presses, t_ns)

    def _write(self, *payload: int) -> None:
        block = self._memory.buf
        if block is None:  # closed
            return
        self._mark += 2
        _WORD.pack_into(block, 0, self._mark - 1)
        for index, word in enumerate((*payload, reduce(xor, payload, self._mark)), start=1):
            _WORD.pack_into(block, index * _WORD.size, word)
        _WORD.pack_into(block, 0, self._mark)

    @property
    def speed(self) -> Speed:
        """The speed chosen last, for the window to show."""
        return self._speed

    def close(self) -> None:
        """Take the block away; readers find that the keyboard is gone. Closing twice is allowed."""
        if self._memory.buf is not None:
            self._memory.close()
            self._memory.unlink()


class KeyReader:
    """The loop's end."""

    def __init__(self, name: str) -> None:
        """Attaches to the block.

        Raises:
            FileNotFoundError: there is no block of that name.
            ValueError: what is there is no key block.
        """
        self._memory = _attach(name)
        if self._memory.size < _BLOCK.size:
            self._memory.close()
            raise ValueError(f"{name} is no key block")

    def latest(self) -> Keys | None:
        """What the window last said; None before its first word, or when no whole copy can be had."""
        for _ in range(_TRIES):
            copy = self._copy()
            if copy is not None:
                _, mask, speed, presses, t_ns, _ = copy
                held = frozenset(key for key in Key if mask >> key & 1)
                return Keys(held, Speed(speed), presses, t_ns)
        return None

    def _copy(self) -> tuple[int, ...] | None:
        block = self._memory.buf
        if block is None:  # closed
            return None
        words = _BLOCK.unpack_from(block)
        whole = words[0] > 0 and words[0] % 2 == 0 and words[0] == _WORD.unpack_from(block)[0]
        return words if whole and reduce(xor, words) == 0 else None

    def close(self) -> None:
        """Let go of the block; closing twice is allowed."""
        self._memory.close()


def _attach(name: str) -> SharedMemory:
    # Up to Python 3.12 a reader registers the block with the resource tracker too. That is harmless in processes that
    # multiprocessing made: they share one tracker, which keeps a set, and the owner takes the name out of it.
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    return SharedMemory(name)
