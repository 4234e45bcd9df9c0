"""EpisodeColumns: what the table of episodes says of each, and by what it is sorted. As data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf, isfinite
from typing import Any

from accord.app.curating import Row
from accord.app.row_scores import AGAINST_POLICY, PLAIN, RowScore
from accord.app.ui.episode_filter import source_of, when
from accord.datasets.errors import AccordError
from accord.datasets.importers.origin import origin_of


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
    usual: bool = True
    """Shown unless a person chose otherwise."""


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


def _arm(row: Row) -> str:
    return (row.reached.arm if row.reached else "") or "–"


def _stage(row: Row) -> str:
    if row.reached is None or not row.reached.stages:
        return "–"
    return f"{row.reached.stage} of {len(row.reached.stages)}\n{row.reached.furthest}".rstrip()


def _stages(row: Row) -> float:
    share = row.reached.share if row.reached else None
    return -inf if share is None else share


def _score_column(one: RowScore, width: int = 0) -> Column:
    """A score; what is not known sorts before everything that is. One without a width is not shown at first."""

    def key(row: Row) -> float:
        value = one.of(row)
        return value if isfinite(value) else -inf

    return Column(
        one.title, one.tip, lambda row: one.text(one.of(row)), key, width or max(56, 7 * len(one.title) + 8),
        right=True, worst_high=not one.score.high_is_good, usual=width > 0,
    )  # fmt: skip


_USUAL = {"compatibility": 42, "conflict": 54, "novel": 46}
"""Scores that are shown at first, and how wide [px]."""

COLUMNS = (
    Column("When", "When it was recorded", _day, lambda row: row.entry.summary.wall_ns, 114),
    Column("Operator", "Who drove", _operator, _operator, 60),
    Column("Source", "Which device or script gave the commands", _source, source_of, 76),
    Column("Arm", "The simulated arm", _arm, _arm, 64, usual=False),
    Column("Outcome", "How it went", _outcome, _outcome, 76),
    Column("Stage", "The furthest stage of the task that was reached", _stage, _stages, 84, usual=False),
    Column("Length", "From the first step to the last, without what is cut off", _duration, length_s, 52, right=True),
    *(_score_column(one, _USUAL.get(one.name, 0)) for one in (*AGAINST_POLICY, *PLAIN)),
    Column("Verdict", "What the curator said, and whether a part is cut off", _verdict, _verdict, 56, coloured=True),
)


def _origin(row: Row) -> list[str]:
    """Which recording it was before it was imported; its time tells only when that was done."""
    if not row.entry.summary.source.startswith("import:"):
        return []
    try:
        origin = origin_of(row.entry.path)
    except AccordError:  # the file went, or is damaged: the library says so elsewhere
        return []
    return [f"{origin.demo} of {origin.file}, imported"] if origin else []


def about(row: Row) -> str:
    """What the tooltip of an episode says."""
    summary, curation = row.entry.summary, row.entry.curation
    lines = [
        *_origin(row),
        f"{when(row)}  {summary.task}, {source_of(row)}",
        f"{summary.steps} steps at {summary.rate_hz:g} Hz, {summary.size / 1e6:.1f} MB",
    ]
    if not summary.complete:
        lines.append(f"incomplete: {summary.reason}")
    if summary.steps_lost or summary.images_lost:
        lines.append(f"lost: {summary.steps_lost} steps, {summary.images_lost} pictures")
    lines += [text for text in (curation.note, curation.why, summary.episode) if text]
    return "\n".join(lines)
