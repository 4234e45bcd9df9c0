"""Rendered: an episode's pictures, drawn again later from its physics states.

The file has the cameras of an episode and nothing else of it, and is found beside it::

    renders/<name>/render.json          how the pictures of this set were drawn
    renders/<name>/<uuid>.h5            cameras/<view>/…, as in an episode; there only when it is whole

What is asked for beside the colours stands in views of its own: ``front.depth`` in millimetres, 0 where nothing is near
enough to be told, and ``front.segmentation``, the number of the body in the file's list of ``bodies``. All of it is
derived: it may be deleted, and made again.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_info import CameraInfo
from accord.datasets.episode_writer import AHEAD, EncodedImage, ImageTrack, describe
from accord.datasets.errors import RenderError
from accord.datasets.picture_file import PictureFile
from accord.datasets.render_settings import RenderSettings
from accord.datasets.room import give_back_room, take_room
from accord.datasets.strict_json import parse

FORMAT = "accord-render"
VERSION = 1
DEPTH, SEGMENTATION = ".depth", ".segmentation"
"""What the names of the views end with that hold no colours."""
_FURTHEST_MM = np.iinfo(np.uint16).max
_AGAIN = "delete it and run accord render again"


@dataclass(frozen=True, slots=True)
class RenderInfo:
    """What is known of an episode's rendered pictures."""

    episode: str
    """UUID of the episode that they show."""
    settings: RenderSettings
    cameras: tuple[CameraInfo, ...]
    """Every view, those of depth and segmentation among them."""
    bodies: tuple[str, ...] = ()
    """Names by the numbers in a segmentation; the first is nothing's."""
    software: Mapping[str, str] = field(default_factory=dict)

    def attributes(self) -> dict[str, str | int]:
        """The attributes of the file."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "episode": self.episode,
            "settings": self.settings.to_json(),
            "cameras": json.dumps([asdict(camera) for camera in self.cameras]),
            "bodies": json.dumps(self.bodies),
            "software": json.dumps(dict(self.software)),
        }

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any], name: str) -> "RenderInfo":
        """Read what `attributes` gave.

        Raises:
            RenderError: if the file is foreign, from a newer version, or damaged.
        """
        try:
            if str(attributes.get("format")) != FORMAT:
                raise RenderError(f"rendered pictures in {name}", "another kind of HDF5 file", _AGAIN)
            if int(attributes["version"]) > VERSION:
                found = f"version {attributes['version']}"
                raise RenderError(f"rendered pictures of version {VERSION} or older in {name}", found, "update Accord")
            return cls(
                str(attributes["episode"]),
                RenderSettings.from_json(attributes["settings"]),
                tuple(_camera(row) for row in parse(attributes["cameras"])),
                tuple(str(body) for body in parse(attributes["bodies"])),
                {str(key): str(value) for key, value in parse(attributes["software"]).items()},
            )
        except RenderError:
            raise
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise RenderError(f"rendered pictures in {name}", f"{error!r}", _AGAIN) from error


class Rendered(PictureFile):
    """The rendered pictures of one episode, opened for reading. A context manager."""

    error = RenderError
    remedy = look = _AGAIN

    def __init__(self, path: Path) -> None:
        """Open them.

        Raises:
            RenderError: if they are not there, damaged, foreign, or from a newer version.
        """
        super().__init__(_open(path), path.name)
        try:
            self.info = RenderInfo.from_attributes(_attributes(self._file, path.name), path.name)
            self.cameras = self.info.cameras
            self._check_cameras(over=True)
        except RenderError:
            self.close()
            raise


class RenderedWriter:
    """Writes the rendered pictures of one episode. A context manager: what is left by an error leaves no file."""

    def __init__(self, path: Path, info: RenderInfo) -> None:
        """Begin beside the place where it shall stand.

        Args:
            path: where it appears when it is whole.
            info: of the pictures.

        Raises:
            OSError: if the folder cannot be written or the disk is full.
        """
        self._path, self._partial = path, unfinished(path)
        self._file = h5py.File(self._partial, "w", libver="latest", locking=False)
        self._descriptor = os.open(self._partial, os.O_RDWR | os.O_CLOEXEC)
        self._tracks: dict[str, ImageTrack] = {}
        try:
            take_room(self._descriptor, AHEAD)
            describe(self._file.attrs, info.attributes())
            self._tracks = {camera.name: ImageTrack(self._file, camera) for camera in info.cameras}
        except BaseException:
            self._abandon()
            raise

    def append(self, view: str, images: Sequence[EncodedImage]) -> None:
        """Append pictures of one view, oldest first.

        Raises:
            OSError: if the disk is full.
        """
        take_room(self._descriptor, AHEAD + sum(len(image.data) for image in images))
        self._tracks[view].append(images)

    def lose(self, count: int) -> None:
        """Say how many pictures of each view are missing, because the steps that they would show are."""
        for track in self._tracks.values():
            track.lose(count)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._abandon()
            return
        try:
            self._file.close()
            give_back_room(self._descriptor)
            os.fsync(self._descriptor)
            os.replace(self._partial, self._path)
        except OSError:
            self._partial.unlink(missing_ok=True)
            raise
        finally:
            os.close(self._descriptor)

    def _abandon(self) -> None:
        # Room for what was appended and more was taken before, so closing does not fail for want of it.
        self._file.close()
        os.close(self._descriptor)
        with suppress(OSError):
            self._partial.unlink()


def unfinished(path: Path) -> Path:
    """Where rendered pictures are written before they are whole."""
    return path.with_name(f"{path.name}.partial")


def millimetres(depth: NDArray[np.float32]) -> NDArray[np.uint16]:
    """(H, W) distances [m] as they are stored [mm]: 0 where there is nothing, or nothing within 65.535 m."""
    near = depth * 1000.0 < _FURTHEST_MM
    return np.rint(np.where(near, depth, 0.0) * 1000.0).astype(np.uint16)


def _open(path: Path) -> h5py.File:
    if not path.is_file():
        raise RenderError(f"rendered pictures at {path.name}", "no such file", "run accord render for this episode")
    try:
        return h5py.File(path, "r", libver="latest", locking=False)
    except (OSError, RuntimeError) as error:
        raise RenderError(f"rendered pictures in {path.name}", "a damaged file", _AGAIN) from error


def _attributes(file: h5py.File, name: str) -> dict[str, Any]:
    try:
        return {key: value.decode() if isinstance(value, bytes) else value for key, value in file.attrs.items()}
    except (KeyError, OSError, RuntimeError, ValueError) as error:
        raise RenderError(f"rendered pictures in {name}", "a damaged file", _AGAIN) from error


def _camera(row: dict[str, Any]) -> CameraInfo:
    lists = {"intrinsics": tuple(row["intrinsics"]), "pose": tuple(row["pose"])}
    return CameraInfo(**(row | lists))
