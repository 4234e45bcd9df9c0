"""Leader arms without the arm: what they obey, and the line that they hang on."""

import os
import time
from math import inf
from pathlib import Path

import numpy as np
import pytest
from leader_stub import PATIENCE_S, LeaderStub, calibrate
from wired import PERIOD_S, Straight, observed

from accord.devices.errors import DeviceError
from accord.devices.inputs.kinds import kind_named
from accord.devices.inputs.leader import Leader
from accord.devices.inputs.leaders import LEADERS
from accord.devices.limits import Hold
from accord.devices.sim.poses import turn_between, turned
from accord.devices.sources.hand import OPEN, Hand
from accord.devices.stubs import feetech_bus
from accord.devices.stubs.faults import read_fault
from accord.devices.stubs.leader_arms import LeaderArm
from accord.devices.stubs.leader_run import serve, timed_lines
from accord.devices.stubs.servo_line import ServoLine

HEADER = "t_s,joint 1,joint 2,joint 3,joint 4,joint 5,trigger"


def answered(line: ServoLine, host: int, request: bytes) -> bytes:
    """What the bus says for a tenth of a second at least, and until it has said all."""
    os.write(host, request)
    os.set_blocking(host, False)
    since_s, said, quiet = time.monotonic(), b"", False
    while not quiet or time.monotonic() < since_s + 0.1:
        line.turn()
        try:
            said += os.read(host, 4096)
            quiet = False
        except BlockingIOError:
            quiet = line.next_s(time.monotonic()) is None
            time.sleep(0.001)
    return said


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", "wrong ''"),
        ("dance", "wrong 'dance'"),
        ("move 1 2", "wrong 'move 1 2'"),
        ("move a b c d e f", "wrong"),
        ("move 0 0 0 0 0 nan", "wrong"),
        ("move 0 0 0 0 0 inf", "wrong"),
        ("silent 9", "wrong 'silent 9'"),
        ("late", "wrong 'late'"),
        ("play nowhere.csv", "wrong 'play nowhere.csv'"),
    ],
)
def test_a_line_that_makes_no_sense_changes_nothing(line: str, found: str) -> None:
    arm = LeaderArm("koch")
    before = [servo.ticks for servo in arm.line.servos.values()]
    assert arm.obey(line).startswith(found)
    assert [servo.ticks for servo in arm.line.servos.values()] == before
    assert not arm.line.faults.silent


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "0,0,0,0,0,0,1",
        HEADER,
        f"{HEADER}\n0,1,2",
        f"{HEADER}\n0,a,0,0,0,0,1",
        f"{HEADER}\n0,nan,0,0,0,0,1",
        f"{HEADER}\n1,0,0,0,0,0,1\n0,0,0,0,0,0,1",
    ],
)
def test_a_table_that_is_no_motion_is_told(tmp_path: Path, rows: str) -> None:
    (tmp_path / "a motion.csv").write_text(rows)
    arm = LeaderArm("koch")
    assert arm.obey(f"play {tmp_path / 'a motion.csv'}").startswith("wrong ")
    arm.turn()


def test_a_motion_ends_where_its_last_row_is(tmp_path: Path) -> None:
    (tmp_path / "a motion.csv").write_text(f"{HEADER}\n0,0,0,0,0,0,1\n0.001,0.5,0,0,0,0,0\n")
    arm = LeaderArm("koch")
    assert arm.obey(f"play {tmp_path / 'a motion.csv'}").startswith("ok ")
    played_s = time.monotonic()
    while time.monotonic() < played_s + 0.002:
        arm.turn()
    arm.turn()
    assert [arm.line.servos[id_].ticks for id_ in (1, 6)] == [2374, 2050]


def test_troubles_are_lines_in_time() -> None:
    assert timed_lines(read_fault("silent@3+1")) == ((3.0, "silent all"), (4.0, "whole"))
    assert timed_lines(read_fault("unplugged@2")) == ((2.0, "unplug"), (inf, "plug"))
    with pytest.raises(DeviceError, match="Wanted a fault of a leader arm, found 'fast'"):
        timed_lines(read_fault("fast@1"))


def test_a_run_ends_in_time_and_takes_its_port_with_it(tmp_path: Path) -> None:
    said: list[str] = []
    link = tmp_path / "port"
    serve(LeaderArm("koch", str(link)), said.append, [(0.01, "silent 3"), (0.02, "quit")])
    assert said[0] == f"port {link}"
    assert [line.split()[0] for line in said[1:]] == ["ok"]
    assert not link.is_symlink()


def test_a_port_is_found_under_its_name_again(tmp_path: Path) -> None:
    arm = LeaderArm("koch", str(tmp_path / "port"))
    for _ in range(2):
        arm.line.plug()
        arm.line.plug()
        assert os.path.realpath(tmp_path / "port").startswith("/dev/")
        arm.line.unplug()
        arm.line.unplug()
        assert not os.path.lexists(tmp_path / "port")
    arm.turn()


