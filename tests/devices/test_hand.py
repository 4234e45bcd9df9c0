from collections.abc import Mapping as ReadOnly

import numpy as np
import pytest

from accord.devices.command import Command, Observation
from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import Input, InputState
from accord.devices.mapping import Frame, Mapping
from accord.devices.rotation import IDENTITY, from_axis_angle
from accord.devices.source import ControlMode, Source
from accord.devices.sources.hand import CLOSED, OPEN, Hand

MS = 1_000_000
PUSHED = np.array([1.0, 0, 0, 0, 0, 0])
NOTHING: ReadOnly[str, np.ndarray] = {}


class Wired:
    """An input that says what the test put there."""

    name = "wired"

    def __init__(self) -> None:
        self.state: InputState | None = None

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, t_ns: int) -> InputState | None:
        return self.state

    def health(self) -> Health:
        return Health(self.name, self.state is not None, "", 0, 0, 0)


def observed(hand_quaternion: np.ndarray = IDENTITY) -> Observation:
    return Observation(0, np.zeros(7), np.zeros(7), np.zeros(3), hand_quaternion, 0.08, NOTHING)


class Driver:
    """A hand and its device, stepped every 20 ms; None is a device that is lost."""

    def __init__(self, mapping: Mapping | None = None, view_rotation: np.ndarray | None = None) -> None:
        self.device = Wired()
        self.hand = Hand(self.device, mapping or Mapping(), view_rotation)
        self.t_ns = 1000 * MS

    def __call__(self, axes: np.ndarray | None, buttons: int = 0, age_ns: int = 0) -> Command:
        self.t_ns += 20 * MS
        self.device.state = None if axes is None else InputState(axes, buttons, self.t_ns - age_ns)
        return self.hand.command(observed(), self.t_ns)

    def rest(self, buttons: int = 0) -> Command:
        return self(np.zeros(6), buttons)


def test_a_hand_is_a_source_that_a_human_drives() -> None:
    source: Source = Hand(Wired(), Mapping())
    device: Input = Wired()
    assert source.mode is ControlMode.HUMAN
    assert device.read(0) is None


def test_a_push_is_a_twist_of_the_mapping() -> None:
    drive = Driver()
    drive.rest()
    command = drive(PUSHED)
    np.testing.assert_allclose(command.twist, [0.25, 0, 0, 0, 0, 0])
    assert command.source == "wired"
    assert command.t_ns == drive.t_ns


def test_a_device_that_begins_deflected_has_to_rest_first() -> None:
    drive = Driver()
    assert not np.any(drive(PUSHED).twist)
    assert drive.hand.must_rest
    drive.rest()
    assert not drive.hand.must_rest
    assert np.any(drive(PUSHED).twist)


def test_a_lost_device_is_standstill_as_old_as_its_last_word() -> None:
    drive = Driver()
    drive.rest()
    drive(PUSHED)
    heard_ns = drive.t_ns
    for _ in range(5):
        command = drive(None)
        assert drive.hand.lost
        assert not np.any(command.twist)
        assert command.t_ns == heard_ns
    np.testing.assert_array_equal(drive.hand.last_state.axes, PUSHED)


def test_a_device_that_never_spoke_gives_commands_of_time_zero() -> None:
    drive = Driver()
    assert drive(None).t_ns == 0
    assert drive.hand.lost


def test_after_a_loss_the_device_has_to_rest_once_before_it_moves_the_robot() -> None:
    drive = Driver()
    drive.rest()
    drive(PUSHED)
    drive(None)
    for _ in range(10):
        assert not np.any(drive(PUSHED).twist)
        assert not drive.hand.lost
        assert drive.hand.must_rest
    drive.rest()
    assert np.any(drive(PUSHED).twist)


def test_within_the_dead_zone_counts_as_rest() -> None:
    drive = Driver(Mapping(dead_zone=0.1))
    drive(PUSHED * 0.05)
    assert np.any(drive(PUSHED).twist)


def test_a_deflection_is_as_old_as_its_report_and_rest_is_always_fresh() -> None:
    drive = Driver()
    assert drive(np.zeros(6), age_ns=60_000 * MS).t_ns == drive.t_ns
    assert drive(PUSHED, age_ns=70 * MS).t_ns == drive.t_ns - 70 * MS


def test_each_press_of_the_gripper_button_toggles_it() -> None:
    drive = Driver()
    grips = [drive.rest(buttons).gripper for buttons in (0, 1, 1, 1, 0, 0, 1, 0)]
    assert grips == [OPEN, CLOSED, CLOSED, CLOSED, CLOSED, CLOSED, OPEN, OPEN]


def test_the_gripper_stays_as_it_is_while_the_device_is_lost() -> None:
    drive = Driver()
    drive.rest()
    drive.rest(1)
    assert drive(None).gripper == CLOSED
    assert drive.rest(0).gripper == CLOSED


def test_a_press_that_began_unseen_does_not_toggle_the_gripper() -> None:
    drive = Driver()
    assert drive.rest(1).gripper == OPEN
    drive.rest(0)
    drive(None)
    assert drive.rest(1).gripper == OPEN
    assert drive.rest(1).gripper == OPEN
    drive.rest(0)
    assert drive.rest(1).gripper == CLOSED


def test_a_mapping_without_a_gripper_button_leaves_the_gripper_alone() -> None:
    drive = Driver(Mapping(gripper_button=None))
    drive.rest()
    assert drive.rest(0xFF).gripper == OPEN


def test_the_clutch_stops_motion_but_not_the_gripper() -> None:
    drive = Driver(Mapping(clutch_button=1))
    drive.rest()
    command = drive(PUSHED, 0b11)
    assert not np.any(command.twist)
    assert command.gripper == CLOSED
    assert np.any(drive(PUSHED).twist)


def test_slow_is_slower_by_its_factor() -> None:
    drive = Driver(Mapping(slow_button=1, slow_factor=0.2))
    drive.rest()
    np.testing.assert_allclose(drive(PUSHED, 0b10).twist, drive(PUSHED).twist * 0.2)


def test_in_the_hands_frame_the_robots_hand_says_where_forward_is() -> None:
    drive = Driver(Mapping(frame=Frame.HAND))
    drive.rest()
    drive(PUSHED)
    left = observed(from_axis_angle(np.array([0, 0, 1.0]), np.pi / 2))
    np.testing.assert_allclose(drive.hand.command(left, drive.t_ns).twist, [0, 0.25, 0, 0, 0, 0], atol=1e-12)


def test_a_reset_begins_anew_with_the_gripper_as_it_is() -> None:
    drive = Driver()
    drive.rest()
    drive.hand.reset(CLOSED)
    assert drive(PUSHED).gripper == CLOSED
    assert drive.hand.must_rest


def test_the_views_frame_needs_a_view_from_the_start() -> None:
    with pytest.raises(DeviceError, match="camera"):
        Driver(Mapping(frame=Frame.VIEW))
    drive = Driver(Mapping(frame=Frame.VIEW), np.eye(3))
    drive.rest()
    np.testing.assert_allclose(drive(PUSHED).twist, [0, 0, -0.25, 0, 0, 0], atol=1e-12)
