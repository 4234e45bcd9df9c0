"""RemotePolicy: a policy that another process serves by openpi's websocket protocol. The only door to websockets.

The server speaks first, with one message about itself; then every question is answered by one message, see
`accord.devices.policies.openpi_wire`. A question is a map of the fields ``observation/…`` of a step under their names,
``prompt``, and ``observation/image/VIEW`` for each view that was asked for; the answer is a map with ``actions``. A
text in place of an answer is the server's own account of what went wrong. Source: openpi-client 0.1.2,
``websocket_client_policy``.
"""

import socket
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.policies.openpi_wire import pack, unpack

OPENS_WITHIN_S = 10.0
"""How long a server may take to accept and to say what it is [s]."""
FIRST_WITHIN_S = 120.0
"""How long the very first answer may take: a server that compiles its network does it then [s]."""
_LARGEST = 1 << 26
"""Of a message; an answer of a thousand commands has some 60 kB [B]."""
_SHORT = 200
"""Letters of a server's error that are repeated."""

Look = Callable[[np.void], Mapping[str, NDArray[np.uint8]]]
"""The pictures that belong to a step, view → (H, W, 3) RGB."""


class LostPolicyError(DeviceError):
    """The server is gone, or does not answer any more."""


class RemotePolicy:
    """One connection to one server. Asked and read in one thread; sending and receiving have a thread of their own."""

    def __init__(self, address: str, prompt: str, look: Look | None = None) -> None:
        """Connect.

        Args:
            address: ``ws://HOST:PORT``.
            prompt: what the robot shall do.
            look: gives the pictures of a step; None for a policy that sees none.

        Raises:
            DeviceError: if nobody answers there, or somebody who is no policy server.
        """
        self.address, self._prompt, self._look = address, prompt, look
        self._open = ExitStack()
        try:
            # No pings: a server that computes cannot answer them, and how patient to be is decided elsewhere.
            self._socket = self._open.enter_context(
                connect(
                    address, compression=None, max_size=_LARGEST, proxy=None, open_timeout=OPENS_WITHIN_S,
                    ping_interval=None, close_timeout=1.0,
                )
            )  # fmt: skip
            self.about = self._understood(self._socket.recv(timeout=OPENS_WITHIN_S))
        except (OSError, WebSocketException) as error:
            self._open.close()
            remedy = "start an openpi policy server there, or name another address"
            raise DeviceError(f"a policy server at {address}", _words(error), remedy) from error
        except DeviceError:
            self._open.close()
            raise
        self._thread = ThreadPoolExecutor(1, "policy")
        self._asked: Future[bytes | str] | None = None

    def act(self, step: np.void) -> Vector:
        """Ask, and wait for the answer as long as a first one may take. See `accord.devices.policies.policy.Policy`.

        Raises:
            DeviceError: if none comes, or it is no answer.
        """
        self.ask(step)
        rows = self.answer(FIRST_WITHIN_S)
        if rows is None:
            raise LostPolicyError(f"an answer from {self.address}", "none", "see what the server is doing")
        return rows

    def ask(self, step: np.void) -> None:
        """See `accord.devices.policies.policy.Distant`. An answer to an older question must have come before."""
        names = [name for name in step.dtype.names or () if name.startswith("observation/")]
        question: dict[str, Any] = {name: np.asarray(step[name]) for name in names} | {"prompt": self._prompt}
        if self._look is not None:
            question |= {f"observation/image/{view}": picture for view, picture in self._look(step).items()}
        self._asked = self._thread.submit(self._exchange, pack(question))

    def _exchange(self, question: bytes) -> bytes | str:
        self._socket.send(question)
        return self._socket.recv()

    def answer(self, within_s: float) -> Vector | None:
        """See `accord.devices.policies.policy.Distant`.

        Raises:
            DeviceError: if the server is gone, or what it says is no answer.
        """
        if self._asked is None:
            return None
        try:
            answer = self._understood(self._asked.result(within_s))
        except TimeoutError:
            return None
        except (ConnectionClosed, OSError) as error:
            remedy = "see what the server says, then start it again"
            raise LostPolicyError(f"an answer from {self.address}", _words(error), remedy) from error
        actions = answer.get("actions")
        if not isinstance(actions, np.ndarray):
            raise self._no_answer(f"{sorted(map(str, answer))[:8]} without an array of actions")
        return actions

    def _understood(self, message: bytes | str) -> dict[Any, Any]:
        """The map in a message.

        Raises:
            DeviceError: if it is none.
        """
        if isinstance(message, str):
            last = next((line.strip() for line in reversed(message.splitlines()) if line.strip()), "an empty text")
            raise self._no_answer(f"its error {last[:_SHORT]!r}")
        try:
            found = unpack(message)
        except ValueError as error:
            raise self._no_answer(str(error)[:_SHORT]) from error
        if not isinstance(found, dict):
            raise self._no_answer(f"a {type(found).__name__} in place of a map")
        return found

    def _no_answer(self, found: str) -> DeviceError:
        return DeviceError(f"an answer from {self.address}", found, "see whether an openpi policy server runs there")

    def close(self) -> None:
        """Hang up; closing twice is allowed."""
        with suppress(OSError):  # first of all, because the thread may hang in the middle of sending
            self._socket.socket.shutdown(socket.SHUT_RDWR)
        self._thread.shutdown()
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, ConnectionClosed):
        return "that it has closed the connection"
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words)[:_SHORT]
