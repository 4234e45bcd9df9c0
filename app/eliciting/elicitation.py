"""Elicitation: a lesson that is held, with a session, its library and what runs in the background.

Advanced by `tick` after every tick of the session, by the window or by the command line. Every event is written down
before the next one can happen, in the library and in the lesson. Whoever is killed between the two says the same once
more, and nothing is counted twice. It knows no Qt.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from accord.app.eliciting.attempt import Attempt
from accord.app.eliciting.judging import check_knows, judged
from accord.app.eliciting.learning import drawn
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.lesson_file import held, lesson_path, load, save
from accord.app.eliciting.plan import Plan
from accord.app.eliciting.refitting import base_of, next_name, stands
from accord.app.eliciting.saying import say, say_again
from accord.app.eliciting.settling import settled
from accord.app.errors import AppError
from accord.app.fitting import fit_and_remember, settings_of
from accord.app.jobs import Job, JobState
from accord.app.session import Session
from accord.app.snapshot import Snapshot, State
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import FitSettings
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load as load_policy

Settings = Callable[[BasePolicy, str], FitSettings]
"""How a policy is fitted again, given the present one and the name of the next."""


class Elicitation:
    """One lesson in one session. `close` lets go of it; the session stays."""

    def __init__(
        self, session: Session, name: str, read: Callable[[Path], Lesson], refit_by: Settings | None = None
    ) -> None:
        """Go on with a lesson in this session. See `begin` and `resume`.

        Args:
            session: of the lesson's task; it may run already.
            name: of the lesson.
            read: says how far it is, given its path; asked once nobody else can change it any more.
            refit_by: how the base policy is fitted again; None for as it was fitted.

        Raises:
            AccordError: if another process holds the lesson, or session, policy and lesson do not fit together.
        """
        self.session, self._refit_by = session, refit_by
        self.problem = ""
        """What went wrong last, in one sentence; the lesson waits for `retry`."""
        self.fit = JobState()
        """How the newest refit is doing."""
        self._path = lesson_path(session.library, name)
        self._job: Job | None = None
        self._hearing: tuple[Future[Any], Callable[[Any], None]] | None = None
        self._succeeded = False
        with ExitStack() as opened:
            opened.enter_context(held(self._path))
            self.lesson = read(self._path)
            self._take_policy()
            self._worker = opened.enter_context(ThreadPoolExecutor(1, "lesson"))
            session.operator = self.lesson.plan.operator
            say_again(session.library.decisions, self.lesson)
            save(self.lesson, self._path)
            self.set_scene()
            self._open = opened.pop_all()

    @classmethod
    def begin(cls, session: Session, plan: Plan, refit_by: Settings | None = None) -> "Elicitation":
        """A new lesson.

        Raises:
            AccordError: if there is one of this name, or what it needs is not there.
        """

        def new(path: Path) -> Lesson:
            if path.exists():
                remedy = "choose another, or go on with it"
                raise AppError("a new name for a lesson", f"{plan.name}, which exists", remedy)
            return Lesson.begin(plan)

        return cls(session, plan.name, new, refit_by)

    @classmethod
    def resume(cls, session: Session, name: str, refit_by: Settings | None = None) -> "Elicitation":
        """Go on with a lesson that was stopped, however it was.

        Raises:
            AccordError: if there is none, or what it needs is not there.
        """
        return cls(session, name, load, refit_by)

    def close(self) -> None:
        """Let go of the lesson: what it is, is written down. A fit is cancelled, and begun again with the next."""
        if self._job is not None:
            self._job.close()
            self._job = None
        self._open.close()

    # What it says ----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> str:
        """What is being done in the background, in a few words; empty for nothing."""
        if self._job is not None:
            return f"fitting {self.lesson.refitting}, {self.fit.fraction:.0%}"
        if self._hearing is not None:
            return "choosing base episodes" if self.lesson.stage is Stage.LEARN else "scoring"
        return ""

    @property
    def may_begin(self) -> bool:
        """Whether an episode may begin now."""
        lesson, session = self.lesson, self.session
        free = lesson.stage is Stage.TEACH and not lesson.recording and not self.problem
        return free and session.state is State.READY and session.seed == lesson.seed and not session.practice

    # What may be asked for -------------------------------------------------------------------------------------

    def begin_episode(self) -> str:
        """Record an attempt at the scene that is set; `Session.end` ends it.

        Returns:
            Its id.

        Raises:
            AppError: if it is not time to, or the session is not ready.
        """
        if not self.may_begin:
            found = self.problem or self.busy or f"stage {self.lesson.stage} in a session that is {self.session.state}"
            raise AppError("to record an attempt", found, "wait until its scene is set")
        episode = self.session.begin()
        self._to(self.lesson.began(episode))
        return episode

    def skip_practice(self) -> None:
        """See `Lesson.skip_practice`."""
        self._to(self.lesson.skip_practice())
        self.set_scene()

    def watched(self, episode: str) -> None:
        """See `Lesson.watched_one`."""
        self._to(self.lesson.watched_one(episode))
        self.set_scene()

    def skip_watching(self) -> None:
        """See `Lesson.skip_watching`. What is being drawn, or could not be, is of no interest any more."""
        self._to(self.lesson.skip_watching())
        self.problem, self._hearing = "", None
        self.set_scene()

    def heeded(self) -> None:
        """See `Lesson.heeded`."""
        self._to(self.lesson.heeded())
        self.set_scene()

    def accept_anyway(self, why: str) -> None:
        """See `Lesson.accept_anyway`. The lesson is written first: it alone can say the operator's word again."""
        self._to(self.lesson.accept_anyway(why))
        self._decide(self.lesson.attempts[-1])
        self.set_scene()

    def another_scene(self) -> None:
        """See `Lesson.another_scene`."""
        self._to(self.lesson.another_scene())
        self.set_scene()

    def set_scene(self) -> None:
        """Set the scene of the next attempt, from its beginning; whoever practises keeps nothing."""
        session = self.session
        session.practice = self.lesson.stage is Stage.PRACTICE
        if session.keys is None:  # it does not run yet, and begins with this one
            session.seed = self.lesson.seed
        elif session.state is not State.RECORDING:
            session.reset(self.lesson.seed)

    def retry(self) -> None:
        """Try again what went wrong."""
        self.problem = ""

    # What happens by itself ------------------------------------------------------------------------------------

    def tick(self, now: Snapshot) -> None:
        """See what happened in the session and in the background, and go on to what comes next.

        Raises:
            OSError: if the lesson cannot be written down.
        """
        self._hear()
        if self.problem or self._hearing is not None:
            return
        match self.lesson.stage:
            case Stage.PRACTICE:
                self._watch_practice(now)
            case Stage.LEARN:
                self._draw()
            case Stage.TEACH:
                self._watch_recording()
            case Stage.REFIT:
                self._watch_fit()

    def _watch_practice(self, now: Snapshot) -> None:
        done, self._succeeded = now.success and not self._succeeded, now.success
        if done and now.state is State.READY:
            self._to(self.lesson.practised_once())
            self.set_scene()

    def _draw(self) -> None:
        if not self.lesson.shown:
            plan, library = self.lesson.plan, self.session.library
            ask = self._worker.submit(drawn, library, self._policy, plan.watch, plan.seed + self.lesson.round)
            self._hearing = ask, self._show

    def _show(self, episodes: tuple[str, ...]) -> None:
        if self.lesson.stage is Stage.LEARN and not self.lesson.shown:
            self._to(self.lesson.show(episodes))

    def _watch_recording(self) -> None:
        """Once the episode is over and its file closed, it gets its verdict; until then its scene stays wanted."""
        recording, lesson, state = self.session.recording, self.lesson, self.session.state
        if lesson.recording:
            finished = recording.finished
            closed = finished is None or finished.saved or state is State.FAILED
            if recording.current is None and closed:
                measure = lesson.plan.measure
                ask = self._worker.submit(settled, self.session.library, lesson.recording, self._policy, measure)
                self._hearing = ask, lambda seen: self._judge(judged(self.lesson, seen))
        elif state is State.READY and self.session.seed != lesson.seed:
            self.set_scene()

    def _judge(self, after: Lesson) -> None:
        if after.attempts != self.lesson.attempts:
            self._decide(after.attempts[-1])
        self._to(after)
        self.set_scene()

    def _watch_fit(self) -> None:
        if self._job is None:
            self._begin_fit()
        else:
            self.fit = self._job.poll()
            if self.fit.done:
                self._job.close()
                self._job = None
                self.problem = self.fit.error
                if not self.problem:
                    self._to_refitted()

    def _begin_fit(self) -> None:
        library, lesson = self.session.library, self.lesson
        base = base_of(library, self._policy, lesson)
        if (said := lesson.left_out(base.left_out)) != lesson:
            self._to(said)
        if lesson.refitting and stands(library, lesson.refitting, base.episodes):
            self._to_refitted()
            return
        if not lesson.refitting or library.policy_folder(lesson.refitting).exists():
            self._to(self.lesson.refit_as(next_name(library, lesson.policy)))
        name = self.lesson.refitting
        like = settings_of(self._policy, library.policy_folder(lesson.policy))
        settings = self._refit_by(self._policy, name) if self._refit_by else replace(like, name=name)
        fit = partial(fit_and_remember, cuts=base.cuts)
        self._job, self.fit = Job(f"refit as {name}", fit, library.folder, name, base.episodes, settings), JobState()

    def _to_refitted(self) -> None:
        before, self.lesson = self.lesson, self.lesson.refitted()
        try:
            self._take_policy()
        except AccordError as error:
            self.lesson, self.problem = before, str(error)
            return
        self._to(self.lesson)
        self.set_scene()

    def _hear(self) -> None:
        """What was asked of the worker."""
        if self._hearing is None or not self._hearing[0].done():
            return
        (future, then), self._hearing = self._hearing, None
        try:
            then(future.result())
        except AccordError as error:
            self.problem = str(error)

    # How it comes there ----------------------------------------------------------------------------------------

    def _to(self, lesson: Lesson) -> None:
        save(lesson, self._path)
        self.lesson = lesson

    def _take_policy(self) -> None:
        """Read the base policy that the lesson has now, and have the session score against it."""
        session, plan = self.session, self.lesson.plan
        policy = load_policy(session.library.known_policy(self.lesson.policy))
        if not policy.task == plan.task == session.settings.task:
            found = f"a policy for {policy.task or 'no task'} and a session of {session.settings.task}"
            raise AppError(f"a lesson in {plan.task}", found, "choose another policy or task")
        if policy.rate_hz != session.settings.rate_hz:
            found = f"a policy of {policy.rate_hz:g} Hz in a session of {session.settings.rate_hz:g} Hz"
            raise AppError("episodes that can be fitted together", found, f"start it with {policy.rate_hz:g} Hz")
        check_knows(policy, plan.measure)
        session.use_policy(self.lesson.policy)
        self._policy = policy

    def _decide(self, attempt: Attempt) -> None:
        say(self.session.library.decisions, self.lesson.plan, attempt)
