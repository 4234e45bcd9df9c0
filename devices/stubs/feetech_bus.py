"""FeetechBus: how Feetech STS servos speak, from the servos' side: ping, read, write, sync read, sync write.

Written after Feetech's protocol manual and memory table of the STS series, not with the SDK, so that the SDK has
something to be tried against.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from accord.devices.stubs.servo_line import Piece, Request, Servo

HEADER: Final = b"\xff\xff"
BROADCAST: Final = 0xFE
PING, READ, WRITE, SYNC_READ, SYNC_WRITE = 0x01, 0x02, 0x03, 0x82, 0x83

_SIZE: Final = 87
_MODEL, _ID, _TORQUE, _POSITION = 3, 5, 40, 56
_SIGN: Final = 0x8000
"""A position is a size and a sign, not two's complement."""
_SHORTEST: Final = 6


def checksum(body: bytes) -> int:
    """Of all bytes after the header."""
    return ~sum(body) & 0xFF


def servo(id_: int, model: int, torque: bool = False) -> Servo:
    """A servo with its memory."""
    table = bytearray(_SIZE)
    struct.pack_into("<H", table, _MODEL, model)
    table[_ID], table[_TORQUE] = id_, torque
    return Servo(id_, model, table)


def torque_on(one: Servo) -> bool:
    """Whether it holds its position against the hand."""
    return bool(one.table[_TORQUE])


def status(id_: int, parameters: bytes = b"") -> bytes:
    """An answer without errors."""
    body = bytes((id_, len(parameters) + 2, 0)) + parameters
    return HEADER + body + bytes((checksum(body),))


class FeetechBus:
    """Satisfies `accord.devices.stubs.servo_line.BusProtocol`.

    Args:
        return_delay_s: how long a servo waits before it answers; 0 from the factory, then some µs of its own work.
    """

    def __init__(self, return_delay_s: float = 30e-6) -> None:
        self.return_delay_s = return_delay_s

    def take(self, received: bytearray, servos: Sequence[Servo]) -> Request | None:
        """The first whole request; see `BusProtocol`."""
        while True:
            start = received.find(HEADER)
            del received[: start if start >= 0 else max(0, len(received) - 1)]
            if len(received) < _SHORTEST or len(received) < 4 + received[3]:
                return None
            length = 4 + received[3]
            packet = bytes(received[:length])
            if length >= _SHORTEST and checksum(packet[2:-1]) == packet[-1]:
                del received[:length]
                return Request(length, tuple(_pieces(packet[2], packet[4], packet[5:-1], servos)))
            del received[:1]  # such a servo does not answer what it does not understand


def _pieces(to: int, what: int, said: bytes, servos: Sequence[Servo]) -> Iterator[Piece]:
    known = {one.id: one for one in servos}
    if what == SYNC_READ and len(said) > 2:
        asked = (known.get(id_) or servo(id_, 0) for id_ in said[2:])
        yield from (Piece(one.id, status(one.id, _read(one, said[0], said[1]))) for one in asked)
    elif what == SYNC_WRITE and len(said) > 2:
        for start in range(2, len(said), said[1] + 1):
            if said[start] in known:
                _write(known[said[start]], said[0], said[start + 1 : start + 1 + said[1]])
    elif to in known:
        yield from _answer(known[to], what, said)


def _answer(one: Servo, what: int, said: bytes) -> Iterator[Piece]:
    if what == PING:
        yield Piece(one.id, status(one.id))
    elif what == READ and len(said) == 2:
        yield Piece(one.id, status(one.id, _read(one, said[0], said[1])))
    elif what == WRITE and len(said) > 1:
        _write(one, said[0], said[1:])
        yield Piece(one.id, status(one.id))


def _read(one: Servo, address: int, length: int) -> bytes:
    word = abs(one.ticks) | (_SIGN if one.ticks < 0 else 0)
    struct.pack_into("<H", one.table, _POSITION, word)
    return bytes(one.table[address : address + length]).ljust(length, b"\0")


def _write(one: Servo, address: int, data: bytes) -> None:
    end = min(address + len(data), _SIZE)
    one.table[address:end] = data[: end - address]
