"""The loop with a clock it is given: no process, no sleep."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from accord.devices.command import Command, Observation
from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.limits import Hold as HoldReason
from accord.devices.mapping import CARRIED_DEFAULT, SPACEMOUSE_DEFAULT, Frame
from accord.devices.sim.replay import replay
from accord.devices.sim.workcell import Workcell
from accord.devices.source import ControlMode, Source
from accord.devices.sources.hand import Hand
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.loop import Loop, Parts
from accord.recorders.requests import Hold, Reset, UsePolicy, UseSource, UseView
from accord.recorders.ring import Ring
from accord.recorders.step import step_schema

PERIOD_NS = 20_000_000


class HandClock:
    """A clock that only goes on when it is told."""

    scale = 1.0

    def __init__(self) -> None:
        self.t_ns = 1_000_000_000

    def now(self) -> int:
        return self.t_ns

    def wait_until(self, t_ns: int) -> None:
        self.t_ns = max(self.t_ns, t_ns)


class Pushed:
    """A source that wants to go on for ever, with commands of a given age."""

    mode = ControlMode.POLICY

    def __init__(self, speed: float = 0.1, age_ns: int = 0) -> None:
        self.speed, self.age_ns = speed, age_ns

    def command(self, observation: Observation, t_ns: int) -> Command:
        twist = np.array([0.0, self.speed, 0.0, 0.0, 0.0, 0.0])
        return Command(twist, 0.5, t_ns - self.age_ns, "pushed")


class Puck:
    """A device that a test deflects and unplugs."""

    name = "puck"

    def __init__(self) -> None:
        self.state: InputState | None = InputState()

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, t_ns: int) -> InputState | None:
        return self.state

    def health(self) -> Health:
        return Health("puck", self.state is not None, "" if self.state else "unplugged", 0, 0, 0)


class Bench:
    """A loop on a table: real workcell, real ring, a clock in the hand."""

    def __init__(self) -> None:
        self.robot, self.clock = Workcell(), HandClock()
        self.schema = step_schema(self.robot.observation_fields, self.robot.state_size)
        self.ring = Ring.create(self.schema.dtype, 1024)
        self.source: Source | None = None
        self.alone = False
        parts = Parts(
            self.robot, self.robot, self.robot.limits, self.ring, self.clock, self.make, self.heading, self.unattended
        )  # type: ignore[arg-type]
        self.loop = Loop(parts)

    def make(self, name: str, seed: int, view: str, held: object = ()) -> Source | None:
        if name == "nonsense":
            raise DeviceError("a source", "nonsense", "choose another")
        return self.source

    def heading(self, view: str) -> NDArray[np.float64]:
        return np.diag([-1.0, -1.0, 1.0]) if view == "back" else np.eye(3)

    def unattended(self) -> bool:
        return self.alone

    def turns(self, count: int, before: Callable[[], None] = lambda: None) -> NDArray[np.void]:
        first = self.ring.head
        for _ in range(count):
            before()
            due = self.clock.t_ns
            self.loop.turn(due)
            self.clock.t_ns += PERIOD_NS
        return self.ring.since(first).items

    def drive(self, source: Source) -> None:
        self.source = source
        self.loop.follow(UseSource("anything"))


@pytest.fixture
def bench():
    made = Bench()
    yield made
    made.robot.close()
    made.ring.close()


def test_a_step_holds_what_the_robot_was_and_what_it_was_then_told(bench: Bench) -> None:
    bench.drive(Pushed())
    steps = bench.turns(20)
    moved = np.diff(steps["observation/hand_position"][:, 1])
    assert np.all(steps["sent/twist"][:, 1] == 0.1)
    assert moved[0] > 0, "the command of the first step shows in the observation of the second"
    assert np.array_equal(steps["step"], np.arange(20))
    assert np.array_equal(steps["t_ns"], 1_000_000_000 + PERIOD_NS * np.arange(20))
    assert set(steps["mode"]) == {int(ControlMode.POLICY)}


def test_the_sent_command_is_recorded_beside_the_requested_one(bench: Bench) -> None:
    bench.drive(Pushed(speed=9.0))
    step = bench.turns(1)[0]
    assert step["requested/twist"][1] == 9.0
    assert 0 < step["sent/twist"][1] < 1.0


def test_nobody_driving_holds_the_robot(bench: Bench) -> None:
    steps = bench.turns(5)
    assert set(steps["hold"]) == {int(HoldReason.NO_SOURCE)}
    assert not np.any(steps["sent/twist"])


def test_a_silent_window_holds_the_robot_at_the_next_step(bench: Bench) -> None:
    bench.drive(Pushed())
    bench.turns(5)
    bench.alone = True
    steps = bench.turns(3)
    assert set(steps["hold"]) == {int(HoldReason.WINDOW_SILENT)}
    assert not np.any(steps["sent/twist"])
    assert np.all(steps["sent/gripper"] == 0.5), "a held robot keeps what it has in its hand"
    assert "window" in bench.loop.report().hold_text
    bench.alone = False
    assert np.all(bench.turns(1)["sent/twist"][:, 1] == 0.1)


def test_a_command_older_than_100_ms_is_not_sent(bench: Bench) -> None:
    bench.drive(Pushed(age_ns=81_000_000))  # at 50 Hz: what is sent acts for another 20 ms
    steps = bench.turns(2)
    assert set(steps["hold"]) == {int(HoldReason.STALE_COMMAND)}
    assert not np.any(steps["sent/twist"])


def test_numbers_that_are_none_are_not_sent(bench: Bench) -> None:
    bench.drive(Pushed(speed=float("nan")))
    assert set(bench.turns(2)["hold"]) == {int(HoldReason.NOT_FINITE)}


def test_an_unplugged_device_holds_and_must_rest_before_it_moves_again(bench: Bench) -> None:
    puck = Puck()
    bench.drive(Hand(puck, SPACEMOUSE_DEFAULT))
    bench.turns(2)

    def push() -> None:
        puck.state = InputState(np.array([0.0, 0.8, 0.0, 0.0, 0.0, 0.0]), 0, bench.clock.t_ns)

    assert np.all(bench.turns(3, push)["sent/twist"][:, 1] > 0)
    puck.state = None
    lost = bench.turns(1)
    assert lost["hold"][0] == HoldReason.INPUT_LOST
    assert not np.any(lost["sent/twist"])
    assert bench.loop.report().input_detail == "unplugged"
    back = bench.turns(3, push)
    assert not np.any(back["sent/twist"]), "deflected when it came back: not believed"
    assert set(back["hold"]) == {int(HoldReason.MUST_REST)}, "and the person is told why"
    puck.state = InputState()
    bench.turns(1)
    assert np.all(bench.turns(3, push)["sent/twist"][:, 1] > 0)


def test_a_hand_has_to_rest_after_a_hold_and_its_presses_are_forgotten(bench: Bench) -> None:
    puck = Puck()
    bench.drive(Hand(puck, SPACEMOUSE_DEFAULT))
    bench.turns(2)
    bench.loop.follow(Hold(True))

    def push_and_tap() -> None:
        puck.state = InputState(np.array([0.0, 0.8, 0.0, 0.0, 0.0, 0.0]), 1, bench.clock.t_ns)

    bench.turns(3, push_and_tap)
    bench.loop.follow(Hold(False))
    steps = bench.turns(3, push_and_tap)
    assert not np.any(steps["sent/twist"])
    assert np.all(steps["sent/gripper"] == 1.0)


def test_another_view_turns_the_axes_under_a_hand_that_drives(bench: Bench) -> None:
    puck = Puck()
    mapping = replace(SPACEMOUSE_DEFAULT, frame=Frame.VIEW)
    bench.drive(Hand(puck, mapping, np.eye(3)))
    bench.turns(2)

    def push() -> None:
        puck.state = InputState(np.array([0.0, 0.8, 0.0, 0.0, 0.0, 0.0]), 0, bench.clock.t_ns)

    before = bench.turns(2, push)["sent/twist"][-1]
    bench.loop.follow(UseView("back"))
    after = bench.turns(2, push)["sent/twist"][-1]
    assert np.any(before)
    assert np.allclose(after, -before), "at once, without letting go"


def test_hold_and_go_on_as_asked(bench: Bench) -> None:
    bench.drive(Pushed())
    bench.loop.follow(Hold(True))
    assert set(bench.turns(2)["hold"]) == {int(HoldReason.REQUESTED)}
    bench.loop.follow(Hold(False))
    assert set(bench.turns(2)["hold"]) == {int(HoldReason.NONE)}


def test_a_reset_lets_go_of_the_source_and_is_counted(bench: Bench) -> None:
    bench.drive(Pushed())
    bench.loop.follow(Reset(7))
    assert bench.loop.status.resets == 1
    assert bench.loop.status.seed == 7
    assert set(bench.turns(1)["hold"]) == {int(HoldReason.NO_SOURCE)}


def test_a_request_that_cannot_be_followed_is_said_and_changes_nothing(bench: Bench, tmp_path: Path) -> None:
    bench.drive(Pushed())
    bench.loop.follow(UseSource("nonsense"))
    assert "Wanted a source" in bench.loop.status.message
    bench.loop.follow(UsePolicy(tmp_path / "nowhere"))
    assert "Wanted" in bench.loop.status.message
    assert np.all(bench.turns(2)["sent/twist"][:, 1] == 0.1)


def test_without_a_base_policy_the_score_is_left_empty(bench: Bench) -> None:
    bench.drive(Pushed())
    assert np.all(np.isnan(bench.turns(3)["score/compatibility"]))


def test_the_recorded_commands_lead_to_the_recorded_states_bit_for_bit(bench: Bench) -> None:
    bench.loop.follow(Reset(3))
    bench.drive(ScriptedOperator("square-nut", "down-then-across", 3))
    steps = bench.turns(300)
    commands = np.column_stack((steps["sent/twist"], steps["sent/gripper"]))
    again = replay("square-nut", steps["physics/state"][0], commands, 50.0)
    assert np.array_equal(again, steps["physics/state"])


# A hold that the limits impose -----------------------------------------------------------------------------------


def carried(bench: Bench, puck: Puck, metres: float, buttons: int = 1) -> None:
    pose = np.array([metres, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    puck.state = InputState(buttons=buttons, t_ns=bench.clock.t_ns, pose=pose)


def test_a_robot_that_was_silent_has_not_to_go_where_a_carried_device_went_meanwhile(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    puck = Puck()
    bench.drive(Hand(puck, CARRIED_DEFAULT))
    bench.turns(1, lambda: carried(bench, puck, 0.0, 0))
    bench.turns(2, lambda: carried(bench, puck, 0.0))
    assert bench.turns(1, lambda: carried(bench, puck, 0.004))["sent/twist"].any()
    observe, seen = bench.robot.observe, bench.robot.observe(bench.clock.t_ns)
    monkeypatch.setattr(bench.robot, "observe", lambda t_ns: seen)
    way = iter(np.linspace(0.004, 0.3, 50))
    silent = bench.turns(50, lambda: carried(bench, puck, float(next(way))))
    assert HoldReason.STALE_OBSERVATION in silent["hold"]
    monkeypatch.setattr(bench.robot, "observe", observe)
    back = bench.turns(40, lambda: carried(bench, puck, 0.3))
    assert set(back["hold"]) == {int(HoldReason.PRESS_ANEW)}
    assert not back["sent/twist"].any()
    bench.turns(1, lambda: carried(bench, puck, 0.3, 0))
    anew = bench.turns(5, lambda: carried(bench, puck, 0.3))
    assert set(anew["hold"]) == {int(HoldReason.NONE)}
    np.testing.assert_allclose(anew["sent/twist"], 0.0, atol=1e-9, err_msg="from where it is now")
    assert bench.turns(1, lambda: carried(bench, puck, 0.304))["sent/twist"].any()


def test_a_device_that_was_late_has_to_rest_before_it_drives_on(bench: Bench) -> None:
    puck = Puck()
    bench.drive(Hand(puck, SPACEMOUSE_DEFAULT))
    bench.turns(2)

    def push() -> None:
        puck.state = InputState(np.array([0.0, 0.8, 0.0, 0.0, 0.0, 0.0]), 0, bench.clock.t_ns)

    bench.turns(3, push)
    late = [int(hold) for hold in bench.turns(4)["hold"]]
    assert late == [0, 0, 0, HoldReason.STALE_COMMAND]
    back = bench.turns(3, push)
    assert set(back["hold"]) == {int(HoldReason.MUST_REST)}
    assert not back["sent/twist"].any()
    puck.state = InputState()
    bench.turns(1)
    assert np.all(bench.turns(3, push)["sent/twist"][:, 1] > 0)
