"""Exoskeletons on made-up time: the bytes go through real sockets, the clock is the test's."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import acos, atan2, hypot, pi
from pathlib import Path

import numpy as np
import pytest
from contracts.inputs import MS, START_NS, CarriedContract, LeaderContract
from peers.stub_process import free_udp_port

from accord.devices.calibration import Calibrations
from accord.devices.chain import ARM_JOINTS, FOREARM, GRIP, UPPER_ARM
from accord.devices.errors import DeviceError
from accord.devices.fingers import BENDS, CHANNELS
from accord.devices.input import InputState, Waits
from accord.devices.inputs.exo_calibrating import ExoCalibrating
from accord.devices.inputs.exo_calibration import announced
from accord.devices.inputs.exo_packet import SILENT, Device, Hello, Packet, Section, crc, encode
from accord.devices.inputs.exoskeleton import Exoskeleton, cockpits, exoskeletons
from accord.devices.stubs.airexo import AIREXO
from accord.devices.stubs.cockpit import COCKPIT
from accord.devices.stubs.ends import UdpEnd
from accord.devices.stubs.exo_stub import Body, Build, ExoStub


class Worn:
    """An exoskeleton that is worn: a stub's firmware and Accord's two inputs, joined by a UDP port."""

    def __init__(self, build: Build, folder: Path, side: str = "left") -> None:
        self.port = free_udp_port()
        make = exoskeletons if build is AIREXO else cockpits
        self.left, self.right = make(folder, udp=self.port)
        self.device: Exoskeleton = self.left if side == "left" else self.right
        self.body, self.side = Body(build), side
        self._end: UdpEnd | None = None

    def plug(self) -> None:
        self._end = UdpEnd(self.port, "127.0.0.1")
        self.stub = ExoStub(self.body, 100)

    def unplug(self) -> None:
        if self._end is not None:
            self._end.close()
            self._end = None

    def send(self, data: bytes) -> None:
        assert self._end is not None
        self._end.send(data)

    def say(self, way: float, t_ns: int) -> None:
        self.move(way)
        self.send(self.stub.say((t_ns - START_NS) / 1e9))

    def move(self, way: float) -> None:
        """Nobody moves it by default."""

    def fall_silent(self) -> None:
        """It says nothing by itself."""

    def rubbish(self, t_ns: int) -> None:
        self.send(bytes(range(100)))

    def close(self) -> None:
        self.unplug()
        self.left.close()
        self.right.close()


class Carried(Worn):
    def move(self, way: float) -> None:
        """Shoulder and elbow push the hand straight forward, from a forearm that points forward."""
        lower = FOREARM + GRIP
        forward, down = lower + way, UPPER_ARM
        reach = hypot(forward, down)
        elbow = pi - acos((UPPER_ARM**2 + lower**2 - reach**2) / (2 * UPPER_ARM * lower))
        inner = acos((UPPER_ARM**2 + reach**2 - lower**2) / (2 * UPPER_ARM * reach))
        self.body.move(f"{self.side} shoulder flexion", atan2(forward, down) - inner)
        self.body.move(f"{self.side} elbow flexion", elbow)


class Leading(Worn):
    def move(self, way: float) -> None:
        self.body.move(f"{self.side} {ARM_JOINTS[0]}", way)


ARMS = [(AIREXO, "left"), (AIREXO, "right"), (COCKPIT, "left"), (COCKPIT, "right")]
NAMES = [f"{build.device.name.lower()}-{side}" for build, side in ARMS]


class TestCarried(CarriedContract):
    @pytest.fixture(params=ARMS, ids=NAMES)
    def rig(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Carried]:
        build, side = request.param
        rig = Carried(build, tmp_path, side)
        yield rig
        rig.close()


class TestLeading(LeaderContract):
    @pytest.fixture(params=ARMS, ids=NAMES)
    def rig(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Leading]:
        build, side = request.param
        rig = Leading(build, tmp_path, side)
        yield rig
        rig.close()


@pytest.fixture
def wear(tmp_path: Path) -> Iterator[Callable[[Build], Worn]]:
    """Puts a device on: plugged in and opened."""
    worn: list[Worn] = []

    def put_on(build: Build) -> Worn:
        worn.append(one := Worn(build, tmp_path))
        one.plug()
        one.left.open()
        one.right.open()
        return one

    yield put_on
    for one in worn:
        one.close()


def read(worn: Worn, t_ns: int = START_NS) -> InputState:
    """The device speaks, and its left arm is read."""
    worn.say(0.0, t_ns)
    state = worn.left.read(t_ns)
    assert state is not None, worn.left.health()
    return state


# What it says ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [AIREXO, COCKPIT])
def test_every_joint_arrives_with_its_own_angle_and_sign(wear: Callable[[Build], Worn], build: Build) -> None:
    """Also where encoders look the other way, and where the motion crosses the end of their turn."""
    worn = wear(build)
    for shares in (0.05, 0.95):
        wanted = {}
        for side in ("left", "right"):
            named = [channel for channel in build.channels if channel.name.removeprefix(f"{side} ") in ARM_JOINTS]
            wanted[side] = [channel.low + shares * (channel.high - channel.low) for channel in named]
            for channel, angle in zip(named, wanted[side], strict=True):
                worn.body.move(channel.name, angle)
        worn.say(0.0, START_NS + int(shares * 100) * MS)
        for side, device in (("left", worn.left), ("right", worn.right)):
            state = device.read(START_NS + int(shares * 100) * MS)
            assert state is not None
            assert state.joints is not None
            np.testing.assert_allclose(state.joints, wanted[side], atol=pi / build.counts_per_turn + 1e-9)


def test_a_trigger_is_a_gripper_and_squeezing_it_a_button(wear: Callable[[Build], Worn]) -> None:
    worn, found = wear(AIREXO), []
    for i, opening in enumerate((1.0, 0.5, 0.19, 0.3, 0.41)):
        worn.body.move("left trigger", opening)
        state = read(worn, START_NS + i * 10 * MS)
        found.append((state.gripper, state.buttons))
    assert [gripper for gripper, _ in found] == pytest.approx([1.0, 0.5, 0.19, 0.3, 0.41], abs=1e-4)
    assert [buttons for _, buttons in found] == [0, 0, 1, 1, 0]


def test_a_glove_is_a_gripper_too(wear: Callable[[Build], Worn]) -> None:
    worn = wear(COCKPIT)
    assert read(worn).gripper == 1.0
    for channel in COCKPIT.channels:
        if channel.name.startswith("left glove") and not channel.name.endswith("spread"):
            worn.body.move(channel.name, 0.75)
    state = read(worn, START_NS + 10 * MS)
    assert state.gripper == pytest.approx(0.25, abs=1e-4)
    right = worn.right.read(START_NS + 10 * MS)
    assert right is not None
    assert right.gripper == 1.0


def test_pedals_are_buttons_of_both_arms(wear: Callable[[Build], Worn]) -> None:
    worn = wear(COCKPIT)
    worn.body.move("pedal 1", 1.0)
    worn.body.move("pedal 3", 1.0)
    assert read(worn).buttons == 0b1010
    right = worn.right.read(START_NS)
    assert right is not None
    assert right.buttons == 0b1010


def test_raw_numbers_are_those_of_the_packet(wear: Callable[[Build], Worn]) -> None:
    worn = wear(COCKPIT)
    worn.body.move("left glove ring outer", 1.0)
    worn.body.move("torso pitch", 0.5)
    named = dict(zip(worn.left.channels, read(worn).raw, strict=True))
    assert len(named) == 38
    assert named["shoulder flexion [count]"] == 2048
    assert named["ring outer [1/65535]"] == 65535
    assert named["torso w [1/16384]"] == pytest.approx(16384 * np.cos(0.25), abs=1)
    assert named["torso acceleration z [1/100 m/s²]"] == pytest.approx(981 * np.cos(0.5), abs=1)
    assert named["torso acceleration x [1/100 m/s²]"] == pytest.approx(-981 * np.sin(0.5), abs=1)
    assert named["battery [1/1000]"] == 800
    assert named["counts per turn [1]"] == 4096
    assert named["reversed joints [bits]"] == 0b0101010
    assert worn.left.health().battery == pytest.approx(0.8)


def test_all_fifteen_channels_of_either_glove_are_among_the_raw_numbers_by_name(wear: Callable[[Build], Worn]) -> None:
    worn = wear(COCKPIT)
    for i, name in enumerate(CHANNELS):
        worn.body.move(f"left glove {name}", i / 65535)
        worn.body.move(f"right glove {name}", (100 + i) / 65535)
    left, right = read(worn), worn.right.read(START_NS)
    assert right is not None
    for state, device, first in ((left, worn.left, 0), (right, worn.right, 100)):
        named = dict(zip(device.channels, state.raw, strict=True))
        assert [named[f"{name} [1/65535]"] for name in CHANNELS] == list(range(first, first + 15))


def test_health_names_the_device_and_its_arm(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    read(worn)
    worn.right.read(START_NS)
    assert [device.health().name for device in (worn.left, worn.right)] == ["AirExo stub (left)", "AirExo stub (right)"]
    assert worn.left.health().serial == "AIREXO-STUB-1-left"
    assert isinstance(worn.left, Waits)


def test_one_arm_can_be_closed_while_the_other_goes_on(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    read(worn)
    worn.right.close()
    assert worn.right.read(START_NS + 10 * MS) is None
    assert read(worn, START_NS + 10 * MS) is not None


def test_a_packet_that_was_long_under_way_is_as_old_as_it_is(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    for i in range(50):
        read(worn, START_NS + i * 10 * MS)
    said_ns = START_NS + 500 * MS
    worn.say(0.0, said_ns)
    assert worn.left.read(said_ns + 300 * MS) is None
    assert re.search(r"found packets that are (299|300) ms late: check its cable", worn.left.health().detail)
    assert read(worn, said_ns + 310 * MS).t_ns == said_ns + 310 * MS


def test_packets_that_never_came_are_counted(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    read(worn)
    worn.stub.say(0.01)
    worn.stub.say(0.02)
    read(worn, START_NS + 30 * MS)
    assert worn.left.health().refused == 2


# Calibration ----------------------------------------------------------------------------------------------------


def test_a_persons_calibration_takes_the_place_of_the_devices_own(
    wear: Callable[[Build], Worn], tmp_path: Path
) -> None:
    worn = wear(AIREXO)
    first = read(worn)
    assert first.joints is not None
    kept = announced(_hello(), "exoskeleton", "left")
    joints = tuple(replace(joint, reference_rad=0.1) for joint in kept.joints)
    Calibrations(tmp_path).save(replace(kept, joints=joints))
    for i in range(1, 60):
        state = read(worn, START_NS + i * 10 * MS)
    assert state.joints is not None
    np.testing.assert_allclose(state.joints - first.joints, 0.1)
    right = worn.right.read(START_NS + 590 * MS)
    assert right is not None
    assert right.joints is not None
    np.testing.assert_allclose(right.joints, 0.0, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: "what?", "Wanted a calibration in "),
        (lambda text: text.replace("version = 1", "version = 7"), "found version 7"),
        (lambda text: text.replace("16384", "4096"), "with 16384 counts per turn, found one of encoders with 4096"),
        (lambda text: text.replace('"exoskeleton"', '"gello"'), "found one of gello AIREXO-STUB-1-left with 7"),
    ],
)
def test_a_calibration_that_cannot_be_used_is_told_and_kept(
    wear: Callable[[Build], Worn], tmp_path: Path, change: Callable[[str], str], told: str
) -> None:
    path = Calibrations(tmp_path).save(announced(_hello(), "exoskeleton", "left"))
    path.write_text(change(path.read_text()))
    before = path.read_text()
    worn = wear(AIREXO)
    worn.say(0.0, START_NS)
    state = worn.left.read(START_NS)
    assert state is not None
    assert state.joints is None, "nothing that could drive"
    assert state.pose is None
    assert len(state.raw) == len(worn.left.channels), "what another calibration is made of"
    assert told in worn.left.health().detail
    assert worn.right.read(START_NS) is not None
    assert path.read_text() == before


def _hello() -> Hello:
    return ExoStub(Body(AIREXO), 100)._hello()


def calibrate(held: ExoCalibrating, worn: Worn, start_ns: int) -> int:
    """Feed it for a while; when that ended [ns]."""
    for i in range(120):
        state = read(worn, start_ns + i * 10 * MS)
        held.feed(state.raw, state.t_ns)
    return start_ns + 1200 * MS


def test_hanging_arms_and_a_fist_calibrate_an_arm(wear: Callable[[Build], Worn], tmp_path: Path) -> None:
    """Whoever wears it a bit crooked stands at zero all the same; across the end of an encoder's turn too."""
    worn = wear(AIREXO)
    crooked = np.array([0.1, -0.2, 0.15, 0.05, -0.1, 0.2, -0.1])
    for joint, angle in zip(ARM_JOINTS, crooked, strict=True):
        worn.body.move(f"left {joint}", angle)
    held = ExoCalibrating("exoskeleton", "AIREXO-STUB-1-left")
    assert "found none yet" in _stuck(held)
    t_ns = calibrate(held, worn, START_NS)
    assert held.still == 1.0
    held.go_on()
    assert held.text == "Let the trigger go."
    worn.body.move("left trigger", 0.9)
    t_ns = calibrate(held, worn, t_ns)
    held.go_on()
    assert "Wanted a grip that moves by 7282 at least, found 0 of 65535: squeeze the trigger" in _stuck(held)
    worn.body.move("left trigger", 0.3)
    t_ns = calibrate(held, worn, t_ns)
    held.go_on()
    assert held.done
    Calibrations(tmp_path).save(held.calibration())
    worn.body.move("left trigger", 0.6)
    for _ in range(2):  # until the file is noticed
        t_ns = calibrate(held, worn, t_ns)
    state = read(worn, t_ns)
    assert state.joints is not None
    np.testing.assert_allclose(state.joints, 0.0, atol=1e-3)
    assert state.gripper == pytest.approx(0.5, abs=1e-3)


