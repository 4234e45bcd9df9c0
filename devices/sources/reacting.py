"""ReactingOperator: a scripted operator who is told where it disagrees, and may or may not do something about it.

It has a strategy of its own and can learn the one that it was shown. After feedback it takes up the shown strategy with
a given probability, as a whole or only in the phases that the feedback showed; it keeps its own manner, since nobody
gets a steadier hand by being told. Now and then it falls back into its own strategy.

It is a value, not a process: what it does follows from what happened, so a session that is stopped and gone on with
meets the same operator. For tests and studies; it is recorded as scripted.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from accord.devices.errors import DeviceError
from accord.devices.source import Source
from accord.devices.sources.plans.catalogue import strategy
from accord.devices.sources.scripted import ScriptedOperator
from accord.devices.sources.way import CLOSED, Way, can_mix

GRASP, REST = 0, 1
"""The phases that an operator tells apart: until it holds something, and from then on."""
PHASES = frozenset((GRASP, REST))


@dataclass(frozen=True, slots=True)
class ReactingOperator:
    """One scripted operator, as it is now."""

    task: str
    own: str
    """The strategy that it has."""
    shown: str
    """The strategy of the base episodes, which it can learn."""
    react: float
    """Probability that feedback changes what it does [1]."""
    relapse: float = 0.0
    """Probability, before every episode, that it falls back into its own strategy [1]."""
    partly: float = 0.0
    """Of the times that it reacts, how often it follows the shown strategy only in the phases that it was told of [1].
    """
    seed: int = 0
    """Of its chance."""
    follows: frozenset[int] = frozenset()
    """Phases in which it follows the shown strategy now."""
    events: int = 0
    """What happened to it so far: every event has its own chance, whatever happens between two."""

    def __post_init__(self) -> None:
        for name in ("react", "relapse", "partly"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise DeviceError(f"a probability from 0 to 1 to {name}", f"{value}", "give one, such as 0.7")
        if self.seed < 0:
            raise DeviceError("a seed of 0 or more", f"{self.seed}", "choose another")
        for name in (self.own, self.shown):
            strategy(self.task, name)

    def told(self, phases: Collection[int]) -> "ReactingOperator":
        """The same operator after feedback on an episode.

        Args:
            phases: in which the worst moments were, see `phase_of`; empty for all.
        """
        first, second = self._chance()
        reacts, partly = first < self.react, second < self.partly
        after = replace(self, events=self.events + 1)
        if not reacts:
            return after
        heard = PHASES & frozenset(phases) if partly and self._can_mix else PHASES
        return replace(after, follows=self.follows | (heard or PHASES))

    def next(self) -> "ReactingOperator":
        """The same operator before its next episode."""
        falls_back = bool(self.follows) and self._chance()[0] < self.relapse
        return replace(self, events=self.events + 1, follows=frozenset() if falls_back else self.follows)

    def way(self, take: int = 0) -> Way:
        """What it does now, in the try of this number, from 0."""
        at = [self.shown if phase in self.follows else self.own for phase in (GRASP, REST)]
        return Way.parse(str(Way(at[GRASP], at[REST], self.own, take)))

    def source(self, seed: int, take: int = 0) -> Source:
        """Itself for one episode.

        Args:
            seed: of the scene, and with `take` of its noise.
            take: how often this scene was tried before.
        """
        return ScriptedOperator(self.task, str(self.way(take)), seed)

    @property
    def _can_mix(self) -> bool:
        return all(can_mix(strategy(self.task, name)) for name in (self.own, self.shown))

    def _chance(self) -> tuple[float, float]:
        first, second = np.random.default_rng([self.seed, self.events]).random(2).tolist()
        return first, second


def phase_of(openings: NDArray[np.float64]) -> NDArray[np.int64]:
    """(N,) the phase of every step: `GRASP` while a hand is open that will still close, `REST` otherwise.

    Args:
        openings: (N,) or (N, hands) of the gripper, as sent [1].
    """
    closed: NDArray[np.bool_] = np.any(openings.reshape(len(openings), -1) < CLOSED, axis=1)
    last = int(np.flatnonzero(closed)[-1]) if closed.any() else -1
    return np.where(~closed & (np.arange(len(closed)) < last), GRASP, REST)
