"""RowScores: every number that an episode is judged by, those against a base policy and the plain ones, alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, nan

from accord.app.curating import Row
from accord.datasets.errors import DatasetError
from accord.datasets.scores.catalogue import SCORES, Score
from accord.datasets.scores.correlation import Correlation, correlation
from accord.datasets.scores.signals import fences

_POLICY = "a base policy"
DURATION = "duration"
"""Name of the score that every other one is compared with."""


@dataclass(frozen=True, slots=True)
class RowScore:
    """One number of every row, and what it means."""

    score: Score
    title: str
    """On a column and an axis."""
    attribute: str = ""
    """Of `EpisodeScore`; empty for a plain score."""
    share: bool = False
    """Shown in percent."""

    @property
    def name(self) -> str:
        """The score's."""
        return self.score.name

    def of(self, row: Row) -> float:
        """Its value; NaN where it is not known."""
        if not self.attribute:
            return row.plain.get(self.name, nan)
        return nan if row.score is None else float(getattr(row.score, self.attribute))

    def text(self, value: float) -> str:
        """A value as people read it, a dash where it is not known."""
        if not isfinite(value):
            return "–"
        if self.share:
            return f"{100 * value:.0f} %"
        if self.attribute:
            return f"{value:.2f}"
        return f"{value:.3g}{self.unit}".replace("-", "−")

    @property
    def unit(self) -> str:
        """With a space before it; empty without one."""
        return "" if self.score.unit == "1" else f" {self.score.unit}"

    @property
    def tip(self) -> str:
        """What it is, in which unit, and which end is good."""
        good = {True: "high is good", False: "low is good", None: "neither end is better by itself"}
        unit = "" if self.score.unit == "1" else f" [{self.score.unit}]"
        text = f"{self.score.text[0].upper()}{self.score.text[1:]}{unit}"
        return f"{text}; {good[self.score.high_is_good]}. Needs {self.score.needs}."


def _against(name: str, title: str, attribute: str, text: str, good: bool | None, share: bool = True) -> RowScore:
    return RowScore(Score(name, text, "1", good, _POLICY), title, attribute, share)


AGAINST_POLICY = (
    _against("compatibility", "M", "compatibility", "compatibility with the base policy, mean over the steps, 0 to 1",
             True, share=False),
    _against("conflict", "Conflict", "conflict_share",
             "share of steps in which the person did something else in a state that the policy knows", False),
    _against("novel", "Novel", "novel_share", "share of steps in states that the policy does not know", None),
    _against("far", "Far", "far_share", "share of steps far from every state of the base episodes", None),
    _against("disputed", "Disputed", "disputed_share", "share of steps that are novel or far, but not both", None),
    _against("incompatibility", "Incompatibility", "incompatibility",
             "how strange the steps are to the base, 0 to 1: 0.5 is as the base usually is", False, share=False),
    _against("departure", "Departure", "departure",
             "how far over the usual limit of conflict or of incompatibility, whichever is further: 1 is at the limit",
             False, share=False),
)  # fmt: skip
"""The measure's own."""

PLAIN = tuple(RowScore(score, score.name.replace("-", " ").capitalize()) for score in SCORES)
"""Those that need no policy."""

ROW_SCORES = (*AGAINST_POLICY, *PLAIN)
"""All of them, in the order of tables and boxes."""


def row_score(name: str) -> RowScore:
    """The one of this name.

    Raises:
        DatasetError: naming those that there are.
    """
    for one in ROW_SCORES:
        if one.name == name:
            return one
    raise DatasetError("a score", f"none named {name!r}", f"choose one of {', '.join(s.name for s in ROW_SCORES)}")


def follows_duration(rows: Iterable[Row]) -> dict[str, Correlation]:
    """Name → how the score goes with the duration in these episodes: many a score only follows that."""
    listed = list(rows)
    durations = [row.plain.get(DURATION, nan) for row in listed]
    return {one.name: correlation([one.of(row) for row in listed], durations) for one in ROW_SCORES}


def usual_duration(rows: Iterable[Row]) -> str:
    """``usual from 7.9 to 12.4 s, 2 outside``: by Tukey's fences."""
    durations = [row.plain.get(DURATION, nan) for row in rows]
    known = [value for value in durations if isfinite(value)]
    if not known:
        return "not known"
    usual = fences(known)
    outside = sum(usual.outside(value) for value in known)
    return f"usual from {max(usual.low, 0.0):.1f} to {usual.high:.1f} s, {outside or 'none'} outside"


def in_words(name: str, found: Correlation) -> str:
    """``follows the duration: ρ 0.83 (0.71 to 0.90)``; the interval holds the true one with 95 % confidence."""
    if name == DURATION:
        return "the duration itself"
    if not isfinite(found.rho):
        return f"with the duration: not known{f' of {found.episodes} episodes' if found.episodes else ''}"
    interval = f"ρ {found.rho:.2f} ({found.low:.2f} to {found.high:.2f})".replace("-", "−")
    # Where the interval holds 0, nobody can say that it follows anything.
    word = "with the duration" if found.low <= 0 <= found.high else "follows the duration"
    return f"{word}: {interval}"
