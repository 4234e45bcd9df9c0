"""SpaceMice over hidraw's own kind of wire: sockets that keep the boundaries of reports, and a made-up sysfs."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from contracts.inputs import MS, START_NS

from accord.devices.input import InputState
from accord.devices.inputs.hidraw import MULTI_AXIS
from accord.devices.inputs.patience import STALE_NS
from accord.devices.inputs.reports import CHANNELS
from accord.devices.inputs.spacemouse import SpaceMouse, find_all, inputs
from accord.devices.inputs.wire import Plugged

FORWARD, LEFT = bytes.fromhex("01 00 00 a2 fe 00 00"), bytes.fromhex("01 a2 fe 00 00 00 00")
REST = bytes.fromhex("01 00 00 00 00 00 00")
LIT, DARK = b"\x04\x01", b"\x04\x00"


class Usb:
    """Ports into which SpaceMice are plugged; each is a socket, of which one send is one report."""

    def __init__(self, folder: Path) -> None:
        self.sysfs, self.dev = folder / "sys", folder / "dev"
        self.sysfs.mkdir()
        self.dev.mkdir()
        self._sockets: dict[str, tuple[socket.socket, socket.socket]] = {}
        self._devices: list[SpaceMouse] = []

    def plug(self, node: str, number: str = "", port: str = "usb-1/input0", product: str = "C635") -> None:
        device = self.sysfs / node / "device"
        device.mkdir(parents=True)
        facts = (
            f"HID_ID=0003:0000256F:0000{product}\nHID_NAME=SpaceMouse {product}\nHID_PHYS={port}\nHID_UNIQ={number}\n"
        )
        (device / "uevent").write_text(facts)
        (device / "report_descriptor").write_bytes(MULTI_AXIS)
        (self.dev / node).touch()
        self._sockets[node] = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def unplug(self, node: str) -> None:
        for end in self._sockets.pop(node):
            end.close()
        shutil.rmtree(self.sysfs / node)
        (self.dev / node).unlink()

    def send(self, node: str, *reports: bytes) -> None:
        for report in reports:
            self._sockets[node][0].send(report)

    def told(self, node: str) -> bytes:
        """What the next report was that Accord sent to the device."""
        self._sockets[node][0].settimeout(5)
        return self._sockets[node][0].recv(64)

    def hold(self, serial: str = "") -> SpaceMouse:
        device = SpaceMouse(self.sysfs, self.dev, self._open, serial=serial)
        device.open()
        self._devices.append(device)
        return device

    def _open(self, path: Path) -> int:
        return os.dup(self._sockets[path.name][1].fileno())

    def close(self) -> None:
        for device in self._devices:
            device.close()
        for node in list(self._sockets):
            self.unplug(node)


@pytest.fixture
def usb(tmp_path: Path) -> Iterator[Usb]:
    usb = Usb(tmp_path)
    yield usb
    usb.close()


def listened(device: SpaceMouse, start_ns: int = START_NS) -> int:
    """Read until it is known to be at rest; the time when that is."""
    for t_ns in range(start_ns, start_ns + 1000 * MS, 10 * MS):
        state = device.read(t_ns)
        if state is not None and state.at_rest:
            return t_ns
    raise AssertionError(device.health())


@pytest.fixture
def held(usb: Usb) -> tuple[SpaceMouse, int]:
    """One SpaceMouse at rest, on hidraw0, and the time when it is."""
    usb.plug("hidraw0", "A1")
    device = usb.hold()
    return device, listened(device)


Send = Callable[[int, int], tuple[bytes, ...]]
"""Time since the beginning [ms], number of the turn → reports."""


def turns(usb: Usb, device: SpaceMouse, start_ns: int, duration_ms: int, send: Send) -> list[InputState | None]:
    """One read every 10 ms, each after what is sent then."""
    states = []
    for turn, ms in enumerate(range(0, duration_ms, 10)):
        usb.send("hidraw0", *send(ms, turn))
        states.append(device.read(start_ns + ms * MS))
    return states


# ---- one device


def test_a_deflection_goes_over_the_wire_with_its_raw_numbers(usb: Usb, held: tuple[SpaceMouse, int]) -> None:
    device, t_ns = held
    usb.send("hidraw0", bytes.fromhex("01 01 00 a2 fe 02 00"), bytes.fromhex("02 03 00 04 00 fb ff"))
    state = device.read(t_ns + 10 * MS)
    assert state is not None
    np.testing.assert_allclose(state.axes, np.array([350, -1, -2, -4, -3, 5]) / 350)
    np.testing.assert_array_equal(state.raw, [1, -350, 2, 3, 4, -5])
    assert len(device.channels) == len(state.raw)
    assert device.channels == CHANNELS


def test_unplugged_in_motion_it_is_gone_at_once_and_has_to_be_listened_to_when_it_comes_back(
    usb: Usb, held: tuple[SpaceMouse, int]
) -> None:
    device, t_ns = held
    usb.send("hidraw0", FORWARD)
    assert device.read(t_ns + 10 * MS) is not None
    usb.unplug("hidraw0")
    assert device.read(t_ns + 20 * MS) is None
    assert "plug it in again" in device.health().detail
    usb.plug("hidraw0", "A1")
    back_ns = t_ns + 600 * MS
    states = turns(usb, device, back_ns, 200, lambda ms, _: (FORWARD,) if ms < 150 else (REST,))
    assert not any(states[:10])
    assert all(state is not None and not state.at_rest for state in states[10:15])
    assert all(state is not None and state.at_rest for state in states[15:])


def test_silent_for_a_second_in_motion_it_is_lost_after_100_ms_until_it_speaks(
    usb: Usb, held: tuple[SpaceMouse, int]
) -> None:
    device, t_ns = held
    usb.send("hidraw0", FORWARD)
    states = turns(usb, device, t_ns + 10 * MS, 1000, lambda *_: ())
    assert all(states[:11])
    assert not any(states[11:])
    assert "fell silent while its cap was deflected" in device.health().detail
    usb.send("hidraw0", REST)
    state = device.read(t_ns + 1010 * MS)
    assert state is not None
    assert state.at_rest
    assert device.health().detail == ""


def test_rubbish_is_refused_and_what_follows_is_understood(usb: Usb, held: tuple[SpaceMouse, int]) -> None:
    device, t_ns = held
    random = np.random.default_rng(7)
    before = device.health()
    for turn in range(100):
        usb.send("hidraw0", *(random.bytes(int(size)) for size in random.integers(1, 64, 10)))
        device.read(t_ns + turn * 10 * MS)
    health = device.health()
    assert health.reports + health.refused - before.reports - before.refused == 1000
    assert health.refused > 900
    assert health.connected
    usb.send("hidraw0", REST, b"\x02" + bytes(6), b"\x03\x00", LEFT)
    state = device.read(t_ns + 1000 * MS)
    assert state is not None
    np.testing.assert_array_equal(state.axes, [0, 1, 0, 0, 0, 0])
    after = device.read(t_ns + 1010 * MS)
    assert after is not None
    assert after.buttons == 0  # buttons that rubbish pressed count as tapped once at most


@pytest.mark.parametrize(("every_ms", "lost"), [(90, False), (150, True)])
def test_late_reports_are_believed_for_100_ms_each(
    usb: Usb, held: tuple[SpaceMouse, int], every_ms: int, lost: bool
) -> None:
    device, t_ns = held
    states = turns(usb, device, t_ns + 10 * MS, 900, lambda ms, _: (FORWARD,) if ms % every_ms == 0 else ())
    assert (None in states) is lost
    for turn, state in enumerate(states):
        assert (state is not None) is (turn * 10 % every_ms <= STALE_NS // MS)


def test_twice_as_fast_as_usual_it_says_the_newest_and_its_rate(usb: Usb, held: tuple[SpaceMouse, int]) -> None:
    device, t_ns = held
    states = turns(usb, device, t_ns + 10 * MS, 500, lambda _, turn: (FORWARD, LEFT) if turn % 2 else (LEFT, FORWARD))
    for turn, state in enumerate(states):
        assert state is not None
        assert state.axes[turn % 2] == 1.0
    assert device.health().rate_hz == pytest.approx(100)
    assert device.health().jitter_ms == pytest.approx(0)
    assert device.health().reports == 100


def test_its_light_is_on_while_it_is_held(usb: Usb, held: tuple[SpaceMouse, int]) -> None:
    device, _ = held
    assert usb.told("hidraw0") == LIT
    device.close()
    assert usb.told("hidraw0") == DARK


def test_without_permission_to_write_it_drives_without_a_light(usb: Usb) -> None:
    usb.plug("hidraw0")
    read_end, write_end = os.pipe()
    device = SpaceMouse(usb.sysfs, usb.dev, lambda _: os.dup(read_end))
    device.open()
    t_ns = listened(device)
    os.write(write_end, LEFT)
    state = device.read(t_ns + 10 * MS)
    assert state is not None
    assert state.axes[1] == 1.0
    device.close()
    os.close(read_end)
    os.close(write_end)


def test_a_light_that_hangs_holds_nobody_up(usb: Usb, monkeypatch: pytest.MonkeyPatch) -> None:
    freed = threading.Event()

    def hanging(descriptor: int, report: bytes) -> None:
        freed.wait(30)
        os.close(descriptor)

    monkeypatch.setattr("accord.devices.inputs.hidraw._tell", hanging)
    usb.plug("hidraw0")
    device = usb.hold()
    begin_s = time.monotonic()
    listened(device)
    device.close()
    assert time.monotonic() - begin_s < 5
    freed.set()


def test_the_charge_of_its_battery_is_told_while_it_is_there(usb: Usb, held: tuple[SpaceMouse, int]) -> None:
    device, t_ns = held
    assert device.health().battery is None
    usb.send("hidraw0", b"\x17\x2a\x00")
    device.read(t_ns + 10 * MS)
    assert device.health().battery == 0.42
    usb.unplug("hidraw0")
    device.read(t_ns + 20 * MS)
    assert device.health().battery is None


# ---- two devices


def forward_of(device: SpaceMouse, t_ns: int) -> float:
    state = device.read(t_ns)
    assert state is not None, device.health()
    return float(state.axes[0])


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [(("A1", "B2"), ("A1", "B2")), (("", ""), ("usb-1", "usb-2")), (("00", "00"), ("usb-1", "usb-2"))],
)
def test_two_are_told_apart_by_serial_number_or_port(
    usb: Usb, numbers: tuple[str, str], wanted: tuple[str, str]
) -> None:
    usb.plug("hidraw0", numbers[0], "usb-1")
    usb.plug("hidraw1", numbers[1], "usb-2")
    right, left = usb.hold(wanted[1]), usb.hold(wanted[0])
    t_ns = listened(right)
    listened(left)
    usb.send("hidraw1", FORWARD)
    assert forward_of(right, t_ns + 10 * MS) == 1.0
    assert forward_of(left, t_ns + 10 * MS) == 0.0
    assert (left.health().serial, right.health().serial) == wanted


def test_who_lost_one_never_takes_the_other_and_finds_it_again_at_another_node(usb: Usb) -> None:
    usb.plug("hidraw0", "A1")
    usb.plug("hidraw1", "B2")
    left, right = usb.hold("A1"), usb.hold("B2")
    t_ns = max(listened(left), listened(right))
    usb.unplug("hidraw0")
    for later_ms in range(10, 1000, 10):
        usb.send("hidraw1", FORWARD)
        assert left.read(t_ns + later_ms * MS) is None
        assert forward_of(right, t_ns + later_ms * MS) == 1.0
    detail = left.health().detail
    assert detail == "Wanted the SpaceMouse A1, found SpaceMouse C635 (B2): plug it in, or choose one of these."
    assert left.health().serial == "A1"
    usb.plug("hidraw7", "A1")
    back_ns = listened(left, t_ns + 1000 * MS)
    usb.send("hidraw7", FORWARD)
    assert forward_of(left, back_ns + 10 * MS) == 1.0


def test_all_that_are_plugged_in_are_listed(usb: Usb, monkeypatch: pytest.MonkeyPatch) -> None:
    usb.plug("hidraw0", "A1", product="C62E")
    usb.plug("hidraw1", "", "usb-2")
    usb.plug("hidraw2", "", product="C650")  # a CadMouse
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != usb.dev / "hidraw1" and access(path, mode))
    assert find_all(usb.sysfs, usb.dev) == (
        Plugged("SpaceMouse C62E", "A1", str(usb.dev / "hidraw0"), readable=True),
        Plugged("SpaceMouse C635", "usb-2", str(usb.dev / "hidraw1"), readable=False),
    )


def fifos(usb: Usb, *nodes: str) -> None:
    """Device files that really can be opened several times, unlike sockets."""
    for node in nodes:
        usb.plug(node, node[-1])
        (usb.dev / node).unlink()
        os.mkfifo(usb.dev / node)


def test_two_hands_that_take_any_take_different_ones(usb: Usb) -> None:
    fifos(usb, "hidraw0", "hidraw1")
    devices = [SpaceMouse(usb.sysfs, usb.dev) for _ in range(3)]
    for device in devices:
        device.open()
        device.read(START_NS)
    first, second, third = (device.health() for device in devices)
    assert (first.serial, second.serial) == ("0", "1")
    assert not third.connected
    assert third.detail.startswith("Wanted SpaceMouse C635")
    assert "another one reads it" in third.detail
    devices[0].close()
    devices[2].read(START_NS + 1000 * MS)
    assert devices[2].health().serial == "0"
    for device in devices:
        device.close()


HOLDER = """
import sys
from pathlib import Path
from accord.devices.inputs.spacemouse import SpaceMouse
device = SpaceMouse(Path(sys.argv[1]), Path(sys.argv[2]))
device.open()
device.read(10**9)
print(device.health().serial, flush=True)
sys.stdin.readline()
"""


def test_one_that_another_process_holds_is_left_to_it_until_it_dies(usb: Usb) -> None:
    fifos(usb, "hidraw0", "hidraw1")
    words = [sys.executable, "-c", HOLDER, str(usb.sysfs), str(usb.dev)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "0"
        ours, late = SpaceMouse(usb.sysfs, usb.dev), SpaceMouse(usb.sysfs, usb.dev, serial="0")
        for device in (ours, late):
            device.open()
            device.read(START_NS)
        assert ours.health().serial == "1"
        assert "another one reads it" in late.health().detail
        other.kill()
        other.wait()
    late.read(START_NS + 1000 * MS)
    assert late.health().connected
    for device in (ours, late):
        device.close()


def test_what_a_person_asks_for_is_made_for_this_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPNAV_SOCKET", str(tmp_path / "none"))
    (device,) = inputs(serial="nobody's", config=tmp_path)
    device.open()
    assert device.read(START_NS) is None
    assert device.health().detail.startswith("Wanted the SpaceMouse nobody's, found ")
    device.close()
