"""Hands with fingers: how an opening and a glove bend them, what limits let through, who leads them."""

from dataclasses import replace

import numpy as np
import pytest
from wired import NOTHING, Person, Wired, observed

from accord.devices.command import Command, Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.fingers import CHANNELS, Fingers
from accord.devices.input import InputState
from accord.devices.limits import Hold, Limits
from accord.devices.mapping import GripperMode, Mapping
from accord.devices.sim.arm_command import per_arm
from accord.devices.sources.hand import OPEN, Hand
from accord.devices.sources.hands import Hands
from accord.devices.sources.switched import Switched

NAMES = ("thumb spread", "thumb base", "index spread", "index base", "index outer")
LOWER = np.array([-0.5, 0.0, -0.3, -0.1, 0.0])
UPPER = np.array([1.0, 1.2, 0.3, 1.6, 1.4])
OPENED = np.array([0.0, 0.1, 0.0, 0.0, 0.0])
CLOSED = np.array([0.0, 1.2, 0.0, 1.6, 1.4])
HAND = Fingers(NAMES, LOWER, UPPER, OPENED, CLOSED)
BENT = np.array([0.2, 0.5, -0.1, 0.9, 0.3])
GLOVED = Mapping(gripper=GripperMode.PROPORTIONAL)


def glove(**bends: float) -> Vector:
    """(15,) of a glove that is open but for these channels."""
    told = np.zeros(len(CHANNELS))
    for name, bend in bends.items():
        told[CHANNELS.index(name.replace("_", " "))] = bend
    return told


def worn(gripper: float, **bends: float) -> InputState:
    return InputState(gripper=gripper, fingers=glove(**bends))


def asked(gripper: float = 1.0, fingers: Vector | None = None) -> Command:
    return Command(np.zeros(6), gripper, 0, "test", fingers=fingers)


def sent(limits: Limits, command: Command) -> Vector:
    told, hold = limits.apply(command, seen(), 0)
    assert hold is Hold.NONE
    assert told.fingers is not None
    return told.fingers


def seen(hands: int = 1) -> Observation:
    one = observed()
    if hands == 1:
        return one
    places, turns = np.zeros((2, 3)), np.stack([one.hand_quaternion] * 2)
    return Observation(0, np.zeros(14), np.zeros(14), places, turns, np.zeros(2), NOTHING)


# What the joints are told ------------------------------------------------------------------------------------------


def test_an_opening_bends_the_whole_hand() -> None:
    np.testing.assert_array_equal(HAND.at(1.0), OPENED)
    np.testing.assert_array_equal(HAND.at(0.0), CLOSED)
    np.testing.assert_allclose(HAND.at(0.25), OPENED + 0.75 * (CLOSED - OPENED))
    np.testing.assert_array_equal(HAND.at(-3.0), CLOSED)


def test_a_glove_bends_each_joint_of_its_name() -> None:
    np.testing.assert_allclose(HAND.bent(glove()), OPENED)
    fist = glove(**{name.replace(" ", "_"): 1.0 for name in CHANNELS if not name.endswith("spread")})
    np.testing.assert_allclose(HAND.bent(fist), CLOSED)
    np.testing.assert_allclose(HAND.bent(glove(index_base=0.5)), OPENED + 0.5 * np.array([0, 0, 0, 1.6, 0]))
    np.testing.assert_allclose(
        HAND.bent(glove(little_base=1.0, ring_outer=1.0)), OPENED, err_msg="it has no such finger"
    )


def test_a_spread_goes_to_either_end_of_its_range() -> None:
    assert HAND.bent(glove(thumb_spread=1.0))[0] == 1.0
    assert HAND.bent(glove(thumb_spread=-1.0))[0] == -0.5
    assert HAND.bent(glove(thumb_spread=0.5))[0] == 0.5


def test_bends_beyond_the_persons_own_range_stay_within_the_hands() -> None:
    wild = np.full(len(CHANNELS), 7.0)
    assert (HAND.bent(wild) <= UPPER).all()
    assert (HAND.bent(-wild) >= LOWER).all()


# Limits ------------------------------------------------------------------------------------------------------------


def test_what_is_sent_always_says_where_the_fingers_shall_be() -> None:
    limits = Limits(fingers=HAND)
    np.testing.assert_array_equal(limits.hold("nobody", 0).fingers, OPENED)
    np.testing.assert_array_equal(sent(limits, asked(0.0)), CLOSED)
    np.testing.assert_array_equal(sent(limits, asked(0.5, BENT)), BENT)


