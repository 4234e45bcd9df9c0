"""EpisodeColumns: what the table of episodes says of each, and by what it is sorted. As data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accord.app.curating import Row
from accord.app.ui.episode_filter import source_of, when

_M_TIP = "Compatibility with the base policy, mean over the steps, 0 to 1"
_CONFLICT_TIP = "Share of steps in which the person did something else in a state that the policy knows"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what stands in it, and by what it is sorted."""

    title: str
    tip: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any]
    width: int
    """[px]"""
    right: bool = False
    """Numbers stand at the right."""
    worst_high: bool = False
    """Sorted from the largest down at first."""
    coloured: bool = False
    """In the colour of the verdict."""


def _known(value: float | None) -> float:
    """What is not known sorts before everything that is."""
    return -1.0 if value is None else value


def _agreement(row: Row) -> str:
    return "–" if row.score is None else f"{row.score.compatibility:.2f}"


def _day(row: Row) -> str:
    return datetime.fromtimestamp(row.entry.summary.wall_ns / 1e9).strftime("%d %b\n%H:%M")


def _source(row: Row) -> str:
    return source_of(row).replace(" ", "\n", 1)


def length_s(row: Row) -> float:
    """How much of it stays [s]."""
    trim = row.entry.curation.trim
    return row.entry.summary.duration_s if trim is None else trim[1] - trim[0]


def _duration(row: Row) -> str:
    whole = f"{row.entry.summary.duration_s:.1f} s"
    return whole if row.entry.curation.trim is None else f"{length_s(row):.1f} of\n{whole}"


def _outcome(row: Row) -> str:
    return row.entry.curation.outcome


def _verdict(row: Row) -> str:
    words = [row.entry.curation.verdict, "cut" if row.entry.curation.trim else ""]
    return "\n".join(filter(None, words))


def _operator(row: Row) -> str:
    return row.entry.summary.operator


def _of_score(name: str, row: Row) -> float | None:
    return None if row.score is None else float(getattr(row.score, name))


def _share_column(title: str, name: str, tip: str, width: int) -> Column:
    """A share of the steps, in percent; what is not known sorts before everything that is."""

    def text(row: Row) -> str:
        value = _of_score(name, row)
        return "–" if value is None else f"{100 * value:.0f} %"

    return Column(title, tip, text, lambda row: _known(_of_score(name, row)), width, right=True, worst_high=True)


COLUMNS = (
    Column("When", "When it was recorded", _day, lambda row: row.entry.summary.wall_ns, 116),
    Column("Operator", "Who drove", _operator, _operator, 64),
    Column("Source", "Which device or script gave the commands", _source, source_of, 78),
    Column("Outcome", "How it went", _outcome, _outcome, 66),
    Column("Length", "From the first step to the last, without what is cut off", _duration, length_s, 52, right=True),
    Column("M", _M_TIP, _agreement, lambda row: _known(_of_score("compatibility", row)), 42, right=True),
    _share_column("Conflict", "conflict_share", _CONFLICT_TIP, 56),
    _share_column("Novel", "novel_share", "Share of steps in states that the policy does not know", 50),
    Column("Verdict", "What the curator said, and whether a part is cut off", _verdict, _verdict, 56, coloured=True),
)


def about(row: Row) -> str:
    """What the tooltip of an episode says."""
    summary, curation = row.entry.summary, row.entry.curation
    lines = [
        f"{when(row)}  {summary.task}, {source_of(row)}",
        f"{summary.steps} steps at {summary.rate_hz:g} Hz, {summary.size / 1e6:.1f} MB",
    ]
    if not summary.complete:
        lines.append(f"incomplete: {summary.reason}")
    if summary.steps_lost or summary.images_lost:
        lines.append(f"lost: {summary.steps_lost} steps, {summary.images_lost} pictures")
    lines += [text for text in (curation.note, curation.why, summary.episode) if text]
    return "\n".join(lines)
