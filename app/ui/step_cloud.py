"""StepCloud: the scored steps of many episodes as one array, so that moving a threshold judges all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.compatibility import EpisodeScore, StepScores, Thresholds, Verdicts
from accord.datasets.index import TimedScores

Numbers = NDArray[np.float64]

MOST_POINTS = 10_000
"""Points drawn at once; more are neither told apart nor painted within a frame."""


@dataclass(frozen=True, slots=True, eq=False)
class StepCloud:
    """Steps of episodes, end to end."""

    episodes: tuple[str, ...]
    starts: NDArray[np.int64]
    """(episodes,) where each one's steps begin."""
    error: Numbers
    """(steps,) [1]."""
    novelty: Numbers
    """(steps,) [1]."""
    distance: Numbers
    """(steps,) [1]; NaN where it is not known."""
    incompatibility: Numbers
    """(steps,) [1]; NaN where it is not known."""
    t_ns: NDArray[np.int64]
    """(steps,) when each began (CLOCK_MONOTONIC) [ns]."""

    @classmethod
    def of(cls, scores: Mapping[str, TimedScores]) -> "StepCloud":
        """Episodes without a step are left out."""
        known = {episode: timed for episode, timed in scores.items() if len(timed.steps)}
        timed = list(known.values())
        ends = np.cumsum([len(one.steps) for one in timed], dtype=np.int64)
        return cls(
            tuple(known),
            np.concatenate([np.zeros(1, np.int64), ends])[:-1] if timed else np.zeros(0, np.int64),
            _joined([one.steps.error for one in timed]),
            _joined([one.steps.novelty for one in timed]),
            _joined([one.steps.distance for one in timed]),
            _joined([one.steps.incompatibility for one in timed]),
            np.concatenate([np.zeros(0, np.int64), *(one.t_ns for one in timed)]),
        )

    def __len__(self) -> int:
        return len(self.error)

    @property
    def knows_distance(self) -> bool:
        """Whether it is known how far its steps are from base states."""
        return bool(len(self)) and bool(np.isfinite(self.distance).all())

    def verdicts(self, thresholds: Thresholds) -> Verdicts:
        """Of every step."""
        return StepScores(self.error, self.novelty, self.distance, self.incompatibility).judge(thresholds)

    def judge(self, thresholds: Thresholds, durations_s: Mapping[str, float]) -> dict[str, EpisodeScore]:
        """Episode → its score under these thresholds; the same numbers as `StepScores.judge` gives one by one."""
        if not len(self):
            return {}
        verdicts = self.verdicts(thresholds)
        counts = np.diff(np.append(self.starts, len(self)))
        means = [np.add.reduceat(values.astype(float), self.starts) / counts for values in verdicts.told]
        return {
            episode: EpisodeScore.of_means(episode, [float(mean) for mean in of_episode], durations_s.get(episode, 0.0))
            for episode, *of_episode in zip(self.episodes, *means, strict=True)
        }

    def owners(self) -> NDArray[np.int64]:
        """(steps,) the number of the episode that each step belongs to."""
        return np.repeat(np.arange(len(self.starts)), np.diff(np.append(self.starts, len(self))))

    def sample(self, most: int = MOST_POINTS) -> NDArray[np.int64]:
        """Which steps to draw: all, or evenly spread ones, the same every time."""
        if len(self) <= most:
            return np.arange(len(self))
        return np.unique(np.linspace(0, len(self) - 1, most).astype(np.int64))


def logarithmic(values: Numbers) -> Numbers:
    """log₁₀, with what is (nearly) 0 at the foot of the plane."""
    return np.asarray(np.log10(np.maximum(values, 1e-6)))


def _joined(parts: list[Numbers]) -> Numbers:
    return np.concatenate([np.zeros(0), *parts])
