"""A carried device: the robot's hand goes where the person's goes, as far as the limits allow."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from wired import PERIOD_S, Person, observed, pose_at

from accord.devices.command import Vector
from accord.devices.limits import Hold, Limits
from accord.devices.mapping import CARRIED_DEFAULT, EXOSKELETON_DEFAULT, Frame, Mapping
from accord.devices.rotation import IDENTITY, conjugate, from_axis_angle, multiply, to_matrix
from accord.devices.sim.poses import from_rotation_vector, turn_between, turned
from accord.devices.sources.following import LEASH

DEAD_MAN, CLUTCH = 1, 2
HOLDING = replace(CARRIED_DEFAULT, clutch_button=1, slow_button=2)
START = np.array([0.5, 0.0, 0.2])
X, Y, Z = np.eye(3)


class Carrying:
    """A person with a phone in the hand, and a robot that does what it is sent."""

    def __init__(self, mapping: Mapping = HOLDING, view: Vector | None = None, told: bool = True) -> None:
        self.person = Person(mapping, view)
        self.limits = Limits()
        self.told = told
        self.position, self.quaternion = START, from_axis_angle(X, np.pi)
        self.fastest = 0.0
        self(np.zeros(3), buttons=0)
        self(np.zeros(3))

    def __call__(self, position: Vector, quaternion: Vector = IDENTITY, buttons: int = DEAD_MAN) -> Vector:
        """One turn; where the robot's hand is then (3,)."""
        target = (self.position, self.quaternion) if self.told else None
        self.person.observation = observed(self.quaternion, target=target, hand=self.position)
        command = self.person.carry(pose_at(position, quaternion), buttons)
        if self.reason is Hold.NONE:
            at = replace(self.person.observation, t_ns=self.person.t_ns)
            command, held = self.limits.apply(command, at, self.person.t_ns)
            assert held is Hold.NONE
        self.position = self.position + command.twist[:3] * PERIOD_S
        self.quaternion = turned(self.quaternion, command.twist[3:] * PERIOD_S)
        self.fastest = max(self.fastest, float(np.linalg.norm(command.twist[:3])))
        return self.position

    @property
    def reason(self) -> Hold:
        return self.person.hand.reason


def circle(count: int = 150, radius: float = 0.08) -> Vector:
    """(count, 3) once round, beginning and ending at zero [m]."""
    angle = np.linspace(0.0, 2 * np.pi, count)
    return radius * np.stack((np.cos(angle) - 1.0, np.sin(angle), 0.0 * angle), axis=1)


def test_a_hand_moved_in_a_circle_comes_back_to_where_it_was() -> None:
    carry = Carrying()
    path = np.stack([carry(place) for place in circle()])
    np.testing.assert_allclose(path, START + circle(), atol=1e-9)
    np.testing.assert_allclose(carry.position, START, atol=1e-9)


def test_what_the_clutch_leaves_out_is_left_out_and_nothing_else() -> None:
    carry = Carrying()
    places = circle()
    for i, place in enumerate(places):
        carry(place, buttons=DEAD_MAN | (CLUTCH if 40 <= i < 90 else 0))
    left_out = places[89] - places[39]
    np.testing.assert_allclose(carry.position, START - left_out, atol=1e-9)


def test_letting_go_and_pressing_anew_goes_on_from_there_without_a_jump() -> None:
    carry = Carrying()
    carry(0.05 * X)
    carry(0.05 * X, buttons=0)
    assert carry.reason is Hold.LET_GO
    for _ in range(10):
        carry(0.05 * X - 0.1 * Y, buttons=0)
    before = carry.position.copy()
    np.testing.assert_allclose(carry(0.05 * X - 0.11 * Y), before, atol=1e-12, err_msg="what came before the press")
    np.testing.assert_allclose(carry(0.05 * X - 0.105 * Y), before + 0.005 * Y, atol=1e-9)


def test_a_fast_hand_is_followed_at_the_limit_and_reached_in_the_end() -> None:
    carry = Carrying()
    for i in range(1, 11):
        carry(0.015 * i * X)
    assert carry.fastest == pytest.approx(0.35)
    assert carry.position[0] < START[0] + 0.1
    for _ in range(30):
        carry(0.15 * X)
    np.testing.assert_allclose(carry.position, START + 0.15 * X, atol=1e-9)


