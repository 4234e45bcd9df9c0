"""Gamepads through the real SDL, with pads that SDL emulates."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from contracts.inputs import MS, START_NS, InputContract
from peers.virtual_pad import (
    JOYSTICK,
    LEFT_TRIGGER,
    LEFT_X,
    LEFT_Y,
    RIGHT_TRIGGER,
    RIGHT_X,
    RIGHT_Y,
    SDL_MINIMUM,
    VirtualPad,
)

from accord.devices.input import Input, InputState
from accord.devices.inputs import gamepad as driver
from accord.devices.inputs.gamepad import BUTTONS, CHANNELS, FULL_SCALE, Gamepad, inputs
from accord.devices.inputs.pads import plugged

X, Y, Z, ROLL, PITCH, YAW = range(6)


class Desk:
    """A person with pads."""

    def __init__(self) -> None:
        driver._started()
        self.device: Input = Gamepad()
        self.pads: list[VirtualPad] = []
        self._wobble = 0

    def plug(self) -> None:
        self.pads.append(VirtualPad())

    def unplug(self) -> None:
        self.pads.pop().unplug()

    def deflect(self, t_ns: int) -> None:
        self._wobble = 1 - self._wobble
        self.pads[-1].move(LEFT_Y, -FULL_SCALE + self._wobble)

    def let_go(self, t_ns: int) -> None:
        self.pads[-1].move(LEFT_Y, 900)  # sticks rarely come back to exactly zero

    def close(self) -> None:
        self.device.close()
        while self.pads:
            self.unplug()


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture
def pad(desk: Desk) -> VirtualPad:
    """Plugged in, opened, and at rest at `START_NS`."""
    desk.plug()
    desk.device.open()
    assert read(desk.device).at_rest
    return desk.pads[0]


def read(device: Input, later_ms: int = 0) -> InputState:
    state = device.read(START_NS + later_ms * MS)
    assert state is not None, device.health()
    return state


class TestGamepadIsAnInput(InputContract):
    @pytest.fixture
    def rig(self, desk: Desk) -> Desk:
        return desk

    def test_a_deflected_device_that_falls_silent_is_stale_after_100_ms(self, rig: Desk) -> None:  # type: ignore[override]
        """A pad is silent while a stick is held. It is asked where the stick is, and lost when SDL says so."""
        rig.plug()
        rig.device.open()
        state, t_ns = self.deflected(rig, self.at_rest(rig, START_NS) + 10 * MS)
        for later_ms in (101, 1000, 60_000):
            held = rig.device.read(t_ns + later_ms * MS)
            assert held is not None
            np.testing.assert_array_equal(held.axes, state.axes)
            assert held.t_ns == t_ns + later_ms * MS
        rig.unplug()
        assert rig.device.read(t_ns + 60_001 * MS) is None


Move = Callable[[VirtualPad], None]


@pytest.mark.parametrize(
    ("move", "axis", "deflection"),
    [
        (lambda pad: pad.move(LEFT_Y, SDL_MINIMUM), X, +1.0),
        (lambda pad: pad.move(LEFT_Y, FULL_SCALE), X, -1.0),
        (lambda pad: pad.move(LEFT_X, SDL_MINIMUM), Y, +1.0),
        (lambda pad: pad.move(LEFT_X, FULL_SCALE // 2), Y, -0.5),
        (lambda pad: pad.move(RIGHT_Y, SDL_MINIMUM), Z, +1.0),
        (lambda pad: pad.move(RIGHT_X, SDL_MINIMUM), YAW, +1.0),
        (lambda pad: pad.press(BUTTONS.index("up")), PITCH, +0.5),
        (lambda pad: pad.press(BUTTONS.index("down")), PITCH, -0.5),
        (lambda pad: pad.press(BUTTONS.index("right")), ROLL, +0.5),
        (lambda pad: pad.press(BUTTONS.index("left")), ROLL, -0.5),
    ],
)
def test_each_stick_moves_its_axis(desk: Desk, pad: VirtualPad, move: Move, axis: int, deflection: float) -> None:
    move(pad)
    state = read(desk.device, 2)
    expected = np.zeros(6)
    expected[axis] = deflection
    np.testing.assert_allclose(state.axes, expected, atol=1e-4)


def test_a_stick_that_does_not_quite_come_back_is_at_rest(desk: Desk, pad: VirtualPad) -> None:
    for axis in (LEFT_X, LEFT_Y, RIGHT_X, RIGHT_Y):
        pad.move(axis, int(0.07 * FULL_SCALE))
    state = read(desk.device, 2)
    assert state.at_rest
    assert np.count_nonzero(state.raw) == 4
    pad.move(LEFT_X, int(0.1 * FULL_SCALE))
    assert not read(desk.device, 4).at_rest


def test_every_button_is_a_bit_in_sdls_order(desk: Desk, pad: VirtualPad) -> None:
    for button in range(15):
        pad.press(button)
        assert read(desk.device, 2 * button).buttons == 1 << button
        pad.press(button, down=False)
    assert (BUTTONS.index("A"), BUTTONS.index("left shoulder"), BUTTONS.index("right shoulder")) == (0, 9, 10)
    assert len(BUTTONS) <= 32  # from there on buttons are a pedal's


def test_the_right_trigger_closes_the_gripper_and_triggers_are_buttons_too(desk: Desk, pad: VirtualPad) -> None:
    assert read(desk.device).gripper == 1.0
    pad.move(RIGHT_TRIGGER, SDL_MINIMUM // 2)  # a quarter of the way from rest
    state = read(desk.device, 2)
    assert state.gripper == pytest.approx(0.75, abs=1e-3)
    assert state.buttons == 0
    pad.move(RIGHT_TRIGGER, FULL_SCALE)
    pad.move(LEFT_TRIGGER, FULL_SCALE)
    state = read(desk.device, 4)
    assert state.gripper == 0.0
    assert state.buttons == 0b11 << BUTTONS.index("left trigger")
    assert state.at_rest


def test_the_raw_numbers_are_sdls(desk: Desk, pad: VirtualPad) -> None:
    for axis, value in enumerate((1000, -2000, 3000, -4000)):
        pad.move(axis, value)
    pad.move(LEFT_TRIGGER, FULL_SCALE)
    state = read(desk.device, 2)
    np.testing.assert_array_equal(state.raw, [1000, -2000, 3000, -4000, FULL_SCALE, 0])
    assert desk.device.channels == CHANNELS
    assert len(CHANNELS) == len(state.raw)


def test_pulled_out_in_motion_it_is_lost_at_the_next_look(desk: Desk, pad: VirtualPad) -> None:
    pad.move(LEFT_Y, SDL_MINIMUM)
    assert read(desk.device, 2).axes[X] == 1.0
    pad.unplug()
    assert desk.device.read(START_NS + 4 * MS) is None
    health = desk.device.health()
    assert not health.connected
    assert health.detail == (
        "Wanted Virtual Pad to answer, found that it was unplugged or is out of reach: plug it in or switch it on."
    )
    assert desk.device.read(START_NS + 6 * MS) is None
    desk.plug()
    back = [desk.device.read(START_NS + later_ms * MS) for later_ms in range(8, 600, 2)]
    assert back[-1] is not None
    assert all(state is None or state.at_rest for state in back)


def test_after_the_process_stood_still_it_says_where_the_sticks_are_now(desk: Desk, pad: VirtualPad) -> None:
    pad.move(LEFT_Y, SDL_MINIMUM)
    read(desk.device, 2)
    pad.move(LEFT_Y, 0)
    assert read(desk.device, 3000).at_rest


def test_twice_as_fast_and_faster_than_it_is_read_the_newest_counts(desk: Desk, pad: VirtualPad) -> None:
    for turn in range(100):
        for value in range(20):
            pad.move(LEFT_X, 10_000 + 20 * turn + value)
        assert read(desk.device, 2 * turn).raw[0] == 10_000 + 20 * turn + 19
    health = desk.device.health()
    assert health.reports == 100
    assert health.rate_hz == pytest.approx(500)


def test_a_stick_gone_mad_stays_in_range(desk: Desk, pad: VirtualPad) -> None:
    random = np.random.default_rng(3)
    for turn in range(200):
        for axis in range(6):
            pad.move(axis, int(random.integers(SDL_MINIMUM, FULL_SCALE + 1)))
        state = read(desk.device, 2 * turn)
        assert np.all(np.abs(state.axes) <= 1.0)
        assert state.gripper is not None
        assert 0.0 <= state.gripper <= 1.0


def test_two_pads_of_one_kind_are_told_apart_by_number(desk: Desk) -> None:
    desk.plug()
    desk.plug()
    first = Gamepad()
    first.open()
    read(first)
    guid = first.health().serial
    second = Gamepad(serial=f"{guid}#2")
    second.open()
    read(second)
    desk.pads[1].move(LEFT_Y, SDL_MINIMUM)
    assert read(first, 2).axes[X] == 0.0
    assert read(second, 2).axes[X] == 1.0
    assert second.health().serial == f"{guid}#2"

    # Whose pad is pulled out does not take the other hand's, although that is the first of its kind by now.
    lost, kept = desk.pads
    kept.move(LEFT_Y, SDL_MINIMUM)
    lost.unplug()
    for later_ms in range(4, 2000, 100):
        assert first.read(START_NS + later_ms * MS) is None
        assert read(second, later_ms).axes[X] == 1.0
    desk.plug()
    desk.pads[2].move(LEFT_Y, FULL_SCALE)
    assert read(first, 3000).axes[X] == -1.0
    assert read(second, 3000).axes[X] == 1.0
    first.close()
    second.close()


READS = """
import sys, time
from pathlib import Path
from accord.devices.inputs.device_lock import claim
descriptor = claim(Path(sys.argv[1]))
print("mine", flush=True)
sys.stdin.read()
"""


class Linux:
    """What Linux tells of two pads of one kind, the second of which has a serial number."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.sysfs, self.dev = folder / "sys", folder / "dev"
        (self.dev / "input").mkdir(parents=True)
        for number in (0, 1):
            device = self.sysfs / f"js{number}" / "device"
            (device / f"event{10 + number}").mkdir(parents=True)
            (device / "device" / "hidraw" / f"hidraw{number}").mkdir(parents=True)
            (device / "name").write_text("Virtual Pad\n")
            (device / "phys").write_text(f"usb-{1 + number}/input0\n")
            (device / "uniq").write_text("\n" if number == 0 else "S2\n")
            self.node(number).touch()
        patch.setattr(driver, "_path", lambda _, index: self.dev / f"hidraw{index}" if index else self.node(index))

    def node(self, number: int) -> Path:
        return self.dev / "input" / f"event{10 + number}"

    def pad(self, serial: str = "") -> Gamepad:
        made = Gamepad(serial, self.sysfs, self.dev)
        made.open()
        return made


