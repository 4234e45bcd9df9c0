"""Fitting a base policy. The only module that imports torch; import it where a fit starts, not before.

All members are trained at once as one stack of matrices: a batched product keeps two cores as busy as five networks
one after another would, without five times the overhead. A member's loss depends on its own weights only, so the sum
of the losses trains each as if it were alone, on its own initial weights and its own order of the steps.
"""

import platform
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import pairwise

import numpy as np

from accord.datasets.calibration import calibrate
from accord.datasets.commanded import commanded
from accord.datasets.compatibility import Thresholds
from accord.datasets.counted import counted
from accord.datasets.ensemble import Ensemble
from accord.datasets.errors import PolicyError
from accord.datasets.features import Features, usual
from accord.datasets.fit_data import Episodes, FitData, Pairs
from accord.datasets.fit_settings import FitCancelledError, FitProgress, FitSettings
from accord.datasets.heads import LOG_SPREAD, Head, MixtureHead, head_named
from accord.datasets.incompatibility import Usual
from accord.datasets.nearness import spread_over
from accord.datasets.policy import BasePolicy
from accord.datasets.threads import BESIDE_OTHERS

try:
    import torch
    from torch import Tensor
except ImportError as missing:
    raise PolicyError("torch to fit a base policy", "none installed", "run pip install accord[fit]") from missing

_UNCALIBRATED = Thresholds(1.0, 1.0)
_SMALL_BASE = 20
"""Up to this many episodes a fifth is held out: the thresholds rest on them alone."""


def fit(
    episodes: Episodes,
    settings: FitSettings,
    progress: Callable[[FitProgress], bool] | None = None,
    held_out: Episodes = (),
) -> BasePolicy:
    """Fit an ensemble to the counted steps of episodes and calibrate it on those it did not see.

    The same episodes, settings and number of threads give the same policy.

    Args:
        episodes: id and steps of every episode.
        settings: how.
        progress: called after every epoch; False cancels.
        held_out: other episodes to choose weights and thresholds by; without any, some of the given ones.

    Raises:
        PolicyError: if there are fewer than two episodes with steps that count, or their fields differ.
        FitCancelledError: if `progress` said so.
    """
    started = time.monotonic()
    driven, others = _driven(episodes), _driven(held_out)
    parts = (driven, others) if driven and others else split(driven, settings.seed)
    dtype = parts[0][0][1].dtype
    seen = Features.of(settings.observed or usual(dtype), dtype)
    done = Features.of(settings.commanded or commanded(dtype), dtype)
    data = FitData.of(*parts, seen, done, settings.chunk, settings.skip_idle)
    training = _Training(data, head_named(settings.head, done.size, settings.chunk, settings.modes), settings)
    torch.set_num_threads(BESIDE_OTHERS)
    for report in training.run(started):
        if progress is not None and not progress(report):
            raise FitCancelledError("a whole fit", f"a cancelled one at epoch {report.epoch}", "start it again")
    policy = _policy(parts, data, training, settings, (seen, done), started)
    return policy.with_thresholds(calibrate(policy, [steps for _, steps in parts[1]], settings.quantiles).thresholds)


def _policy(
    parts: tuple[Episodes, Episodes],
    data: FitData,
    training: "_Training",
    settings: FitSettings,
    fields: tuple[Features, Features],
    started: float,
) -> BasePolicy:
    """What the training came to, without thresholds."""
    (train, held_out), (seen, done), states = parts, fields, data.usual[0][0]
    return BasePolicy(
        name=settings.name,
        task=settings.task,
        observed=seen,
        commanded=done,
        observation_normalisation=data.observation_normalisation,
        action_normalisation=data.action_normalisation,
        ensemble=training.ensemble(),
        head=training.head,
        levels=data.levels,
        thresholds=_UNCALIBRATED,
        fitted_to=tuple(episode for episode, _ in train),
        held_out=tuple(episode for episode, _ in held_out),
        rate_hz=settings.rate_hz,
        metrics=training.metrics | {"seconds": time.monotonic() - started},
        created_ns=time.time_ns(),
        states=states[spread_over(len(states))].astype(np.float32),
        usual=Usual.of(*data.usual),
        software={name: version(name) for name in ("accord", "numpy", "torch")} | {"python": platform.python_version()},
    )


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
    """The episodes that have a step that counts."""
    return [(episode, steps) for episode, steps in episodes if counted(steps).any()]


