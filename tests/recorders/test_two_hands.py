"""The loop of a robot with two hands, with a keyboard and a SpaceMouse at once: no process, no sleep."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from policies import random_policy

from accord.datasets.policy_file import save
from accord.devices.command import Vector
from accord.devices.inputs.hidraw import MULTI_AXIS
from accord.devices.inputs.keyblock import KeyWriter
from accord.devices.inputs.keyboard import Keyboard
from accord.devices.inputs.keys import Key
from accord.devices.inputs.spacemouse import SpaceMouse
from accord.devices.limits import Hold as HoldReason
from accord.devices.sim.cameras import headings
from accord.devices.sim.replay import replay
from accord.devices.sim.workcell import Workcell
from accord.devices.source import ControlMode, Source
from accord.devices.sources.catalogue import HANDS
from accord.devices.sources.hand import Hand
from accord.devices.sources.hands import BOTH_MUST_REST, Hands
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.loop import Loop, Parts
from accord.recorders.requests import Hold, Reset, UsePolicy, UseSource, UseView
from accord.recorders.step import step_schema
from accord.recorders.step_log import StepLog
from accord.recorders.stepped_clock import SteppedClock

PERIOD_NS = 20_000_000
FORWARD, REST = bytes.fromhex("01 00 00 a2 fe 00 00"), bytes.fromhex("01 00 00 00 00 00 00")
PRESS, RELEASE = bytes.fromhex("03 01 00"), bytes.fromhex("03 00 00")


class Desk:
    """A person at a desk: a keyboard for the left hand, a SpaceMouse on a made-up USB port for the right one."""

    def __init__(self, folder: Path) -> None:
        self.keys, self.held = KeyWriter(), set[Key]()
        self.report = REST
        self._sysfs, self._dev = folder / "sys", folder / "dev"
        self._dev.mkdir()
        self.plug()
        self.devices = Keyboard(self.keys.name), SpaceMouse(self._sysfs, self._dev, self._open)
        for device in self.devices:
            device.open()

    def plug(self) -> None:
        self._hand, self._cable = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        device = self._sysfs / "hidraw2" / "device"
        device.mkdir(parents=True, exist_ok=True)
        device.joinpath("uevent").write_text("HID_ID=0003:0000256F:0000C635\nHID_NAME=3Dconnexion SpaceMouse\n")
        device.joinpath("report_descriptor").write_bytes(MULTI_AXIS)
        self._dev.joinpath("hidraw2").touch()
        self.plugged = True

    def unplug(self) -> None:
        self._hand.close()
        self._cable.close()
        self.plugged = False

    def _open(self, path: Path) -> int:
        return os.dup(self._cable.fileno())

    def say(self, t_ns: int) -> None:
        """What both devices report in this turn."""
        self.keys.publish(self.held, t_ns)
        if self.plugged:
            self._hand.send(self.report)

    def press(self) -> None:
        for report in (PRESS, RELEASE):
            self._hand.send(report)

    def close(self) -> None:
        for device in self.devices:
            device.close()
        self.keys.close()
        if self.plugged:
            self.unplug()


class Bench:
    """A loop on a table with two arms, driven from a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.robot = desk, Workcell("handover")
        schema = step_schema(self.robot.observation_fields, self.robot.state_size, hands=2)
        self.log, self.clock = StepLog(schema.dtype), SteppedClock(10**9)
        self.views = headings(self.robot)
        self.source: Source = self.person()
        parts = Parts(
            self.robot, self.robot, self.robot.limits, self.log, self.clock,
            lambda *_: self.source, self.views.get, lambda: False,
        )  # fmt: skip
        self.loop = Loop(parts)
        self.loop.follow(UseSource("keyboard+spacemouse"))

    def person(self) -> Source:
        view = self.views["above"]
        left, right = (Hand(d, HANDS[n], view) for d, n in zip(self.desk.devices, HANDS, strict=True))
        return Hands(left, right)

    def turns(self, count: int) -> NDArray[np.void]:
        first = self.log.head
        for _ in range(count):
            due_ns = 10**9 + self.log.head * PERIOD_NS
            self.clock.wait_until(due_ns)
            self.desk.say(due_ns)
            self.loop.turn(due_ns)
        return self.log.steps[first:].copy()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    desk = Desk(tmp_path)
    made = Bench(desk)
    yield made
    made.robot.close()
    desk.close()


def commands(steps: NDArray[np.void]) -> Vector:
    """(n, 14) both twists, then both grippers."""
    sent = (steps["sent/twist"], steps["sent/gripper"])
    return np.concatenate([field.reshape(len(steps), -1) for field in sent], axis=1)


