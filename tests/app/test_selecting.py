"""A selection that cuts steps, limits any score, or drops episodes to compare with; and the training set of it."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from episodes import START_NS, make_episode
from numpy.typing import NDArray
from policies import random_policy

from accord.app.cli import main
from accord.app.curating import choose_episodes
from accord.app.errors import AppError
from accord.app.exporting import export_selection, sources_of
from accord.datasets.compatibility import StepScores, Thresholds
from accord.datasets.decisions import Kind
from accord.datasets.exporter import ExportSettings
from accord.datasets.index import TimedScores
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load, save, save_thresholds
from accord.datasets.scores.library import plain_scores
from accord.datasets.selection import Rule, Selection

STEPS = 150
CUTTING = Rule(policy="base", drop_steps="conflict")


def keep_conflicts(library: Library, episode: str, *spans: tuple[int, int]) -> None:
    """Score an episode: these steps conflict with the policy ``base``, the others agree."""
    error = np.zeros(STEPS)
    for first, last in spans:
        error[first:last] = 2.0
    t_ns = START_NS + np.arange(STEPS) * 20_000_000
    scores = TimedScores(StepScores(error, np.zeros(STEPS), np.full(STEPS, math.nan)), t_ns)
    library.index.keep_scores(episode, load(library.policy_folder("base")).fingerprint, scores)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Three episodes of 3 s; the first conflicts from 1.0 to 1.18 s, the second nearly all the time."""
    made = Library.create(tmp_path / "library")
    for seed in range(3):
        path = make_episode(made.folder / "episodes" / "2026-11-21", STEPS, seed=seed)
        made.decisions.append("recorder", path.stem, Kind.OUTCOME, "success")
    save(replace(random_policy(), thresholds=Thresholds(1.0, 1.0)), made.policy_folder("base"))
    return made


@pytest.fixture
def scored(library: Library) -> Library:
    for episode, spans in zip(ids(library), (((50, 60),), ((0, 120),), ()), strict=True):
        keep_conflicts(library, episode, *spans)
    return library


def ids(library: Library) -> list[str]:
    return [entry.id for entry in library.contents().entries]


def test_only_the_conflicting_steps_go_and_the_training_set_says_what_it_is_made_of(scored: Library) -> None:
    selection = choose_episodes(scored, "pieces", CUTTING)
    first, second, third = selection.rows
    assert (first.kept, second.kept, third.kept) == (True, False, True)
    assert first.cuts == ((1.0, 1.18),)
    assert first.why == "all but 10 conflicting steps (0.20 s), in 2 pieces"
    assert second.why == "only 20 % would stay without its conflicting steps, less than a third"
    assert Selection.load(scored.selection_path("pieces")) == selection
    report = export_selection(scored.folder, "pieces", ExportSettings(), scored.export_path("pieces.zarr"))
    assert (report.episodes, report.pieces, report.rows, report.cut) == (2, 3, 290, 10)
    meta = zarr.open_group(report.path, mode="r")["meta"]
    assert meta["episode_ends"][:].tolist() == [50, 140, 290]
    assert meta["from_s"][:].tolist() == [0.0, 1.2, 0.0]


def test_a_cut_counts_from_the_first_step_whatever_was_trimmed(scored: Library) -> None:
    scored.decisions.append("me", ids(scored)[0], Kind.TRIM, [0.4, 2.5])
    first = choose_episodes(scored, "pieces", CUTTING).rows[0]
    assert first.cuts == ((1.0, 1.18),)
    scored.decisions.append("me", ids(scored)[0], Kind.TRIM, [0.8, 2.5])
    first = choose_episodes(scored, "pieces", CUTTING).rows[0]
    assert first.cuts == ((0.8, 1.18),), "what stays before it would be too short"
    report = export_selection(scored.folder, "pieces", ExportSettings(), scored.export_path("pieces.zarr"))
    assert (report.pieces, report.rows, report.cut) == (2, 66 + 150, 20)


def test_an_accepted_episode_stays_whole_unless_asked_otherwise(scored: Library) -> None:
    scored.decisions.append("me", ids(scored)[0], Kind.VERDICT, "accept")
    assert choose_episodes(scored, "whole", CUTTING).rows[0].cuts == ()
    assert choose_episodes(scored, "cut", replace(CUTTING, cut_accepted=True)).rows[0].cuts == ((1.0, 1.18),)


def test_cuts_stay_as_they_were_chosen_when_the_limits_of_the_policy_move(scored: Library) -> None:
    selection = choose_episodes(scored, "pieces", CUTTING)
    save_thresholds(scored.policy_folder("base"), Thresholds(9.0, 1.0))
    again = Selection.load(scored.selection_path("pieces"))
    assert [source.cuts for source in sources_of(scored, again)] == [((1.0, 1.18),), ()]
    assert choose_episodes(scored, "later", CUTTING).rows[0].cuts == () != selection.rows[0].cuts


