"""A leader that is the same kind of arm as the robot, against the real workcell."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from wired import MS, PERIOD_S, Wired

from accord.devices.command import Observation, Vector
from accord.devices.input import InputState
from accord.devices.joint_map import JointMap
from accord.devices.limits import Hold
from accord.devices.mapping import LEADER_DEFAULT, Follow, Mapping
from accord.devices.sim.poses import turn_between
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.hand import Hand

WAYS = np.array([0.3, 0.2, 0.3, 0.2, 0.3, 0.2, 0.3])
"""How far each joint swings [rad]."""


class Leading:
    """A leader arm in somebody's hand, and the workcell that it leads."""

    def __init__(self, cell: Workcell, mapping: Mapping = LEADER_DEFAULT) -> None:
        cell.reset(0)
        cell.limits.reset()
        self.cell, self.device = cell, Wired("leader")
        self.hand = Hand(self.device, mapping, None, cell.chains[0], PERIOD_S)
        self.t_ns = 1000 * MS
        self.seen = cell.observe(self.t_ns)
        self.start = self.seen.joint_position.copy()
        self.reason = Hold.NONE
        self.twist, self.posture = np.zeros(6), None

    def __call__(self, joints: Vector | None, buttons: int = 0, pose: Vector | None = None) -> Observation:
        """One turn; what the robot is after it."""
        self.t_ns += 20 * MS
        self.device.state = None if joints is None else InputState(
            buttons=buttons, t_ns=self.t_ns, joints=joints, pose=pose, gripper=1.0 - (buttons & 1)
        )  # fmt: skip
        command = self.hand.command(self.seen, self.t_ns)
        self.reason = self.hand.reason
        if self.reason is Hold.NONE:
            command, self.reason = self.cell.limits.apply(command, self.seen, self.t_ns)
        else:
            command = self.cell.limits.hold(command.source, self.t_ns)
        self.twist = command.twist
        self.cell.apply(command)
        self.seen = self.cell.observe(self.t_ns + 20 * MS)
        return self.seen

    def engage(self, joints: Vector | None = None) -> None:
        for buttons in (0, 1, 0):
            self(self.start if joints is None else joints, buttons)
        assert self.reason is Hold.NONE

    def error(self, joints: Vector) -> float:
        """The largest of any joint [rad]."""
        return float(np.abs(self.seen.joint_position - joints).max())


@pytest.fixture(scope="module")
def cell() -> Workcell:
    return Workcell("square-nut")


def swinging(start: Vector, speed: float, seconds: float) -> Iterator[Vector]:
    """Every joint to and fro at no more than this speed [rad/s]."""
    for turn in range(round(seconds / PERIOD_S)):
        yield start + WAYS * np.sin(speed / WAYS.max() * turn * PERIOD_S)


@pytest.mark.parametrize("speed", [0.1, 0.25])
def test_the_robots_joints_follow_a_slow_leader_and_rest_where_it_rests(cell: Workcell, speed: float) -> None:
    lead = Leading(cell)
    lead.engage()
    errors = []
    for joints in swinging(lead.start, speed, 6.0):
        lead(joints)
        assert lead.reason is Hold.NONE
        errors.append(lead.error(joints))
    assert max(errors) < 0.02
    for _ in range(100):
        lead(joints)
    assert lead.error(joints) < 1e-3
    assert np.abs(joints - lead.start).max() > 0.05, "it went somewhere"


def test_a_fast_leader_is_followed_at_the_limit_and_caught_up_with(cell: Workcell) -> None:
    lead = Leading(cell)
    lead.engage()
    speeds = []
    for joints in swinging(lead.start, 0.5, 1.0):
        lead(joints)
        speeds.append(float(np.linalg.norm(lead.twist[:3])))
    assert max(speeds) == pytest.approx(cell.limits.bounds.linear)
    assert lead.reason is Hold.NONE
    for _ in range(150):
        lead(joints)
    assert lead.error(joints) < 1e-3


def test_a_leader_that_goes_through_the_table_is_stopped_at_it(cell: Workcell) -> None:
    lead = Leading(cell)
    lead.engage()
    chain, (place, turn) = cell.chains[0], cell.chains[0].hand(lead.start)
    joints, lowest, floor = lead.start, 1.0, cell.limits.bounds.lower[2]
    for depth in np.arange(0.0, place[2] + 0.05, 0.003):
        joints = chain.towards(joints, place - np.array([0.0, 0.0, depth]), turn, lead.start)
        seen = lead(joints)
        lowest = min(lowest, float(seen.hand_position[2]))
        if lead.reason is not Hold.NONE:
            break
    assert chain.hand(joints)[0][2] < 0.0, "the leader is under the table"
    assert floor - 0.001 < lowest < floor + 0.01
    for _ in range(20):
        lead(joints)
        lowest = min(lowest, float(lead.seen.hand_position[2]))
    assert lowest > floor - 0.001


def test_a_leader_at_another_place_does_not_move_the_robot_until_it_comes_near(cell: Workcell) -> None:
    lead = Leading(cell)
    away = lead.start + np.array([0, 0, 0, 0, 0, 0, 0.8])
    for buttons in (0, 1, 0):
        lead(away, buttons)
        assert lead.reason is Hold.APART
    assert lead.hand.apart is not None
    np.testing.assert_allclose(lead.hand.apart, away - lead.start, atol=0.05)
    assert lead.error(lead.start) < 0.02
    lead.engage(lead.start + 0.25 * (away - lead.start))


