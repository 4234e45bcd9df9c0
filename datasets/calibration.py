"""Calibration: thresholds from what the base policy scores on base episodes that it was not fitted to.

Error on the episodes that a network was fitted to is biased low, so only held-out ones say what is usual.

Why these numbers. λ is a high quantile of the held-out error, so that a fresh episode of the base set's own strategy
has few conflicting steps. η is a margin above a high quantile of the held-out novelty: another strategy leaves the
states of the base set a little, and with η at the quantile itself most of its steps would be called novel and count as
perfect. Measured with simulated strategies on one task (own against two foreign ones; bases of 6, 12 and 25 episodes,
two levels of noise, ten new episodes each): the conflict share told a foreign episode from an own one with AUROC 0.75
to 0.98 without a margin, 0.92 to 1.0 with 1.5 and 0.91 to 1.0 with 2; of episodes half a workspace away 98 % of the
steps or more were novel without a margin, 78 to 98 % with 1.5 and 23 to 83 % with 2. An own episode had 3 to 12 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.compatibility import STEP_SCORES, StepScores, Thresholds
from accord.datasets.counted import counted
from accord.datasets.errors import PolicyError
from accord.datasets.policy import BasePolicy

_LEAST = 1e-9
"""Least threshold: an ensemble of one member has novelty 0 everywhere, and a limit has to be above 0."""
SHOWN_QUANTILES = (0.5, 0.9, 0.95, 0.99, 1.0)
"""What is told of the held-out steps beside the thresholds."""
_FEW_FITTED_TO = 5
_FEW_EPISODES = 2
_FEW_STEPS = 400
"""With fewer held-out steps, a 0.99 quantile rests on fewer than four of them."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Where the thresholds lie among the held-out steps."""

    error: float = 0.95
    """Of the error, for λ."""
    novelty: float = 0.99
    """Of the novelty, for η."""
    novelty_margin: float = 1.5
    """How many times that quantile η is."""
    distance: float = 0.99
    """Of the distance to base states, for its limit."""
    distance_margin: float = 1.0
    """How many times that quantile the limit is."""

    def __post_init__(self) -> None:
        between = all(0 < quantile < 1 for quantile in (self.error, self.novelty, self.distance))
        if not (between and self.novelty_margin > 0 and self.distance_margin > 0):
            raise PolicyError("quantiles between 0 and 1 and a margin above 0", f"{self}", "start from the defaults")


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Thresholds and what they rest on."""

    thresholds: Thresholds
    quantiles: Quantiles
    held_out: StepScores
    """Of every step of the held-out episodes."""
    episodes: int
    """How many episodes these are."""
    warning: str
    """Why the thresholds are uncertain, or empty."""

    def below(self, thresholds: Thresholds) -> dict[str, float]:
        """Name of a limit → the share of held-out steps below it; a limit on what is not known is left out."""
        limits = {"λ": ("error", thresholds.error_limit), "η": ("novelty", thresholds.novelty_limit),
                  "δ": ("distance", thresholds.distance_limit)}  # fmt: skip
        known = {name: (getattr(self.held_out, score), limit) for name, (score, limit) in limits.items()}
        return {
            name: float((values < limit).mean())
            for name, (values, limit) in known.items()
            if np.isfinite(values).all() and np.isfinite(limit)
        }

    def told(self, thresholds: Thresholds) -> str:
        """``Below λ 95 %, below η 100 % of 412 held-out steps of 4 episodes``."""
        parts = ", ".join(f"{name} {100 * share:.3g} %" for name, share in self.below(thresholds).items())
        several = "" if self.episodes == 1 else "s"
        return f"Below {parts} of {len(self.held_out):,} held-out steps of {self.episodes} episode{several}."

    def shown(self) -> dict[str, dict[float, float]]:
        """Score of a step → quantile → its value among the held-out steps; a score that is not known is left out."""
        known = {name: getattr(self.held_out, name) for name in STEP_SCORES}
        return {
            name: {at: float(np.quantile(values, at)) for at in SHOWN_QUANTILES}
            for name, values in known.items()
            if np.isfinite(values).all()
        }


def calibrate(
    policy: BasePolicy, held_out: Sequence[NDArray[np.void]], quantiles: Quantiles | None = None, also: str = ""
) -> Calibration:
    """Choose thresholds by held-out base episodes.

    Args:
        policy: whose thresholds do not matter yet.
        held_out: steps of every episode that the policy was not fitted to.
        quantiles: the defaults unless given.
        also: what else makes the base set doubtful, a sentence that joins the warning; usually empty.

    Raises:
        PolicyError: if no held-out step counts, or the steps do not fit the policy.
    """
    chosen = quantiles or Quantiles()
    counting = [records[counted(records)] for records in held_out]
    found = StepScores.joined([policy.score_steps(records) for records in counting if len(records)])
    if not len(found):
        raise PolicyError("held-out steps that count", "none", "record more base episodes")
    error, novelty = np.quantile(found.error, chosen.error), np.quantile(found.novelty, chosen.novelty)
    distance = np.inf if np.isnan(found.distance).any() else np.quantile(found.distance, chosen.distance)
    limits = float(error), float(novelty) * chosen.novelty_margin, float(distance) * chosen.distance_margin
    thresholds = Thresholds(*(max(limit, _LEAST) for limit in limits))
    sentences = (_few_held_out(len(counting), len(found)), _few_fitted_to(policy), also)
    return Calibration(
        thresholds, chosen, found, len(counting), " ".join(sentence for sentence in sentences if sentence)
    )


def _few_held_out(episodes: int, steps: int) -> str:
    if episodes >= _FEW_EPISODES and steps >= _FEW_STEPS:
        return ""
    rests_on = f"{episodes} held-out episode{'s' if episodes > 1 else ''} of {steps} steps"
    return f"The thresholds rest on only {rests_on}: look at the scatter before trusting a verdict, or add episodes."


def _few_fitted_to(policy: BasePolicy) -> str:
    count = len(policy.fitted_to)
    if count >= _FEW_FITTED_TO:
        return ""
    saw = f"The policy was fitted to only {count} episode{'s' if count > 1 else ''}"
    return f"{saw}: what a person does in a scene that these do not show counts as novel or as conflict by chance."
