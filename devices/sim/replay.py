"""Replay: from a recorded state and the commands that were sent, the states that followed, bit for bit."""

from collections.abc import Iterator

import numpy as np

from accord.devices.command import Command, Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.workcell import Workcell


def replay(
    task: str, initial_state: Vector, commands: Vector, rate_hz: float, model_xml: str | None = None,
    postures: Vector | None = None, fingers: Vector | None = None,
) -> Vector:  # fmt: skip
    """(n, state_size) the state before each command, as a loop records them: the first one is the initial state.

    Args:
        task: the task that was recorded.
        initial_state: (state_size,) recorded with the first command.
        commands: (n, 7) twist as sent [m/s, rad/s] and gripper opening [1]; for two hands (n, 14), the twists of both
            first.
        rate_hz: control rate of the recording [Hz].
        model_xml: the recorded scene. None for the scene as this version makes it.
        postures: (n, joints) as sent, NaN where none was [rad]; None for none.
        fingers: (n, m) or (n, 2, m) finger joints as sent [rad]; None for hands that open and close as a whole.

    Raises:
        DeviceError: if the commands are not n rows for these hands, or the state does not belong to the scene.
    """
    workcell = Workcell(task, rate_hz, model_xml)
    hands = workcell.task.hands
    if commands.ndim != 2 or commands.shape[1] != 7 * hands:
        found = f"shape {commands.shape}"
        raise DeviceError(f"commands as n rows of {7 * hands} numbers", found, "pass twist and gripper")
    workcell.set_state(initial_state)
    states = list(_states(workcell, commands, _each(postures, len(commands)), _each(fingers, len(commands))))
    workcell.close()
    return np.array(states)


def _each(rows: Vector | None, count: int) -> list[Vector | None]:
    return [None] * count if rows is None else list(rows)


def _states(
    workcell: Workcell, commands: Vector, postures: list[Vector | None], fingers: list[Vector | None]
) -> Iterator[Vector]:
    hands = workcell.task.hands
    for row, posture, bent in zip(commands, postures, fingers, strict=True):
        yield workcell.state()
        twist, opening = row[: 6 * hands].copy(), row[6 * hands :].copy()
        if hands == 1:
            told = Command(twist, float(opening[0]), 0, "replay", posture, bent)
        else:
            told = Command(twist.reshape(hands, 6), opening, 0, "replay", posture, bent)
        workcell.apply(told)
