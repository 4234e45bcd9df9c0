"""Lesson: the order of things in eliciting, from practice to an operator whose episodes agree with the base policy.

After §4 of Gandhi et al., CoRL 2022 (see `accord.datasets.compatibility`)::

    practice ─► learn ─► teach ─► accepted? ──── yes, and enough ─► refit ─► learn (next round) or done
                           ▲         │  └─ yes, but more are wanted ─► teach (next scene)
                           │         └─ it conflicts ─► feedback ─► teach (same scene)
                           └───────── it failed: same scene

A `Lesson` is frozen: every event gives the next one, and an event that cannot be now is refused in one sentence. It
knows no session, no library and no clock, so that it can be stored after every event and gone on with exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from accord.app.eliciting.attempt import Attempt, Verdict
from accord.app.eliciting.plan import Plan
from accord.app.errors import AppError


class Stage(StrEnum):
    """Where a lesson stands. One look each."""

    PRACTICE = "practice"
    """The operator drives freely; nothing is kept."""
    LEARN = "learn"
    """The operator watches base episodes that the policy fits best."""
    TEACH = "teach"
    """The operator demonstrates; an episode is recorded, or was and is being judged, where `Lesson.recording` says so.
    """
    FEEDBACK = "feedback"
    """The last episode was rejected, and the operator is shown where it conflicts."""
    REFIT = "refit"
    """Enough were accepted: the base policy is fitted again, with them."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Lesson:
    """How far a lesson is."""

    plan: Plan
    policy: str
    """The base policy now: in the first round the plan's, later what was fitted after each."""
    stage: Stage = Stage.PRACTICE
    round: int = 1
    """From 1."""
    practised: int = 0
    """Successes of practice."""
    shown: tuple[str, ...] = ()
    """Base episodes to watch in this round; empty until they were drawn."""
    watched: tuple[str, ...] = ()
    """Those that were watched to the end."""
    scene: int = 0
    """Number of the scene, from 0: its seed is `seed`."""
    recording: str = ""
    """The episode that is being recorded, or waits for its verdict; empty for none."""
    attempts: tuple[Attempt, ...] = ()
    """Every episode that was judged, oldest first."""
    refitting: str = ""
    """Name of the base policy that is being fitted; empty for none."""
    skipped: tuple[str, ...] = ()
    """What was left out, in words."""

    @classmethod
    def begin(cls, plan: Plan) -> "Lesson":
        """A new lesson."""
        return cls(plan, plan.policy, Stage.PRACTICE if plan.practices else Stage.LEARN)

    # What it says ----------------------------------------------------------------------------------------------

    @property
    def seed(self) -> int:
        """Of the scene that is to be demonstrated now."""
        return self.plan.seed + self.scene

    @property
    def accepted(self) -> tuple[Attempt, ...]:
        """Of all rounds, oldest first."""
        return tuple(attempt for attempt in self.attempts if attempt.verdict is Verdict.ACCEPTED)

    @property
    def accepted_now(self) -> tuple[Attempt, ...]:
        """Of this round, oldest first."""
        return tuple(attempt for attempt in self.accepted if attempt.round == self.round)

    @property
    def tries(self) -> int:
        """How often the scene that is set now was tried."""
        return sum(attempt.scene == self.scene for attempt in self.attempts)

    @property
    def last(self) -> Attempt | None:
        """The newest attempt; None before the first."""
        return self.attempts[-1] if self.attempts else None

    # What may happen -------------------------------------------------------------------------------------------

    def practised_once(self) -> "Lesson":
        """The task was done while practising.

        Raises:
            AppError: if nobody practises.
        """
        self._need(Stage.PRACTICE, "to practise")
        after = replace(self, practised=self.practised + 1)
        return after._to_learn() if after.practised >= self.plan.practices else after

    def skip_practice(self) -> "Lesson":
        """The operator has practised enough, or is a script.

        Raises:
            AppError: if nobody practises.
        """
        self._need(Stage.PRACTICE, "to skip the practice")
        return self._said(f"practice, after {self.practised} of {self.plan.practices} successes")._to_learn()

    def show(self, episodes: Sequence[str]) -> "Lesson":
        """These base episodes are to be watched in this round; they were drawn once and stay.

        Raises:
            AppError: if nobody learns now, others were drawn already, or there is none.
        """
        self._need(Stage.LEARN, "to choose base episodes to watch")
        if self.shown or not episodes:
            found = "those that were drawn already" if self.shown else "none"
            raise AppError("base episodes to watch", found, "watch the ones that there are, or skip it")
        return replace(self, shown=tuple(episodes))

    def watched_one(self, episode: str) -> "Lesson":
        """A base episode was watched to its end; after the last one teaching begins.

        Raises:
            AppError: if nobody learns now, or it is none of those that are shown.
        """
        self._need(Stage.LEARN, "to watch a base episode")
        if episode not in self.shown:
            raise AppError("one of the episodes that are shown", repr(episode), "watch one of those")
        if episode in self.watched:
            return self
        after = replace(self, watched=(*self.watched, episode))
        return after._to_teach() if set(after.watched) == set(self.shown) else after

    def skip_watching(self) -> "Lesson":
        """The operator knows the base episodes well enough.

        Raises:
            AppError: if nobody learns now.
        """
        self._need(Stage.LEARN, "to skip watching")
        return self._said(f"watching, after {len(self.watched)} of {len(self.shown)} episodes")._to_teach()

    def began(self, episode: str) -> "Lesson":
        """An episode is being recorded.

        Raises:
            AppError: if nobody teaches now, another one is, or it was judged before.
        """
        self._need(Stage.TEACH, "to record an episode")
        if self.recording:
            raise AppError("to record an episode", f"{self.recording[:8]}, which has no verdict yet", "wait for it")
        if any(attempt.episode == episode for attempt in self.attempts):
            raise AppError("a new episode", f"{episode[:8]}, which was judged already", "record another")
        return replace(self, recording=episode)

    def void(self) -> "Lesson":
        """The episode that was recorded is incomplete or discarded: it is no attempt, and its scene is set again.

        Raises:
            AppError: if none was.
        """
        self._need_recording("to leave an episode out")
        return replace(self, recording="")

    def failed(self, why: str, share: float | None = None) -> "Lesson":
        """The task was not done: the same scene again, unless it was tried often enough.

        Raises:
            AppError: if no episode was recorded.
        """
        return self._judged(Verdict.FAILED, share, why)._same_scene()

    def accept(self, share: float | None, why: str) -> "Lesson":
        """The episode agrees: the next scene, or the refit when there are enough.

        Raises:
            AppError: if no episode was recorded.
        """
        return self._judged(Verdict.ACCEPTED, share, why)._after_accepted()

    def reject(self, share: float, why: str, phases: Sequence[int] = ()) -> "Lesson":
        """The episode conflicts: the operator is shown where.

        Raises:
            AppError: if no episode was recorded.
        """
        return replace(self._judged(Verdict.REJECTED, share, why, tuple(phases)), stage=Stage.FEEDBACK)

    def heeded(self) -> "Lesson":
        """The operator has seen the feedback: the same scene again, unless it was tried often enough.

        Raises:
            AppError: if there is no feedback now.
        """
        self._need(Stage.FEEDBACK, "to go on after the feedback")
        return replace(self, stage=Stage.TEACH)._same_scene()

    def accept_anyway(self, why: str) -> "Lesson":
        """The operator overrules a rejection, and says why.

        Raises:
            AppError: if there is nothing to overrule, or no reason is given.
        """
        self._need(Stage.FEEDBACK, "to overrule a rejection")
        if not why.strip():
            raise AppError("a reason to accept a rejected episode", "none", "say why in a few words")
        last = replace(self.attempts[-1], verdict=Verdict.ACCEPTED, why=why.strip(), overruled=True)
        return replace(self, stage=Stage.TEACH, attempts=(*self.attempts[:-1], last))._after_accepted()

    def another_scene(self) -> "Lesson":
        """The operator gives this scene up.

        Raises:
            AppError: if nobody teaches now, or an episode has no verdict yet.
        """
        if self.stage is not Stage.FEEDBACK:
            self._need(Stage.TEACH, "to set another scene")
        if self.recording:
            raise AppError("to set another scene", "an episode that has no verdict yet", "wait for it")
        after = self._said(f"scene {self.scene}, after {self.tries} tries")
        return replace(after, stage=Stage.TEACH, scene=self.scene + 1)

    def left_out(self, episodes: Sequence[str]) -> "Lesson":
        """These episodes are not in the refit any more.

        Args:
            episodes: a line each; what was said before is not said again.

        Raises:
            AppError: if the base policy is not fitted now.
        """
        self._need(Stage.REFIT, "to leave an episode out of the refit")
        after = self
        for said in episodes:
            after = after if f"round {self.round}: {said}" in after.skipped else after._said(said)
        return after

    def refit_as(self, policy: str) -> "Lesson":
        """The base policy is being fitted again under this name.

        Raises:
            AppError: if it is not time to, or the name is the present one's.
        """
        self._need(Stage.REFIT, "to fit the base policy again")
        if not policy or policy == self.policy:
            raise AppError("a new name for the refitted base policy", repr(policy), "the one before has to stay")
        return replace(self, refitting=policy)

    def refitted(self) -> "Lesson":
        """The new base policy stands in the library: the next round, or the end.

        Raises:
            AppError: if none was being fitted.
        """
        self._need(Stage.REFIT, "to use the refitted base policy")
        if not self.refitting:
            raise AppError("a refitted base policy", "none that was begun", "fit it first")
        after = replace(self, policy=self.refitting, refitting="")
        if self.round >= self.plan.rounds:
            return replace(after, stage=Stage.DONE)
        return replace(after, stage=Stage.LEARN, round=self.round + 1, shown=(), watched=())

    # How it comes there ----------------------------------------------------------------------------------------

    def _need(self, stage: Stage, aim: str) -> None:
        if self.stage is not stage:
            raise AppError(f"{aim} in stage {stage}", f"stage {self.stage}", "do what comes next there first")

    def _need_recording(self, aim: str) -> None:
        self._need(Stage.TEACH, aim)
        if not self.recording:
            raise AppError(aim, "none that was recorded", "record one first")

    def _said(self, what: str) -> "Lesson":
        return replace(self, skipped=(*self.skipped, f"round {self.round}: {what}"))

    def _to_learn(self) -> "Lesson":
        return replace(self, stage=Stage.LEARN)

    def _to_teach(self) -> "Lesson":
        return replace(self, stage=Stage.TEACH)

    def _judged(self, verdict: Verdict, share: float | None, why: str, phases: tuple[int, ...] = ()) -> "Lesson":
        self._need_recording("to judge an episode")
        attempt = Attempt(self.recording, self.round, self.policy, self.scene, verdict, share, why, phases)
        return replace(self, recording="", attempts=(*self.attempts, attempt))

    def _same_scene(self) -> "Lesson":
        given_up = self.plan.tries and self.tries >= self.plan.tries
        return replace(self, scene=self.scene + 1) if given_up else self

    def _after_accepted(self) -> "Lesson":
        enough = len(self.accepted_now) >= self.plan.accepted
        return replace(self, scene=self.scene + 1, stage=Stage.REFIT if enough else Stage.TEACH)
