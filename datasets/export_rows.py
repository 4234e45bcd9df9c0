"""EpisodeRows: one recorded episode as the rows of a training set."""

import math
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.datasets.align import Rows, StepClock, align
from accord.datasets.commanded import commanded
from accord.datasets.counted import counted
from accord.datasets.episode import Episode
from accord.datasets.episode_info import CameraInfo, EpisodeInfo
from accord.datasets.errors import EpisodeError, ExportError
from accord.datasets.exporter import EpisodeSource, ExportSettings
from accord.datasets.images import DEEP, resize
from accord.datasets.picture_file import PictureFile
from accord.datasets.rendered import Rendered
from accord.datasets.schema import Field
from accord.datasets.trim import stays


@dataclass(frozen=True, slots=True)
class ViewFormat:
    """How the pictures of one view stand in a training set."""

    name: str
    width: int
    """[px]"""
    height: int
    """[px]"""
    deep: bool = False
    """One channel of 16 bits, which are distances [mm] or numbers of bodies; else RGB."""

    @property
    def key(self) -> str:
        """In the training set: ``front_image``, ``front_depth``."""
        return self.name.replace(".", "_") if self.deep else f"{self.name}_image"

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one picture."""
        return (self.height, self.width) if self.deep else (self.height, self.width, 3)

    @property
    def dtype(self) -> str:
        """Of its pixels."""
        return "<u2" if self.deep else "|u1"


@dataclass(frozen=True, slots=True)
class RowFormat:
    """What stands in a row: worked out from the first episode, kept by all others."""

    task: str
    recorded_hz: float
    rate_hz: float
    views: tuple[ViewFormat, ...]
    observation: tuple[Field, ...]
    action: tuple[Field, ...]
    bodies: tuple[str, ...] = ()
    """Names by the numbers in a segmentation, where the pictures have one."""

    @classmethod
    def of(cls, info: EpisodeInfo, pictures: PictureFile, settings: ExportSettings) -> "RowFormat":
        """The format that these settings give for an episode.

        Args:
            info: of the episode.
            pictures: the file whose pictures are exported, the episode's own or rendered ones.
            settings: of the export.

        Raises:
            ExportError: for a view or a field that the episode does not have, or a rate above the recorded one.
        """
        views = tuple(camera.name for camera in pictures.cameras) if settings.views is None else settings.views
        names = _real_observations(info) if settings.observation is None else settings.observation
        rate_hz = settings.rate_hz or info.rate_hz
        if rate_hz > info.rate_hz and not math.isclose(rate_hz, info.rate_hz):
            remedy = "choose a rate that was recorded or a lower one, rows are never invented"
            raise ExportError(f"{rate_hz:g} rows per second", f"{info.rate_hz:g} recorded in episode {info.id}", remedy)
        formats = tuple(_view(_camera(info, pictures, view), settings) for view in views)
        commands = settings.action or commanded(info.schema.dtype)
        observation, action = ([_field(info, name) for name in wanted] for wanted in (names, commands))
        bodies = pictures.info.bodies if isinstance(pictures, Rendered) else ()
        return cls(info.task, info.rate_hz, rate_hz, formats, tuple(observation), tuple(action), bodies)

    def difference(self, other: "RowFormat") -> tuple[str, str] | None:
        """What is wanted and what the other has instead, or None when both are one format."""
        mine, others = self._sayings(), other._sayings()
        return next(((a, b) for a, b in zip(mine, others, strict=True) if a != b), None)

    def _sayings(self) -> tuple[str, ...]:
        views = ", ".join(f"{view.name} {view.width} × {view.height}" for view in self.views)
        fields = (*self.observation, *self.action)
        shapes = ", ".join(f"{one.name} {one.shape} {one.dtype} [{one.unit}]" for one in fields)
        seen = f"bodies {', '.join(self.bodies)}"
        return (
            f"task {self.task}",
            f"{self.recorded_hz:g} steps per second",
            f"views {views}",
            f"fields {shapes}",
            seen,
        )


@dataclass(slots=True)
class EpisodeRows:
    """One open episode and its rows. A context manager."""

    source: EpisodeSource
    format: RowFormat
    episode: Episode
    pictures_of: PictureFile
    """Where the pictures come from: the episode itself, or what was rendered of it."""
    rows: Rows
    t_ns: NDArray[np.int64]
    """(rows,) when each row's step began (CLOCK_MONOTONIC) [ns]."""
    first_ns: int
    """When the episode's first step began, from which trim and cuts count [ns]."""
    cut: int
    """Steps that the selection cuts, of those that would have been rows or their neighbours."""
    _last: dict[str, tuple[int, NDArray[Any]]] = field(default_factory=dict)

    @classmethod
    def open(cls, source: EpisodeSource, row_format: RowFormat | None, settings: ExportSettings) -> "EpisodeRows":
        """Open an episode and find its rows.

        Args:
            source: the episode.
            row_format: that it must have; None for the first one, which sets it.
            settings: of the export.

        Raises:
            ExportError: if it does not have the format or gives no row.
            EpisodeError: if it is damaged.
        """
        with ExitStack() as opened:
            episode = opened.enter_context(Episode(source.path))
            pictures = opened.enter_context(_rendered(source)) if settings.render else episode
            own = RowFormat.of(episode.info, pictures, settings)
            _check_source(source, episode.info, own, row_format)
            steps = _Steps.of(source, episode)
            rows = _align(source, episode, pictures, own, settings, steps)
            opened.pop_all()
        return cls(source, own, episode, pictures, rows, episode.t_ns[rows.step], steps.first_ns, steps.cut)

    def __len__(self) -> int:
        return len(self.rows)

    def numbers(self, fields: tuple[Field, ...]) -> NDArray[np.float32]:
        """(rows, n) values of fields, end to end in each row.

        Raises:
            ExportError: if a value is not a finite number; training on one ruins every weight.
        """
        parts = [self._field(one) for one in fields]
        return np.concatenate([np.empty((len(self), 0), np.float32), *parts], axis=1)

    def _field(self, one: Field) -> NDArray[np.float32]:
        with np.errstate(over="ignore"):  # too large for float32 becomes infinite and is refused below
            values = self.episode.field(one.name)[self.rows.step].astype(np.float32).reshape(len(self), -1)
        broken = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if len(broken):
            found = f"one that is not at step {self.rows.step[broken[0]]}"
            raise ExportError(f"finite numbers in {one.name} of episode {self.source.id}", found, "trim or reject it")
        return values

    def seconds(self) -> NDArray[np.float64]:
        """(rows,) since the first row of the piece [s]."""
        seconds = np.empty(len(self))
        for first, last in self.rows.pieces:
            seconds[first:last] = (self.t_ns[first:last] - self.t_ns[first]) / 1e9
        return seconds

    def pictures(self, view: ViewFormat, first: int, last: int) -> NDArray[Any]:
        """(last - first, *view.shape) pictures of one view for a range of rows."""
        return np.stack([self._picture(view, int(index)) for index in self.rows.images[view.name][first:last]])

    def _picture(self, view: ViewFormat, index: int) -> NDArray[Any]:
        # Rows come faster than pictures, so neighbours often show the same one: it is decoded once.
        if view.name not in self._last or self._last[view.name][0] != index:
            pixels = self.pictures_of.pixels(self.pictures_of.camera(view.name), index)
            self._last[view.name] = index, resize(pixels, view.width, view.height)
        return self._last[view.name][1]

    def close(self) -> None:
        """Close what is open."""
        self.pictures_of.close()
        self.episode.close()

    def __enter__(self) -> "EpisodeRows":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _rendered(source: EpisodeSource) -> Rendered:
    """What was drawn again of an episode.

    Raises:
        DatasetError: if nothing was, or it shows another episode.
    """
    if source.rendered is None:
        raise ExportError(f"rendered pictures of episode {source.id}", "none", "run accord render for it")
    rendered = Rendered(source.rendered)
    if rendered.info.episode != source.id:
        rendered.close()
        found = f"those of episode {rendered.info.episode}"
        raise ExportError(f"rendered pictures of episode {source.id}", found, "delete them and run accord render again")
    return rendered


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """Which steps of an episode count."""

    kept: NDArray[np.int64]
    """(n,) indices of the steps that may become rows."""
    cut: int
    """How many would count but for the cuts."""
    first_ns: int

    @classmethod
    def of(cls, source: EpisodeSource, episode: Episode) -> "_Steps":
        t_ns = episode.t_ns
        first_ns = int(t_ns[0]) if len(t_ns) else 0
        counts = _counted(episode) & stays(t_ns, first_ns, source.trim)
        kept = np.flatnonzero(counts & stays(t_ns, first_ns, None, source.cuts))
        return cls(kept, int(np.count_nonzero(counts)) - len(kept), first_ns)


