"""Staleness: whether the episodes that a base policy was fitted to are still what they were then."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from accord.datasets.decisions import Curation
from accord.datasets.episode import Episode
from accord.datasets.errors import EpisodeError
from accord.datasets.library import Library
from accord.datasets.used import Used

_NAMED = 3
"""Episodes that are named of each kind of change: with a whole folder gone there are as many as episodes."""


class Fitted(Protocol):
    """What has to be known of a base policy: the policy itself, or what a list of policies keeps of it."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def fitted_to(self) -> tuple[str, ...]:
        """Ids of the episodes that the weights were fitted to."""

    @property
    def held_out(self) -> tuple[str, ...]:
        """Ids of the episodes that chose the best weights and the thresholds."""

    @property
    def used(self) -> Mapping[str, Used]:
        """Episode → what it was then."""


def changes(policy: Fitted, library: Library) -> dict[str, str]:
    """Episode → why a policy no longer is what a fit to it would give; empty where it still is.

    Held-out episodes count as well: they chose the best weights and the thresholds. A policy from before episodes were
    remembered only says which are gone or in the bin.
    """
    curations = library.decisions.present()
    paths = {path.stem: path for path in (library.folder / "episodes").glob("*/*.h5")}
    found = {}
    for episode in (*policy.fitted_to, *policy.held_out):
        then, curation = policy.used.get(episode), curations.get(episode, Curation())
        if why := next(_changes(then, paths.get(episode), curation), ""):
            found[episode] = why
    return found


def told(policy: Fitted, library: Library) -> str:
    """The same as one line for a person; empty while nothing changed."""
    changed = changes(policy, library)
    if not changed:
        return ""
    count = len(policy.fitted_to) + len(policy.held_out)
    kinds = (_of_one_kind(why, [episode for episode in changed if changed[episode] == why])
             for why, _ in Counter(changed.values()).most_common())  # fmt: skip
    return f"{policy.name}: {len(changed)} of its {count} episodes changed since: {', '.join(kinds)}. Fit it again."


def _of_one_kind(why: str, episodes: list[str]) -> str:
    """``2 trimmed (1f3a90bc, 77de01aa)``."""
    more = f" and {len(episodes) - _NAMED} more" if len(episodes) > _NAMED else ""
    return f"{len(episodes)} {why} ({', '.join(episode[:8] for episode in episodes[:_NAMED])}{more})"


def _changes(then: Used | None, path: Path | None, curation: Curation) -> Iterator[str]:
    if path is None:
        yield "gone"
        return
    if curation.outcome == "discarded":
        yield "discarded"
    if then is None:
        return
    if curation.trim != then.trim:
        yield "trimmed otherwise"
    try:
        state = path.stat()
        digest = _digest(path, state.st_mtime_ns, state.st_size)
    except (EpisodeError, OSError):
        yield "unreadable"
        return
    if digest != then.digest:
        yield "with other steps"


@lru_cache(maxsize=4096)
def _digest(path: Path, stamp: int, size: int) -> str:
    """Of all steps; a file is read again when it has changed, for the window asks whenever an episode is saved."""
    with Episode(path) as opened:
        return Used.of(opened).digest
