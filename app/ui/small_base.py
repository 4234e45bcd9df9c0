"""Small base: how many episodes base policies are made of, and the sentence on one that is made of few."""

from contextlib import suppress
from typing import Final

from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy_file import load

_FEW: Final = 10


def doubt(episodes: int) -> str:
    """What is to be said of a base of so many episodes; empty where there is nothing."""
    return "That is a small base: its thresholds will be uncertain." if episodes < _FEW else ""


class BaseSizes:
    """Every policy is read once: after its fit only its thresholds change."""

    def __init__(self) -> None:
        self._known: dict[tuple[Library, str], int] = {}

    def of(self, library: Library) -> dict[str, int]:
        """Name of each base policy → episodes that it was fitted to or that were held out, oldest first."""
        return {name: self._of(library, name) for name in library.policy_names()}

    def _of(self, library: Library, name: str) -> int:
        with suppress(AccordError):  # a damaged one says so when a lesson with it is begun
            if (library, name) not in self._known:
                policy = load(library.policy_folder(name))
                self._known[library, name] = len(policy.fitted_to) + len(policy.held_out)
        return self._known.get((library, name), 0)
