"""A lesson without anybody at the keys: a scripted operator who reacts, with the real processes of a session."""

import time
from collections.abc import Callable

from accord.app.eliciting.attempt import Attempt, Verdict
from accord.app.eliciting.elicitation import Elicitation
from accord.app.eliciting.learning import shown_strategy
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.plan import Plan
from accord.app.errors import AppError
from accord.app.snapshot import Snapshot, State
from accord.app.unattended import check_alive
from accord.datasets.library import Library
from accord.datasets.policy_file import load
from accord.devices.sources.reacting import ReactingOperator

_TICK_S = 1 / 60
_READY_WITHIN_S = 60.0
_FIT_WITHIN_S = 3600.0


def operator_of(plan: Plan, library: Library) -> ReactingOperator:
    """The scripted operator of a lesson, before anything happened.

    Raises:
        AccordError: if the lesson is of none, or the base episodes show no strategy of a script.
    """
    kind, _, own = plan.source.partition(":")
    if kind != "scripted":
        remedy = "open the window to hold it with a person"
        raise AppError("a scripted operator", repr(plan.source) if plan.source else "none", remedy)
    shown = shown_strategy(library, load(library.known_policy(plan.policy)))
    return ReactingOperator(plan.task, own, shown, plan.react, plan.relapse, plan.partly, plan.seed)


def after(operator: ReactingOperator, lesson: Lesson) -> ReactingOperator:
    """The operator after all that happened in a lesson: the same whether it was stopped in between or not."""
    for attempt in lesson.attempts:
        operator = operator.next()
        heard = attempt is not lesson.last or lesson.stage is not Stage.FEEDBACK
        if attempt.verdict is Verdict.REJECTED and heard:
            operator = operator.told(attempt.phases)
    return operator


def elicit_unattended(
    held: Elicitation, start: ReactingOperator, said: Callable[[Attempt], None], most: int = 1000
) -> Lesson:
    """Hold a lesson to its end.

    Args:
        held: with a session that was not started yet.
        start: the operator, before anything happened in the lesson.
        said: is told every attempt once it has its verdict.
        most: attempts after which it stops, to be gone on with.

    Raises:
        AccordError: if something cannot be done, or a process dies; what was accepted stays.
    """
    told = len(held.lesson.attempts)
    stop = told + most
    while held.lesson.stage is not Stage.DONE and len(held.lesson.attempts) < stop:
        _one(held, start)
        for attempt in held.lesson.attempts[told:]:
            said(attempt)
        told = len(held.lesson.attempts)
    return held.lesson


def _one(held: Elicitation, start: ReactingOperator) -> None:
    """Whatever comes next."""
    lesson = held.lesson
    match lesson.stage:
        case Stage.PRACTICE:
            held.skip_practice()
        case Stage.LEARN:
            _until(held, lambda _: bool(held.lesson.shown), "base episodes to watch", _READY_WITHIN_S)
            for episode in held.lesson.shown:
                held.watched(episode)
        case Stage.TEACH:
            _teach(held, start)
        case Stage.FEEDBACK:
            held.heeded()
        case Stage.REFIT:
            held.session.close()  # nobody drives meanwhile, and a fit takes all the time that there is
            _until(held, lambda _: held.lesson.stage is not Stage.REFIT, "a refitted policy", _FIT_WITHIN_S)


def _teach(held: Elicitation, start: ReactingOperator) -> None:
    """One attempt, from a scene that is set until its verdict."""
    session = held.session
    _until(held, lambda _: not held.lesson.recording, "a verdict on the episode before", _READY_WITHIN_S)
    if held.lesson.stage is not Stage.TEACH:  # what was left of the lesson when it was stopped has brought it on
        return
    if session.keys is None:
        session.start()
    operator = after(start, held.lesson).next()
    session.use_source(f"scripted:{operator.way(held.lesson.tries)}")
    _until(held, lambda _: held.may_begin, "a workcell that is ready", _READY_WITHIN_S)
    episode = held.begin_episode()
    limit_s = session.scene.time_limit_s
    _until(
        held,
        lambda now: now.episode != episode or now.success or now.elapsed_s > limit_s,
        "an episode that ends",
        limit_s / session.settings.time_scale * 4 + 10,
    )
    if session.state is State.RECORDING:
        session.end()
    _until(held, lambda _: not held.lesson.recording, "a verdict", _READY_WITHIN_S)


def _until(held: Elicitation, holds: Callable[[Snapshot], bool], aim: str, within_s: float) -> None:
    """Tick until something holds.

    Raises:
        AppError: if it does not in time, a process dies, or the lesson cannot go on.
    """
    deadline = time.monotonic() + within_s
    while True:
        now = held.session.tick() if held.session.keys is not None else Snapshot()
        check_alive(now)
        held.tick(now)
        if held.problem:
            raise AppError(aim, f"a problem ({held.problem})", "mend that and go on with the lesson")
        if holds(now):
            return
        if time.monotonic() > deadline:
            found = now.message or held.busy or f"a session that is still {now.state} after {within_s:.0f} s"
            raise AppError(aim, found, "see whether the machine is overloaded, then go on with the lesson")
        time.sleep(_TICK_S)
