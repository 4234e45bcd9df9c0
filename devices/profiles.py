"""Profiles: the mappings of a person by name, each a file of its own."""

import re
from pathlib import Path
from typing import Final

from accord.devices import mapping as mapping_of
from accord.devices.errors import DeviceError
from accord.devices.mapping import Mapping

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_ENDING: Final = ".toml"


class Profiles:
    """Named mappings in a folder, as ``NAME.toml``. What is refused changes nothing.

    Args:
        folder: made when the first one is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """Every profile there is, by name, those too whose files turn out to be broken.

        Raises:
            DeviceError: if the folder cannot be read.
        """
        try:
            found = [path.stem for path in self._folder.iterdir() if path.suffix == _ENDING]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise DeviceError(f"profiles in {self._folder}", _said(error), "choose another folder") from error
        return tuple(sorted(name for name in found if _NAME.fullmatch(name)))

    def stamp(self, name: str) -> tuple[int, ...]:
        """Numbers that are others whenever the file of a profile is another one; none while it is not there."""
        try:
            found = self._path(name).stat()
        except (DeviceError, OSError):
            return ()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def load(self, name: str) -> Mapping:
        """The mapping of this name.

        Raises:
            DeviceError: if there is none, or its file is broken; the file stays as it is.
        """
        return mapping_of.load(self._known(name))

    def save(self, name: str, mapping: Mapping) -> None:
        """Keep a mapping under this name, in place of the one before.

        Raises:
            DeviceError: if the name is no plain word, the file cannot be written, or a broken file stands there, which
                somebody may want to mend.
        """
        path = self._path(name)
        if path.exists():
            try:
                mapping_of.load(path)
            except DeviceError as error:
                raise DeviceError(
                    f"a place for the profile {name}", f"{path}, which is broken ({str(error).rstrip('.')})",
                    "mend it, delete it, or choose another name",
                ) from error  # fmt: skip
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            mapping_of.save(mapping, path)
        except OSError as error:
            raise DeviceError(f"to write {path}", _said(error), "make room, or allow writing there") from error

    def rename(self, name: str, new: str) -> None:
        """Call a profile otherwise.

        Raises:
            DeviceError: if there is none, the new name is taken or no plain word, or the file cannot be renamed.
        """
        old, path = self._known(name), self._path(new)
        if path.exists():
            raise DeviceError("a name for a profile", f"{new!r}, which is taken", "choose another")
        try:
            old.rename(path)
        except OSError as error:
            raise DeviceError(f"to rename the profile {name}", _said(error), "allow writing there") from error

    def delete(self, name: str) -> None:
        """Forget a profile, broken or not.

        Raises:
            DeviceError: if there is none, or its file cannot be deleted.
        """
        path = self._known(name)
        try:
            path.unlink()
        except OSError as error:
            raise DeviceError(f"to delete the profile {name}", _said(error), "allow writing there") from error

    def _known(self, name: str) -> Path:
        path = self._path(name)
        if not path.is_file():
            there = ", ".join(self.names()) or "none yet"
            raise DeviceError("a profile", repr(name), f"choose one of those there are: {there}")
        return path

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            remedy = "use letters, digits, dashes and underscores, beginning with a letter or a digit"
            raise DeviceError("a plain word as the name of a profile", repr(name), remedy)
        return self._folder / f"{name}{_ENDING}"


def _said(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
