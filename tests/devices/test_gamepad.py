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


def test_another_kind_of_pad_than_the_one_wanted_is_named(desk: Desk) -> None:
    desk.plug()
    (other,) = inputs(serial="0300abcd")
    other.open()
    assert other.read(START_NS) is None
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
    (tmp_path / "event7").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    device = Gamepad(sysfs=tmp_path, dev=tmp_path)
    device.open()
    assert device.read(START_NS) is None
    detail = device.health().detail
    assert detail.startswith(f"Wanted to read the gamepad at {tmp_path / 'event7'}, found no permission:")
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
    monkeypatch.setattr(driver, "_CHARGES", {"unknown": 0.2})
    assert desk.device.health().battery == 0.2


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
