"""What the page of a small leader's mapping says it is followed by, and why."""

from dataclasses import replace

import numpy as np
import pytest

from accord.app.ui.mapping_moment import Moment, ask
from accord.devices.input import InputState
from accord.devices.joint_map import STILL, JointMap
from accord.devices.mapping import LEADER_DEFAULT, SMALL_LEADER_DEFAULT, Follow
from accord.devices.rotation import IDENTITY
from accord.devices.sources.followed import followed, instead

POSE = np.concatenate((np.zeros(3), IDENTITY))
FIVE = InputState(joints=np.zeros(5), pose=POSE, gripper=1.0)
WHY = "The robot follows where its hand is, not its 5 joints, which do not fit the robot's 7."


def step(joints: int) -> np.void:
    """The newest step of a robot with so many."""
    fields = [("observation/joint_position", "f8", (joints,)), ("observation/hand_position", "f8", (3,))]
    made: np.void = np.zeros(1, dtype=fields)[0]
    return made


@pytest.mark.parametrize("newest", [step(7), None], ids=["a robot", "no robot yet"])
def test_a_leader_of_five_joints_is_followed_by_its_hand_and_that_is_said(newest: np.void | None) -> None:
    asked = ask(SMALL_LEADER_DEFAULT, Moment("so101", FIVE, newest=newest))
    assert (asked.follow, asked.problem) == (Follow.POSE, "")
    assert asked.note.startswith(WHY)


def test_what_is_to_be_done_now_is_said_first() -> None:
    asked = ask(SMALL_LEADER_DEFAULT, Moment("so101", FIVE, newest=step(7), drives=True, hold_text="Held."))
    assert asked.note == "Held."


def test_a_robot_of_five_joints_is_led_joint_by_joint() -> None:
    asked = ask(SMALL_LEADER_DEFAULT, Moment("so101", FIVE, newest=step(5)))
    assert (asked.follow, asked.problem) == (Follow.JOINTS, "")
    assert WHY[:20] not in asked.note


def test_nobody_asks_why_where_somebody_chose_it_or_where_there_are_no_joints() -> None:
    assert instead(FIVE, replace(SMALL_LEADER_DEFAULT, follow=Follow.POSE), Follow.POSE, 7) == ""
    assert instead(replace(FIVE, joints=None), SMALL_LEADER_DEFAULT, Follow.POSE, 7) == ""
    assert instead(FIVE, SMALL_LEADER_DEFAULT, Follow.JOINTS, 5) == ""
    nobody = instead(FIVE, SMALL_LEADER_DEFAULT, Follow.POSE, None)
    assert nobody == "The robot follows where its hand is, not its 5 joints, and this robot has none that can be led."


def test_joints_that_are_mapped_one_by_one_lead() -> None:
    mapped = replace(SMALL_LEADER_DEFAULT, joints=JointMap(order=(0, 1, STILL, 2, STILL, 3, 4)))
    assert followed("so101", FIVE, mapped, 7) == (Follow.JOINTS, "")
    assert ask(mapped, Moment("so101", FIVE)).follow is Follow.JOINTS


def test_a_leader_that_says_no_pose_leads_joints_or_nothing() -> None:
    seven = InputState(joints=np.zeros(7), gripper=1.0)
    assert ask(LEADER_DEFAULT, Moment("gello", seven)).follow is Follow.JOINTS
    six = ask(LEADER_DEFAULT, Moment("gello", InputState(joints=np.zeros(6), gripper=1.0), newest=step(7)))
    assert six.follow is None
    assert six.problem.startswith("Wanted joints for the 7 of the robot, found 6 of the leader")
