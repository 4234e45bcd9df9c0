"""Dynamixel: leaders of Dynamixel X servos (protocol 2.0), through Robotis's SDK. Its only door.

All servos are asked at once and answer in one packet (fast sync read): 94 bytes for eight servos instead of 142. Old
firmware does not know that; so after an answer that failed everything is asked the plain way once, and for good when
that alone works.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dynamixel_sdk import COMM_RX_TIMEOUT, COMM_SUCCESS, PacketHandler  # type: ignore[import-untyped]

from accord.devices.input import Input
from accord.devices.inputs.leader import Leader
from accord.devices.inputs.leaders import LEADERS
from accord.devices.inputs.sdk_bus import SdkBus
from accord.devices.inputs.servo_bus import UnansweredError

MODELS: Final = {
    # emanual.robotis.com/docs/en/dxl/x: all of these have 4096 ticks a turn and the same control table
    1190: "XL330-M077", 1200: "XL330-M288", 1060: "XL430-W250", 1070: "XC430-W150", 1080: "XC430-W240",
    1210: "XC330-T181", 1220: "XC330-T288", 1230: "XC330-M181", 1240: "XC330-M288",
    1020: "XM430-W350", 1030: "XM430-W210", 1120: "XM540-W270", 1130: "XM540-W150",
    1010: "XH430-W210", 1000: "XH430-W350",
}  # fmt: skip
_TORQUE, _POSITION = 64, 132
_WORD: Final = 4
_STATUS: Final = 11
"""Bytes of a status packet without parameters."""
_PING: Final = 0x01
_FAST_SHARE: Final = _WORD + 4
"""What one servo adds to a shared answer: error, id, position, CRC."""
_BROADCAST: Final = 0xFE
_PLAIN_FOR_GOOD: Final = 3
"""So many times only the plain way worked before the fast one is given up."""


class DynamixelBus(SdkBus):
    """Satisfies `accord.devices.inputs.servo_bus.ServoBus`."""

    make: str = "Dynamixel"
    success, silence = COMM_SUCCESS, COMM_RX_TIMEOUT
    models: dict[int, str] = MODELS
    bauds: tuple[int, ...] = (57_600, 1_000_000, 115_200, 2_000_000, 3_000_000, 4_000_000, 9_600)

    def __init__(self) -> None:
        super().__init__()
        self._packets: Any = PacketHandler(2.0)
        self._fast, self._retry_plain, self._plain_only = True, False, 0

    def open(self, path: str, baud: int) -> None:
        """Open the port; see `ServoBus`."""
        super().open(path, baud)
        self._fast, self._retry_plain, self._plain_only = True, False, 0

    def model(self, servo: int) -> int:
        """See `ServoBus`."""
        self._open.expect(_STATUS + 3)
        request = [0] * 10
        request[4], request[5], request[7] = servo, 3, _PING
        self._send(self._packets.txPacket(self._open, request))
        self._open.setPacketTimeout(_STATUS + 3)
        data = self._answer(servo, 3)
        return data[0] | data[1] << 8

    def release(self, servo: int) -> None:
        """See `ServoBus`."""
        self._open.expect(_STATUS + 1)
        self._send(self._packets.readTx(self._open, servo, _TORQUE, 1))
        if self._answer(servo, 1)[0]:
            self._open.expect(_STATUS)
            _, result, _ = self._packets.txRxPacket(self._open, _write(servo, _TORQUE, 0))
            self._check(result == COMM_SUCCESS, result)

    def position(self, servo: int) -> int:
        """See `ServoBus`."""
        self._open.expect(_STATUS + _WORD)
        self._send(self._packets.readTx(self._open, servo, _POSITION, _WORD))
        return _signed(self._answer(servo, _WORD))

    def positions(self, servos: Sequence[int]) -> tuple[int, ...]:
        """See `ServoBus`."""
        fast = self._fast and not self._retry_plain
        try:
            found = self._fast_positions(servos) if fast else self._plain_positions(servos)
        except UnansweredError:
            self._retry_plain = True
            raise
        self._plain_only = 0 if fast else self._plain_only + self._retry_plain
        self._retry_plain = False
        self._fast = self._plain_only < _PLAIN_FOR_GOOD
        return found

    def _fast_positions(self, servos: Sequence[int]) -> tuple[int, ...]:
        length = _FAST_SHARE * len(servos)
        self._open.expect(8 + length)
        self._send(self._packets.syncReadTx(self._open, _POSITION, _WORD, list(servos), len(servos), True))
        data, result, _ = self._packets.fastSyncReadRx(self._open, _BROADCAST, length)
        self._check(result == COMM_SUCCESS and len(data) == length, result)
        shares = [data[at : at + _FAST_SHARE] for at in range(0, length, _FAST_SHARE)]
        # In the order asked: an answer to an earlier question, in which the order was another, is none to this one.
        self._check(all(share[1] == servo for share, servo in zip(shares, servos, strict=True)))
        return tuple(_signed(share[2 : 2 + _WORD]) for share in shares)

    def _plain_positions(self, servos: Sequence[int]) -> tuple[int, ...]:
        self._open.expect((_STATUS + _WORD) * len(servos))
        self._send(self._packets.syncReadTx(self._open, _POSITION, _WORD, list(servos), len(servos), False))
        return tuple(_signed(self._answer(servo, _WORD)) for servo in servos)

    def _answer(self, servo: int, length: int) -> list[int]:
        """The parameters of the next packet, which has to be this servo's."""
        packet, result = self._packets.rxPacket(self._open, False)
        whole = result == COMM_SUCCESS and len(packet) >= 9 + length and packet[4] == servo
        self._check(whole, result)
        return [int(byte) for byte in packet[9 : 9 + length]]


def _signed(data: Sequence[int]) -> int:
    return int.from_bytes(bytes(data), "little", signed=True)


def _write(servo: int, address: int, byte: int) -> list[int]:
    """A request to write one byte; the SDK adds header and CRC."""
    return [0, 0, 0, 0, servo, 6, 0, 0x03, address & 0xFF, address >> 8, byte, 0, 0]


def gello(config: Path, port: str, baud: int, ids: str) -> tuple[Input, ...]:
    """A GELLO, for the catalogue of kinds."""
    return (Leader(LEADERS["gello"], DynamixelBus(), config, port, baud, ids),)


def koch(config: Path, port: str, baud: int, ids: str) -> tuple[Input, ...]:
    """A Koch leader, for the catalogue of kinds."""
    return (Leader(LEADERS["koch"], DynamixelBus(), config, port, baud, ids),)
