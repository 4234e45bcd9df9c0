"""Leader arms without the arm: what they obey, and the line that they hang on."""

import os
import time
from math import inf
from pathlib import Path

import pytest

from accord.devices.errors import DeviceError
from accord.devices.stubs import feetech_bus
from accord.devices.stubs.faults import read_fault
from accord.devices.stubs.leader_arms import LeaderArm
from accord.devices.stubs.leader_run import serve, timed_lines
from accord.devices.stubs.servo_line import ServoLine

HEADER = "t_s,joint 1,joint 2,joint 3,joint 4,joint 5,trigger"


def answered(line: ServoLine, host: int, request: bytes) -> bytes:
    """What the bus says within a tenth of a second at most, and to nobody after that."""
    os.write(host, request)
    os.set_blocking(host, False)
    until_s, said = time.monotonic() + 0.1, b""
    while time.monotonic() < until_s:
        line.turn()
        try:
            said += os.read(host, 4096)
        except BlockingIOError:
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


def test_a_host_that_never_reads_does_not_hold_the_bus_up() -> None:
    arm = LeaderArm("so101")
    arm.line.plug()
    host = os.open(arm.line.path, os.O_RDWR | os.O_NOCTTY)
    for _ in range(200):
        os.write(host, bytes(200))
        arm.turn()
    os.close(host)
    arm.line.unplug()
