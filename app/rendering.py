"""Rendering: recorded episodes drawn again, several at a time, each in a process of its own."""

import os
import resource
import signal
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from accord.app.child import SPAWN
from accord.app.crew import Undone, cores, work_off
from accord.app.drawing import Drawing
from accord.app.errors import AppError
from accord.app.report import CancelledError, Report, silent
from accord.datasets.errors import AccordError
from accord.datasets.library import Entry, Library
from accord.datasets.render_settings import RenderedSet, RenderSettings


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What was drawn."""

    folder: Path
    """Of the set."""
    drawn: int
    """Episodes drawn now."""
    there: int
    """Episodes that were drawn before."""
    images: int
    """Drawn now; a picture of distances or bodies counts as one."""
    workers: int
    """Processes that drew."""
    seconds: float
    """From the start of the processes to their end [s]."""
    cpu_seconds: float
    """What they took of all cores together [s]."""
    problems: tuple[str, ...]
    """One sentence for each episode that could not be drawn."""

    @property
    def images_per_s(self) -> float:
        """Over all of it, the start of the processes included."""
        return self.images / self.seconds if self.seconds else 0.0


def render(
    folder: Path,
    name: str,
    settings: RenderSettings,
    episodes: Sequence[str] | None = None,
    workers: int = 0,
    report: Report = silent,
) -> RenderReport:
    """Draw episodes of a library again; those that were drawn before in this set stay as they are.

    Args:
        folder: of the library.
        name: of the set of pictures.
        settings: how to draw.
        episodes: UUIDs, or beginnings of them; None for every finished episode.
        workers: processes that draw; 0 for one on each core.
        report: is told how far it is.

    Raises:
        AccordError: if nothing can be drawn. What is whole stays, nothing else.
        CancelledError: if the report says so; the same.
    """
    if not 0 <= workers <= 256:
        raise AppError("0 to 256 processes", f"{workers}", "leave it out for one on each core")
    Drawing(settings)  # a view that is none is said before anything is made
    library = Library(folder)
    chosen = _chosen(library, episodes)
    drawn = RenderedSet.create(folder, name, settings)
    with drawn.alone():
        missing = [entry for entry in chosen if not drawn.path(entry.id).is_file()]
        count = min(workers or cores(), len(missing))
        began_s, began_cpu_s = time.monotonic(), _cpu_s()
        try:
            told = _draw(drawn, missing, count, report)
        finally:
            _tidy(drawn.folder)
    if told.errors and not told.episodes and len(missing) == len(chosen):
        raise told.errors[0]
    report(1.0, f"drew {told.images} images")
    return RenderReport(
        drawn.folder, told.episodes, len(chosen) - len(missing), told.images, count,
        seconds=time.monotonic() - began_s, cpu_seconds=_cpu_s() - began_cpu_s,
        problems=tuple(dict.fromkeys(map(str, told.errors))),
    )  # fmt: skip


def _chosen(library: Library, episodes: Sequence[str] | None) -> list[Entry]:
    """The episodes to draw, the longest first: a short one at the end keeps the other processes waiting for less."""
    chosen = list(library.contents().entries)
    if episodes is not None:
        paths = {library.find(episode) for episode in episodes}
        chosen = [entry for entry in chosen if entry.path in paths]
    if not chosen:
        raise AppError("a finished episode to draw", f"none in {library.name}", "record one, or name others")
    return sorted(chosen, key=lambda entry: -entry.summary.duration_s)


def _cpu_s() -> float:
    """What the processes that have ended took [s]."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tidy(folder: Path) -> None:
    """Nothing half stays, and a set without pictures is none."""
    for partial in folder.glob("*.partial"):
        partial.unlink()
    if not any(folder.glob("*.h5")):
        (folder / "render.json").unlink()
        with suppress(OSError):  # of the folders, only empty ones go
            folder.rmdir()
            folder.parent.rmdir()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a process that draws needs to know."""

    settings: RenderSettings
    images: "Synchronized[int]"
    """How many are drawn, by all of them together."""


@dataclass(slots=True)
class _Told:
    """What has come of it so far."""

    episodes: int = 0
    images: int = 0
    errors: list[AccordError] = field(default_factory=list)


def _draw(drawn: RenderedSet, missing: list[Entry], count: int, report: Report) -> _Told:
    """Have everything drawn that is missing."""
    plan, told = _Plan(drawn.settings, SPAWN.Value("q", 0)), _Told()
    began_s = time.monotonic()
    whole_s, done_s = sum(entry.summary.duration_s for entry in missing) or 1.0, 0.0

    def look() -> None:
        now = plan.images.value
        speed = now / (time.monotonic() - began_s)
        episodes = f"{told.episodes} of {len(missing)} episodes"
        # What is begun counts as far as the pictures say, at as many for each second as the finished ones had.
        shares = (done_s / whole_s, now / told.images * done_s / whole_s if told.images else 0.0)
        report(min(0.99, max(shares)), f"{now} images, {speed:.0f} images/s, {episodes}")

    report(0.0, f"starting {count} processes")
    work = [(entry.path, drawn.path(entry.id)) for entry in missing]
    lengths = {entry.path: entry.summary.duration_s for entry in missing}
    with closing(work_off(work, count, _live, plan, look)) as results:
        for (source, _), result in results:
            done_s += lengths[source]
            if isinstance(result, Undone):
                remedy = "run it again: it goes on with what is missing"
                told.errors.append(AppError(f"episode {source.stem} drawn", "that its process died", remedy))
            elif isinstance(result, _Failed):
                told.errors.append(result.error)
            else:
                told.episodes, told.images = told.episodes + 1, told.images + int(result)
    return told


@dataclass(frozen=True, slots=True)
class _Failed:
    """An episode that cannot be drawn; the next one may."""

    error: AccordError


def _live(plan: _Plan, connection: Connection) -> None:
    """The whole life of a process that draws: one episode after another, until nobody wants any."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches the whole group; who started us decides
    os.nice(10)
    try:
        with Drawing(plan.settings) as drawing:
            while (work := connection.recv()) is not None:
                source, target = work
                connection.send(_draw_one(drawing, source, target, plan, connection))
    except (EOFError, BrokenPipeError, ConnectionResetError, CancelledError):
        return  # whoever wanted it is gone, or wants no more


def _draw_one(drawing: Drawing, source: Path, target: Path, plan: _Plan, connection: Connection) -> int | _Failed:
    """Draw one episode; how many images it has."""
    images = 0
    try:
        with closing(drawing.draw(source, target)) as steps:
            for made in steps:
                images += made
                with plan.images.get_lock():
                    plan.images.value += made
                if connection.poll():  # more comes before we have answered, or nobody is there: we shall stop
                    raise CancelledError
    except CancelledError:
        raise
    except AccordError as error:
        return _Failed(error)
    except OSError as error:
        found = error.strerror or str(error)
        return _Failed(AppError(f"to write into {target.parent}", found, "free some room, then run it again"))
    return images
