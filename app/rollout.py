"""Rollout: an episode that a policy drives, as a number in an evaluation. And what all of one evaluation share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from accord.app.errors import AppError
from accord.devices.policies.catalogue import PolicyName, Sight
from accord.devices.sim.factor import Variation
from accord.devices.sources.policy import Asking

OUT_OF_TIME = "it ran out of time"
"""The failure of a policy that drove to the end."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Which rollouts stay as episodes of the library."""

    what: str = "none"
    """``none``, ``failures``, ``successes``, ``all``, or how many of the first."""

    def __post_init__(self) -> None:
        if self.what not in ("none", "failures", "successes", "all") and not self._first:
            found = repr(self.what)
            raise AppError("none, failures, successes, all or a number of rollouts to keep", found, "choose one")

    @property
    def _first(self) -> int:
        return int(self.what) if self.what.isascii() and self.what.isdigit() else 0

    def __bool__(self) -> bool:
        return self.what != "none"

    def wants(self, number: int, success: bool) -> bool:
        """Whether the rollout of this number, from 0, stays."""
        whole = {"all": True, "successes": success, "failures": not success}
        return whole.get(self.what, number < self._first)


@dataclass(frozen=True, slots=True)
class RolloutPlan:
    """What all rollouts of one evaluation have in common. Everything in it was checked."""

    library: Path
    policy: PolicyName
    folder: Path | None
    """Of the base policy; None for a remote one."""
    task: str
    arm: str
    rate_hz: float
    instruction: str
    limit_s: float
    """A rollout that takes longer is a failure [s]."""
    variation: Variation = field(default_factory=dict)
    asking: Asking = field(default_factory=Asking)
    sight: Sight = field(default_factory=Sight)
    keep: Keep = field(default_factory=Keep)
    width: int = 320
    """Of the views of kept rollouts [px]."""
    height: int = 240
    """[px]"""
    thumbnails: bool = False
    """Whether a failure comes with a picture of how it ended."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """What became of one."""

    number: int
    """In its evaluation, from 0."""
    seed: int
    """Of its scene."""
    success: bool
    stage: int
    """How many stages of the task were reached."""
    duration_s: float
    """From the first step to the last, of the simulated clock [s]."""
    steps: int
    held: int
    """Steps at which the robot was held."""
    seconds: float
    """That really passed [s]."""
    reason: str = ""
    """Why it is no success: `OUT_OF_TIME`, or what went wrong with the policy in one sentence."""
    too_late: int = 0
    """Answers of a remote policy that came too late to act on."""
    values: Mapping[str, float] = field(default_factory=dict)
    """What the reset drew, by factor."""
    episode: str = ""
    """Its id where it was kept."""
    problem: str = ""
    """Why it could not be kept, in one sentence."""
    picture: bytes = b""
    """A JPEG of how a failure ended, where asked for."""

    @property
    def broken(self) -> bool:
        """Whether the policy itself failed: it was lost, or what it said was no command."""
        return bool(self.reason) and self.reason != OUT_OF_TIME
