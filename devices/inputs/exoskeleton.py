"""Exoskeletons: a person's arms as joint angles and as poses of the hands, over one wire for both.

Each arm is an input of its own. It gives both forms, so that a profile can choose: the joints for a robot whose arm is
built alike, the pose for any other. `docs/exoskeletons.md` says what such a device has to send.
"""

import time
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from accord.devices.calibration import Calibration
from accord.devices.chain import ARM_JOINTS, FOREARM, GRIP, SHOULDER, UPPER_ARM, Chain, human_arm
from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.fingers import CHANNELS
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.exo_calibration import ArmCalibrations, arm_serial
from accord.devices.inputs.exo_link import ExoLink
from accord.devices.inputs.exo_packet import BATTERY_FULL, GLOVE, SILENT, Device, Hello, Section, Words
from accord.devices.inputs.exo_wire import LOOPBACK, Opener, opener
from accord.devices.inputs.glove import mean_bend
from accord.devices.inputs.patience import STALE_NS

SQUEEZED, RELEASED = 0.2, 0.4
"""The hand counts as squeezed from the first opening on until the second is passed; so do the grips of leader arms."""
JOINTS: Final = len(ARM_JOINTS)

_IMU: Final = (
    *(f"torso {part} [1/16384]" for part in "wxyz"),
    *(f"torso turn {axis} [1/900 rad/s]" for axis in "xyz"),
    *(f"torso acceleration {axis} [1/100 m/s²]" for axis in "xyz"),
)
COUNTS_PER_TURN, REVERSED = "counts per turn [1]", "reversed joints [bits]"
_PACKET: Final = ("sequence [1]", "device time [µs]", COUNTS_PER_TURN, REVERSED)
"""What the device said about its encoders stands beside their counts, so that these can be calibrated anew later."""


class Exoskeleton:
    """One arm of an exoskeleton. Satisfies `accord.devices.input.Input`.

    Button 0 is down while the hand is squeezed; the pedals follow from button 1 on.

    Args:
        side: ``left`` or ``right``.
        link: the wire, shared with the other arm.
        chain: where its joints are.
        gloved: whether a glove bends with the fingers, instead of a trigger that they pull.
        calibrations: what turns its counts into angles.
    """

    def __init__(self, side: str, link: ExoLink, chain: Chain, gloved: bool, calibrations: ArmCalibrations) -> None:
        left = side == "left"
        grips = (Section.LEFT_GLOVE, Section.RIGHT_GLOVE) if gloved else (Section.LEFT_TRIGGER, Section.RIGHT_TRIGGER)
        self.name = f"{'cockpit' if gloved else 'exoskeleton'} ({side})"
        self._side, self._link, self._chain, self._calibrations = side, link, chain, calibrations
        self._arm, self._grip = (Section.LEFT_ARM if left else Section.RIGHT_ARM), grips[0 if left else 1]
        self._shown = (self._arm, self._grip, Section.PEDALS, *((Section.IMU,) if gloved else ()), Section.BATTERY)
        self.channels: tuple[str, ...] = channels(gloved)
        self._squeezed = False
        self._detail = ""

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        self._link.open(self._side)

    def read(self, t_ns: int) -> InputState | None:
        """The newest state, or None while unplugged, stale or not whole; see `Input`."""
        if not self._link.opened(self._side):
            return None
        self._link.take(t_ns)
        self._detail = self._link.detail
        if self._detail:
            return None
        measured_ns = self._measured_ns()
        if t_ns - measured_ns > STALE_NS:
            self._detail = self._why_stale(t_ns)
            return None
        return self._state(measured_ns, t_ns)

    def _needed(self) -> tuple[Section, ...]:
        """The sections without which the arm is not whole: its joints, and the grip and the pedals if there are any."""
        told = self._link.hello.sections if self._link.hello is not None else ()
        return (self._arm, *(one for one in (self._grip, Section.PEDALS) if one in told))

    def _measured_ns(self) -> int:
        """When the oldest of what is needed was measured; 0 for never [ns]."""
        newest = self._link.newest
        return min(newest[one][1] if one in newest else 0 for one in self._needed())

    def _why_stale(self, t_ns: int) -> str:
        newest = self._link.newest
        never = [_called(one) for one in self._needed() if one not in newest]
        if never:
            remedy = "plug its cable into the device, or check its firmware"
            return str(DeviceError(f"the {never[0]} of {self._link_name()}", "nothing of it yet", remedy))
        ages_ms = {one: (t_ns - newest[one][1]) / 1e6 for one in self._needed()}
        oldest = max(ages_ms, key=lambda one: ages_ms[one])
        if t_ns - self._link.heard_ns > STALE_NS:
            found = f"silence for {(t_ns - self._link.heard_ns) / 1e6:.0f} ms"
        elif min(ages_ms.values()) > STALE_NS / 1e6:
            found = f"packets that are {ages_ms[oldest]:.0f} ms late"
        else:
            found = f"no {_called(oldest)} for {ages_ms[oldest]:.0f} ms"
        remedy = "check its cable or radio, and what else keeps this machine busy"
        return str(DeviceError(f"fresh packets from {self._link_name()}", found, remedy))

    def _state(self, measured_ns: int, t_ns: int) -> InputState | None:
        hello = self._link.hello
        assert hello is not None
        counts, raw = self._link.newest[self._arm][0], self._raw(hello)
        try:
            calibration = self._calibrations.of(hello, t_ns)
        except DeviceError as error:  # its numbers are what another calibration is made of
            self._detail = str(error)
            return InputState(t_ns=measured_ns, raw=raw)
        try:
            self._check(counts, hello.counts_per_turn)
        except DeviceError as error:
            self._detail = str(error)
            return None
        joints = calibration.angles(counts.astype(np.float64))
        gripper = self._gripper(calibration)
        buttons = self._word(Section.PEDALS) << 1 | self._squeeze(gripper)
        return InputState(
            buttons=buttons, t_ns=measured_ns, pose=self._chain.pose(joints), joints=joints, gripper=gripper,
            fingers=self._fingers(calibration), raw=raw,
        )  # fmt: skip

    def _check(self, counts: Words, per_turn: int) -> None:
        """Raises `DeviceError` where a count cannot be."""
        wrong = np.flatnonzero(counts >= per_turn)
        if len(wrong):
            joint, count = ARM_JOINTS[int(wrong[0])], int(counts[wrong[0]])
            found = "an encoder that does not answer" if count == SILENT else f"{count}"
            wanted = f"a count below {per_turn} of the {self._side} {joint}"
            raise DeviceError(wanted, found, "check the encoder and its cable")

    def _gripper(self, calibration: Calibration) -> float | None:
        if self._grip not in self._link.newest:
            return None
        words = self._link.newest[self._grip][0]
        return calibration.opening(mean_bend(words) if len(words) > 1 else float(words[0]))

    def _fingers(self, calibration: Calibration) -> Vector | None:
        """(15,) how the fingers in the glove are bent; None without a glove."""
        known = self._link.newest.get(self._grip)
        return None if known is None or len(known[0]) != GLOVE else calibration.bends(known[0].astype(np.float64))

    def _squeeze(self, gripper: float | None) -> int:
        if gripper is not None:
            self._squeezed = gripper < (RELEASED if self._squeezed else SQUEEZED)
        return int(self._squeezed)

    def _word(self, section: Section) -> int:
        known = self._link.newest.get(section)
        return 0 if known is None else int(known[0][0])

    def _raw(self, hello: Hello) -> Vector:
        """The newest numbers of every section of this side, 0 for those that never came; `channels` names them."""
        newest = self._link.newest
        parts = [newest[one][0] if one in newest else np.zeros(one.words(JOINTS)) for one in self._shown]
        told = (hello.counts_per_turn, hello.reversed_joints[0 if self._side == "left" else 1])
        return np.concatenate([*parts, self._link.stamp, told]).astype(np.float64)

    def _link_name(self) -> str:
        return self._link.hello.name if self._link.hello is not None else self.name

    def health(self) -> Health:
        """How it is doing; see `Input`."""
        link, hello = self._link, self._link.hello
        if not link.opened(self._side):
            return Health(self.name, False, "not opened", link.heard_ns, link.reports, link.refused)
        name = self.name if hello is None else f"{hello.name} ({self._side})"
        charge = self._word(Section.BATTERY) / BATTERY_FULL if Section.BATTERY in link.newest else None
        serial = "" if hello is None else arm_serial(hello, self._side)
        tempo = (link.tempo.rate_hz, link.tempo.jitter_ms) if link.connected else (0.0, 0.0)
        return Health(
            name, link.connected, link.detail or self._detail or link.notice, link.heard_ns, link.reports,
            link.refused + link.lost, *tempo, charge, serial,
        )  # fmt: skip

    def wait(self, timeout_s: float) -> None:
        """Return as soon as something waits on the wire; see `accord.devices.input.Waits`."""
        if not self._link.wait(timeout_s):
            time.sleep(timeout_s)

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._link.close(self._side)
        self._detail, self._squeezed = "", False


