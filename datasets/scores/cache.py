"""Cache: plain scores and sketches that were computed before, beside the library's index. All can be made anew."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np

from accord.datasets.errors import LibraryError
from accord.datasets.features import Features
from accord.datasets.kept_file import KeptFile
from accord.datasets.scores.sketch import Sketch

Row = Mapping[str, float]

_VERSION = 1
_POOLS = 8
"""Sets of episodes whose scores are kept; the oldest go."""
_TABLES = """
CREATE TABLE IF NOT EXISTS own (episode TEXT PRIMARY KEY, key TEXT, scores TEXT, kind TEXT, sketch BLOB);
CREATE TABLE IF NOT EXISTS relative (pool TEXT PRIMARY KEY, scores TEXT);
"""


class Measured(NamedTuple):
    """What is kept of one episode."""

    key: str
    """Names all that this depends on."""
    scores: Row
    """Those that it has whatever the others are."""
    sketch: Sketch


class ScoreCache:
    """What an episode's own scores and sketch are, and what the relative scores in a set of episodes are."""

    def __init__(self, path: Path) -> None:
        """Open it; one that is damaged or of another version is made anew.

        Raises:
            LibraryError: if it cannot be read or written; so do all methods.
        """
        self._path = path
        self._ask = KeptFile(path, "kept scores", _TABLES, _VERSION).ask

    def own(self) -> dict[str, tuple[str, Row]]:
        """Episode → the key that its scores were kept under, and the scores that it has whatever the others are."""
        rows = self._ask("SELECT episode, key, scores FROM own")
        with self._readable():
            return {episode: (key, json.loads(text)) for episode, key, text in rows}

    def keep_own(self, measured: Sequence[Measured]) -> None:
        """Keep the scores and the sketches of some episodes; what was kept of them goes."""
        rows = [(m.sketch.episode, m.key, json.dumps(m.scores), _kind(m.sketch), _bytes(m.sketch)) for m in measured]
        if rows:
            self._ask("INSERT OR REPLACE INTO own VALUES (?, ?, ?, ?, ?)", *rows)

    def sketches(self) -> dict[str, Sketch]:
        """Episode → its sketch."""
        rows = self._ask("SELECT episode, kind, sketch FROM own")
        with self._readable():
            return {episode: _sketch(episode, kind, data) for episode, kind, data in rows}

    def relative(self, pool: str) -> dict[str, Row] | None:
        """Episode → its relative scores in the pool of this key; None if they are not known."""
        rows = self._ask("SELECT scores FROM relative WHERE pool = ?", (pool,))
        with self._readable():
            known: dict[str, Row] | None = json.loads(rows[0][0]) if rows else None
            return known

    def keep_relative(self, pool: str, scores: Mapping[str, Row]) -> None:
        """Keep the relative scores of all episodes of a pool.

        Args:
            pool: names all that these depend on.
            scores: episode → its relative scores.
        """
        self._ask("INSERT OR REPLACE INTO relative VALUES (?, ?)", (pool, json.dumps(scores)))
        newest = "SELECT rowid FROM relative ORDER BY rowid DESC LIMIT ?"
        self._ask(f"DELETE FROM relative WHERE rowid NOT IN ({newest})", (_POOLS,))

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError) as error:
            raise LibraryError(f"kept scores in {self._path.name}", "damaged ones", "delete it") from error


def _kind(sketch: Sketch) -> str:
    task, seen, done = sketch.kind
    return json.dumps([task, len(sketch), *([features.names, features.shapes] for features in (seen, done))])


def _bytes(sketch: Sketch) -> bytes:
    return b"".join(values.tobytes() for values in (sketch.observations, sketch.actions, sketch.changes))


def _sketch(episode: str, kind: str, data: bytes) -> Sketch:
    task, steps, seen, done = json.loads(kind)
    observed, commanded = (Features(tuple(n), tuple(tuple(s) for s in shapes)) for n, shapes in (seen, done))
    shapes = [(steps, features.size) for features in (observed, commanded, observed)]
    values = np.frombuffer(data, np.float32)
    ends = np.cumsum([prod(shape) for shape in shapes])[:-1]
    parts = (part.reshape(shape) for part, shape in zip(np.split(values, ends), shapes, strict=True))
    return Sketch(episode, (task, observed, commanded), *parts)
