"""What a fit learns from: pairs of an observation and the commands that followed it, normalised. Plain numpy.

N is the number of pairs, O of observation and A of action dimensions, H of commands in a chunk (Zhao et al., "Learning
Fine-Grained Bimanual Manipulation with Low-Cost Hardware", RSS 2023, say why several at once: fewer decisions, and a
pause of the person is shorter than a chunk).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.counted import counted
from accord.datasets.errors import PolicyError
from accord.datasets.features import Features
from accord.datasets.idle import moving
from accord.datasets.normalisation import ACTION_FLOOR, OBSERVATION_FLOOR, Normalisation

Episodes = Sequence[tuple[str, NDArray[np.void]]]
"""Id and steps of every episode."""
Numbers = NDArray[np.float64]
Float32 = NDArray[np.float32]

_MOST_LEVELS = 8
"""A dimension that was only ever commanded this many values has no values between them, such as a gripper's keys."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Normalised pairs."""

    observations: Float32
    """(N, O)"""
    commands: Float32
    """(N, H·A) row after row; 0 where none is known."""
    known: Float32
    """(N, H·A) 1 where there was a command, 0 beyond the end of what was recorded in one go."""


@dataclass(frozen=True, slots=True, eq=False)
class FitData:
    """Everything that a fit is given, and what of it is kept with the policy."""

    observation_normalisation: Normalisation
    action_normalisation: Normalisation
    train: Pairs
    held_out: Pairs
    usual: tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]
    """Observations (N, O) and commands (N, A) of every step that counts, of the training and of the held-out set."""
    levels: tuple[tuple[float, ...], ...]
    """The only values of each action dimension, in its own units; empty for one that takes any."""

    @classmethod
    def of(
        cls, train: Episodes, held_out: Episodes, seen: Features, done: Features, chunk: int, skip_idle: bool
    ) -> "FitData":
        """Scales and levels come from the training episodes only.

        Args:
            train: episodes with every step that was recorded.
            held_out: the same, not to be fitted to.
            seen: what the policy sees.
            done: what it predicts.
            chunk: H.
            skip_idle: leave idle steps out of the pairs, see `accord.datasets.idle`.

        Raises:
            PolicyError: if nothing is left to learn from, or a field is missing or not finite.
        """
        runs = [run for _, steps in train for run in _runs(steps, seen, done, skip_idle)]
        others = [run for _, steps in held_out for run in _runs(steps, seen, done, skip_idle)]
        if not (runs and others):
            raise PolicyError("steps at which somebody moves", "none", "fit it without leaving out idle steps")
        observations, actions = (np.concatenate(parts) for parts in zip(*runs, strict=True))
        inputs = Normalisation.of(observations, seen.floors(OBSERVATION_FLOOR))
        outputs = Normalisation.of(actions, done.floors(ACTION_FLOOR))
        pairs = [_pairs(some, inputs, outputs, chunk) for some in (runs, others)]
        usual = [_every_step(some, seen, done, inputs, outputs) for some in (train, held_out)]
        return cls(inputs, outputs, pairs[0], pairs[1], (usual[0], usual[1]), _levels(actions))


def _runs(steps: NDArray[np.void], seen: Features, done: Features, skip_idle: bool) -> list[tuple[Numbers, Numbers]]:
    """Observations and commands of each stretch in which somebody drove all the while, without its idle steps."""
    kept = (stretch[moving(stretch)] if skip_idle else stretch for stretch in _stretches(steps))
    return [(seen.vectors(stretch), done.vectors(stretch)) for stretch in kept if len(stretch)]


def _stretches(steps: NDArray[np.void]) -> list[NDArray[np.void]]:
    """Cut where a step does not count, or one is missing: what follows a gap is nobody's next command."""
    at = np.flatnonzero(counted(steps))
    numbers = steps["step"][at] if "step" in (steps.dtype.names or ()) else at
    gaps = np.flatnonzero((np.diff(at) > 1) | (np.diff(numbers) != 1)) + 1
    return [steps[some] for some in np.split(at, gaps)]


def _pairs(runs: list[tuple[Numbers, Numbers]], inputs: Normalisation, outputs: Normalisation, chunk: int) -> Pairs:
    observations = inputs.apply(np.concatenate([seen for seen, _ in runs]))
    commands, known = zip(*(_chunks(outputs.apply(done), chunk) for _, done in runs), strict=True)
    arrays = observations, np.concatenate(commands), np.concatenate(known)
    return Pairs(*(np.ascontiguousarray(array, np.float32) for array in arrays))


def _chunks(actions: Numbers, chunk: int) -> tuple[Numbers, Numbers]:
    """(N, H·A) the commands from each step on, and which of them there were."""
    count, size = actions.shape
    at = np.arange(count)[:, None] + np.arange(chunk)
    known = np.repeat(at < count, size, axis=1).astype(np.float64)
    return actions[np.minimum(at, count - 1)].reshape(count, chunk * size) * known, known


def _every_step(
    episodes: Episodes, seen: Features, done: Features, inputs: Normalisation, outputs: Normalisation
) -> tuple[Numbers, Numbers]:
    steps = [steps[counted(steps)] for _, steps in episodes]
    observations = np.concatenate([seen.vectors(part) for part in steps])
    return inputs.apply(observations), outputs.apply(np.concatenate([done.vectors(part) for part in steps]))


def _levels(actions: Numbers) -> tuple[tuple[float, ...], ...]:
    values = (np.unique(column.round(6)) for column in actions.T)
    return tuple(tuple(some.tolist()) if len(some) <= _MOST_LEVELS else () for some in values)
