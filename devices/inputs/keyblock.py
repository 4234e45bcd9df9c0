"""The keys that are down, and the pace that the wheel chose, in shared memory: the window writes, the loop reads."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

import numpy as np

from accord.devices.inputs.block import BlockReader, BlockWriter
from accord.devices.inputs.keys import PACE_LEAST, PACE_NOTCH, SHARES, SPEEDS, Key, Speed

KEYS: Final = np.dtype([("held", "u8"), ("speed", "u8"), ("pace", "f8"), ("presses", "u8"), ("t_ns", "i8")])
"""Bit `Key` of ``held`` is set while that key is down; the others are those of `Keys`."""


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
    pace: float = 1.0
    """How much of that speed the mouse wheel chose: 0.1 to 1 of the fast one; 1 since a number key was pressed [1]."""


class KeyWriter:
    """The window's end, which owns the block. Made by the process that has the keyboard focus."""

    def __init__(self, name: str | None = None) -> None:
        """Makes the block; see `BlockWriter`.

        Args:
            name: of the shared memory; one that is free is taken when it is None.
        """
        self._block, self._record = BlockWriter(KEYS, name), np.zeros((), KEYS)
        self.name = self._block.name
        self._held: frozenset[Key] = frozenset()
        self._speed, self._pace, self._presses = Speed.NORMAL, 1.0, 0

    def publish(self, held: Set[Key], t_ns: int) -> None:
        """Say which keys are down; to be called at every key event and, as a heartbeat, at every tick of the window.

        Args:
            held: every driving key that is down; empty as soon as the window loses the focus.
            t_ns: now (CLOCK_MONOTONIC) [ns].
        """
        pressed, self._held = held - self._held, frozenset(held)
        chosen = next((SPEEDS[key] for key in sorted(pressed) if key in SPEEDS), None)
        if chosen is not None:
            self._speed, self._pace = chosen, 1.0
        self._presses += Key.G in pressed
        self._write(t_ns)

    def turn(self, notches: float, t_ns: int) -> None:
        """The mouse wheel was turned over the views: the keys drive at a share of the fast speed from now on.

        Args:
            notches: of the wheel, away from the person; parts of one are told by touchpads and fine wheels.
            t_ns: now (CLOCK_MONOTONIC) [ns].
        """
        faster = self.share * PACE_NOTCH**notches
        self._speed, self._pace = Speed.FAST, min(max(faster, PACE_LEAST), 1.0)
        self._write(t_ns)

    def _write(self, t_ns: int) -> None:
        self._record["held"] = sum(1 << key for key in self._held)
        self._record["speed"], self._record["pace"] = self._speed, self._pace
        self._record["presses"], self._record["t_ns"] = self._presses, t_ns
        self._block.write(self._record)

    @property
    def speed(self) -> Speed:
        """The speed chosen last, for the window to show; the fast one, of which `share` is told, after the wheel."""
        return self._speed

    @property
    def share(self) -> float:
        """How fast the keys drive, as a share of the fast speed, for the window to show [1]."""
        return SHARES[self._speed] * self._pace

    def close(self) -> None:
        """Take the block away; readers find that the keyboard is gone. Closing twice is allowed."""
        self._block.close()


class KeyReader:
    """The loop's end."""

    def __init__(self, name: str) -> None:
        """Attaches to the block; see `BlockReader`."""
        self._block = BlockReader(name, KEYS)

    def latest(self) -> Keys | None:
        """What the window last said; None before its first word, or when no whole copy can be had."""
        record = self._block.latest()
        if record is None:
            return None
        mask = int(record["held"])
        held = frozenset(key for key in Key if mask >> key & 1)
        speed, pace = Speed(int(record["speed"])), float(record["pace"])
        return Keys(held, speed, int(record["presses"]), int(record["t_ns"]), pace)

    def close(self) -> None:
        """Let go of the block; closing twice is allowed."""
        self._block.close()
