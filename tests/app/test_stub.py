"""``accord stub``: the command, and the window of a stub."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
pytest.importorskip("PySide6.QtWidgets", reason="the window is an optional extra")

from peers.stub_process import StubProcess, free_udp_port
from PySide6.QtWidgets import QApplication

from accord.app import cli
from accord.app.commands.stub_leader import LEADER_LINES
from accord.app.ui.stub_window import StubWindow
from accord.app.ui.theme import Scheme, Theme
from accord.devices.inputs.exo_packet import Decoder, Packet, Section
from accord.devices.stubs.airexo import AIREXO
from accord.devices.stubs.cockpit import COCKPIT
from accord.devices.stubs.ends import UdpEnd
from accord.devices.stubs.exo_run import ExoRun
from accord.devices.stubs.exo_stub import Body, Build
from accord.devices.stubs.leader_arms import LeaderArm
from accord.devices.stubs.leader_run import LINES, QUIT


class Host:
    """Somebody who listens."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(20.0)
        self.port = int(self._socket.getsockname()[1])

    def hear(self) -> Packet:
        """The newest state of the next datagram."""
        return Decoder().feed(self._socket.recv(4096))[-1]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def host() -> Iterator[Host]:
    one = Host()
    yield one
    one.close()


def word(packet: Packet, section: Section, at: int = 0) -> int:
    assert isinstance(packet.content, dict)
    return int(packet.content[section][at])


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main(["stub", *words]) == 2
    return capsys.readouterr().err


