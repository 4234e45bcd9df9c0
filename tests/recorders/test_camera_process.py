from hypothesis import given
from hypothesis import strategies as st

from accord.recorders.camera_process import Schedule


@given(st.floats(1, 120), st.lists(st.integers(0, 200_000_000), min_size=1, max_size=60))
def test_every_due_picture_is_either_drawn_or_counted_as_missed(rate_hz: float, waits_ns: list[int]) -> None:
    schedule, t_ns, due = Schedule(rate_hz), 5, 0
    for wait in waits_ns:
        t_ns += wait
        due += schedule.due(t_ns)
    assert due == int((t_ns - 5 - waits_ns[0]) // (1e9 / rate_hz)) + 1


def test_a_picture_is_due_at_once_and_then_once_per_period() -> None:
    schedule = Schedule(10.0)
    assert [schedule.due(t * 50_000_000) for t in range(6)] == [1, 0, 1, 0, 1, 0]


def test_a_camera_that_was_away_knows_how_many_it_missed() -> None:
    schedule = Schedule(10.0)
    schedule.due(0)
    assert schedule.due(350_000_000) == 3
