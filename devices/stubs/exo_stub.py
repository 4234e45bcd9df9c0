"""ExoStub: an exoskeleton without the exoskeleton. It sends what one would send, over a real wire, in real time.

A person (`accord.app.ui.stub_window`), a recorded motion or a program moves it by named channels: joints in radians,
triggers 1 for open, bends of fingers 1 for bent, pedals 1 for down.
"""

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from accord.devices.chain import ARM_JOINTS
from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.inputs.exo_packet import (
    ACCELERATION,
    BATTERY_FULL,
    FULL,
    TURN_RATE,
    UNIT_QUATERNION,
    Device,
    Hello,
    Packet,
    Section,
    State,
    Words,
    encode,
)
from accord.devices.rotation import conjugate, from_axis_angle, multiply, rotate

HELLO_S: Final = 1.0
_GRAVITY: Final = np.array([0.0, 0.0, 9.81])
"""What an accelerometer at rest measures, in the world's frame [m/s²]."""
_DEGREE: Final = math.pi / 180.0
_RANGES: Final = ((-60, 180), (-30, 180), (-90, 70), (0, 150), (-80, 80), (-70, 80), (-30, 20))
"""How far a person's arm goes, by `ARM_JOINTS`, to both sides [°]: the usual ranges of the American Academy of
Orthopaedic Surgeons, *Joint motion* (1965), with what is positive in `accord.devices.chain`; adduction ends at the
body."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One thing that can be moved."""

    name: str
    low: float
    high: float
    rest: float
    """Where it is while nobody moves it."""
    unit: str = ""
    """``rad``, or empty for a share."""
    whole: bool = False
    """True for what is only on or off."""


def arm_channels(side: str) -> tuple[Channel, ...]:
    """The joints of one arm."""
    named = zip(ARM_JOINTS, _RANGES, strict=True)
    return tuple(Channel(f"{side} {name}", low * _DEGREE, high * _DEGREE, 0.0, "rad") for name, (low, high) in named)


@dataclass(frozen=True, slots=True)
class Build:
    """How a stub is built."""

    device: Device
    name: str
    serial: str
    counts_per_turn: int
    channels: tuple[Channel, ...]
    sections: tuple[Section, ...]
    """What it sends, in order; the channels of a section begin with its words in order."""
    zeros: tuple[tuple[int, ...], tuple[int, ...]]
    reversed_joints: tuple[int, int]

    def rest(self) -> Vector:
        """(k,) every channel while nobody moves it."""
        return np.array([channel.rest for channel in self.channels])

    def index(self, name: str) -> int:
        """Where a channel stands.

        Raises:
            DeviceError: if there is none of that name.
        """
        names = [channel.name for channel in self.channels]
        if name not in names:
            raise DeviceError(f"a channel of {self.name}", repr(name), f"choose one of {', '.join(names)}")
        return names.index(name)


