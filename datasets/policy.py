"""BasePolicy: an ensemble fitted to chosen episodes. Predicting and scoring are plain numpy; only fitting is not."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accord.datasets.compatibility import StepScores, Thresholds, novelty
from accord.datasets.ensemble import Ensemble, Float32, ForwardPass
from accord.datasets.errors import PolicyError
from accord.datasets.features import Features
from accord.datasets.heads import Head, MeanHead
from accord.datasets.incompatibility import Usual
from accord.datasets.nearness import MOST_STATES, Nearness
from accord.datasets.normalisation import Normalisation
from accord.datasets.used import Used

Steps = NDArray[np.void] | np.void
Numbers = NDArray[np.float64]

_BATCH = 512
"""Steps predicted at once: memory stays at some 20 MB, and larger batches are no faster."""


@dataclass(frozen=True, slots=True, eq=False)
class BasePolicy:
    """An ensemble fitted to chosen episodes; predicts a command and how sure it is.

    It predicts a velocity from a pose, both in SI units, so steps of another rate are scored like any others.
    """

    name: str
    task: str
    observed: Features
    """What it sees."""
    commanded: Features
    """What it predicts."""
    observation_normalisation: Normalisation
    action_normalisation: Normalisation
    ensemble: Ensemble
    thresholds: Thresholds
    fitted_to: tuple[str, ...]
    """Ids of the episodes that the weights were fitted to."""
    held_out: tuple[str, ...]
    """Ids of the episodes that only chose the best weights and the thresholds."""
    rate_hz: float
    """Of the steps that it was fitted to."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """How the fit went: ``validation_error`` [1], ``train_error`` [1], ``seconds``, ``epochs``, ``steps``."""
    created_ns: int = 0
    """Wall clock since 1970 [ns]."""
    software: Mapping[str, str] = field(default_factory=dict)
    states: Float32 | None = None
    """(M, O) normalised observations that it was fitted to, evenly thinned out; None where they were not kept."""
    used: Mapping[str, Used] = field(default_factory=dict)
    """Episode → what it was when the policy was fitted to it; empty where that was not kept."""
    usual: Usual | None = None
    """What is usual in the base set; None where it was not learnt."""

    head: Head = field(default_factory=lambda: MeanHead(0))
    """What the ensemble's outputs mean; left out, one command."""
    levels: tuple[tuple[float, ...], ...] = ()
    """The only values of each dimension of a command, in its own units; empty for one that takes any."""

    def __post_init__(self) -> None:
        if not self.head.actions:
            object.__setattr__(self, "head", MeanHead(self.commanded.size))
        if self.ensemble.outputs != self.head.width or self.head.actions != self.commanded.size:
            found = f"{self.ensemble.outputs} for {self.head}"
            raise PolicyError("as many outputs as its head reads", found, "fit the policy again")
        if self.levels and len(self.levels) != self.commanded.size:
            raise PolicyError("levels of every dimension", f"of {len(self.levels)}", "fit the policy again")
        sizes = self.ensemble.inputs, self.head.actions
        fields = self.observed.size, self.commanded.size
        scales = len(self.observation_normalisation.mean), len(self.action_normalisation.mean)
        if not sizes == fields == scales:
            found = f"fields of {fields}, scales of {scales}, layers of {sizes}"
            raise PolicyError("fields, scales and layers of one size", found, "fit the policy again")
        self._check_kept()

    def _check_kept(self) -> None:
        states, usual = self.states, self.usual
        if states is not None:
            if states.ndim != 2 or not 0 < len(states) <= MOST_STATES or states.shape[1] != self.observed.size:
                wanted = f"up to {MOST_STATES} base states of {self.observed.size} numbers"
                raise PolicyError(wanted, f"shape {states.shape}", "fit the policy again")
            if states.dtype != np.float32 or not np.isfinite(states).all():
                raise PolicyError("finite float32 base states", "others", "fit the policy again")
        if usual is not None and len(usual.once) != self.observed.size + self.commanded.size:
            found = f"a mixture of {len(usual.once)} numbers"
            raise PolicyError("a mixture of what it sees and predicts", found, "fit the policy again")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that step scores depend on, but not of the thresholds: the key of cached step scores."""
        digest = hashlib.sha256(repr((self.observed, self.commanded, self.head)).encode())
        for normalisation in (self.observation_normalisation, self.action_normalisation):
            digest.update(normalisation.mean.tobytes() + normalisation.scale.tobytes())
        for weight, bias in zip(self.ensemble.weights, self.ensemble.biases, strict=True):
            digest.update(repr(weight.shape).encode() + weight.tobytes() + bias.tobytes())
        if self.states is not None:
            digest.update(repr(self.states.shape).encode() + self.states.tobytes())
        for name, array in (self.usual.arrays() if self.usual else {}).items():
            digest.update(name.encode() + repr(array.shape).encode() + array.tobytes())
        return digest.hexdigest()

    def with_thresholds(self, thresholds: Thresholds) -> "BasePolicy":
        """The same policy with other thresholds."""
        return replace(self, thresholds=thresholds)

    def observations(self, records: Steps) -> Numbers:
        """(N, O) what the policy sees in these steps, in their own units.

        Raises:
            PolicyError: if a field is missing, of another shape, or holds a number that is not finite.
        """
        return self.observed.vectors(records)

    def actions(self, records: Steps) -> Numbers:
        """(N, A) what was commanded in these steps, in its own units.

        Raises:
            PolicyError: if a field is missing, of another shape, or holds a number that is not finite.
        """
        return self.commanded.vectors(records)

    def predict(self, observations: ArrayLike) -> Numbers:
        """The members' predictions of the next command, (K, N, A) normalised.

        Args:
            observations: (N, O) in their own units.

        Raises:
            PolicyError: if the shape is another.
        """
        said = self._batches(np.asarray(observations, np.float64))
        batches = [self.head.first(raw).copy() for _, raw in said]
        nothing = np.empty((self.ensemble.members, 0, self.commanded.size))
        return np.concatenate(batches, axis=1) if batches else nothing

    def as_commands(self, raw: Float32) -> Numbers:
        """(N, H, A) the commands that the ensemble's outputs (K, N, width) come to, in their own units.

        A dimension that was only ever commanded a few values is set to the nearest of them: the mean of open and
        closed is neither, and a half-closed gripper is a state that nobody demonstrated.
        """
        commands = self.action_normalisation.undo(self.head.commands(raw))
        for i, levels in enumerate(self.levels):
            if levels:
                known = np.array(levels)
                commands[..., i] = known[np.abs(commands[..., i, None] - known).argmin(axis=-1)]
        return commands

    def score_steps(self, records: Steps) -> StepScores:
        """Every score of every given step, in flat memory.

        Which steps count is for the caller to choose, see `accord.datasets.counted`.

        Raises:
            PolicyError: if a field is missing, of another shape, or holds a number that is not finite.
        """
        actions = self.action_normalisation.apply(self.actions(records))
        errors, novelties = np.empty(len(actions)), np.empty(len(actions))
        observations = self.observations(records)
        for at, raw in self._batches(observations):
            errors[at], novelties[at] = self.head.error(raw, actions[at]), novelty(self.head.first(raw))
        return StepScores(errors, novelties, *self._beside(self.observation_normalisation.apply(observations), actions))

    def _beside(self, seen: Numbers, done: Numbers) -> tuple[Numbers, Numbers]:
        """(N,) distance and (N,) incompatibility of normalised steps; NaN where the policy knows nothing of them."""
        distances, unusual = np.full(len(seen), np.nan), np.full(len(seen), np.nan)
        nearness = None if self.states is None else Nearness(self.states, min(_BATCH, len(seen)))
        for first in range(0, len(seen), _BATCH):
            at = slice(first, first + _BATCH)
            if nearness is not None:
                distances[at] = nearness(seen[at]).distance
            if self.usual is not None:
                unusual[at] = self.usual.incompatibility(seen[at], done[at])
        return distances, unusual

    def _batches(self, observations: Numbers) -> Iterator[tuple[slice, Float32]]:
        if observations.ndim != 2 or observations.shape[1] != self.observed.size:
            found = f"shape {observations.shape}"
            raise PolicyError(f"observations (steps, {self.observed.size})", found, "build them from the same fields")
        forward = ForwardPass(self.ensemble, min(_BATCH, len(observations)))
        for first in range(0, len(observations), _BATCH):
            at = slice(first, first + _BATCH)
            yield at, forward(self.observation_normalisation.apply(observations[at]))
