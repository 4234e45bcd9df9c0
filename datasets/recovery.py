"""Recovery: an episode whose writer died becomes a clean, readable one that is marked incomplete."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np

from accord.datasets.episode import Episode
from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.datasets.errors import EpisodeError
from accord.datasets.images import is_picture

_BLOCK = 64
_FLAGS, _OPEN_FOR_WRITE = 11, 0b101
"""Where an HDF5 file says that somebody writes it, and how. Source: HDF5 File Format Specification 3.0, II.A."""
REASON = "recovered after its recorder was killed"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was saved of an episode that was left behind."""

    episode: str
    ending: Ending
    steps: int
    images: int
    duration_s: float


def recover(path: Path) -> Recovered:
    """Copy what is whole into a clean file and put that in the place of the one left behind.

    Rows and pictures are whole up to the last flush before the kill. The old file stands until the new one is complete.

    Raises:
        EpisodeError: if the file is not left behind, or nothing in it can be read; it is left as it is.
    """
    with _alone(path), Episode(path, unfinished=True) as old:
        fresh = path.with_suffix(".recovering")
        if old.ending is not Ending.OPEN:  # killed between its last word and closing: all is there
            ending, reason = old.ending, old.reason
        else:
            ending, reason = Ending.INCOMPLETE, REASON
        model_xml, steps_lost = old.model_xml(), old.steps_lost
        lost = {camera.name: old.images_lost(camera.name) for camera in old.info.cameras}
        try:
            new = EpisodeWriter(fresh, old.info, model_xml)
            try:
                saved = _copy(old, new, ending)
            finally:
                new.close(ending, reason, steps_lost, lost)
            _put_on_disk(fresh)
            os.replace(fresh, path)
        except OSError as error:
            found = error.strerror or str(error)
            raise EpisodeError(f"to write {fresh}", found, "check that the disk has room and is writable") from error
        finally:
            with suppress(OSError):  # nothing is there any more where all went well
                fresh.unlink()
    return saved


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock that its writer would hold, so that neither a writer nor a second recovery is at work on it.

    Raises:
        EpisodeError: if somebody holds it, or the file is not one left behind.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        found = error.strerror or str(error)
        raise EpisodeError(f"an episode left behind at {path.name}", found, "look into the library's folder") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not is_unfinished(path):
            found = "one that is finished or damaged"
            raise EpisodeError(f"an episode left behind at {path.name}", found, "run accord check on the library")
        yield
    except BlockingIOError as error:
        found = "one still being recorded or recovered"
        raise EpisodeError(f"an episode left behind at {path.name}", found, "end it first") from error
    finally:
        os.close(descriptor)


def is_unfinished(path: Path) -> bool:
    """Whether an episode was never closed by its writer, and something of it can be read."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
        if len(head) < 12 or not head[_FLAGS] & _OPEN_FOR_WRITE:
            return False
        with Episode(path, unfinished=True):
            return True
    except (EpisodeError, OSError):
        return False


def _put_on_disk(path: Path) -> None:
    """Before it takes the place of the only other copy."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(old: Episode, new: EpisodeWriter, ending: Ending) -> Recovered:
    steps = old.steps()
    new.append_steps(steps[: _ticking(steps["t_ns"])])
    for camera in old.info.cameras:
        _copy_images(old, new, camera.name)
    t_ns = steps["t_ns"][: new.steps]
    duration_s = float(t_ns[-1] - t_ns[0]) / 1e9 if len(t_ns) else 0.0
    return Recovered(old.info.id, ending, new.steps, sum(new.images.values()), duration_s)


def _ticking(t_ns: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    """How many rows come before the first whose time does not go on: a row that was sized but never filled is zero."""
    wrong = np.flatnonzero(np.diff(t_ns, prepend=0) <= 0)
    return int(wrong[0]) if len(wrong) else len(t_ns)


def _copy_images(old: Episode, new: EpisodeWriter, camera: str) -> None:
    """Copy in blocks, so that an hour of video needs no more memory than a second of it."""
    times, steps = old.image_times(camera), old.image_steps(camera)
    count = min(len(times), len(steps), old.images_stored(camera))
    for first in range(0, count, _BLOCK):
        span = range(first, min(first + _BLOCK, count))
        block = [EncodedImage(old.encoded(camera, i), int(times[i]), int(steps[i])) for i in span]
        whole = list(takewhile(lambda image: is_picture(image.data), block))
        new.append_images(camera, whole)
        if len(whole) < len(block):
            return
