"""Exporter: a selection of episodes becomes one training set.

The settings, the sources and the report are the same for every format; `tests/contracts/exporters.py` holds what every
exporter must keep, whatever it writes.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from accord.datasets.errors import ExportError
from accord.datasets.selection import Choice, Selection
from accord.datasets.trim import Cuts

Compressor = Literal["zstd", "lz4"]
Container = Literal["folder", "zip"]
Stage = Literal["planning", "writing", "packing", "checking", "closing"]

_ENDS: dict[Stage, float] = {"planning": 0.1, "writing": 0.6, "packing": 0.65, "checking": 0.95, "closing": 1.0}
"""Share of the whole export that is done when a stage ends; rough, for a bar only."""


@dataclass(frozen=True, slots=True)
class EpisodeSource:
    """One episode to export, with what the library says about it."""

    id: str
    path: Path
    trim: tuple[float, float] | None = None
    """The part that counts, from and to, seconds since the first step; None for all of it."""
    outcome: str = "unlabelled"
    operator: str = ""
    """Empty: as the episode itself says."""
    compatibility: float | None = None
    """0 to 1; None when not scored."""
    conflict_share: float | None = None
    """0 to 1; None when not scored."""
    novel_share: float | None = None
    """0 to 1; None when not scored."""
    rendered: Path | None = None
    """Its pictures that were drawn again, for an export of those."""
    cuts: Cuts = ()
    """What is left out between the ends; rows on the two sides of a cut never stand in one piece."""

    @classmethod
    def of(cls, choice: Choice, path: Path) -> "EpisodeSource":
        """The source for an episode that is kept, whose file is at `path`."""
        c = choice.candidate
        scores = (c.compatibility, c.conflict_share, c.novel_share)
        return cls(c.id, path, c.trim, c.outcome, c.operator, *scores, cuts=choice.cuts)


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What stands in a row of the training set, and how it is stored."""

    views: tuple[str, ...] | None = None
    """Views whose pictures are exported; None for every view."""
    render: str = ""
    """The set of pictures that were drawn again, to be used in place of the recorded ones; empty for the recorded."""
    width: int = 0
    """Of the exported pictures [px]; 0 with height 0: as recorded."""
    height: int = 0
    """[px]"""
    rate_hz: float = 0.0
    """Rows per second; 0 for the recorded rate. Never above it: rows would be invented."""
    observation: tuple[str, ...] | None = None
    """Fields such as ``observation/hand_position``; None for every one of real numbers."""
    action: tuple[str, ...] = ()
    """Fields whose values, end to end, are the action: what the robot was really told. Empty for the usual ones, see
    `accord.datasets.commanded`."""
    state: bool = False
    """Also store the observation fields end to end as one array."""
    tolerance_ms: float = 50.0
    """How old a picture may be when its step begins: one and a half periods of a 30 Hz camera [ms]."""
    compressor: Compressor = "zstd"
    """``zstd`` is the smaller, ``lz4`` the faster."""
    container: Container = "folder"
    """One folder of many files, or one zip file."""
    check_every: int = 1
    """Read back and compare every n-th picture; 1 for all. Numbers are always compared, every one."""

    def __post_init__(self) -> None:
        _require(self.compressor in ("zstd", "lz4"), "compressor zstd or lz4", repr(self.compressor))
        _require(self.container in ("folder", "zip"), "container folder or zip", repr(self.container))
        size = f"{self.width} × {self.height}"
        _require(min(self.width, self.height) > 0 or (self.width, self.height) == (0, 0), "a width and a height", size)
        _require(max(self.width, self.height) <= 4096, "pictures of at most 4096 pixels a side", size)
        _require(0 <= self.rate_hz < math.inf, "a rate of 0 Hz (as recorded) or more", f"{self.rate_hz}")
        _require(0 <= self.tolerance_ms < math.inf, "a tolerance of 0 ms or more", f"{self.tolerance_ms}")
        _require(self.check_every >= 1, "to check every n-th picture, n from 1", f"{self.check_every}")
        for names in (self.views or (), self.observation or (), self.action):
            _require(len(set(names)) == len(names), "every view and field once", ", ".join(names))


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How far it is."""

    stage: Stage
    done: int
    """Episodes while planning, files while packing, rows while writing and checking."""
    total: int
    fraction: float
    """Of the whole export, 0 to 1, never falling."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was made."""

    path: Path
    episodes: int
    """Recorded episodes that went in."""
    pieces: int
    """Episodes in the training set: more than went in where a gap or a cut parted one."""
    rows: int
    dropped: int
    """Rows left out because a view had no picture for them."""
    cut: int
    """Recorded steps left out because the selection cuts them."""
    size_bytes: int
    pictures_checked: int
    """Pictures that were read back and compared with the recorded ones."""


class ExportCancelledError(ExportError):
    """The person stopped it; nothing was left behind."""


@dataclass(slots=True)
class Course:
    """Tells how far an export is, and stops it when the person wants that."""

    progress: Callable[[ExportProgress], None]
    cancelled: Callable[[], bool]
    _fraction: float = 0.0

    def at(self, stage: Stage, done: int, total: int) -> None:
        """Say how far the stage is.

        Raises:
            ExportCancelledError: if the person stopped it.
        """
        if self.cancelled():
            found = f"it cancelled while {stage}, {done} of {total}"
            raise ExportCancelledError("a whole export", found, "nothing was left behind, start it again")
        begin = [0.0, *_ENDS.values()][list(_ENDS).index(stage)]
        self._fraction = max(self._fraction, begin + (_ENDS[stage] - begin) * done / max(total, 1))
        self.progress(ExportProgress(stage, done, total, self._fraction))


def ignore_progress(progress: ExportProgress) -> None:
    """For a caller that does not show any."""


def never() -> bool:
    """For a caller that does not cancel."""
    return False


class Exporter(Protocol):
    """Writes one format."""

    @property
    def title(self) -> str:
        """As it stands in the list of formats."""

    def suffix(self, settings: ExportSettings) -> str:
        """How the target's name must end."""

    def export(
        self,
        sources: Sequence[EpisodeSource],
        settings: ExportSettings,
        target: Path,
        progress: Callable[[ExportProgress], None] = ignore_progress,
        cancelled: Callable[[], bool] = never,
        selection: Selection | None = None,
    ) -> ExportReport:
        """Write a training set, read it back, compare it with the recordings, and only then give it its name.

        Args:
            sources: in the order that they shall have.
            settings: what to write.
            target: what shall be made; must not exist.
            progress: is told how far it is.
            cancelled: is asked often; when it says yes, what was written is removed.
            selection: where the sources come from, for the provenance.

        Raises:
            ExportError: if it cannot be written; nothing is left behind.
            ExportCancelledError: if `cancelled` said yes; nothing is left behind.
            EpisodeError: if an episode is damaged; nothing is left behind.
        """

    def preview(self, sources: Sequence[EpisodeSource], settings: ExportSettings) -> Mapping[str, NDArray[Any]]:
        """The first three rows as the trainer will see them, key → (≤ 3, …). Looks into the first episode only.

        Raises:
            ExportError: for settings that do not fit it.
        """

    def estimate(self, sources: Sequence[EpisodeSource], settings: ExportSettings) -> int:
        """About how large it will be [bytes].

        Raises:
            ExportError: for settings or episodes that `export` would refuse.
        """


def _require(holds: bool, wanted: str, found: str) -> None:
    if not holds:
        raise ExportError(wanted, found, "change the export settings")
