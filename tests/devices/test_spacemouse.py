import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contracts.inputs import MS, START_NS, InputContract

from accord.devices.input import Input
from accord.devices.inputs.hidapi import HidapiDoor
from accord.devices.inputs.hidraw import MULTI_AXIS, HidrawDoor, HidrawWire, udev_rule
from accord.devices.inputs.reports import MODELS
from accord.devices.inputs.spacemouse import SpaceMouse

FORWARD = bytes.fromhex("01 00 00 a2 fe 00 00")
LEFT = bytes.fromhex("01 a2 fe 00 00 00 00")
REST = bytes.fromhex("01 00 00 00 00 00 00")
PRESS, RELEASE = bytes.fromhex("03 01 00"), bytes.fromhex("03 00 00")


def write_sysfs(sysfs: Path, node: str, hid_id: str, name: str, descriptor: bytes | None = MULTI_AXIS) -> None:
    device = sysfs / node / "device"
    device.mkdir(parents=True)
    (device / "uevent").write_text(f"DRIVER=hid-generic\nHID_ID={hid_id}\nHID_NAME={name}\nHID_UNIQ=\n")
    if descriptor is not None:
        (device / "report_descriptor").write_bytes(descriptor)


class UsbPort:
    """A made-up sysfs and a SOCK_SEQPACKET pair instead of ``/dev/hidrawN``: one send is one report, too."""

    def __init__(self, folder: Path) -> None:
        self.sysfs, self.dev = folder / "sys", folder / "dev"
        self.sysfs.mkdir()
        self.dev.mkdir()
        self._hand: socket.socket | None = None
        self._cable: socket.socket | None = None
        self._away = False
        self.opened = 0
        self.device: Input = SpaceMouse(self.sysfs, self.dev, self._open)

    def _open(self, path: Path) -> int:
        assert path == self.dev / "hidraw2"
        assert self._cable is not None
        self.opened += 1
        return os.dup(self._cable.fileno())

    def plug(self) -> None:
        self._hand, self._cable = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        write_sysfs(self.sysfs, "hidraw2", "0003:0000256F:0000C635", "3Dconnexion SpaceMouse Compact")
        (self.dev / "hidraw2").touch()

    def unplug(self) -> None:
        self.close()
        shutil.rmtree(self.sysfs / "hidraw2")
        (self.dev / "hidraw2").unlink()

    def close(self) -> None:
        for end in (self._hand, self._cable):
            if end is not None:
                end.close()
        self._hand = self._cable = None

    def send(self, *reports: bytes) -> None:
        assert self._hand is not None
        for report in reports:
            self._hand.send(report)

    def deflect(self, t_ns: int) -> None:
        self._away = True
        self.send(FORWARD)

    def let_go(self, t_ns: int) -> None:
        if self._away:
            self.send(REST)
        self._away = False


@pytest.fixture
def port(tmp_path: Path) -> Iterator[UsbPort]:
    port = UsbPort(tmp_path)
    yield port
    port.device.close()
    port.close()


@pytest.fixture
def ready(port: UsbPort) -> tuple[UsbPort, int]:
    """Plugged in, opened and at rest, and the time when that is."""
    port.plug()
    port.device.open()
    return port, InputContract.at_rest(port, START_NS)


class TestSpaceMouseIsAnInput(InputContract):
    @pytest.fixture
    def rig(self, port: UsbPort) -> UsbPort:
        return port


