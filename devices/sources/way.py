"""Way: what a scripted operator does in one episode, as a text that stands in the episode's file.

``across-then-down`` is a strategy. An operator who learns from others may also mix two, keep the own manner, and try
the same scene again::

    GRASP[/REST][~MANNER][#TRY]        across-then-down/down-then-across~clumsy#2

grasps as the first strategy does, does the rest as the second does, with the habits of the third, for the third time.
"""

import re
from dataclasses import dataclass, replace

import numpy as np

from accord.devices.errors import DeviceError
from accord.devices.sources.plan import Reach, Strategy
from accord.devices.sources.plans.catalogue import strategy

CLOSED = 0.2
"""An opening below this holds something, or tries to [1]."""
_TEXT = re.compile(r"(?P<grasp>[^/~#]+)(/(?P<rest>[^/~#]+))?(~(?P<manner>[^/~#]+))?(#(?P<take>\d{1,6}))?")


@dataclass(frozen=True, slots=True)
class Way:
    """One or two strategies, a manner and the number of the try."""

    grasp: str
    """The strategy up to the first time that the hand closes."""
    rest: str = ""
    """The strategy from there on; empty for the same."""
    manner: str = ""
    """The strategy whose manner it is done in; empty for that of `grasp`."""
    take: int = 0
    """How often the scene was tried before: another try is another episode."""

    @classmethod
    def parse(cls, text: str) -> "Way":
        """Read a text as above.

        Raises:
            DeviceError: if it is something else.
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            raise DeviceError("a strategy, as GRASP[/REST][~MANNER][#TRY]", repr(text), "name a strategy of the task")
        parts = found.groupdict(default="")
        return cls(parts["grasp"], parts["rest"], parts["manner"], int(parts["take"] or 0))

    def __str__(self) -> str:
        rest = f"/{self.rest}" if self.rest not in ("", self.grasp) else ""
        manner = f"~{self.manner}" if self.manner not in ("", self.grasp) else ""
        return f"{self.grasp}{rest}{manner}{f'#{self.take}' if self.take else ''}"

    def strategy(self, task: str) -> Strategy:
        """What is done then.

        Raises:
            DeviceError: if the task has no such strategy, or the two cannot be mixed.
        """
        first = strategy(task, self.grasp)
        plans = first.plans
        if self.rest and self.rest != self.grasp:
            plans = mixed(first, strategy(task, self.rest))
        manner = strategy(task, self.manner).manner if self.manner else first.manner
        return replace(first, name=str(self), plans=plans, manner=manner)

    def chance(self, seed: int) -> np.random.Generator:
        """Everything that happens by chance in this try of a scene; the first is as it was before there were more."""
        return np.random.default_rng([seed, self.take] if self.take else seed)


def mixed(first: Strategy, second: Strategy) -> tuple[tuple[Reach, ...], ...]:
    """The plans of the first up to where a hand closes, and those of the second from there on.

    Raises:
        DeviceError: if a hand of either never closes.
    """
    if len(first.plans) != len(second.plans) or not (can_mix(first) and can_mix(second)):
        remedy = "follow one of them as a whole"
        raise DeviceError("two strategies that grasp", f"{first.name} and {second.name}", remedy)
    return tuple(_joined(a, b) for a, b in zip(first.plans, second.plans, strict=True))


def can_mix(one: Strategy) -> bool:
    """Whether every hand closes at some time."""
    return all(_closes(plan) > 0 for plan in one.plans)


def _closes(plan: tuple[Reach, ...]) -> int:
    """How many reaches of a plan there are until the hand has closed; 0 where it never does."""
    closing = (i for i, reach in enumerate(plan) if reach.gripper is not None and reach.gripper < CLOSED)
    return next(closing, -1) + 1


def _joined(first: tuple[Reach, ...], second: tuple[Reach, ...]) -> tuple[Reach, ...]:
    """Begins again from the start where a reach leads back to one that is left out."""
    plan = (*first[: _closes(first)], *second[_closes(second) :])
    names = {reach.name for reach in plan}
    return tuple(reach if reach.otherwise in names else replace(reach, otherwise="") for reach in plan)
