"""Leader arms without the arm: how a GELLO, a Koch and an SO-101 leader are put together, and what moves them.

An arm obeys lines of text, each answered with ``ok`` and the time (CLOCK_MONOTONIC) [ns], or with what is wrong::

    move 0.1 0 0 -1.5 0 1.5 0 1    joints [rad] and how far the trigger is open
    play FILE                      a recorded motion from now on, a CSV file: t_s, joint 1 … [rad], trigger [1]
    silent 3 4 | rubbish 3 | twins 3   what these servos do from now on; ``all`` for every one
    late 0.05                      every answer comes so much later [s]
    model 3 350                    another servo is put in its place
    whole                          nothing is wrong any more
    unplug | plug                  the cable
    torque                         ids of the servos that hold against the hand
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, pi
from pathlib import Path
from typing import Final

import numpy as np

from accord.devices.errors import DeviceError
from accord.devices.inputs.leaders import GELLO, KOCH, SO101, TICKS_PER_TURN, LeaderModel, joint_names
from accord.devices.stubs import dynamixel_bus, feetech_bus
from accord.devices.stubs.recorded_motion import TIME, RecordedMotion
from accord.devices.stubs.servo_line import ALL, BusProtocol, Faults, Servo, ServoLine


@dataclass(frozen=True, slots=True)
class Assembly:
    """How one copy of a leader was put together."""

    model: LeaderModel
    servo_model: int
    zeros: tuple[int, ...]
    """Where each joint's encoder stands at an angle of zero [tick]."""
    signs: tuple[int, ...]
    open_tick: int
    closed_tick: int
    turns: bool
    """Whether its encoders count on over the end of a turn."""

    @property
    def scale(self) -> float:
        """Ticks per radian."""
        return TICKS_PER_TURN / (2 * pi)

    def ticks(self, pose: Sequence[float]) -> list[int]:
        """Where the encoders stand.

        Args:
            pose: joints [rad] and how far the trigger is open [1].
        """
        rows = zip(self.zeros, self.signs, pose[:-1], strict=True)
        exact = [zero + sign * angle * self.scale for zero, sign, angle in rows]
        exact.append(self.closed_tick + pose[-1] * (self.open_tick - self.closed_tick))
        return [round(tick) for tick in exact]


ASSEMBLIES: Final = {
    # The Franka GELLO of github.com/wuphilipp/gello_software, configs for FT3M9NVB: offsets in quarter turns, signs,
    # and a trigger from 195 to 152 degrees.
    "gello": Assembly(
        GELLO, 1200, (3072, 2048, 1024, 4096, 2048, 3072, 4096), (1, -1, 1, 1, 1, -1, 1), 2219, 1729, turns=True
    ),
    "koch": Assembly(KOCH, 1190, (2048, 2048, 2048, 2048, 2048), (1, -1, 1, 1, 1), 2600, 2050, turns=True),
    "so101": Assembly(SO101, 777, (2048, 2060, 2035, 2048, 100), (1, 1, -1, 1, 1), 3200, 2040, turns=False),
}  # fmt: skip


def _motion(path: Path, channels: int) -> RecordedMotion:
    titles = [TIME, *joint_names(channels - 1), "trigger"]
    lines = path.read_text(encoding="utf-8").splitlines() or [""]
    found = lines[0].split(",")
    if found != titles or len(lines) < 2:
        raise DeviceError(f"a table {','.join(titles)}", f"{lines[0]!r} and {len(lines) - 1} rows", "mend the file")
    table = np.loadtxt(lines[1:], delimiter=",", ndmin=2)
    if table.shape[1] != len(titles) or not np.isfinite(table).all() or np.any(np.diff(table[:, 0]) <= 0.0):
        raise DeviceError(f"{len(titles)} numbers in each row, at times that grow", "something else", "mend the file")
    return RecordedMotion(table[:, 0], tuple(range(channels)), table[:, 1:])