def test_at_rest_it_may_be_silent_for_ever(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    for later_ms in range(0, 60_000, 100):
        state = port.device.read(t_ns + later_ms * MS)
        assert state is not None
        assert state.at_rest


def test_a_queue_of_reports_is_drained_and_the_newest_counts(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    port.send(*[FORWARD] * 99, LEFT)
    state = port.device.read(t_ns + 20 * MS)
    assert state is not None
    np.testing.assert_array_equal(state.axes, [0, 1, 0, 0, 0, 0])
    assert port.device.health().reports == 100
    assert port.device.read(t_ns + 121 * MS) is None  # nothing was left over to be played back


def test_what_waited_while_the_process_stood_still_is_not_believed(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    port.send(*[FORWARD] * 64)  # the kernel dropped the rest, and with it the cap coming back
    woken_ns = t_ns + 3000 * MS
    for later_ms in range(0, 100, 10):
        assert port.device.read(woken_ns + later_ms * MS) is None
    state = port.device.read(woken_ns + 100 * MS)
    assert state is not None
    assert state.at_rest


def test_held_away_while_the_process_stood_still_it_is_seen_to_be_away(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    woken_ns = t_ns + 3000 * MS
    for later_ms in range(0, 100, 10):
        port.send(FORWARD)
        assert port.device.read(woken_ns + later_ms * MS) is None
    state = port.device.read(woken_ns + 100 * MS)
    assert state is not None
    assert not state.at_rest


def test_rubbish_is_counted_and_changes_nothing(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    port.send(FORWARD, b"\x01\x00", b"\x01" + bytes(63), b"\x99\x01\x02", b"\x03", b"\x02" + bytes(20))
    state = port.device.read(t_ns + 10 * MS)
    assert state is not None
    np.testing.assert_array_equal(state.axes, [1, 0, 0, 0, 0, 0])
    assert (port.device.health().reports, port.device.health().refused) == (1, 5)


def test_a_battery_report_does_not_keep_an_old_deflection_fresh(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    port.send(FORWARD)
    port.device.read(t_ns + 10 * MS)
    for later_ms in range(20, 111, 10):
        port.send(b"\x17\x64")
        assert port.device.read(t_ns + later_ms * MS) is not None
    assert port.device.read(t_ns + 111 * MS) is None


def test_buttons_do_not_keep_an_old_deflection_fresh(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    port.send(FORWARD)
    port.device.read(t_ns + 10 * MS)
    for later_ms in range(20, 111, 10):
        port.send(PRESS if later_ms % 20 else RELEASE)
        assert port.device.read(t_ns + later_ms * MS) is not None
    port.send(PRESS)
    assert port.device.read(t_ns + 111 * MS) is None


def test_rubbish_is_not_the_silence_of_a_cap_at_rest(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    port.send(FORWARD)
    assert port.device.read(t_ns + 10 * MS) is not None
    t_ns += 160 * MS  # the loop stood still; from here on it listens whether the cap is at rest
    for turn in range(20):
        port.send(b"\xee" + bytes(6))
        assert port.device.read(t_ns + turn * 20 * MS) is None
    port.send(FORWARD)
    t_ns += 400 * MS
    state = port.device.read(t_ns)
    assert state is None or not state.at_rest
    port.send(REST)
    for turn in range(1, 8):
        state = port.device.read(t_ns + turn * 20 * MS)
    assert state is not None
    assert state.at_rest


def test_a_tap_shorter_than_one_turn_of_the_loop_is_seen_once(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    port.send(PRESS, RELEASE)
    buttons = [state.buttons for i in (10, 20, 30) if (state := port.device.read(t_ns + i * MS))]
    assert buttons == [1, 0, 0]


def test_a_held_button_stays_down_until_it_is_let_go(ready: tuple[UsbPort, int]) -> None:
    port, t_ns = ready
    buttons = []
    for turn, report in enumerate([PRESS, None, None, RELEASE, None], start=1):
        port.send(*[report] if report else [])
        state = port.device.read(t_ns + turn * 10 * MS)
        assert state is not None
        buttons.append(state.buttons)
    assert buttons == [1, 1, 1, 0, 0]


def test_an_absent_device_is_looked_for_twice_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[HidrawDoor] = []
    find = HidrawDoor.find

    def counted(door: HidrawDoor) -> HidrawWire:
        looks.append(door)
        return find(door)

    monkeypatch.setattr(HidrawDoor, "find", counted)
    device = SpaceMouse(tmp_path, tmp_path)
    device.open()
    for t_ns in range(START_NS, START_NS + 2000 * MS, 2 * MS):
        assert device.read(t_ns) is None
    assert len(looks) == 4


def test_no_permission_is_told_with_the_way_to_get_it(port: UsbPort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    port.plug()
    port.device.open()
    assert port.device.read(START_NS) is None
    assert port.opened == 0
    detail = port.device.health().detail
    assert detail.startswith("Wanted to read 3Dconnexion SpaceMouse Compact")
    assert f"sudo cp {udev_rule()} /etc/udev/rules.d/" in detail
    assert "udevadm control --reload && sudo udevadm trigger" in detail


def test_the_udev_rule_is_shipped_and_names_every_vendor_and_old_product() -> None:
    rule = udev_rule().read_text()
    assert int(udev_rule().name[:2]) < 73
    assert 'ATTRS{idVendor}=="256f"' in rule
    for model in MODELS:
        assert model.vendor == 0x256F or f'ATTRS{{idProduct}}=="{model.product:04x}"' in rule


def test_a_device_that_refuses_to_open_leaves_room_for_the_next(tmp_path: Path) -> None:
    for number, product in ((1, "C635"), (10, "C62E")):
        write_sysfs(tmp_path, f"hidraw{number}", f"0003:0000256F:0000{product}", product)

    def opener(path: Path) -> int:
        if path.name == "hidraw1":
            raise PermissionError(path)
        return os.open(os.devnull, os.O_RDONLY)

    wire = HidrawDoor(tmp_path, tmp_path / "none", opener).find()
    assert wire.name == "C62E"
    wire.close()
    wire.close()


@pytest.mark.parametrize(
    ("hid_id", "descriptor"),
    [
        ("0003:0000256F:0000C650", MULTI_AXIS),  # a CadMouse
        ("0003:0000256F:0000C652", bytes.fromhex("05 01 09 02")),  # the mouse behind a receiver
        ("nonsense", MULTI_AXIS),
        ("0003:0000256F", MULTI_AXIS),
    ],
)
def test_other_devices_are_left_alone(tmp_path: Path, hid_id: str, descriptor: bytes) -> None:
    write_sysfs(tmp_path, "hidraw0", hid_id, "something", descriptor)
    device = SpaceMouse(tmp_path, tmp_path)
    device.open()
    assert device.read(START_NS) is None
    assert "none plugged in" in device.health().detail


class FakeHid:
    """As much of the module ``hid`` (hidapi 0.14) as the door uses."""

    def __init__(self, *reports: bytes) -> None:
        self.reports = list(reports)
        self.written: list[list[int]] = []
        self.gone = False

    def enumerate(self) -> list[dict[str, Any]]:
        facts = {"vendor_id": 0x256F, "product_id": 0xC635, "product_string": "SpaceMouse Compact", "usage_page": 1}
        return [{**facts, "path": b"mouse", "usage": 2}, {**facts, "path": b"puck", "usage": 8}]

    def device(self) -> "FakeHid":
        return self

    def open_path(self, path: bytes) -> None:
        if self.gone:
            raise OSError("open failed")
        assert path == b"puck"

    def set_nonblocking(self, on: int) -> None:
        assert on

    def read(self, size: int) -> list[int]:
        if self.gone:
            raise OSError("read error")
        return list(self.reports.pop(0)) if self.reports else []

    def write(self, report: list[int]) -> int:
        self.written.append(report)
        return len(report)

    def close(self) -> None:
        pass


def test_hidapi_serves_where_there_is_no_hidraw() -> None:
    hid = FakeHid()
    device = SpaceMouse(door=HidapiDoor(hid))
    device.open()
    for t_ns in range(START_NS, START_NS + 101 * MS, 10 * MS):
        device.read(t_ns)
    hid.reports = [FORWARD, LEFT]
    state = device.read(t_ns + 10 * MS)
    assert state is not None
    np.testing.assert_array_equal(state.axes, [0, 1, 0, 0, 0, 0])
    hid.gone = True
    assert device.read(t_ns + 20 * MS) is None
    assert "read error" in device.health().detail
    assert device.read(t_ns + 1000 * MS) is None
    assert "close the program that holds it" in device.health().detail
    device.close()


def test_without_hidapi_the_health_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named '{name}'")

    monkeypatch.setattr("accord.devices.inputs.hidapi.import_module", missing)
    device = SpaceMouse(door=HidapiDoor())
    device.open()
    assert device.read(START_NS) is None
    assert "pip install accord[hid]" in device.health().detail


class TwoHid(FakeHid):
    """Two SpaceMice; the first is held by another program."""

    def enumerate(self) -> list[dict[str, Any]]:
        puck = super().enumerate()[1]
        return [{**puck, "path": b"held", "serial_number": "A1"}, {**puck, "serial_number": ""}]

    def open_path(self, path: bytes) -> None:
        if path == b"held":
            raise OSError("open failed")
        super().open_path(path)


def test_hidapi_tells_two_apart_and_switches_the_light() -> None:
    hid = TwoHid()
    assert [(mouse.serial, mouse.node) for mouse in HidapiDoor(hid).plugged()] == [("A1", "held"), ("puck", "puck")]
    device = SpaceMouse(door=HidapiDoor(hid))
    device.open()
    device.read(START_NS)
    assert device.health().serial == "puck"
    device.close()
    assert hid.written == [[4, 1], [4, 0]]
    for serial, said in (("A1", "close the program that holds it"), ("B2", "choose one of these")):
        device = SpaceMouse(door=HidapiDoor(hid, serial))
        device.open()
        assert device.read(START_NS) is None
        assert said in device.health().detail
        device.close()
