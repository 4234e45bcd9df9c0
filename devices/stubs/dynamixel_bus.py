"""DynamixelBus: how Dynamixel X servos speak (protocol 2.0), from the servos' side.

Written after the protocol's description (emanual.robotis.com/docs/en/dxl/protocol2), not with the SDK, so that the SDK
has something to be tried against: ping, read, write, sync read, fast sync read, sync write, byte stuffing, CRC, and
the errors of a status packet.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from accord.devices.stubs.servo_line import Piece, Request, Servo

HEADER: Final = b"\xff\xff\xfd"
BROADCAST: Final = 0xFE
PING, READ, WRITE, STATUS, SYNC_READ, SYNC_WRITE, FAST_SYNC_READ = 0x01, 0x02, 0x03, 0x55, 0x82, 0x83, 0x8A
BAD_INSTRUCTION, BAD_CRC, BAD_RANGE, BAD_LENGTH, NO_ACCESS = 0x02, 0x03, 0x04, 0x05, 0x07
"""Errors of a status packet."""

# emanual.robotis.com/docs/en/dxl/x/xl330-m288, control table
_SIZE: Final = 147
_MODEL, _FIRMWARE, _ID, _TORQUE, _RAM, _POSITION = 0, 6, 7, 64, 64, 132
_READ_ONLY: Final = range(120, 147)
_SHORTEST: Final = 10
"""Bytes of a request without parameters."""


def _table() -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        crc = byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x8005 if crc & 0x8000 else crc << 1
        rows.append(crc & 0xFFFF)
    return tuple(rows)


_CRC_TABLE: Final = _table()


def crc16(data: bytes) -> int:
    """CRC-16 with the polynomial 0x8005, beginning with 0, nothing reflected (CRC-16/BUYPASS)."""
    crc = 0
    for byte in data:
        crc = ((crc << 8) ^ _CRC_TABLE[(crc >> 8) ^ byte]) & 0xFFFF
    return crc


def stuffed(body: bytes) -> bytes:
    """The bytes with 0xFD put after every header within."""
    return body.replace(HEADER, HEADER + b"\xfd")


def unstuffed(body: bytes) -> bytes:
    """The bytes as they were before `stuffed`."""
    return body.replace(HEADER + b"\xfd", HEADER)


def servo(id_: int, model: int, torque: bool = False) -> Servo:
    """A servo with its control table."""
    table = bytearray(_SIZE)
    struct.pack_into("<H", table, _MODEL, model)
    table[_FIRMWARE], table[_ID], table[_TORQUE] = 50, id_, torque
    return Servo(id_, model, table)


def torque_on(one: Servo) -> bool:
    """Whether it holds its position against the hand."""
    return bool(one.table[_TORQUE])


def status(id_: int, error: int, parameters: bytes = b"") -> bytes:
    """A status packet."""
    body = stuffed(bytes((STATUS, error)) + parameters)
    packet = HEADER + b"\0" + struct.pack("<BH", id_, len(body) + 2) + body
    return packet + struct.pack("<H", crc16(packet))


class DynamixelBus:
    """Satisfies `accord.devices.stubs.servo_line.BusProtocol`.

    Args:
        return_delay_s: how long a servo waits before it answers; 250 is what it counts from the factory, 2 µs each.
        fast: whether the firmware knows fast sync read.
    """

    def __init__(self, return_delay_s: float = 250 * 2e-6, fast: bool = True) -> None:
        self.return_delay_s, self._fast = return_delay_s, fast

    def take(self, received: bytearray, servos: Sequence[Servo]) -> Request | None:
        """The first whole request; see `BusProtocol`."""
        start = received.find(HEADER)
        del received[: start if start >= 0 else max(0, len(received) - len(HEADER))]
        if len(received) < _SHORTEST:
            return None
        length = 7 + int.from_bytes(received[5:7], "little")
        if len(received) < length:
            return None
        packet = bytes(received[:length])
        del received[:length]
        good = crc16(packet[:-2]) == int.from_bytes(packet[-2:], "little")
        return Request(length, tuple(self._pieces(packet[4], packet[7], unstuffed(packet[8:-2]), good, servos)))

    def _pieces(self, to: int, what: int, said: bytes, good: bool, servos: Sequence[Servo]) -> Iterator[Piece]:
        asked = [one for one in servos if to in (one.id, BROADCAST)]
        if not good:
            yield from (Piece(one.id, status(one.id, BAD_CRC)) for one in asked if to != BROADCAST)
        elif what == PING:
            facts = ((one.id, bytes(one.table[_MODEL : _MODEL + 2]) + bytes((one.table[_FIRMWARE],))) for one in asked)
            yield from (Piece(id_, status(id_, 0, fact), chained=False) for id_, fact in facts)
        elif what == SYNC_READ:
            yield from (Piece(one.id, status(one.id, *_read(one, said[:4]))) for one in _in_order(said[4:], servos))
        elif what == FAST_SYNC_READ and self._fast:
            yield from _fast_pieces(said, servos)
        elif what == SYNC_WRITE:
            _write_all(said, servos)
        elif to != BROADCAST:
            yield from (Piece(one.id, status(one.id, *_do(one, what, said))) for one in asked)


def _do(one: Servo, what: int, said: bytes) -> tuple[int, bytes]:
    """An instruction to one servo: error and parameters of its answer."""
    if what == READ and len(said) == 4:
        return _read(one, said)
    if what == WRITE and len(said) > 2:
        return _write(one, int.from_bytes(said[:2], "little"), said[2:]), b""
    return (BAD_LENGTH if what in (READ, WRITE) else BAD_INSTRUCTION), b""


def _read(one: Servo, said: bytes) -> tuple[int, bytes]:
    address, length = struct.unpack("<HH", said)
    if address + length > _SIZE:
        return BAD_RANGE, b""
    struct.pack_into("<i", one.table, _POSITION, one.ticks)
    return 0, bytes(one.table[address : address + length])


def _write(one: Servo, address: int, data: bytes) -> int:
    if address + len(data) > _SIZE:
        return BAD_RANGE
    if address in _READ_ONLY or (address < _RAM and torque_on(one)):
        return NO_ACCESS
    one.table[address : address + len(data)] = data
    return 0


def _write_all(said: bytes, servos: Sequence[Servo]) -> None:
    address, length = struct.unpack("<HH", said[:4])
    for start in range(4, len(said), length + 1):
        for one in _in_order(said[start : start + 1], servos):
            _write(one, address, said[start + 1 : start + 1 + length])


def _in_order(ids: bytes, servos: Sequence[Servo]) -> Iterator[Servo]:
    """Those asked; an id that nobody has gets a stand-in, whom the line knows not to be there."""
    known = {one.id: one for one in servos}
    for id_ in ids:
        yield known.get(id_) or Servo(id_, 0, bytearray(_SIZE))


def _fast_pieces(said: bytes, servos: Sequence[Servo]) -> Iterator[Piece]:
    """One packet by several servos: each adds error, id, data, and the CRC of all bytes before."""
    asked = list(_in_order(said[4:], servos))
    length = int.from_bytes(said[2:4], "little")
    packet = HEADER + b"\0" + struct.pack("<BHB", BROADCAST, 1 + len(asked) * (length + 4), STATUS)
    begun = 0
    for one in asked:
        error, data = _read(one, said[:4])
        packet += bytes((error, one.id)) + data.ljust(length, b"\0")
        packet += struct.pack("<H", crc16(packet))
        yield Piece(one.id, packet[begun:], waits=begun == 0)
        begun = len(packet)
