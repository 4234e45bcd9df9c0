"""Catalogue: the tasks there are, by name."""

from accord.devices.errors import DeviceError
from accord.devices.sim.arms.catalogue import MENAGERIE
from accord.devices.sim.task import Task
from accord.devices.sim.tasks.ball import BALL
from accord.devices.sim.tasks.can import CAN
from accord.devices.sim.tasks.drawer import DRAWER
from accord.devices.sim.tasks.hammer import HAMMER
from accord.devices.sim.tasks.handover import HANDOVER
from accord.devices.sim.tasks.lift import LIFT
from accord.devices.sim.tasks.plating import PLATING
from accord.devices.sim.tasks.push_t import PUSH_T
from accord.devices.sim.tasks.round_nut import ROUND_NUT
from accord.devices.sim.tasks.square_nut import SQUARE_NUT
from accord.devices.sim.tasks.stack import STACK

_TASKS = {
    task.name: task
    for task in (SQUARE_NUT, ROUND_NUT, HAMMER, PLATING, LIFT, CAN, PUSH_T, STACK, DRAWER, HANDOVER, BALL)
}


def tasks() -> tuple[str, ...]:
    """Names of all tasks."""
    return tuple(_TASKS)


def task(name: str) -> Task:
    """The task of this name; ``menagerie:NAME`` is that robot at an empty table, to be driven about.

    Raises:
        DeviceError: if there is none.
    """
    if name.startswith(MENAGERIE):
        from accord.devices.sim.arms.menagerie import menagerie_task  # noqa: PLC0415  it loads the simulator

        return menagerie_task(name)
    if name not in _TASKS:
        raise DeviceError(f"one of the tasks {', '.join(_TASKS)}", repr(name), "name one of these")
    return _TASKS[name]
