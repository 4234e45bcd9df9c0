"""Index: what a library remembers so that it need not open every episode again. All of it can be made anew."""

import json
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accord.datasets.compatibility import STEP_SCORES, StepScores
from accord.datasets.episode import Episode
from accord.datasets.episode_info import Ending
from accord.datasets.errors import EpisodeError
from accord.datasets.images import encode, resize
from accord.datasets.kept_file import KeptFile

THUMBNAIL = (120, 90)
"""Width and height of a thumbnail [px]."""

_VERSION = 3
_TABLES = """
CREATE TABLE IF NOT EXISTS episode (path TEXT PRIMARY KEY, mtime_ns INTEGER, size INTEGER, summary TEXT, picture BLOB);
CREATE TABLE IF NOT EXISTS score (episode TEXT, policy TEXT, {scores}, t_ns BLOB,
    PRIMARY KEY (episode, policy));
""".format(scores=", ".join(f"{name} BLOB" for name in STEP_SCORES))


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
    first_ns: int
    """When its first step began, on the clock of the steps [ns]."""
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
        """Open it; one that is damaged or of another version is made anew.

        Raises:
            LibraryError: if it cannot be read or written; so do all methods.
        """
        self._ask = KeptFile(path, "an index", _TABLES, _VERSION).ask

    def summaries(self) -> dict[str, tuple[int, int, Summary]]:
        """Path → (mtime [ns], size [B], summary) of every episode that was read before."""
        rows = self._ask("SELECT path, mtime_ns, size, summary FROM episode")
        return {path: (mtime_ns, size, _summary(text)) for path, mtime_ns, size, text in rows}

    def remember(self, path: str, mtime_ns: int, size: int, summary: Summary, picture: bytes) -> None:
        """Keep what was read from an episode; what was known of its scores is no longer sure, and goes."""
        self._ask("DELETE FROM score WHERE episode = ?", (summary.episode,))
        row = (path, mtime_ns, size, json.dumps(asdict(summary)), picture)
        self._ask("INSERT OR REPLACE INTO episode VALUES (?, ?, ?, ?, ?)", row)

    def forget(self, path: str) -> None:
        """An episode file is gone."""
        self._ask("DELETE FROM episode WHERE path = ?", (path,))

    def thumbnail(self, path: str) -> bytes:
        """A JPEG of the episode, empty where it has no view."""
        rows = self._ask("SELECT picture FROM episode WHERE path = ?", (path,))
        return bytes(rows[0][0]) if rows else b""

    def scores(self, policy: str) -> dict[str, TimedScores]:
        """Episode → its scores against the policy of this fingerprint."""
        rows = self._ask(f"SELECT episode, t_ns, {', '.join(STEP_SCORES)} FROM score WHERE policy = ?", (policy,))
        return {
            episode: TimedScores(
                StepScores(*(np.frombuffer(score, np.float64) for score in scores)), np.frombuffer(t_ns, np.int64)
            )
            for episode, t_ns, *scores in rows
        }

    def keep_scores(self, episode: str, policy: str, scores: TimedScores) -> None:
        """Keep the scores of an episode against the policy of this fingerprint."""
        kept = (np.asarray(getattr(scores.steps, name), np.float64).tobytes() for name in STEP_SCORES)
        row = (episode, policy, *kept, np.asarray(scores.t_ns, np.int64).tobytes())
        self._ask(f"INSERT OR REPLACE INTO score VALUES ({', '.join('?' * len(row))})", row)


def summarise(episode: Episode) -> tuple[Summary, bytes]:
    """What the table shows of an episode, and its thumbnail as JPEG."""
    info = episode.info
    success = episode.field("success") if "success" in info.schema else np.zeros(0, bool)
    t_ns = episode.t_ns
    if np.any(np.diff(t_ns) <= 0):
        raise EpisodeError(f"a clock that goes on in {episode.path.name}", "one that does not", "the file is damaged")
    summary = Summary(
        episode=str(uuid.UUID(info.id)), task=info.task, operator=info.operator, source=info.source,
        scripted=info.scripted, wall_ns=info.wall_ns,
        first_ns=int(t_ns[0]) if len(t_ns) else 0, duration_s=episode.duration_s, steps=len(episode),
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
