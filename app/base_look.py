"""BaseLook: what can be told of a base set before anything is fitted to it: its strategies, and what can be seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.features import usual
from accord.datasets.library import Library
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.reading import read_motion
from accord.datasets.scores.strategies import Split, split
from accord.datasets.trim import Trim

Part = tuple[Path, Trim | None]
"""File of an episode, and what stays of it."""
_UNKNOWN = Split((), 0.0, 0, (), "")


@dataclass(frozen=True, slots=True)
class BaseLook:
    """A base set at one moment. What cannot be read is left out: the fit will say so."""

    split: Split = _UNKNOWN
    """Its strategies."""
    fields: tuple[str, ...] = ()
    """Fields that a policy could see: those that every episode has."""
    usual: tuple[str, ...] = ()
    """Those of them that it sees unless told otherwise."""

    @classmethod
    def of(cls, parts: Iterable[Part]) -> "BaseLook":
        """Look at episodes; only those that are new or have changed are read."""
        found = [known for known in map(_known, parts) if known is not None]
        if not found:
            return cls()
        everywhere = tuple(name for name in found[0][1] if all(name in fields for _, fields, _ in found))
        chosen = tuple(name for name in everywhere if any(name in ordinary for _, _, ordinary in found))
        return cls(_split([motion for motion, _, _ in found if motion is not None]), everywhere, chosen)


def _split(motions: list[Motion]) -> Split:
    """Only ways of doing the same thing, with as many hands, can be compared."""
    kinds = {(motion.task, None if motion.hand is None else motion.hand.shape[1]) for motion in motions}
    return split(motions) if len(kinds) == 1 else _UNKNOWN


def base_parts(library: Library, episodes: Iterable[str]) -> list[Part]:
    """Where episodes stand and what stays of them now; those that are gone are left out."""
    curations = library.decisions.present()
    paths = {path.stem: path for path in (library.folder / "episodes").glob("*/*.h5")}
    trims = {id_: curations[id_].trim if id_ in curations else None for id_ in episodes}
    return [(paths[id_], trim) for id_, trim in trims.items() if id_ in paths]


Known = tuple[Motion | None, tuple[str, ...], tuple[str, ...]]


def _known(part: Part) -> Known | None:
    path, trim = part
    try:
        state = path.stat()
        return _read(path, trim, state.st_mtime_ns, state.st_size)
    except (AccordError, OSError):
        return None


@lru_cache(maxsize=512)
def _read(path: Path, trim: Trim | None, stamp: int, size: int) -> Known:
    with Episode(path) as episode:
        dtype = episode.info.schema.dtype
    try:
        motion = read_motion(path, trim)
    except AccordError:
        motion = None
    ordinary = usual(dtype)
    others = (name for name in dtype.names or () if name.startswith("observation/") and not name.endswith("t_ns"))
    return motion, tuple(dict.fromkeys((*ordinary, *others))), ordinary
