"""PictureFile: an HDF5 file with the pictures of cameras, opened for reading; episodes and rendered ones are such."""

from types import TracebackType
from typing import Any, Self

import h5py  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_info import CameraInfo
from accord.datasets.episode_writer import EncodedImage
from accord.datasets.errors import DatasetError, EpisodeError
from accord.datasets.images import DEEP, Picture, decode, decode_deep

_OF_A_CAMERA = ("bytes", "end", "t_ns", "step", "lost")


class PictureFile:
    """An open file. A context manager; arrays are read when they are asked for."""

    error: type[DatasetError] = EpisodeError
    """What is raised for a damaged one."""
    remedy = "the file is damaged"
    """What to say of one whose layout is wrong."""
    look = "run accord check"
    """What to say of one whose data cannot be read."""

    def __init__(self, file: h5py.File, name: str) -> None:
        """Take an open file over; whoever inherits says which `cameras` it has.

        Args:
            file: open for reading.
            name: of the file, for errors.
        """
        self._file, self._name = file, name
        self._read_before: dict[str, NDArray[np.int64]] = {}
        self.cameras: tuple[CameraInfo, ...] = ()

    def _check_cameras(self, over: bool) -> None:
        """Every camera has all its datasets; of a file that is written to its end their lengths agree."""
        for camera in self.cameras:
            sizes = {name: self._dataset(f"cameras/{camera.name}/{name}").size for name in _OF_A_CAMERA}
            if over and len({sizes["end"], sizes["t_ns"], sizes["step"]}) > 1:
                raise self.error(f"one time for each image of {camera.name}", f"{sizes}", self.remedy)

    def _dataset(self, name: str) -> Any:
        try:
            found = self._file[name]
        except (KeyError, OSError, RuntimeError, ValueError) as error:
            raise self.error(f"{name} in {self._name}", "nothing readable", self.remedy) from error
        if not isinstance(found, h5py.Dataset):
            raise self.error(f"{name} in {self._name}", "a group of that name", self.remedy)
        return found

    def _read(self, name: str, at: Any = slice(None)) -> NDArray[Any]:
        try:
            return np.asarray(self._dataset(name)[at])
        except (OSError, RuntimeError) as error:
            raise self.error(f"{name} in {self._name}", "damaged data", self.look) from error

    def _one(self, name: str) -> Any:
        values = self._read(name)
        if values.shape != (1,):
            raise self.error(f"one value as {name}", f"shape {values.shape}", self.remedy)
        return values[0]

    def images_lost(self, camera: str) -> int:
        """Pictures of this camera that are not in the file."""
        return int(self._one(f"cameras/{camera}/lost"))

    def image_times(self, camera: str) -> NDArray[np.int64]:
        """(images,) when each picture was taken (CLOCK_MONOTONIC) [ns]."""
        return self._of_camera(camera, "t_ns")

    def image_steps(self, camera: str) -> NDArray[np.int64]:
        """(images,) the step that each simulated picture shows."""
        return self._of_camera(camera, "step")

    def images_stored(self, camera: str) -> int:
        """How many pictures have all their bytes; fewer than have a time only in an unfinished episode."""
        size = len(self._dataset(f"cameras/{camera}/bytes"))
        return int(np.searchsorted(self._of_camera(camera, "end"), size, side="right"))

    def encoded(self, camera: str, index: int) -> bytes:
        """One picture as it is stored."""
        ends = self._of_camera(camera, "end")
        if not -len(ends) <= index < len(ends):
            raise self.error(f"image {index} of {camera}", f"{len(ends)} images", "name one of these")
        index %= len(ends)
        first = int(ends[index - 1]) if index else 0
        return self._read(f"cameras/{camera}/bytes", slice(first, int(ends[index]))).tobytes()

    def image(self, camera: str, index: int) -> Picture:
        """One picture, (H, W, 3) uint8 RGB."""
        return decode(self.encoded(camera, index))

    def pixels(self, camera: CameraInfo, index: int) -> NDArray[Any]:
        """One picture as its camera says: (H, W, 3) uint8 RGB, or (H, W) uint16 where it holds distances or numbers.

        Raises:
            DatasetError: if it is no picture, or has another size.
        """
        data = self.encoded(camera.name, index)
        try:
            found: NDArray[Any] = decode_deep(data) if camera.codec == DEEP else decode(data)
        except EpisodeError as error:
            wanted = f"an encoded picture as image {index} of {camera.name} in {self._name}"
            raise self.error(wanted, "bytes that are none", self.look) from error
        if found.shape[:2] != (camera.height, camera.width):
            wanted = f"image {index} of {camera.name} in {self._name} with {camera.width} × {camera.height} pixels"
            raise self.error(wanted, f"shape {found.shape}", self.remedy)
        return found

    def images(self, camera: str) -> list[EncodedImage]:
        """Every picture of a camera as it is stored; a whole view in memory, a megabyte a second."""
        times, steps = self.image_times(camera), self.image_steps(camera)
        return [EncodedImage(self.encoded(camera, i), int(times[i]), int(steps[i])) for i in range(len(times))]

    def camera(self, name: str) -> CameraInfo:
        """How a camera was set up.

        Raises:
            DatasetError: naming those that there are.
        """
        for camera in self.cameras:
            if camera.name == name:
                return camera
        known = ", ".join(known.name for known in self.cameras) or "no view at all"
        raise self.error(f"a view named {name!r} in {self._name}", known, "name one of these")

    def _of_camera(self, camera: str, name: str) -> NDArray[np.int64]:
        self.camera(camera)
        key = f"cameras/{camera}/{name}"
        if key not in self._read_before:
            self._read_before[key] = self._read(key)
        return self._read_before[key]

    def close(self) -> None:
        """Close the file; closing twice is allowed."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
