"""Which episodes are kept, why, and the file that says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from accord.datasets.errors import LibraryError
from accord.datasets.selection import Candidate, Rule, Selection, choose

RULE = Rule(max_conflict_share=0.15, policy="base-v1")


def candidate(**changes: Any) -> Candidate:
    values: dict[str, Any] = {
        "id": "e1", "task": "square-nut", "operator": "op-3", "scripted": False, "outcome": "success", "verdict": "",
        "duration_s": 8.0, "compatibility": 0.9, "conflict_share": 0.05, "novel_share": 0.1,
    }  # fmt: skip
    return Candidate(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "rule", "kept", "why"),
    [
        ({}, RULE, True, "meets every condition"),
        ({"conflict_share": 0.31}, RULE, False, "conflict 31 % is over 15 %"),
        ({"conflict_share": 0.15}, RULE, True, "meets every condition"),
        ({"conflict_share": None}, RULE, False, "not scored against base-v1"),
        ({"conflict_share": None}, Rule(), True, "meets every condition"),
        ({"compatibility": 0.5}, Rule(min_compatibility=0.7), False, "compatibility 50 % is under 70 %"),
        ({"compatibility": None}, Rule(min_compatibility=0.7), False, "not scored against a base policy"),
        ({"novel_share": 1}, Rule(max_novel_share=0.5), False, "novelty 100 % is over 50 %"),
        ({}, Rule(operators=("op-1",)), False, "operator op-3 is not chosen"),
        ({}, Rule(tasks=("can",)), False, "task square-nut is not chosen"),
        ({"outcome": "failure"}, RULE, False, "outcome failure is not chosen"),
        ({"outcome": "failure"}, Rule(outcomes=("success", "failure")), True, "meets every condition"),
        ({"verdict": "reject"}, RULE, False, "rejected by the curator"),
        ({"verdict": "accept", "conflict_share": 0.9}, RULE, True, "accepted by the curator"),
        ({"verdict": "accept", "outcome": "discarded"}, RULE, False, "discarded while it was recorded"),
    ],
)
def test_every_decision_has_its_reason(changes: Any, rule: Rule, kept: bool, why: str) -> None:
    (choice,) = choose([candidate(**changes)], rule).rows
    assert (choice.kept, choice.why) == (kept, why)


def test_the_kept_episodes_stay_in_order() -> None:
    candidates = [candidate(id="b"), candidate(id="x", verdict="reject"), candidate(id="a")]
    assert choose(candidates, RULE).kept == ("b", "a")


@pytest.mark.parametrize("value", [float("nan"), -0.1, 1.1, float("inf")])
@pytest.mark.parametrize("name", ["min_compatibility", "max_conflict_share", "max_novel_share"])
def test_a_limit_that_is_no_share_is_refused(name: str, value: float) -> None:
    with pytest.raises(LibraryError, match="from 0 to 1"):
        Rule(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", ["discarded", "great"])
def test_a_rule_cannot_keep_what_was_discarded(outcome: str) -> None:
    with pytest.raises(LibraryError):
        Rule(outcomes=(outcome,))


@pytest.mark.parametrize(
    "wrong",
    [{"outcome": "great"}, {"verdict": "maybe"}, {"conflict_share": float("nan")}, {"duration_s": float("nan")},
     {"trim": (3.0, 1.0)}, {"trim": (float("nan"), 1.0)}],
)  # fmt: skip
def test_a_candidate_that_makes_no_sense_is_refused(wrong: Any) -> None:
    with pytest.raises(LibraryError):
        candidate(**wrong)


def test_a_selection_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    candidates = [candidate(trim=(0.5, 3.0)), candidate(id="ü", conflict_share=None)]
    selection = choose(candidates, Rule(operators=("op-3",), min_compatibility=0.5), "week 3", 1_790_000_000 * 10**9)
    path = tmp_path / "week-3.json"
    selection.save(path)
    assert Selection.load(path) == selection
    assert list(tmp_path.iterdir()) == [path]


def test_saving_again_replaces_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "selection.json"
    choose([candidate(id=str(n)) for n in range(50)], RULE).save(path)
    choose([], RULE, "empty").save(path)
    assert Selection.load(path) == Selection("empty", RULE, ())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="No such file"):
        choose([], RULE).save(tmp_path / "none" / "selection.json")
    with pytest.raises(LibraryError, match="No such file"):
        Selection.load(tmp_path / "none.json")


def saved(tmp_path: Path, **changes: Any) -> Path:
    path = tmp_path / "selection.json"
    choose([candidate()], RULE).save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return path


@pytest.mark.parametrize(
    ("changes", "saying"),
    [
        ({"format": "other"}, "another kind of file"),
        ({"version": 2}, "update Accord"),
        ({"version": "x"}, "version 'x'"),
        ({"rows": [{}]}, "KeyError"),
        ({"rows": None}, "TypeError"),
        ({"rule": {"outcomes": ["success"]}}, "KeyError"),
        ({"rule": []}, "TypeError"),
    ],
)
def test_a_file_that_is_foreign_damaged_or_from_the_future_is_refused(
    tmp_path: Path, changes: Any, saying: str
) -> None:
    with pytest.raises(LibraryError, match=saying):
        Selection.load(saved(tmp_path, **changes))


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"3"])
def test_bytes_that_are_no_selection_are_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "selection.json"
    path.write_bytes(text)
    with pytest.raises(LibraryError):
        Selection.load(path)


def test_an_episode_that_a_policy_drove_is_kept_only_when_asked_for() -> None:
    driven = candidate(rollout=True)
    assert [choose([driven], rule).kept for rule in (Rule(), Rule(rollouts=True))] == [(), (driven.id,)]
    assert choose([driven], Rule()).rows[0].why == "a policy drove, nobody demonstrated"
    assert choose([candidate(rollout=True, verdict="accept")], Rule()).kept == (driven.id,)
