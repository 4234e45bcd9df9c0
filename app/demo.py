"""The demo: the whole story with the real processes and scripted operators, from an empty folder to a training set."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from accord.app.curating import choose_episodes, rows, score_library
from accord.app.exporting import export_selection
from accord.app.fitting import fit_and_remember
from accord.app.report import Report
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import Finished
from accord.app.unattended import record_many
from accord.datasets.departure import USUAL_CONFLICT_SHARE
from accord.datasets.exporter import ExportReport, ExportSettings
from accord.datasets.fit_settings import FitSettings
from accord.datasets.library import Library
from accord.datasets.selection import Rule, Selection

POLICY, SELECTION = "base", "compatible"
SPEED = 3.0
"""Times real time: what two cores without a GPU draw three views at."""
BASE_OPERATOR, BASE_STRATEGY = "script-1", "across-then-down"


@dataclass(frozen=True, slots=True)
class Part:
    """Some episodes by one scripted operator."""

    operator: str
    strategy: str
    episodes: int
    seed: int


BASE = Part(BASE_OPERATOR, BASE_STRATEGY, 12, seed=1000)
NEW = (Part("script-2", "across-then-down", 5, seed=2000), Part("script-3", "down-then-across", 5, seed=3000))
"""One operator does what the base does, the other gets there another way; both succeed."""
RULE = Rule(policy=POLICY, max_conflict_share=USUAL_CONFLICT_SHARE)
EXPORT = ExportSettings(width=128, height=96)
"""Smaller than recorded, as most policies want it."""


@dataclass(frozen=True, slots=True)
class Story:
    """What the demo did."""

    library: Path
    selection: Selection
    export: ExportReport
    seconds: float


def run_demo(folder: Path, tell: Callable[[str], None], report: Report) -> Story:
    """Record, fit, score, select and export.

    Args:
        folder: of a new library.
        tell: is told what is being done, a line each.
        report: is told how far the long parts are.

    Raises:
        AccordError: if any part fails; what was recorded stays.
    """
    began_s = time.monotonic()
    tell(f"recording {BASE.episodes} base episodes by {BASE.operator} ({BASE.strategy}, scripted)")
    _record(folder, (BASE,), "", tell)
    base = tuple(row.entry.id for row in rows(Library(folder)) if row.entry.curation.outcome == "success")
    tell(f"fitting an ensemble to {len(base)} of them")
    fit_and_remember(folder, POLICY, base, FitSettings(name=POLICY), report)
    tell(f"recording new episodes by {' and '.join(part.operator for part in NEW)} (scripted), scored live")
    _record(folder, NEW, POLICY, tell)
    return _curate(folder, tell, report, began_s)


def _record(folder: Path, parts: tuple[Part, ...], policy: str, tell: Callable[[str], None]) -> None:
    """Record these parts in one session, with the processes that the window runs."""

    def said(finished: Finished) -> None:
        score = finished.score
        live = f", conflict {score.conflict_share:.0%} live" if score.conflict_share >= 0 else ""
        tell(f"  {finished.episode[:8]} {finished.outcome} after {finished.duration_s:.1f} s{live}")

    session = Session(Settings(folder, time_scale=SPEED))
    session.use_policy(policy)
    session.start()
    try:
        for part in parts:
            tell(f"  {part.operator}: {part.strategy}")
            session.operator = part.operator
            session.use_source(f"scripted:{part.strategy}")
            session.reset(part.seed)
            record_many(session, part.episodes, said)
    finally:
        session.close()


def _curate(folder: Path, tell: Callable[[str], None], report: Report, began_s: float) -> Story:
    library = Library(folder)
    score_library(folder, POLICY, report)
    selection = choose_episodes(library, SELECTION, RULE)
    target = library.export_path(f"{SELECTION}.zarr")
    tell(f"exporting {len(selection.kept)} episodes")
    export = export_selection(folder, SELECTION, EXPORT, target, report)
    return Story(folder, selection, export, time.monotonic() - began_s)
