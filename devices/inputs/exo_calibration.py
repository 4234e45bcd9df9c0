"""What turns the counts of an exoskeleton's arm into angles: a person's calibration, or what the device comes with."""

from pathlib import Path
from typing import Final

from accord.devices.calibration import Calibration, Calibrations, JointCalibration, TriggerCalibration
from accord.devices.errors import DeviceError
from accord.devices.inputs.exo_packet import FULL, Hello
from accord.devices.inputs.glove import WHOLE_RANGE

LOOK_NS: Final = 500_000_000
"""A calibration that was changed is noticed twice a second [ns]."""
HALF_TURN: Final = 3.14
"""An arm that nobody has calibrated may turn by so much to either side [rad]."""
GRIP_TURN: Final = 4 * FULL
"""A calibration thinks of a trigger as turning; so the whole range of a grip is a quarter turn."""


class ArmCalibrations:
    """The calibration of one arm, as it is at the moment.

    Args:
        folder: of calibrations.
        kind: of the device: ``exoskeleton`` or ``cockpit``.
        side: ``left`` or ``right``.
    """

    def __init__(self, folder: Path, kind: str, side: str) -> None:
        self._store, self._kind, self._side = Calibrations(folder), kind, side
        self._known: Calibration | DeviceError | None = None
        self._from: tuple[Hello, int] | None = None
        self._looked_ns: int | None = None

    def of(self, hello: Hello, t_ns: int) -> Calibration:
        """The calibration of the device that says this.

        Args:
            hello: what it says about itself.
            t_ns: now (CLOCK_MONOTONIC) [ns].

        Raises:
            DeviceError: if the one that was kept is broken, or of another device.
        """
        new = self._from is None or self._from[0] is not hello
        if new or self._looked_ns is None or t_ns - self._looked_ns > LOOK_NS:
            self._looked_ns = t_ns
            changed_ns = _changed_ns(self._store.path(arm_serial(hello, self._side)))
            if new or self._from != (hello, changed_ns):
                self._from = hello, changed_ns
                self._known = self._kept(hello) if changed_ns else announced(hello, self._kind, self._side)
        if isinstance(self._known, DeviceError):
            raise self._known
        assert self._known is not None
        return self._known

    def _kept(self, hello: Hello) -> Calibration | DeviceError:
        serial = arm_serial(hello, self._side)
        try:
            kept = self._store.load(serial, self._kind, len(hello.zeros[0]))
        except DeviceError as error:
            return error
        wrong = [joint.ticks_per_turn for joint in kept.joints if joint.ticks_per_turn != hello.counts_per_turn]
        if not wrong:
            return kept
        found, remedy = f"one of encoders with {wrong[0]}", "calibrate it again on the page Devices"
        return DeviceError(f"a calibration of {serial} with {hello.counts_per_turn} counts per turn", found, remedy)


def arm_serial(hello: Hello, side: str) -> str:
    """The serial number of one arm, under which its calibration is kept."""
    return f"{hello.serial}-{side}"


def announced(hello: Hello, kind: str, side: str) -> Calibration:
    """The calibration that a device comes with: what its HELLO says, and the whole range of its grip.

    Args:
        hello: what it says about itself.
        kind: ``exoskeleton``, whose triggers rest at the top of their range, or ``cockpit``, whose gloves rest at 0.
        side: ``left`` or ``right``.
    """
    arm = 0 if side == "left" else 1
    signs = (-1 if hello.reversed_joints[arm] >> joint & 1 else 1 for joint in range(len(hello.zeros[arm])))
    joints = (
        JointCalibration(float(zero), 0.0, sign, -HALF_TURN, HALF_TURN, hello.counts_per_turn)
        for zero, sign in zip(hello.zeros[arm], signs, strict=True)
    )
    ends = (0.0, float(FULL)) if kind == "cockpit" else (float(FULL), 0.0)
    glove = WHOLE_RANGE if kind == "cockpit" else None
    return Calibration(arm_serial(hello, side), kind, tuple(joints), TriggerCalibration(*ends, GRIP_TURN), glove)


def _changed_ns(path: Path) -> int:
    """When a file was last changed; 0 where there is none [ns]."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