def test_a_fit_to_a_selection_does_not_learn_from_what_it_cuts(
    scored: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[tuple[str, NDArray[np.void]]] = []

    def fit(episodes: list[tuple[str, NDArray[np.void]]], *_: object) -> BasePolicy:
        given.extend(episodes)
        return random_policy()

    monkeypatch.setattr("accord.datasets.fit.fit", fit)
    choose_episodes(scored, "pieces", CUTTING)
    assert main(["fit", "--library", str(scored.folder), "--selection", "pieces", "--policy", "new", "--json"]) == 0
    assert {episode: len(steps) for episode, steps in given} == {ids(scored)[0]: 140, ids(scored)[2]: 150}
    left_out = set(range(STEPS)) - set(given[0][1]["step"].tolist())
    assert left_out == set(range(50, 60))


def test_steps_that_nobody_scored_are_not_called_good(library: Library) -> None:
    with pytest.raises(AppError, match="a base policy for limits"):
        choose_episodes(library, "x", Rule(drop_steps="conflict"))
    assert {row.why for row in choose_episodes(library, "x", CUTTING).rows} == {"not scored against base"}


def test_a_rule_may_limit_any_plain_score(library: Library) -> None:
    known = plain_scores(library).rows
    limit = sorted(row["jerk"] for row in known.values())[1]
    selection = choose_episodes(library, "smooth", Rule(scores={"jerk": (limit, None)}))
    assert set(selection.kept) == {episode for episode, row in known.items() if row["jerk"] >= limit}
    assert len(selection.kept) == 2
    (dropped,) = (row for row in selection.rows if not row.kept)
    assert dropped.why == f"jerk {known[dropped.id]['jerk']:.4g} is under {limit:.4g}"
    assert dropped.candidate.scores["duration"] == known[dropped.id]["duration"]


def select(library: Library, *words: str) -> int:
    return main(["select", "--library", str(library.folder), "--name", "mine", *words])


def test_the_command_line_cuts_limits_and_drops(scored: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert select(scored, "--policy", "base", "--drop-steps", "conflict", "--least-piece", "1.5", "--json") == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert [row["cuts_s"] for row in told["episodes"]] == [[[0.0, 1.18]], [], []]
    assert select(scored, "--policy", "base", "--drop-steps", "conflict", "--replace") == 0
    assert "kept 2 of 3, 1 of them in part" in capsys.readouterr().out
    assert main(["export", "--library", str(scored.folder), "--selection", "mine"]) == 0
    out = capsys.readouterr().out
    assert "3 pieces: an episode is cut where steps or images are missing or were left out" in out
    assert "10 steps left out: the selection cuts them" in out
    assert select(scored, "--replace", "--min", "duration=2", "--max", "duration=2.5", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["why"] for row in told["episodes"]} == {"duration 2.98 s is over 2.5 s"}
    assert select(scored, "--replace", "--drop-random", "1", "--seed", "7", "--drop-longest", "1") == 0
    out = capsys.readouterr().out
    assert "one of 1 drawn by lot, seed 7" in out
    assert "kept 1 of 3" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--max", "mood=1"], "a score to limit, found 'mood': choose one of action-divergence"),
        (["--max", "jerk"], "SCORE=VALUE, found 'jerk'"),
        (["--max", "jerk=high"], "SCORE=VALUE, found 'jerk=high'"),
        (["--max", "jerk=nan"], "a least and a largest jerk"),
        (["--min", "jerk=3", "--max", "jerk=2"], "a least and a largest jerk, or one of them, found 3 to 2"),
        (["--min", "jerk=3", "--min", "jerk=2"], "each limit once, found jerk twice"),
        (["--max", "incompatibility=0.2"], "a base policy for limits"),
        (["--drop-steps", "conflict"], "a base policy for limits"),
        (["--drop-steps", "novel"], "invalid choice: 'novel'"),
        (["--least-piece", "nan"], "a least piece of 0 s or more"),
        (["--drop-random", "4"], "4 episodes to drop for comparison, found 3 that meet the rule"),
        (["--drop-longest=-1"], "0 or more episodes to drop, found -1"),
    ],
)
def test_wrong_words_are_one_sentence_and_nothing_is_chosen(
    library: Library, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert select(library, *words) == 2
    assert told in capsys.readouterr().err
    assert library.selection_names() == ()


def test_incompatible_steps_can_be_cut_and_incompatible_episodes_left_out(library: Library) -> None:
    strange = np.full(STEPS, 0.5)
    strange[100:110] = 0.99
    t_ns = START_NS + np.arange(STEPS) * 20_000_000
    known = StepScores(np.zeros(STEPS), np.zeros(STEPS), np.full(STEPS, math.nan), strange)
    fingerprint = load(library.policy_folder("base")).fingerprint
    library.index.keep_scores(ids(library)[0], fingerprint, TimedScores(known, t_ns))
    keep_conflicts(library, ids(library)[1])
    rule = Rule(policy="base", drop_steps="incompatible")
    first, second, _ = choose_episodes(library, "pieces", rule).rows
    assert first.cuts == ((2.0, 2.18),)
    assert "all but 10 incompatible steps" in first.why
    assert second.why == "not scored against base", "its conflicts are known, but not this"
    mean = float(strange.mean())
    assert first.candidate.scores == {"incompatibility": pytest.approx(mean), "departure": pytest.approx(mean / 0.65)}
    limited = choose_episodes(library, "x", Rule(policy="base", scores={"incompatibility": (None, 0.5)}))
    assert limited.rows[0].why == f"incompatibility {mean:.4g} is over 0.5"
    limited = choose_episodes(library, "x", Rule(policy="base", scores={"departure": (None, 0.5)}))
    whys = [row.why for row in limited.rows[:2]]
    assert whys == [f"departure {mean / 0.65:.4g} is over 0.5", "not scored against base"]
