"""A small part of the table that ``accord tasks --try 50`` makes."""

import json
import multiprocessing
from pathlib import Path

import pytest

from accord.app.cli import main
from accord.app.report import CancelledError
from accord.app.trying import Trials, try_strategies
from accord.datasets.images import decode
from accord.devices.errors import DeviceError
from accord.devices.sim.tasks.catalogue import task, tasks
from accord.devices.sources.plans.catalogue import strategies


def test_every_strategy_of_every_task_does_it() -> None:
    results = try_strategies(tasks(), [0, 1])
    assert [(one.task, one.strategy) for one in results] == [(t, s) for t in tasks() for s in strategies(t)]
    assert all(one.share.of == 2 for one in results)
    usual = [one for one in results if one.strategy != "clumsy"]
    assert sum(one.share.count for one in usual) >= 0.9 * sum(one.share.of for one in usual), results
    clumsy = [one for one in results if one.strategy == "clumsy"]
    assert sum(one.share.count for one in clumsy) >= 0.6 * sum(one.share.of for one in clumsy), results


def test_the_same_trial_ends_the_same_whoever_does_it() -> None:
    one, two = (try_strategies(["square-nut"], [3, 4], workers=count) for count in (1, 2))
    assert one == two


def test_a_cancelled_try_leaves_no_process_behind() -> None:
    def stop(fraction: float, text: str, details: object = None) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        try_strategies(["square-nut"], range(40), report=stop)
    assert not [child for child in multiprocessing.active_children() if child.name == "accord-worker"]


def test_an_impossible_range_is_refused_before_anything_runs() -> None:
    with pytest.raises(DeviceError, match="nut-size"):
        try_strategies(["square-nut"], [0], Trials(variation={"nut-size": (7.0, 7.0)}))


def test_the_command_says_how_often_and_how_sure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "square-nut", "--try", "1", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["strategy"] for row in rows] == list(strategies("square-nut"))
    assert all(row["low"] <= row["successes"] / row["of"] <= row["high"] for row in rows)


def test_the_command_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in tasks())
    assert main(["tasks", "square-nut"]) == 0
    told = capsys.readouterr().out
    assert all(factor.name in told for factor in task("square-nut").factors)
    assert all(name in told for name in strategies("square-nut"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tasks", "juggling"], "one of the tasks"),
        (["tasks", "--try", "0"], "one seed or more"),
        (["tasks", "lift", "--set", "gravity=2"], "one of the factors"),
        (["tasks", "lift", "--set", "light"], "FACTOR=VALUE"),
    ],
)
def test_bad_words_give_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_one_command_draws_every_view_of_a_task(tmp_path: Path) -> None:
    assert main(["tasks", "square-nut", "--pictures", str(tmp_path / "sheet"), "--size", "96x72"]) == 0
    views = task("square-nut").cameras
    for view in views:
        picture = decode((tmp_path / "sheet" / f"square-nut-{view}.jpg").read_bytes())
        assert picture.shape == (72, 96, 3)
        assert picture.std() > 10.0
    assert decode((tmp_path / "sheet" / "sheet.jpg").read_bytes()).shape[1] > 96 * len(views)
