"""Watched: one device in a process of its own, as the process that started it sees it."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accord.app.child import Child
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.stateblock import StateReader
from accord.devices.setup import Setup
from accord.recorders.device_process import DevicePlan, run
from accord.recorders.requests import Quit

_AGAIN_NS: Final = 1_000_000_000
"""A process whose device fails says why for so long before it is started again; twice as long every next time [ns]."""
_LONGEST_NS: Final = 30_000_000_000
"""It never says so for longer; one that ran well for so long begins with the shortest again [ns]."""
_FIRST_NS: Final = 20_000_000_000
"""Until its first word a device's process may take so long: some libraries and devices need seconds [ns]."""
_SILENT_NS: Final = 2_000_000_000
"""A device's process that says nothing for so long hangs, and is started again; one that shall end is killed [ns]."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a device says, one for each of its hands."""

    state: InputState | None
    """None while it is unplugged or stale."""
    health: Health
    beat_ns: int
    """When its process said so (CLOCK_MONOTONIC) [ns]."""
    channels: tuple[str, ...] = ()
    """What the raw numbers are, with their units."""


class Watched:
    """One device's process, and what it says."""

    def __init__(self, setup: Setup, blocks: tuple[str, ...], config: Path) -> None:
        self.setup, self.blocks, self._config = setup, blocks, config
        self._readers: list[StateReader | None] = [None] * len(blocks)
        self._began_ns = self._parted_ns = 0
        self._pause_ns = _AGAIN_NS
        self._child: Child | None = None

    def start(self, t_ns: int) -> None:
        """Start the process; it says what it finds as soon as it does."""
        self._began_ns = t_ns
        setup, pause_s = self.setup, self._pause_ns / 1e9
        plan = DevicePlan(setup.name, setup.kind, setup.options, self._config, self.blocks, pause_s)
        self._child = Child(f"device {self.setup.name}", run, plan)

    def mend(self, t_ns: int) -> None:
        """Start the process again if it died or hangs."""
        ran_ns = t_ns - self._began_ns
        if ran_ns > self._pause_ns if self._death else self._hangs(t_ns):
            well = ran_ns > self._pause_ns + _LONGEST_NS
            self._pause_ns = _AGAIN_NS if well else min(2 * self._pause_ns, _LONGEST_NS)
            self._end(patience_s=0.0)
            self.start(t_ns)

    @property
    def _death(self) -> str:
        return "it never began" if self._child is None else self._child.death()

    def _hangs(self, t_ns: int) -> bool:
        beat_ns = max(reading.beat_ns for reading in self.readings())
        if beat_ns <= self._began_ns:  # what may stand in its block is of the one before
            return t_ns - self._began_ns > _FIRST_NS
        return t_ns - beat_ns > _SILENT_NS + _AGAIN_NS

    def readings(self) -> tuple[Reading, ...]:
        """What the device says, one for each of its hands."""
        return tuple(self._reading(hand) for hand in range(len(self.blocks)))

    def _reading(self, hand: int) -> Reading:
        reader = self._readers[hand]
        said = None if reader is None else reader.latest()
        if said is None or time.monotonic_ns() - said[2] > _AGAIN_NS // 10:
            self._readers[hand] = self._attach(hand)
            reader = self._readers[hand]
            said = None if reader is None else reader.latest()
        if said is None:
            name, death = self.setup.name, self._death
            text = f"Wanted the process of {name}, found that {death}: it is started again." if death else "Starting."
            return Reading(None, Health(name, False, text, 0, 0, 0), self._began_ns if death else 0)
        return Reading(*said, reader.channels() if reader is not None else ())

    def _attach(self, hand: int) -> StateReader | None:
        before = self._readers[hand]
        if before is not None:
            before.close()
        try:
            return StateReader(self.blocks[hand])
        except (OSError, ValueError):  # not there yet
            return None

    def _end(self, patience_s: float = 2.0) -> None:
        if self._child is not None:
            self._child.stop(patience_s)
        self._child = None

    def part(self, t_ns: int) -> None:
        """Ask the process to end, and do not wait for it: a tenth of a second is long for the window."""
        self._parted_ns = t_ns
        if self._child is not None:
            self._child.ask(Quit())

    def gone(self, t_ns: int) -> bool:
        """Whether the process that was asked to end has; one that does not is killed."""
        if self._child is not None and not self._child.death() and t_ns - self._parted_ns < _SILENT_NS:
            return False
        self._end(patience_s=0.0)
        self.close()
        return True

    def close(self) -> None:
        """End the process, and wait until it has."""
        self._end()
        for reader in filter(None, self._readers):
            reader.close()
        self._readers = [None] * len(self.blocks)
