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

from accord.datasets.compatibility import Numbers, Thresholds
from accord.datasets.counted import counted
from accord.datasets.errors import PolicyError
from accord.datasets.policy import BasePolicy

_LEAST = 1e-9
"""Least threshold: an ensemble of one member has novelty 0 everywhere, and a limit has to be above 0."""
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

    def __post_init__(self) -> None:
        if not (0 < self.error < 1 and 0 < self.novelty < 1 and self.novelty_margin > 0):
            raise PolicyError("quantiles between 0 and 1 and a margin above 0", f"{self}", "start from the defaults")


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Thresholds and what they rest on."""

    thresholds: Thresholds
    quantiles: Quantiles
    held_out_errors: Numbers
    """(N,) [1]."""
    held_out_novelties: Numbers
    """(N,) [1]."""
    warning: str
    """Why the thresholds are uncertain, or empty."""


def calibrate(
    policy: BasePolicy, held_out: Sequence[NDArray[np.void]], quantiles: Quantiles | None = None
) -> Calibration:
    """Choose thresholds by held-out base episodes.

    Args:
        policy: whose thresholds do not matter yet.
        held_out: steps of every episode that the policy was not fitted to.
        quantiles: the defaults unless given.

    Raises:
        PolicyError: if no held-out step counts, or the steps do not fit the policy.
    """
    chosen = quantiles or Quantiles()
    scores = [policy.score_steps(records[counted(records)]) for records in held_out]
    errors = np.concatenate([score.error for score in scores]) if scores else np.empty(0)
    novelties = np.concatenate([score.novelty for score in scores]) if scores else np.empty(0)
    if not len(errors):
        raise PolicyError("held-out steps that count", "none", "record more base episodes")
    error_limit = float(np.quantile(errors, chosen.error))
    novelty_limit = float(np.quantile(novelties, chosen.novelty)) * chosen.novelty_margin
    thresholds = Thresholds(max(error_limit, _LEAST), max(novelty_limit, _LEAST))
    return Calibration(thresholds, chosen, errors, novelties, _warning(len(held_out), len(errors)))


def _warning(episodes: int, steps: int) -> str:
    if episodes >= _FEW_EPISODES and steps >= _FEW_STEPS:
        return ""
    rests_on = f"{episodes} held-out episode{'s' if episodes > 1 else ''} of {steps} steps"
    return f"The thresholds rest on only {rests_on}: look at the scatter before trusting a verdict, or add episodes."
