"""Laws of the alignment, against a loop that anyone can read."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from accord.datasets.align import StepClock, align, nearest_before, row_times

sorted_times = st.lists(st.integers(0, 2_000), max_size=40).map(lambda xs: np.array(sorted(xs), np.int64))
PERIOD_NS = 20_000_000


def slow_nearest_before(times: NDArray[np.int64], at: int, tolerance: int) -> int:
    found = -1
    for index, time in enumerate(times):
        if time <= at and at - time <= tolerance:
            found = index
    return found


@given(sorted_times, st.lists(st.integers(-50, 2_100)), st.integers(0, 500))
def test_the_nearest_before_is_what_a_loop_finds(times: NDArray[np.int64], at: list[int], tolerance: int) -> None:
    found = nearest_before(times, np.array(at, np.int64), tolerance)
    assert found.tolist() == [slow_nearest_before(times, one, tolerance) for one in at]


@given(st.integers(0, 10**15), st.integers(0, 10**11), st.floats(0.5, 500))
def test_row_times_keep_the_rate_without_drift(first: int, length: int, rate_hz: float) -> None:
    times = row_times(first, first + length, rate_hz)
    assert times[0] == first
    assert times[-1] <= first + length < times[-1] + 1e9 / rate_hz + 1
    assert np.abs((times - first) - np.arange(len(times)) * (1e9 / rate_hz)).max() <= 0.5 + 1e-3


def test_no_rows_in_no_time() -> None:
    assert len(row_times(5, 4, 50.0)) == 0


@st.composite
def recordings(draw: st.DrawFn) -> tuple[StepClock, dict[str, NDArray[np.int64]]]:
    """A loop of 50 Hz that jitters and loses steps, with views that miss pictures."""
    number = np.array(sorted(draw(st.sets(st.integers(0, 60), max_size=50))), np.int64)
    jitter = draw(st.lists(st.integers(-4_000_000, 4_000_000), min_size=len(number), max_size=len(number)))
    t_ns = 10**9 + number * PERIOD_NS + np.array(jitter, np.int64)
    images = {}
    for view in draw(st.sets(st.sampled_from(["front", "wrist"]))):
        taken = draw(st.sets(st.integers(0, 40), max_size=40))
        images[view] = 10**9 + np.array(sorted(taken), np.int64) * 33_000_000
    return StepClock(t_ns, number, 50.0), images


Expected = list[list[tuple[int, dict[str, int]]]]


def slow_align(steps: StepClock, images: dict[str, NDArray[np.int64]], tolerance: int) -> Expected:
    """Pieces of (step, view → picture) at the recorded rate."""
    pieces: Expected = []
    last = None
    for step, t_ns in enumerate(steps.t_ns):
        row = {view: slow_nearest_before(times, int(t_ns), tolerance) for view, times in images.items()}
        if -1 in row.values():
            continue
        follows = (
            last is not None
            and last == step - 1
            and steps.number[step] == steps.number[last] + 1
            and t_ns - steps.t_ns[last] <= 1.5 * PERIOD_NS + tolerance
        )
        if not follows:
            pieces.append([])
        pieces[-1].append((step, row))
        last = step
    return pieces


@given(recordings(), st.integers(0, 80_000_000))
def test_rows_at_the_recorded_rate_are_what_a_loop_finds(
    recording: tuple[StepClock, dict[str, NDArray[np.int64]]], tolerance: int
) -> None:
    steps, images = recording
    rows = align(steps, images, 50.0, tolerance)
    found = [
        [(int(rows.step[row]), {view: int(rows.images[view][row]) for view in images}) for row in range(*piece)]
        for piece in rows.pieces
    ]
    assert found == slow_align(steps, images, tolerance)
    assert rows.dropped == len(steps.t_ns) - len(rows)


@given(recordings(), st.floats(1.0, 50.0))
def test_at_any_lower_rate_rows_are_recorded_steps_and_pieces_have_no_gap(
    recording: tuple[StepClock, dict[str, NDArray[np.int64]]], rate_hz: float
) -> None:
    steps, images = recording
    rows = align(steps, images, rate_hz, 50_000_000)
    assert (np.diff(rows.step) > 0).all()
    assert [edge for piece in rows.pieces for edge in piece] == sorted(edge for piece in rows.pieces for edge in piece)
    assert sum(last - first for first, last in rows.pieces) == len(rows)
    for first, last in rows.pieces:
        inside = slice(rows.step[first], rows.step[last - 1] + 1)
        assert (np.diff(steps.number[inside]) == 1).all()
        # two neighbours are one row period apart, give or take the nearest step's distance on both sides
        assert (np.diff(steps.t_ns[rows.step[first:last]]) <= 1e9 / rate_hz + 2 * PERIOD_NS).all()
    for view, times in images.items():
        age = steps.t_ns[rows.step] - times[rows.images[view]]
        assert ((age >= 0) & (age <= 50_000_000)).all()


def test_jitter_does_not_change_which_steps_a_lower_rate_takes() -> None:
    jitter = np.random.default_rng(0).integers(-3_000_000, 3_000_000, 200)
    clock = StepClock(10**9 + np.arange(200) * PERIOD_NS + jitter, np.arange(200), 50.0)
    assert align(clock, {}, 10.0, 0).step.tolist() == list(range(0, 200, 5))


def test_an_episode_without_steps_has_no_rows() -> None:
    nothing = np.empty(0, np.int64)
    rows = align(StepClock(nothing, nothing, 50.0), {"front": nothing}, 50.0, 10)
    assert (len(rows), rows.pieces, rows.dropped) == (0, (), 0)