def test_a_glove_is_calibrated_by_an_open_hand_and_a_fist(wear: Callable[[Build], Worn]) -> None:
    worn = wear(COCKPIT)
    held = ExoCalibrating("cockpit", "COCKPIT-STUB-1-left")
    t_ns = START_NS
    for bent in (0.0, 0.1, 0.7):
        for name in CHANNELS:
            worn.body.move(f"left glove {name}", bent)
        t_ns = calibrate(held, worn, t_ns)
        held.go_on()
    trigger = held.calibration().trigger
    assert trigger is not None
    assert [trigger.open_tick, trigger.closed_tick] == pytest.approx([0.1 * 65535, 0.7 * 65535], abs=1)


def bend(worn: Worn, bends: np.ndarray) -> None:
    """How the left glove is bent, channel by channel."""
    for name, bent in zip(CHANNELS, bends, strict=True):
        worn.body.move(f"left glove {name}", float(bent))


OPEN_HAND = np.where(BENDS, np.linspace(0.0, 0.2, len(CHANNELS)), 0.5)
FIST = np.where(BENDS, np.linspace(0.9, 0.6, len(CHANNELS)), 0.4)


def test_every_channel_of_a_glove_is_calibrated_by_itself(wear: Callable[[Build], Worn], tmp_path: Path) -> None:
    worn = wear(COCKPIT)
    held = ExoCalibrating("cockpit", "COCKPIT-STUB-1-left")
    t_ns = START_NS
    for bends in (OPEN_HAND, OPEN_HAND, FIST):
        bend(worn, bends)
        t_ns = calibrate(held, worn, t_ns)
        held.go_on()
    assert held.done
    Calibrations(tmp_path).save(held.calibration())
    bend(worn, OPEN_HAND + np.where(BENDS, 0.25 * (FIST - OPEN_HAND), 0.1))
    for _ in range(2):  # until the file is noticed
        t_ns = calibrate(held, worn, t_ns)
    state, right = read(worn, t_ns), worn.right.read(t_ns)
    assert state.fingers is not None
    np.testing.assert_allclose(state.fingers, np.where(BENDS, 0.25, 0.2), atol=1e-3)
    assert state.gripper == pytest.approx(0.75, abs=1e-3)
    assert right is not None
    np.testing.assert_array_equal(right.fingers, 0.0, "the other hand has a calibration of its own")
    bend(worn, np.where(BENDS, 1.0, 0.0))
    state = read(worn, t_ns + 10 * MS)
    assert state.fingers is not None
    np.testing.assert_allclose(state.fingers, np.where(BENDS, 1.0, -1.0), atol=1e-3)