def test_fingers_are_kept_within_their_ranges() -> None:
    np.testing.assert_array_equal(sent(Limits(fingers=HAND), asked(1.0, np.full(5, 9.0))), UPPER)
    np.testing.assert_array_equal(sent(Limits(fingers=HAND), asked(1.0, np.full(5, -9.0))), LOWER)


def test_a_hold_keeps_every_finger_where_it_is() -> None:
    limits = Limits(fingers=HAND)
    sent(limits, asked(0.5, BENT))
    np.testing.assert_array_equal(limits.hold("test", 0).fingers, BENT)
    stale, hold = limits.apply(replace(asked(0.1, CLOSED), t_ns=-(10**9)), seen(), 0)
    assert hold is Hold.STALE_COMMAND
    np.testing.assert_array_equal(stale.fingers, BENT)


def test_who_leads_no_finger_moves_them_only_by_another_opening() -> None:
    limits = Limits(fingers=HAND)
    sent(limits, asked(0.5, BENT))
    np.testing.assert_array_equal(sent(limits, asked(0.5)), BENT, err_msg="a key that was not pressed lets nothing go")
    np.testing.assert_array_equal(sent(limits, asked(1.0)), OPENED)


@pytest.mark.parametrize(
    "fingers",
    [
        np.full(5, np.inf),
        np.array([0.1, np.nan, 0.1, 0.1, 0.1]),
        np.zeros(4),
        np.zeros((2, 5)),
    ],
    ids=["endless", "one is none", "too few", "for two hands"],
)
def test_fingers_that_are_none_hold_the_robot(fingers: Vector) -> None:
    limits = Limits(fingers=HAND)
    sent(limits, asked(0.5, BENT))
    told, hold = limits.apply(asked(0.5, fingers), seen(), 0)
    assert hold is Hold.NOT_FINITE
    np.testing.assert_array_equal(told.fingers, BENT)


def test_fingers_for_a_gripper_hold_it() -> None:
    told, hold = Limits().apply(asked(0.5, BENT), seen(), 0)
    assert hold is Hold.NOT_FINITE
    assert told.fingers is None


def test_a_robot_that_was_set_back_has_the_fingers_it_had_then() -> None:
    limits = Limits(fingers=HAND)
    limits.reset(0.5, BENT)
    np.testing.assert_array_equal(limits.hold("none", 0).fingers, BENT)
    limits.reset(0.5)
    np.testing.assert_array_equal(limits.hold("none", 0).fingers, HAND.at(0.5))


def test_each_of_two_hands_is_led_or_not() -> None:
    limits = Limits(hands=2, fingers=HAND)
    both = Command(np.zeros((2, 6)), np.array([0.0, 0.5]), 0, "test", fingers=np.stack((np.full(5, np.nan), BENT)))
    told, hold = limits.apply(both, seen(2), 0)
    assert hold is Hold.NONE
    np.testing.assert_array_equal(told.fingers, np.stack((CLOSED, BENT)))


# Who leads them ----------------------------------------------------------------------------------------------------


def person(mapping: Mapping = GLOVED) -> Person:
    drive = Person(mapping)
    drive.hand = Hand(drive.device, mapping, fingers=HAND)
    return drive


def test_a_glove_that_agrees_with_the_hand_leads_every_finger() -> None:
    drive = person()
    drive.turn(worn(1.0))
    command = drive.turn(worn(0.4, index_base=1.0, thumb_spread=-0.5))
    np.testing.assert_allclose(command.fingers, HAND.bent(glove(index_base=1.0, thumb_spread=-0.5)))
    assert command.gripper == pytest.approx(0.4)


def test_a_glove_takes_each_finger_over_where_it_finds_it() -> None:
    drive = person()
    drive.hand.reset(0.0)
    drive.turn(worn(1.0))
    command = drive.turn(worn(1.0))
    np.testing.assert_array_equal(
        command.fingers, CLOSED, err_msg="an open hand would let go of what the robot carries"
    )
    assert command.gripper == 0.0
    drive.turn(worn(0.6, index_base=0.99))
    np.testing.assert_allclose(drive.turn(worn(0.6, index_base=0.5)).fingers, [0.0, 1.2, 0.0, 0.8, 1.4])


def test_after_a_hold_a_pinch_is_not_rearranged_by_a_hand_that_closes_otherwise() -> None:
    drive = person()
    drive.turn(worn(1.0))
    pinch = drive.turn(worn(0.6, thumb_base=1.0, index_base=1.0, index_outer=0.9))
    drive.hand.reset(pinch.gripper, pinch.fingers)  # as the loop does when something else held the robot
    drive.turn(worn(0.6))
    command = drive.turn(worn(0.6, index_base=0.4, thumb_base=0.4))
    np.testing.assert_array_equal(command.fingers, pinch.fingers, err_msg="the same mean bend, and another grasp")
    drive.turn(worn(0.6, index_base=1.0, thumb_base=0.4))
    command = drive.turn(worn(0.6, index_base=0.7, thumb_base=0.4))
    assert command.fingers is not None
    assert pinch.fingers is not None
    np.testing.assert_allclose(command.fingers, pinch.fingers - [0, 0, 0, 0.3 * 1.6, 0])