def _called(section: Section) -> str:
    return section.name.lower().replace("_", " ")


def channels(gloved: bool) -> tuple[str, ...]:
    """What the raw numbers of an arm are, with a glove or with a trigger."""
    arm = [f"{joint} [count]" for joint in ARM_JOINTS]
    grip = [f"{channel} [1/65535]" for channel in CHANNELS] if gloved else ["trigger [1/65535]"]
    return (*arm, *grip, "pedals [bits]", *(_IMU if gloved else ()), "battery [1/1000]", *_PACKET)


def exoskeletons(
    config: Path,
    port: str = "",
    baud: int = 1_000_000,
    udp: int = 0,
    address: str = LOOPBACK,
    upper_arm: float = UPPER_ARM,
    forearm: float = FOREARM,
    grip: float = GRIP,
    shoulder: float = SHOULDER,
    gloved: bool = False,
) -> tuple[Exoskeleton, Exoskeleton]:
    """The left and the right arm of an exoskeleton with a trigger for each hand.

    Args:
        config: folder of calibrations.
        port: its serial port, or empty.
        baud: of the serial port [bit/s].
        udp: the UDP port that it sends to, or 0.
        address: of this machine that it sends to; anything but the loopback one lets others in the network send too.
        upper_arm: shoulder to elbow [m].
        forearm: elbow to wrist [m].
        grip: wrist to the middle of the grip [m].
        shoulder: from the middle of the body [m].
        gloved: whether it has gloves and pedals, as a cockpit.

    Raises:
        DeviceError: if an option is wrong.
    """
    lengths = upper_arm, forearm, grip, shoulder
    return _pair(config, opener(port, baud, udp, address), lengths, gloved)


cockpits = partial(exoskeletons, gloved=True)
"""The left and the right arm of a cockpit with two gloves and pedals."""


def _pair(
    config: Path, open_wire: Opener, lengths: tuple[float, float, float, float], gloved: bool
) -> tuple[Exoskeleton, Exoskeleton]:
    kind = Device.COCKPIT if gloved else Device.EXOSKELETON
    link = ExoLink(open_wire, kind, JOINTS)

    def arm(side: str) -> Exoskeleton:
        calibrations = ArmCalibrations(config, kind.name.lower(), side)
        return Exoskeleton(side, link, human_arm(side == "left", *lengths), gloved, calibrations)

    return arm("left"), arm("right")
