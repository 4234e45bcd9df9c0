"""All plain scores of a library: what was computed before is taken from the cache, the rest is computed now.

An episode is read once, and again only when its trim or its file changes. What compares episodes with each other is
computed from their sketches whenever the set of episodes, a trim or the base changes, so it is exact at every moment.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from accord.datasets.errors import DatasetError
from accord.datasets.library import Entry, Library
from accord.datasets.scores.cache import Measured, ScoreCache
from accord.datasets.scores.reading import read_motion
from accord.datasets.scores.sketch import Sketch
from accord.datasets.scores.table import VERSION, Row, in_order, own_scores, relative_scores
from accord.datasets.threads import at_most

CACHE = "scores.sqlite"
"""Beside the library's index; can be deleted at any time."""
_AT_ONCE = 32
"""Episodes that are kept together: each time costs as much as reading one."""


@dataclass(frozen=True, slots=True)
class PlainScores:
    """Of the episodes of a library."""

    rows: dict[str, Row]
    """Episode → score → value, NaN where it cannot be known; an episode that cannot be scored is not there."""
    problems: tuple[str, ...]
    """One sentence for each episode that cannot be scored."""


def plain_scores(
    library: Library,
    base: Collection[str] = (),
    entries: Sequence[Entry] | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    workers: int = 1,
) -> PlainScores:
    """Every plain score of the episodes of a library.

    Args:
        library: the library.
        base: ids of the base episodes.
        entries: which episodes are compared with each other; all that were not discarded unless given.
        progress: called with how many episodes were read, of how many that have to be; it may raise to end it all.
        workers: how many threads compare episodes.

    Raises:
        LibraryError: if the cache cannot be read or written.
    """
    compared = [one for one in library.contents().entries if one.curation.outcome != "discarded"]
    compared = compared if entries is None else list(entries)
    cache = ScoreCache(library.folder / CACHE)
    keys = {entry.id: _key(entry) for entry in compared}
    problems = _measure(cache, compared, keys, progress)
    own = {episode: row for episode, (key, row) in cache.own().items() if keys.get(episode) == key}
    relative = _relative(cache, own.keys(), keys, base, workers)
    rows = {entry.id: in_order({**own[entry.id], **relative[entry.id]}) for entry in compared if entry.id in own}
    return PlainScores(rows, tuple(problems))


def _key(entry: Entry) -> str:
    """All that an episode's own scores depend on; a file is never changed, unless it is restored from a copy."""
    try:
        state = entry.path.stat()
        stamp = f"{state.st_size} {state.st_mtime_ns}"
    except OSError:
        stamp = "gone"
    return f"{VERSION} {stamp} {entry.curation.trim}"


def _measure(
    cache: ScoreCache, entries: Sequence[Entry], keys: dict[str, str], progress: Callable[[int, int], None]
) -> list[str]:
    """Read the episodes that are not known as they are now; one sentence for each that cannot be."""
    known = cache.own()
    missing = [entry for entry in entries if known.get(entry.id, ("", {}))[0] != keys[entry.id]]
    problems, measured = [], list[Measured]()
    try:
        for done, entry in enumerate(missing):
            progress(done, len(missing))
            try:
                motion = read_motion(entry.path, entry.curation.trim)
                measured.append(Measured(keys[entry.id], own_scores(motion), Sketch.of(motion)))
            except DatasetError as error:
                problems.append(str(error))
            if len(measured) == _AT_ONCE:
                cache.keep_own(measured)
                measured.clear()
        progress(len(missing), len(missing))
    finally:
        cache.keep_own(measured)
    return problems


def _relative(
    cache: ScoreCache, episodes: Collection[str], keys: dict[str, str], base: Collection[str], workers: int
) -> dict[str, Row]:
    """The relative scores in this set of episodes."""
    told = sorted((episode, keys[episode], episode in base) for episode in episodes)
    pool = hashlib.sha256(repr((VERSION, told)).encode()).hexdigest()
    if (known := cache.relative(pool)) is not None:
        return known
    found = cache.sketches()
    with at_most(1):
        rows = relative_scores([found[episode] for episode in episodes], base, workers)
    cache.keep_relative(pool, rows)
    return rows
