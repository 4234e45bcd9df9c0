"""Recordings: the demos of one foreign file, whichever of the known layouts it has."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from accord.datasets.errors import DatasetError
from accord.datasets.importers import robomimic, robosuite
from accord.datasets.importers.demonstration import Demonstration
from accord.datasets.importers.foreign_file import ForeignFile
from accord.datasets.importers.robomimic import Environment

_DEMO = re.compile(r"demo_(\d{1,9})")
_BLOCK = 1 << 20


class Recordings:
    """An open file with demos. Its `names` are in the order of their numbers."""

    def __init__(self, file: ForeignFile) -> None:
        """Look at its layout.

        Raises:
            DatasetError: if it is none that is known, or damaged.
        """
        self._file = file
        members = file.members("data")
        numbered = sorted((int(found[1]), name) for name in members if (found := _DEMO.fullmatch(name)))
        self.names = tuple(name for _, name in numbered)
        self.ignored = tuple(name for name in members if not _DEMO.fullmatch(name))
        """What stands beside the demos."""
        if not self.names:
            raise DatasetError(
                f"demos named data/demo_0 … in {file.name}", "none", "name a file of robomimic or robosuite"
            )
        self.layout = "robosuite" if self._raw(self.names[0]) else "robomimic"
        raw_header = bool(file.text("data", "env_info"))
        reader = robosuite.environment_of if raw_header else robomimic.environment_of
        self.environment: Environment = reader(file)

    def _raw(self, name: str) -> bool:
        """Whether a demo holds states and nothing that was observed."""
        inside = self._file.members(f"data/{name}")
        return "obs" not in inside and "states" in inside

    def read(self, name: str) -> Demonstration:
        """Read one of `names`.

        Raises:
            DatasetError: if it is damaged, or too large.
        """
        self._file.begin()
        if self.layout == "robosuite":
            return robosuite.read_demo(self._file, name)
        return robomimic.read_demo(self._file, name)


def sha256_of(path: Path, progress: Callable[[float], None]) -> str:
    """Of the whole file.

    Args:
        path: of the file.
        progress: called with the share that was read, 0 to 1.
    """
    digest, size, done = hashlib.sha256(), max(1, path.stat().st_size), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            progress(min(1.0, done / size))
    return digest.hexdigest()
