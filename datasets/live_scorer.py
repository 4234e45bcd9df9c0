"""Live scorer: the score of one step after another, within the loop."""

from typing import NamedTuple

import numpy as np

from accord.datasets.compatibility import compatibility, novelty
from accord.datasets.counted import counted
from accord.datasets.ensemble import ForwardPass
from accord.datasets.nearness import Nearness
from accord.datasets.policy import BasePolicy, Numbers, Steps


class LiveScore(NamedTuple):
    """The score of one step; NaN where the step does not count, because nobody drove or the robot was held."""

    compatibility: float
    error: float
    novelty: float
    distance: float
    incompatibility: float


NO_SCORE = LiveScore(np.nan, np.nan, np.nan, np.nan, np.nan)
_UNKNOWN = np.full(1, np.nan)


class LiveScorer:
    """Scores one step after another within the loop: same numbers as `score_steps`, in buffers made once.

    Limit numpy to one thread around it (`threadpoolctl.threadpool_limits(1)`): waking a second one costs more than
    it saves, and takes the core of another process.
    """

    def __init__(self, policy: BasePolicy) -> None:
        self.policy = policy
        self._forward = ForwardPass(policy.ensemble, 1)
        self._nearness = None if policy.states is None else Nearness(policy.states, 1)
        self._warm_up()

    def _warm_up(self) -> None:
        """The first product makes the library's buffers and pages the weights in: not within the first step."""
        self.score_vectors(self.policy.observation_normalisation.mean, self.policy.action_normalisation.mean)

    def score(self, record: Steps) -> LiveScore:
        """Score one step.

        Args:
            record: one step, with its observation and its sent command.

        Raises:
            PolicyError: if a field is missing, of another shape, or holds a number that is not finite.
        """
        if not counted(record)[0]:
            return NO_SCORE
        return self.score_vectors(self.policy.observations(record)[0], self.policy.actions(record)[0])

    def score_vectors(self, observation: Numbers, action: Numbers) -> LiveScore:
        """Score one step whose vectors are already built.

        Args:
            observation: (O,) in its own units.
            action: (A,) in its own units.

        Raises:
            PolicyError: if a number is not finite.
        """
        policy = self.policy
        seen = policy.observation_normalisation.apply(observation[None])
        done = policy.action_normalisation.apply(action[None])
        said = self._forward(seen)
        how_far, how_new = policy.head.error(said, done), novelty(policy.head.first(said))
        agreement = compatibility(how_far, how_new, policy.thresholds)
        distance = _UNKNOWN if self._nearness is None else self._nearness(seen).distance
        unusual = _UNKNOWN if policy.usual is None else policy.usual.incompatibility(seen, done)
        return LiveScore(*(float(values[0]) for values in (agreement, how_far, how_new, distance, unusual)))
