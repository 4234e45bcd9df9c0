"""Policies that drive: what they are shown, what they may say, and what becomes of it."""

from dataclasses import replace

import numpy as np
import pytest
from episodes import OBSERVATION, SCHEMA, made_up_steps
from policies import proposed, random_policy
from rollouts import run

from accord.datasets.errors import AccordError, PolicyError
from accord.datasets.schema import Field
from accord.devices.command import Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.limits import Hold
from accord.devices.policies.catalogue import PolicyName, Sight
from accord.devices.policies.ensemble import EnsemblePolicy
from accord.devices.policies.policy import AtOnce, checked, hands_of
from accord.devices.sim.workcell import Workcell
from accord.devices.source import ControlMode
from accord.devices.sources.policy import Asking, PolicySource

T_NS = 1_000_000_000
PERIOD_NS = 20_000_000


def seen(t_ns: int = T_NS, hands: int = 1) -> Observation:
    """Something to see."""
    both = (hands,) if hands > 1 else ()
    return Observation(
        t_ns=t_ns, joint_position=np.zeros(7), joint_velocity=np.zeros(7),
        hand_position=np.full((*both, 3), 0.3), hand_quaternion=np.broadcast_to([0.0, 1.0, 0.0, 0.0], (*both, 4)),
        gripper_width=np.full(both, 0.08) if both else 0.08, objects={"nut": np.array([0.4, 0.1, 0, 1, 0, 0, 0])},
    )  # fmt: skip


class Told:
    """A policy that says what it was told to say, one answer after another, and remembers what it was shown."""

    def __init__(self, *answers: object) -> None:
        self.answers, self.steps = list(answers), []  # type: ignore[var-annotated]

    def act(self, step: np.void) -> Vector:
        self.steps.append(step)
        return self.answers.pop(0)


class Late:
    """A distant policy whose answer comes when the test says so."""

    def __init__(self) -> None:
        self.asked: list[np.void] = []
        self.rows: Vector | None = None
        self.waits: list[float] = []

    def ask(self, step: np.void) -> None:
        self.asked.append(step)

    def answer(self, within_s: float) -> Vector | None:
        self.waits.append(within_s)
        rows, self.rows = self.rows, None
        return rows


def rows(count: int, first: float = 0.0) -> Vector:
    """Commands that can be told apart."""
    told = np.tile([first, 0, 0, 0, 0, 0, 0.5], (count, 1))
    told[:, 0] += np.arange(count) / 100
    return told


def source(policy: object, **changes: object) -> PolicySource:
    return PolicySource(policy, "told", OBSERVATION, 50.0, **changes)  # type: ignore[arg-type]


def test_an_answer_is_followed_to_its_end_and_then_the_policy_is_asked_again() -> None:
    policy = Told(rows(3), rows(2, first=0.1))
    driver = source(policy)
    commands = [driver.command(seen(T_NS + i * PERIOD_NS), T_NS + i * PERIOD_NS) for i in range(5)]
    assert np.allclose([command.twist[0] for command in commands], [0.0, 0.01, 0.02, 0.1, 0.11])
    assert [command.t_ns for command in commands] == [T_NS + i * PERIOD_NS for i in range(5)], "planned for its moment"
    assert [int(step["observation/t_ns"]) for step in policy.steps] == [T_NS, T_NS + 3 * PERIOD_NS]
    assert {command.source for command in commands} == {"policy:told"}
    assert driver.mode is ControlMode.POLICY


def test_a_horizon_cuts_answers_short() -> None:
    policy = Told(rows(9), rows(9), rows(9))
    driver = source(policy, asking=Asking(horizon=2))
    for i in range(6):
        driver.command(seen(T_NS + i * PERIOD_NS), T_NS + i * PERIOD_NS)
    assert len(policy.steps) == 3


def test_a_policy_is_shown_the_fields_of_a_step_as_they_are_recorded() -> None:
    policy, robot = Told(rows(1)), Workcell()
    driver = PolicySource(policy, "told", robot.observation_fields, 50.0, robot)
    step = run(robot, driver, seed=3, most_s=0.02)[0]
    shown = policy.steps[0]
    assert set(shown.dtype.names) == {n for n in step.dtype.names if n.startswith("observation/")} | {"physics/state"}
    for name in shown.dtype.names:
        assert np.array_equal(shown[name], step[name]), name


def test_two_hands_get_both_twists_and_both_openings() -> None:
    fields = tuple(replace(field, shape=(2, *field.shape)) if "hand" in field.name else field for field in OBSERVATION)
    fields = tuple(replace(f, shape=(2,)) if f.name == "observation/gripper_width" else f for f in fields)
    assert (hands_of(OBSERVATION), hands_of(fields)) == (1, 2)
    answer = np.concatenate([np.full(6, 0.1), np.full(6, 0.2), [0.3, 0.4]])[None]
    command = PolicySource(Told(answer), "told", fields, 50.0).command(seen(hands=2), T_NS)
    assert np.array_equal(command.twist, np.stack([np.full(6, 0.1), np.full(6, 0.2)]))
    assert np.array_equal(command.gripper, [0.3, 0.4])


