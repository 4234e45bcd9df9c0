import pytest

from accord.devices.inputs.device_clock import DRIFT, DeviceClock

MS = 1_000_000
START_NS = 7_000 * MS


def run(clock: DeviceClock, count: int, delay_ns: int = 0, first: int = 0) -> int:
    """Packets every 10 ms; the age of the last one as the clock tells it [ns]."""
    for i in range(first, first + count):
        arrived_ns = START_NS + i * 10 * MS + delay_ns
        age_ns = arrived_ns - clock.measured(i * 10_000, arrived_ns)
    return age_ns


def test_what_comes_as_fast_as_ever_was_measured_just_now() -> None:
    assert run(DeviceClock(), 100) == 0


def test_what_comes_late_was_measured_earlier() -> None:
    clock = DeviceClock()
    run(clock, 100)
    assert run(clock, 1, 300 * MS, 100) == pytest.approx(300 * MS, rel=0.01)
    assert run(clock, 100, 300 * MS, 101) == pytest.approx(300 * MS, rel=0.02), "and goes on being late"
    assert run(clock, 1, 0, 201) < MS


def test_what_waited_together_was_measured_one_after_the_other() -> None:
    clock = DeviceClock()
    run(clock, 10)
    arrived_ns = START_NS + 20 * 10 * MS
    ages = [arrived_ns - clock.measured(i * 10_000, arrived_ns) for i in range(10, 21)]
    assert ages == pytest.approx([(20 - i) * 10 * MS for i in range(10, 21)], abs=MS)


@pytest.mark.parametrize("wrong", [1.001, 0.999])
def test_a_clock_that_runs_a_little_wrong_makes_nothing_late(wrong: float) -> None:
    clock = DeviceClock()
    for i in range(60_000):  # ten minutes
        arrived_ns = START_NS + i * 10 * MS
        age_ns = arrived_ns - clock.measured(round(i * 10_000 * wrong), arrived_ns)
        assert age_ns < MS


def test_a_delay_that_stays_is_the_way_things_are_after_a_while() -> None:
    clock = DeviceClock()
    run(clock, 10)
    seconds = 0.3 / DRIFT
    assert run(clock, int(seconds * 100) + 10, 300 * MS, 10) < MS


def test_a_device_that_was_restarted_begins_anew() -> None:
    clock = DeviceClock()
    run(clock, 100)
    assert clock.measured(0, START_NS + 5_000 * MS) == START_NS + 5_000 * MS


def test_a_clock_that_begins_anew_at_two_to_the_32_goes_on() -> None:
    clock = DeviceClock()
    for i in range(20):
        clock.measured(2**32 - 200_000 + i * 10_000, START_NS + i * 10 * MS)
    assert clock.measured(0, START_NS + 220 * MS) == pytest.approx(START_NS + 200 * MS, abs=MS)


def test_a_reader_who_was_held_up_after_looking_at_the_clock_makes_nothing_late() -> None:
    clock = DeviceClock()
    run(clock, 50)
    assert run(clock, 9, -90 * MS, 50) == 0, "packets from the future have come just now"
    assert run(clock, 50, 0, 60) == 0


@pytest.mark.parametrize("before", [0, 5, 50, 300])
def test_a_second_in_which_the_reader_was_held_up_is_one_read_among_others(before: int) -> None:
    clock = DeviceClock()
    if before:
        run(clock, before)
    looked_ns = START_NS + before * 10 * MS
    for i in range(before, before + 120):  # all of them read at once, long after the look at the clock
        clock.measured(i * 10_000, looked_ns)
    assert run(clock, 100, 0, before + 120) < MS


def test_the_first_packets_are_never_late() -> None:
    clock = DeviceClock()
    assert run(clock, 1, -90 * MS) == 0
    assert run(clock, 20, 0, 1) == 0


def test_another_device_is_not_judged_by_the_one_before() -> None:
    clock = DeviceClock()
    run(clock, 100)
    clock.forget()
    assert clock.measured(2_000_000, START_NS + 60_000 * MS) == START_NS + 60_000 * MS
