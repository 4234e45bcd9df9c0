"""Which episodes are kept, why, and the file that says so."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accord.datasets.choosing import choose
from accord.datasets.errors import DatasetError, LibraryError
from accord.datasets.selection import Candidate, Choice, Rule, Selection
from accord.datasets.step_filter import JudgedSteps
from accord.datasets.trim import Cuts

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
        (
            {"scores": {"smoothness": -7.25}},
            Rule(scores={"smoothness": (-6.0, None)}),
            False,
            "smoothness -7.25 is under -6",
        ),
        ({"scores": {"smoothness": -6.0}}, Rule(scores={"smoothness": (-6.0, -1.0)}), True, "meets every condition"),
        (
            {"scores": {"duration": 12.25}},
            Rule(scores={"duration": (None, 10.0)}),
            False,
            "duration 12.25 s is over 10 s",
        ),
        ({"scores": {}}, Rule(scores={"jerk": (-12.0, None)}), False, "jerk is not known"),
        (
            {"scores": {"incompatibility": 0.31}},
            Rule(scores={"incompatibility": (None, 0.2)}, policy="b"),
            False,
            "incompatibility 0.31 is over 0.2",
        ),
        ({}, Rule(scores={"incompatibility": (None, 0.2)}, policy="b"), False, "not scored against b"),
        ({"scores": {"departure": 1.5}}, Rule(scores={"departure": (None, 1)}), False, "departure 1.5 is over 1"),
        ({}, Rule(scores={"departure": (None, 1.0)}, policy="b"), False, "not scored against b"),
        ({"verdict": "accept"}, Rule(scores={"jerk": (-12.0, None)}), True, "accepted by the curator"),
    ],
)
def test_every_decision_has_its_reason(changes: Any, rule: Rule, kept: bool, why: str) -> None:
    (choice,) = choose([candidate(**changes)], rule).rows
    assert (choice.kept, choice.why) == (kept, why)


def steps(wrong: int, of: int = 200, first: int = 60) -> JudgedSteps:
    """At 50 Hz, so many in a row in conflict, from one on."""
    conflict = np.zeros(of, bool)
    conflict[first : first + wrong] = True
    return JudgedSteps(np.arange(of) / 50.0, {"conflict": conflict})


STEPWISE = Rule(policy="base-v1", drop_steps="conflict")


@pytest.mark.parametrize(
    ("changes", "rule", "judged", "kept", "cuts", "why"),
    [
        ({}, STEPWISE, steps(10), True, ((1.2, 1.38),),
         "all but 10 conflicting steps (0.20 s), in 2 pieces"),
        ({}, STEPWISE, steps(1, first=10), True, ((0.0, 0.2),),
         "all but 1 conflicting step (0.02 s) and 10 too few to keep beside them (0.20 s), "
         "in 1 piece"),
        ({}, STEPWISE, steps(0), True, (), "meets every condition"),
        ({}, STEPWISE, steps(136), False, (),
         "only 30 % would stay without its conflicting steps, less than a third"),
        ({}, STEPWISE, None, False, (), "not scored against base-v1"),
        ({}, replace(STEPWISE, drop_steps="incompatible"), steps(10), False, (), "not scored against base-v1"),
        ({"outcome": "failure"}, STEPWISE, steps(10), False, (), "outcome failure is not chosen"),
        ({"verdict": "reject"}, STEPWISE, steps(10), False, (), "rejected by the curator"),
        ({"verdict": "accept"}, STEPWISE, steps(10), True, (), "accepted by the curator"),
        ({"verdict": "accept"}, replace(STEPWISE, cut_accepted=True), steps(10), True, ((1.2, 1.38),),
         "accepted by the curator, all but 10 conflicting steps (0.20 s), in 2 pieces"),
        ({"verdict": "accept"}, replace(STEPWISE, cut_accepted=True), steps(199, first=0), True, (),
         "accepted by the curator, and whole: only 0 % would stay without its conflicting steps, less than a third"),
        ({}, RULE, steps(10), True, (), "meets every condition"),
        ({}, replace(STEPWISE, least_piece_s=2.0), steps(10), True, ((0.0, 1.38),),
         "all but 10 conflicting steps (0.20 s) and 60 too few to keep beside them (1.20 s), "
         "in 1 piece"),
    ],
)  # fmt: skip
def test_only_the_steps_that_are_wrong_go_and_the_reason_says_how_many(
    changes: Any, rule: Rule, judged: JudgedSteps | None, kept: bool, cuts: Cuts, why: str
) -> None:
    (choice,) = choose([candidate(**changes)], rule, steps={"e1": judged} if judged else {}).rows
    assert (choice.kept, choice.cuts, choice.why) == (kept, cuts, why)


LENGTHS = {"a": 3.0, "b": 9.0, "c": 6.0, "d": 8.0}


def many(*, reverse: bool = False) -> list[Candidate]:
    made = [candidate(id=id_, duration_s=length) for id_, length in LENGTHS.items()]
    return made[::-1] if reverse else made


def test_the_longest_are_dropped_as_a_control_and_it_is_said() -> None:
    selection = choose([*many(), candidate(id="x", duration_s=99.0, verdict="accept")], Rule(drop_longest=2))
    assert selection.kept == ("a", "c", "x")
    assert {row.why for row in selection.rows if not row.kept} == {"one of the 2 longest, dropped to compare with"}
    trimmed = [replace(one, trim=(0.0, 1.0)) if one.id == "b" else one for one in many()]
    assert choose(trimmed, Rule(drop_longest=1)).kept == ("a", "b", "c")


def test_a_lot_depends_on_the_seed_and_not_on_the_order() -> None:
    drawn = {seed: frozenset(choose(many(), Rule(drop_random=2, seed=seed)).kept) for seed in range(200)}
    assert all(len(kept) == 2 for kept in drawn.values())
    assert drawn == {s: frozenset(choose(many(reverse=True), Rule(drop_random=2, seed=s)).kept) for s in range(200)}
    assert len(set(drawn.values())) == 6, "every pair comes up"
    often = [sum(id_ in kept for kept in drawn.values()) for id_ in LENGTHS]
    assert 70 < min(often) <= max(often) < 130, "each is kept about as often, 100 ± 4 standard deviations"
    (why,) = {row.why for row in choose(many(), Rule(drop_random=2, seed=3)).rows if not row.kept}
    assert why == "one of 2 drawn by lot, seed 3, dropped to compare with"


def test_the_controls_drop_only_what_the_rule_keeps() -> None:
    rule = Rule(max_conflict_share=0.15, policy="base-v1", drop_longest=1, drop_random=1)
    worse = [replace(one, conflict_share=0.5) if one.id == "b" else one for one in many()]
    selection = choose(worse, rule)
    assert len(selection.kept) == 1
    assert "d" not in selection.kept
    with pytest.raises(LibraryError, match="5 episodes to drop for comparison, found 4 that meet the rule"):
        choose(many(), Rule(drop_random=5))


@pytest.mark.parametrize(
    "wrong",
    [{"drop_steps": "novel"}, {"least_piece_s": float("nan")}, {"least_piece_s": -1.0}, {"drop_longest": -1},
     {"drop_random": -2}, {"scores": {"mood": (0.0, None)}}, {"scores": {"jerk": (None, None)}},
     {"scores": {"jerk": (float("nan"), None)}}, {"scores": {"jerk": (2.0, 1.0)}}],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(wrong: Any) -> None:
    with pytest.raises(LibraryError, match=r"^Wanted .*, found .*: .*\.$"):
        Rule(**wrong)


@pytest.mark.parametrize("cuts", [((2.0, 1.0),), ((-1.0, 1.0),), ((1.0, 2.0), (2.0, 3.0)), ((float("nan"), 1.0),)])
def test_cuts_that_make_no_sense_are_refused(cuts: Cuts, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cuts from early to late"):
        Choice(candidate(), True, "", cuts)


def test_what_needs_a_base_policy_is_known() -> None:
    assert not Rule(scores={"jerk": (-12.0, None)}, drop_random=1).scored
    needing = (RULE, STEPWISE, Rule(scores={"incompatibility": (None, 0.2)}), Rule(scores={"nearest-base": (None, 1)}))
    assert all(rule.scored for rule in (*needing, Rule(scores={"departure": (None, 1.0)})))


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
     {"trim": (3.0, 1.0)}, {"trim": (float("nan"), 1.0)}, {"scores": {"jerk": float("nan")}}],
)  # fmt: skip
def test_a_candidate_that_makes_no_sense_is_refused(wrong: Any) -> None:
    with pytest.raises(LibraryError):
        candidate(**wrong)


def test_a_selection_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    candidates = [
        candidate(trim=(0.5, 3.0)),
        candidate(id="ü", conflict_share=None),
        candidate(id="x", outcome="failure"),
    ]
    rule = Rule(
        operators=("op-3",), min_compatibility=0.5, scores={"jerk": (-20.0, None), "duration": (None, 9.5)},
        drop_steps="conflict", least_piece_s=0.25, policy="b", drop_random=1, seed=4,
    )  # fmt: skip
    candidates = [replace(one, scores={"jerk": -9.1, "duration": 8.0}) for one in candidates]
    judged = {one.id: steps(7) for one in candidates}
    selection = choose(candidates, rule, "week 3", 1_790_000_000 * 10**9, judged)
    assert [len(row.cuts) for row in selection.rows if row.kept] == [1]
    path = tmp_path / "week-3.json"
    selection.save(path)
    assert Selection.load(path) == selection
    assert list(tmp_path.iterdir()) == [path]


def test_a_selection_of_the_first_version_is_read_as_one_without_cuts(tmp_path: Path) -> None:
    path = tmp_path / "selection.json"
    choose([candidate()], RULE, "old").save(path)
    old = json.loads(path.read_text()) | {"version": 1}
    for name in ("scores", "drop_steps", "least_piece_s", "cut_accepted", "drop_longest", "drop_random", "seed"):
        del old["rule"][name]
    for row in old["rows"]:
        del row["cuts"], row["candidate"]["scores"]
    path.write_text(json.dumps(old))
    assert Selection.load(path) == choose([candidate()], RULE, "old")


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
        ({"version": 3}, "update Accord"),
        ({"version": "x"}, "version 'x'"),
        ({"rows": [{}]}, "KeyError"),
        ({"rows": None}, "TypeError"),
        ({"rule": {"outcomes": ["success"]}}, "KeyError"),
        ({"rule": []}, "TypeError"),
        ({"rule": asdict(RULE) | {"scores": {"jerk": [1]}}}, "ValueError"),
        ({"rule": asdict(RULE) | {"scores": {"mood": [1, 2]}}}, "a score to limit"),
        ({"rows": [asdict(Choice(candidate(), True, "")) | {"cuts": [[3, 1]]}]}, "cuts from early to late"),
    ],
)
def test_a_file_that_is_foreign_damaged_or_from_the_future_is_refused(
    tmp_path: Path, changes: Any, saying: str
) -> None:
    with pytest.raises(DatasetError, match=saying):
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
