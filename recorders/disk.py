"""Disk: how much is free, and a ballast that can be thrown overboard when nothing is."""

import contextlib
import os
import shutil
from pathlib import Path

from accord.datasets.episode_writer import AHEAD

BEGIN_WITH = 500 * 2**20
"""No episode begins with less free than this: a quarter of an hour of three small views [B]."""
STOP_AT = 100 * 2**20
"""An episode ends when less than this is free, while there is still room to end it well [B]."""


class Disk:
    """The disk under a library."""

    def __init__(self, folder: Path, begin_with: int = BEGIN_WITH, stop_at: int = STOP_AT) -> None:
        self.begin_with, self.stop_at = begin_with, stop_at
        self._folder = folder
        self._ballast = folder / ".ballast"

    def free(self) -> int:
        """Free bytes [B]."""
        return shutil.disk_usage(self._folder).free

    def load_ballast(self) -> None:
        """Set room aside, so that an episode can still be ended well after somebody else filled the disk."""
        if self._ballast.exists():
            return
        with self._ballast.open("wb") as file, contextlib.suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, 2 * AHEAD)

    def drop_ballast(self) -> None:
        """Give that room to whoever asks next; ask at once."""
        self._ballast.unlink(missing_ok=True)
