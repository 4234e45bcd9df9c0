"""LivePolicy: the base policy that a session scores against, and whether its thresholds were moved since."""

from contextlib import suppress
from pathlib import Path

from accord.datasets.compatibility import Thresholds
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy_file import load


class LivePolicy:
    """None at first."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.name = ""
        """Empty for none."""
        self.thresholds: Thresholds | None = None
        self._stamp = 0
        self.doubt = ""
        """Why it could not be read again, in one sentence, or empty."""

    def choose(self, name: str) -> None:
        """Take another one; empty for none.

        Raises:
            AccordError: if it cannot be read; the one before stays.
        """
        self.thresholds = load(self._library.known_policy(name)).thresholds if name else None
        self.name, self.doubt = name, ""
        self._stamp = self._written()

    @property
    def folder(self) -> Path | None:
        """Where it stands; None for none."""
        return self._library.policy_folder(self.name) if self.name else None

    def read_again(self) -> bool:
        """Read it again if its file was written again since; what cannot be read now is said, and the one before stays.

        Returns:
            Whether it was read.
        """
        if not self.name or self._written() == self._stamp:
            return False
        try:
            self.choose(self.name)
        except AccordError as error:
            self._stamp, self.doubt = self._written(), str(error)
            return False
        return True

    def _written(self) -> int:
        with suppress(OSError):  # it is gone
            return (self.folder / "policy.json").stat().st_mtime_ns if self.folder else 0
        return 0
