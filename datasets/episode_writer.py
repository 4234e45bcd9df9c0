"""EpisodeWriter: one HDF5 file that is readable at every moment of its making.

The file is in HDF5's single-writer-multiple-reader mode: after a `flush` all that was appended before it is in the
file and stays readable, whatever happens to the writer. That mode allows no new dataset, so all are made first.
Steps and images come in blocks, because one call of the library costs tens of microseconds.
"""

import fcntl
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_info import CameraInfo, Ending, EpisodeInfo
from accord.datasets.room import give_back_room, take_room

REASON_BYTES = 240
_STEPS_PER_CHUNK = 256
_BYTES_PER_CHUNK = 1 << 18
AHEAD = 16 << 20
"""Room that is asked for before each block: several seconds of three 640×480 views [B]."""


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """One picture of one camera, as it travels and as it is stored."""

    data: bytes
    t_ns: int
    """When it was taken (CLOCK_MONOTONIC); of a simulated picture, the time of the step that it shows [ns]."""
    step: int
    """The step that a simulated picture shows; -1 for a real camera."""


class ImageTrack:
    """The pictures of one camera in a file that is being written."""

    def __init__(self, file: h5py.File, camera: CameraInfo) -> None:
        """Make the group ``cameras/<name>``, with everything that it will ever have."""
        group = self._group = file.create_group(f"cameras/{camera.name}")
        describe(group.attrs, {"width": camera.width, "height": camera.height, "codec": camera.codec})
        describe(group.attrs, {"quality": camera.quality, "rate_hz": camera.rate_hz})
        describe(group.attrs, {"intrinsics": camera.intrinsics, "pose": camera.pose})
        group.create_dataset("lost", (1,), "i8")
        _growing(group, "bytes", (), "u1", _BYTES_PER_CHUNK)
        for name in ("end", "t_ns", "step"):
            _growing(group, name, (), "i8", 1024)
        self.count = self._size = 0

    def append(self, images: Sequence[EncodedImage]) -> None:
        """Append pictures, oldest first."""
        if not images:
            return
        joined = np.frombuffer(b"".join(image.data for image in images), np.uint8)
        ends = self._size + np.cumsum([len(image.data) for image in images])
        _extend(self._group["bytes"], self._size, self._size + len(joined), joined)
        last = self.count + len(images)
        _extend(self._group["t_ns"], self.count, last, np.array([image.t_ns for image in images]))
        _extend(self._group["step"], self.count, last, np.array([image.step for image in images]))
        _extend(self._group["end"], self.count, last, ends)
        self.count, self._size = last, self._size + len(joined)

    def cut(self, next_step: int) -> None:
        """Take back the pictures that show this step or a later one."""
        keep = int(np.searchsorted(self._group["step"][: self.count], next_step))
        if keep == self.count:
            return
        size = int(self._group["end"][keep - 1]) if keep else 0
        for name in ("t_ns", "step", "end"):
            _shrink(self._group[name], keep)
        _shrink(self._group["bytes"], size)
        self.count, self._size = keep, size

    def lose(self, count: int) -> None:
        """Say how many pictures are missing."""
        self._group["lost"][0] = count