def test_a_motion_is_played_and_written_down(host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    motion, record = tmp_path / "motion.csv", tmp_path / "record.csv"
    motion.write_text("t_s,left trigger\n0,1\n0.2,0\n")
    words = ["stub", "airexo", "--udp", str(host.port), "--motion", str(motion), "--record", str(record)]
    assert cli.main([*words, "--seconds", "0.3"]) == 0
    assert capsys.readouterr().out == f"AirExo stub at UDP 127.0.0.1:{host.port}\n"
    heard = [word(host.hear(), Section.LEFT_TRIGGER) for _ in range(30)]
    assert heard[0] == 65535
    assert heard[10] == pytest.approx(32768, abs=2)
    assert heard[-1] == 0
    lines = record.read_text().splitlines()
    assert lines[0].startswith("t_s,left shoulder flexion,")
    assert len(lines) == 31


def test_a_record_never_replaces_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "record.csv"
    record.write_text("precious")
    err = told(capsys, "airexo", "--udp", str(free_udp_port()), "--record", str(record))
    assert "found one that is there: name another" in err
    assert record.read_text() == "precious"


def test_a_stub_that_never_ran_leaves_no_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "record.csv"
    told(capsys, "airexo", "--udp", str(free_udp_port()), "--record", str(record), "--rate", "0")
    assert not record.exists()


def test_a_leader_arm_is_a_stub_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link, motion = tmp_path / "leader", tmp_path / "motion.csv"
    motion.write_text("t_s,joint 1,joint 2,joint 3,joint 4,joint 5,trigger\n0,0,0,0,0,0,1\n1,1,0,0,0,0,1\n")
    words = ["stub", "so101", "--serial", str(link), "--motion", str(motion), "--seconds", "0.1"]
    assert cli.main(words) == 0
    assert capsys.readouterr().out.startswith(f"SO-101 leader at {link}\n")
    assert not link.is_symlink()


def test_a_leader_arm_replaces_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "thesis"
    file.write_text("all of it")
    assert "found a file: name another path" in told(capsys, "koch", "--serial", str(file))
    assert file.read_text() == "all of it"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["tickler", "--udp", "47801"], "Wanted a stub, found 'tickler': choose one of airexo, cockpit, gello"),
        (["airexo"], "one of the arguments --udp --serial is required"),
        (["airexo", "--udp", "47801", "--fault", "tired"], "Wanted a fault such as silent@3 or silent@3+1"),
        (["airexo", "--udp", "47801", "--rate", "0"], "Wanted a rate from 1 to 1000 Hz, found 0"),
        (["airexo", "--udp", "99999"], "Wanted a way to UDP 127.0.0.1:99999"),
        (["gello", "--udp", "47801"], "Wanted --udp with an exoskeleton, found it with gello: leave out --udp."),
        (["gello", "--serial", "--window"], "Wanted --window with an exoskeleton, found it with gello"),
        (["gello", "--serial", "--fault", "fast@1"], "Wanted a fault of a leader arm, found 'fast'"),
        (["gello", "--serial", "--motion", "none.csv"], "Wanted a motion of gello, found"),
        (["airexo", "--serial", "--to", "127.0.0.2"], "Wanted --to with --udp, found it with --serial"),
        (
            ["airexo", "--udp", "47801", "--motion", "none.csv"],
            "Wanted a recorded motion in none.csv, found No such file",
        ),
    ],
)
def test_bad_input_is_one_sentence(words: list[str], wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert wanted in told(capsys, *words)


def test_ctrl_c_ends_it_and_takes_its_link_away(tmp_path: Path) -> None:
    link = tmp_path / "cable"
    words = [sys.executable, "-m", "accord.app.cli", "stub", "cockpit", "--serial", str(link)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Cockpit stub at {link}\n"
        assert link.is_symlink()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert not link.is_symlink()


def test_it_ends_with_its_lines() -> None:
    with StubProcess("airexo", "--udp", str(free_udp_port())) as stub:
        assert stub._process.stdin is not None
        stub._process.stdin.close()
        assert stub._process.wait(20) == 0


# The window -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def application() -> QApplication:
    app = QApplication.instance() or QApplication(["accord"])
    assert isinstance(app, QApplication)
    Theme(app, Scheme.LIGHT)
    return app


def opened(build: Build, host: Host, seconds: float = 1000.0) -> tuple[StubWindow, Body]:
    body = Body(build)
    stub = ExoRun(body, lambda: UdpEnd(host.port, "127.0.0.1"), 100)
    window = StubWindow(body, stub, seconds)
    window.show()
    window.start()
    return window, body


def until(host: Host, section: Section, at: int, wanted: int) -> None:
    deadline_s = time.monotonic() + 20.0
    while time.monotonic() < deadline_s:
        if abs(word(host.hear(), section, at) - wanted) <= 1:
            return
    raise AssertionError(f"never {wanted}")


def test_what_a_slider_shows_is_sent(application: QApplication, host: Host) -> None:
    window, body = opened(AIREXO, host)
    until(host, Section.LEFT_TRIGGER, 0, 65535)
    window.sliders["left trigger"].put(0.25)
    until(host, Section.LEFT_TRIGGER, 0, round(0.25 * 65535))
    window.pedals["pedal 1"].click()
    until(host, Section.PEDALS, 0, 1)
    window.rest()
    until(host, Section.LEFT_TRIGGER, 0, 65535)
    until(host, Section.PEDALS, 0, 0)
    assert body.values() == pytest.approx(AIREXO.rest())
    window.close()


def test_one_slider_makes_a_fist(application: QApplication, host: Host) -> None:
    window, _ = opened(COCKPIT, host)
    window.sliders["left glove fist"].put(1.0)
    for at in range(15):
        until(host, Section.LEFT_GLOVE, at, 65535)
        until(host, Section.RIGHT_GLOVE, at, 0)
    window.close()


def test_every_channel_can_be_moved_by_hand(application: QApplication, host: Host) -> None:
    for build in (AIREXO, COCKPIT):
        window, body = opened(build, host)
        for channel in build.channels:
            if channel.whole:
                window.pedals[channel.name].setChecked(True)
            else:
                window.sliders[channel.name].put(channel.low)
            wanted = 1.0 if channel.whole else channel.low
            assert body.values()[build.index(channel.name)] == pytest.approx(wanted)
        window.close()


def test_a_fault_can_be_chosen_and_ended(application: QApplication, host: Host) -> None:
    window, _ = opened(AIREXO, host)
    until(host, Section.LEFT_TRIGGER, 0, 65535)
    window.troubles["rubbish"].click()
    decoder, deadline_s = Decoder(), time.monotonic() + 20.0
    while not decoder.refused and time.monotonic() < deadline_s:
        decoder.feed(host._socket.recv(4096))
    assert decoder.refused
    window.troubles["none"].click()
    while not decoder.feed(host._socket.recv(4096)) and time.monotonic() < deadline_s:
        continue
    window.close()


def test_the_window_closes_when_its_time_is_over(application: QApplication, host: Host) -> None:
    window, _ = opened(AIREXO, host, seconds=0.05)
    deadline_s = time.monotonic() + 20.0
    while window.isVisible() and time.monotonic() < deadline_s:
        application.processEvents()
    assert not window.isVisible()


def test_the_lines_that_its_help_names_are_those_that_a_leader_obeys() -> None:
    words = {part.split()[0] for part in LEADER_LINES.replace(" and ", ", ").split(", ")} - {"0"}
    arm = LeaderArm("gello")
    lines = ["move 0 0 0 -1.5 0 1.5 0 1", "silent 3 4", "silent all", "rubbish 3", "twins 3", "late 0.1",
             "model 3 350", "whole", "unplug", "plug", "torque"]  # fmt: skip
    try:
        for line in lines:
            assert arm.obey(line).startswith("ok "), line
        assert arm.obey("play nowhere.csv").startswith("wrong 'play nowhere.csv'")
    finally:
        arm.line.unplug()
    assert words == {line.split()[0] for line in lines} | {"play", QUIT}
    assert {line.split()[0] for pair in LINES.values() for line in pair} <= words
