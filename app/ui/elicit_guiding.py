"""Guiding: what the page Elicit asks for, asked of a lesson and its session. A part of the window, in its own file."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from accord.app.eliciting.lesson import Stage
from accord.app.eliciting.lesson_file import lesson_names, lesson_path, load
from accord.app.eliciting.plan import Plan
from accord.app.errors import AppError
from accord.app.snapshot import Snapshot, State
from accord.app.ui.elicit_page import ElicitPage
from accord.app.ui.elicit_reviewing import Reviewing
from accord.app.ui.elicit_shortcuts import Shortcuts
from accord.app.ui.elicit_start import Wanted
from accord.app.ui.keys import HeldKeys
from accord.app.ui.live import Live
from accord.app.ui.small_base import BaseSizes
from accord.app.ui.sound import Sound
from accord.datasets.errors import AccordError
from accord.datasets.library import Library

if TYPE_CHECKING:
    from accord.app.eliciting.elicitation import Elicitation
    from accord.app.feedback.review import Reviewed
    from accord.app.session import Session


class Guiding(QObject):
    """Connects one Elicit page with a lesson, the session and the keyboard."""

    def __init__(self, page: ElicitPage, live: Live, keys: HeldKeys, library: Library, window: QWidget) -> None:
        super().__init__(window)
        self._page, self._live, self._keys, self._library = page, live, keys, library
        self.held: Elicitation | None = None
        """The lesson that is held now."""
        self._open, self._moment = False, ""
        self._shown: tuple[object, ...] = ()
        self._reviewing, self._shortcuts = Reviewing(page.review, library, self), Shortcuts(page, window)
        self._sound: Sound | None = None
        self._sizes = BaseSizes()
        self._connect_lesson()
        self._connect_robot()
        self._connect_feedback()

    def use_library(self, library: Library) -> None:
        """Go on with another library; a lesson in the one before can be gone on with there."""
        if self.held is not None:
            self.leave()
        self._library = library
        self._reviewing.use_library(library)
        self._refresh()

    # Connections -----------------------------------------------------------------------------------------------

    def _connect_lesson(self) -> None:
        page = self._page
        page.start.begin_asked.connect(self._begin)
        page.start.resume_asked.connect(self._resume)
        page.leave_asked.connect(self.leave)
        page.waiting.new_asked.connect(self.leave)
        page.asked_again.connect(lambda: self._do(lambda lesson: lesson.retry()))
        page.learn.watched.connect(lambda episode: self._do(lambda lesson: lesson.watched(episode)))
        page.learn.skip_asked.connect(lambda: self._do(lambda lesson: lesson.skip_watching()))
        page.live.skip_asked.connect(lambda: self._do(lambda lesson: lesson.skip_practice()))

    def _connect_robot(self) -> None:
        panel, live = self._page.live, self._live
        panel.record_asked.connect(self.record)
        panel.judged.connect(lambda outcome: self._ask(lambda session: session.end(outcome)))
        panel.redo_asked.connect(self.redo)
        panel.views.enlarged.connect(lambda view: live.ask(lambda session: session.use_view(view)))
        panel.state.restart_asked.connect(live.restart)
        panel.sound_asked.connect(self.switch_sound)

    def _connect_feedback(self) -> None:
        review, panel = self._page.review, self._page.live
        review.try_asked.connect(self.try_from)
        panel.back_asked.connect(self.back_to_moments)
        for asked in (review.again_asked, panel.again_asked):
            asked.connect(lambda: self._do(lambda lesson: lesson.heeded()))
        for asked in (review.other_asked, panel.other_asked):
            asked.connect(lambda: self._do(lambda lesson: lesson.another_scene()))
        review.accept_asked.connect(lambda why: self._do(lambda lesson: lesson.accept_anyway(why)))

    # What is asked for -----------------------------------------------------------------------------------------

    def _begin(self, wanted: Wanted) -> None:
        def make(session: "Session") -> "Elicitation":
            from accord.app.eliciting.elicitation import Elicitation  # noqa: PLC0415  it needs the simulator

            plan = Plan(
                wanted.name, wanted.policy, session.settings.task, wanted.operator, seed=session.seed,
                accepted=wanted.accepted, rounds=wanted.rounds, limit=wanted.limit, measure=wanted.measure,
            )  # fmt: skip
            return Elicitation.begin(session, plan)

        self._hold(make)

    def _resume(self, name: str) -> None:
        def make(session: "Session") -> "Elicitation":
            from accord.app.eliciting.elicitation import Elicitation  # noqa: PLC0415  it needs the simulator

            return Elicitation.resume(session, name)

        self._hold(make)

    def _hold(self, make: "Callable[[Session], Elicitation]") -> None:
        def ask(session: "Session") -> None:
            if session.state is not State.READY:
                raise AppError("a workcell that is ready", f"one that is {session.state}", "wait until it is ready")
            self.held = make(session)

        if not self._live.running:
            self._page.failed.emit("Wanted a robot to teach on, found none that runs: wait until it is ready.")
        self._ask(ask)
        self._refresh()

    def leave(self) -> None:
        """Let go of the lesson; what it is, is written down. An attempt in progress is ended and does not count."""
        held, self.held = self.held, None
        if held is not None:
            if held.lesson.recording:
                self._live.ask(lambda session: session.redo() if session.state is State.RECORDING else None)
            held.close()
        self._ask(lambda session: setattr(session, "practice", False))
        self._moment = ""
        self._refresh()
        if held is not None and held.lesson.stage is Stage.DONE:  # the next lesson goes on from where this one came to
            self._page.start.policy.show_chosen(held.lesson.policy)

    def record(self) -> None:
        """Begin an attempt, or end the one in progress as the scene sees it."""
        now = self._live.snapshot
        if now.state is State.RECORDING:
            self._ask(lambda session: session.end())
        else:
            self._do(lambda lesson: lesson.begin_episode())

    def redo(self) -> None:
        """The same scene again: an attempt in progress does not count, and practice keeps nothing anyway."""
        held = self.held
        if held is None:
            return
        if self._live.snapshot.state is State.RECORDING:
            self._ask(lambda session: session.redo())
        else:
            self._ask(lambda session: session.reset(held.lesson.seed))

    def try_from(self, reviewed: "Reviewed") -> None:
        """Set the robot to a moment of the rejected episode; nothing is recorded from there."""
        if reviewed.back is None:
            return
        back, moment = reviewed.back, f"{reviewed.moment.first_s:.1f} s"

        def ask(session: "Session") -> None:
            session.return_to(back)
            self._moment = moment

        self._ask(ask)
        self._refresh()

    def back_to_moments(self) -> None:
        """Look at the moments again; the robot stays where it is."""
        self._moment = ""
        self._refresh()

    def switch_sound(self, on: bool) -> None:
        """Click from now on, or be silent; without a loudspeaker it says so."""
        if self._sound is not None:
            self._sound.close()
            self._sound = None
        if on:
            try:
                self._sound = Sound()
            except AppError as error:
                self._page.live.sound.setChecked(False)
                self._page.failed.emit(str(error))

    def _ask(self, request: "Callable[[Session], object]") -> None:
        def ask(session: "Session") -> None:
            request(session)
            self._page.succeeded.emit()

        self._live.ask(ask)

    def _do(self, ask: "Callable[[Elicitation], object]") -> None:
        """Ask the lesson for something; what it cannot do is one sentence."""
        if self.held is None:
            return
        stage = self.held.lesson.stage
        try:
            ask(self.held)
        except (AccordError, OSError) as error:
            self._page.failed.emit(_sentence(error))
        else:
            self._page.succeeded.emit()
        if self.held.lesson.stage is not stage:
            self._moment = ""
        self._refresh()

    # What happens ----------------------------------------------------------------------------------------------

    @property
    def drives(self) -> bool:
        """Whether keys may drive: the robot can be seen here."""
        return self._open and self._page.drives

    def open(self, on: bool) -> None:
        """The page is shown, or another one."""
        self._open = on
        self._shortcuts.enable(on)
        held = self.held
        if on:
            self._keys.listen(self.drives)
            self.offer()
            if held is not None and held.lesson.stage is Stage.PRACTICE:
                self._live.ask(lambda session: setattr(session, "practice", True))
            self._refresh()
        elif self._sound is not None:
            self._page.live.sound.setChecked(False)

    def tick(self, snapshot: Snapshot) -> None:
        """After every tick of the session. On another page only what has begun goes on."""
        held, page = self.held, self._page
        if held is not None and self._live.session is not held.session:
            self.leave()
            page.failed.emit("Wanted the robot of the lesson, found another one: go on with the lesson from its list.")
            return
        if held is not None and self._live.running and (self._open or _goes_on_alone(held)):
            self._advance(held, snapshot)
        if not self._open:
            return
        if held is None:
            page.start.show_session(snapshot.operator, snapshot.source, snapshot.state is State.READY)
        elif page.drives:
            page.live.display(snapshot, held.may_begin)
        else:
            page.show_fit(held.lesson, held.fit)
        self._follow_sound(snapshot)

    def _advance(self, held: "Elicitation", snapshot: Snapshot) -> None:
        try:
            held.tick(snapshot)
        except (AccordError, OSError) as error:
            self._page.failed.emit(_sentence(error))
        now = held.lesson, held.busy, held.problem
        if now != self._shown:
            self._refresh()

    def _follow_sound(self, snapshot: Snapshot) -> None:
        if self._sound is None or not len(snapshot.steps):
            return
        scores = snapshot.steps["score/compatibility"]
        scored = scores[np.isfinite(scores)]
        heard = self._page.drives and len(scored)
        self._sound.disagreement = 1.0 - float(scored.mean()) if heard else float("nan")

    def _refresh(self) -> None:
        held, page = self.held, self._page
        if held is None:
            self._shown = ()
            page.show_start()
            self.offer()
        else:
            lesson = held.lesson
            self._shown = lesson, held.busy, held.problem
            page.show_lesson(lesson, held.busy, held.problem, self._moment)
            if lesson.stage is Stage.LEARN:
                page.show_learning(lesson, self._paths(lesson.shown))
        self._reviewing.follow(None if held is None else held.lesson)
        if self._open:
            self._keys.listen(self.drives)

    def _paths(self, episodes: tuple[str, ...]) -> dict[str, Path]:
        found = {}
        for episode in episodes:
            with suppress(AccordError):  # it is gone: the player stays empty, and the others can be watched
                found[episode] = self._library.find(episode)
        return found

    def offer(self) -> None:
        """Offer the base policies and lessons that there are now."""
        if self.held is not None:
            return
        lessons, names = {}, lesson_names(self._library)
        for name in names:
            with suppress(AccordError):  # a damaged one says so when it is gone on with by the command line
                lesson = load(lesson_path(self._library, name))
                if lesson.stage is not Stage.DONE:
                    lessons[name] = lesson
        self._page.start.offer(self._sizes.of(self._library), lessons, names)

    def close(self) -> None:
        """Let go of everything; the lesson can be gone on with."""
        self.switch_sound(False)
        self._reviewing.close()
        self._page.learn.close_episode()
        if self.held is not None:
            self.held.close()
            self.held = None


def _goes_on_alone(held: "Elicitation") -> bool:
    return bool(held.lesson.recording) or held.lesson.stage is Stage.REFIT


def _sentence(error: AccordError | OSError) -> str:
    if isinstance(error, AccordError):
        return str(error)
    return f"Wanted to write down how far the lesson is, found {error.strerror or error}: make room, then go on."
