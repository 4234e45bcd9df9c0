"""The training set that Diffusion Policy reads: a ReplayBuffer in Zarr. The only door to zarr.

Layout (Zarr format 2, because the loader runs on zarr-python 2):

    data/action          (N, 7) float32, the sent command
    data/<observation>   (N, n) float32
    data/state           (N, n) float32, all observations end to end, where asked for
    data/<view>_image    (N, H, W, 3) uint8 RGB, chunks (1, H, W, 3)
    data/<view>_depth, data/<view>_segmentation    (N, H, W) uint16, of rendered pictures that have them
    data/timestamp       (N,) float64, seconds since the piece's first row
    data/t_ns            (N,) int64, the recorder's clock
    meta/episode_ends    (n,) int64, not compressed            meta/<label>        (n,) one value per piece
    .zattrs              provenance

Every size is known before, so every array is made whole and no metadata is ever written twice: the zip has each name
once. It is packed from the finished folder, file by file, so that both together never take twice the room.
"""

import os
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numcodecs  # type: ignore[import-untyped]
import numpy as np
import zarr
from numpy.typing import NDArray

from accord.datasets.errors import ExportError
from accord.datasets.export_plan import Plan, make_plan, number_keys
from accord.datasets.export_rows import EpisodeRows
from accord.datasets.export_target import check_space, check_target, free_bytes, size_of, workspace
from accord.datasets.exporter import (
    Course,
    EpisodeSource,
    ExportProgress,
    ExportReport,
    ExportSettings,
    Stage,
    ignore_progress,
    never,
)
from accord.datasets.provenance import provenance
from accord.datasets.selection import Selection
from accord.datasets.trim import bounds_ns

_ROWS_PER_CHUNK = 1024
"""Of numbers: 28 kB of actions, so a training window touches one or two chunks."""
_BLOCK_BYTES = 1 << 24
"""Pictures in memory at once, per view: 16 MiB keeps the memory flat and the codec busy."""
_PREVIEW_ROWS = 3


@dataclass(frozen=True, slots=True)
class Block:
    """Values for a range of rows under one key."""

    key: str
    first: int
    last: int
    values: NDArray[Any]


@dataclass(frozen=True, slots=True)
class ReplayBufferExporter:
    """Writes the ReplayBuffer that Diffusion Policy and UMI read."""

    free: Callable[[Path], int] = free_bytes
    """Room on the disk of a folder [bytes]."""
    wall_ns: Callable[[], int] = time.time_ns
    """The wall clock (since 1970) [ns]."""

    @property
    def title(self) -> str:
        """As it stands in the list of formats."""
        return "Diffusion Policy ReplayBuffer (Zarr)"

    def suffix(self, settings: ExportSettings) -> str:
        """The loader takes a path for a zip file by its ending."""
        return ".zarr.zip" if settings.container == "zip" else ".zarr"

    def export(
        self,
        sources: Sequence[EpisodeSource],
        settings: ExportSettings,
        target: Path,
        progress: Callable[[ExportProgress], None] = ignore_progress,
        cancelled: Callable[[], bool] = never,
        selection: Selection | None = None,
    ) -> ExportReport:
        """Write, read back, compare, and only then give it its name; see `Exporter.export`."""
        course = Course(progress, cancelled)
        check_target(target, self.suffix(settings))
        plan = make_plan(sources, settings, course)
        check_space(target, _estimate(plan), _files(plan), self.free)
        with workspace(target) as made:
            attributes = provenance(plan, selection, self.wall_ns())
            if settings.container == "zip":
                folder = made.with_name("folder.zarr")
                _write(folder, plan, attributes, course)
                _pack(folder, made, course)
            else:
                _write(made, plan, attributes, course)
            checked, size = _check(made, plan, course), size_of(made)
            course.at("closing", 0, 1)
        course.progress(ExportProgress("closing", 1, 1, 1.0))
        counts = len(plan.episodes), len(plan.pieces), plan.rows, plan.dropped, plan.cut
        return ExportReport(target, *counts, size_bytes=size, pictures_checked=checked)

    def preview(self, sources: Sequence[EpisodeSource], settings: ExportSettings) -> Mapping[str, NDArray[Any]]:
        """The first three rows of the first episode; see `Exporter.preview`."""
        if not sources:
            raise ExportError("an episode to look into", "none", "choose another selection")
        with EpisodeRows.open(sources[0], None, settings) as rows:
            count = min(_PREVIEW_ROWS, len(rows))
            values = {key: rows.numbers(fields)[:count] for key, fields in number_keys(rows.format, settings).items()}
            values |= {key: clock[:count] for key, clock in _clocks(rows).items()}
            return values | {view.key: rows.pictures(view, 0, count) for view in rows.format.views}

    def estimate(self, sources: Sequence[EpisodeSource], settings: ExportSettings) -> int:
        """Numbers at full size, pictures by compressing a few; see `Exporter.estimate`."""
        return _estimate(make_plan(sources, settings, Course(ignore_progress, never)))


