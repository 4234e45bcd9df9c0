"""Serial ports: what is plugged in, and one of them opened. The only door of pyserial.

A pseudo-terminal's path works like any other. A pulled plug shows itself as `termios.error`, as `OSError` or as
pyserial's own error, depending on where the program was; all of them leave here as `NotConnectedError`.
"""

import errno
import os
import select
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import serial  # type: ignore[import-untyped]
from serial.tools import list_ports  # type: ignore[import-untyped]

from accord.devices.errors import DeviceError, NotConnectedError

_MOST_BYTES: Final = 65536
"""Taken at one time: more than a second of the fastest device here, so a flood cannot hold the caller up."""
_POLL_S: Final = 0.001
"""How often a system is asked that cannot wait for a serial port (Windows) [s]."""
_WINDOWS: Final = sys.platform == "win32"
_HOW_TO_BE_ALLOWED: Final = (
    "close what else holds the port, or run accord as an administrator"
    if _WINDOWS
    else 'add yourself to the group dialout (`sudo usermod -aG dialout "$USER"`) and log in again'
)

try:  # raised where a port is set up or asked; Windows has no such module
    from termios import error as _TerminalError  # noqa: N812  it is a class there, with a small letter
except ImportError:
    _TerminalError = OSError  # type: ignore[misc,assignment]
# TypeError and ValueError: pyserial reads from a descriptor that it has forgotten, or that is -1.
_FAILURES: Final = (serial.SerialException, OSError, _TerminalError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port that is there."""

    device: str
    """Its path or name: ``/dev/ttyUSB0``, ``COM3``."""
    text: str
    """What the system calls the thing behind it."""
    serial: str
    """Serial number of its USB adapter, or empty."""
    vendor: int | None
    """USB vendor id; None where it is no USB device."""
    product: int | None
    """USB product id; None where it is no USB device."""


def ports() -> tuple[Port, ...]:
    """Every serial port of this machine, by name."""
    found = sorted(list_ports.comports(), key=lambda port: (len(port.device), port.device))
    return tuple(Port(one.device, one.description, one.serial_number or "", one.vid, one.pid) for one in found)


def serial_of(path: str) -> str:
    """The serial number of the adapter behind a port; the port itself where it has none."""
    return next((port.serial for port in ports() if port.device == path and port.serial), path)


def there_are() -> str:
    """Ports for an error's remedy: those with something plugged in, if there are any; the first few."""
    every = ports()
    named = [port.device for port in every if port.vendor is not None] or [port.device for port in every]
    return ", ".join(named[:4]) + (" …" if len(named) > 4 else "") if named else "none"


class SerialPort:
    """An open serial port that never blocks."""

    def __init__(self, path: str, port: serial.Serial) -> None:
        self.path = path
        self._port: serial.Serial | None = port

    def waiting(self) -> bytes:
        """All that has come since the last call, perhaps nothing.

        Raises:
            NotConnectedError: if the plug was pulled.
        """
        try:
            return bytes(self._open.read(_MOST_BYTES))
        except _FAILURES as error:
            raise self._gone(error) from error

    def write(self, data: bytes) -> int:
        """Send, and say how many bytes the system took.

        Raises:
            NotConnectedError: if the plug was pulled.
        """
        try:
            return int(self._open.write(data) or 0)
        except _FAILURES as error:
            raise self._gone(error) from error

    def wait(self, timeout_s: float) -> None:
        """Return as soon as something waits, after `timeout_s` [s] at the latest. Never raises."""
        try:
            if sys.platform == "win32":
                self._poll(timeout_s)
            else:
                select.select([self._open.fileno()], [], [], timeout_s)
        except _FAILURES:  # the plug was pulled: the next `waiting` says so, and nobody spins until then
            time.sleep(min(timeout_s, _POLL_S))

    def _poll(self, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        while not self._open.in_waiting and time.monotonic() < until:
            time.sleep(_POLL_S)

    @property
    def _open(self) -> serial.Serial:
        if self._port is None:
            raise OSError("it closed")
        return self._port

    def _gone(self, error: Exception) -> NotConnectedError:
        found = "that it was unplugged" if self._port is not None else str(error)
        return NotConnectedError(f"bytes from {self.path}", found, "plug it in again; it is looked for all the time")

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        port, self._port = self._port, None
        if port is not None:
            with suppress(*_FAILURES):  # it may have gone already
                port.close()


def open_serial(path: str, baud: int) -> SerialPort:
    """Open a serial port for this process alone, eight bits, no parity, one stop bit.

    Args:
        path: its path or name; a pseudo-terminal's path too.
        baud: bits per second.

    Raises:
        NotConnectedError: if it is not there, forbidden, or held by another program.
        DeviceError: if it is no serial port, or cannot be so fast.
    """
    if baud < 1:  # zero would hang up
        raise _wrong_baud(path, baud)
    if os.path.exists(path) and not os.access(path, os.R_OK | os.W_OK):
        raise NotConnectedError(f"to read {path}", "no permission", _HOW_TO_BE_ALLOWED)
    try:
        # Exclusive: two readers would each get half of the bytes.
        port = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=None if _WINDOWS else True)
    except _FAILURES as error:
        raise _why_not(path, baud, error) from error
    return SerialPort(path, port)


def _why_not(path: str, baud: int, error: Exception) -> DeviceError:
    number, text = getattr(error, "errno", None), str(error)
    if isinstance(error, ValueError):
        return _wrong_baud(path, baud)
    if number in (errno.EAGAIN, errno.EBUSY, errno.EWOULDBLOCK):
        return NotConnectedError(f"{path} alone", "that another program holds it", "close that program")
    if number in (errno.EACCES, errno.EPERM) or "PermissionError" in text:
        return NotConnectedError(f"to read {path}", "no permission", _HOW_TO_BE_ALLOWED)
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV) or "FileNotFoundError" in text:
        remedy = f"plug it in, or name another ({there_are()}); it is looked for all the time"
        return NotConnectedError(f"a device at {path}", "no such port", remedy)
    return DeviceError(f"a serial port at {path}", f"something else ({text})", f"name another ({there_are()})")


def _wrong_baud(path: str, baud: int) -> DeviceError:
    return DeviceError(f"{path} at {baud} baud", "that no port can do that", "give the device's own baud rate")
