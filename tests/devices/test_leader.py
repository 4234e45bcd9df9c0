"""Leader arms over their real wire: the makers' SDKs against a bus emulator in a process of its own."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from contracts.inputs import LeaderContract
from leader_stub import LeaderStub, calibrate, read_until, read_whole

from accord.devices.errors import DeviceError
from accord.devices.input import Input, InputState, Waits
from accord.devices.inputs import leader_port as finding
from accord.devices.inputs.dynamixel import gello, koch
from accord.devices.inputs.feetech import so101
from accord.devices.inputs.leader import Leader
from accord.devices.inputs.leader_chains import FIVE
from accord.devices.inputs.leaders import LEADERS
from accord.devices.inputs.serial_port import Port
from accord.devices.stubs.leader_arms import ASSEMBLIES

MAKERS: dict[str, Callable[..., tuple[Input, ...]]] = {"gello": gello, "koch": koch, "so101": so101}
FAST = "1000000"
POSE = {
    "gello": [0.1, -0.2, 0.3, -1.2, 0.5, 1.0, -0.3, 0.25],
    "koch": [0.1, -0.2, 0.3, -1.2, 0.5, 0.25],
    "so101": [0.1, -0.2, 0.3, -1.2, 0.5, 0.25],
}
TICK = 2 * np.pi / 4096


def make(name: str, folder: Path, port: str, baud: int = int(FAST), ids: str = "") -> Leader:
    (device,) = MAKERS[name](config=folder / "calibrations", port=port, baud=baud, ids=ids)
    assert isinstance(device, Leader)
    assert isinstance(device, Waits)
    return device


@pytest.fixture(params=tuple(MAKERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, LeaderStub]]:
    """One process of each."""
    with ExitStack() as stack:
        arguments = ("--baud", FAST)
        stubs = {name: LeaderStub(name, tmp_path_factory.mktemp(name), *arguments) for name in MAKERS}
        for stub in stubs.values():
            stack.enter_context(stub)
        yield stubs


@pytest.fixture
def stub(name: str, stubs: dict[str, LeaderStub]) -> LeaderStub:
    stubs[name].mend()
    return stubs[name]


@pytest.fixture
def leader(stub: LeaderStub, tmp_path: Path) -> Iterator[Leader]:
    """Calibrated, opened, and heard."""
    calibrate(stub.name, stub.port, tmp_path / "calibrations")
    device = make(stub.name, tmp_path, stub.port)
    device.open()
    read_whole(device)
    yield device
    device.close()


def stands_at(pose: list[float]) -> Callable[[InputState | None], bool]:
    def stands(state: InputState | None) -> bool:
        if state is None or state.joints is None or state.gripper is None:
            return False
        return bool(np.allclose(state.joints, pose[:-1], atol=TICK)) and abs(state.gripper - pose[-1]) < 0.01

    return stands


class Rig:
    """A leader and what a person does to it. Time is made up for the leader, though not for the wire."""

    def __init__(self, stub: LeaderStub, folder: Path) -> None:
        self._stub, self._wrong = stub, False
        calibrate(stub.name, stub.port, folder / "calibrations")
        self.device: Input = make(stub.name, folder, stub.port)
        self.unplug()

    def plug(self) -> None:
        self._stub.say("plug")

    def unplug(self) -> None:
        self._stub.say("unplug")

    def say(self, way: float, t_ns: int) -> None:
        if self._wrong:
            self._stub.say("whole")
        self._wrong = False
        reference = ASSEMBLIES[self._stub.name].model.reference
        self._stub.move([reference[0] + way, *reference[1:], 1.0])

    def fall_silent(self) -> None:
        self._stub.say("silent all")
        self._wrong = True

    def rubbish(self, t_ns: int) -> None:
        self._stub.say("rubbish all")
        self._wrong = True


@pytest.mark.parametrize("name", ["gello", "so101"])
class TestALeaderIsAnInput(LeaderContract):
    @pytest.fixture
    def rig(self, stub: LeaderStub, tmp_path: Path) -> Iterator[Rig]:
        rig = Rig(stub, tmp_path)
        yield rig
        rig.device.close()


# What it says ------------------------------------------------------------------------------------------------------


def test_its_joints_and_its_trigger_arrive(stub: LeaderStub, leader: Leader) -> None:
    stub.move(POSE[stub.name])
    state = read_until(leader, stands_at(POSE[stub.name]))
    assert state is not None
    assert state.continuous
    assert not state.axes.any()
    assert len(state.raw) == len(leader.channels) == len(POSE[stub.name])
    assert np.array_equal(state.raw, np.round(state.raw))
    health = leader.health()
    assert health.connected
    assert health.detail == ""
    assert health.serial == stub.port
    assert health.last_report_ns == state.t_ns


def test_a_leader_whose_bones_are_known_says_where_its_hand_is(stub: LeaderStub, leader: Leader) -> None:
    stub.move(POSE[stub.name])
    state = read_until(leader, stands_at(POSE[stub.name]))
    assert state is not None
    assert state.joints is not None
    chain = LEADERS[stub.name].chain
    if chain is None:
        assert stub.name == "gello"
        assert state.pose is None
        return
    assert state.pose is not None
    np.testing.assert_array_equal(state.pose, chain.pose(state.joints))
    assert leader.channels == tuple(f"{name} [tick]" for name in (*FIVE, "trigger"))


def test_servos_that_hold_against_the_hand_are_let_go(stub: LeaderStub, leader: Leader) -> None:
    assert len(stub.say("torque").split()) == 2  # ok and the time, no ids


@pytest.mark.parametrize("name", ["gello"])
def test_a_joint_that_passes_the_end_of_a_turn_goes_on(stub: LeaderStub, leader: Leader) -> None:
    """Joint 7's encoder stands at 0 there, and joint 4's at 4096."""
    for angle in np.linspace(-1.5, 1.5, 13):
        pose = [0.0, 0.0, 0.0, float(angle) - 0.5, 0.0, 1.5, float(angle), 1.0]
        stub.move(pose)
        read_until(leader, stands_at(pose))


@pytest.mark.parametrize("name", ["so101"])
def test_the_trigger_is_a_button_with_slack(stub: LeaderStub, leader: Leader) -> None:
    seen = []
    for opening in (0.5, 0.3, 0.1, 0.3, 0.5, 0.3):
        pose = [*POSE["so101"][:-1], opening]
        stub.move(pose)
        state = read_until(leader, stands_at(pose))
        assert state is not None
        seen.append(state.buttons)
    assert seen == [0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize("name", ["gello"])
def test_without_a_calibration_it_gives_ticks_only_and_says_so(stub: LeaderStub, tmp_path: Path) -> None:
    device = make(stub.name, tmp_path, stub.port)
    device.open()
    state = read_whole(device)
    assert state.joints is None
    assert state.gripper is None
    assert len(state.raw) == 8
    detail = f"Wanted a calibration of gello {stub.port}, found none: calibrate it on the page Devices."
    assert device.health().detail == detail
    calibrate(stub.name, stub.port, tmp_path / "calibrations")
    read_until(device, lambda state: state is not None and state.joints is not None)
    assert device.health().detail == ""
    device.close()


# How often ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gello", "so101"])
def test_who_waits_for_it_reads_it_a_hundred_times_a_second(leader: Leader) -> None:
    before, start_ns = leader.health().reports, time.monotonic_ns()
    while (t_ns := time.monotonic_ns()) - start_ns < 500_000_000:
        leader.read(t_ns)
        leader.wait(0.02)
    assert 10 < leader.health().reports - before <= 52


def test_who_does_not_wait_for_it_does_not_keep_the_bus_busy(leader: Leader) -> None:
    before, start_ns = leader.health().reports, time.monotonic_ns()
    while (t_ns := time.monotonic_ns()) - start_ns < 200_000_000:
        leader.read(t_ns)
    assert leader.health().reports - before <= 41


@pytest.mark.parametrize("name", ["so101"])
def test_a_motion_twice_as_fast_arrives_too(stub: LeaderStub, leader: Leader, tmp_path: Path) -> None:
    joints = ",".join(f"joint {number}" for number in range(1, 6))
    for speed in (1.0, 2.0):
        rows = [f"{t},{speed * t},0,0,0,0,1" for t in (0.0, 0.4)]
        (tmp_path / "motion.csv").write_text("\n".join((f"t_s,{joints},trigger", *rows)))
        begun_ns = int(stub.say(f"play {tmp_path / 'motion.csv'}").split()[1])
        seen: list[float] = []
        while (t_ns := time.monotonic_ns()) < begun_ns + 390_000_000:
            state = leader.read(t_ns)
            if state is not None and state.t_ns == t_ns:  # it stood there between the question and the answer
                assert state.joints is not None
                begun_s = state.joints[0] / speed
                asked_s, answered_s = (t_ns - begun_ns) / 1e9, (time.monotonic_ns() - begun_ns) / 1e9
                assert asked_s - 0.005 < begun_s < answered_s + 0.03
                seen.append(state.joints[0])
            leader.wait(0.02)
        assert len(seen) > 3
        assert seen == sorted(seen)


# Faults ------------------------------------------------------------------------------------------------------------


def test_unplugged_in_motion_it_is_none_at_once_and_comes_back(stub: LeaderStub, leader: Leader) -> None:
    stub.move(POSE[stub.name])
    read_until(leader, stands_at(POSE[stub.name]))
    stub.say("unplug")
    read_until(leader, lambda state: state is None)
    assert not leader.health().connected
    read_until(leader, lambda _: "no such port" in leader.health().detail)
    stub.say("plug")
    read_until(leader, stands_at(POSE[stub.name]))
    assert leader.health().connected
    assert leader.health().detail == ""


def test_silent_for_a_second_it_is_none_and_comes_back(stub: LeaderStub, leader: Leader) -> None:
    stub.say("silent all")
    silent_ns = time.monotonic_ns()
    read_until(leader, lambda state: state is None)
    read_until(leader, lambda _: "found no answer: check its power supply" in leader.health().detail)
    assert not leader.health().connected
    read_until(leader, lambda _: time.monotonic_ns() - silent_ns > 1_000_000_000)
    stub.say("whole")
    read_whole(leader)


def test_a_silent_servo_is_left_out_named_and_taken_back(stub: LeaderStub, leader: Leader) -> None:
    stub.say("silent 3")
    read_until(leader, lambda _: "no answer of 3:" in leader.health().detail)
    assert leader.health().connected
    refused = leader.health().refused
    start_ns = time.monotonic_ns()
    while time.monotonic_ns() - start_ns < 500_000_000:
        asked_ns = time.monotonic_ns()
        assert leader.read(asked_ns) is None
        leader.wait(0.02)
    assert leader.health().refused <= refused + 10  # once a second, not fifty times in half of one
    stub.say("whole")
    read_whole(leader)
    assert leader.health().detail == ""


def test_rubbish_is_refused_and_never_believed(stub: LeaderStub, leader: Leader) -> None:
    stub.move(POSE[stub.name])
    read_until(leader, stands_at(POSE[stub.name]))
    refused = leader.health().refused
    stub.say("rubbish all")
    state: InputState | None = leader.read(time.monotonic_ns())
    while state is not None:
        assert stands_at(POSE[stub.name])(state)
        leader.wait(0.02)
        state = leader.read(time.monotonic_ns())
    read_until(leader, lambda _: "garbled" in leader.health().detail or "make no sense" in leader.health().detail)
    assert leader.health().refused > refused
    stub.say("whole")
    read_until(leader, stands_at(POSE[stub.name]))


def test_answers_that_come_too_late_are_not_believed(stub: LeaderStub, leader: Leader) -> None:
    """Late by 50 ms each would be the answer to the question after: it must not be taken for that one's."""
    stub.say("late 0.05")
    stub.move(POSE[stub.name])
    read_until(leader, lambda state: state is None)
    late_ns = time.monotonic_ns()
    while time.monotonic_ns() - late_ns < 1_000_000_000:
        assert leader.read(time.monotonic_ns()) is None
        leader.wait(0.02)
    stub.say("whole")
    read_until(leader, stands_at(POSE[stub.name]))


