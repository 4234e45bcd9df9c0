"""Plan: what an export will write, known and checked before its first byte is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.datasets.episode_info import EpisodeInfo
from accord.datasets.errors import EpisodeError, ExportError
from accord.datasets.export_rows import EpisodeRows, RowFormat
from accord.datasets.exporter import Course, EpisodeSource, ExportSettings
from accord.datasets.rendered import Rendered, RenderInfo
from accord.datasets.schema import Field


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows without a gap: one episode of the training set, and which part of the recorded one it is."""

    rows: int
    from_ns: int
    """When its first row's step began, since the episode's first step [ns]."""
    to_ns: int
    """When its last row's step began, since the episode's first step [ns]."""

    @property
    def duration_s(self) -> float:
        """From its first row to its last [s]."""
        return (self.to_ns - self.from_ns) / 1e9

    @property
    def part_s(self) -> tuple[float, float]:
        """From when to when it is, since the episode's first step; a trim that keeps this piece alone [s]."""
        return self.from_ns / 1e9, self.to_ns / 1e9


@dataclass(frozen=True, slots=True)
class PlannedEpisode:
    """One recorded episode and what it gives. Small: an export may have tens of thousands."""

    source: EpisodeSource
    operator: str
    gave_commands: str
    """``spacemouse``, ``scripted:across-then-down`` …"""
    scripted: bool
    pieces: tuple[Piece, ...]
    dropped: int
    cut: int
    first_ns: int
    """When the recorded episode's first step began [ns]."""

    @property
    def rows(self) -> int:
        """Over all its pieces."""
        return sum(piece.rows for piece in self.pieces)

    def open(self, plan: "Plan") -> EpisodeRows:
        """Open it again, to copy its rows.

        Raises:
            EpisodeError: if it changed since it was planned.
        """
        rows = EpisodeRows.open(self.source, plan.format, plan.settings)
        if len(rows) == self.rows:
            return rows
        rows.close()
        raise EpisodeError(f"{self.rows} rows of {self.source.path.name}", f"{len(rows)}", "do not change it meanwhile")


@dataclass(frozen=True, slots=True)
class Plan:
    """Every episode of an export; not empty, all of one format."""

    settings: ExportSettings
    format: RowFormat
    numbers: dict[str, tuple[Field, ...]]
    """Key in the training set → the fields that stand end to end under it."""
    episodes: tuple[PlannedEpisode, ...]
    rendered: RenderInfo | None = None
    """How the first episode's pictures were drawn again, where they are not the recorded ones."""

    @property
    def rows(self) -> int:
        """Of the training set."""
        return sum(episode.rows for episode in self.episodes)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Of all episodes, in order."""
        return tuple(piece for episode in self.episodes for piece in episode.pieces)

    @property
    def dropped(self) -> int:
        """Rows that were left out because a view had no picture."""
        return sum(episode.dropped for episode in self.episodes)

    @property
    def cut(self) -> int:
        """Recorded steps that were left out because the selection cuts them."""
        return sum(episode.cut for episode in self.episodes)


def make_plan(sources: Sequence[EpisodeSource], settings: ExportSettings, course: Course) -> Plan:
    """Look into every episode once, and refuse what cannot be exported.

    Raises:
        ExportError: if there is none, one is there twice, or one does not fit the settings or the others.
        EpisodeError: if one is damaged.
        ExportCancelledError: if the person stopped it.
    """
    _check_sources(sources)
    planned, row_format, numbers, rendered = [], None, {}, None
    for done, source in enumerate(sources):
        course.at("planning", done, len(sources))
        with EpisodeRows.open(source, row_format, settings) as rows:
            if row_format is None:
                row_format, numbers = rows.format, number_keys(rows.format, settings)
                rendered = rows.pictures_of.info if isinstance(rows.pictures_of, Rendered) else None
            planned.append(_planned(rows))
    assert row_format is not None  # there is at least one source
    return Plan(settings, row_format, numbers, tuple(planned), rendered)


def number_keys(row_format: RowFormat, settings: ExportSettings) -> dict[str, tuple[Field, ...]]:
    """Keys of the training set: ``observation/hand_position`` becomes ``hand_position``.

    Raises:
        ExportError: if two fields, or a field and a view, would have one key.
    """
    fields = {"action": row_format.action}
    if settings.state and row_format.observation:
        fields["state"] = row_format.observation
    taken = {*fields, "timestamp", "t_ns", *(view.key for view in row_format.views)}
    for one in row_format.observation:
        key = one.name.removeprefix("observation/").replace("/", "_")
        if key in taken:
            raise ExportError(f"a key of its own for {one.name}", f"{key} taken", "leave one of the two out")
        taken.add(key)
        fields[key] = (one,)
    return fields


def _check_sources(sources: Sequence[EpisodeSource]) -> None:
    if not sources:
        raise ExportError("at least one episode to export", "none", "choose another selection")
    seen: set[str] = set()
    for source in sources:
        if source.id in seen:
            raise ExportError("every episode once", f"{source.id} twice", "make the selection again")
        if source.outcome == "discarded":
            raise ExportError("episodes that are kept", f"{source.id} discarded", "leave it out of the selection")
        seen.add(source.id)


def _planned(rows: EpisodeRows) -> PlannedEpisode:
    for one in (*rows.format.action, *rows.format.observation):
        rows.numbers((one,))  # what is not finite is refused before anything is written
    info: EpisodeInfo = rows.episode.info
    spans = (rows.t_ns[first:last] for first, last in rows.rows.pieces)
    since = (span - rows.first_ns for span in spans)
    pieces = tuple(Piece(len(span), int(span[0]), int(span[-1])) for span in since)
    operator = rows.source.operator or info.operator
    counts = rows.rows.dropped, rows.cut
    return PlannedEpisode(rows.source, operator, info.source, info.scripted, pieces, *counts, rows.first_ns)
