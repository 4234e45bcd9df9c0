"""Calibration: what turns the ticks of one leader's encoders into joint angles, kept in a file per device."""

import tomllib
from dataclasses import dataclass, fields
from math import isfinite, pi
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import numpy as np

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.inputs.glove import GloveCalibration
from accord.devices.whole_file import write_whole

VERSION: Final = 1
"""Of the file."""
LEAST_SPAN_RAD: Final = np.radians(5.0)
"""Less than this is no motion of a joint or a trigger [rad]."""
_REMEDY: Final = "calibrate it again on the page Devices"
_GLOVE: Final = tuple(one.name for one in fields(GloveCalibration))


@dataclass(frozen=True, slots=True)
class JointCalibration:
    """Of one joint."""

    reference_tick: float
    """Where its encoder stood in the reference pose [tick]."""
    reference_rad: float
    """Which angle that is [rad]."""
    sign: int
    """1 where the ticks grow with the angle, else −1."""
    lower_rad: float
    upper_rad: float
    """The angles that it was moved between [rad]."""
    ticks_per_turn: int

    def __post_init__(self) -> None:
        """Refuses what cannot be.

        Raises:
            DeviceError: naming it.
        """
        numbers = (self.reference_tick, self.reference_rad, self.lower_rad, self.upper_rad)
        _demand(all(isfinite(number) for number in numbers), "finite numbers", numbers)
        _demand(self.sign in (1, -1), "a sign of 1 or -1", self.sign)
        _demand(self.ticks_per_turn >= 2, "ticks per turn", self.ticks_per_turn)
        span_rad = self.upper_rad - self.lower_rad
        within_a_turn = LEAST_SPAN_RAD <= span_rad < 2 * pi
        _demand(within_a_turn, "a range of 5 degrees to a turn", f"{np.degrees(span_rad):.0f} degrees")

    def angle(self, tick: float) -> float:
        """The angle at this tick, on the turn on which its range lies [rad].

        Args:
            tick: of its encoder; which turn that counts is no matter.
        """
        plain = self.reference_rad + self.sign * (tick - self.reference_tick) * 2 * pi / self.ticks_per_turn
        middle = (self.lower_rad + self.upper_rad) / 2
        return middle + (plain - middle + pi) % (2 * pi) - pi


@dataclass(frozen=True, slots=True)
class TriggerCalibration:
    """Of the trigger, or whatever else the hand squeezes."""

    open_tick: float
    """While it is let go [tick]."""
    closed_tick: float
    """While it is squeezed [tick]."""
    ticks_per_turn: int

    def __post_init__(self) -> None:
        """Refuses what cannot be.

        Raises:
            DeviceError: naming it.
        """
        _demand(isfinite(self.open_tick) and isfinite(self.closed_tick), "finite numbers", self)
        _demand(self.ticks_per_turn >= 2, "ticks per turn", self.ticks_per_turn)
        span_rad = abs(self.closed_tick - self.open_tick) * 2 * pi / self.ticks_per_turn
        good = LEAST_SPAN_RAD <= span_rad < pi
        _demand(good, "a trigger that moves 5 to 180 degrees", f"{np.degrees(span_rad):.0f} degrees")

    def opening(self, tick: float) -> float:
        """How far the hand wants the gripper open: 0 squeezed, 1 let go [1].

        Args:
            tick: of its encoder; which turn that counts is no matter.
        """
        middle = (self.open_tick + self.closed_tick) / 2
        half = self.ticks_per_turn / 2
        nearest = middle + (tick - middle + half) % self.ticks_per_turn - half
        return float(np.clip((nearest - self.closed_tick) / (self.open_tick - self.closed_tick), 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of one device."""

    serial: str
    """Its serial number, or its port where it has none."""
    leader: str
    """What kind of device it is: ``gello``."""
    joints: tuple[JointCalibration, ...]
    """From the base on."""
    trigger: TriggerCalibration | None = None
    """None where it has none."""
    glove: GloveCalibration | None = None
    """None where it has none, or was calibrated before gloves were: then it closes a hand as a whole."""

    def angles(self, ticks: Vector) -> Vector:
        """(n,) joint angles [rad].

        Args:
            ticks: (n,) of the joints' encoders.
        """
        return np.array([joint.angle(float(tick)) for joint, tick in zip(self.joints, ticks, strict=True)])

    def opening(self, tick: float) -> float | None:
        """How far the hand wants the gripper open: 0 squeezed, 1 let go; None without a trigger [1].

        Args:
            tick: of the trigger's encoder.
        """
        return None if self.trigger is None else self.trigger.opening(float(tick))

    def bends(self, words: Vector) -> Vector | None:
        """(15,) how the fingers in its glove are bent, see `accord.devices.inputs.glove.GloveCalibration.bends` [1].

        None where only its opening is calibrated: the whole range of each channel would contradict that.

        Args:
            words: (15,) of the glove.
        """
        return None if self.glove is None else self.glove.bends(words)


class Calibrations:
    """The calibrations of a folder, one file per device.

    Args:
        folder: made when the first one is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, serial: str) -> Path:
        """Where the calibration of a device is kept.

        Args:
            serial: its serial number, or its port.
        """
        return self._folder / f"{quote(serial, safe='')}.toml"

    def load(self, serial: str, leader: str, joints: int) -> Calibration:
        """The calibration of a device.

        Args:
            serial: its serial number, or its port.
            leader: what kind of device it has to be of.
            joints: how many joints it has to have.

        Raises:
            DeviceError: if there is none, or it is broken, of another version, or of another device.
        """
        path = self.path(serial)
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            remedy = "calibrate it on the page Devices"
            raise DeviceError(f"a calibration of {leader} {serial}", "none", remedy) from error
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise DeviceError(f"a calibration in {path}", str(error).rstrip("."), _REMEDY) from error
        if found.get("version") != VERSION:
            raise DeviceError(f"version {VERSION} of {path}", f"version {found.get('version')!r}", _REMEDY)
        calibration = _calibration(found, path)
        wanted = f"a calibration of {leader} {serial} with {joints} joints in {path}"
        told = (calibration.serial, calibration.leader, len(calibration.joints))
        if told != (serial, leader, joints):
            raise DeviceError(wanted, f"one of {told[1]} {told[0]} with {told[2]}", _REMEDY)
        return calibration

    def save(self, calibration: Calibration) -> Path:
        """Keep one, in place of the one before; whole or not at all.

        Raises:
            DeviceError: if the file cannot be written.
        """
        path = self.path(calibration.serial)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, _toml(calibration))
        except OSError as error:
            raise DeviceError(
                f"to write {path}", error.strerror or str(error), "make room there, or allow it"
            ) from error
        return path


