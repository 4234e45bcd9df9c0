import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.inputs.sender_clock import DRIFT, SenderClock


@given(st.floats(-1e9, 1e9), st.lists(st.floats(0, 500), min_size=1))
def test_a_message_is_as_late_as_it_waited_longer_than_the_quickest_before(ahead_ms: float, waits: list[float]) -> None:
    clock = SenderClock()
    for number, wait_ms in enumerate(waits):
        sent_ms = 20.0 * number
        told = clock.waited_ms(sent_ms + ahead_ms, sent_ms + wait_ms)
        late = wait_ms - min(waits[: number + 1])
        assert late - DRIFT * 20 * len(waits) - 1 <= told <= late + 1e-3


def test_a_clock_that_is_slow_by_a_ten_thousandth_is_never_late() -> None:
    clock = SenderClock()
    hours = range(0, 4 * 3600 * 1000, 10_000)
    assert max(clock.waited_ms(t_ms * (1 - 1e-4), t_ms) for t_ms in hours) < 2.0


def test_after_a_stall_of_a_minute_what_waited_is_still_known_to_be_late() -> None:
    clock = SenderClock()
    clock.waited_ms(0, 5)
    waited = [clock.waited_ms(sent_ms, 60_000) for sent_ms in range(20, 60_000, 20)]
    assert waited[0] == pytest.approx(60_000 - 25, abs=13)
    assert sum(late <= 100 for late in waited) == pytest.approx(5, abs=1), "only the last tenth of a second is fresh"


def test_one_message_with_a_wrong_time_does_not_make_all_others_late() -> None:
    clock = SenderClock()
    clock.waited_ms(0, 5)
    assert clock.waited_ms(1e12, 25) == math.inf
    assert clock.waited_ms(40, 45) < 1
