"""Stepped: a lesson with a scripted operator on a clock that waits for nobody, in one process and without files.

Nothing else of it differs from a lesson in the window: the same `Lesson`, the same verdicts, the loop that records
demonstrations. For studies, which need thousands of episodes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.app.eliciting.attempt import Attempt
from accord.app.eliciting.judging import check_knows, found, judged
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.plan import USUAL_LIMITS, Plan
from accord.app.errors import AppError
from accord.datasets.policy import BasePolicy
from accord.datasets.threads import at_most
from accord.devices.sim.factor import Variation
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.reacting import ReactingOperator
from accord.recorders.stepped import Stepped

Steps = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Elicited:
    """What a lesson brought."""

    accepted: list[tuple[str, Steps]]
    """Id and steps of every accepted episode, in order. The id names operator, scene and try."""
    attempts: tuple[Attempt, ...]
    """Every episode and its verdict, in order."""
    log: tuple[str, ...]
    """What happened, a line each: what the operator did, and what became of it."""
    operator: ReactingOperator
    """As it is afterwards."""

    @property
    def seconds(self) -> float:
        """Of all accepted episodes [s]."""
        return float(sum((steps["t_ns"][-1] - steps["t_ns"][0]) / 1e9 for _, steps in self.accepted))


def elicit_stepped(
    policy: BasePolicy,
    task: str,
    operator: ReactingOperator,
    wanted: int,
    seeds: Sequence[int],
    limit: float | None = None,
    rate_hz: float = 50.0,
    *,
    variation: Variation = {},  # noqa: B006 - never changed
    measure: str = "conflict",
    naive: bool = False,
    tries: int = 4,
    bench: Stepped | None = None,
    said: Callable[[str], None] = lambda line: None,
) -> Elicited:
    """One round of a lesson: until so many are accepted, or there is no scene left.

    Args:
        policy: the base policy.
        task: what is demonstrated.
        operator: who does it.
        wanted: how many episodes to accept.
        seeds: of the scenes, in order; more than `wanted`, since some may be given up.
        limit: up to which share an episode is accepted; None for the measure's usual one.
        rate_hz: of the loop; that of a given bench counts instead [Hz].
        variation: of the scenes' factors.
        measure: what is limited, see `accord.app.eliciting.plan.MEASURES`.
        naive: accept every success and give no feedback.
        tries: how often a scene is tried before it is given up; 0: as often as it takes.
        bench: to use in place of a new one, which takes a second.
        said: is told every line of the log at once.

    Raises:
        AccordError: if the task, the policy or a number cannot be.
    """
    upto = USUAL_LIMITS.get(measure, 0.0) if limit is None else limit
    plan = Plan("stepped", policy.name or "base", task, f"scripted {operator.own}", 0, wanted, 1, upto, measure,
                practices=0, tries=tries, naive=naive)  # fmt: skip
    check_knows(policy, measure)
    if task != operator.task:
        raise AppError(f"an operator for {task}", f"one for {operator.task}", "make another operator")
    used = bench or Stepped(Workcell(task, rate_hz))
    try:
        with at_most(1):
            return _round(_Teaching(policy, plan, used, variation, operator, seeds, said))
    finally:
        if bench is None:
            used.robot.close()


@dataclass(slots=True)
class _Teaching:
    policy: BasePolicy
    plan: Plan
    bench: Stepped
    variation: Variation
    operator: ReactingOperator
    seeds: Sequence[int]
    said: Callable[[str], None]


def _round(teaching: _Teaching) -> Elicited:
    """From the first scene to the last verdict."""
    lesson, operator = Lesson.begin(teaching.plan).skip_watching(), teaching.operator
    kept: dict[str, Steps] = {}
    log: list[str] = []
    while lesson.stage in (Stage.TEACH, Stage.FEEDBACK) and lesson.scene < len(teaching.seeds):
        if lesson.stage is Stage.FEEDBACK and lesson.last is not None:
            operator, lesson = operator.told(lesson.last.phases), lesson.heeded()
            continue
        operator, seed, take = operator.next(), teaching.seeds[lesson.scene], lesson.tries
        episode = f"{operator.own}-{seed}-{take}"
        steps = teaching.bench.drive(operator.source(seed, take), seed, teaching.variation)
        outcome = "success" if bool(steps["success"][-1]) else "failure"
        seen = found(episode, outcome, steps, teaching.policy, teaching.plan.measure)
        lesson = judged(lesson.began(episode), seen)
        last = lesson.attempts[-1]
        kept |= {episode: steps} if last in lesson.accepted else {}
        log.append(f"{episode}: {operator.way(take)}, {last.verdict}: {last.why}")
        teaching.said(log[-1])
    accepted = [(attempt.episode, kept[attempt.episode]) for attempt in lesson.accepted]
    return Elicited(accepted, lesson.attempts, tuple(log), operator)
