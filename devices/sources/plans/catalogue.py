"""Catalogue: the strategies of scripted operators, by task and name."""

from collections.abc import Callable, Mapping

from accord.devices.errors import DeviceError
from accord.devices.sim.tasks import catalogue
from accord.devices.sources.plan import Strategy
from accord.devices.sources.plans.ball import ball_strategies
from accord.devices.sources.plans.can import can_strategies
from accord.devices.sources.plans.drawer import drawer_strategies
from accord.devices.sources.plans.hammer import hammer_strategies
from accord.devices.sources.plans.handover import handover_strategies
from accord.devices.sources.plans.lift import lift_strategies
from accord.devices.sources.plans.plating import plating_strategies
from accord.devices.sources.plans.push_t import push_strategies
from accord.devices.sources.plans.round_nut import round_nut_strategies
from accord.devices.sources.plans.square_nut import nut_strategies
from accord.devices.sources.plans.stack import stack_strategies

_MAKERS: Mapping[str, Callable[[], tuple[Strategy, ...]]] = {
    "square-nut": nut_strategies,
    "round-nut": round_nut_strategies,
    "hammer": hammer_strategies,
    "plating": plating_strategies,
    "lift": lift_strategies,
    "can": can_strategies,
    "push-t": push_strategies,
    "stack": stack_strategies,
    "drawer": drawer_strategies,
    "handover": handover_strategies,
    "ball": ball_strategies,
}


def strategies(task: str) -> tuple[str, ...]:
    """Names of the ways in which scripted operators do this task; empty for one that they cannot do.

    Raises:
        DeviceError: if the task is unknown.
    """
    return tuple(strategy.name for strategy in all_strategies(task))


def all_strategies(task: str) -> tuple[Strategy, ...]:
    """Every strategy of a task.

    Raises:
        DeviceError: if the task is unknown.
    """
    name = catalogue.task(task).name
    return _MAKERS[name]() if name in _MAKERS else ()


def strategy(task: str, name: str) -> Strategy:
    """The strategy of this name.

    Raises:
        DeviceError: if the task or the strategy is unknown.
    """
    for one in all_strategies(task):
        if one.name == name:
            return one
    known = ", ".join(strategies(task)) or "none"
    raise DeviceError(f"one of the strategies {known}", repr(name), "name one of these")