def test_a_leader_that_is_lost_holds_and_has_to_be_engaged_anew(cell: Workcell) -> None:
    lead = Leading(cell)
    lead.engage()
    for joints in swinging(lead.start, 0.25, 0.6):
        lead(joints)
    lead(None)
    assert lead.reason is Hold.INPUT_LOST
    assert lead.hand.ghost is None
    for _ in range(10):
        lead(joints)
        assert lead.reason is Hold.NOT_ENGAGED
        assert not np.any(lead.twist)
    lead.engage(joints)


def test_while_the_clutch_is_held_the_robot_stays(cell: Workcell) -> None:
    lead = Leading(cell, replace(LEADER_DEFAULT, clutch_button=4))
    lead.engage()
    for joints in swinging(lead.start, 0.25, 1.0):
        lead(joints)
    lead(joints)
    before = lead.seen.joint_position.copy()
    for _ in range(25):
        lead(joints + 0.1, 1 << 4)
        assert lead.reason is Hold.NONE
    assert lead.error(before) < 0.01
    for _ in range(100):
        lead(joints + 0.1)
    assert lead.error(joints + 0.1) < 1e-3


def test_another_kind_of_leader_leads_by_its_joint_map(cell: Workcell) -> None:
    """Six joints, two of them the other way round, and the robot's third one left where it is."""
    lead = Leading(cell)
    order, signs = (0, 1, -1, 2, 3, 4, 5), (1, -1, 1, 1, -1, 1, 1)
    offsets = tuple(float(x) for x in lead.start)
    lead = Leading(cell, replace(LEADER_DEFAULT, joints=JointMap(order, signs, (), offsets)))
    lead.engage(np.zeros(6))
    for angle in np.linspace(0.0, 0.15, 100):
        lead(np.full(6, angle))
    for _ in range(100):
        lead(np.full(6, 0.15))
    assert lead.error(lead.start + 0.15 * np.array([1, -1, 0, 1, -1, 1, 1])) < 1e-3


def test_a_leader_that_does_not_fit_says_so_or_is_followed_by_its_hand(cell: Workcell) -> None:
    lead = Leading(cell)
    lead(np.zeros(6))
    assert lead.reason is Hold.NOT_ENGAGED
    assert lead.hand.health().detail == (
        "Wanted joints for the 7 of the robot, found 6 of the leader: "
        "map each joint in the profile, or follow the hand."
    )
    lead(np.zeros(6), pose=np.array([0, 0, 0, 1.0, 0, 0, 0]))
    assert lead.hand.health().detail == ""
    assert lead.hand.apart is None, "followed by the pose of its hand"
    lead.hand.use_mapping(0, replace(LEADER_DEFAULT, follow=Follow.JOINTS))
    lead(np.zeros(6), pose=np.array([0, 0, 0, 1.0, 0, 0, 0]))
    assert "6 of the leader" in lead.hand.health().detail


def test_a_robot_without_a_chain_cannot_be_led() -> None:
    device = Wired("leader", InputState(joints=np.zeros(7)))
    hand = Hand(device, LEADER_DEFAULT)
    assert "without a chain" in (hand.command(Workcell("square-nut").observe(0), 0) and hand.health().detail)
    assert hand.reason is Hold.NOT_ENGAGED


def test_after_a_leader_nothing_moves_while_another_device_is_held_or_at_rest(cell: Workcell) -> None:
    lead = Leading(cell)
    lead.engage()
    aside = lead.start + 0.5 * elbow(cell, lead.start)
    for joints in np.linspace(lead.start, aside, 100):
        lead(joints)
    puck, limits = Wired("puck"), cell.limits
    hand = Hand(puck, Mapping(), None, None, PERIOD_S)

    def push(speed: float | None) -> Vector:
        lead.t_ns += 20 * MS
        puck.state = None if speed is None else InputState(speed * np.eye(6)[0], t_ns=lead.t_ns)
        command = hand.command(lead.seen, lead.t_ns)
        if hand.reason is Hold.NONE:
            command, _ = limits.apply(command, lead.seen, lead.t_ns)
        else:
            command = limits.hold(command.source, lead.t_ns)
        cell.apply(command)
        lead.seen = cell.observe(lead.t_ns + 20 * MS)
        return lead.seen.joint_position.copy()

    for standing in (0.0, None):
        for speed in (0.0, 0.2):
            push(speed)
        for _ in range(10):  # the last motion ends
            push(standing)
        before = push(standing)
        for _ in range(100):
            after = push(standing)
        np.testing.assert_allclose(after, before, atol=0.01)


def elbow(cell: Workcell, joints: Vector) -> Vector:
    """(n,) the way of the joints that leaves the hand where it is, the furthest one going by 1."""
    place, turn = cell.chains[0].hand(joints)
    columns = []
    for one in np.eye(len(joints)) * 1e-5:
        moved, turned = cell.chains[0].hand(joints + one)
        columns.append(np.concatenate((moved - place, turn_between(turn, turned))))
    way = np.linalg.svd(np.stack(columns, axis=1))[2][-1]
    return way / np.abs(way).max()
