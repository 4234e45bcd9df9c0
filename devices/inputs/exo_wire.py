"""Wires of exoskeletons: a serial port, or UDP."""

import select
import socket
import time
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Final, Protocol

from accord.devices.errors import DeviceError, NotConnectedError
from accord.devices.inputs.exo_packet import Decoder
from accord.devices.inputs.serial_port import open_serial

LOOPBACK: Final = "127.0.0.1"
LOCKED_NS: Final = 1_000_000_000
"""So long a sender that says no packet keeps others from being heard [ns]."""
_MOST_DATAGRAMS: Final = 1024
"""Taken at one time, so that a flood cannot hold the caller up: ten seconds of a device that reports at 100 Hz."""
_LONGEST_DATAGRAM: Final = 2048


class ExoWire(Protocol):
    """An open wire."""

    name: str
    """What a person calls it: ``/dev/ttyACM0``, ``UDP 127.0.0.1:47801``."""
    datagrams: bool
    """Whether each piece holds whole packets."""
    sender: str
    """Who is listened to, where that can change without the wire being lost."""
    notice: str
    """A sentence about what is wrong with it though it works, or empty."""

    def waiting(self, t_ns: int) -> list[bytes]:
        """Every piece that waits, oldest first.

        Raises:
            NotConnectedError: it was unplugged.
        """
        ...

    def wait(self, timeout_s: float) -> None:
        """Return as soon as something waits, after `timeout_s` at the latest. Never raises."""
        ...

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        ...


Opener = Callable[[], ExoWire]
"""Opens the wire, or raises `DeviceError` with what is in the way."""


class SerialWire:
    """A serial port; see `ExoWire`.

    Args:
        path: of the port.
        baud: its speed [bit/s].

    Raises:
        DeviceError: if it cannot be opened.
    """

    datagrams = False
    sender = notice = ""

    def __init__(self, path: str, baud: int) -> None:
        self._port = open_serial(path, baud)
        self.name = f"{path} at {baud} baud"

    def waiting(self, t_ns: int) -> list[bytes]:
        """What waits, in one piece; see `ExoWire`."""
        piece = self._port.waiting()
        return [piece] if piece else []

    def wait(self, timeout_s: float) -> None:
        """See `ExoWire`."""
        self._port.wait(timeout_s)

    def close(self) -> None:
        """See `ExoWire`."""
        self._port.close()


class UdpWire:
    """Datagrams from one sender at a time; see `ExoWire`.

    Whoever says a packet first is listened to until it has said none for a second, so that a second device, or somebody
    who plays, cannot put its own joints between those of the arm that is being held. Anything but a packet keeps nobody
    out; while no sender is known it is passed on, for whoever reads the wire says what is wrong with it.

    Args:
        port: to listen at.
        address: of this machine to listen at; only the loopback one is out of reach of others.

    Raises:
        DeviceError: if that cannot be listened at.
    """

    datagrams = True

    def __init__(self, port: int, address: str = LOOPBACK) -> None:
        self.name, self.sender, self.notice = f"UDP {address}:{port}", "", ""
        self._peer: tuple[str, int] | None = None
        self._heard_ns = self._refused_ns = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            self._socket.bind((address, port))
        except OSError as error:
            self._socket.close()
            remedy = "close what listens there, or choose another port of 1024 to 65535 on both sides"
            raise NotConnectedError(f"to listen at {self.name}", f"{error.strerror or error}", remedy) from error

    def waiting(self, t_ns: int) -> list[bytes]:
        """The datagrams of the one sender that wait; see `ExoWire`."""
        pieces = []
        for _ in range(_MOST_DATAGRAMS):
            try:
                piece, peer = self._socket.recvfrom(_LONGEST_DATAGRAM)
            except BlockingIOError:
                break
            except OSError as error:
                raise NotConnectedError(f"datagrams at {self.name}", str(error), "it is tried all the time") from error
            if self._listens_to(peer, bool(Decoder().feed(piece)), t_ns):
                pieces.append(piece)
        if self.notice and t_ns - self._refused_ns > LOCKED_NS:
            self.notice = ""
        return pieces

    def _listens_to(self, peer: tuple[str, int], packet: bool, t_ns: int) -> bool:
        """Whether this one is heard, which has sent a packet or something else."""
        if self._peer is not None and t_ns - self._heard_ns > LOCKED_NS:
            self._peer = None
        if self._peer is None and packet:
            self._peer, self.sender = peer, f"{peer[0]}:{peer[1]}"
        if self._peer is None:
            return True
        if peer == self._peer:
            self._heard_ns = t_ns if packet else self._heard_ns
            return True
        self._refused_ns = t_ns
        found = f"{self.sender} and {peer[0]}:{peer[1]}"
        self.notice = f"Wanted one sender at {self.name}, found {found}: switch one off; the first one is heard."
        return False

    def wait(self, timeout_s: float) -> None:
        """See `ExoWire`."""
        try:
            select.select([self._socket], [], [], timeout_s)
        except (OSError, ValueError):  # closed meanwhile
            time.sleep(min(timeout_s, 0.001))

    def close(self) -> None:
        """See `ExoWire`."""
        self._socket.close()


def opener(port: str, baud: int, udp: int, address: str = LOOPBACK) -> Opener:
    """What opens the wire that the options name.

    Args:
        port: of a serial device, or empty.
        baud: its speed [bit/s].
        udp: port to listen at, or 0.
        address: to listen at.

    Raises:
        DeviceError: unless exactly one wire is named, by what it can be named by.
    """
    if bool(port) == bool(udp):
        found = "both" if port else "neither"
        raise DeviceError("a serial port or a UDP port of the exoskeleton", found, "give one of them")
    if port:
        return lambda: SerialWire(port, baud)
    if not 1 <= udp <= 65535:
        raise DeviceError("a UDP port from 1 to 65535", str(udp), "choose one, such as 47801")
    try:
        IPv4Address(address)  # a name would have to be looked up, which may take seconds
    except ValueError as error:
        raise DeviceError("an IPv4 address of this machine", repr(address), f"give one, such as {LOOPBACK}") from error
    return lambda: UdpWire(udp, address)
