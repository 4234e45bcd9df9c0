"""LivePolicy: the base policy that a session scores against, and whether its thresholds were moved since."""

from pathlib import Path

from accord.datasets.compatibility import Thresholds
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

    def choose(self, name: str) -> None:
        """Take another one; empty for none.

        Raises:
            AccordError: if it cannot be read; the one before stays.
        """
        self.thresholds = load(self._library.known_policy(name)).thresholds if name else None
        self.name = name
        self._stamp = self._written()

    @property
    def folder(self) -> Path | None:
        """Where it stands; None for none."""
        return self._library.policy_folder(self.name) if self.name else None

    @property
    def changed(self) -> bool:
        """Whether its file was written again since it was chosen."""
        return bool(self.name) and self._written() != self._stamp

    def _written(self) -> int:
        described = self.folder / "policy.json" if self.folder else None
        return described.stat().st_mtime_ns if described is not None and described.is_file() else 0
