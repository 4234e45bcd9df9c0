"""ContactSheet: a picture of every task from every view, and all of them on one sheet."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from accord.app.errors import AppError
from accord.datasets.images import Picture, encode, written_on
from accord.devices.sim.factor import Variation
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.workcell import Workcell

SEED = 4
"""Of the scenes on the sheet."""
_QUALITY = 88
_GAP = 4
"""Between pictures [px]."""


def draw_tasks(
    tasks: Sequence[str],
    width: int,
    height: int,
    arm: str = "",
    variation: Variation = {},  # noqa: B006 - never changed
) -> Iterator[tuple[str, str, Picture]]:
    """Task, view, and the picture of its first moment, with shadows and smooth edges.

    Raises:
        AccordError: if a task, factor or arm is unknown, or OpenGL cannot be opened.
    """
    for name in tasks:
        workcell = Workcell(name, arm=arm)
        workcell.reset(SEED, variation)
        with Renderer(workcell.model_xml, width, height, fine=True) as renderer:
            for view in workcell.cameras:
                yield name, view, renderer.draw(workcell.state(), view)


def write_sheet(
    folder: Path,
    tasks: Sequence[str],
    width: int = 320,
    height: int = 240,
    arm: str = "",
    variation: Variation = {},  # noqa: B006 - never changed
) -> list[Path]:
    """Write ``TASK-VIEW.jpg`` for every view of every task, and ``sheet.jpg`` with all of them, a row per task.

    Returns:
        What was written, the sheet last.

    Raises:
        AccordError: if a task, factor or arm is unknown, OpenGL cannot be opened, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AppError(f"a folder {folder}", error.strerror or "an error", "choose another") from error
    rows: dict[str, list[Picture]] = {task: [] for task in tasks}
    written = []
    for task, view, picture in draw_tasks(tasks, width, height, arm, variation):
        rows[task].append(written_on(picture, f"{task} / {view}"))
        written.append(folder / f"{task}-{view}.jpg")
        written[-1].write_bytes(encode(picture, quality=_QUALITY))
    written.append(folder / "sheet.jpg")
    written[-1].write_bytes(encode(_sheet(list(rows.values()), width, height), quality=_QUALITY))
    return written


def _sheet(rows: list[list[Picture]], width: int, height: int) -> Picture:
    """(H, W, 3) the pictures in a grid on white."""
    columns = max(len(row) for row in rows)
    shape = (len(rows) * (height + _GAP) + _GAP, columns * (width + _GAP) + _GAP, 3)
    sheet = np.full(shape, 255, np.uint8)
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            y, x = _GAP + i * (height + _GAP), _GAP + j * (width + _GAP)
            sheet[y : y + height, x : x + width] = picture
    return sheet
