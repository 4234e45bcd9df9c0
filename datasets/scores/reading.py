"""Reading a motion out of an episode file: only the fields that scores need, and only the part that stays."""

from pathlib import Path

import numpy as np

from accord.datasets.commanded import commanded
from accord.datasets.episode import Episode
from accord.datasets.features import observed
from accord.datasets.scores.motion import HANDS, Motion
from accord.datasets.trim import Trim, stays


def read_motion(path: Path, trim: Trim | None = None) -> Motion:
    """The motion of a recorded episode.

    Args:
        path: of its file.
        trim: what stays of it, None for all.

    Raises:
        DatasetError: if the file cannot be read, no step counts, or a number is not finite.
    """
    with Episode(path) as episode:
        info = episode.info
        dtype = info.schema.dtype
        wanted = ("t_ns", "mode", "hold", *observed(dtype), *commanded(dtype), *HANDS)
        kept = info.schema.only(name for name in dict.fromkeys(wanted) if name in info.schema)
        records = np.empty(len(episode), kept.dtype)
        for field in kept:
            records[field.name] = episode.field(field.name)
    if len(records):
        records = records[stays(records["t_ns"], int(records["t_ns"][0]), trim)]
    return Motion.of(info.id, info.task, info.rate_hz, records)
