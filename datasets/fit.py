"""Fitting a base policy. The only module that imports torch; import it where a fit starts, not before.

All members are trained at once as one stack of matrices: a batched product keeps two cores as busy as five networks
one after another would, without five times the overhead. A member's loss depends on its own weights only, so the sum
of the losses trains each as if it were alone, on its own initial weights and its own order of the steps.
"""

import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from accord.datasets.calibration import calibrate
from accord.datasets.compatibility import Thresholds
from accord.datasets.counted import counted
from accord.datasets.ensemble import Ensemble
from accord.datasets.errors import PolicyError
from accord.datasets.features import ACTION, Features, observed
from accord.datasets.fit_settings import FitCancelledError, FitProgress, FitSettings
from accord.datasets.normalisation import ACTION_FLOOR, OBSERVATION_FLOOR, Normalisation
from accord.datasets.policy import BasePolicy
from accord.datasets.threads import BESIDE_OTHERS

try:
    import torch
    from torch import Tensor
except ImportError as missing:
    raise PolicyError("torch to fit a base policy", "none installed", "run pip install accord[fit]") from missing

Episodes = Sequence[tuple[str, NDArray[np.void]]]
"""Id and steps of every episode."""

_UNCALIBRATED = Thresholds(1.0, 1.0)
_SMALL_BASE = 20
"""Up to this many episodes a fifth is held out: the thresholds rest on them alone."""


def fit(episodes: Episodes, settings: FitSettings, progress: Callable[[FitProgress], bool] | None = None) -> BasePolicy:
    """Fit an ensemble to the counted steps of episodes and calibrate it on those it did not see.

    The same episodes, settings and number of threads give the same policy.

    Args:
        episodes: id and steps of every episode.
        settings: how.
        progress: called after every epoch; False cancels.

    Raises:
        PolicyError: if there are fewer than two episodes with steps that count, or their fields differ.
        FitCancelledError: if `progress` said so.
    """
    started = time.monotonic()
    driven = _driven(episodes)
    train, held_out = split(driven, settings.seed)
    dtype = driven[0][1].dtype
    seen = Features.of(settings.observed or observed(dtype), dtype)
    done = Features.of(ACTION, dtype)
    data = _Data.of(train, held_out, seen, done)
    training = _Training(data, settings)
    torch.set_num_threads(BESIDE_OTHERS)
    for report in training.run(started):
        if progress is not None and not progress(report):
            raise FitCancelledError("a whole fit", f"a cancelled one at epoch {report.epoch}", "start it again")
    policy = BasePolicy(
        name=settings.name,
        task=settings.task,
        observed=seen,
        commanded=done,
        observation_normalisation=data.observation_normalisation,
        action_normalisation=data.action_normalisation,
        ensemble=training.best(),
        thresholds=_UNCALIBRATED,
        fitted_to=tuple(episode for episode, _ in train),
        held_out=tuple(episode for episode, _ in held_out),
        rate_hz=settings.rate_hz,
        metrics=training.metrics | {"seconds": time.monotonic() - started},
        created_ns=time.time_ns(),
        software={name: version(name) for name in ("accord", "numpy", "torch")} | {"python": platform.python_version()},
    )
    return policy.with_thresholds(calibrate(policy, [steps for _, steps in held_out], settings.quantiles).thresholds)


