"""Snapshots made for tests."""

import numpy as np
from episodes import OBSERVATION
from numpy.typing import NDArray

from accord.app.snapshot import Snapshot, State
from accord.datasets.episode_writer import EncodedImage
from accord.datasets.images import encode
from accord.recorders.status import LoopStatus
from accord.recorders.step import SCORE, step_schema

SCHEMA = step_schema(OBSERVATION, state_size=0)


def ready(**changes: object) -> Snapshot:
    """A session in which an episode may begin."""
    values: dict[str, object] = {
        "state": State.READY, "task": "square-nut", "operator": "ada", "source": "keyboard",
        "loop": LoopStatus(source="keyboard", input_name="keyboard", input_connected=True, input_reports=7),
    }  # fmt: skip
    return Snapshot(**(values | changes))  # type: ignore[arg-type]


def steps(count: int, first_s: float = 100.0, **fields: object) -> NDArray[np.void]:
    """Steps at 50 Hz, with these values in these fields (``__`` for ``/``)."""
    made = np.zeros(count, SCHEMA.dtype)
    made["t_ns"] = ((first_s + np.arange(count) / 50) * 1e9).astype(np.int64)
    for name in SCORE:
        made[name] = np.nan
    for name, value in fields.items():
        made[name.replace("__", "/")] = value
    return made


def picture(shade: int, t_ns: int = 1, width: int = 64, height: int = 48) -> EncodedImage:
    """A picture of one shade of grey."""
    return EncodedImage(encode(np.full((height, width, 3), shade, np.uint8), "png"), t_ns, t_ns)