@pytest.fixture
def linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Linux:
    return Linux(tmp_path, monkeypatch)


def test_each_of_two_devices_takes_a_pad_of_its_own_and_a_third_is_told(desk: Desk, linux: Linux) -> None:
    desk.plug()
    desk.plug()
    left, right, third = linux.pad(), linux.pad(), linux.pad()
    read(left)
    read(right)
    assert (left.health().serial, right.health().serial) == ("usb-1/input0", "S2")
    desk.pads[1].move(LEFT_Y, SDL_MINIMUM)
    assert read(left, 2).axes[X] == 0.0
    assert read(right, 2).axes[X] == 1.0
    assert third.read(START_NS) is None
    assert third.health().detail == (
        "Wanted a gamepad of its own for this device, found only Virtual Pad (usb-1/input0), Virtual Pad (S2), which "
        "another one reads: plug in one more, or remove one of the devices."
    )
    left.close()
    assert read(third, 600).at_rest, "it is free again"
    assert third.health().serial == "usb-1/input0"
    for device in (right, third):
        device.close()


def test_a_pad_that_another_process_reads_is_left_to_it(desk: Desk, linux: Linux) -> None:
    desk.plug()
    words = [sys.executable, "-c", READS, str(linux.node(0))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "mine\n"
        device = linux.pad()
        assert device.read(START_NS) is None
        assert "found only Virtual Pad (usb-1/input0), which another one reads" in device.health().detail
        desk.plug()
        assert read(device, 600).at_rest
        assert device.health().serial == "S2"
        other.kill()
    device.close()
    device.open()
    assert read(device, 700).at_rest
    assert device.health().serial == "usb-1/input0", "the lock went with its process"
    device.close()


@pytest.mark.parametrize("serial", ["usb-2/input0", "S2", "GUID#2"])
def test_a_pad_is_chosen_by_its_number_its_port_or_its_kind(desk: Desk, linux: Linux, serial: str) -> None:
    desk.plug()
    desk.plug()
    any_pad = linux.pad()
    read(any_pad)
    guid = driver._listed(driver._started())[0].guid
    chosen = linux.pad(serial.replace("GUID", guid))
    desk.pads[1].move(LEFT_Y, SDL_MINIMUM)
    assert read(chosen).axes[X] == 1.0
    assert chosen.health().serial == "S2"
    second = linux.pad("S2")
    assert second.read(START_NS) is None
    assert second.health().detail.startswith("Wanted the gamepad S2 for this hand, found Virtual Pad (S2), which ")
    for device in (any_pad, chosen, second):
        device.close()


def test_what_linux_lists_is_offered_by_number_or_port(linux: Linux) -> None:
    assert [(one.name, one.serial) for one in plugged(linux.sysfs, linux.dev)] == [
        ("Virtual Pad", "usb-1/input0"), ("Virtual Pad", "S2"),
    ]  # fmt: skip
    (linux.sysfs / "js0" / "device" / "uniq").write_text("S2\n")
    assert [one.serial for one in plugged(linux.sysfs, linux.dev)] == ["usb-1/input0", "usb-2/input0"], "no two alike"


def test_sdl_tells_no_path_of_a_pad_that_it_emulates_and_is_asked_for_it(desk: Desk) -> None:
    desk.plug()
    assert driver._path(driver._started(), 0) is None


def test_another_kind_of_pad_than_the_one_wanted_is_named(desk: Desk) -> None:
    (other,) = inputs(serial="0300abcd")
    other.open()
    assert other.read(START_NS) is None
    assert other.health().detail.startswith("Wanted the gamepad 0300abcd, found none plugged in:")
    desk.plug()
    assert other.read(START_NS + 600 * MS) is None
    detail = other.health().detail
    assert detail.startswith("Wanted the gamepad 0300abcd, found Virtual Pad (")
    assert detail.endswith("plug it in, or choose one of these.")
    other.close()


def test_a_joystick_whose_layout_sdl_does_not_know_is_not_guessed(desk: Desk) -> None:
    desk.pads.append(VirtualPad("Flight Stick", product=0x1234, kind=JOYSTICK))
    desk.device.open()
    assert desk.device.read(START_NS) is None
    assert desk.device.health().detail.startswith("Wanted a gamepad whose layout SDL knows, found Flight Stick:")
    desk.plug()
    assert read(desk.device, 600).at_rest
    assert desk.device.health().name == "Virtual Pad"


def test_no_permission_is_told_with_the_way_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "js0" / "device" / "event7").mkdir(parents=True)
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "event7").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    device = Gamepad(sysfs=tmp_path, dev=tmp_path)
    device.open()
    assert device.read(START_NS) is None
    detail = device.health().detail
    assert detail.startswith(f"Wanted to read the gamepad at {tmp_path / 'input' / 'event7'}, found no permission:")
    assert "usermod -aG input" in detail
    device.close()


