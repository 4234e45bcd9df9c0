"""Exporting: a training set of the kept episodes of a selection, for the window and the command line."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from accord.app.errors import AppError
from accord.app.report import Report, silent
from accord.datasets.decisions import Curation
from accord.datasets.exporter import EpisodeSource, ExportProgress, ExportReport, ExportSettings
from accord.datasets.library import Library
from accord.datasets.render_settings import RenderedSet
from accord.datasets.replay_buffer import ReplayBufferExporter
from accord.datasets.selection import Selection


def sources_of(library: Library, selection: Selection, render: str = "") -> list[EpisodeSource]:
    """The kept episodes of a selection, as an exporter takes them.

    Args:
        library: the library.
        selection: which episodes.
        render: the set of rendered pictures to export in place of the recorded ones; empty for the recorded.

    Raises:
        AccordError: if one of them is no longer there, or was decided otherwise since; if there is no such render.
    """
    kept = [choice for choice in selection.rows if choice.kept]
    found = [EpisodeSource.of(choice, library.find(choice.id)) for choice in kept]
    if render:
        drawn = RenderedSet.open(library.folder, render)
        found = [replace(source, rendered=drawn.path(source.id)) for source in found]
    present = library.decisions.present()
    for candidate in (choice.candidate for choice in kept):
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
