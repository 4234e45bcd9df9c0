"""Going back to a recorded moment, with the real processes and with a loop in the hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from simulated import schema_of

from accord.app.errors import AppError
from accord.app.recorded_state import RecordedState
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import State
from accord.app.unattended import wait_for
from accord.datasets.episode import Episode
from accord.devices.command import Command, Observation
from accord.devices.limits import Hold
from accord.devices.sim.workcell import Workcell
from accord.devices.source import ControlMode, Source
from accord.recorders.loop import Loop, Parts
from accord.recorders.requests import Reset, Return, UseSource
from accord.recorders.step_log import StepLog
from accord.recorders.stepped_clock import SteppedClock

PERIOD_NS = 20_000_000


class Sideways:
    """A source that closes the gripper and goes on."""

    mode = ControlMode.POLICY

    def command(self, observation: Observation, t_ns: int) -> Command:
        return Command(np.array([0.0, 0.15, -0.05, 0.0, 0.0, 0.2]), 0.0, t_ns, "sideways")


def turn(loop: Loop, clock: SteppedClock, log: StepLog, count: int) -> np.ndarray:
    first = log.head
    for _ in range(count):
        due_ns = log.head * PERIOD_NS
        clock.wait_until(due_ns)
        loop.turn(due_ns)
    return np.array(log.steps[first:])


def test_from_a_recorded_state_the_same_commands_give_the_same_states() -> None:
    robot = Workcell()
    log, clock = StepLog(schema_of(robot).dtype), SteppedClock(0)
    sources: list[Source] = [Sideways()]
    loop = Loop(Parts(robot, robot, robot.limits, log, clock, lambda *_: sources[0], lambda _: None, lambda: False))
    loop.follow(Reset(3))
    loop.follow(UseSource("sideways"))
    before = turn(loop, clock, log, 40)
    at = 15
    loop.follow(Return(before["physics/state"][at].copy(), float(before["sent/gripper"][at - 1]), 3))
    assert (loop.status.resets, loop.status.seed, loop.status.source) == (2, 3, "none")
    (held,) = turn(loop, clock, log, 1)
    np.testing.assert_array_equal(held["physics/state"], before["physics/state"][at])
    assert (held["hold"], held["sent/gripper"]) == (int(Hold.NO_SOURCE), 0.0), "what is gripped stays gripped"
    loop.follow(Return(before["physics/state"][at].copy(), float(before["sent/gripper"][at - 1]), 3))
    loop.follow(UseSource("sideways"))
    after = turn(loop, clock, log, 25)
    np.testing.assert_array_equal(after["physics/state"], before["physics/state"][at:])
    robot.close()


def test_a_state_of_another_scene_is_refused_and_nothing_moves() -> None:
    robot = Workcell()
    log, clock = StepLog(schema_of(robot).dtype), SteppedClock(0)
    loop = Loop(Parts(robot, robot, robot.limits, log, clock, lambda *_: None, lambda _: None, lambda: False))
    loop.follow(Reset(3))
    state = robot.state()
    loop.follow(Return(np.zeros(7), 1.0, 0))
    assert loop.status.message.startswith("Wanted a state of")
    assert loop.status.resets == 1
    np.testing.assert_array_equal(robot.state(), state)
    unknown = Loop(Parts(robot, None, robot.limits, log, clock, lambda *_: None, lambda _: None, lambda: False))
    unknown.follow(Return(state, 1.0, 0))
    assert unknown.status.message.startswith("Wanted a simulated robot")
    robot.close()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    settings = Settings(tmp_path / "library", width=64, height=48, time_scale=4.0)
    made = Session(settings, operator="script-1", seed=5)
    made.use_source("scripted:across-then-down")
    made.start()
    wait_for(made, lambda now: now.state is State.READY, "a session", 60.0)
    yield made
    made.close()


def test_a_session_goes_back_practises_there_and_records_only_from_a_beginning(session: Session) -> None:
    episode = session.begin()
    wait_for(session, lambda now: now.recorder.episode == episode and now.recorder.steps > 60, "some steps", 60.0)
    with pytest.raises(AppError, match="an episode that is being recorded"):
        session.return_to(RecordedState(np.zeros(3), 1.0, session.scene.model_xml, 0))
    session.end("failure")
    wait_for(session, lambda now: now.finished is not None and now.finished.saved, "the file", 60.0)
    wait_for(session, lambda now: now.state is State.READY, "the next scene", 60.0)
    with Episode(session.library.find(episode)) as opened:
        moment = RecordedState.of(opened, 50)
        hand = opened.field("observation/hand_position")[50]
        count = len(opened)
        with pytest.raises(AppError, match=f"Wanted a step below {count}"):
            RecordedState.of(opened, count)
    for wrong, said in (
        (replace(moment, model_xml="<mujoco/>"), "one of another scene"),
        (replace(moment, state=moment.state[:-1]), "finite ones"),
        (replace(moment, state=np.full_like(moment.state, np.nan)), "finite ones"),
        (replace(moment, gripper=float("nan")), "told to open nan"),
        (replace(moment, gripper=50.0), "told to open 50"),
        (replace(moment, gripper=np.ones(2)), "told to open"),
        (replace(moment, fingers=np.zeros(15)), "fingers told to be at"),
    ):
        with pytest.raises(AppError, match=said):
            session.return_to(wrong)
    assert session.state is State.READY
    assert not session.practice

    session.return_to(moment)
    with pytest.raises(AppError, match="a workcell that is ready"):
        session.return_to(moment)
    now = wait_for(session, lambda now: now.state is State.READY, "the moment", 60.0)
    now = wait_for(session, lambda now: len(now.steps) > 0, "a step", 60.0)
    assert now.practice
    assert now.loop.seed == 5
    np.testing.assert_allclose(now.newest["observation/hand_position"], hand, atol=0.02)  # it comes to rest
    with pytest.raises(AppError, match="practice, which keeps nothing"):
        session.begin()
    session.practice = False
    with pytest.raises(AppError, match="the beginning of a scene"):
        session.begin()
    session.reset(5)
    wait_for(session, lambda now: now.state is State.READY, "the scene", 60.0)
    session.begin()
    wait_for(session, lambda now: now.elapsed_s > 0.2, "some steps", 60.0)
    session.end("discarded")