def test_without_pygame_the_health_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named '{name}'")

    monkeypatch.setattr(driver, "import_module", missing)
    device = Gamepad()
    device.open()
    assert device.read(START_NS) is None
    assert "pip install 'accord[devices]'" in device.health().detail
    device.close()


def test_the_battery_is_told_in_sdls_steps(desk: Desk, pad: VirtualPad, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.device.health().battery is None  # an emulated pad has none
    assert desk.device.health().notice == ""
    monkeypatch.setattr(driver, "_CHARGES", {"unknown": 0.2})
    assert desk.device.health().battery == 0.2


def test_a_pad_without_a_cable_says_that_a_lost_link_is_told_late(
    desk: Desk, pad: VirtualPad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "_CHARGES", {"unknown": 0.2})
    assert read(desk.device, 2).at_rest, "it drives all the same"
    assert desk.device.health().detail == ""
    assert desk.device.health().notice == (
        "Wanted Virtual Pad on a cable, found it on radio, where a lost link is told only after some seconds: "
        "use one where the robot could do harm."
    )
    pad.unplug()
    assert desk.device.read(START_NS + 4 * MS) is None
    assert "found that it was unplugged or is out of reach" in desk.device.health().detail
    assert desk.device.health().notice == ""


SIGNALLED = """
import os, signal
from accord.devices.inputs.gamepad import Gamepad
device = Gamepad()
device.open()
device.read(10**9)
print(device.health().detail, flush=True)
os.kill(os.getpid(), signal.SIGTERM)
device.read(2 * 10**9)
print("still here")
"""


def test_its_process_says_nothing_by_itself_and_ends_when_it_is_told_to() -> None:
    ended = subprocess.run([sys.executable, "-c", SIGNALLED], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -15
    assert ended.stdout == "Wanted a gamepad, found none plugged in: plug it in or switch it on.\n"
    assert ended.stderr == ""
