"""Selection: which episodes go into a training set, which parts of them are cut, and for each one the reason.

A rule decides from what the library knows (`choosing.py`); the curator's own verdict stands above it. The reason is
kept with the decision, so that nobody has to guess later why an episode is in a set or is not.
"""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from accord.datasets.errors import LibraryError
from accord.datasets.scores.catalogue import NAMES, score_named
from accord.datasets.step_filter import DROPS, LEAST_PIECE_S
from accord.datasets.strict_json import parse
from accord.datasets.trim import Cuts, check_cuts

FORMAT = "accord-selection"
VERSION = 2
"""1 knew neither cuts nor limits on other scores; it is read as one without."""

OUTCOMES = ("success", "failure", "discarded", "incomplete", "unlabelled")
VERDICTS = ("", "accept", "reject")
Limits = tuple[float | None, float | None]
"""The least and the largest value that is kept; None for no limit."""
INCOMPATIBILITY = "incompatibility"
"""How strange an episode is to a base policy, 0 to 1, low is good."""
DEPARTURE = "departure"
"""The combined score against a base policy, 1 at the usual limits, low is good, see `departure.py`."""
OWN_SCORES = (INCOMPATIBILITY, DEPARTURE)
"""Our own scores, which only a base policy can tell; the plain ones are in `scores/catalogue.py`."""
SCORE_NAMES = (*NAMES, *OWN_SCORES)
"""What a rule may limit by name."""
_AGAINST_BASE = frozenset(("nearest-base", *OWN_SCORES))
"""Those of them that only a base policy, or the episodes it was fitted to, can tell."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the library knows about an episode when the choice is made."""

    id: str
    task: str
    operator: str
    scripted: bool
    outcome: str
    """One of `OUTCOMES`."""
    verdict: str
    """The curator's own: ``accept``, ``reject``, or empty."""
    duration_s: float
    compatibility: float | None = None
    """Mean over the steps, 0 to 1, high is good; None when not scored."""
    conflict_share: float | None = None
    """Share of steps that contradict the base policy, 0 to 1; None when not scored."""
    novel_share: float | None = None
    """Share of steps that the base policy does not know, 0 to 1; None when not scored."""
    trim: tuple[float, float] | None = None
    """The part that counts, from and to, seconds since the first step; None for all of it."""
    rollout: bool = False
    """Whether a policy drove: then it is no demonstration."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """Name of any other score → its value; only those that are known."""

    def __post_init__(self) -> None:
        _one_of("an outcome", self.outcome, OUTCOMES)
        _one_of("a verdict", self.verdict, VERDICTS)
        _share("compatibility", self.compatibility)
        _share("conflict share", self.conflict_share)
        _share("novel share", self.novel_share)
        if not (math.isfinite(self.duration_s) and self.duration_s >= 0):
            raise LibraryError(f"a duration of episode {self.id}", f"{self.duration_s}", "read the episode again")
        if self.trim is not None and not 0 <= self.trim[0] <= self.trim[1] < math.inf:
            raise LibraryError(f"a trim of episode {self.id} from early to late", f"{self.trim}", "trim it again")
        for name, value in self.scores.items():
            if not math.isfinite(value):
                found = f"{value} for episode {self.id}"
                raise LibraryError(f"a number for {name}", found, "leave it out where it is not known")

    @property
    def length_s(self) -> float:
        """Of the part that counts [s]."""
        return self.duration_s if self.trim is None else min(self.trim[1], self.duration_s) - self.trim[0]


@dataclass(frozen=True, slots=True)
class Rule:
    """What an episode must be to be kept. An empty list of names asks for nothing."""

    outcomes: tuple[str, ...] = ("success",)
    tasks: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    min_compatibility: float | None = None
    max_conflict_share: float | None = None
    max_novel_share: float | None = None
    policy: str = ""
    """The base policy whose scores are meant."""
    rollouts: bool = False
    """Whether episodes that a policy drove may be kept."""
    scores: Mapping[str, Limits] = field(default_factory=dict)
    """Name of any other score → the least and the largest value that is kept, None for no limit."""
    drop_steps: str = ""
    """Which steps are cut out of the episodes that are kept, a name of `step_filter.DROPS`; empty for none."""
    least_piece_s: float = LEAST_PIECE_S
    """What is shorter than this between two cuts goes with them [s]."""
    cut_accepted: bool = False
    """Whether episodes that the curator accepted are cut as well; else they stay whole."""
    drop_longest: int = 0
    """So many of the longest that would be kept are dropped: a control for filters that only follow the length."""
    drop_random: int = 0
    """So many that would be kept are dropped by lot: a control for filters that are no better than that."""
    seed: int = 0
    """Of the lot."""

    def __post_init__(self) -> None:
        for outcome in self.outcomes:
            _one_of("an outcome to keep", outcome, tuple(known for known in OUTCOMES if known != "discarded"))
        _share("least compatibility", self.min_compatibility)
        _share("largest conflict share", self.max_conflict_share)
        _share("largest novel share", self.max_novel_share)
        for name, limits in self.scores.items():
            _one_of("a score to limit", name, SCORE_NAMES)
            _limits(name, limits)
        _one_of("the steps to cut", self.drop_steps, ("", *DROPS))
        if not (math.isfinite(self.least_piece_s) and self.least_piece_s >= 0):
            raise LibraryError("a least piece of 0 s or more", f"{self.least_piece_s}", "give seconds")
        if min(self.drop_longest, self.drop_random) < 0:
            found = f"{min(self.drop_longest, self.drop_random)}"
            raise LibraryError("0 or more episodes to drop", found, "give a positive number")

    @property
    def scored(self) -> bool:
        """Whether it asks for anything that only a base policy can tell."""
        limits = (self.min_compatibility, self.max_conflict_share, self.max_novel_share)
        asked = any(limit is not None for limit in limits) or not _AGAINST_BASE.isdisjoint(self.scores)
        return asked or bool(self.drop_steps)


@dataclass(frozen=True, slots=True)
class Choice:
    """One episode, whether it is kept, and why."""

    candidate: Candidate
    kept: bool
    why: str
    cuts: Cuts = ()
    """What is left out of it, between the ends that its trim leaves; seconds since the first step [s]."""

    def __post_init__(self) -> None:
        check_cuts(self.cuts)

    @property
    def id(self) -> str:
        """The episode's."""
        return self.candidate.id


