"""What an exoskeleton says: packets as bytes, without any device. `docs/exoskeletons.md` specifies them.

The parser takes bytes as they come, finds the next packet after rubbish, and believes nothing whose CRC does not fit.
"""

import binascii
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.int64]
"""(k,) the 16-bit numbers of one section."""

SYNC: Final = b"\xa5\x5a"
VERSION: Final = 1
MOST_PAYLOAD: Final = 512
"""No packet of any version is longer, so that a length that rubbish pretends to never holds the parser up for long."""
MOST_JOINTS: Final = 16
SILENT: Final = 0xFFFF
"""The count of an encoder that does not answer."""
FULL: Final = 0xFFFF
"""A trigger or glove channel at the end of its range."""
GLOVE: Final = 15
"""Channels of one glove; `accord.devices.inputs.glove` says which."""
BATTERY_FULL: Final = 1000
UNIT_QUATERNION, TURN_RATE, ACCELERATION = 16384.0, 900.0, 100.0
"""One, one rad/s and one m/s² in the IMU's numbers: those of the Bosch BNO055 (datasheet BST-BNO055-DS000, 3.6.4–5)."""

_HELLO, _STATE = 0, 1
_HEADER: Final = struct.Struct("<2sBBBBHHHI")
_GREETING: Final = struct.Struct("<HHHHH3Bx24s16s")
_CRC_BYTES: Final = 2
_SERIAL: Final = re.compile(r"[A-Za-z0-9_-]{1,16}")


class Device(IntEnum):
    """What kind of device sends."""

    EXOSKELETON = 1
    COCKPIT = 2


class Section(IntEnum):
    """What a packet may tell, by its bit, in the order in which sections stand in a packet."""

    LEFT_ARM = 0
    RIGHT_ARM = 1
    LEFT_TRIGGER = 2
    RIGHT_TRIGGER = 3
    LEFT_GLOVE = 4
    RIGHT_GLOVE = 5
    PEDALS = 6
    IMU = 7
    BATTERY = 8

    def words(self, joints: int) -> int:
        """How many 16-bit numbers it has."""
        return joints if self <= Section.RIGHT_ARM else _WORDS[self]