class _Training:
    """The stacked members while they learn, the running means of their weights, and each member's best means so far."""

    def __init__(self, data: FitData, head: Head, settings: FitSettings) -> None:
        self._settings, self.head = settings, head
        self._train, self._held_out = _tensors(data.train), _tensors(data.held_out)
        self._random = torch.Generator().manual_seed(settings.seed)
        sizes = (self._train[0].shape[1], *settings.hidden, head.width)
        layers = (self._linear(inputs, outputs) for inputs, outputs in pairwise(sizes))
        self._parameters = [parameter for layer in layers for parameter in layer]
        self._mean = RunningMean(self._parameters, settings.average)
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
        epochs = settings.epochs(len(self._train[0]))
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
        observations, commands, known = self._train
        count, batch = len(observations), self._settings.batch
        order = torch.stack([torch.randperm(count, generator=self._random) for _ in range(self._settings.members)])
        total = 0.0
        for chosen in torch.split(order, batch, dim=1):
            optimiser.zero_grad(set_to_none=True)
            errors = self._losses(_forward(self._parameters, observations[chosen]), commands[chosen], known[chosen])
            errors.sum().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            self._mean.follow(self._parameters)
            total += float(errors.detach().mean()) * chosen.shape[1]
        return total / count

    @torch.no_grad()
    def _keep_best(self) -> bool:
        """Keep the averaged weights of every member that is better than before; True if one is."""
        observations, commands, known = self._held_out
        everyone = observations.expand(self._settings.members, *observations.shape)
        errors = self._losses(_forward(self._mean.values, everyone), commands, known)
        better = errors < self._best_error
        self._best_error = torch.minimum(errors, self._best_error)
        for best, mean in zip(self._best, self._mean.values, strict=True):
            best[better] = mean[better]
        return bool(better.any())

    def ensemble(self) -> Ensemble:
        """The averaged weights of every member when its validation error was least, or as they are now."""
        parameters = self._best if self._settings.keep == "best" else self._mean.values
        arrays = [np.ascontiguousarray(parameter.detach().numpy()) for parameter in parameters]
        return Ensemble(tuple(arrays[::2]), tuple(bias[:, 0] for bias in arrays[1::2]))

    @property
    def metrics(self) -> dict[str, float]:
        """How it went."""
        return {
            "validation_error": float(self._best_error.mean()),
            "train_error": self._train_error,
            "epochs": float(self._epochs),
            "steps": float(len(self._train[0])),
        }

    def _losses(self, said: Tensor, commands: Tensor, known: Tensor) -> Tensor:
        """(K,) what each member is to make small: the squared error, or the negative logarithm of the likelihood.

        Args:
            said: (K, N, width) outputs.
            commands: (N, H·A) or (K, N, H·A).
            known: 1 where there was a command, of the same shape.
        """
        if isinstance(self.head, MixtureHead):
            return _mixture_losses(self.head, said, commands, known)
        return ((said - commands).square() * known).sum(dim=(1, 2)) / known.expand_as(said).sum(dim=(1, 2))


class RunningMean:
    """The exponential moving average of tensors."""

    def __init__(self, tensors: list[Tensor], kept: float) -> None:
        """Begin with these tensors; `kept` is the share of the mean that outlives one more value of them."""
        self.values = [tensor.detach().clone() for tensor in tensors]
        self._kept, self._seen = kept, 0

    @torch.no_grad()
    def follow(self, tensors: list[Tensor]) -> None:
        """Take them in. The memory is short at first: what a fit begins with is random."""
        self._seen += 1
        kept = min(self._kept, self._seen / (self._seen + 10))
        for mean, now in zip(self.values, tensors, strict=True):
            mean.lerp_(now, 1.0 - kept)


def _forward(parameters: list[Tensor], values: Tensor) -> Tensor:
    """(K, N, width) outputs for (K, N, O) observations; the parameters are weights and biases, layer after layer."""
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
    for weight, bias in hidden:
        values = torch.baddbmm(bias, values, weight).relu_()
    weight, bias = last
    return torch.baddbmm(bias, values, weight)


def _mixture_losses(head: MixtureHead, said: Tensor, commands: Tensor, known: Tensor) -> Tensor:
    """(K,) per number of a command, so that it is as large as a squared error whatever the chunk."""
    modes = head.modes
    weights = torch.log_softmax(said[..., :modes], dim=-1)
    spreads = said[..., modes : 2 * modes].clamp(*LOG_SPREAD)
    chunks = said[..., 2 * modes :].reshape(*said.shape[:-1], modes, -1)
    squares = ((chunks - commands.unsqueeze(-2)).square() * known.unsqueeze(-2)).sum(dim=-1)
    numbers = known.sum(dim=-1, keepdim=True)
    logarithms = weights - numbers * spreads - 0.5 * squares / (2 * spreads).exp()
    return -torch.logsumexp(logarithms, dim=-1).sum(dim=-1) / numbers.expand(*said.shape[:-1], 1).sum(dim=(1, 2))


def _tensors(pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
    return torch.from_numpy(pairs.observations), torch.from_numpy(pairs.commands), torch.from_numpy(pairs.known)