def test_a_host_at_another_baud_rate_hears_rubbish() -> None:
    arm = LeaderArm("so101")
    arm.line.plug()
    host = os.open(arm.line.path, os.O_RDWR | os.O_NOCTTY)
    ping = b"\xff\xff\x01\x02\x01\xfb"
    said = answered(arm.line, host, ping)  # a fresh terminal is not at 1 Mbaud
    assert len(said) == len(ping)
    assert said != feetech_bus.status(1)
    os.close(host)
    arm.line.unplug()


PATH = np.linspace((0.0, 0.0, 0.2, -1.2, 0.0), (0.25, 0.3, 0.1, -1.0, -0.4), 12)
"""(n, 5) how a leader of five joints is moved [rad]: to the left, forward and down, its hand rolled."""


class Held:
    """A leader of five joints over its real bus, and a robot of seven that follows every command at once."""

    def __init__(self, stub: LeaderStub, folder: Path) -> None:
        calibrate(stub.name, stub.port, folder)
        kind = kind_named(stub.name)
        (device,) = kind.make({"port": stub.port}, folder)
        assert isinstance(device, Leader)
        self.stub, self.device = stub, device
        self.hand = Hand(device, kind.mapping, None, Straight(), PERIOD_S)
        self.position, self.quaternion = np.array([0.5, 0.0, 0.3]), np.array([0.0, 1.0, 0.0, 0.0])
        self.gripper = OPEN
        device.open()

    def turn(self) -> Hold:
        """One turn of the loop; why the robot is held."""
        target = (self.position, self.quaternion)
        seen = observed(self.quaternion, target=target, hand=self.position)
        command = self.hand.command(seen, time.monotonic_ns())
        if self.hand.reason is Hold.NONE:
            self.position = self.position + command.twist[:3] * PERIOD_S
            self.quaternion = turned(self.quaternion, command.twist[3:] * PERIOD_S)
        self.gripper = command.gripper
        assert self.hand.ghost is None, "nobody has to bring arms together"
        self.device.wait(PERIOD_S)
        return self.hand.reason

    def until(self, joints: np.ndarray, opening: float) -> bool:
        """Move the leader there, and whether it drove until that was heard."""
        self.stub.move([*joints, opening])
        drove, deadline_s = True, time.monotonic() + PATIENCE_S
        while not self._stands(joints, opening):
            assert time.monotonic() < deadline_s, self.hand.health()
            drove = self.turn() is Hold.NONE and drove
        return drove

    def _stands(self, joints: np.ndarray, opening: float) -> bool:
        state = self.hand.last_state
        if state.joints is None or state.gripper is None:
            return False
        return bool(np.allclose(state.joints, joints, atol=0.002)) and abs(state.gripper - opening) < 0.01


@pytest.mark.parametrize("name", ["koch", "so101"])
def test_the_hand_of_a_robot_of_seven_joints_follows_the_hand_of_a_leader_of_five(name: str, tmp_path: Path) -> None:
    chain = LEADERS[name].chain
    assert chain is not None
    with LeaderStub(name, tmp_path) as stub:
        held = Held(stub, tmp_path / "calibrations")
        for _ in range(10):  # a machine that stands still for 100 ms loses the leader, and it is engaged anew
            for opening in (1.0, 0.0, 1.0):
                held.until(PATH[0], opening)
            began, turned_before = held.position, held.quaternion
            if all(held.until(joints, 1.0) for joints in PATH[1:]) and held.until(PATH[-1], 0.0):
                break
        else:
            raise AssertionError("it never drove from one end of the path to the other")
        detail = held.hand.health().detail
        held.device.close()
    way = chain.pose(PATH[-1])[:3] - chain.pose(PATH[0])[:3]
    np.testing.assert_allclose(held.position - began, 2.0 * way, atol=0.004)
    assert np.linalg.norm(way) > 0.05
    steps = zip(map(chain.pose, PATH), map(chain.pose, PATH[1:]), strict=False)
    yaw = sum(turn_between(before[3:], after[3:])[2] for before, after in steps)
    np.testing.assert_allclose(turn_between(turned_before, held.quaternion), [0.0, 0.0, yaw], atol=0.01)
    assert yaw > 0.4
    assert held.gripper < 0.05, "the trigger is the gripper's"
    assert detail == "", "nothing is wrong with joints that do not fit"


def test_a_host_that_never_reads_does_not_hold_the_bus_up_and_loses_what_does_not_fit() -> None:
    arm = LeaderArm("so101")
    arm.line.plug()
    host = os.open(arm.line.path, os.O_RDWR | os.O_NOCTTY)
    asked = 200 * [bytes(1000)]
    for request in asked:
        os.write(host, request)
        arm.turn()
    while arm.line._due:  # until the last answer was given to a host that has read none
        arm.turn()
    kept = answered(arm.line, host, b"")
    assert 0 < len(kept) < sum(map(len, asked))
    assert len(answered(arm.line, host, b"\xff\xff\x01\x02\x01\xfb")) == 6, "who reads again is answered again"
    os.close(host)
    arm.line.unplug()
