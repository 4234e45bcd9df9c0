"""Sketch: some evenly spaced steps of an episode, all that the scores need which compare it with other episodes.

At 50 Hz a step and the next are almost the same, so that all steps of an episode say little more than a few of them;
and a thousand sketches stay in memory and in the cache, where a thousand episodes would have to be read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.features import Features
from accord.datasets.normalisation import ACTION_FLOOR, OBSERVATION_FLOOR, Normalisation
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.nearest import even

Numbers = NDArray[np.float64]
Kind = tuple[str, Features, Features]

LEAST, EVERY_S, MOST = 128, 0.1, 512
"""Steps of a sketch: one every 0.1 s, but 128 of a short episode (or all there are) and 512 of a long one. What that
loses: ``docs/scores.md``."""


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """W of the counted steps of one episode, in their own units."""

    episode: str
    kind: Kind
    """What two episodes must share to be compared."""
    observations: NDArray[np.float32]
    """(W, O)"""
    actions: NDArray[np.float32]
    """(W, A)"""
    changes: NDArray[np.float32]
    """(W, O) of the observation until the very next step, per second; NaN where something was left out there."""

    def __len__(self) -> int:
        return len(self.observations)

    @classmethod
    def of(cls, motion: Motion, steps: int = 0) -> "Sketch":
        """The sketch of an episode.

        Args:
            motion: of the episode.
            steps: how many at most; 0 for as many as its duration asks for.
        """
        wanted = steps or int(np.clip(np.ceil(motion.duration_s / EVERY_S), LEAST, MOST))
        at = even(len(motion), wanted)
        changes = np.full(motion.observations.shape, np.nan)
        changes[:-1] = np.diff(motion.observations, axis=0) * motion.rate_hz
        changes[:-1][~motion.adjacent] = np.nan
        parts = (np.asarray(values[at], np.float32) for values in (motion.observations, motion.actions, changes))
        return cls(motion.episode, motion.kind, *parts)


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Sketches of one kind, end to end and normalised together: what is compared with each other. S steps."""

    episodes: tuple[str, ...]
    """Ordered by name, so that no score depends on the order in which episodes came."""
    bounds: NDArray[np.intp]
    """(episodes + 1,) where each begins, and where the last ends."""
    observations: Numbers
    """(S, O) [1]."""
    actions: Numbers
    """(S, A) [1]."""
    changes: Numbers
    """(S, O) [1/s]; NaN where the next step is not known."""

    @classmethod
    def of(cls, sketches: Sequence[Sketch]) -> "Pool":
        """Put them together; there is at least one, and all are of one kind."""
        ordered = sorted(sketches, key=lambda sketch: sketch.episode)
        observations = np.concatenate([sketch.observations for sketch in ordered], dtype=np.float64)
        actions = np.concatenate([sketch.actions for sketch in ordered], dtype=np.float64)
        _, observed, commanded = ordered[0].kind
        seen = Normalisation.of(observations, observed.floors(OBSERVATION_FLOOR))
        return cls(
            episodes=tuple(sketch.episode for sketch in ordered),
            bounds=np.cumsum([0, *(len(sketch) for sketch in ordered)]),
            observations=seen.apply(observations),
            actions=Normalisation.of(actions, commanded.floors(ACTION_FLOOR)).apply(actions),
            changes=np.concatenate([sketch.changes for sketch in ordered]) / seen.scale,
        )

    def means(self, values: Numbers) -> Numbers:
        """(episodes,) mean over the steps of each episode at which a value is known; NaN where none is."""
        known = np.isfinite(values)
        sums = np.add.reduceat(np.where(known, values, 0.0), self.bounds[:-1])
        counts = np.add.reduceat(known.astype(np.float64), self.bounds[:-1])
        return np.asarray(np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0))
