"""One device for two arms, driven by turns."""

import numpy as np
import pytest
from wired import AHEAD, MS, PERIOD_S, REST, Straight, Wired

from accord.devices.command import Command, Observation, Vector
from accord.devices.input import RAW_CHANNELS, InputState
from accord.devices.limits import Hold
from accord.devices.mapping import LEADER_DEFAULT, Mapping
from accord.devices.rotation import IDENTITY
from accord.devices.source import ControlMode, Source
from accord.devices.sources.hand import CLOSED, OPEN, Hand
from accord.devices.sources.switched import Switched

GRIPPER, SWITCH = 1, 2
MAPPING = Mapping(switch_button=1)


def observed(joints: Vector) -> Observation:
    return Observation(
        0, joints, np.zeros(14), np.zeros((2, 3)), np.stack((IDENTITY, IDENTITY)), np.array([0.08, 0.08]), {}
    )


class Driver:
    """Somebody with one device at a robot with two arms."""

    def __init__(self, mapping: Mapping = MAPPING) -> None:
        self.device = Wired()
        left, right = (Hand(self.device, mapping, None, Straight(), PERIOD_S) for _ in range(2))
        self.switched = Switched((left, right))
        self.t_ns = 1000 * MS
        self.joints = np.zeros(14)

    def __call__(self, axes: Vector | None, buttons: int = 0) -> Command:
        return self.turn(None if axes is None else InputState(axes, buttons, self.t_ns + 20 * MS))

    def turn(self, state: InputState | None) -> Command:
        self.t_ns += 20 * MS
        self.device.state = state
        return self.switched.command(observed(self.joints), self.t_ns)


@pytest.fixture
def drive() -> Driver:
    made = Driver()
    made(REST)
    return made


def test_it_is_a_source_that_a_human_drives(drive: Driver) -> None:
    source: Source = drive.switched
    assert source.mode is ControlMode.HUMAN


def test_one_arm_moves_and_the_other_stands(drive: Driver) -> None:
    command = drive(AHEAD)
    assert drive.switched.arm == 0
    np.testing.assert_allclose(command.twist, [AHEAD * 0.25, REST])
    assert command.posture is None


def test_a_press_goes_on_to_the_other_arm_and_holding_it_down_no_further(drive: Driver) -> None:
    arms = []
    for buttons in (0, SWITCH, SWITCH, 0, SWITCH, 0):
        drive(REST, buttons)
        arms.append(drive.switched.arm)
    assert arms == [0, 1, 1, 1, 0, 0]


def test_the_next_arm_moves_only_after_the_device_has_rested(drive: Driver) -> None:
    drive(AHEAD)
    assert not np.any(drive(AHEAD, SWITCH).twist)
    for _ in range(3):
        assert not np.any(drive(AHEAD).twist)
        assert drive.switched.reason is Hold.MUST_REST
    drive(REST)
    np.testing.assert_allclose(drive(AHEAD).twist, [REST, AHEAD * 0.25])


def test_each_gripper_stays_as_its_arm_was_left(drive: Driver) -> None:
    drive(REST, GRIPPER)
    assert drive(REST, SWITCH).gripper.tolist() == [CLOSED, OPEN]  # type: ignore[union-attr]
    drive(REST)
    assert drive(REST, GRIPPER).gripper.tolist() == [CLOSED, CLOSED]  # type: ignore[union-attr]
    drive(REST, SWITCH)
    drive(REST)
    assert drive(REST, GRIPPER).gripper.tolist() == [OPEN, CLOSED]  # type: ignore[union-attr]


def test_a_press_that_began_unseen_switches_nothing(drive: Driver) -> None:
    drive(None)
    assert drive.switched.reason is Hold.INPUT_LOST
    drive(REST, SWITCH)
    assert drive.switched.arm == 0


def test_after_a_switch_a_dead_man_button_has_to_be_pressed_anew() -> None:
    drive = Driver(Mapping(switch_button=1, dead_man_button=2))
    drive(REST)
    drive(REST, 4)
    assert np.any(drive(AHEAD, 4).twist[0])
    drive(REST, 4 | SWITCH)
    drive(AHEAD, 4)
    assert drive.switched.reason is not Hold.NONE
    drive(REST)
    drive(REST, 4)
    assert np.any(drive(AHEAD, 4).twist[1])


def test_what_the_device_said_stands_in_the_row_of_its_arm(drive: Driver) -> None:
    drive(REST, SWITCH)
    drive.turn(InputState(AHEAD, 8, 77, raw=np.array([5.0])))
    axes, buttons, times, numbers = drive.switched.raw
    np.testing.assert_array_equal(axes, [REST, AHEAD])
    assert (buttons.tolist(), times.tolist()) == ([0, 8], [0, 77])
    assert numbers.shape == (2, RAW_CHANNELS)
    assert np.isnan(numbers[0]).all()
    assert numbers[1, 0] == 5.0


def test_a_reset_keeps_both_grippers_and_a_mapping_is_for_both_arms(drive: Driver) -> None:
    drive.switched.reset(np.array([CLOSED, OPEN]))
    assert drive(REST).gripper.tolist() == [CLOSED, OPEN]  # type: ignore[union-attr]
    drive.switched.use_mapping(0, Mapping(linear_m_s=0.1, switch_button=1))
    drive(REST)
    assert drive(AHEAD).twist[0, 0] == pytest.approx(0.1)
    drive(REST, SWITCH)
    drive(REST)
    assert drive(AHEAD).twist[1, 0] == pytest.approx(0.1)


def test_a_leader_leads_one_arm_and_the_joints_of_the_one_it_left_stay() -> None:
    drive = Driver(Mapping(switch_button=1, engage_button=0, gripper=LEADER_DEFAULT.gripper))
    joints = np.full(7, 0.1)

    def lead(buttons: int) -> Command:
        return drive.turn(InputState(buttons=buttons, t_ns=drive.t_ns + 20 * MS, joints=joints, gripper=1.0))

    for buttons in (0, 1):
        lead(buttons)
        assert drive.switched.ghost is not None
        np.testing.assert_array_equal(drive.switched.ghost[:7], joints)
        assert np.isnan(drive.switched.ghost[7:]).all()
    command = lead(0)
    assert command.posture is not None
    np.testing.assert_array_equal(command.posture[:7], joints)
    assert np.isnan(command.posture[7:]).all()
    drive.joints = np.concatenate((joints - 0.01, np.zeros(7)))
    for buttons in (SWITCH, 0, 1, 0):
        command = lead(buttons)
    assert drive.switched.arm == 1
    assert drive.switched.reason is Hold.NONE
    assert command.posture is not None
    np.testing.assert_allclose(command.posture, np.concatenate((joints - 0.01, joints)))
