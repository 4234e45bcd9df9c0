"""What every input has to do, whatever it is made of. An implementation's test subclasses one of the contracts.

`InputContract` is for deflected devices, `CarriedContract` for carried ones, `LeaderContract` for leaders.
"""

from abc import ABC, abstractmethod
from typing import Protocol

import numpy as np
import pytest

from accord.devices.fingers import BENDS, CHANNELS
from accord.devices.input import RAW_CHANNELS, Input, InputState

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
        state, _ = self.deflected(rig, self.at_rest(rig, t_ns + 10 * MS) + 10 * MS)
        assert not state.at_rest, "it is heard again"

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


class MovedRig(Protocol):
    """An input that says all the time where it is, and what a person would do to it.

    Time is made up, and nothing sleeps for luck: an action returns once its bytes wait at the device's end of the wire.
    """

    device: Input

    def plug(self) -> None: ...

    def unplug(self) -> None: ...

    def say(self, way: float, t_ns: int) -> None:
        """The device reports at that time. It was moved by this much from where it was when it was made: a carried one
        forward [m], a leader by its first joint [rad]."""
        ...

    def fall_silent(self) -> None:
        """It stays plugged in, and says nothing until `say`."""
        ...

    def rubbish(self, t_ns: int) -> None:
        """Something arrives that is no report; a device that is asked answers rubbish at the next `read`."""
        ...


class MovedContract(ABC):
    """What carried devices and leaders have in common: they are never at rest, so silence is always a loss."""

    @pytest.fixture
    @abstractmethod
    def rig(self) -> MovedRig:
        """An input that is neither plugged in nor opened."""

    @staticmethod
    @abstractmethod
    def place(state: InputState) -> float:
        """How far the device was moved, plus something that is always the same."""

    @staticmethod
    def moving(rig: MovedRig, start_ns: int, ways: tuple[float, ...] = (0.0,) * 30) -> tuple[InputState, int]:
        """Say and read every 10 ms; the newest state, and when that was."""
        state = None
        for i, way in enumerate(ways):
            t_ns = start_ns + i * 10 * MS
            rig.say(way, t_ns)
            state = rig.device.read(t_ns)
        assert state is not None, rig.device.health()
        return state, t_ns

    @staticmethod
    def opened(rig: MovedRig) -> MovedRig:
        rig.plug()
        rig.device.open()
        return rig

    def test_an_absent_device_reads_as_none_and_says_why(self, rig: MovedRig) -> None:
        rig.device.open()
        assert rig.device.read(START_NS) is None
        health = rig.device.health()
        assert not health.connected
        assert health.detail
        assert health.last_report_ns == health.reports == 0

    def test_a_device_that_was_not_opened_reads_as_none(self, rig: MovedRig) -> None:
        rig.plug()
        assert rig.device.read(START_NS) is None

    def test_opening_twice_and_closing_twice_is_allowed(self, rig: MovedRig) -> None:
        self.opened(rig).device.open()
        _, t_ns = self.moving(rig, START_NS)
        rig.device.close()
        rig.device.close()
        assert rig.device.read(t_ns + 10 * MS) is None

    def test_a_closed_device_can_be_opened_again(self, rig: MovedRig) -> None:
        self.opened(rig)
        _, t_ns = self.moving(rig, START_NS)
        rig.device.close()
        rig.unplug()
        self.opened(rig)
        state, again_ns = self.moving(rig, t_ns + 1000 * MS)
        assert t_ns < state.t_ns <= again_ns, "what it said before it was closed is forgotten"

    def test_where_it_was_moved_is_what_it_says(self, rig: MovedRig) -> None:
        self.opened(rig)
        before, t_ns = self.moving(rig, START_NS)
        state, t_ns = self.moving(rig, t_ns + 10 * MS, tuple(np.linspace(0.0, 0.1, 11)))
        assert self.place(state) - self.place(before) == pytest.approx(0.1, abs=0.005)
        assert state.continuous
        assert t_ns - 100 * MS <= state.t_ns <= t_ns
        assert state.axes.shape == (6,)
        assert state.at_rest, "what is carried, or leads, is not deflected"
        assert state.gripper is None or 0.0 <= state.gripper <= 1.0
        if state.fingers is not None:
            assert state.fingers.shape == (len(CHANNELS),)
            assert (np.abs(state.fingers) <= 1.0).all()
            assert (state.fingers[BENDS] >= 0.0).all()

    def test_raw_numbers_have_names(self, rig: MovedRig) -> None:
        self.opened(rig)
        state, _ = self.moving(rig, START_NS)
        assert 0 < len(state.raw) == len(rig.device.channels) <= RAW_CHANNELS
        assert all(rig.device.channels)

    def test_only_the_newest_of_what_waited_counts(self, rig: MovedRig) -> None:
        """After a stall the past is never played back."""
        self.opened(rig)
        before, t_ns = self.moving(rig, START_NS)
        for i in range(1, 9):
            rig.say(0.01 * i, t_ns + i * 5 * MS)
        state = rig.device.read(t_ns + 40 * MS)
        assert state is not None
        assert self.place(state) - self.place(before) == pytest.approx(0.08, abs=0.005)

    def test_a_device_that_falls_silent_is_stale_after_100_ms_and_comes_back(self, rig: MovedRig) -> None:
        self.opened(rig)
        _, t_ns = self.moving(rig, START_NS)
        rig.fall_silent()
        rig.device.read(t_ns + 60 * MS)
        for later_ms in (101, 500, 1000):
            assert rig.device.read(t_ns + later_ms * MS) is None
            assert rig.device.health().detail
        state, back_ns = self.moving(rig, t_ns + 1010 * MS, (0.0,) * 200)
        assert back_ns - 100 * MS <= state.t_ns <= back_ns
        assert rig.device.health().detail == ""

    def test_reading_twice_at_one_time_gives_the_same_place(self, rig: MovedRig) -> None:
        self.opened(rig)
        state, t_ns = self.moving(rig, START_NS)
        again = rig.device.read(t_ns)
        assert again is not None
        assert self.place(again) == self.place(state)

    def test_a_state_is_not_changed_by_later_reads(self, rig: MovedRig) -> None:
        self.opened(rig)
        state, t_ns = self.moving(rig, START_NS)
        place, raw = self.place(state), state.raw.copy()
        self.moving(rig, t_ns + 10 * MS, tuple(np.linspace(0.0, 0.1, 11)))
        assert self.place(state) == place
        np.testing.assert_array_equal(state.raw, raw)

    def test_health_counts_reports_and_says_how_often_they_come(self, rig: MovedRig) -> None:
        self.opened(rig)
        _, t_ns = self.moving(rig, START_NS)
        health = rig.device.health()
        assert health.connected
        assert health.detail == ""
        assert health.reports >= 10
        assert health.refused == 0
        assert t_ns - 20 * MS <= health.last_report_ns <= t_ns
        assert 50.0 <= health.rate_hz <= 250.0

    def test_twice_as_fast_is_the_same_motion(self, rig: MovedRig) -> None:
        self.opened(rig)
        before, t_ns = self.moving(rig, START_NS)
        for i, way in enumerate(np.linspace(0.0, 0.1, 21)):
            rig.say(float(way), t_ns + (i + 1) * 5 * MS)
            state = rig.device.read(t_ns + (i + 1) * 5 * MS)
        assert state is not None
        assert self.place(state) - self.place(before) == pytest.approx(0.1, abs=0.005)

    def test_rubbish_is_counted_and_moves_nothing(self, rig: MovedRig) -> None:
        self.opened(rig)
        before, t_ns = self.moving(rig, START_NS)
        for i in range(1, 6):
            rig.rubbish(t_ns + i * 10 * MS)
            state = rig.device.read(t_ns + i * 10 * MS)
            assert state is None or self.place(state) == pytest.approx(self.place(before), abs=0.005)
        assert rig.device.health().refused >= 1
        state, _ = self.moving(rig, t_ns + 60 * MS, (0.0,) * 200)
        assert self.place(state) == pytest.approx(self.place(before), abs=0.005)

    def test_an_unplugged_device_reads_as_none_and_comes_back(self, rig: MovedRig) -> None:
        self.opened(rig)
        _, t_ns = self.moving(rig, START_NS)
        rig.unplug()
        for later_ms in range(101, 2000, 101):
            assert rig.device.read(t_ns + later_ms * MS) is None
        assert not rig.device.health().connected
        assert rig.device.health().detail
        rig.plug()
        self.moving(rig, t_ns + 2000 * MS, (0.0,) * 200)
        assert rig.device.health().connected