class EpisodeWriter:
    """Writes one episode. Not open for a second writer: it holds a lock on the file as long as it lives."""

    def __init__(self, path: Path, info: EpisodeInfo, model_xml: str = "") -> None:
        """Make the file, with everything that it will ever have.

        Args:
            path: where it shall stand; it appears there when it is ready for the first step.
            info: what is known now.
            model_xml: the compiled scene of a simulated robot, or empty.

        Raises:
            OSError: if the folder cannot be written or the disk is full.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        self.path, self.info = path, info
        self.steps = 0
        self._tracks: dict[str, ImageTrack] = {}
        # libver "latest" is what SWMR needs; the library's own locks are off because ours outlives SWMR's start.
        self._file = h5py.File(fresh, "w", libver="latest", locking=False)
        self._lock = os.open(fresh, os.O_RDWR | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            self.make_room()
            self._create(info, model_xml)
            self._file.swmr_mode = True
            self._file.flush()
            os.replace(fresh, path)
        except OSError:
            self._abandon(fresh)
            raise

    def _abandon(self, fresh: Path) -> None:
        self._file.close()
        os.close(self._lock)
        fresh.unlink()

    def _create(self, info: EpisodeInfo, model_xml: str) -> None:
        describe(self._file.attrs, info.attributes())
        for name, dtype in (("state", "u1"), ("steps_lost", "i8"), ("reason", f"S{REASON_BYTES}")):
            self._file.create_dataset(f"end/{name}", (1,), dtype)
        if model_xml:
            self._file["simulation/model_xml"] = np.frombuffer(model_xml.encode(), np.uint8)
        for field in info.schema:
            _growing(self._file, f"steps/{field.name}", field.shape, field.dtype, _STEPS_PER_CHUNK)
        self._tracks = {camera.name: ImageTrack(self._file, camera) for camera in info.cameras}

    @property
    def images(self) -> dict[str, int]:
        """Camera → how many pictures were appended."""
        return {name: track.count for name, track in self._tracks.items()}

    def append_steps(self, records: NDArray[np.void]) -> None:
        """Append steps.

        Args:
            records: (n,) of the schema's dtype.
        """
        first, last = self.steps, self.steps + len(records)
        for field in self.info.schema:
            _extend(self._file[f"steps/{field.name}"], first, last, records[field.name])
        self.steps = last

    def append_images(self, camera: str, images: Sequence[EncodedImage]) -> None:
        """Append pictures of one camera, oldest first."""
        self._tracks[camera].append(images)

    def cut(self, next_step: int) -> None:
        """Take back the steps from this one on, and the pictures that show them; all before them stay.

        A kill in between leaves datasets of several lengths, of which a reader believes the shortest. The clock goes
        first, because what it has no time for is no row.
        """
        for track in self._tracks.values():
            track.cut(next_step)
        keep = int(np.searchsorted(self._file["steps/step"][: self.steps], next_step))
        if keep == self.steps:
            return
        names = [field.name for field in self.info.schema]
        for name in sorted(names, key="t_ns".__ne__):
            _shrink(self._file[f"steps/{name}"], keep)
        self.steps = keep

    def written(self, name: str) -> NDArray[np.int64]:
        """All that a dataset of whole numbers such as ``steps/t_ns`` holds by now."""
        return np.asarray(self._file[name][:])

    def make_room(self) -> None:
        """See that the disk has room for the next seconds. To be called before each block.

        Raises:
            OSError: if the disk is full. Then nothing may be appended, flushed or closed before it has found room.
        """
        take_room(self._lock, AHEAD)

    def flush(self) -> None:
        """Put all that was appended where a kill cannot take it."""
        self._file.flush()

    def close(
        self, ending: Ending, reason: str = "", steps_lost: int = 0, images_lost: Mapping[str, int] | None = None
    ) -> None:
        """Say how it ended, and close.

        Args:
            ending: complete, or incomplete.
            reason: why it is incomplete; shown to the curator.
            steps_lost: steps that were made but never reached this file.
            images_lost: camera → pictures that are missing.
        """
        try:
            for camera, lost in (images_lost or {}).items():
                self._tracks[camera].lose(lost)
            self._file["end/steps_lost"][0] = steps_lost
            self._file["end/reason"][0] = reason.encode()[:REASON_BYTES]
            self._file.flush()
            self._file["end/state"][0] = int(ending)
            self._file.close()
            give_back_room(self._lock)
        finally:  # on a broken disk too: else it would look as if it were still being written
            os.close(self._lock)


def is_being_written(path: Path) -> bool:
    """Whether a living writer holds the episode; False for a finished one and for one whose writer died."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def describe(attributes: h5py.AttributeManager, values: Mapping[str, object]) -> None:
    """Texts get a fixed length: those of variable length lie in a heap in which HDF5 never ends when it is damaged."""
    for name, value in values.items():
        if isinstance(value, str):
            text = value.encode()
            attributes.create(name, text, dtype=h5py.string_dtype("utf-8", max(1, len(text))))
        else:
            attributes[name] = value


def _growing(group: h5py.Group, name: str, shape: tuple[int, ...], dtype: str, per_chunk: int) -> None:
    group.create_dataset(name, (0, *shape), dtype, maxshape=(None, *shape), chunks=(per_chunk, *shape))


def _extend(dataset: h5py.Dataset, first: int, last: int, values: NDArray[np.generic]) -> None:
    dataset.resize(last, axis=0)
    dataset[first:last] = values


def _shrink(dataset: h5py.Dataset, size: int) -> None:
    """Who reads meanwhile meets no foreign data: a writer in this mode never uses the blocks again that it cuts off.

    Source: HDF5, src/H5Dearray.c, H5D__earray_idx_remove. A reader from before may find zeros behind the new end.
    Each is flushed alone, because a flush of the file gives the room ahead of it back.
    """
    dataset.resize(size, axis=0)
    dataset.flush()
