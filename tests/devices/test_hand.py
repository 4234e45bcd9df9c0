"""A person with a deflected device."""

import numpy as np
import pytest
from wired import AHEAD, MS, Person, Wired, observed

from accord.devices.errors import DeviceError
from accord.devices.input import RAW_CHANNELS, Input, InputState
from accord.devices.limits import Hold
from accord.devices.mapping import GAMEPAD_DEFAULT, PEDAL, Follow, Frame, GripperMode, Mapping
from accord.devices.rotation import from_axis_angle
from accord.devices.source import ControlMode, Source
from accord.devices.sources.hand import CLOSED, OPEN, Hand

DEAD_MAN = 1 << 9


def test_a_hand_is_a_source_that_a_human_drives() -> None:
    source: Source = Hand(Wired(), Mapping())
    device: Input = Wired()
    assert source.mode is ControlMode.HUMAN
    assert device.read(0) is None


def test_a_push_is_a_twist_of_the_mapping() -> None:
    drive = Person()
    drive.rest()
    command = drive(AHEAD)
    np.testing.assert_allclose(command.twist, [0.25, 0, 0, 0, 0, 0])
    assert command.source == "wired"
    assert command.t_ns == drive.t_ns


def test_a_device_that_begins_deflected_has_to_rest_first() -> None:
    drive = Person()
    assert not np.any(drive(AHEAD).twist)
    assert drive.hand.reason is Hold.MUST_REST
    drive.rest()
    assert drive.hand.reason is Hold.NONE
    assert np.any(drive(AHEAD).twist)


def test_a_lost_device_is_standstill_as_old_as_its_last_word() -> None:
    drive = Person()
    drive.rest()
    drive(AHEAD)
    heard_ns = drive.t_ns
    for _ in range(5):
        command = drive(None)
        assert drive.hand.reason is Hold.INPUT_LOST
        assert not np.any(command.twist)
        assert command.t_ns == heard_ns
    np.testing.assert_array_equal(drive.hand.last_state.axes, AHEAD)


def test_a_device_that_never_spoke_gives_commands_of_time_zero() -> None:
    drive = Person()
    assert drive(None).t_ns == 0
    assert drive.hand.reason is Hold.INPUT_LOST


def test_after_a_loss_the_device_has_to_rest_once_before_it_moves_the_robot() -> None:
    drive = Person()
    drive.rest()
    drive(AHEAD)
    drive(None)
    for _ in range(10):
        assert not np.any(drive(AHEAD).twist)
        assert drive.hand.reason is Hold.MUST_REST
    drive.rest()
    assert np.any(drive(AHEAD).twist)


def test_within_the_dead_zone_counts_as_rest() -> None:
    drive = Person(Mapping(dead_zones=(0.1,) * 6))
    drive(AHEAD * 0.05)
    assert np.any(drive(AHEAD).twist)


def test_a_deflection_is_as_old_as_its_report_and_rest_is_always_fresh() -> None:
    drive = Person()
    assert drive(np.zeros(6), age_ns=60_000 * MS).t_ns == drive.t_ns
    assert drive(AHEAD, age_ns=70 * MS).t_ns == drive.t_ns - 70 * MS


def test_each_press_of_the_gripper_button_toggles_it() -> None:
    drive = Person()
    grips = [drive.rest(buttons).gripper for buttons in (0, 1, 1, 1, 0, 0, 1, 0)]
    assert grips == [OPEN, CLOSED, CLOSED, CLOSED, CLOSED, CLOSED, OPEN, OPEN]


def test_the_gripper_stays_as_it_is_while_the_device_is_lost() -> None:
    drive = Person()
    drive.rest()
    drive.rest(1)
    assert drive(None).gripper == CLOSED
    assert drive.rest(0).gripper == CLOSED


def test_a_press_that_began_unseen_does_not_toggle_the_gripper() -> None:
    drive = Person()
    assert drive.rest(1).gripper == OPEN
    drive.rest(0)
    drive(None)
    assert drive.rest(1).gripper == OPEN
    assert drive.rest(1).gripper == OPEN
    drive.rest(0)
    assert drive.rest(1).gripper == CLOSED


def test_a_mapping_without_a_gripper_button_leaves_the_gripper_alone() -> None:
    drive = Person(Mapping(gripper_button=None))
    drive.rest()
    assert drive.rest(0xFF).gripper == OPEN


