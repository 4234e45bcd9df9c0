"""HandServer: lets one phone or headset in over a websocket, and gives it its page. A door to websockets.

``GET /`` answers with a page of ours that holds no secret; ``/hand`` is the websocket. The first message has to hold
the token. Every connection has a thread of websockets' own; what is heard is told at once, one thread at a time.
"""

import errno
import hmac
import logging
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from typing import Final, Protocol
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from accord.devices.errors import DeviceError, NotConnectedError
from accord.devices.inputs.pose_message import LARGEST_BYTES, Greeting, read_greeting

PATH: Final = "/hand"
ANSWERS_WITHIN_S: Final = 0.1
"""A sender whose answer to a ping takes longer is too far away to drive: its messages would be old [s]."""
_PINGS: Final = 8
"""One quick answer is enough: that of a phone's radio that slept is late, and so is that of a computer that is busy."""
_GREETS_WITHIN_S: Final = 1.0
"""A page says its token as soon as it is let say anything; the rest is for a packet that has to be sent again [s]."""
_LOOK_S: Final = 0.05
"""Who waits looks so often whether its place was given to another [s]."""
_OPENS_WITHIN_S: Final = 2.0
_CLOSES_WITHIN_S: Final = 0.5
_FORGIVEN: Final = 3
"""So many wrong tokens are answered at once; each later one after `DELAY_S`, one after another."""
DELAY_S: Final = 1.0
_WAITING: Final = 4
"""Connections that have not shown a token yet. One more takes the place of the oldest: strangers who say nothing keep
nobody out."""
SILENT_NS: Final = 1_000_000_000
"""Who is silent for so long loses the place to the next who has the token [ns]."""
_REASON_BYTES: Final = 123
"""Of a close frame (RFC 6455, section 5.5.1)."""
_AGAIN: Final = CloseCode.TRY_AGAIN_LATER
"""How a sender learns that it may connect anew by itself."""


class Ear(Protocol):
    """Who listens to a `HandServer`. Called by its threads, never two at once."""

    def arrived(self, greeting: Greeting) -> None:
        """A sender was let in."""
        ...

    def heard(self, message: str | bytes) -> str:
        """It said this; the answer is empty, or why it has to connect anew."""
        ...

    def left(self, why: str) -> None:
        """It is gone."""
        ...

    def refused(self, why: str) -> None:
        """Somebody was not let in."""
        ...


class _LaterError(DeviceError):
    """Who is refused may connect anew by itself."""


