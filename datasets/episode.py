"""Episode: one finished recording on disk, opened for reading. It is never changed again."""

import ctypes
import os
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_info import Ending, EpisodeInfo
from accord.datasets.episode_writer import is_being_written
from accord.datasets.errors import EpisodeError
from accord.datasets.picture_file import PictureFile

_READ_ATTEMPTS = 20
"""How often a reader of an unfinished file looks at metadata whose checksum is wrong. HDF5 waits 1 ns after the first
time and twice as long after each: its own 100 attempts at a damaged file never end, 20 take about a millisecond."""


class Episode(PictureFile):
    """One recording. A context manager; arrays are read when they are asked for."""

    def __init__(self, path: Path, unfinished: bool = False) -> None:
        """Open an episode.

        Args:
            path: of the file.
            unfinished: also open one that is being recorded or was left behind by a crash.

        Raises:
            EpisodeError: if it is not there, damaged, foreign, from a newer version, or not finished.
        """
        self.path = path
        super().__init__(_open(path, unfinished), path.name)
        try:
            self.info = EpisodeInfo.from_attributes(_attributes(self._file, path.name), path.name)
            self.cameras = self.info.cameras
            self._check_layout()
        except EpisodeError:
            self._file.close()
            raise

    def _check_layout(self) -> None:
        """Every dataset that the schema promises is there with its shape; lengths agree once it is finished."""
        lengths = set()
        for field in self.info.schema:
            data = self._dataset(f"steps/{field.name}")
            if data.ndim == 0 or data.shape[1:] != field.shape or data.dtype != np.dtype(field.dtype):
                wanted = f"{field.name} of shape {field.shape} and type {field.dtype}"
                raise EpisodeError(wanted, f"{data.shape[1:]} and {data.dtype}", "the file is damaged")
            lengths.add(len(data))
        over = self.ending is not Ending.OPEN
        if over and len(lengths) > 1:
            raise EpisodeError("fields of one length", f"lengths {sorted(lengths)}", "the file is damaged")
        self._check_cameras(over)
        self._length = min(lengths, default=0)

    def __len__(self) -> int:
        """Number of steps."""
        return self._length

    @property
    def ending(self) -> Ending:
        """How the recording ended."""
        state = int(self._one("end/state"))
        if state not in set(Ending):
            raise EpisodeError(f"how {self.path.name} ended", f"state {state}", "the file is damaged")
        return Ending(state)

    @property
    def reason(self) -> str:
        """Why it is incomplete, or empty."""
        return bytes(self._one("end/reason")).decode(errors="replace")

    @property
    def steps_lost(self) -> int:
        """Steps that were made but are not in the file."""
        return int(self._one("end/steps_lost"))

    @property
    def t_ns(self) -> NDArray[np.int64]:
        """(steps,) when each step began (CLOCK_MONOTONIC) [ns]."""
        return self.field("t_ns")

    @property
    def duration_s(self) -> float:
        """From the first step to the last [s]."""
        t_ns = self.t_ns
        return float(t_ns[-1] - t_ns[0]) / 1e9 if len(t_ns) else 0.0

    def field(self, name: str) -> NDArray[Any]:
        """(steps, …) one field of every step.

        Raises:
            EpisodeError: if the episode has no such field.
        """
        if name not in self.info.schema:
            known = ", ".join(field.name for field in self.info.schema)
            raise EpisodeError(f"a field named {name!r} in {self.path.name}", f"only {known}", "name one of these")
        return self._read(f"steps/{name}", slice(0, self._length))

    def steps(self) -> NDArray[np.void]:
        """(steps,) every field of every step, as records of the schema's dtype."""
        records = np.empty(self._length, self.info.schema.dtype)
        for field in self.info.schema:
            records[field.name] = self.field(field.name)
        return records

    def model_xml(self) -> str:
        """The compiled scene of a simulated episode, or empty."""
        try:
            return self._read("simulation/model_xml").tobytes().decode() if "simulation" in self._file else ""
        except (KeyError, RuntimeError, UnicodeDecodeError) as error:
            raise EpisodeError(f"the scene of {self.path.name}", "damaged data", "the file is damaged") from error


def _open(path: Path, unfinished: bool) -> h5py.File:
    if not path.is_file():
        raise EpisodeError(f"an episode at {path.name}", "no such file", "look up its id with accord library")
    if not h5py.is_hdf5(path):
        raise EpisodeError(f"an Accord episode in {path.name}", "a file that is not HDF5", "restore it from a copy")
    try:
        return _open_unfinished(path) if unfinished else h5py.File(path, "r", libver="latest", locking=False)
    except (OSError, RuntimeError) as error:
        if "already open for write" not in str(error):
            raise EpisodeError(f"a whole episode in {path.name}", "a damaged file", "restore it from a copy") from error
        if is_being_written(path):
            raise EpisodeError(f"a finished episode in {path.name}", "one still recording", "end it first") from error
        remedy = "run accord recover on the library"
        raise EpisodeError(f"a finished episode in {path.name}", "one left by a crash", remedy) from error


def _attributes(file: h5py.File, name: str) -> dict[str, Any]:
    try:
        return {key: value.decode() if isinstance(value, bytes) else value for key, value in file.attrs.items()}
    except (KeyError, OSError, RuntimeError, ValueError) as error:
        raise EpisodeError(f"an Accord episode in {name}", "a damaged file", "restore it from a copy") from error


def _open_unfinished(path: Path) -> h5py.File:
    """As ``h5py.File(path, "r", swmr=True)``, but it gives up on a damaged file, see `_READ_ATTEMPTS`."""
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_LATEST, h5py.h5f.LIBVER_LATEST)
    access.set_file_locking(False, True)
    library = ctypes.CDLL(h5py.h5p.__file__)  # HDF5 as h5py has loaded it; h5py itself has no name for this setting
    library.H5Pset_metadata_read_attempts(ctypes.c_int64(access.id), ctypes.c_uint(_READ_ATTEMPTS))
    return h5py.File(h5py.h5f.open(os.fsencode(path), h5py.h5f.ACC_RDONLY | h5py.h5f.ACC_SWMR_READ, fapl=access))