def both_push(desk: Desk) -> None:
    desk.held, desk.report = {Key.D}, FORWARD


def both_rest(desk: Desk) -> None:
    desk.held, desk.report = set(), REST


def test_two_inputs_drive_both_arms_at_once_and_both_are_recorded(bench: Bench) -> None:
    assert set(bench.turns(10)["hold"]) <= {int(HoldReason.INPUT_LOST), int(HoldReason.NONE)}
    both_push(bench.desk)
    steps = bench.turns(30)
    assert set(steps["hold"]) == {int(HoldReason.NONE)}
    assert set(steps["mode"]) == {int(ControlMode.HUMAN)}
    axes = steps["input/axes"][-1]
    assert axes.shape == (2, 6)
    assert np.count_nonzero(axes, axis=1).tolist() == [1, 1], "each says its own"
    assert steps["input/t_ns"].shape == (30, 2)
    left, right = steps["sent/twist"][-1]
    assert left[1] < -0.05, "the left arm goes right, as seen from between the shoulders"
    assert right[0] > 0.05, "the right arm goes ahead"
    moved = steps["observation/hand_position"][-1] - steps["observation/hand_position"][0]
    assert moved[0, 1] < -0.02
    assert moved[1, 0] > 0.02


def test_each_gripper_has_its_own_button_and_what_was_sent_replays_bit_for_bit(bench: Bench) -> None:
    bench.loop.follow(Reset(3))
    bench.loop.follow(UseSource("keyboard+spacemouse"))
    bench.turns(10)
    both_push(bench.desk)
    bench.turns(20)
    bench.desk.press()
    bench.turns(20)
    bench.desk.held = {Key.D, Key.G}
    bench.turns(20)
    steps = bench.log.steps
    sent = steps["sent/gripper"]
    assert sent[0].tolist() == [1.0, 1.0]
    assert sent[35].tolist() == [1.0, 0.0]
    assert sent[-1].tolist() == [0.0, 0.0]
    assert set(steps["input/buttons"][-1]) != {0}
    again = replay("handover", steps["physics/state"][0], commands(steps), 50.0, bench.robot.model_xml)
    assert again.tobytes() == steps["physics/state"].tobytes()


def test_one_device_unplugged_holds_both_arms_until_both_have_rested(bench: Bench) -> None:
    bench.turns(10)
    both_push(bench.desk)
    bench.turns(10)
    bench.desk.unplug()
    lost = bench.turns(3)
    assert set(lost["hold"]) == {int(HoldReason.INPUT_LOST)}
    assert not np.any(lost["sent/twist"])
    report = bench.loop.report()
    assert not report.input_connected
    assert report.input_detail
    bench.desk.plug()
    bench.desk.report = REST
    back = bench.turns(60)
    assert back["hold"][-1] == HoldReason.MUST_REST, "the keyboard is still pushed"
    assert bench.loop.report().hold_text == BOTH_MUST_REST
    assert not np.any(back["sent/twist"])
    both_rest(bench.desk)
    bench.turns(20)  # an axis of the keyboard falls back within a few
    both_push(bench.desk)
    assert np.all(np.linalg.norm(bench.turns(10)["sent/twist"][-1, :, :3], axis=1) > 0.05)


def test_a_hold_makes_both_rest_and_another_view_is_for_both(bench: Bench) -> None:
    bench.turns(10)
    both_push(bench.desk)
    seen_above = bench.turns(20)["sent/twist"][-1]
    bench.loop.follow(UseView("front"))
    np.testing.assert_allclose(bench.turns(1)["sent/twist"][-1, :, :3], -seen_above[:, :3], atol=2e-3)
    bench.loop.follow(Hold(True))
    bench.turns(2)
    bench.loop.follow(Hold(False))
    assert set(bench.turns(2)["hold"]) == {int(HoldReason.MUST_REST)}


def test_a_scripted_handover_is_scored_while_it_goes_on(bench: Bench, tmp_path: Path) -> None:
    policy = random_policy(dtype=bench.log.dtype)
    assert policy.commanded.size == 14
    save(policy, tmp_path / "policy")
    bench.loop.follow(UsePolicy(tmp_path / "policy"))
    assert not bench.loop.status.message
    bench.loop.follow(Reset(0))
    bench.source = ScriptedOperator("handover", "meets-low", 0)
    bench.loop.follow(UseSource("scripted:meets-low"))
    steps = bench.turns(60)
    assert set(steps["mode"]) == {int(ControlMode.SCRIPTED)}
    assert not np.any(steps["input/axes"])
    np.testing.assert_allclose(steps["score/error"], policy.score_steps(steps).error, rtol=1e-3)
