"""Feetech: leaders of Feetech STS servos (SO-100, SO-101), through Feetech's SDK. Its only door."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from scservo_sdk import COMM_RX_TIMEOUT, COMM_SUCCESS, PacketHandler  # type: ignore[import-untyped]

from accord.devices.input import Input
from accord.devices.inputs.leader import Leader
from accord.devices.inputs.leaders import LEADERS
from accord.devices.inputs.sdk_bus import SdkBus

MODELS: Final = {777: "STS3215", 2825: "STS3250"}
"""As in LeRobot's tables; both have 4096 ticks a turn and the same memory table."""
_LOW_BYTE_FIRST: Final = 0
"""The SDK's word for the STS series; its SCS series has the high byte first."""
_MODEL, _TORQUE, _POSITION = 3, 40, 56
_WORD: Final = 2
_STATUS: Final = 6
"""Bytes of an answer without parameters."""
_SIGN: Final = 0x8000
"""A position is a size and a sign, not two's complement."""


class FeetechBus(SdkBus):
    """Satisfies `accord.devices.inputs.servo_bus.ServoBus`."""

    make: str = "Feetech"
    success, silence = COMM_SUCCESS, COMM_RX_TIMEOUT
    models: dict[int, str] = MODELS
    bauds: tuple[int, ...] = (1_000_000, 500_000, 250_000, 115_200)

    def __init__(self) -> None:
        super().__init__()
        self._packets: Any = PacketHandler(_LOW_BYTE_FIRST)

    def model(self, servo: int) -> int:
        """See `ServoBus`."""
        data = self._read(servo, _MODEL, 2)
        return data[0] | data[1] << 8

    def release(self, servo: int) -> None:
        """See `ServoBus`."""
        if self._read(servo, _TORQUE, 1)[0]:
            self._open.expect(_STATUS)
            result, _ = self._packets.writeTxRx(self._open, servo, _TORQUE, 1, [0])
            self._check(result == COMM_SUCCESS, result)

    def position(self, servo: int) -> int:
        """See `ServoBus`."""
        return _signed(self._read(servo, _POSITION, _WORD))

    def positions(self, servos: Sequence[int]) -> tuple[int, ...]:
        """See `ServoBus`."""
        self._open.expect((_STATUS + _WORD) * len(servos))
        self._send(self._packets.syncReadTx(self._open, _POSITION, _WORD, list(servos), len(servos)))
        return tuple(_signed(self._answer(servo, _WORD)) for servo in servos)

    def _read(self, servo: int, address: int, length: int) -> list[int]:
        self._open.expect(_STATUS + length)
        self._send(self._packets.readTx(self._open, servo, address, length))
        return self._answer(servo, length)

    def _answer(self, servo: int, length: int) -> list[int]:
        """The parameters of the next packet, which has to be this servo's: answers come in the order asked."""
        packet, result = self._packets.rxPacket(self._open)
        self._check(result == COMM_SUCCESS and len(packet) == _STATUS + length and packet[2] == servo, result)
        return [int(byte) for byte in packet[5 : 5 + length]]


def _signed(data: Sequence[int]) -> int:
    word = data[0] | data[1] << 8
    return -(word & ~_SIGN) if word & _SIGN else word


def so101(config: Path, port: str, baud: int, ids: str) -> tuple[Input, ...]:
    """An SO-101 or SO-100 leader, for the catalogue of kinds."""
    return (Leader(LEADERS["so101"], FeetechBus(), config, port, baud, ids),)
