"""A cube that is lifted with a leader of five joints: its own kinematics, the loop's way to the robot, no wire.

The same over the real wire: `benchmarks/devices.py --episodes FOLDER --devices koch so101`.
"""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from wired import MS, PERIOD_S, Wired
from wires.arm import AT_EASE, ArmWire
from wires.people import PACE
from wires.reaching import FLOOR_M, Reaching

from accord.devices.command import Vector
from accord.devices.input import InputState
from accord.devices.inputs.kinds import kind_named
from accord.devices.inputs.leader import TRIGGER_BUTTON
from accord.devices.inputs.leaders import LEADERS
from accord.devices.limits import Hold
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.hand import Hand
from accord.devices.sources.plans.catalogue import strategies
from accord.devices.sources.scripted import ScriptedOperator

TOO_LONG = 6000
"""Turns: two minutes."""


class Holding:
    """A leader in somebody's hand, and the robot that its hand moves. Stands in for an `ArmWire`."""

    def __init__(self, name: str, scale: float) -> None:
        chain = LEADERS[name].chain
        assert chain is not None
        self.chain, self.setup = chain, SimpleNamespace(kind=name)
        self.mapping = replace(kind_named(name).mapping, scale=scale)
        self.pose = np.array(AT_EASE)
        self.cell, self.device = Workcell("lift"), Wired(name)
        self.cell.reset(0)
        self.hand = Hand(self.device, self.mapping, None, self.cell.chains[0], PERIOD_S)
        self.person = Reaching(cast(ArmWire, self), lambda: self.hand.engage(False))
        self.t_ns, self.turns, self.lowest = 1000 * MS, 0, np.inf
        self.engaged: list[float] = []
        """How far the gripper was open whenever it was engaged [1]."""
        self.seen = self.cell.observe(self.t_ns)
        self.pointed = self.points

    def move(self, joints: Vector, opening: float) -> None:
        """Stand so, see `ArmWire`."""
        pose = self.chain.pose(joints)
        self.lowest = min(self.lowest, float(pose[2]))
        buttons = int(opening < 0.2) << TRIGGER_BUTTON
        self.device.state = InputState(buttons=buttons, joints=joints.copy(), pose=pose, gripper=opening)

    def turn(self) -> None:
        """One of the loop."""
        self.t_ns, self.turns = self.t_ns + 20 * MS, self.turns + 1
        assert self.turns < TOO_LONG, "for ever"
        assert self.device.state is not None
        self.device.state = replace(self.device.state, t_ns=self.t_ns)
        command = self.hand.command(self.seen, self.t_ns)
        if self.hand.reason is Hold.NONE:
            command, _ = self.cell.limits.apply(command, self.seen, self.t_ns)
        else:
            command = self.cell.limits.hold(command.source, self.t_ns)
        self.cell.apply(command)
        self.seen = self.cell.observe(self.t_ns)

    def engage(self) -> None:
        """Squeeze and release the trigger, with the leader where it is at ease."""
        self.engaged.append(self.hand.gripper)
        for opening in (1.0, 0.0):
            self.move(self.pose, opening)
            self.turn()
        self.person.begin()
        self.turn()
        assert self.hand.reason is Hold.NONE

    def lift(self, rests_at: int = -1) -> None:
        """Do the task.

        Args:
            rests_at: after so many turns with the gripper closed the person lets go once, to rest.
        """
        closed = 0
        operator, slow_ns = ScriptedOperator("lift", strategies("lift")[0], 0), 1000 * MS
        while not self.cell.succeeded():
            closed += self.hand.gripper < 0.5
            assert not closed or self.hand.gripper < 0.5, "it was dropped"
            if closed == rests_at:
                rests_at = -1
                self.hand.engage(False)
                self.turn()
            if self.hand.reason is not Hold.NONE:
                assert self.hand.reason in (Hold.NOT_ENGAGED, Hold.MUST_REST), "nobody but the person lets go"
                self.engage()
            command = operator.command(self.cell.observe(slow_ns), slow_ns)
            twist, gripper = PACE * np.atleast_2d(command.twist), np.atleast_1d(command.gripper)
            if self.person.move(twist, gripper, np.void(b""), PERIOD_S):
                slow_ns += int(PACE * 20 * MS)
            self.turn()

    @property
    def points(self) -> Vector:
        """(3,) where the robot's hand points."""
        w, x, y, z = self.seen.hand_quaternion
        return np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])


@pytest.mark.parametrize("name", ["koch", "so101"])
def test_a_cube_is_lifted_as_the_leader_comes_out_of_its_box(name: str) -> None:
    holding = Holding(name, kind_named(name).mapping.scale)
    holding.lift()
    assert holding.lowest >= FLOOR_M, "the leader stands on a table too"
    np.testing.assert_allclose(holding.points, holding.pointed, atol=0.02, err_msg="the robot keeps its tilt")


def test_who_comes_to_the_end_of_the_reach_lets_go_and_goes_on_from_the_middle() -> None:
    holding = Holding("koch", 0.8)
    holding.lift()
    assert len(holding.engaged) > 2, "more than once anew"


def test_who_lets_go_while_something_is_carried_takes_the_leader_anew_and_drops_nothing() -> None:
    holding = Holding("so101", 2.0)
    holding.lift(rests_at=60)
    assert holding.engaged[0] == 1.0
    assert holding.engaged[-1] < 0.1, "with the cube between the fingers"
