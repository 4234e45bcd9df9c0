"""Step filter: which parts of an episode are cut so that its conflicting steps go and the rest stays.

The second form of post-hoc filtering in Gandhi et al., CoRL 2022 (arXiv 2210.08073). What is left of an episode is
pieces; who trains on them must not take the end of one for a neighbour of the beginning of the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import DatasetError
from accord.datasets.trim import Cuts

Mask = NDArray[np.bool_]

DROPS: Mapping[str, str] = {"conflict": "conflicting", "incompatible": "incompatible"}
"""What may be wrong with a step, and the word for such steps."""
JOIN_S = 0.1
"""Two cuts nearer to each other than this are one: five steps at 50 Hz show nothing that can be learned [s]."""
LEAST_PIECE_S = 0.5
"""A piece must be this long to stay: half a second is a usual horizon of actions [s]."""
LEAST_SHARE = 1 / 3
"""An episode of which less would stay is not worth its pieces: nearly all of it was done another way [1]."""


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSteps:
    """The steps of an episode that count, and what is wrong with each."""

    t_s: NDArray[np.float64]
    """(N,) since the episode's first step, rising [s]."""
    wrong: Mapping[str, Mask]
    """Name of `DROPS` → (N,); only what is known."""

    def __post_init__(self) -> None:
        for name, mask in self.wrong.items():
            if mask.shape != self.t_s.shape:
                found = f"{mask.shape} for {len(self.t_s)} steps"
                raise DatasetError(f"whether each step is {DROPS[name]}", found, "score the episode again")


@dataclass(frozen=True, slots=True)
class StepCuts:
    """What is cut out of one episode."""

    cuts: Cuts
    """From the first to the last step of each part that goes, both included [s]."""
    wrong: int
    """Steps that go because they are wrong themselves."""
    between: int
    """Steps that go because too few stand between them and the next cut, or the end."""
    steps: int
    """Of the episode, before."""
    pieces: int
    """Into which the rest falls."""
    period_s: float
    """Between two steps, usually [s]."""

    @property
    def share(self) -> float:
        """Of the steps that stay, 0 to 1; 1 for an episode without steps."""
        return 1.0 - (self.wrong + self.between) / self.steps if self.steps else 1.0


def cuts_of(t_s: NDArray[np.float64], wrong: Mask, least_piece_s: float = LEAST_PIECE_S) -> StepCuts:
    """Cut the runs of wrong steps, and what is too short between them.

    Args:
        t_s: (N,) when each step began, since the episode's first step, rising [s].
        wrong: (N,) which steps have to go.
        least_piece_s: how long a piece must be to stay [s].
    """
    period_s = float(np.median(np.diff(t_s))) if len(t_s) > 1 else 0.0
    goes = wrong.copy()
    for first, last in _runs(~wrong):
        inside = first > 0 and last < len(wrong)
        # Counted in steps, not from time to time: a pause in which the robot was held is nothing to learn from.
        length_s = (last - first) * period_s
        alone = first == 0 and last == len(wrong)
        if not alone and (_less(length_s, least_piece_s) or (inside and _less(length_s, JOIN_S))):
            goes[first:last] = True
    cuts = tuple((float(t_s[first]), float(t_s[last - 1])) for first, last in _runs(goes))
    bad = int(np.count_nonzero(wrong))
    return StepCuts(cuts, bad, int(np.count_nonzero(goes)) - bad, len(wrong), len(_runs(~goes)), period_s)


def _less(length_s: float, limit_s: float) -> bool:
    """Rounding of the clock must not decide about a piece of exactly the limit."""
    return length_s < limit_s - 1e-6


def _runs(mask: Mask) -> list[tuple[int, int]]:
    """First and one past the last of every run of True."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0)).tolist()
    return list(pairwise(edges))[::2]
