"""NetworkHand: a phone or a headset that a person carries, over a websocket. docs/network-hand.md describes the wire.

Off unless somebody adds it to her devices. It listens on this computer only, lets one sender at a time in, and only who
shows the token. The newest message counts; one that waited longer than 100 ms on its way does not, so that a network
that stalls never plays the hand's past back.
"""

import ipaddress
import secrets
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from accord.devices.errors import DeviceError, NotConnectedError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.hand_server import HandServer
from accord.devices.inputs.patience import CLOSED, STALE_NS, Search
from accord.devices.inputs.pose_message import CHANNELS, Axes, Greeting, Move, read_move
from accord.devices.inputs.sender_clock import SenderClock
from accord.devices.tempo import Tempo

PORT: Final = 8741
LOOPBACK: Final = "127.0.0.1"
LATE_MS: Final = 100.0
"""How much longer than the quickest one a message may wait on its way [ms]."""
LATE_FOR_NS: Final = 1_000_000_000
"""When every message was late for so long, its clock was set, or stood still while the phone slept [ns]."""
SHORTEST_TOKEN: Final = 8
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Those that nobody mistakes for others when typing them on a headset; ten of them are 49 bits."""


class NetworkHand:
    """A carried device. Satisfies `accord.devices.input.Input` and `Waits`, and is the `Ear` of its server.

    Args:
        address: to listen at. Any but 127.0.0.1 lets others on that network try, and read along what is sent.
        port: 0 for any that is free.
        token: at least 8 letters; empty for one that is drawn at every start.
        axes: of a sender that does not say.
        clock: when messages arrive, CLOCK_MONOTONIC [ns].

    Raises:
        DeviceError: an option is wrong.
    """

    name: str = "network hand"
    channels: tuple[str, ...] = CHANNELS

    def __init__(
        self,
        address: str = LOOPBACK,
        port: int = PORT,
        token: str = "",
        axes: Axes = Axes.WEBXR,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        _check(address, port, token)
        self.token = token or "".join(secrets.choice(_LETTERS) for _ in range(10))
        self._address, self._port, self._axes, self._clock = address, port, axes, clock
        self._lock, self._news = threading.Lock(), threading.Event()
        self._server: HandServer | None = None
        self._opened = False
        self._search = Search()
        self._why = CLOSED
        """Why nothing drives, but for silence."""
        self._forget()
        self._reports = self._refused_count = self._last_report_ns = 0

    def _forget(self) -> None:
        self._guest, self._guest_axes = "", self._axes
        self._move: Move | None = None
        self._arrived_ns = self._late_since_ns = 0
        self._taps, self._doubt, self._silent = 0, "", True
        self._sender_clock, self._tempo = SenderClock(), Tempo()

    def open(self) -> None:
        """Begin to serve; a port that is taken is tried again at every later `read`, see `Input`."""
        if not self._opened:
            self._opened = True
            self._search.begin()
            self._serve()

    def read(self, t_ns: int) -> InputState | None:
        """The newest state, or None while nobody is there or the newest message is old; see `Input`."""
        if not self._opened or not self._serves(t_ns):
            return None
        with self._lock:
            move, taps, self._taps = self._move, self._taps, 0
            self._silent = move is None or t_ns - self._arrived_ns > STALE_NS
            if move is None or self._silent:
                return None
            arrived_ns = min(self._arrived_ns, t_ns)
        return InputState(
            buttons=move.buttons | taps, t_ns=arrived_ns, pose=move.pose, gripper=move.gripper, raw=move.raw
        )

    def _serves(self, t_ns: int) -> bool:
        if self._server is None and self._search.due(t_ns):
            self._serve()
        return self._server is not None

    def _serve(self) -> None:
        try:
            self._server = HandServer(self._address, self._port, self.token, self, self._clock)
            self._why = ""
        except NotConnectedError as error:
            self._why = str(error)

    def wait(self, timeout_s: float) -> None:
        """Return as soon as a message came; see `Waits`."""
        self._news.wait(timeout_s)
        self._news.clear()

    # What the server hears, in its threads -----------------------------------------------------------------------

    def arrived(self, greeting: Greeting) -> None:
        """See `Ear`."""
        with self._lock:
            self._forget()
            self._why, self._guest, self._guest_axes = "", greeting.name, greeting.axes or self._axes

    def heard(self, message: str | bytes) -> str:
        """See `Ear`."""
        arrived_ns = self._clock()
        with self._lock:
            try:
                self._believe(read_move(message, self._guest_axes), arrived_ns)
            except DeviceError as error:
                self._refused_count, self._doubt = self._refused_count + 1, str(error)
            if self._late_since_ns and arrived_ns - self._late_since_ns > LATE_FOR_NS:
                return f"sent nothing but late messages for {LATE_FOR_NS // 1_000_000_000} s: its clock is learnt anew"
        return ""

    def _believe(self, move: Move, arrived_ns: int) -> None:
        waited_ms = self._sender_clock.waited_ms(move.time_ms, arrived_ns / 1e6)
        if waited_ms > LATE_MS:
            self._late_since_ns = self._late_since_ns or arrived_ns
            found = f"one that waited {waited_ms:.0f} ms"
            raise DeviceError(f"messages at most {LATE_MS:.0f} ms late", found, "look after the network")
        self._late_since_ns, self._doubt = 0, ""
        before = 0 if self._move is None else self._move.buttons
        self._taps |= move.buttons & ~before  # one that was tapped between two reads is not lost
        self._move, self._arrived_ns, self._last_report_ns = move, arrived_ns, arrived_ns
        self._reports += 1
        self._tempo.heard(arrived_ns)
        self._news.set()

    def left(self, why: str) -> None:
        """See `Ear`."""
        with self._lock:
            self._forget()
            self._why = str(NotConnectedError("a phone or headset", f"that {why}", self._invitation()))

    def refused(self, why: str) -> None:
        """See `Ear`."""
        with self._lock:
            self._refused_count += 1
            if self._opened and not self._guest:
                self._why = f"{why} To try again, {self._invitation()}."

    # Health ------------------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """What a browser has to open; the token stands behind the ``#``, which no browser sends."""
        host = socket.gethostname() if self._address in ("0.0.0.0", "::") else self._address
        host = f"[{host}]" if ":" in host else host
        port = self._port if self._server is None else self._server.port
        return f"http://{host}:{port}/#token={self.token}"

    def _invitation(self) -> str:
        return f"open {self.address} there"

    def _detail(self) -> str:
        if self._why or not self._opened:
            return self._why
        if not self._guest:
            return str(NotConnectedError("a phone or headset", "none", self._invitation()))
        silence = NotConnectedError(f"a pose from {self._guest} every 100 ms", "silence", "look at its screen")
        return (self._doubt or str(silence)) if self._silent else ""

    def health(self) -> Health:
        """How it is doing; see `Input`."""
        with self._lock:
            name = f"{self.name}: {self._guest}" if self._guest else self.name
            counted = (self._last_report_ns, self._reports, self._refused_count)
            tempo, port = (
                (self._tempo.rate_hz, self._tempo.jitter_ms),
                self._port if self._server is None else self._server.port,
            )
            return Health(name, bool(self._guest), self._detail(), *counted, *tempo, serial=f"{self._address}:{port}")

    def close(self) -> None:
        """Stop serving; closing twice is allowed."""
        server, self._server, self._opened = self._server, None, False
        if server is not None:
            server.close()
        with self._lock:
            self._forget()
            self._why = CLOSED


def inputs(config: Path, address: str, port: int, token: str, axes: str) -> tuple[NetworkHand]:
    """The device, for `accord.devices.inputs.kinds`."""
    if axes not in list(Axes):
        raise DeviceError(f"axes of {', '.join(Axes)}", repr(axes), "choose one of them")
    return (NetworkHand(address, port, token, Axes(axes)),)


def _check(address: str, port: int, token: str) -> None:
    try:
        ipaddress.ip_address(address)
    except ValueError as error:
        raise DeviceError("an IP address to listen at", repr(address), f"say {LOOPBACK}") from error
    if not 0 <= port < 1 << 16:
        raise DeviceError("a port from 1 to 65535", str(port), f"say {PORT}")
    if token and len(token) < SHORTEST_TOKEN:
        raise DeviceError(f"a token of at least {SHORTEST_TOKEN} letters", str(len(token)), "say a longer one, or none")
