"""Evaluating: many rollouts of a policy, on all cores. The same function behind the window and the command line."""

import time
from bisect import insort
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from accord.app.crew import Undone, cores, work_off
from accord.app.errors import AppError
from accord.app.evaluation import Evaluation, NotRun
from accord.app.report import Report, silent
from accord.app.rolling import Rolling
from accord.app.rollout import Keep, Rollout, RolloutPlan
from accord.app.rollout_worker import life
from accord.app.seeds import FRESH_SEED, check_count
from accord.app.settings import Settings, check_seed
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load
from accord.devices.policies.catalogue import PolicyName, Sight
from accord.devices.sim.factor import Variation
from accord.devices.sim.tasks import catalogue
from accord.devices.sources.policy import Asking

USUAL_HZ = 50.0
"""Control rate for a policy that says none [Hz]."""


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """What to evaluate."""

    policy: str
    """``NAME``, ``NAME#MEMBER`` or ``ws://HOST:PORT``, see `accord.devices.policies.catalogue`."""
    seeds: Sequence[int] = range(FRESH_SEED, FRESH_SEED + 50)
    """Of the scenes, one rollout each."""
    task: str = ""
    """Empty for the one that a base policy was fitted to."""
    arm: str = ""
    """Empty for the one that a base policy was fitted on, or the task's usual one."""
    variation: Variation = field(default_factory=dict)
    rate_hz: float = 0.0
    """Of the loop; 0 for that of the base policy, or `USUAL_HZ` [Hz]."""
    limit_s: float = 0.0
    """A rollout that takes longer is a failure; 0 for the task's own limit [s]."""
    instruction: str = ""
    """What a remote policy is told to do; empty for the task's own."""
    asking: Asking = field(default_factory=Asking)
    sight: Sight = field(default_factory=Sight)
    keep: Keep = field(default_factory=Keep)
    width: int = 320
    """Of the views of kept rollouts [px]."""
    height: int = 240
    """[px]"""
    workers: int = 0
    """Processes; 0 for one per core, or for one where a single remote server answers all."""
    thumbnails: bool = False
    """Whether failures come with a picture."""


def evaluate(library: Path, settings: EvaluationSettings, report: Report = silent) -> Evaluation:
    """Roll a policy out on every seed.

    Args:
        library: where base policies are, and where rollouts are kept.
        settings: what to do.
        report: is told how far it is, with an `Evaluation` of what is done as details.

    Raises:
        AccordError: if something is wrong before the first rollout.
        CancelledError: if the report says so; rollouts that were kept by then stay.
    """
    report(0.0, "building the scene")
    plan, base = _plan(library, settings)
    report(0.0, "asking the policy")
    state = _begin(plan, base, settings)
    began_s = time.monotonic()

    def say() -> None:
        done = len(state.rollouts) + len(state.not_run)
        share = state.success
        report(done / state.of, f"{share.count} of {share.of} succeeded, {state.of - done} to go", state.brief())

    with closing(work_off(list(enumerate(settings.seeds)), state.workers, life, plan, say)) as results:
        for (number, seed), result in results:
            state = _with(state, number, seed, result)
            state = replace(state, seconds=time.monotonic() - began_s)
            say()
    return state


def _with(state: Evaluation, number: int, seed: int, result: Rollout | Undone) -> Evaluation:
    if isinstance(result, Undone):
        return replace(state, not_run=(*state.not_run, NotRun(number, seed, result.why)))
    rollouts = list(state.rollouts)
    insort(rollouts, result, key=lambda rollout: rollout.number)
    return replace(state, rollouts=tuple(rollouts), latest=result)


def _check(settings: EvaluationSettings) -> None:
    check_count(settings.seeds)
    for seed in settings.seeds:
        check_seed(seed)
    if settings.workers < 0:
        raise AppError("one process or more", f"{settings.workers}", "leave out --workers for one per core")
    if not 0.0 <= settings.limit_s <= 3600.0:
        raise AppError("a time limit of up to 3600 s", f"{settings.limit_s:g} s", "choose another")


def _plan(library: Path, settings: EvaluationSettings) -> tuple[RolloutPlan, BasePolicy | None]:
    """Everything that is common to all rollouts.

    Raises:
        AccordError: if something of it cannot be.
    """
    _check(settings)
    policy = PolicyName.read(settings.policy)
    folder = None if policy.remote else Library(library).known_policy(policy.base)
    base = load(folder) if folder is not None else None
    name = settings.task or (base.task if base else "")
    if not name:
        raise AppError("a task for a remote policy", "none", "name one")
    task = catalogue.task(name)
    if base and base.task and base.task != name and settings.task:
        raise AppError(f"a policy for {name}", f"{base.name}, which was fitted to {base.task}", "choose another")
    arm = settings.arm or (_arm(library, base) if base else "")
    rate_hz = settings.rate_hz or (base.rate_hz if base else USUAL_HZ)
    Settings(  # it refuses what a session refuses
        library, name, arm, rate_hz, width=settings.width, height=settings.height, variation=settings.variation
    )
    plan = RolloutPlan(
        library=library, policy=policy, folder=folder, task=name, arm=arm, rate_hz=rate_hz,
        instruction=settings.instruction or task.instruction, limit_s=settings.limit_s or task.time_limit_s,
        variation=settings.variation, asking=settings.asking, sight=settings.sight, keep=settings.keep,
        width=settings.width, height=settings.height, thumbnails=settings.thumbnails,
    )  # fmt: skip
    return plan, base


def _begin(plan: RolloutPlan, base: BasePolicy | None, settings: EvaluationSettings) -> Evaluation:
    """Nothing is done yet; but the scene was built and the policy asked once, so that what is wrong is said now.

    Raises:
        AccordError: if the policy is not there, does not fit the robot, or gives no commands.
    """
    with Rolling(plan) as rolling:
        rolling.try_out(settings.seeds[0])
        arm, stages = rolling.arm, rolling.stages
    if plan.keep:
        Library.create(plan.library)  # whose folder holds something else hears it now
    workers = settings.workers or (1 if plan.policy.remote else cores())
    seen = _seen(plan, base, settings.seeds) if base else ()
    of = len(settings.seeds)
    return Evaluation(plan.policy.text, plan.task, arm, plan.rate_hz, of, stages, max(1, min(workers, of)), seen=seen)


def _arm(library: Path, base: BasePolicy) -> str:
    """The arm that a base policy was fitted on; empty where its episodes are gone or do not say."""
    for id_ in base.fitted_to:
        with suppress(AccordError), Episode(Library(library).find(id_)) as episode:
            return episode.info.arm
    return ""


def _seen(plan: RolloutPlan, base: BasePolicy, seeds: Sequence[int]) -> tuple[int, ...]:
    """Which of the seeds belong to scenes that the policy was fitted to."""
    library, seen = Library(plan.library), set()
    for id_ in (*base.fitted_to, *base.held_out):
        try:
            with Episode(library.find(id_)) as episode:
                if (episode.info.id, episode.info.task) == (id_, plan.task):
                    seen.add(episode.info.seed)
        except AccordError:
            continue  # the episode is gone; the policy stays what it is
    return tuple(seed for seed in seeds if seed in seen)
