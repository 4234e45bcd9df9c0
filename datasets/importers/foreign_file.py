"""ForeignFile: somebody else's HDF5 file, read so that nothing in it can lead elsewhere or fill the memory.

A file may hold links into other files, arrays that stand in other files, shapes of terabytes that take no room on the
disk, and objects of any type. Here only what stands in the file itself, is made of plain numbers or text, and has a
bearable size is ever read. Nothing is unpickled. What is damaged may make the HDF5 library itself stop or never come
back: who imports a stranger's file does so in a process of its own.
"""

import re
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import DatasetError

MOST_BYTES = 1 << 30
"""Of one array, and of all arrays of one recording, once they are read [B]: ten hours of a hundred numbers at 30 Hz are
a tenth of it."""
_MOST_TEXT = 16 << 20
"""Of one text; the model of a simulated kitchen is about 1 MB [B]."""
_MOST_MEMBERS = 100_000
"""Of one group."""
_READABLE = (KeyError, OSError, RuntimeError, ValueError, TypeError, OverflowError, MemoryError)
"""What h5py raises for what is damaged."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
DAMAGED = "restore it from a copy"


class ForeignFile:
    """An HDF5 file of another program. A context manager; arrays are read when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            DatasetError: if it is not there, damaged, or not HDF5.
        """
        self.name = path.name
        self._held = 0
        """Of the recording that is read now [B]."""
        if not path.is_file():
            raise DatasetError(f"a file {path.name}", "none", "name a recorded file")
        if not h5py.is_hdf5(path):
            raise DatasetError(f"an HDF5 file in {path.name}", "another kind", "name one of robomimic or robosuite")
        try:
            self._file = h5py.File(path, "r", locking=False)
        except _READABLE as error:
            raise DatasetError(f"a whole file {path.name}", "a damaged one", DAMAGED) from error

    def members(self, group: str) -> tuple[str, ...]:
        """Names of what stands in a group, in the file's order; empty where there is no such group.

        Raises:
            DatasetError: if one of them leads elsewhere, or there are too many.
        """
        found = self._find(group)
        if not isinstance(found, h5py.Group):
            return ()
        try:
            if len(found) > _MOST_MEMBERS:
                raise DatasetError(f"up to {_MOST_MEMBERS} members of {group}", f"{len(found)}", "divide the file")
            return tuple(found)
        except _READABLE as error:
            raise self._damaged(group) from error

    def begin(self) -> None:
        """Another recording is read from here on, and nothing of the one before is kept."""
        self._held = 0

    def shape(self, name: str) -> tuple[int, ...] | None:
        """Shape of an array; None where there is none of this name."""
        found = self._find(name)
        return tuple(found.shape or ()) if isinstance(found, h5py.Dataset) else None

    def array(self, name: str) -> NDArray[np.float64]:
        """All of an array.

        Raises:
            DatasetError: if there is none, it does not hold real numbers, is too large by itself or with what was read
                since `begin`, stands in another file, or holds a number that is not finite.
        """
        found = self._find(name)
        if not isinstance(found, h5py.Dataset):
            raise DatasetError(f"an array {name} in {self.name}", "none", "name a whole file")
        try:
            if found.is_virtual or found.external:
                elsewhere = f"{name}, whose numbers stand in another file"
                raise DatasetError(f"a file {self.name} that is whole", elsewhere, "make one file of it")
            if found.dtype.kind not in "fiub":
                raise DatasetError(f"numbers in {name} of {self.name}", f"{found.dtype}", "leave this file out")
            if 8 * max(prod(found.shape or (0,)), prod(found.chunks or ())) > MOST_BYTES:
                raise DatasetError(f"a bearable size of {name} in {self.name}", f"{found.shape}", "divide the file")
            self._held += 8 * prod(found.shape or (0,))
            if self._held > MOST_BYTES:
                found_gb = f"more than {MOST_BYTES / 1e9:.3g} GB up to {name}"
                raise DatasetError(f"recordings of a bearable size in {self.name}", found_gb, "divide the file")
            values = np.asarray(found[()], np.float64)
        except _READABLE as error:
            raise self._damaged(name) from error
        if not np.isfinite(values).all():
            raise DatasetError(f"finite numbers in {name} of {self.name}", "some that are not", "leave this demo out")
        return values

    def text(self, group: str, name: str) -> str:
        """An attribute as text; empty where there is none.

        Raises:
            DatasetError: if it is no text, or too long.
        """
        found = self._find(group)
        try:
            if found is None or name not in found.attrs:
                return ""
            if found.attrs.get_id(name).get_storage_size() > _MOST_TEXT:
                raise DatasetError(f"a bearable size of {name} in {self.name}", "more than 16 MB", "leave it out")
            value = found.attrs[name]
            told = value.decode() if isinstance(value, bytes) else value
        except _READABLE as error:
            raise self._damaged(f"{group}, {name}") from error
        if not isinstance(told, str) or len(told) > _MOST_TEXT:
            raise DatasetError(f"a text as {name} of {group} in {self.name}", "something else", DAMAGED)
        return told

    def count(self, group: str, name: str) -> int | None:
        """An attribute as a whole number; None where there is none.

        Raises:
            DatasetError: if it is something else.
        """
        found = self._find(group)
        try:
            if found is None or name not in found.attrs:
                return None
            kind = found.attrs.get_id(name)
            value: Any = found.attrs[name] if kind.shape == () and kind.dtype.kind in "iu" else None
        except _READABLE as error:
            raise self._damaged(f"{group}, {name}") from error
        if value is None:
            raise DatasetError(f"a whole number as {name} of {group} in {self.name}", "something else", DAMAGED)
        return int(value)

    def _find(self, path: str) -> Any:
        """What stands under a path, None for nothing; every step of the path has to stand in this file.

        Args:
            path: names with a slash in between; empty for the file itself.
        """
        here: Any = self._file
        try:
            for name in path.split("/") if path else ():
                if not isinstance(here, h5py.Group) or name not in here:
                    return None
                if not isinstance(here.get(name, getlink=True), h5py.HardLink):
                    found = f"{path}, a link that leads elsewhere"
                    raise DatasetError(f"a file {self.name} that is whole", found, "make one file of it")
                here = here[name]
        except _READABLE as error:
            raise self._damaged(path) from error
        return here

    def _damaged(self, what: str) -> DatasetError:
        return DatasetError(f"{what} in {self.name}", "damaged data", DAMAGED)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def plain_name(name: str, where: str) -> str:
    """The name, if a field of an episode can bear it.

    Raises:
        DatasetError: if it holds what a path could be led away by.
    """
    if not _NAME.fullmatch(name):
        raise DatasetError(f"names of letters, digits, - and _ in {where}", f"{name[:80]!r}", "rename it there")
    return name
