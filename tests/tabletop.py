"""What tests of tasks with loose things share: to put a thing somewhere, to wait, to let an operator go on."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from accord.devices.command import Command, Vector
from accord.devices.sim.engine import mujoco
from accord.devices.sim.poses import from_rotation_vector
from accord.devices.sim.replay import replay
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.scripted import ScriptedOperator


@cache
def cell(task: str, rate_hz: float = 50.0, arm: str = "") -> Workcell:
    """One for all tests of a file: building it takes longer than a short episode."""
    return Workcell(task, rate_hz, arm=arm)


def put(robot: Workcell, thing: str, position: Sequence[float], turn: tuple[float, float, float] = (0, 0, 0)) -> None:
    """Put a thing here, at rest, by hand."""
    joint = robot._data.joint(thing)
    joint.qpos[:3], joint.qpos[3:] = position, from_rotation_vector(np.array(turn, dtype=float))
    joint.qvel[:] = 0.0
    mujoco.mj_kinematics(robot._model, robot._data)


def wait(robot: Workcell, seconds: float = 0.4) -> None:
    """Hold the hand still for so long."""
    for _ in range(round(seconds * robot.rate_hz)):
        robot.apply(robot.limits.hold("test", 0))


def speed(robot: Workcell, thing: str) -> float:
    """Of a thing, its fastest edge about [m/s]."""
    velocity = robot._data.joint(thing).qvel
    return float(np.linalg.norm(velocity[:3]) + 0.03 * np.linalg.norm(velocity[3:]))


def operate(
    robot: Workcell, strategy: str, seed: int = 0, until: Callable[[], bool] | None = None
) -> tuple[Vector, Vector]:
    """Let a scripted operator do the task from here on, to the end or until something.

    Returns:
        (n, state_size) states and (n, 7) commands.
    """
    states, commands = commanded(robot, strategy, seed, until)
    return states, as_rows(commands)


def as_rows(commands: Sequence[Command]) -> Vector:
    """(n, 7) commands of one hand."""
    return np.array([[*sent.twist, float(sent.gripper)] for sent in commands])


def stages(robot: Workcell, strategy: str, seed: int) -> list[int]:
    """How many stages were reached at each step of a scripted episode."""
    seen: list[int] = []

    def note() -> bool:
        seen.append(robot.stage)
        return False

    robot.reset(seed)
    operate(robot, strategy, seed, note)
    return seen


def commanded(
    robot: Workcell, strategy: str, seed: int = 0, until: Callable[[], bool] | None = None
) -> tuple[Vector, list[Command]]:
    """The same as `operate`, with all of every command as it was sent."""
    operator = ScriptedOperator(robot.task.name, strategy, seed)
    robot.limits.reset()
    states, commands = [], []
    for i in range(round(robot.task.time_limit_s * robot.rate_hz)):
        t_ns = round(i * 1e9 / robot.rate_hz)
        seen = robot.observe(t_ns)
        sent, _ = robot.limits.apply(operator.command(seen, t_ns), seen, t_ns)
        states.append(robot.state())
        commands.append(sent)
        robot.apply(sent)
        if (until is not None and until()) or robot.succeeded():
            break
    return np.array(states), commands


def replays(robot: Workcell, states: Vector, rows: Vector) -> bool:
    """Whether the commands lead to the same states again, bit for bit."""
    again = replay(robot.task.name, states[0], rows, robot.rate_hz, robot.model_xml)
    return again.tobytes() == states.tobytes()
