"""Shares and their intervals, against published numbers and against the definition."""

from itertools import pairwise
from math import isnan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.datasets.intervals import Z_95, Share


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998),
        # table I, method 3 (score interval without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_that_were_published(count: int, of: int, low: float, high: float) -> None:
    assert Share(count, of).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_ends_are_where_the_score_test_just_fails_to_reject(drawn: tuple[int, int]) -> None:
    share = Share(*drawn)
    low, high = share.interval
    assert 0.0 <= low <= share.value <= high <= 1.0
    for end in (low, high):
        if 1e-9 < end < 1 - 1e-9:
            assert abs(share.value - end) == pytest.approx(Z_95 * sqrt(end * (1 - end) / share.of), rel=1e-6)


def test_more_rollouts_make_it_narrower() -> None:
    widths = [high - low for low, high in (Share(n // 2, n).interval for n in (10, 50, 250, 1000))]
    assert all(after < before for before, after in pairwise(widths))


def test_nothing_tried_says_nothing() -> None:
    share = Share(0, 0)
    assert isnan(share.value)
    assert share.interval == (0.0, 1.0)
