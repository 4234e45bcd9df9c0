"""Real key events and a real wheel, on a virtual display: what the loop's end of the block then says."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from virtual_screen import VirtualScreen, forget_block

from accord.devices.input import InputState
from accord.devices.inputs.keyboard import FAST_BUTTON, GRIPPER_BUTTON, Keyboard

WINDOW = Path(__file__).parents[2] / "peers" / "keys_window.py"
PLACE_OF_W = "25"
"""xkb keycode, which xdotool presses whatever it types."""


class Desk:
    """A screen, a window on it, and the keyboard that the loop would read."""

    def __init__(self, screen: VirtualScreen) -> None:
        self.screen, self.block = screen, f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
        self.window = subprocess.Popen([sys.executable, str(WINDOW), self.block], env=screen.environment)
        self.keyboard = Keyboard(self.block)
        self.keyboard.open()
        self.wait_for(lambda state: True, "a word of the window")
        self.shown = screen.hand("search", "--sync", "--onlyvisible", "--name", self.block).split()[0]
        screen.hand("windowfocus", "--sync", self.shown, "mousemove", "200", "150")

    def state(self) -> InputState | None:
        return self.keyboard.read(time.monotonic_ns())

    def wait_for(self, holds: Callable[[InputState], bool], what: str) -> InputState:
        deadline = time.monotonic() + 30.0
        while True:
            assert self.window.poll() is None, "the window ended"
            state = self.state()
            if state is not None and holds(state):
                return state
            assert time.monotonic() < deadline, f"waited in vain for {what}: {state}, {self.keyboard.health()}"
            time.sleep(0.005)

    def drives(self, *axes: float) -> None:
        self.wait_for(lambda state: bool(np.array_equal(state.axes, axes)), f"axes {axes}")

    def stays_at_rest(self, reports: int = 40) -> None:
        """For more than a second of the window's words; a held key repeats within 0.7 s."""
        until = self.keyboard.health().reports + reports
        while self.keyboard.health().reports < until:
            self.wait_for(lambda state: True, "the window")
            state = self.state()
            assert state is None or state.at_rest, "a key drives that nobody pressed anew"
            time.sleep(0.002)

    def close(self) -> None:
        self.keyboard.close()
        forget_block(self.block)
        self.window.terminate()
        self.window.wait(20)
        self.screen.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(VirtualScreen())
    yield made
    made.close()


def test_three_real_keys_at_once_the_wheel_and_the_focus(desk: Desk) -> None:
    hand = desk.screen.hand
    hand("keydown", "w", "keydown", "a", "keydown", "r")
    desk.drives(1, 1, 1, 0, 0, 0)
    hand("keydown", "d", "keyup", "r")
    desk.drives(1, 0, 0, 0, 0, 0)
    hand("click", "--delay", "5", "--repeat", "3", "5")
    slower = 0.5 / 1.15**3
    paced = desk.wait_for(lambda state: 0 < state.axes[0] < 0.4, "a slower pace")
    desk.wait_for(lambda state: bool(np.isclose(state.axes[0], slower)), "the pace of three notches")
    assert paced.buttons == 1 << FAST_BUTTON
    hand("click", "--delay", "5", "--repeat", "40", "4")
    desk.drives(1, 0, 0, 0, 0, 0)
    hand("click", "--delay", "5", "--repeat", "60", "5")
    desk.drives(0.1, 0, 0, 0, 0, 0)


def test_a_key_that_is_held_while_the_focus_goes_has_to_come_up_before_it_drives_again(desk: Desk) -> None:
    """It repeats all the while; and X11 gives it to the window below the mouse when no other has the focus."""
    hand = desk.screen.hand
    hand("keydown", "d")
    desk.drives(0, -1, 0, 0, 0, 0)
    hand("windowfocus", desk.screen.root())
    desk.drives(0, 0, 0, 0, 0, 0)
    desk.stays_at_rest()
    hand("windowfocus", "--sync", desk.shown)
    desk.stays_at_rest()
    hand("keyup", "d", "keydown", "d")
    desk.drives(0, -1, 0, 0, 0, 0)


def test_on_a_french_keyboard_keys_drive_by_their_place(desk: Desk) -> None:
    """The place of W types z there, and that of A types q; the digits need Shift."""
    desk.screen.use_layout("fr")
    desk.screen.hand("keydown", "z")
    desk.drives(1, 0, 0, 0, 0, 0)
    desk.screen.hand("keyup", "z", "keydown", "q")
    desk.drives(0, 1, 0, 0, 0, 0)
    desk.screen.hand("keyup", "q", "keydown", PLACE_OF_W, "keydown", "g")
    state = desk.wait_for(lambda state: state.axes[0] == 1.0, "forward")
    assert state.buttons == 1 << GRIPPER_BUTTON
    desk.screen.hand("keyup", PLACE_OF_W, "keyup", "g", "keydown", "w")  # the place of Z, which drives nothing
    desk.drives(0, 0, 0, 0, 0, 0)


def test_a_window_that_is_killed_with_keys_down_drives_no_longer_than_100_ms(desk: Desk) -> None:
    desk.screen.hand("keydown", "w")
    desk.drives(1, 0, 0, 0, 0, 0)
    desk.window.kill()
    desk.window.wait()
    assert desk.keyboard.read(time.monotonic_ns() + 101_000_000) is None
