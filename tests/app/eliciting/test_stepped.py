"""Lessons on a clock that waits for nobody: the same verdicts, many times faster, the same every time."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from lessons import BASE, FOREIGN, add

from accord.app.eliciting.attempt import Verdict
from accord.app.eliciting.settling import settled
from accord.app.eliciting.stepped import elicit_stepped
from accord.app.errors import AppError
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.reacting import PHASES, ReactingOperator
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.stepped import Stepped

TASK = "square-nut"


@pytest.fixture(scope="module")
def bench() -> Iterator[Stepped]:
    made = Stepped(Workcell(TASK))
    yield made
    made.robot.close()


@pytest.fixture
def policy(base: Path) -> BasePolicy:
    return load(base / "policies" / "base")


def operator(react: float, **changes: object) -> ReactingOperator:
    return ReactingOperator(TASK, FOREIGN, BASE, react, **changes)  # type: ignore[arg-type]


def test_who_listens_ends_with_what_was_shown(policy: BasePolicy, bench: Stepped) -> None:
    said: list[str] = []
    done = elicit_stepped(policy, TASK, operator(1.0), 1, [7, 8], 0.0, bench=bench, tries=2, said=said.append)
    assert [attempt.verdict for attempt in done.attempts[:2]] == [Verdict.REJECTED] * 2
    assert done.operator.follows == PHASES
    assert said == list(done.log)
    assert said[0].startswith(f"{FOREIGN}-7-0: {FOREIGN}, rejected: ")
    assert said[1].startswith(f"{FOREIGN}-7-1: {BASE}~{FOREIGN}#1, rejected: ")
    assert len({attempt.scene for attempt in done.attempts}) == 2
    assert done.accepted == []


def test_what_is_accepted_comes_with_its_steps_and_the_same_comes_again(policy: BasePolicy, bench: Stepped) -> None:
    one, two = (elicit_stepped(policy, TASK, operator(0.0), 2, range(20, 24), 1.0, bench=bench) for _ in range(2))
    assert [name for name, _ in one.accepted] == [f"{FOREIGN}-20-0", f"{FOREIGN}-21-0"]
    assert len(one.attempts) == 2
    assert (one.log, one.attempts) == (two.log, two.attempts)
    for (_, first), (_, second) in zip(one.accepted, two.accepted, strict=True):
        assert first.tobytes() == second.tobytes()
        assert first["success"][-1]
        assert not first["success"][:-1].any()
        assert set(np.unique(first["mode"])) == {4}
    assert one.seconds == pytest.approx(sum(len(steps) - 1 for _, steps in one.accepted) / 50.0)


def test_a_verdict_is_the_one_that_a_session_would_give(base: Path, policy: BasePolicy, bench: Stepped) -> None:
    done = elicit_stepped(policy, TASK, operator(0.0), 1, [20], 0.0, bench=bench, tries=1)
    library = Library(base)
    steps = bench.drive(ScriptedOperator(TASK, FOREIGN, 20), 20)
    episode = add(library, bench, steps, f"scripted:{FOREIGN}", 20)
    seen = settled(library, episode, policy, "conflict")
    (attempt,) = done.attempts
    assert (seen.share, seen.phases) == (attempt.share, attempt.phases)
    assert seen.share is not None
    assert 0.0 < seen.share <= 1.0  # of a tiny policy, whose split of the base depends on the ids


def test_without_a_base_policy_every_success_is_taken(policy: BasePolicy, bench: Stepped) -> None:
    done = elicit_stepped(policy, TASK, operator(1.0), 1, [20], 0.0, bench=bench, naive=True)
    assert [attempt.verdict for attempt in done.attempts] == [Verdict.ACCEPTED]
    assert done.operator.follows == frozenset()


def test_the_combined_score_can_judge_too(policy: BasePolicy, bench: Stepped) -> None:
    done = elicit_stepped(policy, TASK, operator(0.0), 1, [20], bench=bench, measure="incompatibility", tries=1)
    (attempt,) = done.attempts
    assert attempt.why.startswith("incompatibility ")
    assert "the limit of 0.65" in attempt.why


def test_what_cannot_be_is_refused(policy: BasePolicy, bench: Stepped) -> None:
    with pytest.raises(AppError, match="an operator for hammer"):
        elicit_stepped(policy, "hammer", operator(0.5), 1, [1], bench=bench)
    with pytest.raises(AppError, match="one episode or more"):
        elicit_stepped(policy, TASK, operator(0.5), 0, [1], bench=bench)
    with pytest.raises(AppError, match="to judge by"):
        elicit_stepped(policy, TASK, operator(0.5), 1, [1], bench=bench, measure="beauty")