def _image_keys(plan: Plan) -> set[str]:
    return {view.key for view in plan.format.views}


def _codec(settings: ExportSettings) -> numcodecs.Blosc:
    return numcodecs.Blosc(settings.compressor, clevel=5, shuffle=numcodecs.Blosc.BITSHUFFLE)


def _clocks(rows: EpisodeRows) -> dict[str, NDArray[Any]]:
    return {"timestamp": rows.seconds(), "t_ns": rows.t_ns}


def _blocks(plan: Plan, stage: Stage, course: Course, every: int = 1) -> Iterator[Block]:
    """Everything that stands under data/, from the recordings, a few megabytes at a time.

    Args:
        plan: of the export.
        stage: what is being done with it.
        course: is told how far it is.
        every: give only every n-th row of the pictures.
    """
    begin = 0
    for episode in plan.episodes:
        with episode.open(plan) as rows:
            end = begin + len(rows)
            for key, values in _clocks(rows).items():
                yield Block(key, begin, end, values)
            for key, fields in plan.numbers.items():
                yield Block(key, begin, end, rows.numbers(fields))
            for first, last in _ranges(plan, len(rows), every):
                course.at(stage, begin + first, plan.rows)
                for view in plan.format.views:
                    yield Block(view.key, begin + first, begin + last, rows.pictures(view, first, last))
        begin = end


