"""The process around a device: real processes, whose drivers do what drivers do, and worse."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from accord.app.child import SPAWN, Child
from accord.datasets.errors import AccordError
from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.kind import Kind, Option, Value
from accord.devices.inputs.kinds import kinds
from accord.devices.inputs.published import Published
from accord.devices.inputs.stateblock import StateReader, StateWriter
from accord.recorders.device_process import BEAT_S, POLL_HZ, DevicePlan
from accord.recorders.device_process import run as run_process
from accord.recorders.requests import Quit

PATIENCE_S = 60.0
Said = tuple[InputState | None, Health, int]


class Made:
    """A driver that does what its option says."""

    channels = ("count [1]",)

    def __init__(self, does: str, hand: int) -> None:
        if does == "fails":
            raise ZeroDivisionError("in its maker")
        if does == "refuses":
            raise DeviceError("a driver that can be made", "one that refuses", "choose another")
        self.name, self._does, self._count, self._hand = f"made {hand}", does, 0, hand

    def open(self) -> None:
        if self._does == "breaks at opening":
            raise AccordError("a wire", "none", "plug it in")

    def read(self, t_ns: int) -> InputState | None:
        self._count += 1
        if self._does == "raises" and self._count == 1000:
            raise ZeroDivisionError("in its thousandth read")
        if self._count == 50:
            if self._does == "exits":
                sys.exit(3)
            if self._does == "hangs":
                time.sleep(3600.0)
        raw = np.array([float(self._count)])
        t_ns += 10**18 if self._does == "uses another clock" else 0
        return None if self._does == "is away" else InputState(np.eye(6)[self._hand], t_ns=t_ns, raw=raw)

    def health(self) -> Health:
        return Health(self.name, True, "", self._count, self._count, 0)

    def close(self) -> None:
        if self._does == "raises at closing":
            raise RuntimeError("at its end")


class Waiting(Made):
    """One that can be waited on, for ever."""

    def wait(self, timeout_s: float) -> None:
        time.sleep(timeout_s)


def inputs(config: Path, does: str) -> tuple[Made, ...]:
    return (Made(does, 0),)


def waiting(config: Path, does: str) -> tuple[Made, ...]:
    return (Waiting(does, 0),)


def pair(config: Path, does: str) -> tuple[Made, ...]:
    return (Made(does, 0), Made(does, 1))


MADE = {
    kind.name: kind
    for kind in (
        Kind(name, name, f"{__name__}:{function}", (Option("does", "what", "works"),), hands=hands)
        for name, function, hands in (("made", "inputs", 1), ("waits", "waiting", 1), ("pair", "pair", 2))
    )
}


def run(plan: DevicePlan, connection: object) -> None:
    """The process, in which our kinds are there besides."""
    from accord.recorders import device_process

    def named(name: str) -> Kind:
        return MADE[name] if name in MADE else kinds()[name]

    device_process.kind_named = named  # type: ignore[attr-defined]
    run_process(plan, connection)  # type: ignore[arg-type]


class Started:
    """A process, and what it says."""

    def __init__(self, kind: str, options: dict[str, Value], hands: int, config: Path, pause_s: float = 1.0) -> None:
        self.blocks = tuple(f"accord-test-{os.getpid()}-{os.urandom(4).hex()}" for _ in range(hands))
        plan = DevicePlan("my-device", kind, options, config, self.blocks, pause_s)
        self.child = Child("device made", run, plan)

    def said(self, holds: Callable[[Said], bool], hand: int = 0) -> Said:
        """Wait until it says something of which this holds."""
        deadline_s, last = time.monotonic() + PATIENCE_S, None
        reader: StateReader | None = None
        try:
            while time.monotonic() < deadline_s:
                if reader is None:
                    try:
                        reader = StateReader(self.blocks[hand])
                    except (OSError, ValueError):
                        time.sleep(0.002)
                        continue
                last = reader.latest()
                if last is not None and holds(last):
                    return last
                time.sleep(0.002)
        finally:
            if reader is not None:
                reader.close()
        raise AssertionError(f"it never said so: {last}, {self.child.death()}")

    def close(self) -> None:
        self.child.stop(PATIENCE_S)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    made: list[Started] = []

    def begin(
        does: str = "works", kind: str = "made", hands: int = 1, pause_s: float = 1.0, **options: Value
    ) -> Started:
        made.append(Started(kind, options or {"does": does}, hands, tmp_path, pause_s))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def test_it_publishes_what_the_device_says_under_its_channels(start: Callable[..., Started]) -> None:
    began_ns, process = time.monotonic_ns(), start()
    state, health, beat_ns = process.said(lambda said: said[1].reports > 100)
    assert state is not None
    assert (state.axes[0], state.raw.tolist(), health.name) == (1.0, [float(health.reports)], "made 0")
    assert began_ns < beat_ns <= time.monotonic_ns()
    reader = StateReader(process.blocks[0])
    assert reader.channels() == Made.channels
    reader.close()


def test_one_that_cannot_be_waited_on_is_read_five_hundred_times_a_second_at_most(
    start: Callable[..., Started],
) -> None:
    process = start()
    first = process.said(lambda said: said[1].reports > 20)
    last = process.said(lambda said: said[1].reports > first[1].reports + 200)
    reads, seconds = last[1].reports - first[1].reports, (last[2] - first[2]) / 1e9
    assert reads / seconds <= 1.05 * POLL_HZ


def test_one_that_waits_for_ever_gives_signs_of_life(start: Callable[..., Started]) -> None:
    process = start(kind="waits")
    first = process.said(lambda said: said[1].reports > 5)
    last = process.said(lambda said: said[1].reports > first[1].reports + 20)
    assert (last[2] - first[2]) / (last[1].reports - first[1].reports) >= 0.9e9 * BEAT_S


def test_a_device_that_is_away_is_none_and_the_process_lives(start: Callable[..., Started]) -> None:
    state, health, _ = start("is away").said(lambda said: said[1].reports > 100)
    assert state is None
    assert health.connected


def test_a_state_of_another_clock_is_no_state_for_it_would_never_be_stale(start: Callable[..., Started]) -> None:
    state, health, _ = start("uses another clock").said(lambda said: bool(said[1].detail))
    assert state is None
    assert "time.monotonic_ns()" in health.detail
    assert "1e+09 s later" in health.detail


def test_each_hand_of_a_device_has_its_own_block(start: Callable[..., Started]) -> None:
    process = start(kind="pair", hands=2)
    for hand in range(2):
        state, health, _ = process.said(lambda said: said[1].reports > 10, hand)
        assert state is not None
        assert (int(np.argmax(state.axes)), health.name) == (hand, f"made {hand}")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"does": "refuses"}, "Wanted a driver that can be made, found one that refuses: choose another."),
        ({"does": "breaks at opening"}, "Wanted a wire, found none: plug it in."),
        ({"speed": 3}, "Wanted an option of made, found 'speed': choose of does."),
        ({"does": 3}, "Wanted does of made as str, found 3: say what."),
    ],
)
def test_one_that_cannot_be_made_says_why_until_it_is_asked_to_end(
    start: Callable[..., Started], options: dict[str, Value], sentence: str
) -> None:
    process = start(**options)
    state, health, beat_ns = process.said(lambda said: said[1].detail == sentence)
    assert state is None
    assert (health.name, health.connected) == ("my-device", False)
    process.said(lambda said: said[2] > beat_ns + 3 * int(1e9 * BEAT_S))
    assert process.child.death() == ""


def test_a_device_that_fails_says_why_for_a_while_and_ends_to_be_started_again(start: Callable[..., Started]) -> None:
    process = start("fails", pause_s=3.0)  # long enough to be seen by somebody who stands still meanwhile
    _, health, first_ns = process.said(lambda said: bool(said[1].detail))
    assert health.detail == "Its process failed: ZeroDivisionError: in its maker"
    process.child.process.join(PATIENCE_S)
    assert time.monotonic_ns() - first_ns > 10**9
    assert process.child.death() == "the device made process ended with code 1"


def test_one_that_says_why_it_failed_ends_when_it_is_asked_to(start: Callable[..., Started]) -> None:
    process = start("fails", pause_s=3600.0)
    process.said(lambda said: bool(said[1].detail))
    process.child.ask(Quit())
    process.child.process.join(PATIENCE_S)
    assert process.child.death()


def test_a_device_that_raises_ends_its_process_which_says_so_first(start: Callable[..., Started]) -> None:
    process = start("raises", pause_s=3.0)
    state, health, _ = process.said(lambda said: bool(said[1].detail))
    assert state is None
    assert health.detail == "Its process failed: ZeroDivisionError: in its thousandth read"
    process.child.process.join(PATIENCE_S)
    assert process.child.death() == "the device made process ended with code 1"


@pytest.mark.parametrize("does", ["exits", "raises at closing"])
def test_a_process_that_ends_takes_its_blocks_with_it(start: Callable[..., Started], does: str) -> None:
    process = start(does)
    if does == "raises at closing":
        process.said(lambda said: said[1].reports > 10)
        process.child.ask(Quit())
    process.child.process.join(PATIENCE_S)
    assert process.child.death()
    with pytest.raises(FileNotFoundError):
        StateReader(process.blocks[0])


@pytest.mark.parametrize("does", ["hangs", "killed", "stopped"])
def test_whatever_happens_to_it_the_loops_end_holds_after_100_ms_and_comes_back_with_the_next(
    start: Callable[..., Started], tmp_path: Path, does: str
) -> None:
    process = start(does if does == "hangs" else "works")
    process.said(lambda said: said[1].reports >= 40)
    device = Published("stick", process.blocks[0])
    device.open()
    if does != "hangs":
        assert until(device, present=True)
        os.kill(process.child.process.pid or 0, signal.SIGKILL if does == "killed" else signal.SIGSTOP)
    assert until(device, present=False)
    assert "every 100 ms, found silence" in device.health().detail
    if does == "stopped":
        os.kill(process.child.process.pid or 0, signal.SIGCONT)
    else:
        process.child.stop(0.0)
        process.child = Child("device made", run, DevicePlan("my-device", "made", {}, tmp_path, process.blocks))
    assert until(device, present=True)
    device.close()


def window(told: Connection, config: Path) -> None:
    """A window that holds a device whose driver hangs."""
    held = Started("made", {"does": "hangs"}, 1, config)
    held.said(lambda said: said[1].reports >= 49)
    told.send((held.child.process.pid, held.blocks[0]))
    time.sleep(3600.0)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_driver_that_hangs_does_not_outlive_a_window_that_was_killed(tmp_path: Path) -> None:
    ours, theirs = SPAWN.Pipe()
    parent = SPAWN.Process(target=window, args=(theirs, tmp_path))
    parent.start()
    assert ours.poll(PATIENCE_S), "it never drove"
    child, block = ours.recv()
    assert alive(child)
    parent.kill()
    parent.join(PATIENCE_S)
    deadline_s = time.monotonic() + 10.0
    while alive(child):
        assert time.monotonic() < deadline_s, "it outlived its window"
        time.sleep(0.01)
    StateWriter(block).close()  # as whoever starts it again does


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(device: Published, present: bool) -> bool:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        if (device.read(time.monotonic_ns()) is not None) is present:
            return True
        time.sleep(0.005)
    return False
