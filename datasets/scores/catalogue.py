"""Catalogue: every plain score of an episode, by name. Each needs states and actions only, and no base policy.

What each one is, where it comes from and when it misleads: ``docs/scores.md``.
"""

from dataclasses import dataclass

from accord.datasets.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Score:
    """One number per episode."""

    name: str
    """As in a table, a rule and a file: ``action-divergence``."""
    text: str
    """What it is, in a few words for people."""
    unit: str
    """SI unit, or ``1``."""
    high_is_good: bool | None
    """None where neither end is better by itself."""
    needs: str
    """What must be known; without it the score is NaN."""
    relative: bool = False
    """Whether it depends on the other episodes as well: then it changes when they do."""


SCORES = (
    Score("action-divergence", "how much actions vary among near states", "1", False, "another step", relative=True),
    Score(
        "transition-diversity", "how much what follows varies among near states and actions", "1/s²", None,
        "another transition", relative=True,
    ),
    Score(
        "mutual-information", "how much the state tells about the action", "1", True, "nine steps in the pool",
        relative=True,
    ),
    Score("smoothness", "spectral arc length of the hand's speed", "1", True, "a hand that moves"),
    Score("jerk", "logarithm of the hand's dimensionless jerk, negative", "1", True, "a hand that moves"),
    Score("path-efficiency", "straight lines between grasps over the path taken", "1", True, "a hand that moves"),
    Score("idle-share", "share of steps that command nothing", "1", False, "a twist, or a hand"),
    Score("duration", "from the first to the last step that counts", "s", None, "two steps"),
    Score("saturation", "share of steps at the speed limits", "1", False, "a twist"),
    Score("tracking-error", "between the velocity sent and the velocity reached", "m/s", False, "a twist and a hand"),
    Score("nearest-base", "distance to the nearest base episode", "1", False, "a base episode", relative=True),
)  # fmt: skip
"""All of them, in the order of tables."""

NAMES = tuple(score.name for score in SCORES)
"""Of all of them."""


def score_named(name: str) -> Score:
    """The score of this name.

    Raises:
        DatasetError: naming those that there are.
    """
    for score in SCORES:
        if score.name == name:
            return score
    raise DatasetError("a plain score", f"none named {name!r}", f"choose one of {', '.join(NAMES)}")
