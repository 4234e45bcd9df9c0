"""The window as a customer starts it: its own process on a screen of its own, real keys, and what is then on the disk.

What the window does is seen in the library's folder alone, so nothing in the product is there for this test.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import zarr
from numpy.typing import NDArray
from virtual_screen import VirtualScreen

from accord.datasets.decisions import Curation
from accord.datasets.episode import Episode
from accord.datasets.library import Library
from accord.datasets.replay_buffer_rules import broken_rules

pytest.importorskip("PySide6.QtWidgets", reason="the window is an optional extra")

WINDOW = (sys.executable, "-m", "accord.app.cli", "window")
FORWARD, LEFT = 0, 1
STOPS = 25
"""Steps within which a robot that no key drives any more has stopped: half a second."""
STEPS_CUT = 10
FAST = 0.1
"""What the keys reach at their normal speed, nearly [m/s]."""


def wait_for(holds: Callable[[], bool], what: str, within_s: float = 40.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"waited {within_s:g} s for {what}"
        time.sleep(0.02)


@pytest.fixture
def screen() -> Iterator[VirtualScreen]:
    made = VirtualScreen(1400, 900)
    yield made
    made.close()


class Customer:
    """The window's process, and the person in front of it who looks into the folder."""

    def __init__(self, screen: VirtualScreen, folder: Path, *words: str) -> None:
        self.screen, self.folder = screen, folder
        self._log = (folder.parent / "log").open("w+")
        command = [*WINDOW, "--library", str(folder), "--size", "64x48", *words]
        self.process = subprocess.Popen(command, env=screen.environment, stderr=self._log)
        wait_for(lambda: self.process.poll() is not None or bool(self.windows()), "the window")
        assert self.process.poll() is None, self.said()
        self.window = self.windows()[0]
        screen.focus(self.window)
        self.library = Library(folder)

    def windows(self) -> list[str]:
        return self.screen.hand("search", "--onlyvisible", "--name", f"^Accord – {self.folder.name}$").split()

    def said(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def quit(self) -> int:
        self.screen.press("ctrl+q")
        return self.process.wait(20)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self._log.close()

    # Looking ----------------------------------------------------------------------------------------------------------

    def files(self) -> set[Path]:
        return set((self.folder / "episodes").glob("*/*.h5"))

    def finished(self) -> int:
        return len(self.library.contents().entries)

    def curations(self) -> list[Curation]:
        return list(self.library.decisions.present().values())

    # Doing ------------------------------------------------------------------------------------------------------------

    def begin_episode(self, *words: str) -> Path:
        """Space begins it. Where nobody is named yet, Space asks for a name, and these keys answer."""
        before = self.files()
        self.screen.press_until(lambda: self.files() > before, "an episode", "space", *words)
        (path,) = self.files() - before
        wait_for(lambda: rows(path) > 0, "its first step")
        return path

    def end_episode(self) -> None:
        before = self.finished()
        self.screen.press("y")
        wait_for(lambda: self.finished() > before, "an episode on the disk")


@pytest.fixture
def hire(screen: VirtualScreen, tmp_path: Path) -> Iterator[Callable[..., Customer]]:
    hired: list[Customer] = []

    def make(*words: str) -> Customer:
        hired.append(Customer(screen, tmp_path / "library", *words))
        return hired[-1]

    yield make
    for customer in hired:
        customer.end()


def rows(path: Path) -> int:
    with Episode(path, unfinished=True) as episode:
        return len(episode)


def axis_now(path: Path, axis: int) -> float:
    """What the newest step that is on the disk says of an axis of the device."""
    with Episode(path, unfinished=True) as episode:
        return float(episode.field("input/axes")[-1, axis])


def drive_by_hand(customer: Customer) -> Path:
    """Forward; the gripper, for so long that its key repeats; left until the window loses the focus; and nothing."""
    screen, path = customer.screen, customer.begin_episode("e", "v", "e", "Return")
    screen.hand("keydown", "w")
    wait_for(lambda: axis_now(path, FORWARD) > 0, "a step that is driven forward")
    let_pass(path)
    screen.hand("keyup", "w")
    wait_for(lambda: axis_now(path, FORWARD) == 0, "a step after the key was let go")
    let_pass(path)
    screen.hand("keydown", "g")
    let_pass(path, 60)
    screen.hand("keyup", "g", "keydown", "a")
    wait_for(lambda: axis_now(path, LEFT) > 0, "a step that is driven left")
    let_pass(path)
    screen.focus(screen.root())
    wait_for(lambda: axis_now(path, LEFT) == 0, "a step after the focus was lost")
    let_pass(path, 50)
    screen.hand("keyup", "a")
    screen.focus(customer.window)
    customer.end_episode()
    return path


def let_pass(path: Path, steps: int = STOPS) -> None:
    """Some more steps of the episode that is being recorded."""
    before = rows(path)
    wait_for(lambda: rows(path) >= before + steps, f"{steps} more steps")


def check_driven(path: Path) -> None:
    """Axes and the sent command follow the keys, and both are nothing where no key could drive."""
    with Episode(path) as episode:
        axes, sent = episode.field("input/axes"), episode.field("sent/twist")
        gripper = episode.field("sent/gripper")
        assert episode.info.source == "keyboard"
        assert episode.info.operator == "eve"
    assert np.count_nonzero(np.diff(gripper)) == 1, "one press of G is one change, however long it is held"
    forward, left = stretch(axes[:, FORWARD]), stretch(axes[:, LEFT])
    assert forward[1] < left[0]
    ways = []
    for axis, (first, last) in ((FORWARD, forward), (LEFT, left)):
        driven = sent[first:last]
        assert (axes[first:last, axis] > 0).all()
        assert not np.delete(axes[first:last], axis, axis=1).any()
        speed = np.linalg.norm(driven[:, :2], axis=1)
        assert (speed > 0).all()
        assert speed.max() > FAST
        assert np.abs(driven[:, 2:]).max() < 1e-9, "level, without a turn"
        ways.append(driven[speed.argmax(), :2] / speed.max())
    assert abs(ways[0] @ ways[1]) < 1e-6, "left is square to forward, whichever picture the person looks at"
    still = slice(left[1] + STOPS, None)
    assert len(axes) - still.start >= STOPS
    assert not axes[still].any()
    assert not sent[still].any()


def stretch(values: NDArray[np.float64]) -> tuple[int, int]:
    """First and after the last of the values that are not zero."""
    there = np.flatnonzero(values)
    return int(there[0]), int(there[-1]) + 1


@pytest.mark.timeout(240)
def test_from_the_first_key_to_a_training_set(hire: Callable[..., Customer]) -> None:
    driver = hire()
    check_driven(drive_by_hand(driver))
    assert (driver.quit(), driver.said()) == (0, "")
    curator = hire("--source", "scripted:across-then-down", "--operator", "script-2")
    for _ in range(3):
        path = curator.begin_episode()
        wait_for(lambda path=path: rows(path) > 60, "a second of an episode")  # type: ignore[misc]
        curator.end_episode()
    fit(curator)
    decide(curator)
    export(curator)
    assert (curator.quit(), curator.said()) == (0, "")
    contents = curator.library.contents()
    assert (contents.left_behind, contents.damaged) == ((), ())
    assert [entry.summary.operator for entry in contents.entries] == ["eve", *["script-2"] * 3]
    assert {entry.curation.outcome for entry in contents.entries} == {"success"}


def fit(customer: Customer) -> None:
    policy = customer.folder / "policies" / "base-v1" / "policy.json"
    customer.screen.press("ctrl+3")
    customer.screen.press_until(policy.exists, "a base policy", "ctrl+Return")


def decide(customer: Customer) -> None:
    """Reject one and take it back, reject the one below, cut the beginning off the one below that."""
    screen = customer.screen

    def rejected() -> bool:
        return any(curation.verdict == "reject" for curation in customer.curations())

    screen.press("ctrl+2")
    screen.press_until(rejected, "a rejection", "x")
    screen.press("ctrl+z")
    wait_for(lambda: not rejected(), "the rejection taken back")
    screen.press("Down", "x")
    wait_for(rejected, "another rejection")
    screen.press("Down", *["Right"] * STEPS_CUT, "bracketleft")
    wait_for(lambda: any(curation.trim for curation in customer.curations()), "a cut")


def export(customer: Customer) -> None:
    """All but the rejected one, without what was cut off."""
    target = customer.folder / "exports" / "training-set.zarr"
    customer.screen.press("ctrl+5")
    customer.screen.press_until(target.exists, "a training set", "ctrl+Return")
    assert broken_rules(target) == []
    entries = [entry for entry in customer.library.contents().entries if entry.curation.verdict != "reject"]
    ends = np.asarray(zarr.open_group(target, mode="r")["meta/episode_ends"][:])  # type: ignore[index]
    steps = sum(entry.summary.steps for entry in entries)
    assert len(entries) == 3
    assert len(ends) >= 3, "where pictures were late on a busy machine, an episode goes on as another one"
    assert steps / 2 < ends[-1] <= steps - STEPS_CUT


def test_the_wheel_over_the_views_changes_how_fast_the_keys_drive(hire: Callable[..., Customer]) -> None:
    driver = hire()
    screen, path = driver.screen, driver.begin_episode("e", "v", "e", "Return")
    screen.hand("mousemove", "500", "250", "keydown", "w")
    wait_for(lambda: axis_now(path, FORWARD) == 1.0, "the normal speed")
    screen.hand("click", "--delay", "5", "--repeat", "3", "5")
    slower = 0.5 / 1.15**3
    wait_for(lambda: abs(axis_now(path, FORWARD) - slower) < 1e-9, "three notches less")
    screen.hand("key", "2")
    wait_for(lambda: axis_now(path, FORWARD) == 1.0, "the normal speed again")
    screen.hand("keyup", "w")
    wait_for(lambda: axis_now(path, FORWARD) == 0.0, "a step after the key was let go")
    driver.end_episode()
    assert (driver.quit(), driver.said()) == (0, "")


def test_without_a_screen_one_sentence_says_so(tmp_path: Path) -> None:
    unset = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {name: value for name, value in os.environ.items() if name not in unset}
    command = [*WINDOW, "--library", str(tmp_path / "library")]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("accord: Wanted a screen for the window, found no display: ")
    assert len(done.stderr.splitlines()) == 1
