"""Attempt: one episode of a lesson, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What became of an episode."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """It succeeded, but too much of it conflicts."""
    FAILED = "failed"
    """The task was not done."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One episode of a lesson, and what became of it."""

    episode: str
    """Its id."""
    round: int
    """From 1."""
    policy: str
    """The base policy that it was measured against."""
    scene: int
    """Number of its scene in the lesson, from 0."""
    verdict: Verdict
    share: float | None
    """What `Plan.measure` says of it, in [0, 1], low is good; None where it could not be scored."""
    why: str
    """The reason as it stands in the library's decisions."""
    phases: tuple[int, ...] = ()
    """Where its worst moments lie, see `accord.devices.sources.reacting`; only scripted operators ask for it."""
    overruled: bool = False
    """Whether the operator had it accepted anyway."""
