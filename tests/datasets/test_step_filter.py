"""Which parts of an episode are cut so that its conflicting steps go."""

import numpy as np
import pytest

from accord.datasets.errors import DatasetError
from accord.datasets.step_filter import JOIN_S, LEAST_PIECE_S, JudgedSteps, Mask, cuts_of

HZ = 50.0


def marked(count: int, *spans: tuple[int, int]) -> Mask:
    wrong = np.zeros(count, bool)
    for first, last in spans:
        wrong[first:last] = True
    return wrong


def times(count: int) -> np.ndarray:
    return np.arange(count) / HZ


def slow_cuts(t_s: np.ndarray, wrong: Mask, least_piece_s: float) -> tuple[list[tuple[float, float]], int]:
    """The same by walking through the steps with lists: what goes, and how many steps."""
    runs: list[list[int]] = []
    for i, bad in enumerate(wrong):
        if not runs or wrong[i - 1] != bad:
            runs.append([])
        runs[-1].append(i)
    going: list[int] = []
    for number, run in enumerate(runs):
        length_s = len(run) / HZ
        inside = 0 < number < len(runs) - 1
        short = length_s < least_piece_s - 1e-6 or (inside and length_s < JOIN_S - 1e-6)
        if wrong[run[0]] or (short and len(runs) > 1):
            going += run
    cuts: list[tuple[float, float]] = []
    for i in going:
        if cuts and round((t_s[i] - cuts[-1][1]) * HZ) == 1:
            cuts[-1] = (cuts[-1][0], float(t_s[i]))
        else:
            cuts.append((float(t_s[i]), float(t_s[i])))
    return cuts, len(going)


@pytest.mark.parametrize("least_piece_s", [0.0, 0.1, 0.5])
def test_the_cuts_are_those_of_a_slow_walk_through_the_steps(least_piece_s: float) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        count = int(rng.integers(1, 200))
        wrong = np.repeat(rng.random(count) < rng.random(), rng.integers(1, 40))[:count]
        wrong = np.resize(wrong, count)
        found = cuts_of(times(count), wrong, least_piece_s)
        cuts, going = slow_cuts(times(count), wrong, least_piece_s)
        assert list(found.cuts) == cuts
        assert found.wrong + found.between == going
        assert found.wrong == np.count_nonzero(wrong)
        assert found.share == pytest.approx(1 - going / count)


def test_an_episode_without_a_wrong_step_is_not_cut_however_short_it_is() -> None:
    assert cuts_of(times(3), marked(3)).cuts == ()
    assert cuts_of(times(0), marked(0)).share == 1.0


def test_a_run_of_wrong_steps_is_one_cut_from_its_first_to_its_last() -> None:
    found = cuts_of(times(150), marked(150, (50, 60)))
    assert found.cuts == ((1.0, 1.18),)
    assert (found.wrong, found.between, found.pieces) == (10, 0, 2)


def test_cuts_that_nearly_touch_are_one_even_where_any_piece_may_stay() -> None:
    wrong = marked(200, (60, 70), (74, 80))
    assert cuts_of(times(200), wrong, 0.0).cuts == ((1.2, 1.58),)
    apart = marked(200, (60, 70), (75, 80))
    assert len(cuts_of(times(200), apart, 0.0).cuts) == 2


def test_a_piece_of_exactly_the_least_length_stays_and_a_shorter_one_goes() -> None:
    steps = round(LEAST_PIECE_S * HZ)
    assert cuts_of(times(200), marked(200, (steps, steps + 5))).between == 0
    shorter = cuts_of(times(200), marked(200, (steps - 1, steps + 5)))
    assert (shorter.between, shorter.pieces) == (steps - 1, 1)
    assert shorter.cuts[0][0] == 0.0
    assert cuts_of(times(200), marked(200, (190, 195))).cuts == ((3.8, 3.98),)


def test_a_pause_does_not_make_a_piece_longer() -> None:
    t_s = times(200)
    t_s[110:] += 5.0
    wrong = marked(200, (80, 100), (120, 140))
    assert cuts_of(t_s, wrong).pieces == 2


def test_an_episode_that_is_wrong_all_over_keeps_nothing() -> None:
    found = cuts_of(times(80), marked(80, (0, 30), (35, 80)))
    assert (found.share, found.pieces) == (0.0, 0)
    assert found.cuts == ((0.0, 1.58),)


def test_marks_for_other_steps_are_refused() -> None:
    with pytest.raises(DatasetError, match="whether each step is conflicting"):
        JudgedSteps(times(5), {"conflict": marked(4)})
