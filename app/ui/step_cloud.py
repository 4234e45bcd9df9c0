"""StepCloud: the scored steps of many episodes as one array, so that moving a threshold judges all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.compatibility import EpisodeScore, Thresholds
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
            np.concatenate([np.zeros(0, np.int64), *(one.t_ns for one in timed)]),
        )

    def __len__(self) -> int:
        return len(self.error)

    def judge(self, thresholds: Thresholds, durations_s: Mapping[str, float]) -> dict[str, EpisodeScore]:
        """Episode → its score under these thresholds; the same numbers as `StepScores.judge` gives one by one."""
        if not len(self):
            return {}
        novel = self.novelty >= thresholds.novelty_limit
        agreement = np.where(novel, 1.0, 1.0 - np.minimum(self.error / thresholds.error_limit, 1.0))
        conflict = (self.error > thresholds.error_limit) & ~novel
        counts = np.diff(np.append(self.starts, len(self)))
        means = [np.add.reduceat(values.astype(float), self.starts) / counts for values in (agreement, conflict, novel)]
        return {
            episode: EpisodeScore(episode, float(m), float(c), float(n), durations_s.get(episode, 0.0))
            for episode, m, c, n in zip(self.episodes, *means, strict=True)
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