def test_answers_that_come_a_little_late_are_as_old_as_the_question(stub: LeaderStub, leader: Leader) -> None:
    stub.say("late 0.02")
    before_ns = time.monotonic_ns()
    state = read_until(leader, lambda state: state is not None and state.t_ns > before_ns)
    assert state is not None
    assert time.monotonic_ns() - state.t_ns >= 20_000_000


@pytest.mark.parametrize("name", ["gello", "so101"])
def test_two_servos_with_one_id_are_told(stub: LeaderStub, tmp_path: Path) -> None:
    stub.say("twins 2")
    stub.say("silent 4")
    device = make(stub.name, tmp_path, stub.port)
    device.open()
    read_until(device, lambda _: "garbled" in device.health().detail)
    detail = device.health().detail
    assert "no answer of 4 and garbled answers of 2: look for two servos with one id" in detail
    assert device.read(time.monotonic_ns()) is None
    device.close()


# Bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "wrong"), [("gello", 57_600), ("so101", 500_000)])
def test_another_baud_rate_is_found_out(stub: LeaderStub, tmp_path: Path, wrong: int) -> None:
    device = make(stub.name, tmp_path, stub.port, baud=wrong)
    device.open()
    read_until(device, lambda _: "set its baud rate to 1000000." in device.health().detail)
    assert f"at {wrong} baud, found them at 1000000 baud" in device.health().detail
    assert device.read(time.monotonic_ns()) is None
    assert not device.health().connected
    device.close()


