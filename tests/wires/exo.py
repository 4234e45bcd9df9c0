"""An exoskeleton or a cockpit: the stub that speaks their protocol, over a pseudo-terminal or UDP."""

import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from wires.phone import free_port
from wires.wire import swing

from accord.devices.calibration import Calibrations, TriggerCalibration
from accord.devices.command import Vector
from accord.devices.fingers import BENDS, CHANNELS
from accord.devices.inputs.exo_calibration import GRIP_TURN, announced
from accord.devices.inputs.exo_packet import FULL, Decoder, Hello
from accord.devices.inputs.glove import GloveCalibration, mean_bend
from accord.devices.mapping import EXOSKELETON_DEFAULT
from accord.devices.setup import Setup
from accord.devices.stubs.airexo import AIREXO
from accord.devices.stubs.cockpit import COCKPIT
from accord.devices.stubs.ends import End, PtyEnd, UdpEnd
from accord.devices.stubs.exo_run import ExoRun
from accord.devices.stubs.exo_stub import Body, ExoStub
from accord.devices.stubs.faults import Trouble

RATE_HZ = 100
REACH_RAD = 0.15
SIDES = ("left", "right")
_OPEN_HAND: Final = np.where(BENDS, np.linspace(0.06, 0.14, len(CHANNELS)), 0.5) * FULL
_FIST: Final = np.where(BENDS, np.linspace(0.92, 0.78, len(CHANNELS)), 0.5) * FULL
_SPAN: Final = np.where(BENDS, _FIST - _OPEN_HAND, 0.5 * FULL)
GLOVE: Final = GloveCalibration(tuple(_OPEN_HAND.tolist()), tuple(_FIST.tolist()))
"""What gloves say of this person's hands: no finger uses the whole range of its sensors, and none as the next does."""


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
        calibrations: the desk's; those of a cockpit on this person are put there.
    """

    mapping = replace(EXOSKELETON_DEFAULT)
    task = "handover"
    faults = (Trouble.UNPLUGGED, Trouble.SILENT, Trouble.RUBBISH, Trouble.LATE, Trouble.FAST)
    code_channel = "sequence [1]"

    def __init__(self, kind: str, calibrations: Path) -> None:
        build = AIREXO if kind == "exoskeleton" else COCKPIT
        self._folder = tempfile.TemporaryDirectory()
        port, link = free_port(), Path(self._folder.name) / "port"
        udp = kind == "cockpit"
        options: dict[str, str | int | float | bool] = {"udp": port} if udp else {"port": str(link)}
        self.setup = Setup(kind, kind, options)
        self.body = Body(build)
        self.gloved, self._swings, self._good_ns = udp, False, 0
        self._trouble: Trouble | None = None
        self._end: _Timed | None = None
        self.codes: list[tuple[float, int]] = []

        def plug() -> End:
            self._end = _Timed(UdpEnd(port, "127.0.0.1") if udp else PtyEnd(link), self.codes)
            return self._end

        for side in SIDES:
            self.body.move(f"{side} elbow flexion", 1.5)
        if self.gloved:
            self._wear(calibrations)
        self._run = ExoRun(self.body, plug, RATE_HZ, watchers=[self._move])
        self._thread = threading.Thread(target=self._run.run, args=(1e9,), daemon=True)
        self._thread.start()

    @property
    def last_good_ns(self) -> int:
        return self._good_ns

    def _wear(self, calibrations: Path) -> None:
        """The hands lie open in the gloves, and each glove is calibrated on its hand."""
        (hello, *_) = Decoder().feed(ExoStub(self.body, RATE_HZ).say(0.0))
        assert isinstance(hello.content, Hello)
        trigger = TriggerCalibration(mean_bend(_OPEN_HAND), mean_bend(_FIST), GRIP_TURN)
        for side in SIDES:
            self.bend(side, np.zeros(len(CHANNELS)))
            kept = replace(announced(hello.content, "cockpit", side), trigger=trigger, glove=GLOVE)
            Calibrations(calibrations).save(kept)

    def _move(self, t_s: float, body: Body) -> None:
        if self._end is not None and self._trouble in (None, Trouble.FAST):
            self._good_ns = self._end.sent_ns  # of the packet before
        if self._swings:
            for side in SIDES:
                body.move(f"{side} elbow flexion", 1.5 + REACH_RAD * swing(t_s))

    def grip(self, side: str, opening: float) -> None:
        """How far one hand is open [1]."""
        if self.gloved:
            self.bend(side, np.where(BENDS, 1.0 - opening, np.nan))
        else:
            self.body.move(f"{side} trigger", opening)

    def bend(self, side: str, bends: Vector) -> None:
        """How the fingers of one gloved hand are, (15,) as in `InputState.fingers`; NaN for what stays as it is [1]."""
        for name, share in zip(CHANNELS, (_OPEN_HAND + bends * _SPAN) / FULL, strict=True):
            if np.isfinite(share):
                self.body.move(f"{side} glove {name}", float(share))

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
