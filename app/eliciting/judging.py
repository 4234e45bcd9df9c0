"""Judging: what a lesson makes of an episode, by how much of it is incompatible with the base policy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.app.eliciting.lesson import Lesson
from accord.app.eliciting.plan import MEASURES, Plan
from accord.app.errors import AppError
from accord.app.feedback.moments import worst_moments
from accord.datasets.compatibility import INCOMPATIBLE, EpisodeScore
from accord.datasets.counted import counted
from accord.datasets.errors import AccordError
from accord.datasets.policy import BasePolicy
from accord.devices.sources.reacting import phase_of

_NO_ATTEMPT = ("discarded", "incomplete", "unlabelled")


@dataclass(frozen=True, slots=True)
class Found:
    """What an episode turned out to be."""

    episode: str
    outcome: str
    """As decided in the library; ``unlabelled`` where whoever recorded it could not say so any more."""
    share: float | None = None
    """What `Plan.measure` says of it, in [0, 1]; None where it could not be scored."""
    phases: tuple[int, ...] = ()
    """Where its worst moments lie, see `accord.devices.sources.reacting.phase_of`."""
    problem: str = ""
    """Why it could not be scored, in one sentence."""


def found(episode: str, outcome: str, records: NDArray[np.void], policy: BasePolicy, measure: str) -> Found:
    """Score the steps of an episode; what cannot be scored is told, not raised.

    Args:
        episode: its id.
        outcome: as decided.
        records: all of its steps.
        policy: the base policy.
        measure: one of `accord.app.eliciting.plan.MEASURES`.
    """
    if outcome in _NO_ATTEMPT:
        return Found(episode, outcome)
    try:
        share, phases = _scored(episode, records, policy, measure)
    except AccordError as error:
        return Found(episode, outcome, problem=str(error))
    return Found(episode, outcome, share, phases)


def _scored(episode: str, records: NDArray[np.void], policy: BasePolicy, measure: str) -> tuple[float, tuple[int, ...]]:
    counts = counted(records)
    driven = records[counts]
    steps = policy.score_steps(driven)
    verdicts = steps.judge(policy.thresholds)
    score = EpisodeScore.of(episode, verdicts, len(records) / policy.rate_hz)
    wrong, share, excess = verdicts.conflict, score.conflict_share, steps.error / policy.thresholds.error_limit
    if measure == "incompatibility":
        wrong, share, excess = verdicts.incompatible, score.incompatibility, verdicts.incompatibility / INCOMPATIBLE
    if not np.isfinite(share):
        raise AppError(f"the {measure} of an episode", "a base policy that does not know it", "fit it again")
    if "sent/gripper" not in (records.dtype.names or ()):
        return share, ()
    t_s = (records["t_ns"] - records["t_ns"][0]) / 1e9
    phases = phase_of(records["sent/gripper"])
    moments = worst_moments(t_s, t_s[counts], wrong, excess)
    middles = {int(np.median(phases[moment.first : moment.last + 1])) for moment in moments}
    return share, tuple(sorted(middles))


def reason(plan: Plan, policy: str, share: float) -> str:
    """What is said of a share, as people read it."""
    side, words = "within" if plan.fits(share) else "over", MEASURES[plan.measure]
    if plan.measure == "conflict":
        return f"{100 * share:.3g} % {words} with {policy}, {side} the limit of {100 * plan.limit:.3g} %"
    return f"{words} {share:.3f} against {policy}, {side} the limit of {plan.limit:.3g}"


def check_knows(policy: BasePolicy, measure: str) -> None:
    """Refuse to judge by what a base policy of before there was that score does not know.

    Raises:
        AppError: if it does not.
    """
    if measure == "incompatibility" and policy.usual is None:
        found = f"{policy.name}, which was fitted before there was one"
        raise AppError("a base policy that knows the incompatibility", found, "fit it again, or judge by conflict")


def judged(lesson: Lesson, seen: Found) -> Lesson:
    """The lesson after the episode that it waits for.

    Raises:
        AppError: if it waits for none, or for another one.
    """
    plan = lesson.plan
    if seen.outcome in _NO_ATTEMPT:
        return lesson.void()
    if seen.outcome != "success":
        return lesson.failed("the task was not done", seen.share)
    if plan.naive:
        measured = "" if seen.share is None else f"; {reason(plan, lesson.policy, seen.share)}"
        return lesson.accept(seen.share, f"accepted like every success{measured}")
    if seen.share is None:
        return lesson.failed(f"it could not be scored: {seen.problem}")
    why = reason(plan, lesson.policy, seen.share)
    return lesson.accept(seen.share, why) if plan.fits(seen.share) else lesson.reject(seen.share, why, seen.phases)
