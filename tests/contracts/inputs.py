"""What every input has to do, whatever it is made of. An implementation's test subclasses `InputContract`."""

from abc import ABC, abstractmethod
from typing import Protocol

import numpy as np
import pytest

from accord.devices.input import Input, InputState

MS = 1_000_000
START_NS = 5_000_000_000


class Rig(Protocol):
    """An input and what a person would do to it. Time is made up; nothing here sleeps."""

    device: Input

    def plug(self) -> None: ...

    def unplug(self) -> None: ...

    def deflect(self, t_ns: int) -> None:
        """The person pushes forward, and the device says so at that time."""
        ...

    def let_go(self, t_ns: int) -> None:
        """The person lets go, or has let go, and the device says so if it is of the kind that does."""
        ...


class InputContract(ABC):
    @pytest.fixture
    @abstractmethod
    def rig(self) -> Rig:
        """An input that is neither plugged in nor opened."""

    @staticmethod
    def at_rest(rig: Rig, start_ns: int) -> int:
        """Read until the input is at rest, at most a second; the time when it is."""
        for t_ns in range(start_ns, start_ns + 1000 * MS, 10 * MS):
            rig.let_go(t_ns)
            state = rig.device.read(t_ns)
            if state is not None and state.at_rest:
                return t_ns
        raise AssertionError(f"never at rest: {rig.device.health()}")

    @staticmethod
    def deflected(rig: Rig, start_ns: int, duration_ns: int = 100 * MS) -> tuple[InputState, int]:
        """Push for a while; the state at the end, and when that is."""
        state = None
        for t_ns in range(start_ns, start_ns + duration_ns, 10 * MS):
            rig.deflect(t_ns)
            state = rig.device.read(t_ns)
        assert state is not None, rig.device.health()
        return state, t_ns

    def test_an_absent_device_reads_as_none_and_says_why(self, rig: Rig) -> None:
        rig.device.open()
        assert rig.device.read(START_NS) is None
        health = rig.device.health()
        assert not health.connected
        assert health.detail
        assert health.last_report_ns == health.reports == health.refused == 0

    def test_a_device_that_was_not_opened_reads_as_none(self, rig: Rig) -> None:
        rig.plug()
        assert rig.device.read(START_NS) is None

    def test_opening_twice_and_closing_twice_is_allowed(self, rig: Rig) -> None:
        rig.plug()
        rig.device.open()
        rig.device.open()
        self.at_rest(rig, START_NS)
        rig.device.close()
        rig.device.close()
        assert rig.device.read(START_NS + 1000 * MS) is None

    def test_a_closed_device_can_be_opened_again(self, rig: Rig) -> None:
        rig.plug()
        rig.device.open()
        t_ns = self.at_rest(rig, START_NS)
        rig.device.close()
        rig.unplug()
        rig.plug()
        rig.device.open()
        self.at_rest(rig, t_ns + 10 * MS)

    def test_axes_are_six_numbers_from_minus_one_to_one(self, rig: Rig) -> None:
        rig.plug()
        rig.device.open()
        state, t_ns = self.deflected(rig, self.at_rest(rig, START_NS) + 10 * MS)
        assert state.axes.shape == (6,)
        assert state.axes.dtype == np.float64
        assert np.all(np.abs(state.axes) <= 1.0)
        assert state.axes[0] > 0.5
        assert not np.any(state.axes[1:])
        assert t_ns - 100 * MS <= state.t_ns <= t_ns

    def test_letting_go_ends_at_exactly_zero(self, rig: Rig) -> None:
        rig.plug()
        rig.device.open()
        _, t_ns = self.deflected(rig, self.at_rest(rig, START_NS) + 10 * MS)
        assert self.at_rest(rig, t_ns + 10 * MS) <= t_ns + 150 * MS

    def test_a_deflected_device_that_falls_silent_is_stale_after_100_ms(self, rig: Rig) -> None:
        rig.plug()
        rig.device.open()
        _, t_ns = self.deflected(rig, self.at_rest(rig, START_NS) + 10 * MS)
        assert rig.device.read(t_ns + 50 * MS) is not None
        assert rig.device.read(t_ns + 100 * MS) is not None
        assert rig.device.read(t_ns + 101 * MS) is None
        assert rig.device.health().detail

    def test_reading_twice_at_one_time_gives_the_same(self, rig: Rig) -> None:
        rig.plug()
        rig.device.open()
        state, t_ns = self.deflected(rig, self.at_rest(rig, START_NS) + 10 * MS)
        again = rig.device.read(t_ns)
        assert again is not None
        np.testing.assert_array_equal(again.axes, state.axes)

    def test_a_state_is_not_changed_by_later_reads(self, rig: Rig) -> None:
        rig.plug()
        rig.device.open()
        state, t_ns = self.deflected(rig, self.at_rest(rig, START_NS) + 10 * MS)
        before = state.axes.copy()
        self.at_rest(rig, t_ns + 10 * MS)
        np.testing.assert_array_equal(state.axes, before)

    def test_health_counts_reports_and_says_when_the_last_one_came(self, rig: Rig) -> None:
        rig.plug()
        rig.device.open()
        _, t_ns = self.deflected(rig, self.at_rest(rig, START_NS) + 10 * MS)
        health = rig.device.health()
        assert health.connected
        assert health.detail == ""
        assert health.reports >= 10
        assert health.refused == 0
        assert health.last_report_ns == t_ns

    def test_an_unplugged_device_reads_as_none_and_comes_back(self, rig: Rig) -> None:
        rig.plug()
        rig.device.open()
        _, t_ns = self.deflected(rig, self.at_rest(rig, START_NS) + 10 * MS)
        rig.unplug()
        for later_ms in range(101, 2000, 101):
            assert rig.device.read(t_ns + later_ms * MS) is None
        assert not rig.device.health().connected
        rig.plug()
        back_ns = self.at_rest(rig, t_ns + 2000 * MS)
        state, _ = self.deflected(rig, back_ns + 10 * MS)
        assert state.axes[0] > 0.5
        assert rig.device.health().connected