def _align(
    source: EpisodeSource,
    episode: Episode,
    pictures: PictureFile,
    row_format: RowFormat,
    settings: ExportSettings,
    steps: _Steps,
) -> Rows:
    t_ns, kept = episode.t_ns, steps.kept
    times = {view.name: pictures.image_times(view.name) for view in row_format.views}
    _check_rising(source, {"steps": t_ns} | times)
    # A step that is not kept leaves a jump in the numbers, so what stands on its two sides is not joined.
    clock = StepClock(t_ns[kept], episode.field("step")[kept], row_format.recorded_hz)
    rows = align(clock, times, row_format.rate_hz, round(settings.tolerance_ms * 1e6))
    if not len(rows):
        wanted = f"a row of episode {source.id} in which every chosen view has a picture"
        found = f"none in {len(kept)} steps at which somebody drove"
        raise ExportError(wanted, found, "raise the tolerance or leave the episode out")
    return Rows(kept[rows.step], rows.images, rows.pieces, rows.dropped)


def _counted(episode: Episode) -> NDArray[np.bool_]:
    """(steps,) where somebody drove and the robot was not held; the rest is nobody's choice, and no row."""
    known = [name for name in ("mode", "hold") if name in episode.info.schema]
    records = np.zeros(len(episode), [(name, "u1") for name in known])
    for name in known:
        records[name] = episode.field(name)
    return counted(records) if known else np.ones(len(episode), bool)


