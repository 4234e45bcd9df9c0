"""Kills every kind of process at random moments, and looks for every row and picture that was acknowledged."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from accord.app.curating import recover_all
from accord.app.episode_check import check_episode
from accord.datasets.episode import Episode
from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import is_being_written
from accord.datasets.images import encode
from accord.datasets.library import Library
from accord.devices.sim.renderer import Renderer

DRIVER = Path(__file__).parents[1] / "peers" / "recording_driver.py"
KILLS = 52
HALF_A_SECOND = 50
"""Steps of a loop at 50 Hz that runs at twice real time."""
VICTIMS = ("recorder", "loop", "camera", "window")


@dataclass
class Heard:
    """What the sessions said before and after every kill."""

    steps: dict[str, int] = field(default_factory=dict)
    images: dict[str, list[int]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    began: set[str] = field(default_factory=set)
    made: dict[str, int] = field(default_factory=dict)
    """Episode → the newest step that the loop had made."""
    failures: list[str] = field(default_factory=list)

    def take(self, line: dict[str, object]) -> None:
        if "episode" in line:
            episode = str(line["episode"])
            self.steps[episode] = int(line["steps"])  # type: ignore[call-overload]
            self.images[episode] = list(line["images"])  # type: ignore[call-overload]
            self.made[episode] = int(line["made"])  # type: ignore[call-overload]
        if "closed" in line:
            self.closed.add(str(line["closed"]))
        if "began" in line:
            self.began.add(str(line["began"]))
        if "failure" in line:
            self.failures.append(str(line["failure"]))


class Driver:
    """A session in a process of its own; a thread reads what it says."""

    def __init__(self, library: Path, heard: Heard, seed: int) -> None:
        command = [sys.executable, str(DRIVER), str(library), str(seed)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.pids: dict[str, int] = {}
        self.said, self.errors = 0, ""
        self._heard = heard
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,))
        self._complaints = threading.Thread(target=self._complain, args=(self.process.stderr,))
        self._reader.start()
        self._complaints.start()

    def _read(self, lines: IO[str]) -> None:
        for text in lines:
            with contextlib.suppress(json.JSONDecodeError):  # the last line may be cut by the kill
                line = json.loads(text)
                self.pids = line.get("pids", self.pids)
                self._heard.take(line)
                self.said += 1

    def _complain(self, lines: IO[str]) -> None:
        for text in lines:
            self.errors += text

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self._complaints.join()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


def wait_for(holds: Callable[[], bool], what: str, within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"waited {within_s} s for {what}"
        time.sleep(0.005)


def recording(driver: Driver, heard: Heard, known: int) -> Callable[[], bool]:
    return lambda: len(heard.began) > known or driver.process.poll() is not None


@pytest.mark.timeout(600)
def test_no_acknowledged_row_or_picture_is_lost_whoever_is_killed(tmp_path: Path) -> None:
    folder, heard, chance = tmp_path / "library", Heard(), random.Random(7)
    driver = Driver(folder, heard, 0)
    victims = [VICTIMS[i % len(VICTIMS)] for i in range(KILLS)]
    chance.shuffle(victims)
    try:
        for i, victim in enumerate(victims):
            known, failures = len(heard.began), len(heard.failures)
            wait_for(recording(driver, heard, known), f"an episode before kill {i}\n{driver.errors}")
            time.sleep(chance.uniform(0.0, 0.9))  # the moment of the kill is what is random here
            if victim == "window":
                driver.end()
                driver = Driver(folder, heard, i)
            else:
                os.kill(driver.pids[victim], signal.SIGKILL)
                wait_for(lambda failures=failures: len(heard.failures) > failures, f"word of kill {i}")  # type: ignore[misc]
                assert heard.failures[-1] == f"the {victim} process was killed by SIGKILL"
    finally:
        driver.end()
    check(Library(folder), heard)


def check(library: Library, heard: Heard) -> None:
    files = list((library.folder / "episodes").glob("*/*.h5"))
    wait_for(lambda: not any(is_being_written(path) for path in files), "recorders that outlived their window")
    recovered, problems = recover_all(library)
    contents = library.contents()
    assert problems == []
    assert contents.damaged == ()
    assert contents.left_behind == ()
    assert recovered, "not one recorder was killed while it wrote"
    late: list[str] = []
    entries = {entry.id: entry for entry in contents.entries}
    for episode in heard.closed:
        assert episode in entries, "a finished episode was lost"
    for episode, steps in heard.steps.items():
        if episode in entries:
            check_recording(entries[episode].path, steps, heard.images[episode])
            late += [episode] if behind(entries[episode].path, heard.made[episode]) > HALF_A_SECOND else []
        else:
            assert steps == 0
    assert len(late) <= KILLS // 10, "more than half a second was lost, and not because the machine stood still"
    incomplete = [entry for entry in contents.entries if not entry.summary.complete]
    assert len(incomplete) >= KILLS // 2
    assert {entry.curation.outcome for entry in incomplete} == {"incomplete"}


def behind(path: Path, made: int) -> int:
    """How many steps the loop had made after the last one that is on the disk."""
    with Episode(path) as episode:
        return made - int(episode.field("step")[-1]) if len(episode) else 0


def check_recording(path: Path, steps: int, images: list[int]) -> None:
    with Episode(path) as episode:
        assert len(episode) >= steps
        for camera, count in zip(episode.info.cameras, images or [0] * 3, strict=True):
            assert len(episode.image_times(camera.name)) >= count
        if episode.ending is Ending.INCOMPLETE:
            assert episode.reason
        check_pictures(episode)
    # The commands of every row lead to the state of the next one bit for bit: so every row is the one that was made.
    assert check_episode(path, replayed=True).wrong == ()


def check_pictures(episode: Episode) -> None:
    """Each picture shows the step that it says: drawn again from that step's state it is the same, byte for byte."""
    rows = {int(step): row for row, step in enumerate(episode.field("step"))}
    states = episode.field("physics/state")
    with Renderer(episode.model_xml(), 64, 48) as renderer:
        for camera in episode.info.cameras:
            for i, step in enumerate(episode.image_steps(camera.name)):
                if int(step) in rows and i % 5 == 0:
                    again = encode(renderer.draw(states[rows[int(step)]], camera.name), camera.codec, camera.quality)
                    assert again == episode.encoded(camera.name, i), f"picture {i} of {camera.name} shows another step"
