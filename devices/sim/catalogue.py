"""Catalogue: the tasks there are, by name."""

from accord.devices.errors import DeviceError
from accord.devices.sim.square_nut import SQUARE_NUT
from accord.devices.sim.task import Task

_TASKS = {task.name: task for task in (SQUARE_NUT,)}


def tasks() -> tuple[str, ...]:
    """Names of all tasks."""
    return tuple(_TASKS)


def task(name: str) -> Task:
    """The task of this name.

    Raises:
        DeviceError: if there is none.
    """
    if name not in _TASKS:
        raise DeviceError(f"one of the tasks {', '.join(_TASKS)}", repr(name), "name one of these")
    return _TASKS[name]
