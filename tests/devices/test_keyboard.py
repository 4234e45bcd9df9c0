import multiprocessing
import os
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import pytest
from contracts.inputs import MS, START_NS, InputContract

from accord.devices.input import Input
from accord.devices.inputs.keyblock import KeyReader, KeyWriter
from accord.devices.inputs.keyboard import FAST_BUTTON, GRIPPER_BUTTON, SLOW_BUTTON, Keyboard
from accord.devices.inputs.keys import BINDINGS, SHARES, SPEEDS, Board, Key, Speed
from accord.devices.mapping import KEYBOARD_DEFAULT


class Desk:
    """A window that publishes its keys, and the keyboard that reads them."""

    def __init__(self) -> None:
        self._name = f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
        self.writer: KeyWriter | None = None
        self.device: Input = Keyboard(self._name)

    def plug(self) -> None:
        self.writer = KeyWriter(self._name)

    def unplug(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.writer = None

    def hold(self, t_ns: int, *keys: Key) -> None:
        assert self.writer is not None
        self.writer.publish(frozenset(keys), t_ns)

    def deflect(self, t_ns: int) -> None:
        self.hold(t_ns, Key.W)

    def let_go(self, t_ns: int) -> None:
        self.hold(t_ns)

    def buttons(self, t_ns: int) -> int:
        state = self.device.read(t_ns)
        assert state is not None
        return state.buttons

    def axes(self, t_ns: int) -> np.ndarray:
        state = self.device.read(t_ns)
        assert state is not None
        return state.axes


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.device.close()
    desk.unplug()


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """Plugged in, opened, and at rest at START_NS."""
    desk.plug()
    desk.device.open()
    desk.hold(START_NS)
    desk.device.read(START_NS)
    return desk


class TestKeyboardIsAnInput(InputContract):
    @pytest.fixture
    def rig(self, desk: Desk) -> Desk:
        return desk


def test_an_axis_follows_its_key_smoothly_and_arrives(ready: Desk) -> None:
    rise = []
    for later_ms in range(0, 200, 5):
        ready.hold(START_NS + later_ms * MS, Key.W)
        rise.append(ready.axes(START_NS + later_ms * MS)[0])
    assert rise[0] == 0.0
    assert np.all(np.diff(rise) >= 0.0)
    assert np.max(np.diff(rise)) < 0.15
    assert rise[24] == pytest.approx(0.95, abs=0.005)
    assert rise[-1] == 1.0


def test_how_an_axis_rises_does_not_depend_on_how_often_it_is_read(ready: Desk) -> None:
    ready.hold(START_NS + 60 * MS, Key.W)
    at_once = ready.axes(START_NS + 60 * MS)[0]
    assert at_once == pytest.approx(1 - np.exp(-60 / 40))


def test_letting_go_is_exactly_zero_within_100_ms(ready: Desk) -> None:
    for later_ms in range(0, 300, 10):
        ready.hold(START_NS + later_ms * MS, *[Key.W, Key.J] if later_ms < 200 else [])
        axes = ready.axes(START_NS + later_ms * MS)
    assert not np.any(axes)


@pytest.mark.parametrize("key", [key for key in Key if BINDINGS[key].axis is not None])
def test_every_drive_key_moves_the_axis_of_its_binding(ready: Desk, key: Key) -> None:
    for later_ms in range(0, 300, 10):
        ready.hold(START_NS + later_ms * MS, key)
        axes = ready.axes(START_NS + later_ms * MS)
    expected = np.zeros(6)
    expected[BINDINGS[key].axis] = BINDINGS[key].sign
    np.testing.assert_array_equal(axes, expected)


def test_every_axis_has_one_key_for_each_direction() -> None:
    driven = sorted((binding.axis, binding.sign) for binding in BINDINGS.values() if binding.axis is not None)
    assert driven == [(axis, sign) for axis in range(6) for sign in (-1, 1)]
    assert set(BINDINGS) == set(Key)


def test_opposite_keys_cancel(ready: Desk) -> None:
    ready.hold(START_NS + 50 * MS, Key.A, Key.D)
    assert not np.any(ready.axes(START_NS + 50 * MS))


def held_for_long(ready: Desk, *keys: Key) -> np.ndarray:
    for later_ms in range(0, 400, 10):
        ready.hold(START_NS + later_ms * MS, *keys)
        axes = ready.axes(START_NS + later_ms * MS)
    return axes


def test_chords_drive_their_axes_at_once_and_an_opposite_key_takes_away_its_own_only(ready: Desk) -> None:
    axes = held_for_long(ready, Key.W, Key.D, Key.R, Key.J, Key.I, Key.K, Key.SHIFT)
    np.testing.assert_array_equal(axes, [1, -1, 1, 0, 0, 1])


def test_the_wheel_sets_how_far_an_axis_goes_from_a_tenth_of_the_fast_speed_to_all_of_it(ready: Desk) -> None:
    assert ready.writer is not None
    seen = []
    for notches in (0, 1, -0.5, -100, 100):
        ready.writer.turn(notches, START_NS)
        axes = held_for_long(ready, Key.W, Key.A)
        assert axes[0] == axes[1]
        assert ready.buttons(START_NS + 390 * MS) == 1 << FAST_BUTTON
        seen.append(axes[0])
        ready.device.read(START_NS + 900 * MS)
    assert seen == pytest.approx([0.5, 0.575, 0.575 / 1.15**0.5, 0.1, 1.0])


def test_a_number_key_takes_the_wheel_s_choice_back_and_the_wheel_goes_on_from_there(ready: Desk) -> None:
    assert ready.writer is not None
    writer = ready.writer
    shares = []
    for key in (Key.DIGIT_1, Key.DIGIT_2, Key.DIGIT_3):
        writer.turn(-3, START_NS)
        ready.hold(START_NS, key)
        assert writer.speed is SPEEDS[key]
        state = ready.device.read(START_NS)
        assert state is not None
        assert state.raw[-1] == 1.0
        shares.append(writer.share)
        ready.hold(START_NS)
    writer.turn(-1, START_NS)
    assert (*shares, writer.share) == pytest.approx((0.15, 0.5, 1.0, 1 / 1.15))


def test_what_the_wheel_goes_on_from_is_how_fast_the_keys_drove() -> None:
    fastest = KEYBOARD_DEFAULT.fast_factor
    slow, normal = KEYBOARD_DEFAULT.slow_factor / fastest, 1.0 / fastest
    assert {Speed.SLOW: slow, Speed.NORMAL: normal, Speed.FAST: 1.0} == SHARES


def test_the_keys_themselves_are_told_as_numbers(ready: Desk) -> None:
    assert ready.writer is not None
    ready.writer.turn(-1, START_NS)
    ready.hold(START_NS + 10 * MS, Key.W, Key.SHIFT)
    state = ready.device.read(START_NS + 10 * MS)
    assert state is not None
    told = dict(zip(ready.device.channels, state.raw, strict=True))
    assert {name: value for name, value in told.items() if value} == {
        "W": 1.0,
        "SHIFT": 1.0,
        "PACE [1]": pytest.approx(0.5 / 1.15),
    }


def test_health_says_how_often_the_window_speaks(ready: Desk) -> None:
    for later_ms in range(0, 660, 33):
        ready.hold(START_NS + later_ms * MS)
        ready.device.read(START_NS + later_ms * MS)
    health = ready.device.health()
    assert health.rate_hz == pytest.approx(1000 / 33)
    assert health.jitter_ms == pytest.approx(0.0)


def test_keys_still_held_after_a_silence_look_held_and_not_at_rest(ready: Desk) -> None:
    assert ready.device.read(START_NS + 500 * MS) is None
    ready.hold(START_NS + 1000 * MS, Key.W)
    np.testing.assert_array_equal(ready.axes(START_NS + 1000 * MS), [1, 0, 0, 0, 0, 0])


def test_what_the_window_said_too_late_counts_for_nothing(ready: Desk) -> None:
    for later_ms in range(200, 1000, 50):
        ready.hold(START_NS + (later_ms - 150) * MS, Key.W)
        assert ready.device.read(START_NS + later_ms * MS) is None
        assert "100 ms" in ready.device.health().detail
    ready.hold(START_NS + 1000 * MS)
    assert ready.device.read(START_NS + 1000 * MS) is not None


def test_a_window_that_speaks_twice_as_often_drives_the_same(ready: Desk) -> None:
    ways = []
    for every_ms in (32, 16):
        assert ready.device.read(START_NS + 900 * MS) is None
        for later_ms in range(0, 144, 16):
            if later_ms % every_ms == 0:
                ready.hold(START_NS + later_ms * MS, *[Key.W] if later_ms else [])
            way = ready.axes(START_NS + later_ms * MS)[0]
        ways.append((way, ready.device.health().rate_hz))
    (once, slow), (twice, fast) = ways
    assert 0.5 < once < 1.0
    assert once == pytest.approx(1 - np.exp(-(128 - 16) / 40))
    assert twice == pytest.approx(1 - np.exp(-128 / 40))
    assert (slow, fast) == pytest.approx((1000 / 32, 1000 / 16))


def test_a_tap_on_the_gripper_key_between_two_reads_is_seen_once(ready: Desk) -> None:
    ready.hold(START_NS + 1 * MS, Key.G)
    ready.hold(START_NS + 2 * MS)
    assert [ready.buttons(START_NS + later_ms * MS) for later_ms in (10, 20)] == [1 << GRIPPER_BUTTON, 0]


def test_a_tap_during_a_silence_is_not_seen_afterwards(ready: Desk) -> None:
    assert ready.device.read(START_NS + 500 * MS) is None
    ready.hold(START_NS + 900 * MS, Key.G)
    ready.hold(START_NS + 1000 * MS)
    assert ready.buttons(START_NS + 1000 * MS) == 0


def test_a_held_gripper_key_is_one_press(ready: Desk) -> None:
    seen = []
    for later_ms in range(10, 60, 10):
        ready.hold(START_NS + later_ms * MS, *[Key.G] if later_ms < 40 else [])
        seen.append(ready.buttons(START_NS + later_ms * MS))
    assert seen == [1, 1, 1, 0, 0]


def test_the_number_keys_choose_a_speed_that_stays_and_shift_is_slow_while_held(ready: Desk) -> None:
    assert ready.writer is not None
    seen = []
    for turn, keys in enumerate([[], [Key.DIGIT_3], [], [Key.SHIFT], [], [Key.DIGIT_1], [], [Key.DIGIT_2]]):
        ready.hold(START_NS + turn * 10 * MS, *keys)
        seen.append(ready.buttons(START_NS + turn * 10 * MS))
    slow, fast = 1 << SLOW_BUTTON, 1 << FAST_BUTTON
    assert seen == [0, fast, fast, slow, fast, slow, slow, 0]
    assert ready.writer.speed is Speed.NORMAL


def test_a_writer_that_died_in_the_middle_of_a_write_makes_the_keyboard_stale(ready: Desk) -> None:
    assert ready.writer is not None
    memory = SharedMemory(ready.writer.name)
    assert memory.buf is not None
    memory.buf[0] |= 1
    assert ready.device.read(START_NS + 50 * MS) is not None
    assert ready.device.read(START_NS + 101 * MS) is None
    memory.close()


def test_a_foreign_block_of_that_name_is_not_read() -> None:
    foreign = SharedMemory(create=True, size=4096)
    device = Keyboard(foreign.name)
    device.open()
    assert device.read(START_NS) is None
    device.close()
    foreign.close()
    foreign.unlink()


def test_keys_are_found_by_their_text_or_their_place() -> None:
    assert [Key.from_text(text) for text in ("w", "W", "2", "Shift", " ", "y", "", "é", "²")] == [
        *[Key.W, Key.W, Key.DIGIT_2, Key.SHIFT],
        *[None] * 5,
    ]
    assert [Key.from_place(Board.XKB, code) for code in (25, 38, 11, 50, 62, 65)] == [
        *[Key.W, Key.A, Key.DIGIT_2, Key.SHIFT, Key.SHIFT],
        None,
    ]
    assert [Key.from_place(Board.SET_1, code) for code in (0x11, 0x1E, 0x36, 0x11D, 0x39)] == [
        *[Key.W, Key.A, Key.SHIFT],
        *[None] * 2,
    ]
    assert [Key.from_place(Board.MAC, code) for code in (0x0D, 0x00, 0x3C, 0x31)] == [Key.W, Key.A, Key.SHIFT, None]


@pytest.mark.parametrize("board", Board)
def test_every_key_has_a_place_on_every_platform(board: Board) -> None:
    assert {Key.from_place(board, code) for code in range(256)} == {*Key, None}


def _window(name: str, requests: Connection) -> None:
    """A window in a process of its own: does as it is told, then hammers the block until it is told to stop."""
    writer = KeyWriter(name)
    try:
        writer.publish({Key.W, Key.G}, START_NS)
        requests.send("published")
        requests.recv()
        turn = 0
        while not requests.poll():
            turn += 1
            writer.publish({Key.W, Key.S} if turn % 2 else set(), START_NS + turn)
        requests.send(turn)
        requests.recv()
    finally:
        writer.close()


def _loop(name: str, answers: Connection) -> None:
    """The reading process, as the recorder's loop is one."""
    keyboard = Keyboard(name)
    keyboard.open()
    state = keyboard.read(START_NS)
    answers.send(None if state is None else (state.axes.tolist(), state.buttons))
    keyboard.close()


def test_a_window_and_a_loop_in_processes_of_their_own_share_the_keys(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2])  # a spawned process finds this module by its name
    spawn = multiprocessing.get_context("spawn")
    name = f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
    ours, theirs = spawn.Pipe()
    window = spawn.Process(target=_window, args=(name, theirs))
    window.start()
    theirs.close()  # so that a child that fails is an end of file, not a time limit
    assert ours.poll(60)
    assert ours.recv() == "published"

    answers, answering = spawn.Pipe()
    loop = spawn.Process(target=_loop, args=(name, answering))
    loop.start()
    answering.close()
    assert answers.poll(60)
    assert answers.recv() == ([1, 0, 0, 0, 0, 0], 1 << GRIPPER_BUTTON)
    loop.join(60)
    assert loop.exitcode == 0

    reader = KeyReader(name)  # still there after a reader's process ended
    ours.send("hammer")
    seen = [keys for _ in range(2000) if (keys := reader.latest()) is not None]
    ours.send("stop")
    assert ours.recv() > 0
    for keys in seen[1:]:
        if keys.t_ns > START_NS:
            assert keys.held == ({Key.W, Key.S} if (keys.t_ns - START_NS) % 2 else set())
    assert [keys.t_ns for keys in seen] == sorted(keys.t_ns for keys in seen)
    reader.close()
    ours.send("close")
    window.join(60)
    assert window.exitcode == 0
    with pytest.raises(FileNotFoundError):
        KeyReader(name)
    assert "resource_tracker" not in capfd.readouterr().err