@dataclass(frozen=True, slots=True)
class Selection:
    """Episodes, each with the decision about it."""

    name: str
    rule: Rule
    rows: tuple[Choice, ...]
    wall_ns: int = 0
    """When it was made (since 1970) [ns]."""

    @property
    def kept(self) -> tuple[str, ...]:
        """Ids of the episodes that are kept, in order."""
        return tuple(row.id for row in self.rows if row.kept)

    @property
    def cuts(self) -> dict[str, Cuts]:
        """Id of each episode that is kept in part → what is cut out of it."""
        return {row.id: row.cuts for row in self.rows if row.kept and row.cuts}

    def save(self, path: Path) -> None:
        """Write it as JSON; the file is whole or it is not there.

        Raises:
            LibraryError: if the folder cannot be written.
        """
        text = json.dumps({"format": FORMAT, "version": VERSION} | asdict(self), indent=1, allow_nan=False)
        fresh = path.with_name(f"{path.name}.new")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, path)
        except OSError as error:
            fresh.unlink(missing_ok=True) if fresh.parent.is_dir() else None
            raise LibraryError(f"to save {path.name}", f"{error.strerror}", "choose another folder") from error

    @classmethod
    def load(cls, path: Path) -> "Selection":
        """Read what `save` wrote.

        Raises:
            DatasetError: if it is not there, damaged, foreign, or from a newer version.
        """
        try:
            values = parse(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise LibraryError(f"a selection in {path.name}", f"{error.strerror}", "look for the file") from error
        except ValueError as error:
            raise LibraryError(f"a selection in {path.name}", "damaged JSON", "make the selection again") from error
        _check_format(values, path.name)
        try:
            rows = tuple(_choice(row) for row in values["rows"])
            return cls(str(values["name"]), _rule(values["rule"]), rows, int(values["wall_ns"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LibraryError(f"a selection in {path.name}", f"{error!r}", "make the selection again") from error


def unit_of(name: str) -> str:
    """Of a score that a rule may limit, with a space before it; empty for one without."""
    unit = "1" if name in OWN_SCORES else score_named(name).unit
    return "" if unit == "1" else f" {unit}"


def _one_of(what: str, found: str, known: tuple[str, ...]) -> None:
    if found not in known:
        raise LibraryError(what, repr(found), f"choose one of {', '.join(name or 'none' for name in known)}")


def _share(what: str, value: float | None) -> None:
    # NaN fails both comparisons, so it is refused here as well.
    if value is not None and not 0.0 <= value <= 1.0:
        raise LibraryError(f"a {what} from 0 to 1", f"{value}", "leave it out where it is not known")


def _limits(name: str, limits: Limits) -> None:
    known = [limit for limit in limits if limit is not None]
    if not known or not all(math.isfinite(limit) for limit in known) or known != sorted(known):
        found = " to ".join("any" if limit is None else f"{limit:g}" for limit in limits)
        raise LibraryError(f"a least and a largest {name}, or one of them", found, "give finite numbers in order")


def _check_format(values: Any, name: str) -> None:
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise LibraryError(f"a selection in {name}", "another kind of file", "choose a saved selection")
    version = values.get("version")
    if not isinstance(version, int):
        raise LibraryError(f"a selection in {name}", f"version {version!r}", "make the selection again")
    if version > VERSION:
        raise LibraryError(f"a selection of version {VERSION} in {name}", f"version {version}", "update Accord")


def _rule(values: dict[str, Any]) -> Rule:
    lists = {key: tuple(values[key]) for key in ("outcomes", "tasks", "operators")}
    scores = {str(name): _pair(limits) for name, limits in values.get("scores", {}).items()}
    return Rule(**(values | lists | {"scores": scores}))


def _pair(limits: Any) -> Limits:
    least, largest = (None if limit is None else float(limit) for limit in limits)
    return least, largest


def _choice(values: dict[str, Any]) -> Choice:
    given = dict(values["candidate"])
    for name in ("id", "task", "operator", "outcome", "verdict"):
        if not isinstance(given[name], str):
            raise TypeError(f"{name} is {given[name]!r}, not text")
    trim = given.pop("trim")
    candidate = Candidate(**given, trim=None if trim is None else (float(trim[0]), float(trim[1])))
    cuts = tuple((float(first_s), float(last_s)) for first_s, last_s in values.get("cuts", ()))
    return Choice(candidate, bool(values["kept"]), str(values["why"]), cuts)
