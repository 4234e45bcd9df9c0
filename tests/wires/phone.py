"""A phone that is carried, over a real websocket."""

import json
import math
import random
import socket
import string
import threading
import time
from contextlib import ExitStack, suppress

import numpy as np
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from wires.pump import Pump
from wires.wire import swing

from accord.devices.command import Vector
from accord.devices.inputs import pose_message
from accord.devices.mapping import CARRIED_DEFAULT
from accord.devices.setup import Setup
from accord.devices.stubs.faults import Trouble

TOKEN = "a-token-for-tests"
RATE_HZ = 60.0
REACH_M = 0.05
MOVE = 1
"""The button that has to be held."""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class PhoneWire:
    """See `Wire` and `Coded`: every message says when it was so."""

    mapping = CARRIED_DEFAULT
    task = "square-nut"
    faults = (Trouble.UNPLUGGED, Trouble.SILENT, Trouble.RUBBISH, Trouble.LATE, Trouble.FAST)
    code_channel = pose_message.CHANNELS[-1]

    def __init__(self) -> None:
        self._port = free_port()
        self.setup = Setup("phone", "network-hand", {"port": self._port, "token": TOKEN, "axes": "accord"})
        self.pose: Vector = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0])
        self.buttons, self.gripper = 0, 1.0
        self._swings, self._plugged = False, True
        self._connection: ClientConnection | None = None
        self._open = ExitStack()
        self._tried_s, self._began_s = 0.0, time.monotonic()
        self._random, self._lock = random.Random(0), threading.Lock()
        self.codes: list[tuple[float, int]] = []
        self._pump: Pump[tuple[float, str]] = Pump(self._say, self._send, self._spoil, RATE_HZ)

    @property
    def last_good_ns(self) -> int:
        return self._pump.last_good_ns

    def _say(self, t_s: float) -> tuple[float, str]:
        """The sender's clock [s], and the message."""
        pose = self.pose.copy()
        if self._swings:
            pose[2] += REACH_M * swing(t_s)
        time_ms = 1e3 * (time.monotonic() - self._began_s)
        said = {"position": pose[:3].tolist(), "quaternion": pose[3:].tolist(), "buttons": self.buttons,
                "gripper": self.gripper, "time_ms": time_ms}  # fmt: skip
        return time_ms / 1000.0, json.dumps(said)

    def _send(self, said: tuple[float, str]) -> None:
        code, message = said
        sent_ns = time.monotonic_ns()
        with self._lock:
            if self._connection is None:
                self._connect()
            if self._connection is None:
                raise BrokenPipeError
            try:
                self._connection.send(message)
            except WebSocketException as error:
                self._connection = None
                raise BrokenPipeError from error
        if self._swings:
            self.codes.append((code, sent_ns))

    def _connect(self) -> None:
        if not self._plugged or time.monotonic() - self._tried_s < 0.2:
            return
        self._tried_s = time.monotonic()
        self._open.close()
        with suppress(OSError, WebSocketException, TimeoutError):
            opening = connect(f"ws://127.0.0.1:{self._port}/hand", compression=None, close_timeout=0.2)
            connection = self._open.enter_context(opening)
            connection.send(json.dumps({"token": TOKEN, "name": "a script", "axes": "accord"}))
            self._connection = connection

    def _cut(self) -> None:
        with self._lock:
            if self._connection is not None:
                with suppress(OSError):
                    self._connection.socket.shutdown(socket.SHUT_RDWR)
            self._connection = None
            self._open.close()

    def _spoil(self, said: tuple[float, str]) -> tuple[float, str]:
        return math.nan, "".join(self._random.choices(string.printable, k=len(said[1])))

    def release(self) -> None:
        self.buttons &= ~MOVE

    def take(self) -> None:
        self.buttons, self._swings = self.buttons | MOVE, True

    def still(self) -> None:
        """Stop swinging: somebody else says where it is."""
        self._swings = False

    def fail(self, trouble: Trouble) -> None:
        if trouble is Trouble.UNPLUGGED:
            self._plugged = False
            self._cut()
        else:
            self._pump.trouble = trouble

    def mend(self) -> None:
        self._pump.trouble, self._plugged = None, True

    def close(self) -> None:
        self._pump.end()
        self._cut()
