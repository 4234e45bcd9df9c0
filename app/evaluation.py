"""Evaluation: what came out of many rollouts of one policy on one task."""

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np

from accord.app.rollout import Rollout
from accord.datasets.intervals import Share

_PICTURES = 24
"""Failures that a report on the way brings pictures of: more do not fit a window, and each travels many times."""


@dataclass(frozen=True, slots=True)
class NotRun:
    """A rollout that nobody did."""

    number: int
    seed: int
    why: str
    """In one sentence."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """As far as it is done. Shares, and how long successes take, are of `counted`."""

    policy: str
    task: str
    arm: str
    rate_hz: float
    of: int
    """How many rollouts were asked for."""
    stages: tuple[str, ...]
    """Names of the task's stages."""
    workers: int
    rollouts: tuple[Rollout, ...] = ()
    """Those that are done, in the order of their numbers."""
    not_run: tuple[NotRun, ...] = ()
    seconds: float = 0.0
    """Since it began [s]."""
    seen: tuple[int, ...] = ()
    """Seeds whose scene the base policy was fitted to: a success there says less."""
    latest: Rollout | None = field(default=None)
    """The rollout that was done last."""

    @property
    def counted(self) -> tuple[Rollout, ...]:
        """Those before the first that is still to come.

        A success ends early and a failure lasts the whole limit: of what is done at any moment, too many succeeded. Of
        these, a few only, and only at the very beginning: nobody is left out for being slower than those after it.
        """
        settled = {one.number for one in self.rollouts} | {one.number for one in self.not_run}
        end = next(number for number in count() if number not in settled)
        return tuple(rollout for rollout in self.rollouts if rollout.number < end)

    @property
    def success(self) -> Share:
        """How many succeeded."""
        counted = self.counted
        return Share(sum(rollout.success for rollout in counted), len(counted))

    @property
    def reached(self) -> tuple[Share, ...]:
        """How many reached each stage."""
        stages = np.array([rollout.stage for rollout in self.counted], int)
        return tuple(Share(int((stages > i).sum()), len(stages)) for i in range(len(self.stages)))

    @property
    def durations_s(self) -> tuple[float, float, float] | None:
        """Lower quartile, median and upper quartile of the successes; None without one [s]."""
        durations = [rollout.duration_s for rollout in self.counted if rollout.success]
        if not durations:
            return None
        low, middle, high = np.percentile(durations, (25, 50, 75))
        return float(low), float(middle), float(high)

    @property
    def steps(self) -> int:
        """Steps of all rollouts."""
        return sum(rollout.steps for rollout in self.rollouts)

    @property
    def held(self) -> int:
        """Steps at which the robot was held."""
        return sum(rollout.held for rollout in self.rollouts)

    @property
    def reasons(self) -> dict[str, int]:
        """Why rollouts are no successes → how many, the most frequent first."""
        return dict(Counter(rollout.reason for rollout in self.rollouts if rollout.reason).most_common())

    @property
    def speed(self) -> float:
        """Simulated seconds per second that passed [1]."""
        return self.steps / self.rate_hz / self.seconds if self.seconds > 0 else 0.0

    def brief(self) -> "Evaluation":
        """The same with the pictures of the last failures only."""
        pictured = [rollout.number for rollout in self.rollouts if rollout.picture]
        dropped = set(pictured[:-_PICTURES])
        if not dropped:
            return self
        kept = tuple(replace(one, picture=b"") if one.number in dropped else one for one in self.rollouts)
        return replace(self, rollouts=kept)
