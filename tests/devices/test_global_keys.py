"""Keys without focus: real key events on a display of their own, heard by a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from virtual_screen import VirtualScreen, forget_block

from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.global_keys import SEEN_NS, GlobalKeys, inputs
from accord.devices.inputs.key_names import key_names, keysyms
from accord.devices.inputs.stateblock import StateReader

PROCESS = Path(__file__).parents[1] / "peers" / "global_keys_process.py"
KEYS = "f13, F14 b 1 ctrl_r"
F13, F14, B, ONE, CTRL = (1 << bit for bit in range(5))
MANY = [chr(code) for code in range(0x4E00, 0x4E21)]
PLACE_OF_F13, PLACE_OF_F14 = "191", "192"
"""xkb keycodes of FK13 and FK14 (xkeyboard-config, keycodes/evdev), as a foot pedal sends them."""


class Listening:
    """A display, and a process that listens there."""

    def __init__(self, screen: VirtualScreen, keys: str = KEYS) -> None:
        self.screen, self.block = screen, f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
        command = [sys.executable, str(PROCESS), self.block, keys]
        self.process = subprocess.Popen(command, env=screen.environment, stderr=subprocess.PIPE, text=True)
        self._reader: StateReader | None = None

    def said(self) -> tuple[InputState | None, Health, int] | None:
        if self._reader is None:
            try:
                self._reader = StateReader(self.block)
            except (FileNotFoundError, ValueError):
                return None
        return self._reader.latest()

    def wait_for(
        self, holds: Callable[[InputState | None, Health], bool], what: str
    ) -> tuple[InputState | None, Health]:
        deadline = time.monotonic() + 30.0
        while True:
            assert self.process.poll() is None, "the process ended"
            said = self.said()
            if said is not None and holds(*said[:2]):
                return said[0], said[1]
            assert time.monotonic() < deadline, f"waited in vain for {what}: {said}"
            time.sleep(0.002)

    def hears(self, buttons: int) -> None:
        self.wait_for(lambda state, _: state is not None and state.buttons == buttons, f"buttons {buttons:05b}")

    def begin(self) -> None:
        """It listens for sure once it heard something."""
        while True:
            self.screen.hand("key", PLACE_OF_F13)
            said = self.said()
            if said is not None and said[0] is not None and said[1].reports >= 2:
                return self.hears(0)

    def close(self) -> str:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
            forget_block(self.block)
        self.process.terminate()
        _, said = self.process.communicate(timeout=20)
        self.process.wait()
        self.screen.close()
        return said


@pytest.fixture
def listening() -> Iterator[Listening]:
    made = Listening(VirtualScreen())
    made.begin()
    yield made
    made.close()


def test_pedals_and_keys_are_bits_while_they_are_down(listening: Listening) -> None:
    hand = listening.screen.hand
    hand("keydown", PLACE_OF_F14)
    listening.hears(F14)
    hand("keydown", "Control_R", "keydown", "b")
    listening.hears(F14 | B | CTRL)
    state, health = listening.wait_for(lambda state, _: state is not None, "a state")
    assert state is not None
    assert state.at_rest
    assert not state.continuous
    assert state.raw.tolist() == [0, 1, 1, 0, 1]
    assert health.connected
    assert (health.detail, health.name) == ("", "keys anywhere: f13, f14, b, 1, ctrl_r")
    hand("keyup", PLACE_OF_F14, "keyup", "b", "keyup", "Control_R")
    listening.hears(0)


def test_other_keys_are_not_even_counted(listening: Listening) -> None:
    before = listening.wait_for(lambda state, _: state is not None, "a state")[1].reports
    listening.screen.hand("type", "my secret")
    listening.screen.hand("key", PLACE_OF_F14)
    _, health = listening.wait_for(lambda _, health: health.reports >= before + 2, "the pedal after the secret")
    assert health.reports == before + 2


def test_a_tap_is_seen_by_whoever_looks_thirty_times_a_second(listening: Listening) -> None:
    listening.screen.hand("key", "--delay", "1", PLACE_OF_F14)
    began_ns = ended_ns = 0
    while not ended_ns:
        said = listening.said()
        assert said is not None
        assert said[0] is not None
        if said[0].buttons == F14:
            began_ns = began_ns or said[2]
        elif began_ns:
            ended_ns = said[2]
    assert ended_ns - began_ns >= SEEN_NS - 20_000_000


def test_a_key_that_shift_gave_another_name_does_not_stay_down(listening: Listening) -> None:
    hand = listening.screen.hand
    hand("keydown", "1", "keydown", PLACE_OF_F13)
    listening.hears(ONE | F13)
    hand("keydown", "Shift_L", "keyup", "10")  # the place of 1, which is ! now
    listening.hears(F13)
    hand("keyup", "Shift_L", "keyup", PLACE_OF_F13)
    listening.hears(0)


def test_a_display_that_dies_with_a_pedal_down_lets_go_of_it_and_says_so(listening: Listening) -> None:
    listening.screen.hand("keydown", PLACE_OF_F13)
    listening.hears(F13)
    listening.screen.kill()
    died_ns = time.monotonic_ns()
    _, health = listening.wait_for(lambda state, _: state is None, "silence")
    assert time.monotonic_ns() - died_ns < 500_000_000, "some ms, where the computer is not busy"
    assert not health.connected
    assert health.detail.startswith("Wanted keys without focus, found the end of the display")
    assert listening.close() == "", "nothing is printed"


def test_a_display_that_comes_back_is_heard_again(listening: Listening) -> None:
    number = listening.screen.display
    listening.screen.kill()
    listening.wait_for(lambda state, _: state is None, "silence")
    server = subprocess.Popen(["Xvfb", number, "-nolisten", "tcp"], stderr=subprocess.DEVNULL)
    try:
        listening.wait_for(lambda state, _: state is not None, "listening anew")
        listening.begin()
        listening.screen.hand("keydown", PLACE_OF_F14)
        listening.hears(F14)
    finally:
        listening.process.kill()
        server.terminate()
        server.wait()


def sentence(environment: dict[str, str]) -> str:
    device = GlobalKeys("f13", environment)
    device.open()
    assert device.read(1) is None
    detail = device.health().detail
    device.close()
    return detail


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have neither X11 nor Wayland")
def test_without_an_x_display_it_says_what_was_found() -> None:
    wanted = "Wanted an X display for keys without focus, found "
    assert sentence({}).startswith(f"{wanted}none: ")
    assert sentence({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}).startswith(f"{wanted}Wayland: ")
    assert sentence({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}).startswith(f"{wanted}Wayland: ")


def test_a_display_that_does_not_answer_is_named() -> None:
    program = (
        "from accord.devices.inputs.global_keys import GlobalKeys\n"
        "d = GlobalKeys('f13'); d.open(); assert d.read(1) is None; print(d.health().detail)"
    )
    gone = VirtualScreen()
    gone.close()
    done = subprocess.run(
        [sys.executable, "-c", program], env=gone.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(
        f"Wanted an X display for keys without focus, found none that answers at {gone.display}: "
    )
    assert done.stderr == ""


def test_opened_twice_closed_twice_and_read_while_closed() -> None:
    device = GlobalKeys("f13", {})
    assert device.read(1) is None
    assert device.health().detail == "not opened"
    device.open()
    device.open()
    device.read(1)
    device.close()
    device.close()
    assert device.read(2) is None
    assert device.health().detail == "not opened"


@pytest.mark.parametrize(
    ("keys", "found"),
    [("", "found 0:"), ("f13, f99", "found 'f99':"), ("b, B", "found 'b' 2 times:"), ("\n".join(MANY), "found 33:")],
)  # fmt: skip
def test_names_that_are_no_keys_are_refused(keys: str, found: str) -> None:
    with pytest.raises(DeviceError, match=found):
        GlobalKeys(keys)


def test_a_wish_without_a_key_is_refused(tmp_path: Path) -> None:
    (device,) = inputs(config=tmp_path, keys="f13, f14", does="record, success")
    assert device.channels == ("f13", "f14")
    with pytest.raises(DeviceError, match="Wanted a wish for each of 1 keys, found 2 wishes: name more keys"):
        inputs(config=tmp_path, keys="f13", does="record, success")


def test_names_are_read_with_commas_and_spaces() -> None:
    assert key_names(" F13,page_down  b") == ("f13", "page_down", "b")


def test_a_function_key_is_known_by_both_of_its_x11_names() -> None:
    assert keysyms("f13") == (0xFFCA, 0x1008FF81)
    assert keysyms("f24") == (0xFFD5,)
    assert keysyms("b") == keysyms("page_down") == ()