class LeaderArm:
    """One such arm.

    Args:
        name: one of `ASSEMBLIES`.
        link: path of its port; empty for the pseudo-terminal's own.
        baud: of its bus; 0 for as its makers set it [bit/s].
        fast: whether its Dynamixels know fast sync read.
    """

    def __init__(self, name: str, link: str = "", baud: int = 0, fast: bool = True) -> None:
        self._assembly = assembly = ASSEMBLIES[name]
        self._is_feetech = name == SO101.name
        protocol: BusProtocol = feetech_bus.FeetechBus() if self._is_feetech else dynamixel_bus.DynamixelBus(fast=fast)
        servos = [self._servo(id_, assembly.servo_model) for id_ in assembly.model.ids]
        self.line = ServoLine(protocol, servos, baud or assembly.model.baud, link)
        self._motion: tuple[RecordedMotion, float] | None = None
        self._turns = [0] * len(servos)
        home = [*assembly.model.reference, 1.0]
        if assembly.turns:  # on the first turn when it is switched on, wherever its zero is
            self._turns = [floor(tick / TICKS_PER_TURN) for tick in assembly.ticks(home)]
        self.move(home)

    def _servo(self, id_: int, model: int, torque: bool = True) -> Servo:
        make = feetech_bus.servo if self._is_feetech else dynamixel_bus.servo
        return make(id_, model, torque)  # whoever used it last left it on: a driver has to see to that

    def move(self, pose: Sequence[float]) -> None:
        """Take a pose: joints [rad] and how far the trigger is open [1]."""
        for servo, ticks, turns in zip(self.line.servos.values(), self._assembly.ticks(pose), self._turns, strict=True):
            servo.ticks = ticks - turns * TICKS_PER_TURN if self._assembly.turns else ticks % TICKS_PER_TURN

    def obey(self, line: str) -> str:
        """Do what a line says, and what came of it."""
        word, *rest = line.split() or [""]
        try:
            told = self._obeyed(word, rest)
        except (ValueError, ArithmeticError, LookupError, OSError, DeviceError) as error:
            return f"wrong {line!r}: {error}"
        return f"ok {time.monotonic_ns()}{told}"

    def _obeyed(self, word: str, rest: Sequence[str]) -> str:
        faults = self.line.faults
        sets = {"silent": faults.silent, "rubbish": faults.rubbish, "twins": faults.twins}
        actions: dict[str, Callable[[], object]] = {
            "move": lambda: self._moved([float(number) for number in rest]),
            "play": lambda: self._play(Path(" ".join(rest))),
            "late": lambda: setattr(faults, "late_s", float(rest[0])),
            "model": lambda: self._replace(int(rest[0]), int(rest[1])),
            "whole": self._mend,
            "unplug": self.line.unplug,
            "plug": self.line.plug,
            "torque": self._torque,
        }
        if word in sets:
            sets[word].update(ALL if one == "all" else self.line.servos[int(one)].id for one in rest)
            return ""
        told = actions[word]()
        return told if isinstance(told, str) else ""

    def _moved(self, pose: list[float]) -> None:
        self._motion = None
        self.move(pose)

    def _play(self, path: Path) -> None:
        self._motion = _motion(path, len(self._turns)), time.monotonic()

    def _replace(self, id_: int, model: int) -> None:
        ticks = self.line.servos[id_].ticks
        self.line.servos[id_] = self._servo(id_, model)
        self.line.servos[id_].ticks = ticks

    def _mend(self) -> None:
        self.line.faults = Faults()
        for id_ in [id_ for id_, servo in self.line.servos.items() if servo.model != self._assembly.servo_model]:
            self._replace(id_, self._assembly.servo_model)

    def _torque(self) -> str:
        torque_on = feetech_bus.torque_on if self._is_feetech else dynamixel_bus.torque_on
        return "".join(f" {id_}" for id_, servo in self.line.servos.items() if torque_on(servo))

    def turn(self) -> None:
        """Move on in a recorded motion, and answer the host."""
        if self._motion is not None:
            motion, begun_s = self._motion
            self.move(list(motion.at(time.monotonic() - begun_s).values()))
        self.line.turn()