class CarriedContract(MovedContract):
    """Of a device that a person carries: its pose."""

    @staticmethod
    def place(state: InputState) -> float:
        assert state.pose is not None
        return float(state.pose[0])

    def test_a_pose_is_a_place_and_a_unit_quaternion(self, rig: MovedRig) -> None:
        self.opened(rig)
        state, _ = self.moving(rig, START_NS, tuple(np.linspace(0.0, 0.2, 30)))
        assert state.pose is not None
        assert state.pose.shape == (7,)
        assert state.pose.dtype == np.float64
        assert np.isfinite(state.pose).all()
        assert np.linalg.norm(state.pose[3:]) == pytest.approx(1.0, abs=1e-6)

    def test_forward_is_the_first_axis_and_only_that(self, rig: MovedRig) -> None:
        self.opened(rig)
        before, t_ns = self.moving(rig, START_NS)
        after, _ = self.moving(rig, t_ns + 10 * MS, tuple(np.linspace(0.0, 0.2, 21)))
        assert before.pose is not None
        assert after.pose is not None
        np.testing.assert_allclose((after.pose - before.pose)[:3], [0.2, 0.0, 0.0], atol=0.005)


class LeaderContract(MovedContract):
    """Of a device whose joints lead the robot's: their angles."""

    @staticmethod
    def place(state: InputState) -> float:
        assert state.joints is not None
        return float(state.joints[0])

    def test_joints_are_finite_angles_and_always_as_many(self, rig: MovedRig) -> None:
        self.opened(rig)
        first, t_ns = self.moving(rig, START_NS)
        last, _ = self.moving(rig, t_ns + 10 * MS, tuple(np.linspace(0.0, 0.2, 21)))
        assert first.joints is not None
        assert last.joints is not None
        assert first.joints.ndim == 1
        assert first.joints.shape == last.joints.shape
        assert first.joints.dtype == np.float64
        assert np.isfinite(first.joints).all()
        assert np.isfinite(last.joints).all()

    def test_turning_one_joint_turns_no_other(self, rig: MovedRig) -> None:
        self.opened(rig)
        before, t_ns = self.moving(rig, START_NS)
        after, _ = self.moving(rig, t_ns + 10 * MS, tuple(np.linspace(0.0, 0.2, 21)))
        assert before.joints is not None
        assert after.joints is not None
        np.testing.assert_allclose((after.joints - before.joints)[1:], 0.0, atol=0.005)
