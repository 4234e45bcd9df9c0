"""A stick that sends text lines over UDP: ``x y z roll pitch yaw buttons``, 20 to 200 times a second, also at rest."""

import select
import socket
import time
from pathlib import Path

import numpy as np

from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.kind import Kind, Option
from accord.devices.mapping import Mapping
from accord.devices.tempo import Tempo

STALE_NS = 100_000_000
"""A word that is older than this is none [ns]."""
AXES, BUTTONS = 6, 32


class UdpStick:
    """The stick. Satisfies `accord.devices.input.Input` and `accord.devices.input.Waits`."""

    name = "udp stick"
    channels = ("x [1]", "y [1]", "z [1]", "roll [1]", "pitch [1]", "yaw [1]", "buttons [1]")

    def __init__(self, port: int, full: float) -> None:
        if not 0 < port < 65536:
            raise DeviceError("a UDP port from 1 to 65535", f"{port}", "give the one that the stick sends to")
        if not 0.0 < full < float("inf"):
            raise DeviceError("a full deflection above 0", f"{full:g}", "give the number at the end of the stick's way")
        self._port, self._full = port, full
        self._socket: socket.socket | None = None
        self._state: InputState | None = None
        self._detail = "not opened"
        self._reports = self._refused = self._last_ns = self._search_ns = 0
        self._tempo = Tempo()

    def open(self) -> None:
        """Begin to listen; a port that is taken is tried again at later reads."""
        if self._socket is None:
            self._search_ns = -1
            self._detail = self._silence()

    def read(self, t_ns: int) -> InputState | None:
        """The newest word; None while there is none that is fresh. Never raises, never blocks."""
        if self._search_ns == 0 or not self._bound(t_ns):
            return None
        for line in self._waiting():  # drain it: only the newest word counts
            self._believe(line, t_ns)
        if self._state is None or t_ns - self._state.t_ns > STALE_NS:
            self._state, self._detail = None, self._silence()
            return None
        self._detail = ""
        return self._state

    def _bound(self, t_ns: int) -> bool:
        if self._socket is None and t_ns >= self._search_ns:
            self._search_ns = t_ns + 500_000_000
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            one.setblocking(False)
            try:
                one.bind(("127.0.0.1", self._port))
            except OSError as error:
                one.close()
                wanted, remedy = f"UDP port {self._port} for the stick", "close what has it, or choose another port"
                self._detail = str(DeviceError(wanted, error.strerror or str(error), remedy))
            else:
                self._socket = one
        return self._socket is not None

    def _waiting(self) -> list[bytes]:
        assert self._socket is not None
        lines: list[bytes] = []
        try:
            while len(lines) < 1000:  # one gone mad cannot hold us
                lines.append(self._socket.recv(256))
        except OSError:  # nothing waits any more
            pass
        return lines

    def _believe(self, line: bytes, t_ns: int) -> None:
        try:
            *numbers, buttons = line.split()
            axes = np.array([float(number) for number in numbers]) / self._full
            mask = int(buttons)
        except ValueError:
            self._refused += 1
            return
        if axes.shape != (AXES,) or not np.isfinite(axes).all() or not 0 <= mask < 1 << BUTTONS:
            self._refused += 1
            return
        raw = np.append(axes * self._full, float(mask))
        self._state = InputState(np.clip(axes, -1.0, 1.0), mask, t_ns, raw=raw)
        self._reports, self._last_ns = self._reports + 1, t_ns
        self._tempo.heard(t_ns)

    def _silence(self) -> str:
        remedy = "switch it on, and tell it this address"
        return str(DeviceError(f"lines of the stick at 127.0.0.1:{self._port}", "silence", remedy))

    def wait(self, timeout_s: float) -> None:
        """Return as soon as something came, so that nothing waits for the next look."""
        if self._socket is None:
            time.sleep(timeout_s)
        else:
            select.select([self._socket], [], [], timeout_s)

    def health(self) -> Health:
        """How it is doing."""
        tempo = (self._tempo.rate_hz, self._tempo.jitter_ms)
        counted = (self._last_ns, self._reports, self._refused)
        return Health(self.name, self._state is not None, self._detail, *counted, *tempo, serial=f"UDP {self._port}")

    def close(self) -> None:
        """Stop listening; twice is allowed."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._state, self._search_ns, self._detail = None, None, 0, "not opened"
        self._tempo.clear()


def inputs(config: Path, port: int, full: float) -> tuple[UdpStick]:
    """What Accord calls: every option by its name, and the folder of calibrations, which a stick does not need."""
    return (UdpStick(port, full),)


KIND = Kind(
    name="udp-stick",
    text="UDP stick",
    maker="accord_udp_stick:inputs",
    options=(Option("port", "UDP port that it sends to", 47_900), Option("full", "number at full deflection", 1.0)),
    mapping=Mapping(dead_zones=(0.05,) * 6, exponents=(1.5,) * 6),
)
