"""A SpaceMouse behind the real spacenavd: an emulated Magellan on a serial line, which the daemon reads.

The loop's process looks for SpaceMice at hidraw first; the made-up folders of `SpaceMouseWire` hold none.
"""

import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from peers.magellan import Magellan, held, motion
from peers.spacenavd import Daemon
from wires.hid import Said, SpaceMouseWire

from accord.devices.inputs.spacenavd import VARIABLE
from accord.devices.stubs.faults import Trouble


class Gone(StrEnum):
    """What else can happen."""

    DAEMON = "daemon killed"


class SpacenavdWire(SpaceMouseWire):
    """See `Wire`. A hand never holds a cap quite still, and only what changes is told by the daemon."""

    faults = (*SpaceMouseWire.faults, Gone.DAEMON)

    def __init__(self) -> None:
        self._magellan: Magellan | None = None
        self._daemon: Daemon | None = None
        self._wobble = 0
        super().__init__()

    @property
    def _plugged(self) -> bool:
        return self._magellan is not None

    def _plug(self) -> None:
        """A daemon looks for a serial device when it starts, and no later."""
        line: Path = self._folder / "line"
        magellan = Magellan()
        line.unlink(missing_ok=True)
        line.symlink_to(magellan.path)
        if self._daemon is None:
            self._daemon = Daemon(self._folder, str(line))
            os.environ[VARIABLE] = str(self._daemon.socket)
        else:
            self._daemon.kill()
            self._daemon.start()
        self._magellan = magellan

    def _unplug(self) -> None:
        with self._lock:
            self._close_line()

    def _close_line(self) -> None:
        magellan, self._magellan = self._magellan, None
        if magellan is not None:
            magellan.close()

    def _encoded(self, numbers: np.ndarray) -> tuple[bytes, ...]:
        self._wobble = 1 - self._wobble
        if not self._swings:
            most = int(np.abs(numbers).argmax())
            numbers = numbers + self._wobble * np.sign(numbers) * (np.arange(6) == most)
        right, near, down, roll, pitch, yaw = (int(number) for number in numbers)
        return motion(right, -down, near, roll, -yaw, pitch), held(self.buttons)

    def _put(self, reports: tuple[bytes, ...]) -> None:
        with self._lock:
            if self._magellan is None:
                self._said = Said(0, ())
                raise BrokenPipeError
            self._magellan.say(*reports)

    def _spoil(self, said: Said) -> Said:
        """Lines still end: spacenavd 1.1 reads a serial line no more, for good, that brings too much without an end."""
        spoilt = super()._spoil(said)
        return replace(spoilt, reports=tuple(report[:-1] + b"\r" for report in spoilt.reports))

    def fail(self, trouble: StrEnum) -> None:
        if isinstance(trouble, Trouble):
            super().fail(trouble)
            return
        assert self._daemon is not None
        with self._lock:
            self._daemon.kill()
            self._close_line()

    def close(self) -> None:
        self._pump.end()
        if self._daemon is not None:
            self._daemon.kill()
        os.environ.pop(VARIABLE, None)
        super().close()
