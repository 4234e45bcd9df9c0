"""Importing: the demonstrations of somebody else's file become episodes of a library, all of them or none."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from accord.app.errors import AppError
from accord.app.jobs import Job
from accord.app.report import CancelledError, Report, silent
from accord.datasets.decisions import Kind
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.importers.foreign_file import ForeignFile
from accord.datasets.importers.imported import Foreign, Told, info_of, write
from accord.datasets.importers.origin import Origin
from accord.datasets.importers.recordings import Recordings, sha256_of
from accord.datasets.library import Library

PATIENCE_S = 60.0
"""Without a sign of life from the reader a file is given up: a demo of a gigabyte takes a few seconds."""
_LOOK_S = 0.02
_HASHED, _READ = 0.1, 0.5
"""Shares of the work that are done once the file is known, and once every demo was looked at."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of a file."""

    layout: str
    task: str
    rate_hz: float
    imported: tuple[str, ...]
    """UUIDs of the episodes that were made."""
    known: tuple[str, ...]
    """UUIDs of those that were there before, from the very same file."""
    steps: int
    """Of the imported ones."""
    sayings: tuple[str, ...]
    """What a person should know of them, one sentence each."""


def import_file(folder: Path, path: Path, told: Told, report: Report = silent) -> ImportReport:
    """Import every demo of a file that is not in the library yet.

    Everything is read and checked before anything is written; the episodes appear together, when the last is whole.

    Args:
        folder: of the library, which is made if it is not there.
        path: of the file.
        told: what the person says.
        report: told how far it is.

    Raises:
        AccordError: if the file, one of its demos or the library is not what it has to be; nothing is left of it.
        OSError: if the disk is full; nothing is left of it.
    """
    with ForeignFile(path) as file:
        recordings = Recordings(file)
        sha256 = sha256_of(path, lambda share: report(_HASHED * share, "reading the file"))
        foreign = Foreign(recordings.layout, path.name, sha256, recordings.environment)
        found = _checked(recordings, foreign, told, report)
        library = Library.create(folder)
        with _staged(library, foreign) as stage:
            known = {id_: there for id_ in found.origins if (there := _there(library, id_)) is not None}
            _check_known(known, found.report.rate_hz)
            fresh = [name for name in recordings.names if foreign.episode_id(name) not in known]
            wall_ns = time.time_ns()
            for i, name in enumerate(fresh):
                report(_READ + (1 - _READ) * i / len(fresh), f"writing {name}")
                demo = recordings.read(name)
                write(stage, demo, info_of(demo, foreign, told, wall_ns + 1000 * i))
            made = tuple(foreign.episode_id(name) for name in fresh)
            _decide(library, {id_: found.origins[id_] for id_ in made}, told)
            if made:
                _publish(library, stage, wall_ns)
    report(1.0, f"imported {len(made)} episodes")
    return replace(found.report, imported=made, known=tuple(known), steps=sum(found.steps[id_] for id_ in made))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a first look at every demo showed."""

    origins: dict[str, Origin]
    """Episode → where it comes from."""
    steps: dict[str, int]
    report: ImportReport
    """Of an import that has not begun."""


def _checked(recordings: Recordings, foreign: Foreign, told: Told, report: Report) -> _Found:
    """Read every demo once, and keep none of it: a file may be larger than the memory."""
    origins: dict[str, Origin] = {}
    steps: dict[str, int] = {}
    first = None
    for i, name in enumerate(recordings.names):
        report(_HASHED + (_READ - _HASHED) * i / len(recordings.names), f"looking at {name}")
        demo = recordings.read(name)
        info = info_of(demo, foreign, told, 0)
        if first is None:
            first = info
        if info.rate_hz != first.rate_hz or info.schema != first.schema:
            remedy = "divide the file into files of one kind"
            raise AppError(f"demos of one rate and shape in {foreign.name}", f"{name}, which differs", remedy)
        assert info.origin is not None, "info_of gives one"
        origins[info.id], steps[info.id] = info.origin, len(demo)
    assert first is not None, "recordings hold a demo or more"
    whole = ImportReport(foreign.layout, first.task, first.rate_hz, (), (), 0, _sayings(recordings, origins, told))
    return _Found(origins, steps, whole)


def _sayings(recordings: Recordings, origins: dict[str, Origin], told: Told) -> tuple[str, ...]:
    said = []
    some = next(iter(origins.values()))
    if told.rate_hz and some.rate_from.startswith("the person"):
        said.append(f"The file names no rate; {told.rate_hz:g} Hz is what you said, and no measurement.")
    low, high = min(o.action_range[0] for o in origins.values()), max(o.action_range[1] for o in origins.values())
    if max(-low, high) > 1.0:
        said.append(f"Actions run from {low:.2f} to {high:.2f}, beyond ±1; they are kept as they are.")
    if left := sorted({name for origin in origins.values() for name in origin.left_out}):
        said.append(f"Left out of every episode: {', '.join(left)}.")
    if recordings.ignored:
        said.append(f"Not looked at: {', '.join(f'data/{name}' for name in recordings.ignored)}.")
    if not told.outcome:
        said.append("How they ended is not in the file: they are unlabelled.")
    return tuple(said)


def _there(library: Library, episode: str) -> Path | None:
    return next((library.folder / "episodes").glob(f"*/{episode}.h5"), None)


def _check_known(known: dict[str, Path], rate_hz: float) -> None:
    """What was imported at another rate stays as it is, and is not joined by more."""
    for path in known.values():
        with Episode(path) as episode:
            if not np.isclose(episode.info.rate_hz, rate_hz):
                found = f"episodes of this very file at {episode.info.rate_hz:g} Hz"
                raise AppError(f"to import it at {rate_hz:g} Hz", found, "import it into another library")


@contextmanager
def _staged(library: Library, foreign: Foreign) -> Iterator[Path]:
    """A folder beside the episodes that nobody else writes, gone in the end if it is still there."""
    stage = library.folder / f"importing-{foreign.sha256[:12]}"
    stage.mkdir(exist_ok=True)
    lock = os.open(stage, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AppError(f"{foreign.name} for ourselves", "another import of it", "wait for its end") from error
        for left in stage.iterdir():  # by an import that was killed
            left.unlink()
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    finally:
        os.close(lock)


def _decide(library: Library, origins: dict[str, Origin], told: Told) -> None:
    for episode, origin in origins.items():
        library.decisions.append("import", episode, Kind.NOTE, origin.sentence)
        if told.outcome:
            why = "said of all of the file by the person who imported it"
            library.decisions.append("import", episode, Kind.OUTCOME, told.outcome, why)


def _publish(library: Library, stage: Path, wall_ns: int) -> None:
    """Let them all appear at once, as a folder of their own."""
    day = datetime.fromtimestamp(wall_ns / 1e9).strftime("%Y-%m-%d")
    name = f"{day}-{stage.name.removeprefix('importing-')}"
    episodes = library.folder / "episodes"
    episodes.mkdir(exist_ok=True)
    number = 1
    while (target := episodes / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    stage.rename(target)


def import_apart(folder: Path, path: Path, told: Told, report: Report = silent) -> ImportReport:
    """As `import_file`, but whatever a stranger's file does to the HDF5 library, it does to another process.

    Raises:
        AccordError: see `import_file`; also if the reading process died, or gave no sign of life for `PATIENCE_S`.
        OSError: see `import_file`.
    """
    job = Job("import", _work, folder, path, told)
    try:
        said, since_s = job.state, time.monotonic()
        while not (now := job.poll()).done:
            if (now.fraction, now.text) != (said.fraction, said.text):
                said, since_s = now, time.monotonic()
                report(now.fraction, now.text)
            if time.monotonic() - since_s > PATIENCE_S:
                raise AppError(f"a whole file {path.name}", "one without an end", "restore it from a copy")
            time.sleep(_LOOK_S)
    finally:
        job.close(patience_s=0.5)
    if isinstance(now.result, ImportReport):
        return now.result
    if isinstance(now.result, AccordError | OSError):
        raise now.result
    raise AppError(f"a whole file {path.name}", "one at which the HDF5 library stops", "restore it from a copy")


def _work(folder: Path, path: Path, told: Told, report: Report) -> ImportReport | AccordError | OSError:
    """Errors travel as they are, so that whoever waits can raise them."""
    try:
        return import_file(folder, path, told, report)
    except CancelledError:
        raise
    except (AccordError, OSError) as error:
        return error
