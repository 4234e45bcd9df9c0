"""Nothing moves unless it was engaged, whatever the device does; and what was lost has to be engaged anew."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wired import Person, Straight, pose_at

from accord.devices.command import Command, Vector
from accord.devices.limits import Hold
from accord.devices.mapping import CARRIED_DEFAULT, EXOSKELETON_DEFAULT, GAMEPAD_DEFAULT, LEADER_DEFAULT, Mapping

DEAD_MAN, ENGAGE, CLUTCH = 1 << 0, 1 << 1, 1 << 2


@dataclass(frozen=True)
class Turn:
    """What a device says at one turn."""

    there: bool
    buttons: int
    way: float
    """How far it went: a carried one forward [m], a leader with joint 0 [rad]; a deflected one is pushed so [0.1]."""


TURNS = st.lists(
    st.builds(
        Turn, there=st.integers(0, 9).map(bool), buttons=st.integers(0, 7),
        way=st.sampled_from((0.0, 0.01, -0.01, 0.05)),
    ),
    max_size=40,
)  # fmt: skip


def says(person: Person, kind: str, turn: Turn, moved: float) -> Command:
    if not turn.there:
        return person(None)
    if kind == "deflected":
        return person(np.array([turn.way * 10.0, 0, 0, 0, 0, 0]), turn.buttons)
    if kind == "carried":
        return person.carry(pose_at(np.array([moved, 0.0, 0.0])), turn.buttons)
    return person.lead(np.array([moved, 0, 0, 0, 0, 0, 0]), turn.buttons)


def since_the_loss(turns: list[Turn]) -> list[Turn]:
    lost = [i for i, turn in enumerate(turns) if not turn.there]
    return turns[lost[-1] + 1 :] if lost else turns


def was_pressed_anew(turns: list[Turn], button: int) -> bool:
    """Whether the button is down now, and was up before, since the device was there again."""
    downs = [bool(turn.buttons & button) for turn in since_the_loss(turns)]
    return bool(downs) and downs[-1] and not all(downs)


def was_pressed_and_released(turns: list[Turn], button: int) -> bool:
    downs = "".join("-^"[bool(turn.buttons & button)] for turn in since_the_loss(turns))
    return "-^" in downs and "^-" in downs[downs.index("-^") :]


@settings(deadline=None)
@given(turns=TURNS, kind=st.sampled_from(("deflected", "carried", "leader")))
def test_with_a_dead_man_button_nothing_moves_but_while_it_is_held_and_was_pressed_anew(
    turns: list[Turn], kind: str
) -> None:
    person = Person(Mapping(dead_man_button=0), chain=Straight())
    moved = 0.0
    for i, turn in enumerate(turns):
        moved += turn.way
        command = says(person, kind, turn, moved)
        if np.any(command.twist) or person.hand.reason is Hold.NONE:
            assert was_pressed_anew(turns[: i + 1], DEAD_MAN)


@settings(deadline=None)
@given(turns=TURNS, kind=st.sampled_from(("carried", "leader")), by_clutch=st.booleans())
def test_without_one_nothing_moves_before_a_press_and_a_release(turns: list[Turn], kind: str, by_clutch: bool) -> None:
    person = Person(Mapping(engage_button=None if by_clutch else 1, clutch_button=2), chain=Straight())
    moved = 0.0
    for i, turn in enumerate(turns):
        moved += turn.way
        command = says(person, kind, turn, moved)
        if np.any(command.twist) or person.hand.reason is Hold.NONE:
            assert was_pressed_and_released(turns[: i + 1], CLUTCH if by_clutch else ENGAGE)
        if turn.buttons & CLUTCH:
            assert not np.any(command.twist) or kind == "carried"  # which may still be on its way to where it was asked


@settings(deadline=None)
@given(turns=TURNS)
def test_a_deflected_device_without_one_has_to_rest_after_every_loss(turns: list[Turn]) -> None:
    person = Person()
    for i, turn in enumerate(turns):
        if np.any(says(person, "deflected", turn, 0.0).twist):
            assert any(before.way == 0.0 for before in since_the_loss(turns[: i + 1]))


@settings(deadline=None)
@given(turns=TURNS, kind=st.sampled_from(("deflected", "carried", "leader")))
def test_a_turn_at_which_it_does_not_drive_is_standstill_with_a_reason(turns: list[Turn], kind: str) -> None:
    person = Person(Mapping(dead_man_button=0), chain=Straight())
    for turn in turns:
        command = says(person, kind, turn, turn.way)
        if person.hand.reason is not Hold.NONE:
            assert not np.any(command.twist)
            assert command.posture is None
            assert person.hand.reason.sentence.startswith("Held")
        assert (person.hand.reason is Hold.INPUT_LOST) == (not turn.there)


def leading(first: float = 0.0) -> Vector:
    return np.array([first, 0, 0, 0, 0, 0, 0])


def engaged_leader(mapping: Mapping = LEADER_DEFAULT) -> Person:
    person = Person(mapping, chain=Straight())
    for buttons in (0, 1, 0):
        person.lead(leading(), buttons)
    assert person.hand.reason is Hold.NONE
    return person


def test_a_leader_is_engaged_by_squeezing_and_releasing_its_trigger() -> None:
    person = Person(LEADER_DEFAULT, chain=Straight())
    reasons = []
    for buttons in (0, 0, 1, 1, 0):
        person.lead(leading(), buttons)
        reasons.append(person.hand.reason)
    assert reasons == [Hold.NOT_ENGAGED] * 4 + [Hold.NONE]


def test_a_trigger_that_was_squeezed_when_the_leader_came_does_not_engage_it() -> None:
    person = Person(LEADER_DEFAULT, chain=Straight())
    for buttons in (1, 1, 0, 0):
        person.lead(leading(), buttons)
    assert person.hand.reason is Hold.NOT_ENGAGED


def test_a_leader_that_stands_apart_is_not_engaged_and_says_how_far() -> None:
    person = Person(LEADER_DEFAULT, chain=Straight())
    for buttons in (0, 1, 0):
        person.lead(leading(0.5), buttons)
    assert person.hand.reason is Hold.APART
    assert person.hand.apart is not None
    assert person.hand.ghost is not None
    np.testing.assert_allclose(person.hand.apart, leading(0.5))
    np.testing.assert_allclose(person.hand.ghost, leading(0.5))
    person.hand.engage(True)
    person.lead(leading(0.5))
    person.lead(leading(0.1))
    assert person.hand.reason is Hold.NOT_ENGAGED, "what was asked for while apart is not kept for later"
    person.hand.engage(True)
    person.lead(leading(0.1))
    assert person.hand.reason is Hold.NONE
    assert person.hand.ghost is None


def test_a_robot_that_falls_far_behind_its_leader_is_let_go_of() -> None:
    person = engaged_leader()
    assert np.any(person.lead(leading(0.69)).twist)
    command = person.lead(leading(0.71))
    assert person.hand.reason is Hold.APART
    assert not np.any(command.twist)
    person.lead(leading(0.0))
    assert person.hand.reason is Hold.NOT_ENGAGED


def test_a_leader_with_a_dead_man_button_pressed_while_apart_has_to_be_pressed_anew() -> None:
    person = Person(Mapping(dead_man_button=0), chain=Straight())
    person.lead(leading(0.5))
    person.lead(leading(0.5), DEAD_MAN)
    assert person.hand.reason is Hold.APART
    person.lead(leading(), DEAD_MAN)
    assert person.hand.reason is Hold.PRESS_ANEW
    person.lead(leading())
    assert person.hand.reason is Hold.LET_GO
    person.lead(leading(), DEAD_MAN)
    assert person.hand.reason is Hold.NONE


@pytest.mark.parametrize("mapping", [CARRIED_DEFAULT, EXOSKELETON_DEFAULT, GAMEPAD_DEFAULT, LEADER_DEFAULT])
def test_a_reset_disengages(mapping: Mapping) -> None:
    person = Person(mapping, chain=Straight())
    button = mapping.dead_man_button
    held = 0 if button is None else 1 << button
    for buttons in (0, held or 1, held):
        if mapping in (CARRIED_DEFAULT, EXOSKELETON_DEFAULT):
            person.carry(pose_at(np.zeros(3)), buttons)
        elif mapping is LEADER_DEFAULT:
            person.lead(leading(), buttons)
        else:
            person.rest(buttons)
    assert person.hand.reason is Hold.NONE
    state = person.device.state
    person.hand.reset()
    person.turn(state)
    assert person.hand.reason in (Hold.PRESS_ANEW, Hold.NOT_ENGAGED)


def test_a_leaders_gripper_is_taken_over_where_it_stands() -> None:
    person = engaged_leader()
    assert person.lead(leading(), gripper=1.0).gripper == 1.0
    assert person.lead(leading(), gripper=0.2).gripper == pytest.approx(0.2)
    person(None)
    assert person.lead(leading(), gripper=1.0).gripper == pytest.approx(0.2)
    for buttons, opening in ((1, 0.6), (0, 1.0), (0, 1.0)):
        assert person.lead(leading(), buttons, opening).gripper == pytest.approx(0.2), "it carries something"
    assert person.hand.reason is Hold.NONE
    assert person.lead(leading(), gripper=0.25).gripper == pytest.approx(0.25)
    assert person.lead(leading(), gripper=0.9).gripper == pytest.approx(0.9)
