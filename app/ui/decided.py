"""Decided: a decision in words, for a line that says what was taken back. Knows no toolkit."""

from datetime import datetime

from accord.app.curating import Row
from accord.datasets.decisions import Decision, Kind


def decided(decision: Decision, row: Row | None) -> str:
    """What was decided, and about whose episode.

    Args:
        decision: to tell.
        row: of its episode; None where that is not in the library any more.
    """
    return f"{_what(decision)} of {_whose(row)}"


def _what(decision: Decision) -> str:
    value = decision.value
    if decision.kind is Kind.TRIM:
        return f"the cut {value[0]:.1f}–{value[1]:.1f} s" if value else "the end of the cut"
    if decision.kind is Kind.NOTE:
        return f"the note “{value}”" if value else "the end of the note"
    if decision.kind is Kind.VERDICT and not value:
        return "the end of the verdict"
    return f"the {decision.kind.value} “{value}”"


def _whose(row: Row | None) -> str:
    if row is None:
        return "an episode that is gone"
    summary = row.entry.summary
    began = datetime.fromtimestamp(summary.wall_ns / 1e9).strftime("%d %b %H:%M")
    return f"{summary.operator}’s episode of {began}"
