"""An exoskeleton or a cockpit: the stub that speaks their protocol, over a pseudo-terminal or UDP."""

import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from wires.phone import free_port
from wires.wire import swing

from accord.devices.inputs.exo_packet import Decoder
from accord.devices.mapping import EXOSKELETON_DEFAULT
from accord.devices.setup import Setup
from accord.devices.stubs.airexo import AIREXO
from accord.devices.stubs.cockpit import COCKPIT
from accord.devices.stubs.ends import End, PtyEnd, UdpEnd
from accord.devices.stubs.exo_run import ExoRun
from accord.devices.stubs.exo_stub import Body
from accord.devices.stubs.faults import Trouble

RATE_HZ = 100
REACH_RAD = 0.15
SIDES = ("left", "right")


class _Timed:
    """An end that knows when it was given what; see `End`."""

    def __init__(self, end: End, codes: list[tuple[float, int]]) -> None:
        self.name, self._end, self._codes, self.sent_ns = end.name, end, codes, 0

    def send(self, data: bytes) -> None:
        begun_ns = time.monotonic_ns()
        self._end.send(data)
        self.sent_ns = time.monotonic_ns()
        self._codes += [(packet.sequence, begun_ns) for packet in Decoder().feed(data)[-1:]]

    def close(self) -> None:
        self._end.close()


class ExoWire:
    """See `Wire` and `Coded`: every packet has a sequence number.

    Args:
        kind: ``exoskeleton``, on a serial port, or ``cockpit``, over UDP.
    """

    mapping = replace(EXOSKELETON_DEFAULT)
    task = "handover"
    faults = (Trouble.UNPLUGGED, Trouble.SILENT, Trouble.RUBBISH, Trouble.LATE, Trouble.FAST)
    code_channel = "sequence [1]"

    def __init__(self, kind: str) -> None:
        build = AIREXO if kind == "exoskeleton" else COCKPIT
        self._folder = tempfile.TemporaryDirectory()
        port, link = free_port(), Path(self._folder.name) / "port"
        udp = kind == "cockpit"
        options: dict[str, str | int | float | bool] = {"udp": port} if udp else {"port": str(link)}
        self.setup = Setup(kind, kind, options)
        self.body = Body(build)
        self._gloved, self._swings, self._good_ns = udp, False, 0
        self._trouble: Trouble | None = None
        self._end: _Timed | None = None
        self.codes: list[tuple[float, int]] = []

        def plug() -> End:
            self._end = _Timed(UdpEnd(port, "127.0.0.1") if udp else PtyEnd(link), self.codes)
            return self._end

        for side in SIDES:
            self.body.move(f"{side} elbow flexion", 1.5)
        self._run = ExoRun(self.body, plug, RATE_HZ, watchers=[self._move])
        self._thread = threading.Thread(target=self._run.run, args=(1e9,), daemon=True)
        self._thread.start()

    @property
    def last_good_ns(self) -> int:
        return self._good_ns

    def _move(self, t_s: float, body: Body) -> None:
        if self._end is not None and self._trouble in (None, Trouble.FAST):
            self._good_ns = self._end.sent_ns  # of the packet before
        if self._swings:
            for side in SIDES:
                body.move(f"{side} elbow flexion", 1.5 + REACH_RAD * swing(t_s))

    def grip(self, side: str, opening: float) -> None:
        """How far one hand is open [1]."""
        if not self._gloved:
            self.body.move(f"{side} trigger", opening)
            return
        for channel in self.body.build.channels:
            if channel.name.startswith(f"{side} glove ") and not channel.name.endswith("spread"):
                self.body.move(channel.name, 1.0 - opening)

    def release(self) -> None:
        for side in SIDES:
            self.grip(side, 0.0)

    def take(self) -> None:
        self._swings = True
        for side in SIDES:
            self.grip(side, 1.0)

    def still(self) -> None:
        """Stop swinging: somebody else says where it is."""
        self._swings = False

    def fail(self, trouble: Trouble) -> None:
        if trouble is not Trouble.FAST and self._end is not None:
            self._good_ns = self._end.sent_ns
        self._trouble = trouble
        self._run.trouble(trouble)

    def mend(self) -> None:
        self._run.trouble(None)
        self._trouble = None

    def close(self) -> None:
        self._run.end()
        self._thread.join()
        self._folder.cleanup()
