from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from accord.devices.command import Command, Observation, Vector
from accord.devices.limits import HOLDS_WITHIN_NS, Bounds, Hold, Limits

MIDDLE = (0.5, 0.0, 0.3)
anything = arrays(np.float64, 6, elements=st.floats(allow_nan=True, allow_infinity=True, width=64))
finite = arrays(np.float64, 6, elements=st.floats(-1e300, 1e300))
anywhere = st.tuples(st.floats(-1, 2), st.floats(-1, 1), st.floats(-1, 1))


def observed(position: tuple[float, float, float] = MIDDLE, t_ns: int = 0) -> Observation:
    hand = np.array([0.0, 1.0, 0.0, 0.0])
    return Observation(t_ns, np.zeros(7), np.zeros(7), np.array(position), hand, 0.08, {})


def wanted(twist: Vector, gripper: float = 1.0, t_ns: int = 0) -> Command:
    return Command(twist, gripper, t_ns, "test")


def moving(*linear: float) -> Command:
    return wanted(np.array([*linear, 0.0, 0.0, 0.0]))


def test_a_slow_command_in_the_middle_of_the_box_passes_unchanged() -> None:
    twist = np.array([0.1, -0.1, 0.05, 0.3, 0.0, -0.2])
    sent, hold = Limits().apply(wanted(twist), observed(), 0)
    assert hold is Hold.NONE
    np.testing.assert_allclose(sent.twist, twist, rtol=1e-14)


@given(anything, anywhere)
def test_whatever_is_asked_what_is_sent_is_finite_and_within_the_speeds(
    twist: Vector, position: tuple[float, float, float]
) -> None:
    sent, hold = Limits().apply(wanted(twist), observed(position), 0)
    assert np.isfinite(sent.twist).all()
    assert np.linalg.norm(sent.twist[:3]) <= Bounds().linear * (1 + 1e-12)
    assert np.linalg.norm(sent.twist[3:]) <= Bounds().angular * (1 + 1e-12)
    assert (hold is Hold.NOT_FINITE) == (not np.isfinite(twist).all())


@given(finite, anywhere)
def test_nothing_sent_leads_out_of_the_box(twist: Vector, position: tuple[float, float, float]) -> None:
    bounds = Bounds()
    sent, _ = Limits(bounds).apply(wanted(twist), observed(position), 0)
    for axis in range(3):
        if position[axis] <= bounds.lower[axis]:
            assert sent.twist[axis] >= 0.0
        if position[axis] >= bounds.upper[axis]:
            assert sent.twist[axis] <= 0.0


@given(finite, anywhere)
def test_limiting_twice_is_limiting_once(twist: Vector, position: tuple[float, float, float]) -> None:
    limits = Limits()
    once, _ = limits.apply(wanted(twist), observed(position), 0)
    twice, _ = limits.apply(once, observed(position), 0)
    np.testing.assert_allclose(twice.twist, once.twist, rtol=1e-12, atol=1e-300)


def test_at_a_wall_the_hand_still_slides_along_it_and_comes_back() -> None:
    at_wall = observed((Bounds().upper[0], 0.0, 0.3))
    out, _ = Limits().apply(moving(0.1, 0.1, 0.0), at_wall, 0)
    back, _ = Limits().apply(moving(-0.1, 0.0, 0.0), at_wall, 0)
    assert out.twist[0] == 0.0
    assert out.twist[1] == pytest.approx(0.1)
    assert back.twist[0] == pytest.approx(-0.1)


def test_an_old_command_holds_and_keeps_the_gripper_as_last_sent() -> None:
    limits = Limits()
    limits.apply(wanted(np.ones(6), gripper=0.25), observed(), 0)
    late = HOLDS_WITHIN_NS + 1
    sent, hold = limits.apply(wanted(np.ones(6), gripper=0.9), observed(t_ns=late), late)
    assert hold is Hold.STALE_COMMAND
    assert not sent.twist.any()
    assert sent.gripper == 0.25


def test_a_command_of_exactly_100_ms_is_not_old_yet() -> None:
    _, hold = Limits().apply(wanted(np.zeros(6)), observed(t_ns=HOLDS_WITHIN_NS), HOLDS_WITHIN_NS)
    assert hold is Hold.NONE


def test_an_old_observation_holds() -> None:
    now = HOLDS_WITHIN_NS + 1
    _, hold = Limits().apply(wanted(np.ones(6), t_ns=now), observed(t_ns=0), now)
    assert hold is Hold.STALE_OBSERVATION


@pytest.mark.parametrize("gripper", [np.nan, np.inf, -np.inf])
def test_a_gripper_that_is_not_finite_holds(gripper: float) -> None:
    sent, hold = Limits().apply(wanted(np.zeros(6), gripper), observed(), 0)
    assert hold is Hold.NOT_FINITE
    assert sent.gripper == 1.0