@pytest.mark.parametrize(("name", "model"), [("koch", 350), ("so101", 1284)])
def test_a_servo_of_another_model_is_refused(stub: LeaderStub, tmp_path: Path, model: int) -> None:
    stub.say(f"model 5 {model}")
    device = make(stub.name, tmp_path, stub.port)
    device.open()
    read_until(
        device, lambda _: f"with the id 5, found one of another model (number {model})" in device.health().detail
    )
    assert not device.health().connected
    stub.say("whole")
    read_whole(device)
    device.close()


@pytest.mark.parametrize("name", ["gello"])
def test_a_late_answer_is_not_taken_for_another_model(
    stub: LeaderStub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = make(stub.name, tmp_path, stub.port)
    numbers, true_model = [2219], device._bus.model
    monkeypatch.setattr(device._bus, "model", lambda servo: numbers.pop() if numbers else true_model(servo))
    seen = []
    device.open()
    read_until(device, lambda state: seen.append(device.health().detail) or state is not None)
    assert not [detail for detail in seen if "another model" in detail]
    device.close()


@pytest.mark.parametrize("name", ["koch"])
def test_another_make_of_leader_does_not_answer(stub: LeaderStub, tmp_path: Path) -> None:
    device = make("so101", tmp_path, stub.port)
    device.open()
    read_until(device, lambda _: "servos 1, 2, 3, 4, 5, 6 of the SO-101 leader" in device.health().detail)
    assert not device.health().connected
    device.close()


@pytest.mark.parametrize("name", ["gello"])
def test_a_held_port_is_told(stub: LeaderStub, leader: Leader, tmp_path: Path) -> None:
    second = make(stub.name, tmp_path, stub.port)
    second.open()
    assert second.read(time.monotonic_ns()) is None
    assert (
        second.health().detail == f"Wanted {stub.port} alone, found that another program holds it: close that program."
    )
    second.close()


def test_a_port_that_is_not_there_is_told(tmp_path: Path) -> None:
    device = make("koch", tmp_path, str(tmp_path / "nowhere"))
    assert device.read(time.monotonic_ns()) is None
    device.open()
    assert device.read(time.monotonic_ns()) is None
    health = device.health()
    assert health.detail.startswith(f"Wanted a device at {tmp_path / 'nowhere'}, found no such port")
    assert (health.connected, health.reports, health.refused, health.last_report_ns) == (False, 0, 0, 0)
    device.close()
    device.close()
    assert device.health().detail == "not opened"


def test_no_permission_is_told_with_the_way_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "port").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    device = make("koch", tmp_path, str(tmp_path / "port"))
    device.open()
    assert device.read(time.monotonic_ns()) is None
    assert f"Wanted to read {tmp_path / 'port'}, found no permission: " in device.health().detail
    assert "dialout" in device.health().detail
    device.close()


