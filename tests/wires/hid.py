"""A SpaceMouse on hidraw's own kind of wire: a socket that keeps the boundaries of reports, and a made-up sysfs.

The loop's process looks for SpaceMice by itself; `run_loop` is its whole life, with another place to look.
"""

import os
import random
import shutil
import socket
import struct
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from wires.pump import Pump

from accord.devices.command import Vector
from accord.devices.inputs import hidraw, spacemouse
from accord.devices.inputs.reports import CHANNELS
from accord.devices.mapping import SPACEMOUSE_DEFAULT, Frame
from accord.devices.setup import Setup
from accord.devices.stubs.faults import Trouble
from accord.recorders import loop_process

FOLDER = "ACCORD_MADE_UP_USB"
"""Environment variable: where the made-up ``/sys`` and ``/dev`` are."""
FULL_SCALE = 350
RATE_HZ = 62.5
"""A report about every 16 ms."""
NODE = "hidraw0"
FACTS = "HID_ID=0003:0000256F:0000C635\nHID_NAME=SpaceMouse Compact\nHID_PHYS=usb-1/input0\nHID_UNIQ=\n"
_TRUE_RUN = loop_process.run


def run_loop(plan: loop_process.LoopPlan, connection: Connection) -> None:
    """The loop's process; its SpaceMice are those of the made-up folders."""
    folder = Path(os.environ[FOLDER])

    def door(*_: object, serial: str = "") -> hidraw.HidrawDoor:
        return hidraw.HidrawDoor(folder / "sys", folder / "dev", connected, serial)

    spacemouse.HidrawDoor = door  # type: ignore[assignment,misc]
    _TRUE_RUN(plan, connection)


def connected(path: Path) -> int:
    """A file descriptor of which one read is one report."""
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    end.connect(str(path))
    return end.detach()


@dataclass(frozen=True, slots=True)
class Said:
    """What a SpaceMouse says at one time."""

    code: int
    """The last number of its motion."""
    reports: tuple[bytes, ...]


class SpaceMouseWire:
    """See `Wire` and `Coded`."""

    mapping = replace(SPACEMOUSE_DEFAULT, frame=Frame.BASE)
    task = "square-nut"
    faults = (Trouble.UNPLUGGED, Trouble.SILENT, Trouble.RUBBISH, Trouble.LATE, Trouble.FAST)
    code_channel = CHANNELS[-1]

    def __init__(self) -> None:
        self.setup = Setup("spacemouse", "spacemouse")
        self._folder = Path(tempfile.mkdtemp())
        for name in ("sys", "dev"):
            (self._folder / name).mkdir()
        self.axes: Vector = np.zeros(6)
        """Deflection in Accord's axes."""
        self.buttons = 0
        self._said = Said(0, ())
        self._random = random.Random(0)
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._host: socket.socket | None = None
        self._sign, self._swings, self._count = 1.0, False, 0
        self.codes: list[tuple[float, int]] = []
        os.environ[FOLDER] = str(self._folder)
        loop_process.run = run_loop
        self._plug()
        self._pump: Pump[Said] = Pump(self._say, self._send, self._spoil, RATE_HZ)

    @property
    def last_good_ns(self) -> int:
        return self._pump.last_good_ns

    @property
    def _plugged(self) -> bool:
        return self._listener is not None

    def _plug(self) -> None:
        device = self._folder / "sys" / NODE / "device"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(str(self._folder / "dev" / NODE))
        listener.listen(1)
        listener.setblocking(False)
        self._listener = listener
        device.mkdir(parents=True)
        (device / "report_descriptor").write_bytes(hidraw.MULTI_AXIS)
        (device / "uevent").write_text(FACTS)

    def _unplug(self) -> None:
        with self._lock:
            for end in filter(None, (self._host, self._listener)):
                end.close()
            self._host = self._listener = None
        shutil.rmtree(self._folder / "sys" / NODE, ignore_errors=True)
        (self._folder / "dev" / NODE).unlink(missing_ok=True)

    def _say(self, t_s: float) -> Said | None:
        """What changed since the last time; a cap at rest is said once."""
        if self._swings:  # no two reports of the last second and a half are alike
            self._count += 1
            self.axes = np.array([0.0, 0.0, 0.0, 0.0, 0.0, self._sign * (200 + self._count % 100) / FULL_SCALE])
        forward, left, up = self.axes[:3]
        roll, pitch, yaw = self.axes[3:]
        numbers = np.rint(np.array([-left, -forward, -up, -pitch, -roll, -yaw]) * FULL_SCALE).astype(int)
        said, before = Said(int(numbers[5]), self._encoded(numbers)), self._said
        if said == before and not self.axes.any():
            return None
        self._said = said
        return said if said.reports[-1:] != before.reports[-1:] else replace(said, reports=said.reports[:-1])

    def _encoded(self, numbers: np.ndarray) -> tuple[bytes, ...]:
        """Reports of motion, and a last one of buttons."""
        return (struct.pack("<B3h", 1, *numbers[:3]), struct.pack("<B3h", 2, *numbers[3:]),
                struct.pack("<BH", 3, self.buttons))  # fmt: skip

    def _send(self, said: Said) -> None:
        sent_ns = time.monotonic_ns()
        self._put(said.reports)
        if self._swings:
            self.codes.append((said.code, sent_ns))

    def _put(self, reports: tuple[bytes, ...]) -> None:
        with self._lock:
            if self._host is None and self._listener is not None:
                with suppress(BlockingIOError):
                    self._host, _ = self._listener.accept()
                    self._host.setblocking(False)
            if self._host is None:
                self._said = Said(0, ())
                raise BrokenPipeError
            for report in reports:
                self._host.send(report)

    def _spoil(self, said: Said) -> Said:
        return replace(said, reports=tuple(self._random.randbytes(len(report)) for report in said.reports))

    def release(self) -> None:
        self._swings, self.axes = False, np.zeros(6)

    def take(self) -> None:
        self._sign, self._swings = -self._sign, True

    def fail(self, trouble: Trouble) -> None:
        if trouble is Trouble.UNPLUGGED:
            self._unplug()
        else:
            self._pump.trouble = trouble

    def mend(self) -> None:
        self._pump.trouble = None
        if not self._plugged:
            self._plug()

    def close(self) -> None:
        self._pump.end()
        self._unplug()
        shutil.rmtree(self._folder)
        os.environ.pop(FOLDER, None)
        loop_process.run = _TRUE_RUN