class Body:
    """Where everything is held now. Whoever moves it and whoever sends it may be different threads."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self._values = build.rest()
        self._lock = threading.Lock()

    def move(self, name: str, value: float) -> None:
        """Hold one channel elsewhere, as far as it goes.

        Raises:
            DeviceError: if there is no such channel, or the value is no number.
        """
        at = self.build.index(name)
        if not math.isfinite(value):
            raise DeviceError(f"a number for {name}", f"{value}", "give one")
        with self._lock:
            channel = self.build.channels[at]
            self._values[at] = min(max(value, channel.low), channel.high)

    def hold(self, values: Mapping[int, float]) -> None:
        """Hold several channels, by where they stand in `Build.channels`."""
        with self._lock:
            for at, value in values.items():
                self._values[at] = min(max(value, self.build.channels[at].low), self.build.channels[at].high)

    def values(self) -> Vector:
        """(k,) where every channel is."""
        with self._lock:
            return self._values.copy()


class ExoStub:
    """The firmware: what the device sends at which moment of its own time.

    Args:
        body: what it measures.
        rate_hz: what its HELLO says about how often it sends.
    """

    def __init__(self, body: Body, rate_hz: int) -> None:
        self._body, self._build, self._rate_hz = body, body.build, rate_hz
        self._sequence = 0
        self._next_hello_s = 0.0
        self._torso = np.array([1.0, 0.0, 0.0, 0.0])
        self._torso_s = 0.0

    def say(self, t_s: float) -> bytes:
        """What it sends at this time since it was switched on [s]: its state, after its HELLO where that is due."""
        words = b""
        if t_s >= self._next_hello_s:
            self._next_hello_s = t_s + HELLO_S
            words = self._packet(self._hello(), t_s)
        return words + self._packet(self._state(t_s), t_s)

    def _packet(self, content: Hello | State, t_s: float) -> bytes:
        sequence, self._sequence = self._sequence, self._sequence + 1
        joints = len(self._build.zeros[0])
        return encode(Packet(self._build.device, joints, sequence, int(t_s * 1e6), content))

    def _hello(self) -> Hello:
        build = self._build
        return Hello(
            build.name, build.serial, build.counts_per_turn, build.sections, self._rate_hz, (1, 0, 0), build.zeros,
            build.reversed_joints,
        )  # fmt: skip

    def _state(self, t_s: float) -> State:
        values = dict(zip((channel.name for channel in self._build.channels), self._body.values(), strict=True))
        return {section: self._measured(section, values, t_s) for section in self._build.sections}

    def _measured(self, section: Section, values: Mapping[str, float], t_s: float) -> Words:
        side = section.name.split("_")[0].lower()
        if section in (Section.LEFT_ARM, Section.RIGHT_ARM):
            return self._counts(0 if side == "left" else 1, [values[f"{side} {joint}"] for joint in ARM_JOINTS])
        if section in (Section.LEFT_TRIGGER, Section.RIGHT_TRIGGER):
            return _scaled([values[f"{side} trigger"]], FULL)
        if section in (Section.LEFT_GLOVE, Section.RIGHT_GLOVE):
            return _scaled([value for name, value in values.items() if name.startswith(f"{side} glove ")], FULL)
        if section is Section.PEDALS:
            down = [value >= 0.5 for name, value in values.items() if name.startswith("pedal ")]
            return np.array([sum(1 << bit for bit, is_down in enumerate(down) if is_down)])
        if section is Section.BATTERY:
            return _scaled([values["battery"]], BATTERY_FULL)
        return self._inertia(values["torso roll"], values["torso pitch"], values["torso yaw"], t_s)

    def _counts(self, arm: int, angles: Sequence[float]) -> Words:
        per_turn, reverse = self._build.counts_per_turn, self._build.reversed_joints[arm]
        signs = np.array([-1 if reverse >> joint & 1 else 1 for joint in range(len(angles))])
        turned = np.rint(signs * np.array(angles) / (2.0 * math.pi) * per_turn).astype(np.int64)
        counts: Words = (turned + np.array(self._build.zeros[arm])) % per_turn
        return counts

    def _inertia(self, roll: float, pitch: float, yaw: float, t_s: float) -> Words:
        torso = np.array([1.0, 0.0, 0.0, 0.0])
        for axis, angle in (((0, 0, 1), yaw), ((0, 1, 0), pitch), ((1, 0, 0), roll)):
            torso = multiply(torso, from_axis_angle(np.array(axis, dtype=np.float64), angle))
        elapsed_s = max(t_s - self._torso_s, 1e-3)
        turned = multiply(conjugate(self._torso), torso)
        rate = 2.0 * turned[1:] * math.copysign(1.0, turned[0]) / elapsed_s  # small angles
        felt = rotate(conjugate(torso), _GRAVITY)
        self._torso, self._torso_s = torso, t_s
        words = np.concatenate([torso * UNIT_QUATERNION, rate * TURN_RATE, felt * ACCELERATION])
        measured: Words = np.clip(np.rint(words), -(2**15), 2**15 - 1).astype(np.int64)
        return measured


def _scaled(shares: Sequence[float], full: int) -> Words:
    words: Words = np.rint(np.array(shares) * full).astype(np.int64)
    return words
