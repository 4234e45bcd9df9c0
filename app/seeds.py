"""Seeds: where those of an evaluation begin, and how many one run may have."""

from collections.abc import Sequence

from accord.app.errors import AppError

FRESH_SEED = 100_000
"""First seed of an evaluation: far from those that sessions count up from, so that no scene was demonstrated."""
MOST_SEEDS = 100_000
"""More make a rollout of each a work of days."""


def check_count(seeds: Sequence[int]) -> None:
    """Refuse more than a machine can roll out. A range is never written out for that, however long it is.

    Raises:
        AppError: if there are too many, or none.
    """
    if not seeds:
        raise AppError("one seed or more", "none", "name some")
    if seeds[MOST_SEEDS:]:
        raise AppError(f"{MOST_SEEDS} seeds or fewer", "more", "do it in parts")
