"""A session with its real processes, driven as the window and the command line drive it."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from policies import random_policy

from accord.app.episode_check import check_episode
from accord.app.errors import AppError
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import Snapshot, State
from accord.app.unattended import record_many, wait_for
from accord.datasets.compatibility import Thresholds
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.policy_file import save as save_policy
from accord.datasets.policy_file import save_thresholds
from accord.devices.inputs.keys import Key
from accord.devices.limits import Hold
from accord.devices.source import ControlMode

SCRIPT = "scripted:across-then-down"


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Session]]:
    made: list[Session] = []

    def start(source: str = SCRIPT, **changes: object) -> Session:
        settings = Settings(tmp_path / "library", **({"width": 64, "height": 48} | changes))  # type: ignore[arg-type]
        session = Session(settings, operator="script-1", seed=5)
        session.use_source(source)
        session.start()
        made.append(session)
        until(session, lambda now: now.state is State.READY)
        return session

    yield start
    for session in made:
        session.close()


def until(session: Session, holds: Callable[[Snapshot], bool]) -> Snapshot:
    return wait_for(session, holds, "the condition of a test", 60.0)


def record(session: Session, steps: int = 30, outcome: str = "success") -> str:
    episode = session.begin()
    until(session, lambda now: now.elapsed_s > steps / session.settings.rate_hz)
    session.end(outcome)
    until(session, lambda now: now.finished is not None and now.finished.saved)
    until(session, lambda now: now.state is State.READY)
    return episode


def test_a_script_records_whole_episodes_until_the_scene_sees_success(make: Callable[..., Session]) -> None:
    session = make(time_scale=4.0)
    done = record_many(session, 2, lambda finished: None)
    for finished in done:
        assert finished.outcome == "success"
        path = session.library.find(finished.episode)
        assert check_episode(path, replayed=True).wrong == ()
        with Episode(path) as episode:
            assert episode.field("success")[-1]
            assert set(episode.field("mode")) <= {int(ControlMode.NOBODY), int(ControlMode.SCRIPTED)}
            assert (episode.info.operator, episode.info.scripted, episode.info.time_scale) == ("script-1", True, 4.0)
            assert episode.steps_lost == 0
    seeds = [Episode(session.library.find(finished.episode)).info.seed for finished in done]
    assert seeds == [5, 6]


def test_episodes_follow_each_other_without_waiting_for_the_file_of_the_last(make: Callable[..., Session]) -> None:
    session = make()
    first = session.begin()
    until(session, lambda now: now.elapsed_s > 0.5)
    session.end("success")
    until(session, lambda now: now.state is State.READY)
    second = session.begin()
    until(session, lambda now: now.elapsed_s > 0.5)
    session.end("failure")
    until(session, lambda now: now.finished is not None and now.finished.saved)
    with Episode(session.library.find(first)) as one, Episode(session.library.find(second)) as two:
        assert one.field("step")[-1] < two.field("step")[0]
    assert session.library.decisions.outcome(first) == "success"
    assert session.library.decisions.outcome(second) == "failure"


def test_the_outcome_can_be_overruled_and_the_episode_redone(make: Callable[..., Session]) -> None:
    session = make()
    first = record(session)
    session.set_outcome("failure")
    assert session.library.decisions.outcome(first) == "failure"
    assert session.recording.count == 1
    seed = session.seed
    session.redo()
    until(session, lambda now: now.state is State.READY)
    assert session.seed == seed - 1
    assert session.library.decisions.outcome(first) == "discarded"
    assert session.recording.count == 0
    episode = session.begin()
    until(session, lambda now: now.elapsed_s > 0.2)
    session.redo()
    until(session, lambda now: now.state is State.READY and now.finished is not None and now.finished.saved)
    assert session.seed == seed - 1
    assert session.library.decisions.outcome(episode) == "discarded"


def test_practice_keeps_nothing(make: Callable[..., Session]) -> None:
    session = make()
    session.practice = True
    with pytest.raises(AppError, match="practice, which keeps nothing"):
        session.begin()
    assert session.library.contents().entries == ()


def test_what_cannot_be_done_now_is_refused_and_changes_nothing(make: Callable[..., Session]) -> None:
    session = make()
    session.operator = " "
    with pytest.raises(AppError, match="name of the operator"):
        session.begin()
    session.operator = "script-1"
    with pytest.raises(AppError, match="being recorded"):
        session.end()
    with pytest.raises(AccordError, match="finished episode to judge"):
        session.redo()
    with pytest.raises(AccordError, match="choose one of keyboard"):
        session.use_source("joystick")
    session.begin()
    for ask in (lambda: session.use_source("keyboard"), lambda: session.use_policy(""), session.reset):
        with pytest.raises(AppError, match="end it first"):
            ask()
    assert session.state is State.RECORDING


def test_keys_drive_the_robot_and_a_silent_window_holds_it(make: Callable[..., Session]) -> None:
    session = make("keyboard")
    episode = session.begin()
    held: set[Key] = set()

    def press(now: Snapshot) -> bool:
        assert session.keys is not None
        session.keys.publish(held, time.monotonic_ns())
        return now.elapsed_s > 0.3

    until(session, press)

    def drives(now: Snapshot) -> bool:
        """Push; whoever was held meanwhile, by a machine that stood still, lets go first."""
        press(now)
        if now.loop.hold == Hold.MUST_REST:
            held.clear()
        elif now.loop.hold == Hold.NONE:
            held.add(Key.A)
        return now.newest is not None and bool(np.linalg.norm(now.newest["sent/twist"][:3]) > 0.05)

    until(session, drives)
    steps = session._running.steps
    silent_from = steps.head
    while steps.head < silent_from + 25:  # half a second without a tick: the window is busy with something else
        time.sleep(0.01)
    held.clear()
    until(session, lambda now: press(now) and now.loop.hold == Hold.NONE)
    session.end("failure")
    until(session, lambda now: now.finished is not None and now.finished.saved)
    with Episode(session.library.find(episode)) as recorded:
        moving = np.linalg.norm(recorded.field("sent/twist")[:, :3], axis=1) > 0.05
        silent = recorded.field("hold") == Hold.WINDOW_SILENT
        assert moving.any()
        assert set(recorded.field("mode")) == {int(ControlMode.HUMAN)}
        assert silent.any()
        assert not np.any(recorded.field("sent/twist")[silent])
        # 100 ms are five steps; the hand has to rest before it drives again, and it never did with a key held.
        after = recorded.field("step") > silent_from + 5
        assert not np.any(moving[after])
        assert silent[after].any()
        assert np.any(recorded.field("input/axes")[moving][:, 1] > 0.5)


@pytest.mark.parametrize("victim", ["loop", "camera"])
def test_a_dead_process_is_told_and_a_restart_goes_on(make: Callable[..., Session], victim: str) -> None:
    session = make()
    before = record(session)
    episode = session.begin()
    until(session, lambda now: now.elapsed_s > 0.5)
    pid = getattr(session._running, victim).process.pid
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (now := session.tick()).state is not State.FAILED or not (now.finished and now.finished.saved):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert now.failure == f"the {victim} process was killed by SIGKILL"
    session.restart()
    until(session, lambda now: now.state is State.READY)
    again = record(session)
    outcomes = {entry.id: entry.curation.outcome for entry in session.library.contents().entries}
    assert outcomes == {before: "success", episode: "incomplete", again: "success"}
    with Episode(session.library.find(episode)) as recorded:
        assert recorded.reason == now.failure
    assert session.recording.count == 3


def test_a_closed_session_keeps_what_was_in_progress(make: Callable[..., Session]) -> None:
    session = make()
    episode = session.begin()
    until(session, lambda now: now.recorder.steps > 10)
    session.close()
    with Episode(session.library.find(episode)) as recorded:
        assert len(recorded) > 10
        assert recorded.reason == "the session was closed"
    assert session.library.decisions.outcome(episode) == "incomplete"


def test_a_base_policy_that_vanishes_is_said_once_and_the_one_that_was_read_goes_on(
    make: Callable[..., Session],
) -> None:
    session = make(source="keyboard")
    folder = session.library.policy_folder("base")
    policy = random_policy(2, (8,), dtype=session._running.steps.newest().dtype)  # type: ignore[union-attr]
    save_policy(replace(policy, name="base", thresholds=Thresholds(1.0, 1.0)), folder)
    session.use_policy("base")
    episode = session.begin()
    until(session, lambda now: now.elapsed_s > 0.3)
    shutil.move(folder, session.library.folder / "away")
    session.end("success")
    now = until(session, lambda now: now.state is State.READY and now.loop.source == "keyboard")
    assert now.message.startswith("Wanted a base policy of this library, found none")
    assert (now.policy, now.error_limit) == ("base", 1.0)
    session.reset()
    until(session, lambda now: now.state is State.READY)
    assert session.begin() != episode
    session.end("discarded")
    shutil.move(session.library.folder / "away", folder)
    save_thresholds(folder, Thresholds(2.0, 1.0))
    until(session, lambda now: now.state is State.READY and now.error_limit == 2.0 and not now.message)