class HandServer:
    """One port, one sender at a time."""

    def __init__(self, address: str, port: int, token: str, ear: Ear, clock: Callable[[], int]) -> None:
        """Begin to serve.

        Args:
            address: to listen at.
            port: 0 for any that is free.
            token: what a sender has to show.
            ear: who is told.
            clock: CLOCK_MONOTONIC [ns].

        Raises:
            NotConnectedError: the port cannot be had.
        """
        self._token, self._ear, self._clock = token, ear, clock
        self._lock, self._guessing = threading.RLock(), threading.Lock()
        self._waiting: list[ServerConnection] = []
        """Oldest first."""
        self._wrong = 0
        self._connections: set[ServerConnection] = set()
        self._guest: tuple[ServerConnection, str] | None = None
        self._heard_ns = 0
        self._page = (files("accord.assets") / "network_hand.html").read_text(encoding="utf-8")
        self._server = self._serve(address, port)
        self.port = int(self._server.socket.getsockname()[1])
        """The port that it is."""
        self._thread = threading.Thread(target=self._server.serve_forever, name="network hand", daemon=True)
        self._thread.start()

    def _serve(self, address: str, port: int) -> Server:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        silent = logging.Logger("accord.network_hand", logging.CRITICAL + 1)  # what strangers send is not worth a line
        try:
            return serve(
                self._receive, address, port, process_request=self._answer, compression=None, logger=silent,
                open_timeout=_OPENS_WITHIN_S, close_timeout=_CLOSES_WITHIN_S, ping_interval=5.0, ping_timeout=5.0,
                max_size=LARGEST_BYTES, family=family,
            )  # fmt: skip
        except OSError as error:
            raise _no_port(address, port, error) from error

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """The page to a browser; nothing to a websocket, which goes on."""
        path = urlsplit(request.path).path
        if path == PATH:
            return None
        if path != "/":
            return connection.respond(404, "There is only one page here, at /\n")
        page = connection.respond(200, self._page)
        del page.headers["Content-Type"]
        page.headers["Content-Type"] = "text/html; charset=utf-8"
        page.headers["Cache-Control"] = "no-store"
        page.headers["Referrer-Policy"] = "no-referrer"
        page.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self' ws: wss:"
        )
        return page

    # One connection, in its thread -------------------------------------------------------------------------------

    def _receive(self, connection: ServerConnection) -> None:
        with self._lock:
            self._connections.add(connection)
        try:
            self._let_in(connection)
            self._listen_to(connection)
        except DeviceError as error:
            with self._lock:
                self._ear.refused(str(error))
            code = _AGAIN if isinstance(error, _LaterError) else CloseCode.POLICY_VIOLATION
            connection.close(code, _reason(str(error)))
        except ConnectionClosed as error:
            self._say_farewell(connection, "went away")
            self._count_closed(error)
        finally:
            self._say_farewell(connection, "went away")
            with self._lock:
                self._connections.discard(connection)

    def _count_closed(self, closed: ConnectionClosed) -> None:
        """A message that is too large ends the connection before it is read: websockets does that."""
        if closed.sent is not None and closed.sent.code == CloseCode.MESSAGE_TOO_BIG:
            wanted = f"messages of at most {LARGEST_BYTES} bytes"
            with self._lock:
                self._ear.refused(str(DeviceError(wanted, "a larger one", "see docs/network-hand.md")))

    def _let_in(self, connection: ServerConnection) -> None:
        """Returns when the sender is the one who drives.

        Raises:
            DeviceError: it may not.
        """
        greeting = self._greeting(connection)
        self._check_token(greeting.token)
        if not any(connection.ping().wait(ANSWERS_WITHIN_S) for _ in range(_PINGS)):
            raise DeviceError("an answer within 100 ms", "none", "use a cable, or a quicker network")
        with self._lock:
            self._make_room(greeting.name)
            self._guest, self._heard_ns = (connection, greeting.name), self._clock()
            self._ear.arrived(greeting)

    def _greeting(self, connection: ServerConnection) -> Greeting:
        with self._lock:
            self._waiting.append(connection)
            del self._waiting[:-_WAITING]
        try:
            return read_greeting(self._first_message(connection))
        finally:
            with self._lock, suppress(ValueError):  # another one has its place
                self._waiting.remove(connection)

    def _first_message(self, connection: ServerConnection) -> str | bytes:
        wanted, remedy = "a greeting with the token at once", "see docs/network-hand.md"
        until_s = time.monotonic() + _GREETS_WITHIN_S
        while time.monotonic() < until_s:
            with suppress(TimeoutError):
                return connection.recv(timeout=_LOOK_S)
            with self._lock:
                if connection not in self._waiting:
                    raise _LaterError(wanted, f"{_WAITING} newer connections", remedy)
        raise _LaterError(wanted, "silence", remedy)

    def _check_token(self, token: str) -> None:
        with self._guessing:  # guesses in parallel are no quicker
            if self._wrong >= _FORGIVEN:
                time.sleep(DELAY_S)
            if not hmac.compare_digest(token.encode(), self._token.encode()):
                self._wrong += 1
                remedy = "open the address that Accord shows now"
                raise DeviceError("the token of this start", "another one", remedy)
            self._wrong = 0

    def _make_room(self, name: str) -> None:
        if self._guest is None:
            return
        there, whose = self._guest
        if self._clock() - self._heard_ns <= SILENT_NS:
            raise DeviceError("to be the only one who drives", whose, "close its page first")
        self._guest = None
        self._ear.left(f"{whose} was silent, and {name} took its place")
        _cut(there)

    def _listen_to(self, connection: ServerConnection) -> None:
        while True:
            message = connection.recv()
            with self._lock:
                if self._guest is None or self._guest[0] is not connection:
                    return
                self._heard_ns = self._clock()
                why = self._ear.heard(message)
            if why:
                self._say_farewell(connection, why)
                connection.close(_AGAIN, _reason(why))
                return

    def _say_farewell(self, connection: ServerConnection, why: str) -> None:
        with self._lock:
            if self._guest is not None and self._guest[0] is connection:
                name, self._guest = self._guest[1], None
                self._ear.left(f"{name} {why}")

    def close(self) -> None:
        """Send everybody away and give the port back. Closing twice is allowed."""
        with self._lock:
            connections, self._guest = tuple(self._connections), None
        for connection in connections:
            _cut(connection)
        self._server.shutdown()
        self._thread.join()


def _cut(connection: ServerConnection) -> None:
    """End a connection at once, without waiting for its farewell."""
    try:
        connection.socket.shutdown(socket.SHUT_RDWR)
    except OSError:  # it went by itself
        return


def _reason(sentence: str) -> str:
    return sentence.encode()[:_REASON_BYTES].decode(errors="ignore")


def _no_port(address: str, port: int, error: OSError) -> NotConnectedError:
    wanted = f"port {port} at {address} for the network hand"
    if error.errno == errno.EADDRINUSE:
        return NotConnectedError(wanted, "another program there", "close that one, or choose another port")
    if error.errno == errno.EACCES:
        return NotConnectedError(wanted, "no permission", "choose a port above 1023")
    if error.errno == errno.EADDRNOTAVAIL:
        return NotConnectedError(wanted, "that this computer has no such address", "choose 127.0.0.1")
    return NotConnectedError(wanted, error.strerror or str(error), "choose another address or port")