def test_a_dead_sensor_of_a_glove_is_named_and_not_calibrated(wear: Callable[[Build], Worn]) -> None:
    worn = wear(COCKPIT)
    held = ExoCalibrating("cockpit", "COCKPIT-STUB-1-left")
    t_ns = START_NS
    for _ in range(2):
        t_ns = calibrate(held, worn, t_ns)
        held.go_on()
    bend(worn, np.where(BENDS, 1.0, 0.0))
    worn.body.move("left glove middle outer", 0.1)
    calibrate(held, worn, t_ns)
    assert _stuck(held) == (
        "Wanted the middle outer of the glove to move by 7282 at least, found 6554 of 65535: make a fist and keep it; "
        "if it does already, mend that sensor."
    )


def test_a_glove_that_nobody_calibrated_goes_from_end_to_end(wear: Callable[[Build], Worn]) -> None:
    worn, bends = wear(COCKPIT), np.linspace(0.0, 1.0, len(CHANNELS))
    bend(worn, bends)
    fingers = read(worn).fingers
    assert fingers is not None
    np.testing.assert_allclose(fingers, bends, atol=1e-4)


def test_a_trigger_tells_nothing_of_fingers(wear: Callable[[Build], Worn]) -> None:
    assert read(wear(AIREXO)).fingers is None


