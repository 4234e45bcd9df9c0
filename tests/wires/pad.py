"""A gamepad that SDL itself emulates, fed over a socket.

SDL's virtual pads live in the process that reads them, so the device's process takes what the far end says and gives
it to SDL before every read; `run_device` is its whole life.
"""

import json
import os
import socket
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from wires.pump import Pump

from accord.app import watched
from accord.devices.command import Vector
from accord.devices.input import InputState
from accord.devices.inputs import gamepad
from accord.devices.mapping import GAMEPAD_DEFAULT, Frame
from accord.devices.setup import Setup
from accord.devices.stubs.faults import Trouble
from accord.recorders import device_process

SOCKET = "ACCORD_MADE_UP_PAD"
"""Environment variable: where the far end listens."""
RATE_HZ = 125.0
"""Of a wired pad's reports."""
FULL_SCALE = 32767
DEAD_MAN = 9
RIGHT_RIGHT = 2
"""Which of SDL's axes turns the hand."""
FIRST_CODE, CODES = 26000, 500
"""How far it is pushed: no two reports of four seconds alike [1/32767]."""


class FedPad(gamepad.Gamepad):
    """A gamepad whose far end is a socket."""

    def __init__(self, serial: str) -> None:
        super().__init__(serial)
        self._feed = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._feed.connect(os.environ[SOCKET])
        self._feed.setblocking(False)
        self._virtual: Any = None

    def read(self, t_ns: int) -> InputState | None:
        if self._pygame is not None:
            with suppress(BlockingIOError):
                while said := self._feed.recv(4096):
                    self._obey(json.loads(said))
        return super().read(t_ns)

    def _obey(self, said: dict[str, Any]) -> None:
        from peers.virtual_pad import VirtualPad

        if not said["plugged"]:
            if self._virtual is not None:
                self._virtual.unplug()
            self._virtual = None
            return
        self._virtual = self._virtual or VirtualPad()
        for axis, value in enumerate(said["axes"]):
            self._virtual.move(axis, value)
        for button in range(15):
            self._virtual.press(button, bool(said["buttons"] >> button & 1))

    def close(self) -> None:
        super().close()
        if self._virtual is not None:
            self._virtual.unplug()
        self._feed.close()


def run_device(plan: device_process.DevicePlan, connection: Connection) -> None:
    """A device's process, in which gamepads are fed."""
    gamepad.inputs = lambda serial="", config=None: (FedPad(serial),)  # type: ignore[assignment,misc]
    device_process.run(plan, connection)


class PadWire:
    """See `Wire` and `Coded`."""

    mapping = replace(GAMEPAD_DEFAULT, frame=Frame.BASE)
    task = "square-nut"
    faults = (Trouble.UNPLUGGED, Trouble.FAST)
    """A stick that is held says nothing, and the kernel takes no rubbish from it: SDL tells of a loss, or nobody."""
    code_channel = gamepad.CHANNELS[RIGHT_RIGHT]

    def __init__(self) -> None:
        self.setup = Setup("gamepad", "gamepad")
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "pad"
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self._listener.setblocking(False)
        self._host: socket.socket | None = None
        os.environ[SOCKET] = str(path)
        watched.run = run_device  # type: ignore[attr-defined]
        self.axes: Vector = np.zeros(6)
        self.buttons, self._plugged, self._sign, self._ramp = 0, True, 1.0, 0.0
        self._moves, self._count = False, 0
        self.codes: list[tuple[float, int]] = []
        self._lock = threading.Lock()
        self._pump: Pump[list[int]] = Pump(self._say, self._send, lambda said: said, RATE_HZ)

    @property
    def last_good_ns(self) -> int:
        return self._pump.last_good_ns

    def _say(self, t_s: float) -> list[int]:
        """SDL's axes; the right stick turns the hand a tenth of a second after the dead-man is pressed."""
        if self._moves:
            self._ramp, self._count = min(self._ramp + 1.0 / RATE_HZ, 0.2), self._count + 1
            turn = self._sign * (FIRST_CODE + self._count % CODES) / FULL_SCALE
            self.axes = np.array([0.0, 0.0, 0.0, 0.0, 0.0, turn if self._ramp > 0.1 else 0.0])
        forward, left, up, _, _, yaw = self.axes
        sticks: list[int] = np.rint(np.array([-left, -forward, -yaw, -up, 0.0, 0.0]) * FULL_SCALE).astype(int).tolist()
        return sticks

    def _words(self, axes: list[int]) -> bytes:
        return json.dumps({"plugged": self._plugged, "axes": axes, "buttons": self.buttons}).encode()

    def _send(self, sticks: list[int]) -> None:
        sent_ns = time.monotonic_ns()
        with self._lock:
            with suppress(BlockingIOError):  # a device's process that was started again asks anew
                self._host, _ = self._listener.accept()
                self._host.setblocking(False)
            if self._host is None or not self._plugged:
                raise BrokenPipeError
            self._host.send(self._words(sticks))
        if self._moves and sticks[RIGHT_RIGHT]:
            self.codes.append((sticks[RIGHT_RIGHT], sent_ns))

    def release(self) -> None:
        self._moves, self._ramp, self.axes, self.buttons = False, 0.0, np.zeros(6), 0

    def take(self) -> None:
        self._sign, self._ramp, self._moves, self.buttons = -self._sign, 0.0, True, 1 << DEAD_MAN

    def fail(self, trouble: Trouble) -> None:
        if trouble is Trouble.UNPLUGGED:
            with self._lock:
                self._plugged = False
                if self._host is not None:
                    self._host.send(self._words([0] * 6))
        else:
            self._pump.trouble = trouble

    def mend(self) -> None:
        self._pump.trouble, self._plugged = None, True

    def close(self) -> None:
        self._pump.end()
        for end in filter(None, (self._host, self._listener)):
            end.close()
        self._folder.cleanup()
        os.environ.pop(SOCKET, None)
        watched.run = device_process.run  # type: ignore[attr-defined]