_WORDS: Final = {
    Section.LEFT_TRIGGER: 1, Section.RIGHT_TRIGGER: 1, Section.LEFT_GLOVE: GLOVE, Section.RIGHT_GLOVE: GLOVE,
    Section.PEDALS: 1, Section.IMU: 10, Section.BATTERY: 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hello:
    """What a device says about itself, once a second."""

    name: str
    """What a person calls it, at most 24 bytes."""
    serial: str
    """Serial number: 1 to 16 letters, digits, ``-`` and ``_``."""
    counts_per_turn: int
    """Of its encoders: 256 to 32768."""
    sections: tuple[Section, ...]
    """What comes in every state."""
    rate_hz: int
    """How often it means to send its state [Hz]."""
    firmware: tuple[int, int, int]
    zeros: tuple[tuple[int, ...], tuple[int, ...]]
    """Counts of the left and the right arm in the reference pose."""
    reversed_joints: tuple[int, int] = (0, 0)
    """Left and right: bit i is set where the count of joint i falls while its angle grows."""


State = Mapping[Section, Words]
"""What a device measured at one moment. Sections of a packet that nobody knows yet are left out."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet, whole and believed."""

    device: int
    """What sends; a `Device` if it is one that Accord knows."""
    joints: int
    """Of each arm."""
    sequence: int
    """One more than the packet before, of either kind, modulo 2¹⁶."""
    time_us: int
    """When it was measured, by the device's clock, modulo 2³² [µs]."""
    content: Hello | State


def encode(packet: Packet) -> bytes:
    """The bytes of a packet."""
    if isinstance(packet.content, Hello):
        return _framed(packet, _HELLO, 0, _greeting(packet.content))
    state = packet.content
    sections = sorted(state)
    payload = b"".join(np.asarray(state[one]).astype("<u2", casting="unsafe").tobytes() for one in sections)
    return _framed(packet, _STATE, _mask(sections), payload)


def _framed(packet: Packet, kind: int, mask: int, payload: bytes) -> bytes:
    length, sequence, time_us = len(payload), packet.sequence % 2**16, packet.time_us % 2**32
    header = _HEADER.pack(SYNC, VERSION, kind, packet.device, packet.joints, length, sequence, mask, time_us)
    return header + payload + struct.pack("<H", crc(header[2:] + payload))


def _greeting(hello: Hello) -> bytes:
    fixed = _GREETING.pack(
        hello.counts_per_turn, _mask(hello.sections), hello.rate_hz, *hello.reversed_joints, *hello.firmware,
        hello.name.encode()[:24], hello.serial.encode(),
    )  # fmt: skip
    return fixed + np.array(hello.zeros, dtype="<u2").tobytes()


def _mask(sections: tuple[Section, ...] | list[Section]) -> int:
    return sum(1 << one for one in sections)


def _known(mask: int) -> tuple[Section, ...]:
    return tuple(one for one in Section if mask >> one & 1)


def crc(data: bytes | bytearray) -> int:
    """CRC-16/IBM-3740, also called CCITT-FALSE: polynomial 0x1021, begun with 0xFFFF; 0x29B1 for ``123456789``."""
    return binascii.crc_hqx(data, 0xFFFF)


@dataclass(slots=True)
class Decoder:
    """Takes bytes as they come and gives the packets in them."""

    refused: int = 0
    """How often bytes were thrown away: rubbish, damaged packets, and what lies between them."""
    lost: int = 0
    """Packets that never came, by their sequence numbers."""
    late: int = 0
    """Packets that came after a newer one, and were dropped."""
    version: int = VERSION
    """Of the newest whole packet; those of another version are not given."""
    _buffer: bytearray = field(default_factory=bytearray)
    _sequence: int | None = None

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that are whole now, oldest first. Never raises."""
        self._buffer += data
        packets: list[Packet] = []
        skipped, taken = False, 0
        for start, packet in self._candidates():
            skipped |= start > taken
            taken = start + packet.size
            if packet.content is not None and self._in_order(packet.content.sequence):
                packets.append(packet.content)
        keep = self._beginning(taken)
        self.refused += skipped or keep > taken
        del self._buffer[:keep]
        return packets

    def end(self) -> None:
        """Nothing that follows belongs to what came so far: the end of a datagram, or of a connection."""
        self.refused += bool(self._buffer)
        self._buffer.clear()

    def restart(self) -> None:
        """Another connection: what was half received and counted so far says nothing about it."""
        self._buffer.clear()
        self._sequence, self.version = None, VERSION

    def _candidates(self) -> "Iterator[tuple[int, _Whole]]":
        at = 0
        while (start := self._buffer.find(SYNC, at)) >= 0:
            size = _size(self._buffer, start)
            if size is not None and start + size > len(self._buffer):
                return  # not whole yet
            whole = None if size is None else self._whole(start, size)
            if whole is not None:
                yield start, whole
            at = start + (1 if whole is None else whole.size)

    def _beginning(self, taken: int) -> int:
        """Where what may still become a packet begins, from `taken` on."""
        at = taken
        while (start := self._buffer.find(SYNC, at)) >= 0:
            size = _size(self._buffer, start)
            if size is not None and start + size > len(self._buffer):
                return start
            at = start + 1
        return len(self._buffer) - self._buffer.endswith(SYNC[:1], taken)

    def _whole(self, start: int, size: int) -> "_Whole | None":
        """What stands there, if its CRC fits and it can be understood."""
        body = self._buffer[start + 2 : start + size - _CRC_BYTES]
        if crc(body) != int.from_bytes(self._buffer[start + size - _CRC_BYTES : start + size], "little"):
            return None
        self.version = body[0]
        if self.version != VERSION:
            return _Whole(size, None)
        packet = _packet(bytes(self._buffer[start : start + size]))
        return None if packet is None else _Whole(size, packet)

    def _in_order(self, sequence: int) -> bool:
        ahead = 1 if self._sequence is None else (sequence - self._sequence) % 2**16
        if ahead == 0 or ahead > 2**16 - 64:  # twice, or overtaken; what is further back is a device that restarted
            self.late += 1
            return False
        self.lost += ahead - 1 if ahead < 2**15 else 0
        self._sequence = sequence
        return True


@dataclass(frozen=True, slots=True)
class _Whole:
    """A packet whose CRC fits."""

    size: int
    content: Packet | None
    """None for one of another version."""


def _size(buffer: bytearray, start: int) -> int | None:
    """Bytes of the packet that begins there, by its header; None if there can be none.

    Where its header has not wholly arrived, the least that it can have.
    """
    least = _HEADER.size + _CRC_BYTES
    if len(buffer) - start < _HEADER.size:
        return least
    _, version, kind, _, joints, length, _, mask, _ = _HEADER.unpack_from(buffer, start)
    if length > MOST_PAYLOAD or (version == VERSION and not _fits(kind, joints, length, mask)):
        return None
    return least + int(length)


def _fits(kind: int, joints: int, length: int, mask: int) -> bool:
    """Whether a packet with these can be; so a damaged length is seen before it is waited for."""
    if not 1 <= joints <= MOST_JOINTS or kind not in (_HELLO, _STATE):
        return False
    if kind == _HELLO:
        return mask == 0 and length == _GREETING.size + 4 * joints
    least = 2 * sum(one.words(joints) for one in _known(mask))
    return length == least or (length > least and mask >> len(Section) != 0)


def _packet(data: bytes) -> Packet | None:
    """What a whole packet says; None if that cannot be."""
    _, _, kind, device, joints, _, sequence, mask, time_us = _HEADER.unpack_from(data)
    payload = data[_HEADER.size : -_CRC_BYTES]
    content = _hello(payload) if kind == _HELLO else _state(payload, joints, mask)
    return None if content is None else Packet(device, joints, sequence, time_us, content)


def _hello(payload: bytes) -> Hello | None:
    counts, mask, rate, *rest = _GREETING.unpack_from(payload)
    name, serial = (word.rstrip(b"\0").decode(errors="replace") for word in rest[5:])
    if not 256 <= counts <= 2**15 or _SERIAL.fullmatch(serial) is None:
        return None
    left, right = np.frombuffer(payload, "<u2", offset=_GREETING.size).reshape(2, -1).tolist()
    shown = "".join(letter for letter in name if letter.isprintable()) or "exoskeleton"
    reversed_joints = rest[0], rest[1]
    firmware = rest[2], rest[3], rest[4]
    return Hello(shown, serial, counts, _known(mask), rate, firmware, (tuple(left), tuple(right)), reversed_joints)


def _state(payload: bytes, joints: int, mask: int) -> State:
    at, state = 0, {}
    for one in _known(mask):
        size = 2 * one.words(joints)
        state[one] = np.frombuffer(payload[at : at + size], "<i2" if one is Section.IMU else "<u2").astype(np.int64)
        at += size
    return state
