"""Stubs of exoskeletons: each in a process of its own, over a pseudo-terminal or UDP, in real time."""

import io
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from peers.stub_process import StubProcess, free_udp_port

from accord.devices.errors import DeviceError
from accord.devices.input import InputState
from accord.devices.inputs.exo_packet import Decoder, Hello
from accord.devices.inputs.exoskeleton import Exoskeleton, cockpits, exoskeletons
from accord.devices.stubs.airexo import AIREXO
from accord.devices.stubs.cockpit import COCKPIT
from accord.devices.stubs.ends import PtyEnd, UdpEnd
from accord.devices.stubs.exo_run import ExoRun
from accord.devices.stubs.exo_stub import Body, Build, ExoStub
from accord.devices.stubs.faults import Fault, Trouble, read_fault
from accord.devices.stubs.recorded_motion import MotionFile, read_motion

STALE_NS = 100_000_000
FOREVER_S = 20.0
ELBOW = 3


@dataclass
class Wired:
    """A stub's process, and the input at the other end of its wire."""

    stub: StubProcess
    device: Exoskeleton

    def until(self, what: Callable[[InputState | None], bool]) -> InputState | None:
        """Read until it is so; no state on the way may be older than 100 ms."""
        end_s = time.monotonic() + FOREVER_S
        while time.monotonic() < end_s:
            self.device.wait(0.01)
            now_ns = time.monotonic_ns()
            state = self.device.read(now_ns)
            assert state is None or now_ns - state.t_ns <= STALE_NS
            if what(state):
                return state
        raise AssertionError(f"never so: {self.device.health()}")

    def well(self) -> None:
        self.stub.say("fault none")
        self.until(lambda state: state is not None)

    def told(self, words: str) -> None:
        """Read until it is lost and says so; so soon after its last word that no robot moves on."""
        self.until(lambda state: state is None and words in self.device.health().detail)


