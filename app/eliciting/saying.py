"""Saying: the verdicts of a lesson as decisions of its library. What was said before a kill is not said twice."""

from collections import defaultdict
from collections.abc import Sequence

from accord.app.eliciting.attempt import Attempt, Verdict
from accord.app.eliciting.lesson import Lesson
from accord.app.eliciting.plan import Plan
from accord.datasets.decisions import Decision, Decisions, Kind


def say(decisions: Decisions, plan: Plan, attempt: Attempt) -> None:
    """Say an attempt's verdict, unless it is what the lesson said last of this episode.

    Raises:
        LibraryError: if the log cannot be written.
    """
    said = [one for one in decisions.history(attempt.episode) if one.kind is Kind.VERDICT]
    _say(decisions, plan, attempt, said)


def say_again(decisions: Decisions, lesson: Lesson) -> None:
    """What the lesson knows, the library knows too: after a kill between the two, or where a copy was brought back.

    An episode that somebody else decided about later stays as they decided.

    Raises:
        LibraryError: if the log cannot be written.
    """
    said: dict[str, list[Decision]] = defaultdict(list)
    for one in decisions.history():
        if one.kind is Kind.VERDICT:
            said[one.episode].append(one)
    for attempt in lesson.attempts:
        before = said[attempt.episode]
        if not before or _of(lesson.plan, before[-1]):
            _say(decisions, lesson.plan, attempt, before)


def _say(decisions: Decisions, plan: Plan, attempt: Attempt, said: Sequence[Decision]) -> None:
    value = "accept" if attempt.verdict is Verdict.ACCEPTED else "reject"
    before = [one.value for one in said if _of(plan, one)]
    if before[-1:] != [value]:
        overruled = "overruled, " if attempt.overruled else ""
        why = f"{_begins(plan)} round {attempt.round}: {overruled}{attempt.why}"
        decisions.append(plan.operator, attempt.episode, Kind.VERDICT, value, why)


def _of(plan: Plan, decision: Decision) -> bool:
    return decision.why.startswith(_begins(plan))


def _begins(plan: Plan) -> str:
    return f"lesson {plan.name},"
