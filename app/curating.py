"""Curating: what is done with recorded episodes. The same functions behind the window and the command line."""

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.app.errors import AppError
from accord.app.judged_steps import judged_steps
from accord.app.policy_scoring import score_entries
from accord.app.reached import Reached
from accord.app.report import Report, silent
from accord.datasets.base_set import check_base
from accord.datasets.choosing import choose
from accord.datasets.compatibility import EpisodeScore, Thresholds
from accord.datasets.decisions import Curation
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import FitProgress, FitSettings
from accord.datasets.index import TimedScores
from accord.datasets.library import Entry, Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load, save
from accord.datasets.recovery import Recovered
from accord.datasets.scores.catalogue import NAMES
from accord.datasets.scores.library import plain_scores
from accord.datasets.selection import OWN_SCORES, Candidate, Rule, Selection
from accord.datasets.step_filter import JudgedSteps
from accord.datasets.trim import Cuts, Trim, stays
from accord.datasets.used import Used


@dataclass(frozen=True, slots=True)
class Row:
    """One episode as the curator sees it: the file, the decisions, and the score against one base policy."""

    entry: Entry
    score: EpisodeScore | None
    """None where it is not scored."""
    steps: JudgedSteps | None = None
    """What is wrong with its steps; None where they are not scored."""
    plain: Mapping[str, float] = field(default_factory=dict)
    """Name of a plain score → its value, NaN where it cannot be known; empty until somebody asks for them."""
    reached: Reached | None = None
    """Its arm, and how far it came; None until somebody asks for it."""

    @property
    def candidate(self) -> Candidate:
        """What a rule decides about."""
        summary, curation, score = self.entry.summary, self.entry.curation, self.score
        return Candidate(
            id=summary.episode, task=summary.task, operator=summary.operator, scripted=summary.scripted,
            rollout=summary.source.startswith("policy:"),
            outcome=curation.outcome, verdict=curation.verdict, duration_s=summary.duration_s, trim=curation.trim,
            compatibility=score.compatibility if score else None,
            conflict_share=score.conflict_share if score else None,
            novel_share=score.novel_share if score else None,
            scores={name: value for name, value in self._scores.items() if math.isfinite(value)},
        )  # fmt: skip

    @property
    def _scores(self) -> Mapping[str, float]:
        own = {name: float(getattr(self.score, name)) for name in OWN_SCORES} if self.score else {}
        return {**self.plain, **own}


def rows(library: Library, policy: str = "") -> list[Row]:
    """Every finished episode, oldest first, with the scores that are known.

    Args:
        library: the library.
        policy: name of a base policy; empty for no scores.

    Raises:
        PolicyError: if the policy cannot be read.
    """
    return judged(library, library.contents().entries, policy)


def judged(library: Library, entries: tuple[Entry, ...], policy: str) -> list[Row]:
    """The entries with the scores that are known, judged by the policy's present thresholds."""
    if not policy:
        return [Row(entry, None) for entry in entries]
    base = _policy(library, policy)
    known = library.index.scores(base.fingerprint)
    return [_judged(entry, known.get(entry.id), base.thresholds) for entry in entries]


def _judged(entry: Entry, known: TimedScores | None, thresholds: Thresholds) -> Row:
    return Row(entry, _score(entry, known, thresholds), judged_steps(entry, known, thresholds))


def _score(entry: Entry, known: TimedScores | None, thresholds: Thresholds) -> EpisodeScore | None:
    """The score of what stays of an episode; None where nothing is known or nothing stays."""
    if known is None:
        return None
    steps, duration_s = known.steps, entry.summary.duration_s
    if entry.curation.trim is not None:
        inside = stays(known.t_ns, entry.summary.first_ns, entry.curation.trim)
        steps = steps.only(inside)
        duration_s = entry.curation.trim[1] - entry.curation.trim[0]
    if not len(steps):
        return None
    return EpisodeScore.of(entry.id, steps.judge(thresholds), duration_s)


