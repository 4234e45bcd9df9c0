"""A lesson with its library: what is decided, drawn and fitted, and that stopping it anywhere changes nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from lessons import BASE, EPISODES, FOREIGN, add, idle_session, plan, tiny, until

from accord.app.curating import fit_policy
from accord.app.eliciting import elicitation
from accord.app.eliciting.attempt import Verdict
from accord.app.eliciting.elicitation import Elicitation
from accord.app.eliciting.learning import base_arm, best_first, drawn, shown_strategy
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.lesson_file import held as held_alone
from accord.app.eliciting.lesson_file import lesson_path, load, save
from accord.app.eliciting.refitting import base_of, next_name, stands
from accord.app.errors import AppError
from accord.app.fitting import settings_of
from accord.app.snapshot import Snapshot, State
from accord.datasets.decisions import Decision, Kind
from accord.datasets.ensemble import Ensemble
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.heads import MixtureHead
from accord.datasets.library import Library
from accord.datasets.policy_file import load as load_policy
from accord.datasets.used import Used
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.stepped import Stepped


@pytest.fixture(scope="module")
def bench() -> Stepped:
    return Stepped(Workcell("square-nut"))


def demonstrated(
    library: Library, bench: Stepped, strategy: str = BASE, seed: int = 30, outcome: str = "success"
) -> str:
    """An episode as a session would have recorded it."""
    steps = bench.drive(ScriptedOperator("square-nut", strategy, seed), seed)
    return add(library, bench, steps, f"scripted:{strategy}", seed, outcome)


def waiting(held: Elicitation, episode: str) -> None:
    """As if this episode had been recorded in the lesson."""
    held._to(held.lesson.began(episode))


def verdicts(library: Library) -> list[Decision]:
    return [one for one in library.decisions.history() if one.kind is Kind.VERDICT]


def taught(base: Path, **changes: object) -> Elicitation:
    held = Elicitation.begin(idle_session(base), plan(practices=0, **changes), tiny)
    held.skip_watching()
    return held


def test_practice_counts_every_success_once(base: Path) -> None:
    held = Elicitation.begin(idle_session(base), plan(), tiny)
    assert held.session.practice
    done, going = Snapshot(state=State.READY, success=True), Snapshot(state=State.READY)
    for now in (going, done, done, done, going, done, going):
        held.tick(now)
    assert (held.lesson.practised, held.lesson.stage) == (2, Stage.PRACTICE)
    held.tick(done)
    assert (held.lesson.stage, held.session.practice) == (Stage.LEARN, False)
    assert load(lesson_path(held.session.library, "one")) == held.lesson
    held.close()


def test_base_episodes_are_drawn_once_from_those_that_the_policy_fits_best(base: Path) -> None:
    library = Library(base)
    policy = load_policy(library.known_policy("base"))
    ranked = best_first(library, policy)
    assert len(ranked) == EPISODES
    errors = [policy.score_steps(Episode(library.find(episode)).steps()).error.mean() for episode in ranked]
    assert errors == sorted(errors)
    draws = {drawn(library, policy, 3, seed) for seed in range(10)}
    assert len(draws) > 3
    assert {episode for draw in draws for episode in draw} == set(ranked[: round(0.8 * EPISODES)])
    assert all(len(set(draw)) == 3 for draw in draws)
    assert drawn(library, policy, 50, 1) == drawn(library, policy, 50, 1)
    assert shown_strategy(library, policy) == BASE
    held = Elicitation.begin(idle_session(base), plan(practices=0, watch=3), tiny)
    shown = until(held, lambda lesson: lesson.shown).shown
    held.watched(shown[1])
    held.close()
    again = Elicitation.resume(idle_session(base), "one", tiny)
    assert (again.lesson.shown, again.lesson.watched) == (shown, (shown[1],))
    again.watched(shown[0])
    again.watched(shown[2])
    assert again.lesson.stage is Stage.TEACH
    again.close()


def test_a_base_that_is_gone_can_be_skipped(base: Path) -> None:
    library = Library(base)
    for entry in library.contents().entries:
        entry.path.unlink()
    held = Elicitation.begin(idle_session(base), plan(practices=0), tiny)
    with pytest.raises(AssertionError, match=f"none of the {EPISODES} that it was fitted to"):
        until(held, lambda lesson: lesson.shown)
    held.skip_watching()
    assert (held.lesson.stage, held.problem, held.busy) == (Stage.TEACH, "", "")
    held.close()


def test_watching_can_be_skipped_while_base_episodes_are_chosen(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let = Event()

    def slowly(*asked: object) -> tuple[str, ...]:
        assert let.wait(60)
        return ("a", "b")

    monkeypatch.setattr(elicitation, "drawn", slowly)
    held = Elicitation.begin(idle_session(base), plan(practices=0), tiny)
    held.tick(Snapshot())
    assert held.busy == "choosing base episodes"
    _, then = held._hearing or (None, lambda _: None)
    held.skip_watching()
    assert held.busy == ""
    let.set()
    held._worker.submit(lambda: None).result(60)  # after it what was drawn is there
    held.tick(Snapshot())
    then(("a", "b"))
    assert (held.lesson.stage, held.lesson.shown, held.problem) == (Stage.TEACH, (), "")
    held.close()


def test_a_verdict_is_a_decision_that_names_policy_share_and_limit(base: Path, bench: Stepped) -> None:
    held = taught(base, limit=0.0)
    library = held.session.library
    episode = demonstrated(library, bench, FOREIGN)
    waiting(held, episode)
    lesson = until(held, Stage.FEEDBACK)
    assert lesson.last is not None
    assert lesson.last.share is not None
    share = 100 * lesson.last.share
    (said,) = verdicts(library)
    assert (said.who, said.episode, said.value) == ("op-1", episode, "reject")
    assert said.why == f"lesson one, round 1: {share:.3g} % of the steps conflict with base, over the limit of 0 %"
    assert set(lesson.last.phases) <= {0, 1}
    assert lesson.last.phases
    held.accept_anyway("the nut was stuck")
    said = verdicts(library)[-1]
    assert (said.value, said.why) == ("accept", "lesson one, round 1: overruled, the nut was stuck")
    assert library.decisions.present()[episode].verdict == "accept"
    assert (held.lesson.scene, held.session.seed) == (1, 1)
    held.close()


@pytest.mark.parametrize(("outcome", "verdict"), [("failure", [Verdict.FAILED]), ("discarded", []), ("success", None)])
def test_what_became_of_an_episode_decides_what_comes_next(
    base: Path, bench: Stepped, outcome: str, verdict: list[Verdict] | None
) -> None:
    held = taught(base)
    library = held.session.library
    waiting(held, demonstrated(library, bench, outcome=outcome))
    lesson = until(held, lambda lesson: not lesson.recording)
    assert [one.verdict for one in lesson.attempts] == ([Verdict.ACCEPTED] if verdict is None else verdict)
    assert lesson.scene == (1 if verdict is None else 0)
    assert [one.value for one in verdicts(library)] == (["accept"] if verdict is None else ["reject"] * len(verdict))
    held.close()


def test_an_episode_that_never_began_is_no_attempt(base: Path) -> None:
    held = taught(base)
    waiting(held, "00000000-0000-0000-0000-00000000dead")
    assert until(held, lambda lesson: not lesson.recording).attempts == ()
    held.close()


def test_a_kill_between_decision_and_writing_it_down_counts_nothing_twice(base: Path, bench: Stepped) -> None:
    held = taught(base)
    library, path = held.session.library, lesson_path(held.session.library, "one")
    waiting(held, demonstrated(library, bench))
    before = path.read_text()
    until(held, lambda lesson: len(lesson.accepted) == 1)
    held.close()
    path.write_text(before)  # the kill came after the decision was said, and before the lesson was written
    again = Elicitation.resume(idle_session(base), "one", tiny)
    assert again.lesson.attempts == ()
    lesson = until(again, lambda lesson: len(lesson.attempts) == 1)
    assert (len(lesson.accepted), lesson.scene, len(verdicts(library))) == (1, 1, 1)
    again.close()


def test_a_decision_that_the_library_lost_is_said_again(base: Path, bench: Stepped) -> None:
    held = taught(base)
    waiting(held, demonstrated(held.session.library, bench))
    until(held, lambda lesson: len(lesson.accepted) == 1)
    held.close()
    for path in base.glob("curation.sqlite*"):
        path.unlink()
    again = Elicitation.resume(idle_session(base), "one", tiny)
    assert [one.value for one in verdicts(again.session.library)] == ["accept"]
    again.close()


def test_an_overruling_that_a_kill_kept_from_the_library_is_said_again(
    base: Path, bench: Stepped, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = taught(base, limit=0.0)
    library = held.session.library
    episode = demonstrated(library, bench, FOREIGN)
    waiting(held, episode)
    until(held, Stage.FEEDBACK)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(elicitation, "say", killed)
        with pytest.raises(KeyboardInterrupt):
            held.accept_anyway("the nut was stuck")
    held.close()
    assert [one.value for one in verdicts(library)] == ["reject"]
    for _ in range(2):
        Elicitation.resume(idle_session(base), "one", tiny).close()
        assert [one.value for one in verdicts(library)] == ["reject", "accept"]
        assert verdicts(library)[-1].why == "lesson one, round 1: overruled, the nut was stuck"


def test_what_somebody_else_decided_later_stays(base: Path, bench: Stepped) -> None:
    held = taught(base, limit=0.0)
    library = held.session.library
    waiting(held, demonstrated(library, bench, FOREIGN))
    lesson = until(held, Stage.FEEDBACK)
    held.close()
    library.decisions.append("op-1", lesson.attempts[-1].episode, Kind.VERDICT, "reject", "by the curator")
    save(lesson.accept_anyway("the nut was stuck"), lesson_path(library, "one"))
    Elicitation.resume(idle_session(base), "one", tiny).close()
    assert [one.value for one in verdicts(library)] == ["reject", "reject"]


def test_a_lesson_belongs_to_one_process_and_one_name(base: Path) -> None:
    held = taught(base)
    late = idle_session(base)
    for begin in (lambda: Elicitation.resume(late, "one", tiny), lambda: Elicitation.begin(late, plan(), tiny)):
        with pytest.raises(AppError, match="another process that holds it"):
            begin()
    assert (late._policy.name, late.operator) == ("", idle_session(base).operator)
    held.close()
    with pytest.raises(AppError, match="one, which exists"):
        Elicitation.begin(late, plan(), tiny)
    Elicitation.resume(late, "one", tiny).close()


def test_a_lesson_is_read_once_nobody_else_can_change_it(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taught(base).close()

    @contextmanager
    def late(path: Path) -> Iterator[None]:
        """Whoever held it changed it before they let go."""
        with held_alone(path):
            save(load(path).another_scene(), path)
            yield

    monkeypatch.setattr(elicitation, "held", late)
    again = Elicitation.resume(idle_session(base), "one", tiny)
    assert again.lesson.scene == load(lesson_path(again.session.library, "one")).scene == 1
    monkeypatch.undo()
    again.close()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"policy": "nobody"}, "a base policy of this library, found none named 'nobody'"),
        ({"task": "hammer"}, "a policy for square-nut and a session of square-nut"),
    ],
)
def test_what_does_not_fit_together_is_refused_and_leaves_nothing(
    base: Path, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(AccordError, match=sentence):
        Elicitation.begin(idle_session(base), plan(**changes), tiny)
    assert not (base / "elicit" / "one.json").exists()


def test_episodes_of_another_rate_are_refused_before_they_are_recorded(base: Path) -> None:
    session = idle_session(base)
    session.settings = replace(session.settings, rate_hz=20.0)
    with pytest.raises(AppError, match="start it with 50 Hz"):
        Elicitation.begin(session, plan(), tiny)


def test_an_attempt_cannot_begin_before_its_scene_is_set(base: Path) -> None:
    held = taught(base)
    with pytest.raises(AppError, match="to record an attempt, found stage teach in a session that is starting"):
        held.begin_episode()
    held.close()


def test_the_next_policy_is_fitted_to_the_base_and_what_was_accepted(base: Path, bench: Stepped) -> None:
    held = taught(base, rounds=2)
    library = held.session.library
    accepted = [demonstrated(library, bench, seed=seed) for seed in (30, 31)]
    for episode in accepted:
        waiting(held, episode)
        until(held, lambda lesson: not lesson.recording)
    assert held.lesson.stage is Stage.REFIT
    lesson = until(held, lambda lesson: lesson.stage is Stage.LEARN, within_s=120)
    before, after = (load_policy(library.known_policy(name)) for name in ("base", "base-r2"))
    assert {*after.fitted_to, *after.held_out} == {*before.fitted_to, *before.held_out, *accepted}
    assert (lesson.policy, lesson.round, held.session._policy.name) == ("base-r2", 2, "base-r2")
    assert held.fit.done
    assert not held.busy
    held.close()
    again = Elicitation.resume(idle_session(base), "one", tiny)
    assert again.session._policy.name == "base-r2"
    again.close()


def test_a_fit_that_was_done_when_the_session_was_killed_is_not_done_again(
    base: Path, bench: Stepped, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = taught(base, accepted=1)
    library = held.session.library
    episode = demonstrated(library, bench)
    waiting(held, episode)
    until(held, Stage.REFIT)
    held.close()
    assert held.lesson.refitting == "base-r2"
    whole = (*(entry.id for entry in library.contents().entries),)
    fit_policy(base, "base-r2", whole, tiny(held._policy, "base-r2"))
    assert stands(library, "base-r2", whole)
    monkeypatch.setattr(elicitation, "Job", None)  # it would be called to fit
    again = Elicitation.resume(idle_session(base), "one", tiny)
    assert until(again, Stage.DONE).policy == "base-r2"
    again.close()


def test_a_name_that_another_lesson_took_meanwhile_is_left_out(base: Path, bench: Stepped) -> None:
    held = taught(base, accepted=1)
    library = held.session.library
    waiting(held, demonstrated(library, bench))
    until(held, Stage.REFIT)
    held.close()
    assert held.lesson.refitting == "base-r2"
    library.policy_folder("base-r2").mkdir(exist_ok=True)
    again = Elicitation.resume(idle_session(base), "one", tiny)
    assert until(again, Stage.DONE, within_s=120).policy == "base-r3"
    again.close()


def to_refit(base: Path, bench: Stepped, count: int = 1, **changes: object) -> tuple[Elicitation, list[str]]:
    """A lesson before its refit, and what it has accepted."""
    held = taught(base, accepted=count, **changes)
    for seed in range(count):
        waiting(held, demonstrated(held.session.library, bench, seed=30 + seed))
        held._judge(held.lesson.accept(0.0, "within"))
    assert held.lesson.stage is Stage.REFIT
    return held, [one.episode for one in held.lesson.accepted]


def test_a_fit_that_fails_is_told_and_tried_without_what_was_discarded(base: Path, bench: Stepped) -> None:
    held, _ = to_refit(base, bench)
    library, damaged = held.session.library, held._policy.fitted_to[0]
    library.find(damaged).write_bytes(b"no episode")
    with pytest.raises(AssertionError, match="found a file that is not HDF5"):
        until(held, Stage.DONE)
    assert (held.lesson.stage, held.lesson.refitting) == (Stage.REFIT, "base-r2")
    library.decisions.append("curator", damaged, Kind.OUTCOME, "discarded")
    held.retry()
    lesson = until(held, Stage.DONE, within_s=120)
    after = load_policy(library.known_policy("base-r2"))
    assert damaged not in {*after.fitted_to, *after.held_out}
    assert lesson.skipped[-1] == f"round 1: episode {damaged[:8]} in the refit: it is discarded"
    held.close()


def test_a_refit_leaves_out_what_the_curator_took_back_and_what_is_gone(
    base: Path, bench: Stepped, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, accepted = to_refit(base, bench, 5)
    library, own = held.session.library, held._policy.fitted_to
    decide = library.decisions.append
    decide("curator", accepted[0], Kind.OUTCOME, "discarded")
    decide("curator", accepted[1], Kind.OUTCOME, "failure")
    decide("curator", accepted[2], Kind.VERDICT, "reject")
    decide("curator", own[0], Kind.VERDICT, "reject")  # of the base, which somebody chose
    for gone in (accepted[3], own[1]):
        library.find(gone).unlink()
    next_base = base_of(library, held._policy, held.lesson)
    assert set(next_base.episodes) == {*own, *held._policy.held_out, accepted[4]} - {own[1]}
    fit_policy(base, "base-r2", next_base.episodes, tiny(held._policy, "base-r2"))
    held._to(held.lesson.refit_as("base-r2"))
    monkeypatch.setattr(elicitation, "Job", None)  # it would be called to fit
    lesson = until(held, Stage.DONE)
    assert lesson.policy == "base-r2"
    why = {own[1]: "gone", accepted[0]: "discarded", accepted[1]: "failure by now", accepted[2]: "rejected by now",
           accepted[3]: "gone"}  # fmt: skip
    assert lesson.skipped[-5:] == tuple(
        f"round 1: episode {episode[:8]} in the refit: it is {said}" for episode, said in why.items()
    )
    held.close()


def test_a_refit_learns_nothing_from_what_was_cut_out_of_the_base(base: Path, bench: Stepped) -> None:
    held, accepted = to_refit(base, bench)
    library, own = held.session.library, held._policy
    both = own.fitted_to[0], own.held_out[0]
    with Episode(library.find(both[0])) as first, Episode(library.find(both[1])) as second:
        used = {
            first.info.id: Used.of(first, cuts=((0.5, 1.0),)),
            second.info.id: Used.of(second),
        }
    held._policy = replace(own, used=used)
    assert base_of(library, held._policy, held.lesson).cuts == {both[0]: ((0.5, 1.0),)}
    until(held, Stage.DONE, within_s=120)
    after = load_policy(library.known_policy("base-r2"))
    assert {episode: one.cuts for episode, one in after.used.items() if one.cuts} == {both[0]: ((0.5, 1.0),)}
    assert accepted[0] in after.used
    held.close()


def test_versions_count_on_from_the_policy_that_there_is(base: Path) -> None:
    library = Library(base)
    assert next_name(library, "base") == "base-r2"
    assert next_name(library, "base-r2") == "base-r3"
    assert next_name(library, "base-r0") == "base-r0-r2"
    library.policy_folder("base-r3").mkdir()
    assert next_name(library, "base-r2") == "base-r4"
    policy = load_policy(library.known_policy("base"))
    like = settings_of(policy, base / "none")
    assert (like.hidden, like.members, like.observed) == ((32, 32), 3, policy.observed.names)
    assert (like.head, like.chunk) == ("mean", policy.head.chunk)
    head = MixtureHead(7, chunk=2, modes=2)
    wide = replace(policy, head=head, ensemble=_wider(policy.ensemble, head.width))
    like = settings_of(wide, base / "none")
    assert (like.head, like.modes, like.chunk) == ("mixture", 2, 2)
    assert base_arm(library, policy) == "panda"


def _wider(ensemble: Ensemble, outputs: int) -> Ensemble:
    """The same with so many outputs, all 0."""
    *weights, last = ensemble.weights
    shape = (*last.shape[:2], outputs)
    biases = (*ensemble.biases[:-1], np.zeros((last.shape[0], outputs), np.float32))
    return Ensemble((*weights, np.zeros(shape, np.float32)), biases)


def test_a_lesson_by_the_combined_score_needs_a_policy_that_knows_it(base: Path, bench: Stepped) -> None:
    held = taught(base, measure="incompatibility", limit=0.0)
    waiting(held, demonstrated(held.session.library, bench, FOREIGN))
    attempt = until(held, Stage.FEEDBACK).last
    assert attempt is not None
    assert attempt.why.startswith("incompatibility ")
    assert attempt.share is not None
    assert 0.0 < attempt.share <= 1.0
    held.close()


def test_a_lesson_that_cannot_be_written_down_stays_as_it_was(base: Path) -> None:
    held = Elicitation.begin(idle_session(base), plan(), tiny)
    before, folder = held.lesson, base / "elicit"
    text = (folder / "one.json").read_text()
    (folder / ".one.json.new").mkdir()  # no file can be written in its place
    with pytest.raises(OSError, match="directory"):
        held.skip_practice()
    assert held.lesson == before
    assert (folder / "one.json").read_text() == text
    held.close()


def test_ticking_never_waits(base: Path, bench: Stepped) -> None:
    held = taught(base, limit=0.0)
    waiting(held, demonstrated(held.session.library, bench))
    took = []
    while held.lesson.recording:
        began = time.perf_counter()
        held.tick(Snapshot())
        took.append(time.perf_counter() - began)
        time.sleep(0.002)
    assert np.median(took) < 0.01
    held.close()


def test_a_lesson_on_disk_is_the_lesson_in_memory(base: Path) -> None:
    held = taught(base)
    held.another_scene()
    path = lesson_path(held.session.library, "one")
    assert load(path) == held.lesson
    assert held.session.seed == held.lesson.seed == 1
    save(Lesson.begin(plan()), path)
    assert load(path).stage is Stage.PRACTICE
    held.close()
