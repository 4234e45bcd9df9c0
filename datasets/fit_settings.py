"""What a fit is asked for and what it tells on the way; apart from `fit`, so that no window has to import torch."""

from dataclasses import dataclass, field
from math import ceil

import numpy as np

from accord.datasets.calibration import Quantiles
from accord.datasets.errors import PolicyError
from accord.datasets.heads import HEADS, MOST_COMMANDS, MOST_MODES

MOST_MEMBERS, MOST_UNITS = 100, 8192
"""More does not fit into a usual machine, and would end the fit without a word."""
KEEPS = ("best", "last")
"""Which weights stay."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How a base policy is fitted.

    Members and layers are the reference's (see `accord.datasets.compatibility`). Its batch of 32 and constant rate of
    1e-3 were as good but slower: 25 human episodes (door, VR glove) came to a validation error of 0.241 (batch 32,
    first rate 1e-3, 3900 updates), 0.240 (64, 1e-3, 2500), and 0.243 (64, 3e-3, 1200).

    What the running means are worth, and how few updates do, is measured by benchmarks/score.py.
    """

    name: str = "base"
    task: str = ""
    rate_hz: float = 0.0
    """Of the episodes' steps; only remembered."""
    observed: tuple[str, ...] = ()
    """Observation fields to see; empty for the usual ones, see `accord.datasets.features.observed`."""
    commanded: tuple[str, ...] = ()
    """Fields of the command to predict; empty for the usual ones, see `accord.datasets.commanded`."""
    members: int = 5
    """K."""
    hidden: tuple[int, ...] = (512, 512)
    """Units of each hidden layer."""
    learning_rate: float = 3e-3
    """Of Adam at the beginning; it falls to zero along half a cosine."""
    batch: int = 64
    """Steps per update of each member."""
    updates: int = 2000
    """How many updates to plan for: an epoch of a small base has few, so it needs more epochs."""
    average: float = 0.99
    """How much an update leaves of the running mean of a member's weights. The means are the policy: they have what the
    last hundred updates agree on, for which a rate that falls to zero would need longer (Polyak and Juditsky,
    "Acceleration of Stochastic Approximation by Averaging", 1992). 0 for the weights themselves."""
    most_epochs: int = 60
    patience: int = 10
    """Epochs without a better validation error of any member before it stops early."""
    chunk: int = 12
    """H: how many commands it says at once. With one, a policy hardly drives; and with twelve the conflict share told a
    foreign strategy better as well (square-nut at 25 Hz, held at another place: AUROC 0.87 in place of 0.80)."""
    skip_idle: bool = True
    """Leave out steps at which nothing happens, see `accord.datasets.idle`."""
    head: str = "mean"
    """One of `accord.datasets.heads.HEADS`."""
    modes: int = 3
    """Of a mixture head."""
    keep: str = "best"
    """``best``: each member's mean weights when its validation error was least. ``last``: those at the end; the error
    on single steps is a poor guide to how well a policy drives (Mandlekar et al., "What Matters in Learning from
    Offline Human Demonstrations for Robot Manipulation", CoRL 2021)."""
    seed: int = 0
    quantiles: Quantiles = field(default_factory=Quantiles)
    """Of the calibration that follows the fit."""

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise PolicyError("a seed of 0 or more", f"{self.seed}", "choose another")
        if not 0.0 <= self.average < 1.0:
            raise PolicyError("an average that keeps 0 or more and less than 1", f"{self.average:g}", "choose another")
        if self.head not in HEADS or self.keep not in KEEPS:
            wanted = f"a head {' or '.join(HEADS)} and to keep the {' or '.join(KEEPS)} weights"
            raise PolicyError(wanted, f"{self.head!r} and {self.keep!r}", "choose among these")
        counts = (
            self.chunk,
            self.modes,
            self.members,
            self.batch,
            self.updates,
            self.most_epochs,
            self.patience,
            *self.hidden,
        )
        most = {"chunk": MOST_COMMANDS, "modes": MOST_MODES, "members": MOST_MEMBERS, "hidden": MOST_UNITS}
        for name, limit in most.items():
            if np.max(getattr(self, name), initial=0) > limit:
                raise PolicyError(f"{name} of up to {limit}", f"{getattr(self, name)}", "choose fewer")
        if min(counts) < 1 or not self.learning_rate > 0:
            raise PolicyError("settings above 0", f"{self}", "start from the defaults")

    def epochs(self, steps: int) -> int:
        """How many epochs to plan for with this many training steps."""
        return min(self.most_epochs, ceil(self.updates / ceil(steps / self.batch)))


@dataclass(frozen=True, slots=True)
class FitProgress:
    """How far a fit is."""

    epoch: int
    """Finished, from 1."""
    epochs: int
    """At most."""
    train_error: float
    """Mean over members, in this epoch [1]."""
    validation_error: float
    """Mean over members of the best so far [1]."""
    seconds: float
    """Since the fit began [s]."""
    fraction: float
    """Of the work done if it does not stop early, in [0, 1]."""


class FitCancelledError(PolicyError):
    """Somebody stopped the fit; nothing is left of it."""
