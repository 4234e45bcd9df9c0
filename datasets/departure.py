"""Departure: our combined score of an episode: how far over either limit it is; 1 is at the limit, LOW is good.

Two scores see different strategies. The conflict share knows where the base does one thing and the person did another;
it sees nobody who leaves the base set's states, or holds a thing a little further along. The incompatibility
(`incompatibility.py`) sees both, but as a mean over all steps it thins out a foreign way of doing something short. Each
has a limit at which a curator begins. The larger of the two, each in units of its limit, is over 1 as soon as either is
over its own, and ranks what lies beyond as well as what lies within.

The larger, not the sum: what lies well within one limit is noise of the base's own and says nothing about the other.
How it was found, its figures, and where it fails: docs/compatibility.md.
"""

from math import isnan, nan

USUAL_CONFLICT_SHARE = 0.15
"""A limit to begin with: by the calibration about one step in twenty of an own episode conflicts; three times that is
somebody else's way of doing it [1]."""
USUAL_INCOMPATIBILITY = 0.65
"""The same for the incompatibility: own episodes of scripted operators had 0.4 to 0.56 on average in three tasks, other
strategies 0.71 to 0.98 (docs/study.md) [1]."""


def departure(incompatibility: float, conflict_share: float) -> float:
    """How far an episode departs from the base set, in units of the usual limits; NaN where either is not known.

    Args:
        incompatibility: its mean over the steps, in [0, 1].
        conflict_share: share of its steps that conflict, in [0, 1].
    """
    if isnan(incompatibility) or isnan(conflict_share):
        return nan
    return max(incompatibility / USUAL_INCOMPATIBILITY, conflict_share / USUAL_CONFLICT_SHARE)
