"""Plan: what a lesson is to be. None of it changes while the lesson goes on."""

import math
import re
import unicodedata
from dataclasses import dataclass

from accord.app.errors import AppError
from accord.app.settings import check_seed
from accord.datasets.departure import USUAL_CONFLICT_SHARE, USUAL_INCOMPATIBILITY
from accord.datasets.names import checked_name

MEASURES = {"conflict": "of the steps conflict", "incompatibility": "incompatibility"}
"""What an episode may be judged by → how a reason says it. Both are shares, low is good."""
USUAL_LIMITS = {"conflict": USUAL_CONFLICT_SHARE, "incompatibility": USUAL_INCOMPATIBILITY}
"""A limit to begin with, by measure. An episode of the base set's own way has an incompatibility of about 0.5. With 16
base episodes and five new ones of each strategy: own 0.26 to 0.64 (square-nut), 0.33 to 0.70 (hammer), 0.03 to 0.44
(round-nut); strategies that do it another way 0.71 to 0.91, 0.78 to 0.93, and 0.58 to 0.95. So look at the first few.
"""

_LONGEST = 64
"""Characters of a name. Source: `accord.datasets.names`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a lesson is to be."""

    name: str
    """Of the lesson, in its library."""
    policy: str
    """Name of the base policy that it begins with."""
    task: str
    operator: str
    seed: int = 0
    """Of the first scene, and of what is drawn by chance."""
    accepted: int = 10
    """How many episodes have to be accepted in a round."""
    rounds: int = 1
    limit: float = USUAL_CONFLICT_SHARE
    """The share up to which an episode is accepted, in [0, 1]."""
    measure: str = "conflict"
    """What is limited, one of `MEASURES`."""
    practices: int = 3
    """Successes of practice; 0 for none."""
    watch: int = 5
    """Base episodes to watch before teaching."""
    tries: int = 0
    """How often the same scene is tried before another one is set; 0: until it is accepted."""
    naive: bool = False
    """Accept every success, with no feedback: what collecting is without a base policy, to compare with."""
    source: str = ""
    """Who drives, ``scripted:STRATEGY`` for a scripted operator; empty where the window chooses."""
    react: float = 0.0
    """Of a scripted operator: probability that feedback changes what it does [1]."""
    relapse: float = 0.0
    """Of a scripted operator: probability, before an episode, that it falls back into its own strategy [1]."""
    partly: float = 0.0
    """Of a scripted operator: how often it changes only what it was shown [1]."""

    def __post_init__(self) -> None:
        checked_name(self.name, "a lesson")
        check_seed(self.seed)
        if not self.operator.strip():
            raise AppError("the name of the operator", "none", "say who is driving")
        if not (math.isfinite(self.limit) and 0.0 <= self.limit <= 1.0):
            raise AppError("a limit from 0 to 1", f"{self.limit}", "give a share, such as 0.15")
        if self.measure not in MEASURES:
            raise AppError(f"one of {', '.join(MEASURES)} to judge by", repr(self.measure), "choose one of these")
        if min(self.accepted, self.rounds, self.watch) < 1 or min(self.practices, self.tries) < 0:
            found = f"{self.accepted} to accept, {self.rounds} rounds, {self.watch} to watch"
            raise AppError("one episode or more, in one round or more", found, "give positive numbers")

    def fits(self, share: float) -> bool:
        """Whether an episode of this share is accepted; one that is not a number never is."""
        return share <= self.limit


def default_name(operator: str, policy: str) -> str:
    """A name for a lesson that nobody named: the operator's and the policy's, in characters that a name may have.

    ``Jane Doe`` with ``base`` → ``Jane-Doe-base``.
    """
    plain = unicodedata.normalize("NFKD", operator).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9_]+", plain)
    return "-".join((*words, policy)).lstrip("_-")[:_LONGEST]
