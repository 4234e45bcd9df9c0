"""Departure: over 1 exactly where either limit is, and never better than what it is made of."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.datasets.compatibility import EpisodeScore
from accord.datasets.departure import USUAL_CONFLICT_SHARE, USUAL_INCOMPATIBILITY, departure

shares = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("incompatibility", "conflict_share", "expected"),
    [
        (0.65, 0.0, 1.0),
        (0.0, 0.15, 1.0),
        (0.65, 0.15, 1.0),
        (0.325, 0.3, 2.0),
        (0.975, 0.03, 1.5),
        (1.0, 1.0, 1 / 0.15),
        (0.0, 0.0, 0.0),
    ],
)
def test_the_larger_of_two_in_units_of_their_limits(
    incompatibility: float, conflict_share: float, expected: float
) -> None:
    assert departure(incompatibility, conflict_share) == pytest.approx(expected)
    score = EpisodeScore("e", 0.9, conflict_share, 0.0, 1.0, incompatibility=incompatibility)
    assert score.departure == departure(incompatibility, conflict_share)


@given(shares, shares)
def test_it_is_over_one_exactly_where_an_episode_is_over_a_limit(incompatibility: float, conflict: float) -> None:
    over = incompatibility > USUAL_INCOMPATIBILITY or conflict > USUAL_CONFLICT_SHARE
    assert (departure(incompatibility, conflict) > 1.0) == over


@given(shares, shares, shares)
def test_more_of_either_never_lowers_it(incompatibility: float, conflict: float, more: float) -> None:
    here = departure(incompatibility, conflict)
    assert departure(max(incompatibility, more), conflict) >= here
    assert departure(incompatibility, max(conflict, more)) >= here


def test_it_is_not_known_where_a_part_is_not() -> None:
    score = EpisodeScore("e", 0.9, 0.4, 0.0, 1.0)
    assert math.isnan(score.departure), "conflict alone would make it look known"
    assert math.isnan(replace(score, conflict_share=math.nan, incompatibility=0.7).departure)