@given(st.floats(-1e6, 1e6))
def test_the_gripper_stays_between_closed_and_open(gripper: float) -> None:
    sent, _ = Limits().apply(wanted(np.zeros(6), gripper), observed(), 0)
    assert 0.0 <= sent.gripper <= 1.0


def test_a_reset_forgets_the_gripper() -> None:
    limits = Limits()
    limits.apply(wanted(np.zeros(6), gripper=0.0), observed(), 0)
    limits.reset()
    assert limits.hold("test", 5).gripper == 1.0


@pytest.mark.parametrize("reason", list(Hold))
def test_every_reason_has_a_sentence(reason: Hold) -> None:
    assert reason.sentence.endswith(".")
    assert reason is Hold.NONE or reason.sentence.startswith("Held")


# What a leader adds -----------------------------------------------------------------------------------------------


def led(posture: Vector) -> Command:
    return Command(np.zeros(6), 1.0, 0, "leader", posture)


def test_a_posture_goes_along_and_one_that_is_endless_holds() -> None:
    limits, posture = Limits(), np.linspace(-1.0, 1.0, 7)
    sent, hold = limits.apply(led(posture), observed(), 0)
    assert hold is Hold.NONE
    assert sent.posture is posture
    _, hold = limits.apply(led(np.full(7, np.inf)), observed(), 0)
    assert hold is Hold.NOT_FINITE


def test_a_held_robot_keeps_its_joints_where_a_leader_brought_them() -> None:
    limits, seen = Limits(), observed()
    assert limits.hold("x", 0).posture is None, "nobody has led it"
    only_some = np.array([0.1, 0.1, 0.1, np.nan, np.nan, np.nan, np.nan])
    limits.apply(led(only_some), seen, 0)
    kept = limits.hold("x", 0).posture
    assert kept is not None
    np.testing.assert_array_equal(kept[:3], seen.joint_position[:3])
    assert np.isnan(kept[3:]).all(), "the other arm was not led"
    limits.reset()
    assert limits.hold("x", 0).posture is None, "the robot was set elsewhere"


def at_joints(joints: Vector) -> Observation:
    return replace(observed(), joint_position=joints)


def test_once_led_the_joints_stay_whenever_the_hand_stands_whoever_drives_then() -> None:
    limits = Limits()
    limits.apply(led(np.full(7, 0.5)), at_joints(np.full(7, 0.4)), 0)
    sent, _ = limits.apply(moving(0.1, 0.0, 0.0), at_joints(np.full(7, 0.3)), 0)
    assert sent.posture is not None
    assert np.isnan(sent.posture).all(), "while the hand moves, the arm finds its own way"
    np.testing.assert_array_equal(limits.hold("x", 0).posture, np.full(7, 0.3))  # type: ignore[arg-type]
    for joints in (0.29, 0.28):
        sent, _ = limits.apply(moving(0.0, 0.0, 0.0), at_joints(np.full(7, joints)), 0)
        np.testing.assert_array_equal(sent.posture, np.full(7, 0.3))  # type: ignore[arg-type]


def test_the_arm_that_was_led_stays_while_the_other_one_is_driven() -> None:
    limits, joints = Limits(hands=2), np.linspace(0.0, 1.3, 14)
    both = np.stack((MIDDLE, MIDDLE))
    seen = replace(observed(), joint_position=joints, hand_position=both)
    posture = np.concatenate((joints[:7], np.full(7, np.nan)))
    limits.apply(Command(np.zeros((2, 6)), np.ones(2), 0, "leader", posture), seen, 0)
    twist = np.zeros((2, 6))
    twist[1, 0] = 0.1
    sent, _ = limits.apply(Command(twist, np.ones(2), 0, "puck"), replace(seen, joint_position=joints + 0.01), 0)
    np.testing.assert_array_equal(sent.posture[:7], joints[:7])  # type: ignore[index]
    assert np.isnan(sent.posture[7:]).all()  # type: ignore[index]
    np.testing.assert_array_equal(limits.hold("x", 0).posture, sent.posture)  # type: ignore[arg-type]


def test_a_time_to_come_is_of_another_clock_and_holds() -> None:
    ahead = 1_000_000_000
    assert Limits().apply(wanted(np.zeros(6), t_ns=ahead), observed(), 0)[1] is Hold.STALE_COMMAND
    assert Limits().apply(wanted(np.zeros(6)), observed(t_ns=ahead), 0)[1] is Hold.STALE_OBSERVATION
    soon = 5_000_000  # read during the turn
    assert Limits().apply(wanted(np.zeros(6), t_ns=soon), observed(t_ns=soon), 0)[1] is Hold.NONE
