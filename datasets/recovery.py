"""Recovery: an episode whose writer died becomes a clean, readable one that is marked incomplete."""

import os
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np

from accord.datasets.episode import Episode
from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter, is_being_written
from accord.datasets.errors import EpisodeError
from accord.datasets.images import is_picture

_BLOCK = 64
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
    if is_being_written(path):
        raise EpisodeError(f"an episode left behind at {path.name}", "one still being recorded", "end it first")
    fresh = path.with_suffix(".recovering")
    with Episode(path, unfinished=True) as old:
        if old.ending is not Ending.OPEN:  # killed between its last word and closing: all is there
            ending, reason = old.ending, old.reason
        else:
            ending, reason = Ending.INCOMPLETE, REASON
        new = EpisodeWriter(fresh, old.info, old.model_xml())
        saved = _copy(old, new, ending)
        lost = {camera.name: old.images_lost(camera.name) for camera in old.info.cameras}
        new.close(ending, reason, old.steps_lost, lost)
    os.replace(fresh, path)
    return saved


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