def _policy(library: Library, name: str) -> BasePolicy:
    folder = library.known_policy(name)
    return _loaded(folder, (folder / "policy.json").stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _loaded(folder: Path, stamp: int) -> BasePolicy:
    """A policy is read again when its file has changed."""
    return load(folder)


def score_library(folder: Path, policy: str, report: Report = silent) -> list[str]:
    """Score every finished episode that is not scored yet.

    Returns:
        One sentence for each episode that cannot be scored.

    Raises:
        AccordError: if the library or the policy cannot be read.
    """
    library = Library(folder)
    base = _policy(library, policy)
    known = library.index.scores(base.fingerprint)
    missing = [entry for entry in library.contents().entries if entry.id not in known]
    problems = []
    for entry, result in score_entries(base, library.policy_folder(policy), missing, report):
        if isinstance(result, TimedScores):
            library.index.keep_scores(entry.id, base.fingerprint, result)
        else:
            problems.append(result)
    report(1.0, f"scored {len(missing) - len(problems)} episodes")
    return problems


@dataclass(frozen=True, slots=True)
class _Base:
    """Episodes as a fit reads them."""

    steps: list[tuple[str, NDArray[np.void]]]
    """Id and steps, without what was cut out."""
    used: dict[str, Used]
    """Episode → what it was like."""
    task: str
    rate_hz: float


def fit_policy(
    folder: Path,
    name: str,
    episodes: tuple[str, ...],
    settings: FitSettings,
    report: Report = silent,
    cuts: Mapping[str, Cuts] | None = None,
) -> str:
    """Fit a base policy to these episodes, and keep it under this name; nothing is scored against it yet.

    Args:
        folder: of the library.
        name: of the policy.
        episodes: their ids.
        settings: of the fit.
        report: is told how far it is.
        cuts: episode → what a selection cuts out of it; such steps are not learned from.

    Returns:
        The name.

    Raises:
        AccordError: if the name is taken, an episode is missing, or they do not fit together.
    """
    library = Library(folder)
    target = library.policy_folder(name)
    if target.exists():
        raise AppError("a new name for a base policy", f"{name}, which exists", "choose another name")
    report(0.0, "reading episodes")
    base = _base(library, episodes, cuts or {})
    check_base(base.steps, settings.observed, settings.commanded)
    from accord.datasets.fit import fit  # noqa: PLC0415  it brings torch, which takes a second and may not be here

    def progress(now: FitProgress) -> bool:
        error = f"validation error {now.validation_error:.4f}"
        report(now.fraction, f"epoch {now.epoch} of {now.epochs}, {error}", now)
        return True

    whole = replace(settings, name=name, task=base.task, rate_hz=base.rate_hz)
    save(replace(fit(base.steps, whole, progress), used=base.used), target)
    return name


def _base(library: Library, episodes: tuple[str, ...], cuts: Mapping[str, Cuts]) -> _Base:
    """Read what a policy is to be fitted to.

    Raises:
        AccordError: if an episode is missing or cannot be read, or they are of more than one task or rate.
    """
    steps, tasks, rates = [], set(), set()
    used: dict[str, Used] = {}
    curations = library.decisions.present()
    for path in dict.fromkeys(library.find(id_) for id_ in episodes):
        with Episode(path) as episode:
            trim = curations.get(episode.info.id, Curation()).trim
            used[episode.info.id] = one = Used.of(episode, trim, cuts.get(episode.info.id, ()))
            steps.append((episode.info.id, _trimmed(episode.steps(), one.trim, one.cuts)))
            tasks.add(episode.info.task)
            rates.add(episode.info.rate_hz)
    if len(tasks) > 1 or len(rates) > 1:
        found = f"tasks {', '.join(sorted(tasks))} at {', '.join(f'{rate:g} Hz' for rate in sorted(rates))}"
        raise AppError("base episodes of one task and rate", found, "choose fewer episodes")
    return _Base(steps, used, "".join(tasks), next(iter(rates), 0.0))


def _trimmed(steps: NDArray[np.void], trim: Trim | None, cuts: Cuts) -> NDArray[np.void]:
    return steps[stays(steps["t_ns"], int(steps["t_ns"][0]), trim, cuts)] if len(steps) else steps


def choose_episodes(library: Library, name: str, rule: Rule, replaced: bool = True) -> Selection:
    """Decide by a rule which episodes stay, and keep that under this name.

    Args:
        library: the library.
        name: of the selection.
        rule: what decides.
        replaced: whether a selection of this name may be replaced.

    Raises:
        AccordError: if the name or the rule cannot be, or the policy of the rule cannot be read.
    """
    path = library.selection_path(name)
    if path.exists() and not replaced:
        raise AppError("a new name for a selection", f"{name}, which exists", "choose another name, or --replace it")
    if not rule.policy and rule.scored:
        raise AppError("a base policy for limits on its scores", "none", "name one")
    found = with_plain(library, rows(library, rule.policy), rule)
    selection = choose_rows(found, rule, name, time.time_ns())
    path.parent.mkdir(exist_ok=True)
    selection.save(path)
    return selection


def with_plain(library: Library, found: list[Row], rule: Rule) -> list[Row]:
    """The rows with their plain scores, where the rule limits one of them; computing them may take a while.

    Raises:
        AccordError: if the policy of the rule cannot be read, or the cache of the scores cannot be written.
    """
    if rule.scores.keys().isdisjoint(NAMES):
        return found
    policy = _policy(library, rule.policy) if rule.policy else None
    base = {*policy.fitted_to, *policy.held_out} if policy else ()
    known = plain_scores(library, base).rows
    return [replace(row, plain=known.get(row.entry.id, {})) for row in found]


def choose_rows(found: Iterable[Row], rule: Rule, name: str = "", wall_ns: int = 0) -> Selection:
    """Decide about rows whose scores are those that the rule speaks of, see `choose`; nothing is kept on the disk."""
    listed = list(found)
    steps = {row.entry.id: row.steps for row in listed if row.steps is not None}
    return choose((row.candidate for row in listed), rule, name, wall_ns, steps)


def recover_all(library: Library) -> tuple[list[Recovered], list[str]]:
    """Save every episode whose recorder died.

    Returns:
        What was saved, and one sentence for each that could not be.
    """
    saved, problems = [], []
    for path in library.contents().left_behind:
        try:
            saved.append(library.recover(path))
        except AccordError as error:
            problems.append(str(error))
    return saved, problems