def _check_rising(source: EpisodeSource, times: dict[str, NDArray[np.int64]]) -> None:
    for name, t_ns in times.items():
        if (np.diff(t_ns) < 0).any():
            raise EpisodeError(f"times of {name} in {source.path.name} that rise", "one that falls", "run accord check")


def _check_source(source: EpisodeSource, info: EpisodeInfo, own: RowFormat, wanted: RowFormat | None) -> None:
    if source.id != info.id:
        raise ExportError(f"episode {source.id} in {source.path.name}", f"episode {info.id}", "index the library again")
    difference = wanted.difference(own) if wanted else None
    if difference:
        found = f"{difference[1]} in episode {source.id}"
        raise ExportError(difference[0], found, "export it apart from the others")


def _camera(info: EpisodeInfo, pictures: PictureFile, view: str) -> CameraInfo:
    for camera in pictures.cameras:
        if camera.name == view:
            return camera
    known = ", ".join(camera.name for camera in pictures.cameras) or "no view at all"
    which = "rendered" if isinstance(pictures, Rendered) else "recorded"
    raise ExportError(f"a view named {view} in episode {info.id}", known, f"choose one of the {which} views")


def _view(camera: CameraInfo, settings: ExportSettings) -> ViewFormat:
    size = settings.width or camera.width, settings.height or camera.height
    return ViewFormat(camera.name, *size, deep=camera.codec == DEEP)


def _real_observations(info: EpisodeInfo) -> tuple[str, ...]:
    """Times and counts are no observations, and float32 could not hold them."""
    found = (one for one in info.schema if one.name.startswith("observation/"))
    return tuple(one.name for one in found if np.dtype(one.dtype).kind == "f")


def _field(info: EpisodeInfo, name: str) -> Field:
    if name not in info.schema:
        known = ", ".join(_real_observations(info)) or "none"
        raise ExportError(f"a field {name} in episode {info.id}", f"observations {known}", "choose recorded fields")
    found: Any = info.schema[name]
    if np.dtype(found.dtype).kind != "f":
        raise ExportError(f"real numbers in {name}", f"{found.dtype}", "choose another field")
    return info.schema[name]
