"""Jobs are real processes: they tell how far they are, they can be stopped, and nothing of them is left."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from job_work import (
    be_deaf,
    count,
    die,
    die_in_the_middle_of_a_word,
    give_back_what_cannot_travel,
    go_on_until_stopped,
    refuse,
    stumble,
)

from accord.app.jobs import Job, JobState

PATIENCE_S = 60.0


@pytest.fixture
def start() -> Iterator[Callable[..., Job]]:
    jobs: list[Job] = []

    def begin(work: Callable[..., Any], *args: Any) -> Job:
        jobs.append(Job("the test", work, *args))
        return jobs[-1]

    yield begin
    for job in jobs:
        job.close()
    assert not multiprocessing.active_children(), "a job was left running"


def wait(job: Job, holds: Callable[[JobState], bool]) -> list[JobState]:
    """Ask until something holds; everything that was heard."""
    heard = [job.poll()]
    pause = threading.Event()
    while not holds(heard[-1]):
        pause.wait(0.01)
        heard.append(job.poll())
        assert heard[-1].seconds < PATIENCE_S, heard[-1]
        assert not heard[-1].done or holds(heard[-1]), heard[-1]
    return heard


def done(state: JobState) -> bool:
    return state.done


def test_a_job_tells_how_far_it_is_and_what_came_out(start: Callable[..., Job]) -> None:
    job = start(count, 200_000)
    heard = wait(job, done)
    fractions = [state.fraction for state in heard]
    assert fractions == sorted(fractions)
    assert heard[-1].fraction == 1.0
    assert (heard[-1].result, heard[-1].error, heard[-1].cancelled) == (200_000, "", False)
    assert heard[-1].details == {"i": 200_000}
    assert job.poll() == heard[-1], "what is over does not change"


def test_an_error_of_ours_is_told_as_its_sentence(start: Callable[..., Job]) -> None:
    state = wait(start(refuse), done)[-1]
    assert state.error == "Wanted a library at home, found none: record one."
    assert (state.result, state.cancelled) == (None, False)


def test_a_programming_error_is_told_in_one_sentence_too(start: Callable[..., Job]) -> None:
    state = wait(start(stumble), done)[-1]
    assert state.error.startswith("Wanted")
    assert "ZeroDivisionError('by accident')" in state.error
    assert "\n" not in state.error


def test_a_cancelled_job_removes_what_it_had_begun(start: Callable[..., Job], tmp_path: Path) -> None:
    job = start(go_on_until_stopped, tmp_path)
    wait(job, lambda state: state.fraction == 0.5)
    assert (tmp_path / "begun").exists()
    job.cancel()
    state = wait(job, done)[-1]
    assert (state.cancelled, state.error) == (True, "")
    assert not (tmp_path / "begun").exists()


@pytest.mark.parametrize("work", [die, die_in_the_middle_of_a_word])
def test_a_job_that_is_killed_says_so(start: Callable[..., Job], work: Callable[..., Any]) -> None:
    state = wait(start(work), done)[-1]
    assert state.error == "Wanted the test done, found its process ended with code -9: try again."


def test_a_job_that_somebody_kills_says_so(start: Callable[..., Job]) -> None:
    job = start(be_deaf)
    wait(job, lambda state: state.text == "deaf")
    (process,) = multiprocessing.active_children()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    assert "code -9" in wait(job, done)[-1].error


def test_an_answer_that_cannot_travel_is_an_error(start: Callable[..., Job]) -> None:
    assert wait(start(give_back_what_cannot_travel), done)[-1].error.startswith("Wanted the test done")


@pytest.mark.parametrize("patience_s", [5.0, 0.1])
def test_closing_a_job_leaves_no_process_behind(tmp_path: Path, patience_s: float) -> None:
    job = Job("polite", go_on_until_stopped, tmp_path)
    deaf = Job("deaf", be_deaf)
    wait(job, lambda state: state.fraction == 0.5)
    wait(deaf, lambda state: state.text == "deaf")
    job.close()
    deaf.close(patience_s=0.1 if patience_s > 1 else 0.0)
    assert not multiprocessing.active_children()
    assert not (tmp_path / "begun").exists()
    assert job.poll().cancelled
    assert "code -9" in deaf.poll().error


def test_closing_twice_or_cancelling_what_is_over_does_no_harm(start: Callable[..., Job]) -> None:
    job = start(count, 3)
    state = wait(job, done)[-1]
    job.cancel()
    job.close()
    job.close()
    job.cancel()
    assert job.poll() == state


@pytest.mark.parametrize(
    ("state", "left_s"),
    [
        (JobState(0.5, seconds=10.0), 10.0),
        (JobState(0.25, seconds=10.0), 30.0),
        (JobState(0.01, seconds=10.0), None),
        (JobState(0.0), None),
        (JobState(0.5, seconds=10.0, done=True), None),
    ],
)
def test_the_time_that_is_left_is_told_once_it_can_be_known(state: JobState, left_s: float | None) -> None:
    assert state.left_s == left_s
