"""Crews are real processes: what they do comes as it is done, what they die of is told, and nothing of them is left."""

import multiprocessing
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from crew_work import die_of_seven, go_on_until_stopped, refuse, square

from accord.app.crew import Undone, cores, work_off
from accord.app.report import CancelledError


@pytest.fixture(autouse=True)
def nothing_is_left_running() -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()


def look() -> None:
    """Nobody wants to stop."""


def test_everything_is_done_once_by_several_processes() -> None:
    done = dict(work_off(range(20), 2, square, "plan", look))
    assert {thing: result[:2] for thing, result in done.items()} == {n: ("plan", n * n) for n in range(20)}
    assert len({process for *_, process in done.values()}) == 2
    assert cores() >= 1


def test_no_more_processes_are_started_than_there_is_to_do() -> None:
    assert len({process for _, (*_, process) in work_off([3], 8, square, "", look)}) == 1
    assert not list(work_off([], 2, square, "", look))


def test_what_a_worker_dies_of_is_not_done_and_the_others_go_on() -> None:
    done = dict(work_off(range(20), 2, die_of_seven, "", look))
    assert {thing: result for thing, result in done.items() if thing != 7} == {n: n * n for n in range(20) if n != 7}
    assert done[7] == Undone(
        "Wanted it done, found that its process ended with code 5: see the terminal, then try again."
    )


def test_when_all_are_dead_the_rest_is_said_to_be_undone() -> None:
    done = dict(work_off([1, 7, 2, 3], 1, die_of_seven, "", look))
    assert done[1] == 1
    assert all("code 5" in done[n].why for n in (7, 2, 3))


def test_who_cannot_go_on_says_why_in_a_sentence() -> None:
    done = dict(work_off([1, 2, 3], 2, refuse, "", look))
    assert done == {n: Undone("Wanted a tool, found none: buy one.") for n in (1, 2, 3)}


def test_who_stops_it_waits_until_all_have_tidied_up(tmp_path: Path) -> None:
    def stop_when_begun() -> None:
        if len(list(tmp_path.glob("*.begun"))) == 2:
            raise CancelledError

    with (
        pytest.raises(CancelledError),
        closing(work_off([1, 2, 3], 2, go_on_until_stopped, tmp_path, stop_when_begun)) as done,
    ):
        list(done)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.tidied", "2.tidied"]


def test_who_wants_no_more_results_ends_it_too(tmp_path: Path) -> None:
    with closing(work_off(range(50), 2, square, "", look)) as done:
        next(done)
