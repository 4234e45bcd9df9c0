"""A leader arm without the arm, in a process of its own, for tests."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from accord.devices.calibration import Calibration, Calibrations, JointCalibration, TriggerCalibration
from accord.devices.input import InputState
from accord.devices.inputs.leader import Leader
from accord.devices.inputs.patience import STALE_NS
from accord.devices.inputs.servo_bus import UnansweredError
from accord.devices.stubs.leader_arms import ASSEMBLIES

PATIENCE_S = 20.0
Answer = TypeVar("Answer")


class LeaderStub:
    """``python -m accord.devices.stubs.leader_run NAME``."""

    def __init__(self, name: str, folder: Path, *arguments: str) -> None:
        self.name, self.port = name, str(folder / "port")
        program = [sys.executable, "-m", "accord.devices.stubs.leader_run", name, "--link", self.port, *arguments]
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        assert self._line() == f"port {self.port}"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def say(self, line: str) -> str:
        """Have it do something, and wait until it did; what it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        answer = self._line()
        assert answer.startswith("ok "), answer
        return answer

    def mend(self) -> None:
        """Plugged in, in its reference pose, nothing wrong."""
        for line in ("whole", "plug"):
            self.say(line)
        self.move([*ASSEMBLIES[self.name].model.reference, 1.0])

    def move(self, pose: Sequence[float]) -> None:
        self.say("move " + " ".join(f"{number:.6f}" for number in pose))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=PATIENCE_S)
        self._process.stdout.close()


def true_calibration(name: str, serial: str) -> Calibration:
    """What a perfect calibration of such a stub finds."""
    assembly = ASSEMBLIES[name]
    references = assembly.model.reference
    ticks = assembly.ticks([*references, 1.0])
    joints = tuple(
        JointCalibration(tick, angle, sign, angle - 2.5, angle + 2.5, 4096)
        for tick, angle, sign in zip(ticks, references, assembly.signs, strict=False)
    )
    return Calibration(serial, name, joints, TriggerCalibration(assembly.open_tick, assembly.closed_tick, 4096))


def calibrate(name: str, serial: str, folder: Path) -> None:
    Calibrations(folder).save(true_calibration(name, serial))


def patiently(ask: Callable[[], Answer]) -> Answer:
    """What the bus answers; asked again where a busy machine made the stub too late."""
    for _ in range(20):
        with suppress(UnansweredError):
            return ask()
    return ask()


def read_until(
    device: Leader, done: Callable[[InputState | None], bool], patience_s: float = PATIENCE_S
) -> InputState | None:
    """Read as its process would, until a condition holds. Nothing stale may come out meanwhile."""
    until_s = time.monotonic() + patience_s
    while time.monotonic() < until_s:
        t_ns = time.monotonic_ns()
        state = device.read(t_ns)
        assert state is None or t_ns - STALE_NS <= state.t_ns <= t_ns
        if done(state):
            return state
        device.wait(0.02)
    raise AssertionError(f"it never came to that: {device.health()}")


def read_whole(device: Leader) -> InputState:
    state = read_until(device, lambda state: state is not None)
    assert state is not None
    return state