def test_a_hand_that_goes_through_the_table_is_stopped_there_and_comes_back_with_it() -> None:
    carry = Carrying()
    for depth in np.concatenate((np.linspace(0.0, -0.3, 100), np.full(50, -0.3))):
        carry(depth * Z)
    assert carry.position[2] == pytest.approx(0.011, abs=1e-3)
    assert carry.position[2] >= 0.011
    for depth in np.concatenate((np.linspace(-0.3, 0.0, 100), np.zeros(30))):
        carry(depth * Z)
    beyond = 0.3 - LEASH[0] - (START[2] - 0.011)  # where the hand is no longer owed anything
    np.testing.assert_allclose(carry.position, START + beyond * Z, atol=1e-3)


def test_a_hand_that_goes_far_beyond_a_wall_comes_back_within_the_leash() -> None:
    carry = Carrying()
    for far in np.linspace(0.0, 2.0, 100):
        carry(far * X)
    assert carry.position[0] == pytest.approx(0.75, abs=1e-3)
    for far in np.linspace(2.0, 1.8, 50):
        carry(far * X)
    assert carry.position[0] == pytest.approx(0.65, abs=1e-3)


def test_a_robot_that_cannot_keep_up_lags_no_further_than_the_leash() -> None:
    carry = Carrying()
    for step in range(30):
        carry(np.array([0.0, 0.03 * step, 0.0]), from_axis_angle(Z, 0.1 * step))
    went = [carry(np.array([0.0, 0.87, 0.0]), from_axis_angle(Z, 2.9))[1] for _ in range(60)]
    assert 0.05 < went[-1] - went[0] <= LEASH[0]


def test_nothing_moves_while_the_clutch_is_held_however_far_the_hand_was_ahead() -> None:
    carry = Carrying()
    for i in range(1, 11):
        carry(0.03 * i * X, from_axis_angle(Z, 0.1 * i))
    before, turned_before = carry.position.copy(), carry.quaternion.copy()
    for _ in range(30):
        carry(0.3 * X, from_axis_angle(Z, 1.0), buttons=DEAD_MAN | CLUTCH)
        assert carry.reason is Hold.NONE
    for _ in range(30):
        carry(0.3 * X, from_axis_angle(Z, 1.0))
    np.testing.assert_allclose(carry.position, before, atol=1e-9)
    np.testing.assert_allclose(carry.quaternion, turned_before, atol=1e-9)


def test_a_jump_of_the_device_holds_and_has_to_be_engaged_anew() -> None:
    carry = Carrying()
    for place, turn in ((0.2 * X, IDENTITY), (0.2 * X, from_axis_angle(Z, 1.2))):
        carry.person.carry(pose_at(place, IDENTITY), 0)
        carry(place)
        assert carry.reason is Hold.NONE
        before = carry.position.copy()
        carry(place + (0.16 * Y if turn is IDENTITY else 0.0), turn)
        assert carry.reason is Hold.PRESS_ANEW
        for _ in range(3):
            carry(place)
        np.testing.assert_array_equal(carry.position, before)


def test_a_device_that_was_lost_may_be_anywhere_when_it_comes_back() -> None:
    carry = Carrying()
    carry(0.02 * X)
    before = carry.position.copy()
    carry.person(None)
    assert carry.reason is Hold.INPUT_LOST
    for buttons in (DEAD_MAN, 0, DEAD_MAN):
        carry(np.array([3.0, 1.0, -2.0]), buttons=buttons)
    assert carry.reason is Hold.NONE
    np.testing.assert_allclose(carry.position, before, atol=1e-12)


def test_an_exoskeleton_is_engaged_by_squeezing_and_releasing_and_its_pedal_is_the_clutch() -> None:
    carry = Carrying(EXOSKELETON_DEFAULT)
    carry.person.hand.reset()
    for buttons in (0, 1):
        carry(np.zeros(3), buttons=buttons)
        assert carry.reason is Hold.NOT_ENGAGED
    carry(np.zeros(3), buttons=0)
    assert carry.reason is Hold.NONE
    start = carry.position.copy()
    carry(0.005 * X, buttons=0)
    carry(-0.1 * X, buttons=2)
    carry(-0.1 * X, buttons=0)
    np.testing.assert_allclose(carry.position, start + 0.005 * X, atol=1e-9)


def test_the_windows_button_engages_what_has_no_button_of_its_own() -> None:
    carry = Carrying(Mapping(gripper_button=None))
    assert carry.reason is Hold.NOT_ENGAGED
    carry.person.hand.engage(True)
    carry(np.zeros(3), buttons=0)
    assert carry.reason is Hold.NONE
    carry.person.hand.engage(False)
    carry(np.zeros(3), buttons=0)
    assert carry.reason is Hold.NOT_ENGAGED


