"""Trace: the agreement of the last seconds as bars of a tenth of a second, made from steps. Knows no toolkit."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.recorders.step import SCORE

SPAN_S: Final = 10
"""How far back it goes [s]."""
BARS: Final = 100
_BAR_NS: Final = SPAN_S * 1_000_000_000 // BARS


@dataclass(slots=True)
class Bar:
    """What the steps of a tenth of a second say together."""

    number: int
    """Counted on the steps' clock, so that a bar stays the same bar while it moves."""
    scored: int = 0
    total: float = 0.0
    novel: int = 0
    conflict: int = 0
    idle: bool = False
    """Between episodes: nobody shows anything, so it means nothing."""

    @property
    def compatibility(self) -> float:
        """Mean of its steps, NaN while none is scored [1]."""
        return self.total / self.scored if self.scored else float("nan")

    @property
    def is_novel(self) -> bool:
        """Whether most of its steps are in unfamiliar states."""
        return 2 * self.novel > self.scored


class Trace:
    """Fed with every new step, once."""

    def __init__(self) -> None:
        self._bars: deque[Bar] = deque(maxlen=BARS)
        self.newest = 0
        """Number of the bar of the newest step, scored or not."""

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Those with a scored step, oldest first."""
        return tuple(bar for bar in self._bars if bar.number > self.newest - BARS)

    def clear(self) -> None:
        """Another policy or another episode: what was said before means nothing now."""
        self._bars.clear()

    def feed(self, steps: NDArray[np.void], error_limit: float, novelty_limit: float, idle: bool = False) -> bool:
        """Take new steps in.

        Args:
            steps: with the fields of `accord.recorders.step`.
            error_limit: λ.
            novelty_limit: η.
            idle: whether they lie between episodes.

        Returns:
            Whether a bar began.
        """
        if not len(steps):
            return False
        newest, self.newest = self.newest, int(steps["t_ns"][-1]) // _BAR_NS
        if SCORE[0] in (steps.dtype.names or ()):
            for step in steps[np.isfinite(steps[SCORE[0]])]:
                self._add(step, error_limit, novelty_limit, idle)
        return newest != self.newest

    def _add(self, step: np.void, error_limit: float, novelty_limit: float, idle: bool) -> None:
        number = int(step["t_ns"]) // _BAR_NS
        if not self._bars or self._bars[-1].number != number:
            self._bars.append(Bar(number, idle=idle))
        if self._bars[-1].idle != idle:
            return  # the bar in which an episode ends is the episode's
        bar, novel = self._bars[-1], bool(step[SCORE[2]] >= novelty_limit)
        bar.scored += 1
        bar.total += float(step[SCORE[0]])
        bar.novel += novel
        bar.conflict += not novel and bool(step[SCORE[1]] > error_limit)
