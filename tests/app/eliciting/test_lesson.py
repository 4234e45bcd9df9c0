"""The laws of a lesson: whatever happens, nothing is skipped, counted twice or forgotten."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from accord.app.eliciting.attempt import Verdict
from accord.app.eliciting.judging import Found, judged
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.lesson_file import held, lesson_names, lesson_path, load, save
from accord.app.eliciting.plan import Plan, default_name
from accord.app.errors import AppError
from accord.datasets.errors import AccordError
from accord.datasets.library import Library

PLAN = Plan("one", "base", "square-nut", "op-1", seed=40, accepted=3, rounds=2, tries=3)


def happenings(chance: random.Random, number: int) -> list[Callable[[Lesson], Lesson]]:
    """Everything that can happen to a lesson, allowed now or not."""
    episode = f"e{number}"
    return [
        Lesson.practised_once,
        Lesson.skip_practice,
        lambda lesson: lesson.show(["a", "b"]),
        lambda lesson: lesson.watched_one(chance.choice("abc")),
        Lesson.skip_watching,
        lambda lesson: lesson.began(episode),
        Lesson.void,
        lambda lesson: lesson.failed("the task was not done"),
        lambda lesson: lesson.accept(0.1, "within"),
        lambda lesson: lesson.reject(0.4, "over", (1,)),
        Lesson.heeded,
        lambda lesson: lesson.accept_anyway("a good one"),
        Lesson.another_scene,
        lambda lesson: lesson.refit_as(f"base-r{lesson.round + 1}"),
        Lesson.refitted,
    ]


def walk(seed: int, steps: int = 400, plan: Plan = PLAN) -> list[tuple[Lesson, Lesson]]:
    """Every event that was allowed, as the lesson before and after it."""
    chance, lesson, pairs = random.Random(seed), Lesson.begin(plan), []
    for number in range(steps):
        try:
            after = chance.choice(happenings(chance, number))(lesson)
        except AppError:
            continue
        pairs.append((lesson, after))
        lesson = after
    return pairs


def teaching(**plan: object) -> Lesson:
    """A lesson whose operator has practised and watched."""
    return Lesson.begin(replace(PLAN, **plan)).skip_practice().skip_watching()


@pytest.mark.parametrize("seed", range(25))
def test_whatever_happens_the_order_of_a_lesson_is_kept(seed: int) -> None:
    allowed = {
        Stage.PRACTICE: {Stage.PRACTICE, Stage.LEARN},
        Stage.LEARN: {Stage.LEARN, Stage.TEACH},
        Stage.TEACH: {Stage.TEACH, Stage.FEEDBACK, Stage.REFIT},
        Stage.FEEDBACK: {Stage.TEACH, Stage.REFIT},
        Stage.REFIT: {Stage.REFIT, Stage.LEARN, Stage.DONE},
    }
    for before, after in walk(seed):
        assert after.stage in allowed[before.stage]
        if after.stage is Stage.REFIT and before.stage is not Stage.REFIT:
            assert len(after.accepted_now) == PLAN.accepted
            assert len(before.accepted_now) == PLAN.accepted - 1
        if after.stage is Stage.DONE:
            assert [sum(a.round == r for a in after.accepted) for r in (1, 2)] == [PLAN.accepted] * 2
            assert after.policy == "base-r3"
        episodes = [attempt.episode for attempt in after.attempts]
        assert len(set(episodes)) == len(episodes)
        assert len(after.attempts) >= len(before.attempts)
        assert after.scene >= before.scene
        if len(after.accepted) > len(before.accepted):
            assert before.recording or before.stage is Stage.FEEDBACK
            assert after.scene == before.scene + 1


def test_some_walks_come_to_the_end() -> None:
    assert any(walk(seed)[-1][1].stage is Stage.DONE for seed in range(25))


@pytest.mark.parametrize("seed", range(8))
def test_a_lesson_that_is_stopped_anywhere_goes_on_as_if_it_was_not(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "elicit" / "one.json"
    for _, after in walk(seed, 150):
        save(after, path)
        assert load(path) == after


def test_practice_takes_three_successes_and_learning_every_episode() -> None:
    lesson = Lesson.begin(PLAN)
    for count in (1, 2):
        lesson = lesson.practised_once()
        assert (lesson.stage, lesson.practised) == (Stage.PRACTICE, count)
    lesson = lesson.practised_once().show(["a", "b"])
    lesson = lesson.watched_one("b").watched_one("b")
    assert (lesson.stage, lesson.watched) == (Stage.LEARN, ("b",))
    with pytest.raises(AppError, match="one of the episodes that are shown, found 'c'"):
        lesson.watched_one("c")
    with pytest.raises(AppError, match="drawn already"):
        lesson.show(["d"])
    assert lesson.watched_one("a").stage is Stage.TEACH


def test_without_practice_a_lesson_begins_with_learning() -> None:
    assert Lesson.begin(replace(PLAN, practices=0)).stage is Stage.LEARN


def test_what_is_left_out_is_remembered_in_words() -> None:
    lesson = Lesson.begin(PLAN).practised_once().skip_practice().show(["a", "b"]).skip_watching().another_scene()
    assert lesson.skipped == (
        "round 1: practice, after 1 of 3 successes",
        "round 1: watching, after 0 of 2 episodes",
        "round 1: scene 0, after 0 tries",
    )
    assert (lesson.scene, lesson.seed) == (1, 41)


def test_a_rejected_scene_is_tried_again_until_it_is_given_up() -> None:
    lesson = teaching()
    for number in range(PLAN.tries):
        assert (lesson.scene, lesson.tries) == (0, number)
        lesson = lesson.began(f"e{number}").reject(0.3, "over", (0,))
        assert lesson.stage is Stage.FEEDBACK
        lesson = lesson.heeded()
    assert (lesson.scene, lesson.tries, lesson.stage) == (1, 0, Stage.TEACH)
    endless = teaching(tries=0)
    for number in range(20):
        endless = endless.began(f"e{number}").failed("the task was not done")
    assert (endless.scene, endless.tries) == (0, 20)


def test_an_episode_that_broke_off_is_no_attempt() -> None:
    lesson = teaching().began("e0").void()
    assert (lesson.attempts, lesson.recording, lesson.scene, lesson.stage) == ((), "", 0, Stage.TEACH)
    assert lesson.began("e0").recording == "e0"


def test_only_a_rejection_can_be_overruled_and_only_with_a_reason() -> None:
    lesson = teaching().began("e0").reject(0.3, "over", (0, 1))
    with pytest.raises(AppError, match="a reason to accept"):
        lesson.accept_anyway("  ")
    after = lesson.accept_anyway("the nut was stuck")
    (attempt,) = after.accepted
    assert (attempt.verdict, attempt.overruled, attempt.why) == (Verdict.ACCEPTED, True, "the nut was stuck")
    assert (attempt.share, attempt.phases, after.scene, after.stage) == (0.3, (0, 1), 1, Stage.TEACH)
    with pytest.raises(AppError, match="in stage feedback, found stage teach"):
        teaching().began("e0").failed("no").accept_anyway("still")


def test_two_episodes_never_wait_for_a_verdict_and_none_is_judged_twice() -> None:
    lesson = teaching().began("e0")
    with pytest.raises(AppError, match="no verdict yet"):
        lesson.began("e1")
    with pytest.raises(AppError, match="no verdict yet"):
        lesson.another_scene()
    lesson = lesson.accept(0.0, "within")
    with pytest.raises(AppError, match="judged already"):
        lesson.began("e0")
    with pytest.raises(AppError, match="none that was recorded"):
        lesson.accept(0.0, "within")


def test_a_refit_keeps_the_policy_before_it_and_begins_the_next_round() -> None:
    lesson = teaching(accepted=1)
    lesson = lesson.began("e0").accept(0.0, "within")
    assert (lesson.stage, lesson.policy) == (Stage.REFIT, "base")
    for name in ("", "base"):
        with pytest.raises(AppError, match="a new name"):
            lesson.refit_as(name)
    with pytest.raises(AppError, match="none that was begun"):
        lesson.refitted()
    lesson = lesson.refit_as("base-r2").refitted()
    assert (lesson.stage, lesson.round, lesson.policy, lesson.shown) == (Stage.LEARN, 2, "base-r2", ())
    assert lesson.accepted_now == ()
    lesson = lesson.show(["a"]).watched_one("a").began("e1").accept(0.0, "within").refit_as("base-r3").refitted()
    assert (lesson.stage, [a.policy for a in lesson.accepted]) == (Stage.DONE, ["base", "base-r2"])


@pytest.mark.parametrize(
    ("seen", "verdict", "why"),
    [
        (
            Found("e", "success", 0.15),
            Verdict.ACCEPTED,
            "15 % of the steps conflict with base, within the limit of 15 %",
        ),
        (
            Found("e", "success", 0.151, (1,)),
            Verdict.REJECTED,
            "15.1 % of the steps conflict with base, over the limit",
        ),
        (Found("e", "success", 0.0), Verdict.ACCEPTED, "0 % of the steps"),
        (Found("e", "failure", 0.0), Verdict.FAILED, "the task was not done"),
        (Found("e", "success", problem="Wanted x."), Verdict.FAILED, "it could not be scored: Wanted x."),
    ],
)
def test_an_episode_is_judged_by_its_outcome_and_its_share(seen: Found, verdict: Verdict, why: str) -> None:
    after = judged(teaching().began("e"), seen)
    assert after.last is not None
    assert after.last.verdict is verdict
    assert after.last.why.startswith(why)
    assert after.last.phases == seen.phases


@pytest.mark.parametrize("outcome", ["discarded", "incomplete", "unlabelled"])
def test_an_episode_without_an_end_has_no_verdict(outcome: str) -> None:
    assert judged(teaching().began("e"), Found("e", outcome)).attempts == ()


def test_a_naive_lesson_takes_every_success_and_says_what_it_would_have_said() -> None:
    lesson = teaching(naive=True).began("e")
    taken = judged(lesson, Found("e", "success", 0.9, (0,))).last
    assert taken is not None
    assert taken.verdict is Verdict.ACCEPTED
    assert taken.why.startswith("accepted like every success; 90 % of the steps conflict")
    assert judged(lesson, Found("e", "success", problem="Wanted x.")).accepted[0].share is None
    assert judged(lesson, Found("e", "failure", 0.0)).accepted == ()


def test_a_limit_on_the_combined_score_is_said_in_its_own_words() -> None:
    lesson = teaching(measure="incompatibility", limit=0.6).began("e")
    after = judged(lesson, Found("e", "success", 0.712, (0,)))
    assert after.last is not None
    assert after.last.why == "incompatibility 0.712 against base, over the limit of 0.6"
    assert judged(lesson, Found("e", "success", float("nan"))).accepted == ()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "../x"}, "a name for a lesson"),
        ({"operator": " "}, "the name of the operator"),
        ({"limit": 1.2}, "a limit from 0 to 1"),
        ({"limit": float("nan")}, "a limit from 0 to 1"),
        ({"measure": "beauty"}, "one of conflict, incompatibility to judge by"),
        ({"accepted": 0}, "one episode or more"),
        ({"rounds": 0}, "one episode or more"),
        ({"tries": -1}, "one episode or more"),
        ({"seed": -1}, "a seed"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_one_sentence(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(AccordError, match=sentence):
        replace(PLAN, **wrong)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda text: text[:-20], "damaged contents"),
        (lambda text: text.replace("accord-lesson", "accord-selection"), "another kind of file"),
        (lambda text: text.replace('"version": 1', '"version": 9'), "update Accord"),
        (lambda text: text.replace('"stage": "teach"', '"stage": "dance"'), "damaged contents"),
        (lambda text: text.replace('"scene": 1', '"scene": -1'), "damaged contents"),
        (lambda text: text.replace('"limit": 0.15', '"limit": 7'), "damaged contents"),
        (lambda text: text.replace('"recording"', '"recorded"'), "damaged contents"),
        (lambda text: text.replace('"share": 0.1', '"share": NaN'), "damaged contents"),
        (
            lambda text: text.replace('"share": 0.1', '"share": "abc"'),
            "attempt.share: 'abc', which is no number from 0",
        ),
        (lambda text: text.replace('"share": 0.1', '"share": 1e999'), "attempt.share: inf, which is no number from 0"),
        (lambda text: text.replace('"share": 0.1', '"share": -0.1'), "attempt.share: -0.1, which is no number from 0"),
        (lambda text: text.replace('"source": ""', '"source": 5'), "plan.source: 5, which is no text"),
        (lambda text: text.replace('"react": 0.0', '"react": "x"'), "plan.react: 'x', which is no number from 0 to 1"),
        (lambda text: text.replace('"policy": "base"', '"policy": 7'), "plan.policy: 7, which is no text"),
        (lambda text: text.replace('"rounds": 2', '"rounds": 1.5'), "plan.rounds: 1.5, which is no count"),
        (lambda text: text.replace('"accepted": 3', '"accepted": true'), "plan.accepted: True, which is no count"),
        (lambda text: text.replace('"naive": false', '"naive": 0'), "plan.naive: 0, which is neither true nor false"),
        (lambda text: text.replace('"tries": 3', '"tried": 3'), "plan.tried, which nobody knows"),
        (lambda text: text.replace('"watched": []', '"watched": "ab"'), "lesson.watched: 'ab', which is no list"),
        (lambda text: text.replace('"phases": []', '"phases": [true]'), "attempt.phases: True, which is no count"),
        (lambda text: text.replace('"stage": "teach"', '"stage": "feedback"'), "feedback without an attempt"),
        (lambda text: text.replace('"name": "one"', '"name": "two"'), "a lesson in one.json, found the lesson two"),
    ],
)
def test_a_damaged_lesson_is_refused_in_one_sentence(
    tmp_path: Path, spoil: Callable[[str], str], sentence: str
) -> None:
    path = tmp_path / "elicit" / "one.json"
    save(teaching().began("e0").accept(0.1, "within"), path)
    whole = path.read_text()
    assert spoil(whole) != whole
    path.write_text(spoil(whole))
    with pytest.raises(AppError, match=sentence):
        load(path)


@pytest.mark.parametrize("part", ["plan", "attempts"])
@pytest.mark.parametrize("instead", [None, 7, "x", ["x"]])
def test_a_part_of_a_lesson_that_is_something_else_is_refused(tmp_path: Path, part: str, instead: object) -> None:
    path = tmp_path / "elicit" / "one.json"
    save(teaching(), path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {part: instead}))
    with pytest.raises(AppError, match="damaged contents"):
        load(path)


@pytest.mark.parametrize(
    ("operator", "name"),
    [
        ("op-1", "op-1-base"),
        ("Jane Doe", "Jane-Doe-base"),
        ("Zoë O'Neill", "Zoe-O-Neill-base"),
        ("../..", "base"),
        ("張", "base"),
        ("_x", "x-base"),
        ("a" * 99, "a" * 64),
    ],
)
def test_every_operator_has_a_lesson_name(operator: str, name: str) -> None:
    assert replace(PLAN, operator=operator, name=default_name(operator, "base")).name == name


def test_what_is_not_in_the_refit_is_said_once() -> None:
    lesson = teaching(accepted=1).began("e0").accept(0.0, "within")
    before = len(lesson.skipped)
    lesson = lesson.left_out(["episode e0: it is gone"]).left_out(["episode e0: it is gone", "episode e1: it is gone"])
    assert lesson.skipped[before:] == ("round 1: episode e0: it is gone", "round 1: episode e1: it is gone")
    with pytest.raises(AppError, match="in stage refit"):
        teaching().left_out(["episode e0: it is gone"])


def test_lessons_stand_in_their_library_by_name(tmp_path: Path) -> None:
    library = Library.create(tmp_path / "library")
    assert lesson_names(library) == ()
    save(teaching(), lesson_path(library, "b"))
    save(teaching(), lesson_path(library, "a"))
    with held(lesson_path(library, "a")):
        assert lesson_names(library) == ("a", "b")
        with pytest.raises(AppError, match="another process that holds it"), held(lesson_path(library, "a")):
            pass
    with held(lesson_path(library, "a")), pytest.raises(AppError, match="No such file"):
        load(lesson_path(library, "c"))