def settled(carry: Carrying, place: Vector, turn: Vector = IDENTITY) -> Vector:
    """How far the robot's hand went while the person's went there in small steps."""
    start, vector = carry.position.copy(), turn_between(IDENTITY, turn)
    for share in np.linspace(0.0, 1.0, 60):
        carry(place * share, from_rotation_vector(vector * share))
    for _ in range(60):
        carry(place, turn)
    moved: Vector = carry.position - start
    return moved


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"scale": 0.5}, [0.05, 0.0, 0.0]),
        ({"slow_factor": 0.5, "slow_button": 0}, [0.05, 0.0, 0.0]),
        ({"signs": (-1, 1, 1, 1, 1, 1)}, [-0.1, 0.0, 0.0]),
        ({"order": (1, 0, 2, 3, 4, 5)}, [0.0, 0.1, 0.0]),
        ({"gains": (0.0, 1.0, 1.0, 1.0, 1.0, 1.0)}, [0.0, 0.0, 0.0]),
        ({"frame": Frame.HAND}, [0.1, 0.0, 0.0]),
    ],
)
def test_a_mapping_says_where_and_how_far(change: dict[str, object], expected: list[float]) -> None:
    carry = Carrying(replace(HOLDING, **change))  # type: ignore[arg-type]
    np.testing.assert_allclose(settled(carry, 0.1 * X), expected, atol=1e-9)


def test_in_the_views_frame_forward_is_into_the_picture_and_another_view_jumps_nowhere() -> None:
    from_the_front = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
    from_behind = np.array([[0.0, 0, -1], [-1, 0, 0], [0, 1, 0]])
    carry = Carrying(replace(HOLDING, frame=Frame.VIEW), from_the_front)
    np.testing.assert_allclose(settled(carry, 0.1 * X), [-0.1, 0.0, 0.0], atol=1e-9)
    before = carry.position.copy()
    carry.person.hand.view_rotation = from_behind
    np.testing.assert_allclose(carry(0.1 * X), before, atol=1e-12)
    np.testing.assert_allclose(carry(0.105 * X), before + 0.005 * X, atol=1e-9)


@pytest.mark.parametrize("axis", [X, Y, Z, (X + Y - Z) / np.sqrt(3)])
def test_the_robots_hand_turns_as_the_persons_does_and_a_long_way_round(axis: Vector) -> None:
    carry = Carrying()
    begin = carry.quaternion
    for angle in np.linspace(0.0, 4.0, 200):
        carry(np.zeros(3), from_axis_angle(axis, angle))
    for _ in range(20):
        carry(np.zeros(3), from_axis_angle(axis, 4.0))
    expected = to_matrix(multiply(from_axis_angle(axis, 4.0), begin))
    np.testing.assert_allclose(to_matrix(carry.quaternion), expected, atol=1e-9)
    np.testing.assert_allclose(carry.position, START, atol=1e-9)


def test_without_turns_the_robots_hand_keeps_how_it_was_turned() -> None:
    carry = Carrying(replace(HOLDING, turns=False))
    begin = carry.quaternion
    np.testing.assert_allclose(settled(carry, 0.05 * Y, from_axis_angle(Z, 0.8)), 0.05 * Y, atol=1e-9)
    np.testing.assert_allclose(multiply(carry.quaternion, conjugate(begin)), IDENTITY, atol=1e-9)


def test_a_robot_that_does_not_say_what_it_was_told_is_approached_without_overshooting() -> None:
    carry = Carrying(told=False)
    path = [carry(0.05 * X)[0]]
    path += [carry(0.05 * X)[0] for _ in range(100)]
    assert np.all(np.diff(path) >= 0.0)
    assert path[-1] == pytest.approx(START[0] + 0.05, abs=1e-4)
    assert path[7] - START[0] == pytest.approx(0.05 * (1 - np.exp(-0.16 / 0.15)), abs=0.005)


@settings(deadline=None, max_examples=30)
@given(
    arrays(np.float64, (20, 3), elements=st.floats(-0.004, 0.004)), st.lists(st.booleans(), min_size=20, max_size=20)
)
def test_however_it_is_moved_the_hand_is_where_what_counted_adds_up_to(steps: np.ndarray, clutched: list[bool]) -> None:
    carry = Carrying()
    place, counted = np.zeros(3), np.zeros(3)
    for step, left_out in zip(steps, clutched, strict=True):
        place = place + step
        counted += 0.0 if left_out else step
        carry(place, buttons=DEAD_MAN | (CLUTCH if left_out else 0))
    for _ in range(60):
        carry(place)
    np.testing.assert_allclose(carry.position, START + counted, atol=1e-9)
    assert carry.fastest <= 0.35 + 1e-9