@pytest.mark.parametrize(
    ("baud", "ids", "sentence"),
    [
        (12_345, "", "Wanted a baud rate of Dynamixel servos, found 12345: choose one of "),
        (0, "1,2,2", "Wanted 2 to 17 different ids of servos, 0 to 252, found '1,2,2': say them from the base on"),
        (0, "1,two", "found '1,two'"),
        (0, "1", "found '1'"),
        (0, "1,253", "found '1,253'"),
    ],
)
def test_impossible_options_are_refused(tmp_path: Path, baud: int, ids: str, sentence: str) -> None:
    with pytest.raises(DeviceError) as error:
        make("gello", tmp_path, "", baud, ids)
    assert sentence in str(error.value)


def test_the_only_usb_port_is_found_and_more_than_one_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Port("/dev/ttyS0", "", "", None, None)
    usb = [Port(f"/dev/ttyUSB{number}", "U2D2", f"FT{number}", 0x0403, 0x6014) for number in (0, 1)]
    monkeypatch.setattr(finding, "ports", lambda: (plain, usb[0]))
    assert finding.leader_port("GELLO", "") == "/dev/ttyUSB0"
    assert finding.leader_port("GELLO", "/dev/ttyS0") == "/dev/ttyS0"
    assert finding.leader_port("GELLO", "FT0") == "/dev/ttyUSB0"
    monkeypatch.setattr(finding, "ports", lambda: (plain, *usb))
    with pytest.raises(DeviceError, match="found /dev/ttyUSB0, /dev/ttyUSB1: choose one as its port"):
        finding.leader_port("GELLO", "")
    monkeypatch.setattr(finding, "ports", lambda: (plain,))
    with pytest.raises(DeviceError, match="plug its adapter in, or give the port"):
        finding.leader_port("GELLO", "")


@pytest.mark.parametrize("name", ["gello"])
def test_fewer_servos_may_be_named(stub: LeaderStub, tmp_path: Path) -> None:
    device = make(stub.name, tmp_path, stub.port, ids="1, 2,3,8")
    device.open()
    assert len(read_whole(device).raw) == len(device.channels) == 4
    device.close()
