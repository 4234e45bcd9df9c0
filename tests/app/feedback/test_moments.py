"""The worst moments of an episode: where they are, that they are apart, and that nothing is made worse than it is."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from accord.app.feedback.moments import APART_S, MOST, worst_moments

RATE_HZ = 50.0


def clock(count: int) -> np.ndarray:
    return np.arange(count) / RATE_HZ


def test_each_bad_run_becomes_one_moment_around_its_worst() -> None:
    t_s = clock(500)
    wrong, excess = np.zeros(500, bool), np.zeros(500)
    for first, last in ((100, 110), (300, 330)):
        wrong[first:last], excess[first:last] = True, 1.5
    excess[104] = 2.5
    early, late = worst_moments(t_s, t_s, wrong, excess)
    assert early.worst == 104
    assert early.first < 100
    assert early.last > 109
    assert 23 <= early.last - early.first <= 26, "about half a second"
    assert 300 <= late.first < late.last < 330, "a long conflict is shown at its heart"
    assert (early.first_s, late.share) == (early.first / RATE_HZ, 1.0)


def test_the_worst_ones_are_kept_and_shown_in_the_order_of_time() -> None:
    t_s = clock(600)
    wrong, excess = np.zeros(600, bool), np.full(600, 1.2)
    for middle, width in ((60, 2), (160, 10), (260, 4), (360, 12), (460, 8)):
        wrong[middle - width : middle + width] = True
    found = worst_moments(t_s, t_s, wrong, excess)
    assert [round((m.first + m.last) / 200) for m in found] == [2, 4, 5]
    assert len(worst_moments(t_s, t_s, wrong, excess, most=1)) == 1


def test_what_is_not_wrong_is_no_moment_however_large_its_error() -> None:
    t_s = clock(200)
    assert worst_moments(t_s, t_s, np.zeros(200, bool), np.full(200, 9.0)) == ()
    assert worst_moments(t_s, np.zeros(0), np.zeros(0, bool), np.zeros(0)) == ()


def test_steps_that_were_not_scored_keep_their_numbers() -> None:
    t_s = clock(400)
    scored = np.arange(200, 400)
    wrong = np.zeros(200, bool)
    wrong[100:105] = True
    (moment,) = worst_moments(t_s, t_s[scored], wrong, wrong * 2.0)
    assert 300 <= moment.worst < 305
    assert moment.first <= 300 <= moment.last


@settings(max_examples=60, deadline=None)
@given(some.lists(some.tuples(some.booleans(), some.floats(0, 50)), min_size=1, max_size=300), some.integers(1, MOST))
def test_laws_of_moments(steps: list[tuple[bool, float]], most: int) -> None:
    t_s = clock(len(steps))
    wrong, excess = np.array([w for w, _ in steps]), np.array([e + 1.0 for _, e in steps])
    found = worst_moments(t_s, t_s, wrong, excess, most)
    assert len(found) <= most
    assert bool(found) == bool(wrong.any())
    for moment in found:
        assert 0 <= moment.first <= moment.worst <= moment.last < len(steps)
        assert wrong[moment.worst]
        assert 0.0 < moment.share <= 1.0
    for one, next_one in pairwise(found):
        middles = (one.first + one.last) / 2, (next_one.first + next_one.last) / 2
        clipped = one.first == 0 or next_one.last == len(steps) - 1
        assert clipped or (middles[1] - middles[0]) / RATE_HZ >= APART_S - 1.5 / RATE_HZ
