"""Index: what a library remembers so that it need not open every episode again. All of it can be made anew."""

import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accord.datasets.compatibility import StepScores
from accord.datasets.episode import Episode
from accord.datasets.episode_info import Ending
from accord.datasets.images import encode, resize

THUMBNAIL = (120, 90)
"""Width and height of a thumbnail [px]."""

_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS episode (path TEXT PRIMARY KEY, mtime_ns INTEGER, size INTEGER, summary TEXT, picture BLOB);
CREATE TABLE IF NOT EXISTS score (episode TEXT, policy TEXT, error BLOB, novelty BLOB, t_ns BLOB,
    PRIMARY KEY (episode, policy));
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the table of a library shows of an episode file. The file never changes, so neither does this."""

    episode: str
    task: str
    operator: str
    source: str
    scripted: bool
    wall_ns: int
    """When it began, since 1970 [ns]."""
    duration_s: float
    steps: int
    rate_hz: float
    views: tuple[str, ...]
    size: int
    """Of the file [B]."""
    complete: bool
    reason: str
    """Why it is incomplete, or empty."""
    steps_lost: int
    images_lost: int
    succeeded: bool
    """Whether the scene saw the task done at the last step."""


class TimedScores(NamedTuple):
    """The scores of the steps of an episode that count."""

    steps: StepScores
    t_ns: NDArray[np.int64]
    """When each of them began (CLOCK_MONOTONIC) [ns]."""


class Index:
    """Summaries, thumbnails and scores by episode, in one SQLite file that may be deleted at any time."""

    def __init__(self, path: Path) -> None:
        """Open it; one that is damaged or of another version is made anew."""
        self._path = path
        try:
            with self._connection() as connection:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                if version not in (0, _VERSION):
                    raise sqlite3.DatabaseError("another version")
                self._prepare(connection)
        except sqlite3.DatabaseError:
            path.unlink()
            with self._connection() as connection:
                self._prepare(connection)

    @staticmethod
    def _prepare(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(_TABLES + f"PRAGMA user_version = {_VERSION};")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=5.0)) as connection, connection:
            yield connection

    def summaries(self) -> dict[str, tuple[int, int, Summary]]:
        """Path → (mtime [ns], size [B], summary) of every episode that was read before."""
        with self._connection() as connection:
            rows = connection.execute("SELECT path, mtime_ns, size, summary FROM episode").fetchall()
        return {path: (mtime_ns, size, _summary(text)) for path, mtime_ns, size, text in rows}

    def remember(self, path: str, mtime_ns: int, size: int, summary: Summary, picture: bytes) -> None:
        """Keep what was read from an episode."""
        row = (path, mtime_ns, size, json.dumps(asdict(summary)), picture)
        with self._connection() as connection:
            connection.execute("INSERT OR REPLACE INTO episode VALUES (?, ?, ?, ?, ?)", row)

    def forget(self, path: str) -> None:
        """An episode file is gone."""
        with self._connection() as connection:
            connection.execute("DELETE FROM episode WHERE path = ?", (path,))

    def thumbnail(self, path: str) -> bytes:
        """A JPEG of the episode, empty where it has no view."""
        with self._connection() as connection:
            row = connection.execute("SELECT picture FROM episode WHERE path = ?", (path,)).fetchone()
        return bytes(row[0]) if row else b""

    def scores(self, policy: str) -> dict[str, TimedScores]:
        """Episode → its scores against the policy of this fingerprint."""
        with self._connection() as connection:
            query = "SELECT episode, error, novelty, t_ns FROM score WHERE policy = ?"
            rows = connection.execute(query, (policy,)).fetchall()
        return {
            episode: TimedScores(
                StepScores(np.frombuffer(error, np.float64), np.frombuffer(novelty, np.float64)),
                np.frombuffer(t_ns, np.int64),
            )
            for episode, error, novelty, t_ns in rows
        }

    def keep_scores(self, episode: str, policy: str, scores: TimedScores) -> None:
        """Keep the scores of an episode against the policy of this fingerprint."""
        error, novelty = (np.asarray(a, np.float64).tobytes() for a in (scores.steps.error, scores.steps.novelty))
        row = (episode, policy, error, novelty, np.asarray(scores.t_ns, np.int64).tobytes())
        with self._connection() as connection:
            connection.execute("INSERT OR REPLACE INTO score VALUES (?, ?, ?, ?, ?)", row)


def summarise(episode: Episode) -> tuple[Summary, bytes]:
    """What the table shows of an episode, and its thumbnail as JPEG."""
    info = episode.info
    success = episode.field("success") if "success" in info.schema else np.zeros(0, bool)
    summary = Summary(
        episode=str(uuid.UUID(info.id)), task=info.task, operator=info.operator, source=info.source,
        scripted=info.scripted, wall_ns=info.wall_ns, duration_s=episode.duration_s, steps=len(episode),
        rate_hz=info.rate_hz, views=tuple(camera.name for camera in info.cameras), size=episode.path.stat().st_size,
        complete=episode.ending is Ending.COMPLETE, reason=episode.reason, steps_lost=episode.steps_lost,
        images_lost=sum(episode.images_lost(camera.name) for camera in info.cameras),
        succeeded=bool(len(success) and success[-1]),
    )  # fmt: skip
    return summary, _picture(episode)


def _picture(episode: Episode) -> bytes:
    """The first view, two thirds into the episode: by then something has happened."""
    if not episode.info.cameras:
        return b""
    camera = episode.info.cameras[0].name
    count = len(episode.image_times(camera))
    return encode(resize(episode.image(camera, count * 2 // 3), *THUMBNAIL), quality=85) if count else b""


def _summary(text: str) -> Summary:
    values = json.loads(text)
    return Summary(**(values | {"views": tuple(values["views"])}))