def test_the_clutch_stops_motion_but_not_the_gripper() -> None:
    drive = Person(Mapping(clutch_button=1))
    drive.rest()
    command = drive(AHEAD, 0b11)
    assert not np.any(command.twist)
    assert command.gripper == CLOSED
    assert np.any(drive(AHEAD).twist)


def test_slow_is_slower_by_its_factor() -> None:
    drive = Person(Mapping(slow_button=1, slow_factor=0.2))
    drive.rest()
    np.testing.assert_allclose(drive(AHEAD, 0b10).twist, drive(AHEAD).twist * 0.2)


def test_in_the_hands_frame_the_robots_hand_says_where_forward_is() -> None:
    drive = Person(Mapping(frame=Frame.HAND))
    drive.rest()
    drive(AHEAD)
    left = observed(from_axis_angle(np.array([0, 0, 1.0]), np.pi / 2))
    np.testing.assert_allclose(drive.hand.command(left, drive.t_ns).twist, [0, 0.25, 0, 0, 0, 0], atol=1e-12)


def test_a_reset_begins_anew_with_the_gripper_as_it_is() -> None:
    drive = Person()
    drive.rest()
    drive.hand.reset(CLOSED)
    assert drive(AHEAD).gripper == CLOSED
    assert drive.hand.reason is Hold.MUST_REST


def test_the_views_frame_needs_a_view_from_the_start() -> None:
    with pytest.raises(DeviceError, match="camera"):
        Person(Mapping(frame=Frame.VIEW))
    drive = Person(Mapping(frame=Frame.VIEW), np.eye(3))
    drive.rest()
    np.testing.assert_allclose(drive(AHEAD).twist, [0, 0, -0.25, 0, 0, 0], atol=1e-12)


def test_a_dead_man_button_holds_when_let_go_and_drives_when_pressed_anew_at_rest() -> None:
    drive = Person(GAMEPAD_DEFAULT)
    assert not np.any(drive.rest().twist)
    assert drive.hand.reason is Hold.LET_GO
    drive.rest(DEAD_MAN)
    assert np.any(drive(AHEAD, DEAD_MAN).twist)
    assert not np.any(drive(AHEAD).twist)
    assert drive.hand.reason is Hold.LET_GO
    assert not np.any(drive(AHEAD, DEAD_MAN).twist), "pressed while it was deflected"
    assert drive.hand.reason is Hold.MUST_REST
    drive.rest(DEAD_MAN)
    assert drive.hand.reason is Hold.PRESS_ANEW
    drive.rest()
    drive.rest(DEAD_MAN)
    assert np.any(drive(AHEAD, DEAD_MAN).twist)


def test_after_a_loss_a_dead_man_button_that_stayed_down_does_not_count() -> None:
    drive = Person(GAMEPAD_DEFAULT)
    drive.rest()
    drive.rest(DEAD_MAN)
    drive(None)
    assert drive.hand.reason is Hold.INPUT_LOST
    for _ in range(5):
        drive.rest(DEAD_MAN)
        assert drive.hand.reason is Hold.PRESS_ANEW
        assert not np.any(drive(AHEAD, DEAD_MAN).twist)
    drive.rest()
    drive.rest(DEAD_MAN)
    assert np.any(drive(AHEAD, DEAD_MAN).twist)


def test_a_pedal_is_a_dead_man_button_for_any_device_and_a_silent_one_is_a_lost_input() -> None:
    pedal = Wired("pedal", InputState())
    drive = Person(Mapping(dead_man_button=PEDAL), pedal=pedal)
    drive.rest()
    pedal.state = InputState(buttons=1)
    drive.rest()
    assert np.any(drive(AHEAD).twist)
    assert drive.hand.raw[1] == 1 << PEDAL
    pedal.state = None
    assert not np.any(drive(AHEAD).twist)
    assert drive.hand.reason is Hold.INPUT_LOST
    assert drive.hand.health().detail == "pedal is unplugged"
    pedal.state = InputState(buttons=1)
    drive.rest()
    assert drive.hand.reason is Hold.PRESS_ANEW, "nobody knows when it went down"
    pedal.state = InputState()
    drive.rest()
    pedal.state = InputState(buttons=1)
    drive.rest()
    assert np.any(drive(AHEAD).twist)