def test_a_lost_glove_that_comes_back_finds_its_grasp() -> None:
    drive = person()
    drive.turn(worn(1.0))
    grasp = drive.turn(worn(0.5, index_base=0.8)).fingers
    drive.turn(None)
    drive.turn(worn(0.5, index_base=0.1))
    np.testing.assert_array_equal(drive.turn(worn(0.5, index_base=0.1)).fingers, grasp)


def test_a_button_that_opened_the_hand_is_where_a_glove_begins() -> None:
    drive = person()
    drive.turn(worn(1.0))
    drive.turn(worn(0.5, index_base=0.8))
    drive.hand.use_mapping(0, Mapping(gripper=GripperMode.TOGGLE))
    for buttons in (0, 0, 1):
        drive.turn(replace(worn(0.5, index_base=0.8), buttons=buttons))
    assert drive.hand.gripper in (0.0, 1.0)
    assert drive.hand.fingers is None


def test_who_switches_to_the_other_arm_leaves_a_grasp_as_it_was_sent() -> None:
    device = Wired("glove", replace(worn(1.0), t_ns=1))
    mapping = replace(GLOVED, switch_button=3)
    source, limits = (
        Switched((Hand(device, mapping, fingers=HAND), Hand(device, mapping, fingers=HAND))),
        Limits(hands=2, fingers=HAND),
    )

    def turn(state: InputState, number: int) -> Vector:
        device.state = state
        command = source.command(seen(2), number)
        told = limits.hold("test", 0) if source.reason is not Hold.NONE else limits.apply(command, seen(2), 0)[0]
        assert told.fingers is not None
        return told.fingers

    for number in range(3):
        turn(worn(1.0), number)
    pinch = turn(worn(0.6, index_base=1.0), 3)
    assert pinch[0, 3] == 1.6
    turn(replace(worn(0.55, index_base=1.0), buttons=1 << 3), 4)
    for number in range(5, 9):
        after = turn(worn(0.9, index_base=0.1), number)
    assert source.arm == 1
    np.testing.assert_array_equal(after[0], pinch[0])


def test_a_lost_glove_leads_nothing() -> None:
    drive = person()
    drive.turn(worn(1.0))
    drive.turn(worn(0.9, index_base=0.3))
    assert drive.turn(None).fingers is None
    assert drive.turn(InputState(gripper=0.9, fingers=np.full(len(CHANNELS), np.nan))).fingers is None
    assert drive.hand.reason is Hold.INPUT_LOST


def test_a_button_or_a_device_without_fingers_moves_the_hand_as_a_whole() -> None:
    toggled = person(Mapping(gripper=GripperMode.TOGGLE))
    toggled.turn(worn(1.0))
    assert toggled.turn(worn(0.2, index_base=1.0)).fingers is None
    squeezed = person()
    squeezed.turn(InputState(gripper=1.0))
    assert squeezed.turn(InputState(gripper=0.7)).fingers is None
    gripper = Person(GLOVED)
    gripper.turn(worn(1.0))
    assert gripper.turn(worn(0.5, index_base=0.4)).fingers is None, "the robot has a gripper"


def test_with_a_glove_in_one_hand_only_that_hand_is_led() -> None:
    left, right = Wired("left", worn(OPEN)), Wired("right", InputState())
    hands = Hands(Hand(left, GLOVED, fingers=HAND), Hand(right, Mapping(), fingers=HAND))
    for number in range(4):
        command = hands.command(seen(2), number * 20_000_000)
    assert hands.reason is Hold.NONE
    assert command.fingers is not None
    np.testing.assert_allclose(command.fingers[0], OPENED)
    assert np.isnan(command.fingers[1]).all()


# What a scene takes ------------------------------------------------------------------------------------------------


def test_a_scene_refuses_fingers_that_it_does_not_have() -> None:
    with pytest.raises(DeviceError, match="5 finger joints per hand"):
        per_arm(asked(1.0, np.zeros(3)), [7], HAND)
    with pytest.raises(DeviceError, match="0 finger joints per hand"):
        per_arm(asked(1.0, BENT), [7], None)
    assert per_arm(asked(1.0), [7], HAND)[0].fingers is None