def test_an_arm_that_moves_is_not_calibrated(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    held = ExoCalibrating("exoskeleton", "AIREXO-STUB-1-left")
    for i in range(120):
        worn.body.move("left elbow flexion", 0.5 * (i % 2))
        state = read(worn, START_NS + i * 10 * MS)
        held.feed(state.raw, state.t_ns)
    assert re.search(r"Wanted the arm to hang still for a second, found a joint moving by 14\.\d degrees", _stuck(held))
    held.feed(state.raw, state.t_ns + 500 * MS)
    assert "found 0.0 s so far" in _stuck(held), "a silence begins it anew"
    with pytest.raises(DeviceError, match="found one at the step hold"):
        held.calibration()


def _stuck(held: ExoCalibrating) -> str:
    step = held.step
    assert not held.ready
    held.go_on()
    assert held.step is step
    return held.problem


# What is wrong --------------------------------------------------------------------------------------------------


def detail(worn: Worn, *data: bytes, t_ns: int = START_NS) -> str:
    """What the left arm says after these bytes."""
    worn.left.read(t_ns)
    for piece in data:
        worn.send(piece)
    assert worn.left.read(t_ns) is None
    assert not worn.left.health().connected
    return worn.left.health().detail


def packet(device: int = Device.EXOSKELETON, joints: int = 7, content: Hello | None = None, number: int = 0) -> bytes:
    state = {Section.LEFT_ARM: np.arange(joints)}
    return encode(Packet(device, joints, number, 0, content or state))


def test_the_packets_of_another_device_are_told(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    told = detail(worn, ExoStub(Body(COCKPIT), 100).say(0.0))
    assert told == (
        f"Wanted packets of an exoskeleton from UDP 127.0.0.1:{worn.port}, found those of a cockpit: "
        "choose the kind of device that it is, or another port."
    )
    assert "found those of an unknown device, number 77" in detail(worn, packet(77, number=9), t_ns=START_NS + MS)


def test_a_device_with_another_number_of_joints_is_told(wear: Callable[[Build], Worn]) -> None:
    zeros = (0,) * 6
    hello = Hello("Six", "6", 4096, (Section.LEFT_ARM,), 100, (1, 0, 0), (zeros, zeros))
    worn = wear(AIREXO)
    assert "Wanted 7 joints per arm, found 6 of the device at UDP" in detail(worn, packet(joints=6, content=hello))


def test_another_version_of_the_protocol_is_told(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    data = bytearray(packet())
    data[2] = 2
    data[-2:] = crc(data[2:-2]).to_bytes(2, "little")
    told = "Wanted version 1 of the exoskeleton protocol, found version 2: update the older of the device's firmware"
    assert told in detail(worn, *[bytes(data)] * 50)


def test_a_wire_that_speaks_another_protocol_is_told(wear: Callable[[Build], Worn]) -> None:
    dynamixel = bytes.fromhex("fffffd00010700550006046526 5d")  # a status packet, as in its makers' manual
    told = detail(wear(AIREXO), *[dynamixel * 10] * 5)
    assert "bytes without one: check the baud rate, and whether another device is on this wire" in told


def test_a_device_that_never_says_what_it_is_is_told(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    assert detail(worn, packet()) == "Listening for what it is."
    late = encode(Packet(Device.EXOSKELETON, 7, 1, 3_000_000, {Section.LEFT_ARM: np.zeros(7)}))
    assert "Wanted a HELLO once a second from UDP" in detail(worn, late, t_ns=START_NS + 3000 * MS)


def test_an_encoder_that_does_not_answer_is_told_by_name(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    read(worn)
    counts = np.array([0, 1, 2, SILENT, 4, 5, 6])
    worn.send(encode(Packet(Device.EXOSKELETON, 7, 2, 10_000, {Section.LEFT_ARM: counts})))
    assert worn.left.read(START_NS + 10 * MS) is None
    assert "of the left elbow flexion, found an encoder that does not answer" in worn.left.health().detail
    assert worn.right.read(START_NS + 10 * MS) is not None


def test_an_arm_that_the_device_does_not_send_is_told(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    zeros = (0,) * 7
    hello = Hello("One arm", "1", 16384, (Section.LEFT_ARM,), 100, (1, 0, 0), (zeros, zeros))
    worn.send(packet(content=hello))
    worn.send(encode(Packet(Device.EXOSKELETON, 7, 1, 10, {Section.LEFT_ARM: np.zeros(7)})))
    state = worn.left.read(START_NS)
    assert state is not None
    assert state.gripper is None
    assert worn.right.read(START_NS) is None
    assert "Wanted the right arm of One arm, found nothing of it yet" in worn.right.health().detail


def test_a_glove_that_falls_silent_stops_the_arm_too(wear: Callable[[Build], Worn]) -> None:
    worn = wear(COCKPIT)
    read(worn)
    for i in range(1, 12):
        state = {Section.LEFT_ARM: np.full(7, 2048), Section.PEDALS: np.zeros(1)}
        worn.send(encode(Packet(Device.COCKPIT, 7, 1 + i, i * 10_000, state)))
        found = worn.left.read(START_NS + i * 10 * MS)
    assert found is None
    assert "Wanted fresh packets from Cockpit stub, found no left glove for 110 ms" in worn.left.health().detail


def test_another_device_at_the_same_port_has_to_say_what_it_is(wear: Callable[[Build], Worn]) -> None:
    worn = wear(AIREXO)
    read(worn)
    other = UdpEnd(worn.port, "127.0.0.1")
    other.send(packet())
    assert worn.left.read(START_NS + 10 * MS) is not None, "the first is heard"
    assert "Wanted one sender" in worn.left.health().detail
    other.send(packet())
    assert worn.left.read(START_NS + 1500 * MS) is None
    assert worn.left.health().detail == "Listening for what it is."
    other.close()


def test_a_port_in_use_is_told_and_taken_when_it_is_free(wear: Callable[[Build], Worn], tmp_path: Path) -> None:
    worn = wear(AIREXO)
    second, _ = exoskeletons(tmp_path, udp=worn.port)
    second.open()
    assert second.read(START_NS) is None
    assert "found Address already in use: close what listens there" in second.health().detail
    worn.left.close()
    worn.right.close()
    second.read(START_NS + 100 * MS)
    assert "already in use" in second.health().detail, "it is tried twice a second"
    second.read(START_NS + 600 * MS)
    worn.unplug()
    worn.plug()
    worn.say(0.0, START_NS + 610 * MS)
    assert second.read(START_NS + 610 * MS) is not None
    second.close()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "Wanted a serial port or a UDP port of the exoskeleton, found neither"),
        ({"udp": 70000}, "Wanted a UDP port from 1 to 65535"),
        ({"udp": 47801, "forearm": 25.0}, "Wanted the length of the forearm between 0 and 1 m, found 25"),
    ],
)
def test_options_that_cannot_be_are_told_at_once(options: dict[str, float], told: str, tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=told):
        exoskeletons(tmp_path, **options)  # type: ignore[arg-type]
