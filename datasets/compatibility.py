"""The compatibility measure: how well a step agrees with what an ensemble fitted to the base set would have done.

Source of error, novelty and M: Gandhi, Karamcheti, Liao, Sadigh, "Eliciting Compatible Demonstrations for Multi-Human
Imitation Learning", CoRL 2022, arXiv 2210.08073. K is the number of members, N of steps, A of action dimensions.
Actions and predictions are normalised, so error and novelty have no unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accord.datasets.departure import departure
from accord.datasets.errors import PolicyError

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a step stops to agree, and where a state stops to be familiar."""

    error_limit: float
    """λ: the error at which compatibility reaches 0 [1]."""
    novelty_limit: float
    """η: a state of this novelty or more is unfamiliar [1]."""
    distance_limit: float = np.inf
    """A state of this distance or more is far from the base states; infinite where they are not known [1]."""

    def __post_init__(self) -> None:
        for name in ("error_limit", "novelty_limit", "distance_limit"):
            value = getattr(self, name)
            if not value > 0 or (np.isinf(value) and name != "distance_limit"):
                raise PolicyError(f"{name} above 0", f"{value}", "calibrate the policy again")


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What thresholds make of every step."""

    compatibility: Numbers
    """(N,) in [0, 1]."""
    novel: Mask
    """(N,) the state is unfamiliar: there is nothing to disagree with."""
    conflict: Mask
    """(N,) the state is familiar and the person did something else."""
    far: Mask
    """(N,) no base state is near: unfamiliar by the other of the two signs."""
    disputed: Mask
    """(N,) the two signs of an unfamiliar state contradict each other; nowhere if the distance is not known."""
    incompatibility: Numbers
    """(N,) our own score, in [0, 1]; 0.5 is as usual, NaN where it is not known."""

    @property
    def incompatible(self) -> Mask:
        """(N,) stranger than nearly every held-out base step, by our own score."""
        stranger: Mask = self.incompatibility >= INCOMPATIBLE
        return stranger

    @property
    def told(self) -> tuple[Numbers | Mask, ...]:
        """(N,) each: what an `EpisodeScore` is the mean of, in its order."""
        return self.compatibility, self.conflict, self.novel, self.far, self.disputed, self.incompatibility


INCOMPATIBLE = 0.98
"""A step that is stranger than this share of the held-out base steps is another way of doing it [1]."""
STEP_SCORES = ("error", "novelty", "distance", "incompatibility")
"""What is known of every step, in the order in which `StepScores` takes and caches keep it."""


@dataclass(frozen=True, slots=True, eq=False)
class StepScores:
    """What is known about steps before any threshold: kept, so that moving a threshold costs no prediction."""

    error: Numbers
    """(N,) [1]."""
    novelty: Numbers
    """(N,) spread of the ensemble [1]."""
    distance: Numbers
    """(N,) to the nearest base states [1]; NaN where the policy does not know them."""
    incompatibility: Numbers = field(default_factory=lambda: np.empty(0))
    """(N,) our own score, in [0, 1], see `accord.datasets.incompatibility`; NaN where it is not known or left out."""

    def __post_init__(self) -> None:
        if not len(self.incompatibility):
            object.__setattr__(self, "incompatibility", np.full(len(self.error), np.nan))
        shapes = [getattr(self, name).shape for name in STEP_SCORES]
        if len(set(shapes)) > 1:
            found = ", ".join(str(shape) for shape in shapes)
            raise PolicyError(f"{', '.join(STEP_SCORES)} of every step", found, "score the episode again")

    def __len__(self) -> int:
        return len(self.error)

    def judge(self, thresholds: Thresholds) -> Verdicts:
        """Apply thresholds.

        Raises:
            PolicyError: if a score is not finite.
        """
        novel = self.novelty >= thresholds.novelty_limit
        conflict = (self.error > thresholds.error_limit) & ~novel
        far = self.distance >= thresholds.distance_limit
        disputed = (novel != far) & np.isfinite(self.distance)
        return Verdicts(
            compatibility(self.error, self.novelty, thresholds), novel, conflict, far, disputed, self.incompatibility
        )

    @classmethod
    def joined(cls, parts: Sequence["StepScores"]) -> "StepScores":
        """All of them, end to end."""
        columns = ([np.empty(0), *(getattr(part, name) for part in parts)] for name in STEP_SCORES)
        return cls(*(np.concatenate(column) for column in columns))

    def only(self, steps: Mask | slice) -> "StepScores":
        """The scores of these steps."""
        return StepScores(*(getattr(self, name)[steps] for name in STEP_SCORES))


@dataclass(frozen=True, slots=True)
class EpisodeScore:
    """The numbers of an episode and its duration, which are never shown apart.

    Compatibility alone hides that unfamiliar states count as perfect; and some scores only follow the duration.
    """

    episode: str
    """UUID."""
    compatibility: float
    """Mean over the steps, in [0, 1]."""
    conflict_share: float
    """Share of steps that conflict, in [0, 1]."""
    novel_share: float
    """Share of steps in unfamiliar states, in [0, 1]."""
    duration_s: float
    """[s]"""
    far_share: float = 0.0
    """Share of steps far from every base state, in [0, 1]."""
    disputed_share: float = 0.0
    """Share of steps that are novel or far, but not both, in [0, 1]."""
    incompatibility: float = nan
    """Our own score: mean over the steps, in [0, 1], LOW is good and 0.5 as usual; NaN where it is not known."""

    @property
    def departure(self) -> float:
        """How far over either usual limit it is, LOW is good; NaN where it is not known."""
        return departure(self.incompatibility, self.conflict_share)

    @classmethod
    def of(cls, episode: str, verdicts: Verdicts, duration_s: float) -> "EpisodeScore":
        """The score of an episode with these verdicts.

        Raises:
            PolicyError: if it has no step.
        """
        if not len(verdicts.compatibility):
            raise PolicyError(f"a driven step in episode {episode}", "none", "leave this episode out")
        return cls.of_means(episode, [float(part.mean()) for part in verdicts.told], duration_s)

    @classmethod
    def of_means(cls, episode: str, means: Sequence[float], duration_s: float) -> "EpisodeScore":
        """The score of an episode with these means of what verdicts tell, see `Verdicts.told`."""
        agreement, conflict, novel, far, disputed, unusual = means
        known = nan if np.isnan(unusual) else unusual  # always the same one, so that equal scores are equal
        return cls(episode, agreement, conflict, novel, duration_s, far, disputed, known)


def error(predictions: ArrayLike, actions: ArrayLike) -> Numbers:
    """How far the members' predictions are from what was done, (N,) [1]; low is good.

    Mean over members of the mean over action dimensions of the squared difference.

    Args:
        predictions: (K, N, A) normalised.
        actions: (N, A) normalised.

    Raises:
        PolicyError: if the shapes do not fit or a number is not finite.
    """
    predicted, done = _predictions(predictions), np.asarray(actions, np.float64)
    if done.shape != predicted.shape[1:]:
        raise PolicyError(f"actions of shape {predicted.shape[1:]}", f"{done.shape}", "predict for these steps")
    _refuse_not_finite("actions", done)
    difference = predicted - done
    return np.asarray(np.einsum("kna,kna->n", difference, difference) / (len(predicted) * done.shape[1]))


def novelty(predictions: ArrayLike) -> Numbers:
    """How much the members differ in a state, (N,) [1]: 0 where they agree, and for a single member.

    Mean over action dimensions of the unbiased standard deviation over members.

    Args:
        predictions: (K, N, A) normalised.

    Raises:
        PolicyError: if the shape does not fit or a number is not finite.
    """
    predicted = _predictions(predictions)
    if len(predicted) == 1:
        return np.zeros(predicted.shape[1])
    return np.asarray(predicted.std(axis=0, ddof=1).mean(axis=-1))


def compatibility(error: ArrayLike, novelty: ArrayLike, thresholds: Thresholds) -> Numbers:
    """M, (N,) in [0, 1]: 1 − min(error/λ, 1) in a familiar state (novelty < η), and 1 in any other.

    Args:
        error: (N,) [1].
        novelty: (N,) [1].
        thresholds: λ and η.

    Raises:
        PolicyError: if a number is not finite.
    """
    errors, novelties = np.asarray(error, np.float64), np.asarray(novelty, np.float64)
    _refuse_not_finite("errors", errors)
    _refuse_not_finite("novelties", novelties)
    agreement = 1.0 - np.minimum(errors / thresholds.error_limit, 1.0)
    return np.where(novelties < thresholds.novelty_limit, agreement, 1.0)


def _predictions(values: ArrayLike) -> Numbers:
    predicted = np.asarray(values, np.float64)
    if predicted.ndim != 3 or not predicted.shape[0] or not predicted.shape[2]:
        raise PolicyError("predictions (members, steps, dimensions)", f"{predicted.shape}", "check the policy")
    _refuse_not_finite("predictions", predicted)
    return predicted


def _refuse_not_finite(what: str, values: Numbers) -> None:
    if not np.isfinite(values).all():
        raise PolicyError(f"finite {what}", f"{int((~np.isfinite(values)).sum())} that are not", "drop these steps")