def split(episodes: Episodes, seed: int) -> tuple[Episodes, Episodes]:
    """Divide episodes into those to fit to and those held out; which ones does not depend on their order.

    A tenth is held out, as in the reference; of a small base a fifth and at least two, where there are four or more.

    Raises:
        PolicyError: if there are fewer than two.
    """
    count = len(episodes)
    if count < 2:
        raise PolicyError("two base episodes or more", f"{count}", "record or choose more")
    wanted = max(2, round(count / 5)) if count <= _SMALL_BASE else round(count / 10)
    held = min(wanted, count // 2)
    ordered = sorted(episodes, key=lambda episode: episode[0])
    shuffled = [ordered[i] for i in np.random.default_rng(seed).permutation(count)]
    return shuffled[held:], shuffled[:held]


def _driven(episodes: Episodes) -> Episodes:
    """The counted steps of the episodes that have any."""
    counting = [(episode, steps[counted(steps)]) for episode, steps in episodes]
    return [(episode, steps) for episode, steps in counting if len(steps)]


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """Normalised steps, float32."""

    observation_normalisation: Normalisation
    action_normalisation: Normalisation
    train: tuple[Tensor, Tensor]
    """Observations (N, O) and actions (N, A)."""
    held_out: tuple[Tensor, Tensor]

    @classmethod
    def of(cls, train: Episodes, held_out: Episodes, seen: Features, done: Features) -> "_Data":
        """Scales come from the training episodes only."""
        train_seen, train_done = _joined(train, seen), _joined(train, done)
        inputs = Normalisation.of(train_seen, OBSERVATION_FLOOR)
        outputs = Normalisation.of(train_done, ACTION_FLOOR)
        known = (inputs.apply(train_seen), outputs.apply(train_done))
        unknown = (inputs.apply(_joined(held_out, seen)), outputs.apply(_joined(held_out, done)))
        return cls(inputs, outputs, _tensors(*known), _tensors(*unknown))


def _joined(episodes: Episodes, features: Features) -> NDArray[np.float64]:
    return np.concatenate([features.vectors(steps) for _, steps in episodes])


def _tensors(observations: NDArray[np.float64], actions: NDArray[np.float64]) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(observations.astype(np.float32)), torch.from_numpy(actions.astype(np.float32))


class _Training:
    """The stacked members while they learn, and each member's best weights so far."""

    def __init__(self, data: _Data, settings: FitSettings) -> None:
        self._data, self._settings = data, settings
        self._random = torch.Generator().manual_seed(settings.seed)
        sizes = (data.train[0].shape[1], *settings.hidden, data.train[1].shape[1])
        self._layers = [self._linear(inputs, outputs) for inputs, outputs in pairwise(sizes)]
        self._parameters = [parameter for layer in self._layers for parameter in layer]
        self._best = [parameter.detach().clone() for parameter in self._parameters]
        self._best_error = torch.full((settings.members,), torch.inf)
        self._train_error, self._epochs = 0.0, 0

    def _linear(self, inputs: int, outputs: int) -> tuple[Tensor, Tensor]:
        """Weights and biases uniform within ±1/√inputs, torch's own initial values of a linear layer."""
        members, bound = self._settings.members, inputs**-0.5
        weight = torch.empty(members, inputs, outputs).uniform_(-bound, bound, generator=self._random)
        bias = torch.empty(members, 1, outputs).uniform_(-bound, bound, generator=self._random)
        return weight.requires_grad_(), bias.requires_grad_()

    def run(self, started: float) -> Iterator[FitProgress]:
        """Train, epoch by epoch, until the last or until no member has become better for a while."""
        settings = self._settings
        epochs = settings.epochs(len(self._data.train[0]))
        optimiser = torch.optim.Adam(self._parameters, settings.learning_rate, fused=True)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
        waited = 0
        for epoch in range(1, epochs + 1):
            self._train_error, self._epochs = self._epoch(optimiser), epoch
            schedule.step()
            waited = 0 if self._keep_best() else waited + 1
            seconds, fraction = time.monotonic() - started, epoch / epochs
            found = float(self._best_error.mean())
            yield FitProgress(epoch, epochs, self._train_error, found, seconds, fraction)
            if waited >= settings.patience:
                return

    def _epoch(self, optimiser: torch.optim.Optimizer) -> float:
        observations, actions = self._data.train
        count, batch = len(observations), self._settings.batch
        order = torch.stack([torch.randperm(count, generator=self._random) for _ in range(self._settings.members)])
        total = 0.0
        for chosen in torch.split(order, batch, dim=1):
            optimiser.zero_grad(set_to_none=True)
            errors = _errors(self._forward(observations[chosen]), actions[chosen])
            errors.sum().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += float(errors.detach().mean()) * chosen.shape[1]
        return total / count

    def _forward(self, values: Tensor) -> Tensor:
        """(K, N, A) predictions for (K, N, O) observations."""
        for weight, bias in self._layers[:-1]:
            values = torch.baddbmm(bias, values, weight).relu_()
        weight, bias = self._layers[-1]
        return torch.baddbmm(bias, values, weight)

    @torch.no_grad()
    def _keep_best(self) -> bool:
        """Keep the weights of every member that is better than before; True if one is."""
        observations, actions = self._data.held_out
        everyone = observations.expand(self._settings.members, *observations.shape)
        errors = _errors(self._forward(everyone), actions)
        better = errors < self._best_error
        self._best_error = torch.minimum(errors, self._best_error)
        for best, now in zip(self._best, self._parameters, strict=True):
            best[better] = now[better]
        return bool(better.any())

    def best(self) -> Ensemble:
        """Every member as it was when its validation error was least."""
        arrays = [np.ascontiguousarray(parameter.numpy()) for parameter in self._best]
        return Ensemble(tuple(arrays[::2]), tuple(bias[:, 0] for bias in arrays[1::2]))

    @property
    def metrics(self) -> dict[str, float]:
        """How it went."""
        return {
            "validation_error": float(self._best_error.mean()),
            "train_error": self._train_error,
            "epochs": float(self._epochs),
            "steps": float(len(self._data.train[0])),
        }


def _errors(predictions: Tensor, actions: Tensor) -> Tensor:
    """(K,) mean squared error of every member."""
    return (predictions - actions).square().mean(dim=(1, 2))
