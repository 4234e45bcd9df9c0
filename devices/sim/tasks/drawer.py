"""The drawer task: open a drawer by its handle, at least 12 cm, and let go.

How the handle is held is free: between the fingers, or behind it with closed fingers. So it is enough that the hand
touches the drawer near the bar, and that the drawer moves.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.task import Moment, Stage, Task
from accord.devices.sim.tasks.cabinet import SLIDE, START, cabinet_factors, cabinet_parts, to_handle

WIDE = 0.12
"""How far the drawer has to be open [m]."""


def place_drawer(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The drawer as far open as it was drawn; the cabinet's factors move the cabinet itself."""
    return {SLIDE: np.array([values[START]])}


def _near_handle(moment: Moment, within_m: float) -> bool:
    return to_handle(moment.objects["drawer"], moment.hand, moment.values) < within_m


def _held(moment: Moment) -> bool:
    return "drawer" in moment.touched and _near_handle(moment, 0.03)


def _pulled(moment: Moment) -> bool:
    return moment.joints[SLIDE] > moment.values.get(START, 0.0) + 0.03 and _held(moment)


def drawer_is_open(moment: Moment) -> bool:
    """Whether the drawer is open wide enough and let go."""
    return moment.joints[SLIDE] >= WIDE and "drawer" not in moment.touched


DRAWER = Task(
    name="drawer",
    instruction="Open the drawer of the cabinet by its handle.",
    time_limit_s=40.0,
    scene="drawer.xml",
    parts=cabinet_parts,
    objects=(),
    furniture=("drawer",),
    joints=(SLIDE,),
    place=place_drawer,
    stages=(
        Stage("reached", lambda moment: _near_handle(moment, 0.04)),
        Stage("held", _held),
        Stage("pulled", _pulled),
        Stage("opened", lambda moment: moment.joints[SLIDE] >= WIDE),
        Stage("done", drawer_is_open),
    ),
    own_factors=cabinet_factors(((0.21, 0.28), (0.18, 0.34)), ((0.0, 0.02), (0.0, 0.06))),
    arms=("panda", "ur5e"),
    keep_clear=((0.51, 0.25, 0.20), (0.51, 0.02, 0.14), (0.51, -0.10, 0.14)),
)
