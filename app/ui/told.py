"""Told: an evaluation in words. Knows no toolkit, and calls what is simulated by its name."""

from typing import TYPE_CHECKING

from accord.app.ui.figures import seconds, share
from accord.datasets.intervals import Share

if TYPE_CHECKING:
    from accord.app.evaluation import Evaluation


def headline(evaluation: "Evaluation") -> str:
    """How many succeeded."""
    success = evaluation.success
    return f"{success.count} of {success.of} succeeded"


def limits(success: Share) -> str:
    """The share, and between what the true one lies."""
    if not success.of:
        return "no rollout is counted yet"
    low, high = success.interval
    return f"{share(success.value)}, 95 % interval {share(low)} to {share(high)}"


def sums(evaluation: "Evaluation") -> str:
    """What was rolled out, how long successes took, how fast it goes."""
    done, counted = len(evaluation.rollouts), evaluation.success.of
    what = f"{evaluation.policy} on {evaluation.task} with {evaluation.arm} at {evaluation.rate_hz:g} Hz"
    words = [f"Simulated rollouts of {what}"]
    if done < evaluation.of:
        words.append(f"{done} of {evaluation.of} done" + (f", {counted} counted" if counted < done else ""))
    durations = evaluation.durations_s
    if durations is not None:
        low, middle, high = (seconds(value) for value in durations)
        words.append(f"successes take {middle} (half of them {low} to {high})")
    if evaluation.seconds > 0 and done:
        words.append(f"{60 * done / evaluation.seconds:.1f} rollouts a minute, {evaluation.workers} at a time")
    return "  ·  ".join(words)


def _many(count: int) -> str:
    return f"{count} rollout{'s' * (count != 1)}"


def report(evaluation: "Evaluation") -> str:
    """What a person has to know before believing the number; empty where nothing is."""
    rollouts, said = evaluation.rollouts, []
    if evaluation.not_run:
        said.append(f"{_many(len(evaluation.not_run))} could not be done: {evaluation.not_run[-1].why}")
    broken = [rollout.reason for rollout in rollouts if rollout.broken]
    if broken:
        said.append(f"The policy failed in {_many(len(broken))}: {broken[-1]}")
    if evaluation.seen:
        count = len(evaluation.seen)
        scenes = "scene was" if count == 1 else "scenes were"
        said.append(f"{count} of the {scenes} demonstrated to it: a success there says less.")
    held = evaluation.held
    if held:
        said.append(f"The robot was held at {held} of {evaluation.steps:,} steps.")
    late = sum(rollout.too_late for rollout in rollouts)
    if late:
        said.append(f"{late} answers came too late to act on.")
    problems = [rollout.problem for rollout in rollouts if rollout.problem]
    if problems:
        said.append(problems[-1])
    return " ".join(said)
