"""A leader arm: the emulator of its bus in a process of its own, on a pseudo-terminal timed like a true wire."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from leader_stub import LeaderStub, calibrate
from wires.wire import swing

from accord.devices.inputs.kinds import kind_named
from accord.devices.inputs.leaders import LEADERS
from accord.devices.setup import Setup
from accord.devices.stubs.faults import Trouble
from accord.devices.stubs.leader_run import LINES

BAUD = 1_000_000
"""Eight servos at GELLO's own 57,600 are read 55 times a second; at this, a hundred times [bit/s]."""
REACH_RAD = 0.12
LONG_S = 60.0
AT_EASE = (0.0, 0.0, 0.2, -1.2, 0.0)
"""A leader of five joints in the middle of its reach, its hand steeply down: its roll then turns about the vertical."""


class ArmWire:
    """A leader; see `Wire`. One of the robot's build leads its joints, one of five joints its hand.

    Args:
        name: of the leader.
        config: folder of a desk, where its calibration is kept.
        robot: (7,) how the robot's joints stand at first [rad].
    """

    task = "square-nut"
    faults = (Trouble.UNPLUGGED, Trouble.SILENT, Trouble.RUBBISH, Trouble.LATE)
    """It is asked, and says nothing by itself: never twice as fast."""

    def __init__(self, name: str, config: Path, robot: Sequence[float]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._stub = LeaderStub(name, Path(self._folder.name), "--baud", str(BAUD))
        self.setup = Setup(name, name, {"port": self._stub.port, "baud": BAUD})
        calibrate(name, self._stub.port, config)
        alike = len(LEADERS[name].reference) == len(robot)
        self.pose = np.array(robot if alike else AT_EASE, dtype=np.float64)
        self.mapping = kind_named(name).mapping
        self._motion = Path(self._folder.name) / "motion.csv"
        self._fault: Trouble | None = None
        self.move(self.pose, 1.0)

    @property
    def last_good_ns(self) -> int:
        return 0  # it answers, and does not say when

    def move(self, joints: np.ndarray, opening: float) -> None:
        """Stand so [rad, 1]."""
        self._stub.move([*joints, opening])

    def release(self) -> None:
        self.move(self.pose, 0.0)

    def take(self) -> None:
        """Its last joint swings."""
        rows = []
        for t_s in np.arange(0.0, LONG_S, 0.125):
            joints = self.pose.copy()
            joints[-1] += REACH_RAD * swing(float(t_s))
            rows.append([t_s, *joints, 1.0])
        titles = ",".join(("t_s", *(f"joint {number}" for number in range(1, len(self.pose) + 1)), "trigger"))
        np.savetxt(self._motion, rows, delimiter=",", header=titles, comments="")
        self._stub.say(f"play {self._motion}")

    def fail(self, trouble: Trouble) -> None:
        self._fault = trouble
        self._stub.say(LINES[trouble][0])

    def mend(self) -> None:
        if self._fault is not None:
            self._stub.say(LINES[self._fault][1])
        self._fault = None

    def close(self) -> None:
        self._stub.__exit__(None, None, None)
        self._folder.cleanup()