@pytest.fixture(scope="module", params=["airexo over UDP", "airexo over serial", "cockpit over serial"])
def wired(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    """Every test leaves it well."""
    folder = tmp_path_factory.mktemp("stub")
    name, _, wire = request.param.split()
    make = exoskeletons if name == "airexo" else cockpits
    port = free_udp_port()
    link = folder / "exoskeleton"
    words = ["--udp", str(port)] if wire == "UDP" else ["--serial", str(link)]
    left, right = make(folder, udp=port) if wire == "UDP" else make(folder, port=str(link))
    left.open()
    with StubProcess(name, *words) as stub:
        one = Wired(stub, left)
        one.until(lambda state: state is not None)
        yield one
    left.close()
    right.close()


def test_what_is_moved_at_one_end_moves_at_the_other(wired: Wired) -> None:
    wired.stub.say("left elbow flexion 1.25")
    wired.until(lambda state: state is not None and abs(state.joints[ELBOW] - 1.25) < 1e-3)  # type: ignore[index]
    wired.stub.say("left elbow flexion 0")
    wired.until(lambda state: state is not None and abs(state.joints[ELBOW]) < 1e-3)  # type: ignore[index]


def test_a_pedal_is_a_button(wired: Wired) -> None:
    wired.stub.say("pedal 1 1")
    wired.until(lambda state: state is not None and state.buttons == 0b10)
    wired.stub.say("pedal 1 0")
    wired.until(lambda state: state is not None and state.buttons == 0)


def test_silent_for_a_second_and_back(wired: Wired) -> None:
    wired.stub.say("fault silent")
    wired.told("found silence for 1")
    assert wired.device.health().connected, "it may speak again any moment"
    wired.told("found silence: switch the device on")
    assert not wired.device.health().connected
    wired.well()


def test_rubbish_is_refused_and_told(wired: Wired) -> None:
    before = wired.device.health().refused
    wired.stub.say("fault rubbish")
    wired.told("bytes without one: check the baud rate")
    assert wired.device.health().refused > before
    wired.well()


def test_late_news_is_no_news(wired: Wired) -> None:
    wired.until(lambda state: state is not None)
    wired.stub.say("fault late")
    wired.told("ms late: check its cable or radio")
    wired.well()


def test_twice_as_fast_is_no_trouble(wired: Wired) -> None:
    wired.stub.say("fault fast")
    wired.until(lambda state: state is not None and wired.device.health().rate_hz > 150)
    wired.well()
    wired.until(lambda state: state is not None and wired.device.health().rate_hz < 130)


def test_unplugged_in_motion_and_plugged_in_again(wired: Wired) -> None:
    wired.stub.say("fault unplugged")
    wired.until(lambda state: state is None)
    wired.until(lambda state: state is None and not wired.device.health().connected)
    assert wired.device.health().detail
    wired.well()


@pytest.mark.parametrize("wire", ["udp", "serial"])
def test_a_stub_that_is_killed_and_started_again_comes_back(wire: str, tmp_path: Path) -> None:
    port, link = free_udp_port(), tmp_path / "cable"
    left, _ = exoskeletons(tmp_path, udp=port) if wire == "udp" else exoskeletons(tmp_path, port=str(link))
    left.open()
    words = ["airexo", "--udp", str(port)] if wire == "udp" else ["airexo", "--serial", str(link)]
    for _ in range(2):
        with StubProcess(*words) as stub:
            one = Wired(stub, left)
            one.until(lambda state: state is not None)
            stub.kill()
            one.until(lambda state: state is None and not left.health().connected)
    left.close()


# The stub's own parts -------------------------------------------------------------------------------------------


def run(build: Build, *faults: Fault, seconds: float = 0.5) -> tuple[Decoder, list[float]]:
    """Run one into a socket of ours; what was heard, and when the device says that it was [s]."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as host:
        host.bind(("127.0.0.1", 0))
        host.setblocking(False)
        ExoRun(Body(build), lambda: UdpEnd(host.getsockname()[1], "127.0.0.1"), 200, faults).run(seconds)
        decoder, times = Decoder(), []
        while True:
            try:
                packets = decoder.feed(host.recv(4096))
            except BlockingIOError:
                return decoder, times
            decoder.end()
            times += [packet.time_us / 1e6 for packet in packets if not isinstance(packet.content, Hello)]


@pytest.mark.parametrize("build", [AIREXO, COCKPIT])
def test_a_stub_sends_at_its_rate(build: Build) -> None:
    decoder, times = run(build)
    assert len(times) == 100
    assert decoder.refused == decoder.lost == 0
    assert np.all(np.diff(times) > 0.0)
    assert times[-1] - times[0] == pytest.approx(0.495, rel=0.5)


def test_faults_come_and_go_when_they_were_planned() -> None:
    decoder, times = run(
        AIREXO, Fault(Trouble.SILENT, 0.1, 0.1), Fault(Trouble.RUBBISH, 0.3, 0.1), Fault(Trouble.FAST, 0.4), seconds=0.5
    )
    assert decoder.refused == pytest.approx(20, abs=2)
    assert len(times) == pytest.approx(20 + 0 + 20 + 0 + 40, abs=2)


def test_a_device_that_was_unplugged_starts_from_the_beginning() -> None:
    _, times = run(AIREXO, Fault(Trouble.UNPLUGGED, 0.4, 0.1), seconds=0.6)
    assert len(times) == pytest.approx(100, abs=2)
    assert min(np.diff(times)) < 0.0


def test_every_channel_of_a_stub_reaches_a_packet() -> None:
    for build in (AIREXO, COCKPIT):
        still = _state(build, build.rest())
        for at, channel in enumerate(build.channels):
            moved = build.rest()
            moved[at] = channel.low if channel.rest == channel.high else channel.high
            assert _state(build, moved) != still, channel.name


def _state(build: Build, values: np.ndarray) -> bytes:
    body = Body(build)
    body.hold(dict(enumerate(values)))
    return ExoStub(body, 100).say(0.0)


def test_a_body_goes_no_further_than_it_can() -> None:
    body = Body(AIREXO)
    body.move("left elbow flexion", 99.0)
    assert body.values()[ELBOW] == AIREXO.channels[ELBOW].high
    with pytest.raises(DeviceError, match="Wanted a channel of AirExo stub, found 'left knee'"):
        body.move("left knee", 0.0)
    with pytest.raises(DeviceError, match="Wanted a number for pedal 1, found nan"):
        body.move("pedal 1", float("nan"))


def test_lines_move_it_and_break_it() -> None:
    body = Body(AIREXO)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as host:
        host.bind(("127.0.0.1", 0))
        stub = ExoRun(body, lambda: UdpEnd(host.getsockname()[1], "127.0.0.1"), 100)
        stub.obey("left elbow flexion 1\n")
        assert body.values()[ELBOW] == 1.0
        stub.obey("fault late")
        stub.obey("fault none")
        for line in ("", "left elbow flexion", "left elbow flexion x", "fault sulking"):
            with pytest.raises(DeviceError):
                stub.obey(line)
        stub.run(0.0)


@pytest.mark.parametrize("rate", [0, -5, 1001])
def test_a_rate_that_cannot_be_is_told(rate: int) -> None:
    with pytest.raises(DeviceError, match="Wanted a rate from 1 to 1000 Hz"):
        ExoRun(Body(AIREXO), PtyEnd, rate)


def test_faults_are_read() -> None:
    assert read_fault("late@3") == Fault(Trouble.LATE, 3.0)
    assert read_fault("silent@0.5+1.5") == Fault(Trouble.SILENT, 0.5, 1.5)
    for words in ("late", "late@", "late@-1", "late@x", "@3", "silent@1+"):
        with pytest.raises(DeviceError, match="Wanted a fault such as"):
            read_fault(words)
    with pytest.raises(DeviceError, match="Wanted a fault, found 'sulking': choose one of silent, rubbish"):
        read_fault("sulking@3")


def test_a_link_leads_to_the_terminal_for_as_long_as_it_is_plugged_in(tmp_path: Path) -> None:
    link = tmp_path / "cable"
    first = PtyEnd(link)
    assert link.is_symlink()
    first.close()
    first.close()
    first.send(b"into the air")
    assert not link.is_symlink()
    link.symlink_to("nowhere")  # left behind by a stub that was killed
    second = PtyEnd(link)
    assert link.resolve().exists()
    second.close()


def test_a_file_is_never_replaced_by_a_link(tmp_path: Path) -> None:
    file = tmp_path / "thesis"
    file.write_text("all of it")
    with pytest.raises(DeviceError, match="found a file: name another path"):
        PtyEnd(file)
    assert file.read_text() == "all of it"
    with pytest.raises(DeviceError, match=r"Wanted a link at .*, found No such file"):
        PtyEnd(tmp_path / "no folder" / "cable")


def test_nobody_at_the_other_end_blocks_nothing() -> None:
    end = PtyEnd()
    for _ in range(200):
        end.send(bytes(1000))
    end.close()


# Recorded motions -----------------------------------------------------------------------------------------------


def test_a_motion_that_was_written_down_is_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "motion.csv"
    first, second = COCKPIT.rest(), COCKPIT.rest()
    second[ELBOW] = 1.5
    with path.open("w", newline="") as file:
        table = MotionFile(file, COCKPIT)
        table.write(0.0, first)
        table.write(2.0, second)
    motion = read_motion(path, COCKPIT)
    assert [motion.at(t_s)[ELBOW] for t_s in (-1.0, 0.0, 1.0, 2.0, 9.0)] == [0.0, 0.0, 0.75, 1.5, 1.5]
    assert motion.at(1.0)[0] == 0.0


def test_a_motion_may_move_some_channels_only(tmp_path: Path) -> None:
    path = tmp_path / "motion.csv"
    path.write_text("t_s,pedal 1\n0,0\n1,1\n")
    body = Body(AIREXO)
    body.move("left elbow flexion", 1.0)
    body.hold(read_motion(path, AIREXO).at(1.0))
    assert body.values()[AIREXO.index("pedal 1")] == 1.0
    assert body.values()[ELBOW] == 1.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "to begin with t_s and to have rows"),
        ("t_s,pedal 1\n", "found 't_s,pedal 1' and 0 rows"),
        ("time,pedal 1\n0,0\n", "to begin with t_s"),
        ("t_s,pedal 9\n0,0\n", "Wanted a channel of AirExo stub, found 'pedal 9'"),
        ("t_s,pedal 1,pedal 1\n0,0,0\n", "found one named twice"),
        ("t_s,pedal 1\n0,0\n1\n", "Wanted 2 numbers in line 3 of motion.csv, found '1'"),
        ("t_s,pedal 1\n0,x\n", "Wanted 2 numbers in line 2"),
        ("t_s,pedal 1\n0,nan\n", "Wanted 2 numbers in line 2"),
        ("t_s,pedal 1\n1,0\n1,1\n", "found one that does not: sort its rows"),
        ("\xff\xfe", "Wanted a recorded motion in motion.csv, found something else"),
    ],
)
def test_a_motion_that_is_none_is_told(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "motion.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DeviceError) as error:
        read_motion(path, AIREXO)
    assert told in str(error.value)


def test_a_motion_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"Wanted a recorded motion in none\.csv, found No such file"):
        read_motion(tmp_path / "none.csv", AIREXO)


def test_a_motion_recorded_from_one_stub_moves_another(tmp_path: Path) -> None:
    path = tmp_path / "motion.csv"
    stream = io.StringIO()
    table, body = MotionFile(stream, AIREXO), Body(AIREXO)
    for i in range(11):
        body.move("right wrist flexion", i / 10)
        table.write(i / 100, body.values())
    path.write_text(stream.getvalue())
    other = Body(AIREXO)
    other.hold(read_motion(path, AIREXO).at(0.1))
    np.testing.assert_allclose(other.values(), body.values(), atol=1e-5)