def _ranges(plan: Plan, count: int, every: int) -> Iterator[tuple[int, int]]:
    """Ranges of an episode's rows whose pictures are in memory at once; at least one, so that cancel is asked."""
    if every > 1:
        return ((row, row + 1) for row in range(0, count, every))
    largest = max((3 * view.width * view.height for view in plan.format.views), default=1)
    length = min(max(1, _BLOCK_BYTES // largest), count)
    return pairwise([*range(0, count, length), count])


def _write(folder: Path, plan: Plan, attributes: dict[str, Any], course: Course) -> None:
    root = zarr.open_group(folder, mode="w-", zarr_format=2, attributes=attributes)
    data, meta = root.create_group("data"), root.create_group("meta")
    codec = _codec(plan.settings)
    arrays = {}
    for key, (shape, dtype, per_chunk) in _layout(plan).items():
        chunks = (per_chunk, *shape)
        whole = (plan.rows, *shape)
        arrays[key] = data.create_array(key, shape=whole, dtype=dtype, chunks=chunks, compressors=codec)
    for key, label in _labels(plan).items():
        meta.create_array(key, data=label, chunks=label.shape, compressors=None)
    for block in _blocks(plan, "writing", course):
        arrays[block.key][block.first : block.last] = block.values


def _layout(plan: Plan) -> dict[str, tuple[tuple[int, ...], str, int]]:
    """Key → shape of one row, dtype, rows per chunk."""
    many = min(_ROWS_PER_CHUNK, plan.rows)
    layout: dict[str, tuple[tuple[int, ...], str, int]] = {"timestamp": ((), "<f8", many), "t_ns": ((), "<i8", many)}
    for key, fields in plan.numbers.items():
        layout[key] = (sum(int(np.prod(one.shape)) for one in fields),), "<f4", many
    for view in plan.format.views:
        layout[view.key] = view.shape, view.dtype, 1
    return layout


def _labels(plan: Plan) -> dict[str, NDArray[Any]]:
    """What is known about each piece, (pieces,) each. Text is UTF-8 of a fixed length: it needs no pickle."""
    of = [episode for episode in plan.episodes for _ in episode.pieces]
    return {
        "episode_ends": np.cumsum([piece.rows for piece in plan.pieces], dtype="<i8"),
        "episode": _text([episode.source.id for episode in of]),
        "piece": np.array([n for episode in plan.episodes for n in range(len(episode.pieces))], "<i8"),
        "task": _text([plan.format.task for _ in of]),
        "operator": _text([episode.operator for episode in of]),
        "source": _text([episode.gave_commands for episode in of]),
        "scripted": np.array([episode.scripted for episode in of]),
        "outcome": _text([episode.source.outcome for episode in of]),
        "success": np.array([episode.source.outcome == "success" for episode in of]),
        "duration_s": np.array([piece.duration_s for piece in plan.pieces], "<f8"),
        "from_s": np.array([piece.part_s[0] for piece in plan.pieces], "<f8"),
        "to_s": np.array([piece.part_s[1] for piece in plan.pieces], "<f8"),
        "compatibility": _scores([episode.source.compatibility for episode in of]),
        "conflict_share": _scores([episode.source.conflict_share for episode in of]),
        "novel_share": _scores([episode.source.novel_share for episode in of]),
    }


def _text(values: list[str]) -> NDArray[np.bytes_]:
    return np.array([value.encode() for value in values], np.bytes_)


def _scores(values: list[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], "<f8")


def _pack(folder: Path, made: Path, course: Course) -> None:
    """Move every file of the folder into one zip, stored: the chunks are compressed already."""
    total, done = sum(len(names) for _, _, names in os.walk(folder)), 0
    with zipfile.ZipFile(made, "x", zipfile.ZIP_STORED) as pack:
        for at, _, names in os.walk(folder):
            for path in (Path(at) / name for name in sorted(names)):
                course.at("packing", done, total)
                pack.write(path, path.relative_to(folder).as_posix())
                path.unlink()
                done += 1


def _check(made: Path, plan: Plan, course: Course) -> int:
    """Read it back and compare it with the recordings, which are decoded again; number of pictures compared.

    Raises:
        ExportError: if anything differs.
    """
    store = zarr.storage.ZipStore(made, mode="r") if made.is_file() else zarr.storage.LocalStore(made, read_only=True)
    try:
        root = zarr.open_group(store, mode="r", zarr_format=2)
        for key, label in _labels(plan).items():
            _compare(f"meta/{key}", root[f"meta/{key}"], slice(None), label)
        arrays: dict[str, Any] = {key: root[f"data/{key}"] for key in _layout(plan)}
        _check_pieces(plan, arrays["t_ns"][:])
        pictures, checked = _image_keys(plan), 0
        for block in _blocks(plan, "checking", course, plan.settings.check_every):
            _compare(f"data/{block.key}", arrays[block.key], slice(block.first, block.last), block.values)
            checked += len(block.values) if block.key in pictures else 0
        return checked
    finally:
        store.close()


def _check_pieces(plan: Plan, t_ns: NDArray[np.int64]) -> None:
    """Look at the recorded time of every row: none may be cut, none may stand in a piece that reaches over a cut.

    Raises:
        ExportError: if one does. Asked of the file alone, so that a mistake in finding the rows cannot hide itself.
    """
    ends = iter(np.cumsum([piece.rows for piece in plan.pieces]))
    first = 0
    for episode in plan.episodes:
        for last in islice(ends, len(episode.pieces)):
            begin, end = int(t_ns[first]), int(t_ns[last - 1])
            for cut in episode.source.cuts:
                cut_begin, cut_end = bounds_ns(episode.first_ns, cut)
                if begin <= cut_end and end >= cut_begin:
                    found = f"rows {first} to {last - 1} of episode {episode.source.id} on both sides of one, or in it"
                    raise ExportError("pieces that end before a cut", found, "export again, and report it if it stays")
            first = last


def _compare(name: str, stored: Any, rows: slice, wanted: NDArray[Any]) -> None:
    found = stored[rows]
    # Byte for byte, so that NaN equals itself and a zero its own sign.
    if found.dtype != wanted.dtype or found.shape != wanted.shape or found.tobytes() != wanted.tobytes():
        raise ExportError(f"{name} as it was recorded", "other values on the disk", "check the disk and export again")


def _files(plan: Plan) -> int:
    pictures = plan.rows * len(plan.format.views)
    chunks = -(-plan.rows // _ROWS_PER_CHUNK) * len(_layout(plan))
    return pictures + chunks + 2 * len(_labels(plan)) + len(_layout(plan))


def _estimate(plan: Plan) -> int:
    """About the size of all files [bytes]."""
    layout = {key: row for key, row in _layout(plan).items() if key not in _image_keys(plan)}
    numbers = sum(plan.rows * int(np.prod(shape)) * np.dtype(dtype).itemsize for shape, dtype, _ in layout.values())
    return numbers + sum(label.nbytes for label in _labels(plan).values()) + plan.rows * _picture_bytes(plan)


def _picture_bytes(plan: Plan) -> int:
    """Mean size of the pictures of one row, from the middle of the first, a middle and the last episode [bytes]."""
    codec, sizes = _codec(plan.settings), []
    for at in sorted({0, len(plan.episodes) // 2, len(plan.episodes) - 1}):
        with plan.episodes[at].open(plan) as rows:
            middle = len(rows) // 2
            pictures = (rows.pictures(view, middle, middle + 1) for view in plan.format.views)
            sizes.append(sum(len(codec.encode(picture)) for picture in pictures))
    return sum(sizes) // len(sizes)
