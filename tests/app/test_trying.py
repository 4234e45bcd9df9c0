"""A small part of the table that ``accord tasks --try 50`` makes."""

import json
import multiprocessing
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from accord.app.cli import main
from accord.app.report import CancelledError
from accord.app.trying import Trial, Trials, _try, try_strategies
from accord.datasets.errors import AccordError
from accord.datasets.images import decode
from accord.devices.errors import DeviceError
from accord.devices.sim.factor import Variation
from accord.devices.sim.tasks.catalogue import task, tasks
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies
from accord.recorders.stepped import Stepped


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


class _Unplaceable(Workcell):
    """Scenes of odd seeds cannot be made; nobody knows it before."""

    def reset(self, seed: int, variation: Variation = {}) -> None:  # noqa: B006 - never changed
        if seed % 2:
            raise DeviceError("room for the nut", "none", "choose another seed")
        super().reset(seed, variation)


def test_a_scene_that_cannot_be_made_is_no_failed_trial() -> None:
    with pytest.raises(DeviceError, match=r"^Wanted room for the nut, found none: choose another seed\.$"):
        _try(Stepped(_Unplaceable()), Trial("square-nut", "across-then-down", 1), {})


def _gives_up(plan: Trials, connection: Connection) -> None:
    """As a worker does that cannot go on."""
    connection.recv()
    connection.send(DeviceError("room for the nut", "none", "choose another seed"))


def test_what_a_worker_cannot_do_is_said_as_it_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.app.trying._life", _gives_up)
    with pytest.raises(DeviceError, match=r"^Wanted room for the nut, found none: choose another seed\.$"):
        try_strategies(["square-nut"], [0, 1], workers=2)


@pytest.mark.parametrize(
    ("seeds", "trials", "workers", "sentence"),
    [
        (range(-1, 3), Trials(), 0, "a seed of 0 or more"),
        (range(0), Trials(), 0, "one seed or more"),
        (range(10**30), Trials(), 0, "100000 seeds or fewer"),
        ([0], Trials(arm="nonsense"), 0, "'nonsense'"),
        ([0], Trials(rate_hz=5.0), 0, "5 Hz"),
        ([0], Trials(), -1, "one process or more"),
    ],
)
def test_what_cannot_be_tried_is_refused_before_any_process(
    seeds: Sequence[int], trials: Trials, workers: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("accord.app.trying.work_off")
    with pytest.raises(AccordError, match=sentence):
        try_strategies(["square-nut"], seeds, trials, workers=workers)


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
        (["tasks", "--try", "0"], "one seed or more, found 0: give --try a"),
        (["tasks", "--try", "2", "--arm", "nonsense"], "'nonsense'"),
        (["tasks", "--try", "2", "--seeds", "-1"], "a seed of 0 or more"),
        (["tasks", "--try", "2", "--rate", "5"], "5 Hz"),
        (["tasks", "--try", "2", "--rate", "0"], "0 Hz"),
        (["tasks", "--try", "2", "--workers", "-1"], "one process or more"),
        (["tasks", "--try", "2", "--seeds", "0..4"], "name each once, as many as --try says"),
        (["tasks", "--try", "99999999999"], "100000 seeds or fewer"),
        (["tasks", "--try", "99999999999", "--seeds", "0..99999999998"], "100000 seeds or fewer"),
        (["tasks", "--try", "1", "--pictures", "drawn"], "--pictures alone, found it with --try"),
        (["tasks", "--try", "1", "--size", "9x9"], "--size with --pictures"),
        (["tasks", "lift", "--pictures", "drawn", "--json"], "leave out --json"),
        (["tasks", "lift", "--pictures", "drawn", "--seeds", "3"], "--seeds with --try, found it with --pictures"),
        (["tasks", "lift", "--pictures", "drawn", "--rate", "0"], "leave out --rate"),
        (["tasks", "lift", "--pictures", "drawn", "--workers", "2"], "leave out --workers"),
        (["tasks", "lift", "--pictures", "drawn", "--set", "light=9"], "light"),
        (["tasks", "--seeds", "3"], "--seeds with --try"),
        (["tasks", "lift", "--set", "light=1"], "--set with --try or --pictures, found it without"),
        (["tasks", "lift", "--arm", "panda"], "leave out --arm"),
        (["tasks", "--try", "1", "--set", "nut-x=0.4"], "name square-nut"),
        (["tasks", "--pictures", "drawn", "--set", "gravity=2"], "a factor that a task has, found 'gravity'"),
        (["tasks", "lift", "--set", "gravity=2"], "one of the factors"),
        (["tasks", "lift", "--set", "light"], "FACTOR=VALUE"),
    ],
)
def test_bad_words_give_one_sentence(
    words: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capfd.readouterr().err
    assert sentence in said
    assert (said.count("\n"), said.count("Wanted")) == (1, 1)
    assert not list(tmp_path.iterdir()), "nothing was drawn"


def test_one_command_draws_every_view_of_a_task(tmp_path: Path) -> None:
    assert main(["tasks", "square-nut", "--pictures", str(tmp_path / "sheet"), "--size", "96x72"]) == 0
    views = task("square-nut").cameras
    for view in views:
        picture = decode((tmp_path / "sheet" / f"square-nut-{view}.jpg").read_bytes())
        assert picture.shape == (72, 96, 3)
        assert picture.std() > 10.0
    assert decode((tmp_path / "sheet" / "sheet.jpg").read_bytes()).shape[1] > 96 * len(views)


def test_pictures_are_of_the_scene_that_was_asked_for(tmp_path: Path) -> None:
    bright = {}
    for light in ("0.3", "1.5"):
        words = ["tasks", "lift", "push-t", "--pictures", str(tmp_path / light), "--size", "64x48"]
        assert main([*words, "--set", f"light={light}"]) == 0, "every task has it"
        bright[light] = decode((tmp_path / light / "lift-front.jpg").read_bytes()).mean()
    assert bright["1.5"] > bright["0.3"] + 20