def test_a_policy_drives_a_robot_with_two_hands() -> None:
    robot = Workcell("handover")
    answer = np.zeros((30, 14))
    answer[:, 2], answer[:, 8] = 0.1, 0.05  # up with the left, and half as fast with the right
    answer[:, 12:] = 1.0, 0.0
    driver = PolicySource(Told(answer), "told", robot.observation_fields, 50.0, robot)
    steps = run(robot, driver, seed=0, most_s=0.6)
    assert not steps["hold"].any()
    risen = steps["observation/hand_position"][-1, :, 2] - steps["observation/hand_position"][0, :, 2]
    assert risen == pytest.approx([0.055, 0.0275], abs=0.01)
    closed = steps["observation/gripper_width"][-1]
    assert closed[1] < 0.05 < closed[0]


WRONG = {
    "five numbers": (np.zeros((8, 5)), "(n, 7)", "(8, 5)"),
    "one row without its axis": (np.zeros(7), "(n, 7)", "(7,)"),
    "no row": (np.zeros((0, 7)), "(n, 7)", "(0, 7)"),
    "one axis too many": (np.zeros((1, 8, 7)), "(n, 7)", "(1, 8, 7)"),
    "a map": ({"actions": [[0.0] * 7]}, "(n, 7)", "shape () of object"),
    "a list of words": ([["left"] * 7], "(n, 7)", "<U4"),
    "lists of different lengths": ([[0.0] * 7, [0.0] * 6], "(n, 7)", "a list that is no array"),
    "words": (np.full((1, 7), "left"), "(n, 7)", "<U4"),
    "imaginary numbers": (np.zeros((1, 7), complex), "(n, 7)", "complex"),
    "no numbers": (np.full((1, 7), np.nan), "finite", "not"),
    "endless ones": (np.full((1, 7), -np.inf), "finite", "not"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_command_is_said_once_and_holds_the_robot(what: str) -> None:
    answer, wanted, found = WRONG[what]
    policy, robot = Told(rows(2), answer), Workcell()
    driver = PolicySource(policy, "told", robot.observation_fields, 50.0, robot)
    steps = run(robot, driver, seed=0, most_s=0.2)
    assert list(steps["hold"]) == [Hold.NONE] * 2 + [Hold.STALE_COMMAND] * 8
    assert not steps["sent/twist"][2:].any()
    assert np.all(steps["sent/gripper"][2:] == 0.5), "a held robot keeps what it has in its hand"
    assert len(policy.steps) == 2, "it is not asked again"
    assert isinstance(driver.failure, DeviceError)
    assert wanted in str(driver.failure)
    assert found in str(driver.failure)
    with pytest.raises(DeviceError, match="told"):
        checked(answer, 1, "told")


def test_whole_numbers_and_float32_are_commands_too() -> None:
    for kind in ("int64", "uint8", "float32"):
        assert checked(np.ones((2, 7), kind), 1, "told").dtype == np.float64


def test_a_list_of_lists_is_commands_too() -> None:
    driver = source(Told([[0.01] * 6 + [0.5], [0.02] * 6 + [0.5]]))
    assert [driver.command(seen(T_NS), T_NS).twist[0] for _ in range(2)] == [0.01, 0.02]
    assert driver.failure is None


def test_a_view_is_sent_once() -> None:
    with pytest.raises(DeviceError, match="each view once, found front,front"):
        Sight(("front", "front"))


# Answers that are late ---------------------------------------------------------------------------------------------


def test_while_an_answer_is_late_the_last_command_grows_old_until_limits_hold_the_robot() -> None:
    policy, robot = Late(), Workcell()
    driver = PolicySource(policy, "late", robot.observation_fields, 50.0, robot)
    policy.rows = rows(2, first=0.05)
    steps = run(robot, driver, seed=0, most_s=0.24)
    assert list(steps["hold"]) == [Hold.NONE] * 5 + [Hold.STALE_COMMAND] * 7, "100 ms after the moment it was meant for"
    assert driver.failure is None
    assert len(policy.asked) == 2, "asked once, not once a turn"


def test_before_the_first_answer_the_robot_is_held() -> None:
    steps = run(robot := Workcell(), PolicySource(Late(), "late", robot.observation_fields, 50.0, robot), 0, most_s=0.1)
    assert set(steps["hold"]) == {int(Hold.STALE_COMMAND)}


def test_an_answer_that_is_a_little_late_is_followed() -> None:
    policy = Late()
    driver = source(policy)
    driver.command(seen(), T_NS)
    policy.rows = rows(2, first=0.1)
    command = driver.command(seen(T_NS + 3 * PERIOD_NS), T_NS + 3 * PERIOD_NS)
    assert command.twist[0] == 0.1
    assert command.t_ns == T_NS, "with the time of what it rests on"


def test_an_answer_that_rests_on_old_news_is_not_followed_but_the_policy_asked_again() -> None:
    policy = Late()
    driver = source(policy)
    driver.command(seen(), T_NS)
    policy.rows = rows(2, first=0.1)
    later_ns = T_NS + 5 * PERIOD_NS
    command = driver.command(seen(later_ns), later_ns)
    assert later_ns - command.t_ns > 80_000_000, "too old for the limits"
    assert [int(step["observation/t_ns"]) for step in policy.asked] == [T_NS, later_ns]
    assert driver.too_late == 1
    policy.rows = rows(2, first=0.2)
    assert driver.command(seen(later_ns), later_ns).twist[0] == 0.2


def test_a_question_is_waited_for_as_told_and_then_a_period_a_turn_until_patience_is_over() -> None:
    policy = Late()
    driver = source(policy, asking=Asking(wait_s=0.5, patience_s=0.55))
    for i in range(5):
        driver.command(seen(), T_NS + i * PERIOD_NS)
    assert np.allclose(policy.waits, [0.5, 0.02, 0.02, 0.01])
    assert "within 0.55 s" in str(driver.failure)


def test_who_waits_for_nothing_still_loses_patience() -> None:
    policy = Late()
    driver = source(policy, asking=Asking(wait_s=0.0, patience_s=0.03))
    for i in range(4):
        driver.command(seen(), T_NS + i * PERIOD_NS)
    assert np.allclose(policy.waits, [0.0, 0.02, 0.01])
    assert driver.failure is not None


@pytest.mark.parametrize("wrong", [{"horizon": -1}, {"wait_s": -0.1}, {"wait_s": np.nan}, {"patience_s": 0.0}])
def test_an_impossible_way_of_asking_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(DeviceError, match="Wanted"):
        Asking(**wrong)  # type: ignore[arg-type]


# The base ensemble -------------------------------------------------------------------------------------------------


def test_the_mean_is_what_the_base_policy_proposes_and_the_members_are_its_parts() -> None:
    base = random_policy()
    steps = made_up_steps(20, np.random.default_rng(1))
    firsts = proposed(base, base.observations(steps))[:, 0]
    mean = np.concatenate([EnsemblePolicy(base).act(step) for step in steps])
    members = [np.concatenate([EnsemblePolicy(base, k).act(step) for step in steps]) for k in (1, 2, 3, 4, 5)]
    assert np.allclose(mean, firsts, rtol=1e-4, atol=1e-6)
    assert np.allclose(np.mean(members, axis=0), mean, rtol=1e-4, atol=1e-5)
    assert all(not np.allclose(member, mean) for member in members)


@pytest.mark.parametrize("member", [0, 6, 99])
def test_a_member_that_is_none_is_refused(member: int) -> None:
    with pytest.raises(PolicyError, match="member 1 to 5 of random"):
        EnsemblePolicy(random_policy(), member)


def test_a_base_policy_holds_the_robot_when_it_sees_no_numbers() -> None:
    driver = source(AtOnce(EnsemblePolicy(random_policy())))
    command = driver.command(replace(seen(), hand_position=np.full(3, np.nan)), T_NS)
    assert isinstance(driver.failure, PolicyError)
    assert T_NS - command.t_ns > 80_000_000


def test_a_base_policy_of_other_fields_says_which() -> None:
    fields = tuple(replace(f, name=f.name.replace("nut", "cube")) for f in OBSERVATION)
    driver = PolicySource(EnsemblePolicy(random_policy(dtype=SCHEMA.dtype)), "x", fields, 50.0)
    driver.command(replace(seen(), objects={"cube": np.array([0.4, 0.1, 0, 1, 0, 0, 0])}), T_NS)
    assert "nut_position" in str(driver.failure)


# Names -------------------------------------------------------------------------------------------------------------


def test_names_are_taken_apart() -> None:
    assert PolicyName.read("base") == PolicyName("base", "base")
    assert PolicyName.read("base#2") == PolicyName("base#2", "base", 2)
    assert PolicyName.read("ws://127.0.0.1:8000").remote
    assert PolicyName.read("wss://[::1]:8000/x").remote


@pytest.mark.parametrize(
    "text",
    ["", "#2", "base#", "base#x", "base#-1", "base#²", "http://x:1", "ws://", "ws://:80", "ws://x:no", "ws://x:0"],
)
def test_names_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(AccordError, match="Wanted"):
        PolicyName.read(text)


def test_fields_of_a_robot_without_a_gripper_are_one_hand() -> None:
    assert hands_of((Field("observation/hand_position", (3,), "float64", "m"),)) == 1
