"""Curating: what is done with recorded episodes. The same functions behind the window and the command line."""

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.app.errors import AppError
from accord.app.report import Report, silent
from accord.datasets.compatibility import EpisodeScore, StepScores, Thresholds
from accord.datasets.decisions import Curation
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.exporter import EpisodeSource, ExportProgress, ExportReport, ExportSettings
from accord.datasets.fit_settings import FitProgress, FitSettings
from accord.datasets.index import TimedScores
from accord.datasets.library import Entry, Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load, save
from accord.datasets.recovery import Recovered
from accord.datasets.render_settings import RenderedSet
from accord.datasets.replay_buffer import ReplayBufferExporter
from accord.datasets.scoring import score_episode
from accord.datasets.selection import Candidate, Rule, Selection, choose
from accord.datasets.threads import at_most
from accord.datasets.trim import Trim, stays


@dataclass(frozen=True, slots=True)
class Row:
    """One episode as the curator sees it: the file, the decisions, and the score against one base policy."""

    entry: Entry
    score: EpisodeScore | None
    """None where it is not scored."""

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
        )  # fmt: skip


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
    return [Row(entry, _score(entry, known.get(entry.id), base.thresholds)) for entry in entries]


def _score(entry: Entry, known: TimedScores | None, thresholds: Thresholds) -> EpisodeScore | None:
    """The score of what stays of an episode; None where nothing is known or nothing stays."""
    if known is None:
        return None
    steps, duration_s = known.steps, entry.summary.duration_s
    if entry.curation.trim is not None:
        inside = stays(known.t_ns, entry.summary.first_ns, entry.curation.trim)
        steps = StepScores(steps.error[inside], steps.novelty[inside])
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
    for i, entry in enumerate(missing):
        report(i / len(missing), f"scoring episode {i + 1} of {len(missing)}")
        try:
            with Episode(entry.path) as episode, at_most(1):
                scored = score_episode(base, episode)
            library.index.keep_scores(entry.id, base.fingerprint, TimedScores(scored.steps, scored.t_ns))
        except AccordError as error:
            problems.append(str(error))
    report(1.0, f"scored {len(missing) - len(problems)} episodes")
    return problems


def fit_policy(
    folder: Path, name: str, episodes: tuple[str, ...], settings: FitSettings, report: Report = silent
) -> str:
    """Fit a base policy to these episodes, keep it under this name, and score the library against it.

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
    steps, tasks, rates = [], set(), set()
    curations = library.decisions.present()
    for path in dict.fromkeys(library.find(id_) for id_ in episodes):
        with Episode(path) as episode:
            trim = curations.get(episode.info.id, Curation()).trim
            steps.append((episode.info.id, _trimmed(episode.steps(), trim)))
            tasks.add(episode.info.task)
            rates.add(episode.info.rate_hz)
    if len(tasks) > 1 or len(rates) > 1:
        found = f"tasks {', '.join(sorted(tasks))} at {', '.join(f'{rate:g} Hz' for rate in sorted(rates))}"
        raise AppError("base episodes of one task and rate", found, "choose fewer episodes")
    from accord.datasets.fit import fit  # noqa: PLC0415  it brings torch, which takes a second and may not be here

    def progress(now: FitProgress) -> bool:
        text = f"epoch {now.epoch} of {now.epochs}, validation error {now.validation_error:.4f}"
        report(0.95 * now.fraction, text, now)
        return True

    whole = replace(settings, name=name, task="".join(tasks), rate_hz=next(iter(rates), 0.0))
    save(fit(steps, whole, progress), target)
    score_library(folder, name, lambda fraction, text, details=None: report(0.95 + 0.05 * fraction, text, details))
    return name


def _trimmed(steps: NDArray[np.void], trim: Trim | None) -> NDArray[np.void]:
    return steps[stays(steps["t_ns"], int(steps["t_ns"][0]), trim)] if len(steps) else steps


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
    if not rule.policy and {rule.min_compatibility, rule.max_conflict_share, rule.max_novel_share} != {None}:
        raise AppError("a base policy for limits on its scores", "none", "name one")
    selection = choose((row.candidate for row in rows(library, rule.policy)), rule, name, time.time_ns())
    path.parent.mkdir(exist_ok=True)
    selection.save(path)
    return selection


def sources_of(library: Library, selection: Selection, render: str = "") -> list[EpisodeSource]:
    """The kept episodes of a selection, as an exporter takes them.

    Args:
        library: the library.
        selection: which episodes.
        render: the set of rendered pictures to export in place of the recorded ones; empty for the recorded.

    Raises:
        AccordError: if one of them is no longer there, or was decided otherwise since; if there is no such render.
    """
    kept = [choice.candidate for choice in selection.rows if choice.kept]
    found = [EpisodeSource.of(candidate, library.find(candidate.id)) for candidate in kept]
    if render:
        drawn = RenderedSet.open(library.folder, render)
        found = [replace(source, rendered=drawn.path(source.id)) for source in found]
    present = library.decisions.present()
    for candidate in kept:
        now = present.get(candidate.id, Curation())
        then = (candidate.outcome, candidate.verdict, candidate.trim)
        if candidate.outcome != "incomplete" and (now.outcome, now.verdict, now.trim) != then:
            changed = f"episode {candidate.id[:8]}, decided otherwise since"
            raise AppError(f"a selection {selection.name} that still holds", changed, "select again")
    return found


def export_selection(
    folder: Path, selection: str, settings: ExportSettings, target: Path, report: Report = silent
) -> ExportReport:
    """Make a training set of the kept episodes of a selection.

    Raises:
        AccordError: if the selection or an episode cannot be read, or the target cannot be written; nothing is left.
    """
    library = Library(folder)
    chosen = Selection.load(library.known_selection(selection))

    def progress(now: ExportProgress) -> None:
        report(now.fraction, f"{now.stage}: {now.done} of {now.total}", now)

    sources = sources_of(library, chosen, settings.render)
    ours = target.parent == library.folder / "exports"
    if ours:
        target.parent.mkdir(exist_ok=True)
    try:
        return ReplayBufferExporter().export(sources, settings, target, progress, selection=chosen)
    finally:
        if ours:
            with suppress(OSError):  # only an empty folder goes: nothing is left of an export that failed
                target.parent.rmdir()


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