def _demand(holds: bool, wanted: str, found: object) -> None:
    if not holds:
        raise DeviceError(f"{wanted} in a calibration", str(found), _REMEDY)


def _toml(calibration: Calibration) -> str:
    lines = [f"version = {VERSION}", f"serial = {_text(calibration.serial)}", f"leader = {_text(calibration.leader)}"]
    for joint in calibration.joints:
        lines += ["", "[[joint]]", *_lines(joint)]
    if calibration.trigger is not None:
        lines += ["", "[trigger]", *_lines(calibration.trigger)]
    if calibration.glove is not None:
        lines += ["", "[glove]", *(f"{name} = {list(getattr(calibration.glove, name))}" for name in _GLOVE)]
    return "\n".join(lines) + "\n"


def _lines(part: JointCalibration | TriggerCalibration) -> list[str]:
    return [f"{one.name} = {getattr(part, one.name)!r}" for one in fields(part)]


def _text(text: str) -> str:
    if not text.isprintable():
        raise DeviceError("a serial number that can be printed", repr(text), "give the port of the device")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _calibration(found: dict[str, Any], path: Path) -> Calibration:
    rows, trigger, glove = found.get("joint", []), found.get("trigger"), found.get("glove")
    serial, leader = found.get("serial"), found.get("leader")
    if not isinstance(serial, str) or not isinstance(leader, str) or not isinstance(rows, list):
        raise DeviceError(f"serial, leader and joints in {path}", "something else", _REMEDY)
    try:
        joints = tuple(JointCalibration(**_checked(row, JointCalibration, path)) for row in rows)
        squeezed = None if trigger is None else TriggerCalibration(**_checked(trigger, TriggerCalibration, path))
        gloved = None if glove is None else _glove(glove, path)
    except DeviceError as error:
        if str(path) in error.wanted:
            raise
        raise DeviceError(f"{error.wanted} in {path}", error.found, _REMEDY) from error
    return Calibration(serial, leader, joints, squeezed, gloved)


def _glove(table: Any, path: Path) -> GloveCalibration:
    if not isinstance(table, dict) or set(table) != set(_GLOVE) or not all(map(_are_numbers, table.values())):
        raise DeviceError(f"{' and '.join(_GLOVE)} as lists of numbers in {path}", "something else", _REMEDY)
    return GloveCalibration(**{name: tuple(table[name]) for name in _GLOVE})


def _are_numbers(found: Any) -> bool:
    return isinstance(found, list) and all(type(one) in (int, float) for one in found)


def _checked(row: Any, part: type[JointCalibration] | type[TriggerCalibration], path: Path) -> dict[str, Any]:
    wanted = {one.name: one.type for one in fields(part)}
    if not isinstance(row, dict) or set(row) != set(wanted):
        names = ", ".join(sorted(set(wanted) ^ set(row))) if isinstance(row, dict) else repr(row)
        raise DeviceError(f"{', '.join(wanted)} of each part of {path}", f"too many or too few: {names}", _REMEDY)
    for name, kind in wanted.items():
        if type(row[name]) is not int and (kind is int or type(row[name]) is not float):
            raise DeviceError(f"a number for {name} in {path}", repr(row[name]), _REMEDY)
    return row
