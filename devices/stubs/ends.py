"""The device's end of a wire: a pseudo-terminal in place of a USB cable, or UDP."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from accord.devices.errors import DeviceError


class End(Protocol):
    """A wire, from the device's side. What nobody takes is lost, as it is on a cable."""

    name: str
    """What the host has to open or to listen at."""

    def send(self, data: bytes) -> None:
        """Send without waiting."""
        ...

    def close(self) -> None:
        """Pull the plug; closing twice is allowed."""
        ...


Plug = Callable[[], End]
"""Plugs the device in."""


class PtyEnd:
    """A pseudo-terminal; see `End`.

    Args:
        link: a path that shall lead to it, as ``/dev/serial/by-id`` does to a cable, however often it is plugged in;
            None for none.

    Raises:
        DeviceError: if something that is no link is already there, or no pseudo-terminal can be had.
    """

    def __init__(self, link: Path | None = None) -> None:
        import tty  # noqa: PLC0415  Windows has none, and no pseudo-terminals; UDP works there

        self._link = link
        if link is not None and link.exists() and not link.is_symlink():
            raise DeviceError(f"a place for a link at {link}", "a file", "name another path, or remove it")
        try:
            # The host's side stays open here too: a pseudo-terminal that nobody has open refuses what is sent.
            self._device, self._host = os.openpty()
        except OSError as error:
            raise DeviceError("a pseudo-terminal", str(error), "try it with --udp") from error
        tty.setraw(self._host)
        os.set_blocking(self._device, False)
        self.name = os.ttyname(self._host)
        if link is not None:
            self._lead_to_it(link)
            self.name = str(link)
        self._open = True

    def _lead_to_it(self, link: Path) -> None:
        beside = link.with_name(f".{link.name}.{os.getpid()}")
        try:
            beside.symlink_to(os.ttyname(self._host))
            beside.replace(link)
        except OSError as error:
            raise DeviceError(f"a link at {link}", str(error.strerror), "name a path in a folder of yours") from error

    def send(self, data: bytes) -> None:
        """See `End`."""
        if self._open:
            with suppress(BlockingIOError):  # nobody takes it
                os.write(self._device, data)

    def close(self) -> None:
        """See `End`."""
        if self._open:
            self._open = False
            if self._link is not None:
                with suppress(OSError):
                    self._link.unlink()
            os.close(self._device)
            os.close(self._host)


class UdpEnd:
    """A sender of datagrams; see `End`.

    Args:
        port: of the host.
        address: of the host.

    Raises:
        DeviceError: if there is no way to it.
    """

    def __init__(self, port: int, address: str) -> None:
        self.name = f"UDP {address}:{port}"
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.connect((address, port))
        except (OSError, OverflowError) as error:
            self._socket.close()
            raise DeviceError(
                f"a way to {self.name}", str(error), "give an address and a port of this machine"
            ) from error

    def send(self, data: bytes) -> None:
        """See `End`."""
        with suppress(OSError):  # nobody listens yet, or no more
            self._socket.send(data)

    def close(self) -> None:
        """See `End`."""
        self._socket.close()
