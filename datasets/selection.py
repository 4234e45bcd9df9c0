"""Selection: which episodes go into a training set, and for each one the reason.

A rule decides from what the library knows; the curator's own verdict stands above it. The reason is kept with the
decision, so that nobody has to guess later why an episode is in a set or is not.
"""

import json
import math
import operator
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accord.datasets.errors import LibraryError
from accord.datasets.strict_json import parse

FORMAT = "accord-selection"
VERSION = 1

OUTCOMES = ("success", "failure", "discarded", "incomplete", "unlabelled")
VERDICTS = ("", "accept", "reject")


USUAL_CONFLICT_SHARE = 0.15
"""A limit to begin with: by the calibration about one step in twenty of an own episode conflicts; three times that is
somebody else's way of doing it [1]."""


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

    def __post_init__(self) -> None:
        for outcome in self.outcomes:
            _one_of("an outcome to keep", outcome, tuple(known for known in OUTCOMES if known != "discarded"))
        _share("least compatibility", self.min_compatibility)
        _share("largest conflict share", self.max_conflict_share)
        _share("largest novel share", self.max_novel_share)


@dataclass(frozen=True, slots=True)
class Choice:
    """One episode, whether it is kept, and why."""

    candidate: Candidate
    kept: bool
    why: str

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
            LibraryError: if it is not there, damaged, foreign, or from a newer version.
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


def choose(candidates: Iterable[Candidate], rule: Rule, name: str = "", wall_ns: int = 0) -> Selection:
    """Decide about every candidate.

    Args:
        candidates: in the order that they shall have in the training set.
        rule: what an episode must be.
        name: of the selection.
        wall_ns: now (since 1970) [ns].
    """
    return Selection(name, rule, tuple(_decide(candidate, rule) for candidate in candidates), wall_ns)


def _decide(candidate: Candidate, rule: Rule) -> Choice:
    if candidate.outcome == "discarded":
        return Choice(candidate, False, "discarded while it was recorded")
    if candidate.verdict:
        return Choice(candidate, candidate.verdict == "accept", f"{candidate.verdict}ed by the curator")
    against = next(_objections(candidate, rule), None)
    return Choice(candidate, against is None, against or "meets every condition")


def _objections(candidate: Candidate, rule: Rule) -> Iterator[str]:
    """Every reason against it, the plainest first."""
    if candidate.outcome not in rule.outcomes:
        yield f"outcome {candidate.outcome} is not chosen"
    if candidate.rollout and not rule.rollouts:
        yield "a policy drove, nobody demonstrated"
    if rule.tasks and candidate.task not in rule.tasks:
        yield f"task {candidate.task} is not chosen"
    if rule.operators and candidate.operator not in rule.operators:
        yield f"operator {candidate.operator} is not chosen"
    unscored = f"not scored against {rule.policy or 'a base policy'}"
    for what, value, limit, side, wrong in _limits(candidate, rule):
        if limit is None:
            continue
        if value is None:
            yield unscored
        elif wrong(value, limit):
            yield f"{what} {100 * value:.3g} % is {side} {100 * limit:.3g} %"


_Limit = tuple[str, float | None, float | None, str, Callable[[float, float], bool]]


def _limits(candidate: Candidate, rule: Rule) -> tuple[_Limit, ...]:
    return (
        ("conflict", candidate.conflict_share, rule.max_conflict_share, "over", operator.gt),
        ("compatibility", candidate.compatibility, rule.min_compatibility, "under", operator.lt),
        ("novelty", candidate.novel_share, rule.max_novel_share, "over", operator.gt),
    )


def _one_of(what: str, found: str, known: tuple[str, ...]) -> None:
    if found not in known:
        raise LibraryError(what, repr(found), f"choose one of {', '.join(name or 'none' for name in known)}")


def _share(what: str, value: float | None) -> None:
    # NaN fails both comparisons, so it is refused here as well.
    if value is not None and not 0.0 <= value <= 1.0:
        raise LibraryError(f"a {what} from 0 to 1", f"{value}", "leave it out where it is not known")


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
    return Rule(**(values | lists))


def _choice(values: dict[str, Any]) -> Choice:
    given = dict(values["candidate"])
    for name in ("id", "task", "operator", "outcome", "verdict"):
        if not isinstance(given[name], str):
            raise TypeError(f"{name} is {given[name]!r}, not text")
    trim = given.pop("trim")
    candidate = Candidate(**given, trim=None if trim is None else (float(trim[0]), float(trim[1])))
    return Choice(candidate, bool(values["kept"]), str(values["why"]))