def test_a_lost_pedal_that_is_the_clutch_holds_and_one_that_stops_nothing_does_not() -> None:
    pedal = Wired("pedal", InputState())
    drive = Person(Mapping(clutch_button=PEDAL), pedal=pedal)
    drive.rest()
    pedal.state = InputState(buttons=1)
    assert not np.any(drive(AHEAD).twist)
    pedal.state = None
    assert not np.any(drive(AHEAD).twist), "it might still be held"
    assert drive.hand.reason is Hold.INPUT_LOST
    slow = Person(Mapping(slow_button=PEDAL), pedal=pedal)
    slow.rest()
    assert np.any(slow(AHEAD).twist)


def test_the_windows_button_lets_go_and_engages_no_dead_man() -> None:
    drive = Person(GAMEPAD_DEFAULT)
    drive.rest()
    drive.hand.engage(True)
    drive.rest()
    assert drive.hand.reason is Hold.LET_GO
    plain = Person()
    plain.rest()
    plain.hand.engage(False)
    assert not np.any(plain(AHEAD).twist)
    assert plain.hand.reason is Hold.MUST_REST


def test_the_gripper_is_closed_while_its_button_is_held() -> None:
    drive = Person(Mapping(gripper=GripperMode.HOLD))
    grips = [drive.rest(buttons).gripper for buttons in (0, 1, 1, 0, 1, 0)]
    assert grips == [OPEN, CLOSED, CLOSED, OPEN, CLOSED, OPEN]


def test_a_held_gripper_keeps_what_it_carries_through_a_loss() -> None:
    drive = Person(Mapping(gripper=GripperMode.HOLD))
    drive.rest()
    drive.rest(1)
    drive(None)
    assert drive.rest(0).gripper == CLOSED, "nobody knows when the button came up"
    assert drive.rest(1).gripper == CLOSED
    assert drive.rest(0).gripper == OPEN


def test_a_gripper_in_proportion_needs_a_device_that_says_it() -> None:
    drive = Person(Mapping(gripper=GripperMode.PROPORTIONAL))
    assert drive.rest(1).gripper == OPEN
    assert drive.hand.health().detail.startswith("Wanted wired to say how far it opens the gripper")
    drive.turn(InputState(gripper=0.95))
    assert drive.turn(InputState(gripper=0.4)).gripper == pytest.approx(0.4)
    assert drive.hand.health().detail == ""


def test_a_mapping_that_asks_for_what_the_device_does_not_give_is_told() -> None:
    for follow, wanted in ((Follow.POSE, "the pose of a hand"), (Follow.JOINTS, "joints")):
        drive = Person(Mapping(follow=follow))
        drive.rest()
        assert not np.any(drive(AHEAD).twist)
        assert drive.hand.reason is Hold.NOT_ENGAGED
        assert drive.hand.health().detail == (
            f"Wanted {wanted} from wired, found deflections: let the profile follow what the device gives."
        )


def test_another_mapping_counts_from_the_next_rest_on() -> None:
    drive = Person()
    drive.rest()
    drive.rest(1)
    drive(AHEAD)
    drive.hand.use_mapping(0, Mapping(linear_m_s=0.1))
    assert not np.any(drive(AHEAD).twist)
    drive.rest()
    command = drive(AHEAD)
    assert command.twist[0] == pytest.approx(0.1)
    assert command.gripper == CLOSED
    with pytest.raises(DeviceError, match="camera"):
        drive.hand.use_mapping(0, Mapping(frame=Frame.VIEW))
    assert drive(AHEAD).twist[0] == pytest.approx(0.1), "nothing has changed"


def test_numbers_that_are_none_count_as_a_loss() -> None:
    drive = Person()
    drive.rest()
    drive(AHEAD * np.nan)
    assert drive.hand.reason is Hold.INPUT_LOST
    drive(AHEAD)
    assert drive.hand.reason is Hold.MUST_REST


def test_what_the_device_said_is_there_to_be_recorded() -> None:
    drive = Person()
    drive.turn(InputState(AHEAD, 5, 77, raw=np.array([350.0, -1.0])))
    axes, buttons, t_ns, numbers = drive.hand.raw
    np.testing.assert_array_equal(axes, AHEAD)
    assert (buttons, t_ns) == (5, 77)
    assert numbers.shape == (RAW_CHANNELS,)
    assert numbers[:2].tolist() == [350.0, -1.0]
    assert np.isnan(numbers[2:]).all()
