"""ServoLine: a half-duplex bus of servos at the far end of a pseudo-terminal, with the timing of a true wire.

A pseudo-terminal hands bytes over at once and has no baud rate. So an answer is held back for as long as the bytes of
the request, the servo's return delay and the bytes of the answer take on the wire; and a host that has set another
baud rate than that of the bus is answered rubbish, as framing errors look.
"""

import os
import random
import termios
import time
import tty
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path
from typing import Final, Protocol

BITS_PER_BYTE: Final = 10
"""A start bit, eight bits, a stop bit."""
ALL: Final = -1
"""In `Faults`: every servo."""
_MOST_BYTES: Final = 4096
_BAUDS: Final = {
    getattr(termios, name): int(name[1:]) for name in dir(termios) if name[0] == "B" and name[1:].isdigit()
}


@dataclass(slots=True)
class Servo:
    """One servo: an identity, and a table of bytes that the host reads and writes."""

    id: int
    model: int
    table: bytearray
    ticks: int = 0
    """Where it stands; the protocol knows where that goes in the table."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one servo says in an answer."""

    servo: int
    """Its id."""
    data: bytes
    waits: bool = True
    """Whether the servo waits for its return delay before; False within a packet that several servos share."""
    chained: bool = True
    """Whether it speaks only after the servo before it has spoken: a silent one silences those behind it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the host asked, and what it gets."""

    length: int
    """Bytes on the wire."""
    pieces: Sequence[Piece] = ()


class BusProtocol(Protocol):
    """How servos of one make speak."""

    return_delay_s: float
    """How long a servo waits before it answers [s]."""

    def take(self, received: bytearray, servos: Sequence[Servo]) -> Request | None:
        """Take the first whole request off the front of what was received, and do it; None while there is none."""
        ...


@dataclass(slots=True)
class Faults:
    """What is wrong with the bus. All sets are of servo ids, `ALL` for every one."""

    silent: set[int] = field(default_factory=set)
    rubbish: set[int] = field(default_factory=set)
    """Their answers are noise."""
    twins: set[int] = field(default_factory=set)
    """Two servos have this id and answer at once, one a byte after the other."""
    late_s: float = 0.0
    """Every answer comes so much later [s]."""

    @staticmethod
    def hits(which: set[int], servo: int) -> bool:
        """Whether a fault is one of this servo."""
        return servo in which or ALL in which


class ServoLine:
    """The bus, reachable under a path that stays the same when it is plugged in anew.

    Args:
        protocol: how its servos speak.
        servos: those on it.
        baud: bits per second.
        link: where the path to the pseudo-terminal is made; empty for the terminal's own path.
    """

    def __init__(self, protocol: BusProtocol, servos: Sequence[Servo], baud: int, link: str = "") -> None:
        self.servos = {servo.id: servo for servo in servos}
        self.faults = Faults()
        self._protocol, self._baud, self._link = protocol, baud, link
        self._byte_s = BITS_PER_BYTE / baud
        self._received = bytearray()
        self._due: list[tuple[float, int, bytes]] = []
        self._count = 0
        self._noise = random.Random(0)
        self._ends: tuple[int, int] | None = None
        self.path = ""

    def plug(self) -> None:
        """Make the terminal; nothing happens where it is there."""
        if self._ends is not None:
            return
        bus, host = self._ends = os.openpty()  # the host's end stays open here, so that hosts may come and go
        tty.setraw(host)
        os.set_blocking(bus, False)
        self.path = os.ttyname(host)
        if self._link:
            Path(self._link).unlink(missing_ok=True)
            Path(self._link).symlink_to(self.path)
            self.path = self._link

    def unplug(self) -> None:
        """Take the terminal away; a host that holds it open finds that out as with a pulled plug."""
        ends, self._ends = self._ends, None
        if ends is None:
            return
        if self._link:
            Path(self._link).unlink(missing_ok=True)
        for end in ends:
            os.close(end)
        self._received.clear()
        self._due.clear()

    @property
    def fileno(self) -> int | None:
        """What can be waited on; None while it is unplugged."""
        return None if self._ends is None else self._ends[0]

    def next_s(self, now_s: float) -> float | None:
        """How long until the next answer is due; None for nothing [s]."""
        return max(0.0, self._due[0][0] - now_s) if self._due else None

    def turn(self) -> None:
        """Take what the host sent, and send what is due. Never blocks."""
        if self._ends is None:
            return
        with suppress(BlockingIOError):
            self._received += os.read(self._ends[0], _MOST_BYTES)
        now_s = time.monotonic()
        if self._received and self._host_baud() != self._baud:
            self._answer_noise(now_s)
        while (request := self._protocol.take(self._received, list(self.servos.values()))) is not None:
            self._schedule(request, now_s)
        self._send_due(time.monotonic())

    def _host_baud(self) -> int:
        assert self._ends is not None
        return _BAUDS.get(termios.tcgetattr(self._ends[1])[5], 0)

    def _answer_noise(self, now_s: float) -> None:
        count = len(self._received)
        self._received.clear()
        self._later(now_s + 2 * count * self._byte_s, self._noise.randbytes(count))

    def _schedule(self, request: Request, now_s: float) -> None:
        """Every piece goes when its last byte would have arrived, those of one packet together."""
        at_s = now_s + request.length * self._byte_s + self.faults.late_s
        packet = b""
        for piece in request.pieces:
            if piece.servo not in self.servos or Faults.hits(self.faults.silent, piece.servo):
                if piece.chained:
                    break
                continue
            if piece.waits:
                self._later(at_s, packet)
                packet, at_s = b"", at_s + self._protocol.return_delay_s
            data = self._spoilt(piece)
            packet, at_s = packet + data, at_s + len(data) * self._byte_s
        self._later(at_s, packet)

    def _spoilt(self, piece: Piece) -> bytes:
        data = piece.data
        if Faults.hits(self.faults.twins, piece.servo):  # a line that either servo pulls low is low
            data = bytes(a & b for a, b in zip(data + b"\xff", b"\xff" + data, strict=True))
        if Faults.hits(self.faults.rubbish, piece.servo):
            data = self._noise.randbytes(len(data))
        return data

    def _later(self, at_s: float, data: bytes) -> None:
        if data:
            self._count += 1
            heappush(self._due, (at_s, self._count, data))

    def _send_due(self, now_s: float) -> None:
        assert self._ends is not None
        while self._due and self._due[0][0] <= now_s:
            with suppress(BlockingIOError):  # a host that never reads loses what does not fit, as with a real adapter
                os.write(self._ends[0], heappop(self._due)[2])
