"""ServoBus: a bus of servos that is asked where they stand, and the port under the makers' SDKs.

Both SDKs come with a port of their own that spins a core while it waits, says nothing of use when a port cannot be
opened, and in one of them does not drop old bytes. Their packet code is used as it is, over this port.
"""

import time
from collections.abc import Sequence
from typing import Final, Protocol

from accord.devices.inputs.serial_port import SerialPort, open_serial

BITS_PER_BYTE: Final = 10
"""A start bit, eight bits, a stop bit."""
ANSWER_S: Final = 0.034
"""How long an answer may take beside its time on the wire, as in both SDKs: twice the 16 ms that an FTDI adapter holds
bytes back, and 2 ms [s]."""
QUIET_S: Final = 0.01
"""A line that says nothing for so long has nothing left to say [s]."""
_NO_NOISE_S: Final = 0.03
"""For so long it is waited for that [s]."""


class UnansweredError(Exception):
    """The servos that were asked did not answer, or not so that it could be understood."""

    def __init__(self, garbled: bool) -> None:
        super().__init__("garbled" if garbled else "silent")
        self.garbled = garbled
        """Whether there was an answer that made no sense: damaged, or to another question."""


class ServoBus(Protocol):
    """Servos of one make on one port. Every method blocks for the time on the wire, and `ANSWER_S` at most."""

    make: str
    """Who makes them."""
    models: dict[int, str]
    """Model number → name of each servo that reads like the others."""
    bauds: tuple[int, ...]
    """Those that its servos can be set to, the usual ones first [bit/s]."""

    def open(self, path: str, baud: int) -> None:
        """Open the port.

        Raises:
            NotConnectedError: if it is not there, forbidden, or held by another program.
            DeviceError: if it is no serial port.
        """
        ...

    def model(self, servo: int) -> int:
        """The model number of one servo.

        Raises:
            UnansweredError: if it does not answer.
            NotConnectedError: if the plug was pulled. So do all of these.
        """
        ...

    def release(self, servo: int) -> None:
        """Let it be moved by hand."""
        ...

    def positions(self, servos: Sequence[int]) -> tuple[int, ...]:
        """Where these stand, all asked at once; in their order [tick]."""
        ...

    def position(self, servo: int) -> int:
        """Where one stands [tick]."""
        ...

    def close(self) -> None:
        """Let go of the port; closing twice is allowed."""
        ...


class SdkPort:
    """What the packet code of both SDKs needs of a port. Their names, hence not ours.

    A read waits asleep until as many bytes are there as it wants, first for as long as those take on the wire.

    Args:
        path: of the serial port.
        baud: [bit/s].
    """

    def __init__(self, path: str, baud: int) -> None:
        self._port: SerialPort = open_serial(path, baud)
        self._byte_s = BITS_PER_BYTE / baud
        self._buffer = bytearray()
        self._deadline_s = 0.0
        self._sent_s = 0.0
        self._expected = 0
        self.is_using = False
        """The SDKs' mark that an answer is awaited."""

    def expect(self, count: int) -> None:
        """Before a request: how many bytes its whole answer has."""
        self._expected = count

    def clearPort(self) -> None:  # noqa: N802
        """Drop what came too late."""
        self._port.waiting()
        self._buffer.clear()

    def writePort(self, packet: Sequence[int]) -> int:  # noqa: N802
        """Send a packet."""
        data = bytes(packet)
        self._port.waiting()  # one of the SDKs clears nothing
        self._buffer.clear()
        self._sent_s = time.monotonic() + len(data) * self._byte_s
        return self._port.write(data)

    def readPort(self, length: int) -> bytes:  # noqa: N802
        """So many bytes, or those that came in time."""
        length = max(0, length)
        while len(self._buffer) < length and (left_s := self._deadline_s - time.monotonic()) > 0.0:
            missing = max(self._expected, length) - len(self._buffer)
            on_wire_s = max(self._sent_s, time.monotonic()) + missing * self._byte_s - time.monotonic()
            self._expected = 0
            time.sleep(min(max(on_wire_s, 0.0), left_s))
            self._port.wait(max(0.0, self._deadline_s - time.monotonic()))
            self._buffer += self._port.waiting()
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def setPacketTimeout(self, length: int) -> None:  # noqa: N802
        """An answer of so many bytes is awaited from now on."""
        self._deadline_s = self._sent_s + length * self._byte_s + ANSWER_S

    def isPacketTimeout(self) -> bool:  # noqa: N802
        """Whether it was awaited long enough."""
        return time.monotonic() >= self._deadline_s

    def give_up(self, garbled: bool) -> None:
        """End an exchange that failed. After a garbled answer wait, though not for ever, until nothing more comes.

        Args:
            garbled: whether anything came at all.
        """
        self.is_using = False
        until_s = time.monotonic() + (_NO_NOISE_S if garbled else 0.0)
        while time.monotonic() < until_s:
            self._port.wait(QUIET_S)
            if not self._port.waiting():
                break
        self._buffer.clear()

    def close(self) -> None:
        """Let go of it."""
        self._port.close()
