"""SpaceMice through spacenavd, the free driver that many Linux desktops run for CAD programs.

Over its socket come records of eight native 32-bit integers (src/proto.h and src/proto_unix.c of spacenavd 1.1):

    0, x, y, z, rx, ry, rz, ms since the last        the cap moved
    1, button    2, button                           pressed, let go
    3, ...                                           a device was plugged in or unplugged

Its axes are x right, y up, z away from the person, and right-handed turns about these; `Puck` speaks the device's own.

Two things make it the second choice. It does not repeat itself: a cap that is held quite still is silent, and silence
while deflected has to count as a lost device (its option ``repeat-interval`` does not help: 1.1 takes the part below a
second for microseconds and sends 8000 records a second for 20 ms). And it hides which of two devices says what.
"""

import os
import socket
from pathlib import Path
from struct import Struct
from typing import Final

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.hidraw import permit
from accord.devices.inputs.reports import Heard, Pressed, Puck, Refusal
from accord.devices.inputs.wire import MOST_REPORTS, NUDGE

SOCKET: Final = Path("/run/spnav.sock")
VARIABLE: Final = "SPNAV_SOCKET"
"""Environment variable that names another socket; libspnav heeds it too."""

MOTION, PRESS, RELEASE, DEVICE = 0, 1, 2, 3
"""What a record is about."""
TAG: Final = 0x7FAA0000
"""Answers and requests begin with it. As a float it is not a number, so daemons before 1.0, which take every word from
a client for a sensitivity, ignore it."""
OFFER: Final = TAG | 0x5501
"""Asks for version 1 of the protocol, and is the answer, too. Older daemons do not answer, and cannot be asked what is
plugged in."""
COUNT_AXES: Final = TAG | 0x2002
"""Asks how many axes the device has; the last word of the answer is not 0 where there is no device."""

_RECORD: Final = Struct("8i")
_WORD: Final = Struct("I")
_QUESTION: Final = _WORD.pack(COUNT_AXES) + 7 * _WORD.pack(TAG)
"""The words behind it mean nothing; to a daemon before 1.0 they shall not be numbers either."""
_MOST_BUTTONS: Final = 64


def socket_path() -> Path:
    """Where spacenavd listens."""
    return Path(os.environ.get(VARIABLE) or SOCKET)


class SpacenavdWire:
    """A connection to spacenavd."""

    name: str = "SpaceMouse through spacenavd"
    serial: str = ""

    def __init__(self, connection: socket.socket) -> None:
        self.silence = f"{NUDGE} (spacenavd is silent while a cap is held quite still; to do without it, `{permit()}`)"
        self.present: bool | None = None
        """Whether it has a device; None while it has not said."""
        self.heard = False
        """Whether it answered at all."""
        self._connection = connection
        self._rest = b""

    def ask(self) -> None:
        """Ask what is plugged in; `waiting` takes the answers.

        Raises:
            NotConnectedError: the daemon is gone.
        """
        self._send(_WORD.pack(OFFER) + _QUESTION)

    def waiting(self) -> list[bytes]:
        """Every record that waits, oldest first, less what was said between us and the daemon; see `Wire`."""
        self._rest += self._received()
        reports = []
        while (record := self._next()) is not None:
            kind = _WORD.unpack_from(record)[0]
            if kind == COUNT_AXES:
                self._judge(_RECORD.unpack(record)[-1])
            elif kind == DEVICE:
                self._send(_QUESTION)
            else:
                reports.append(record)
        return reports

    def _next(self) -> bytes | None:
        """The next whole record of those that came."""
        if len(self._rest) >= _WORD.size and _WORD.unpack_from(self._rest)[0] == OFFER:
            self.heard, self._rest = True, self._rest[_WORD.size :]
        if len(self._rest) < _RECORD.size:
            return None
        record, self._rest = self._rest[: _RECORD.size], self._rest[_RECORD.size :]
        return record

    def _judge(self, status: int) -> None:
        was, self.present = self.present, status == 0
        if was and not self.present:
            raise NotConnectedError(f"reports from {self.name}", "that it was unplugged", "plug it in again")

    def _received(self) -> bytes:
        """All that waits. A daemon that has ended is told at once, also where its last records wait before its end."""
        received, most = b"", _RECORD.size * MOST_REPORTS
        while len(received) < most:
            try:
                data = self._connection.recv(most)
            except BlockingIOError:
                break
            except OSError as error:
                raise _gone(str(error)) from error
            if not data:
                raise _gone("that it ended")
            received += data
        return received

    def _send(self, request: bytes) -> None:
        try:
            self._connection.send(request)
        except OSError as error:
            raise _gone(str(error)) from error

    def decode(self, report: bytes, puck: Puck) -> Heard:
        """What a record says; see `Wire`."""
        kind, x, y, z, rx, ry, rz, _ = _RECORD.unpack(report)
        if kind == MOTION:
            return Puck((x, -z, -y), (rx, -rz, -ry), puck.buttons)
        if kind in (PRESS, RELEASE) and 0 <= x < _MOST_BUTTONS:
            bit = 1 << x
            return Pressed(puck.buttons | bit if kind == PRESS else puck.buttons & ~bit)
        return Refusal.FOREIGN

    def light(self, on: bool) -> None:
        """Nothing: spacenavd switches the light itself."""

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        self._connection.close()


class SpacenavdDoor:
    """The SpaceMouse that spacenavd has.

    The daemon is asked at one `find` and its answer taken at a later one, so that nobody waits for it.

    Args:
        path: where it listens.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or socket_path()
        self._asked: SpacenavdWire | None = None

    def find(self) -> SpacenavdWire:
        """The SpaceMouse, once the daemon has said that it has one; see `Door`."""
        asked = self._asked is not None
        wire = self._asked = self._asked or SpacenavdWire(_connect(self._path))
        try:
            if not asked:
                wire.ask()
            wire.waiting()
        except NotConnectedError:
            self.close()
            raise
        older = asked and not wire.heard
        if wire.present or older:
            self._asked = None
            return wire
        found = "no answer yet" if wire.present is None else "that it has none"
        raise NotConnectedError("a SpaceMouse from spacenavd", found, "plug it in or switch it on")

    def close(self) -> None:
        """Let go of what the search holds; see `Door`."""
        wire, self._asked = self._asked, None
        if wire is not None:
            wire.close()


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.setblocking(False)
    try:
        connection.connect(str(path))
    except OSError as error:
        connection.close()
        remedy = "start it (`sudo systemctl start spacenavd`)"
        raise NotConnectedError(f"spacenavd at {path}", str(error), remedy) from error
    return connection


def _gone(found: str) -> NotConnectedError:
    return NotConnectedError("records from spacenavd", found, "start it again; it is looked for all the time")
