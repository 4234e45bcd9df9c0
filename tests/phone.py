"""A phone, as far as a network hand is concerned: the real client at the other end of a real socket."""

import json
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

TOKEN = "correct-horse"
HERE = "127.0.0.1"


AHEAD_MS = 5e6
"""Of our clock is the phone's."""


def move(**other: object) -> dict[str, object]:
    """A message: 0.1 m right, 0.2 m up and 0.3 m forward of where tracking began, in WebXR's axes."""
    return {"position": [0.1, 0.2, -0.3], "quaternion": [1, 0, 0, 0], "time_ms": AHEAD_MS} | other


class Phone:
    """The other end of the wire; by default it goes by our own clock."""

    def __init__(
        self, port: int, token: str = TOKEN, clock: Callable[[], int] = time.monotonic_ns, **greeting: object
    ) -> None:
        self._clock, self._open = clock, ExitStack()
        self.socket: ClientConnection = self._open.enter_context(connect(f"ws://{HERE}:{port}/hand", compression=None))
        self.say({"token": token, "name": "Pixel 8"} | greeting)

    def say(self, message: object) -> None:
        self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def move(self, waited_ms: float = 0.0, **other: object) -> None:
        """Say where it is, or was so long ago."""
        self.say(move(time_ms=self._clock() / 1e6 + AHEAD_MS - waited_ms) | other)

    def why_closed(self) -> tuple[int, str]:
        """Code and reason, once the server has sent it away."""
        with pytest.raises(ConnectionClosed) as closed:
            self.socket.recv(timeout=10)
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code, closed.value.rcvd.reason

    def vanish(self) -> None:
        """As when the phone's page is closed: without a farewell of the protocol."""
        with suppress(OSError):  # the other end went first
            self.socket.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError, ConnectionClosed):
            self._open.close()
