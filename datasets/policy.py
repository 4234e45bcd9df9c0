"""BasePolicy: an ensemble fitted to chosen episodes. Predicting and scoring are plain numpy; only fitting is not."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accord.datasets.compatibility import StepScores, Thresholds, compatibility, error, novelty
from accord.datasets.counted import counted
from accord.datasets.ensemble import Ensemble, Float32, ForwardPass
from accord.datasets.errors import PolicyError
from accord.datasets.features import Features
from accord.datasets.normalisation import Normalisation

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

    def __post_init__(self) -> None:
        sizes = self.ensemble.inputs, self.ensemble.outputs
        fields = self.observed.size, self.commanded.size
        scales = len(self.observation_normalisation.mean), len(self.action_normalisation.mean)
        if not sizes == fields == scales:
            found = f"fields of {fields}, scales of {scales}, layers of {sizes}"
            raise PolicyError("fields, scales and layers of one size", found, "fit the policy again")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that predictions depend on, but not of the thresholds: the key of cached step scores."""
        digest = hashlib.sha256(repr((self.observed, self.commanded)).encode())
        for normalisation in (self.observation_normalisation, self.action_normalisation):
            digest.update(normalisation.mean.tobytes() + normalisation.scale.tobytes())
        for weight, bias in zip(self.ensemble.weights, self.ensemble.biases, strict=True):
            digest.update(repr(weight.shape).encode() + weight.tobytes() + bias.tobytes())
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

    def predict(self, observations: ArrayLike) -> Float32:
        """The members' predictions, (K, N, A) normalised.

        Args:
            observations: (N, O) in their own units.

        Raises:
            PolicyError: if the shape is another.
        """
        batches = [predicted.copy() for _, predicted in self._batches(np.asarray(observations, np.float64))]
        return np.concatenate(batches, axis=1) if batches else self._nothing()

    def propose(self, observations: ArrayLike) -> Numbers:
        """(N, A) what the policy would command, in the command's units: the members' mean.

        Args:
            observations: (N, O) in their own units.

        Raises:
            PolicyError: if the shape is another.
        """
        return self.action_normalisation.undo(self.predict(observations).mean(axis=0))

    def score_steps(self, records: Steps) -> StepScores:
        """Error and novelty of every given step, in flat memory.

        Which steps count is for the caller to choose, see `accord.datasets.counted`.

        Raises:
            PolicyError: if a field is missing, of another shape, or holds a number that is not finite.
        """
        actions = self.action_normalisation.apply(self.actions(records))
        errors, novelties = np.empty(len(actions)), np.empty(len(actions))
        for at, predicted in self._batches(self.observations(records)):
            errors[at], novelties[at] = error(predicted, actions[at]), novelty(predicted)
        return StepScores(errors, novelties)

    def _batches(self, observations: Numbers) -> Iterator[tuple[slice, Float32]]:
        if observations.ndim != 2 or observations.shape[1] != self.observed.size:
            found = f"shape {observations.shape}"
            raise PolicyError(f"observations (steps, {self.observed.size})", found, "build them from the same fields")
        forward = ForwardPass(self.ensemble, min(_BATCH, len(observations)))
        for first in range(0, len(observations), _BATCH):
            at = slice(first, first + _BATCH)
            yield at, forward(self.observation_normalisation.apply(observations[at]))

    def _nothing(self) -> Float32:
        return np.empty((self.ensemble.members, 0, self.commanded.size), np.float32)


class LiveScore(NamedTuple):
    """The score of one step; NaN where the step does not count, because nobody drove or the robot was held."""

    compatibility: float
    error: float
    novelty: float


class LiveScorer:
    """Scores one step after another within the loop: same numbers as `score_steps`, in buffers made once.

    Limit numpy to one thread around it (`threadpoolctl.threadpool_limits(1)`): waking a second one costs more than
    it saves, and takes the core of another process.
    """

    def __init__(self, policy: BasePolicy) -> None:
        self.policy = policy
        self._forward = ForwardPass(policy.ensemble, 1)
        self._predicted: Float32 = np.zeros((policy.ensemble.members, 1, policy.ensemble.outputs), np.float32)
        self._warm_up()

    def _warm_up(self) -> None:
        """The first product makes the library's buffers and pages the weights in: not within the first step."""
        self.score_vectors(self.policy.observation_normalisation.mean, self.policy.action_normalisation.mean)

    @property
    def proposal(self) -> Numbers:
        """(A,) what the policy would have commanded in the state scored last, in the command's units."""
        return self.policy.action_normalisation.undo(self._predicted[:, 0].mean(axis=0))

    def score(self, record: Steps) -> LiveScore:
        """Score one step.

        Args:
            record: one step, with its observation and its sent command.

        Raises:
            PolicyError: if a field is missing, of another shape, or holds a number that is not finite.
        """
        if not counted(record)[0]:
            return LiveScore(np.nan, np.nan, np.nan)
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
        self._predicted = self._forward(policy.observation_normalisation.apply(observation[None]))
        how_far = error(self._predicted, policy.action_normalisation.apply(action[None]))
        how_new = novelty(self._predicted)
        agreement = compatibility(how_far, how_new, policy.thresholds)
        return LiveScore(float(agreement[0]), float(how_far[0]), float(how_new[0]))
