"""Where a training set is written: a folder beside the target that takes its name only when everything is right."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from accord.datasets.errors import ExportError

_FILE_BLOCK = 4096
"""What a file takes at least on the common file systems [bytes]."""


def free_bytes(folder: Path) -> int:
    """Room on the disk that holds the folder [bytes]."""
    return shutil.disk_usage(folder).free


def check_target(target: Path, suffix: str) -> None:
    """Refuse a target before any work is done for it.

    Raises:
        ExportError: if it exists, its folder does not, or its name does not end as the loader needs.
    """
    if not target.name.endswith(suffix):
        raise ExportError(f"a name that ends in {suffix}", target.name, "choose another name")
    if os.path.lexists(target):
        raise ExportError(f"a new place at {target}", "something there already", "choose another name")
    if not target.parent.is_dir():
        raise ExportError(f"a folder at {target.parent}", "none", "make it or choose another")


def check_space(target: Path, size_bytes: int, files: int, free: Callable[[Path], int]) -> None:
    """Refuse when the disk is too small.

    Args:
        target: what shall be made.
        size_bytes: estimate of its contents [bytes].
        files: how many files it will have.
        free: room on the disk of a folder [bytes].

    Raises:
        ExportError: if there is too little room.
    """
    need = size_bytes + size_bytes // 10 + files * _FILE_BLOCK  # a tenth, because the pictures' size is an estimate
    have = free(target.parent)
    if have < need:
        found = f"{have / 1e6:.1f} MB free"
        raise ExportError(f"{need / 1e6:.1f} MB on the disk of {target.parent}", found, "choose another disk")


@contextmanager
def workspace(target: Path) -> Iterator[Path]:
    """Make the target elsewhere first.

    Yields the path where the caller makes it, in a folder of its own. When the block ends well, what stands there is
    put safely on the disk and renamed to the target; whatever else happens, the folder is removed with all it holds.

    Raises:
        ExportError: if it cannot be written, or the target came into being meanwhile.
    """
    partial = target.with_name(f"{target.name}.partial")
    _make(partial)
    try:
        made = partial / target.name
        yield made
        _put_on_disk(made)
        check_target(target, "")
        os.rename(made, target)
        _sync(target.parent)
    except OSError as error:
        raise _said(error, target) from error
    finally:
        shutil.rmtree(partial)


def size_of(path: Path) -> int:
    """Of a file, or of all files in a folder [bytes]."""
    return sum(file.stat().st_size for file in _files(path))


def _make(partial: Path) -> None:
    try:
        partial.mkdir()
    except FileExistsError as error:
        remedy = "wait for the export that makes it, or delete it if none is running"
        raise ExportError(f"no unfinished export at {partial}", "one", remedy) from error
    except OSError as error:
        found = f"{error.strerror}"
        raise ExportError(f"to write into {partial.parent}", found, "choose another folder") from error


def _said(error: OSError, target: Path) -> ExportError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ExportError(f"room for {target}", "the disk full", "free some room or choose another disk")
    return ExportError(f"to write {target}", f"{error.strerror or error}", "choose another folder")


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, _, names in os.walk(path):
        yield from (Path(folder) / name for name in names)


def _put_on_disk(made: Path) -> None:
    # One call for everything first: a file system writes many small files together far faster than one after another.
    # The calls for each file then find little to do, but unlike that one they report what could not be written.
    os.sync()
    for file in _files(made):
        _sync(file)
    for folder, _, _ in os.walk(made):
        _sync(Path(folder))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
