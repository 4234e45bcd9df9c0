"""Arms: the built-in ones by name, others from the menagerie.

Only building one loads the simulator: whoever needs no more than names, like a window that opens, does not wait for it.
"""

from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from accord.devices.errors import DeviceError
from accord.devices.sim.arms.arm import Arm
from accord.devices.sim.arms.panda_parts import panda_parts
from accord.devices.sim.arms.ur5e_parts import ur5e_parts
from accord.devices.sim.shapes import Shape

MENAGERIE = "menagerie:"
"""How the name of an arm or a task begins that is taken from the menagerie."""


def _built_in(file: str, parts: Mapping[str, Shape]) -> Any:
    from accord.devices.sim.engine import fill_meshes, mujoco  # noqa: PLC0415

    with as_file(files("accord.assets")) as folder:
        return fill_meshes(mujoco.MjSpec.from_file(str(folder / "arms" / file)), parts)


PANDA = Arm(
    "panda",
    tuple(f"joint{i}" for i in range(1, 8)),
    # Franka Control Interface documentation, joint space limits.
    np.array([2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61]),
    np.array([0.0, -0.2324, 0.0, -2.4599, 0.0, 2.2275, 0.7854]),
    lambda: _built_in("panda.xml", panda_parts()),
)

UR5E = Arm(
    "ur5e",
    tuple(f"joint{i}" for i in range(1, 7)),
    # UR5e technical details: 180 degrees/s for every joint.
    np.full(6, np.pi),
    np.array([-0.300735, -1.685591, 1.947902, -1.833108, -np.pi / 2, -0.300735]),
    lambda: _built_in("ur5e.xml", ur5e_parts()),
)

_ARMS = {arm.name: arm for arm in (PANDA, UR5E)}


def arms() -> tuple[str, ...]:
    """Names of the built-in arms."""
    return tuple(_ARMS)


def arm(name: str) -> Arm:
    """The arm of this name. One of the menagerie may be downloaded and takes seconds: see `menagerie_arm`.

    Raises:
        DeviceError: if there is none, or the menagerie's files cannot be had.
    """
    if name.startswith(MENAGERIE):
        from accord.devices.sim.arms.menagerie import menagerie_arm  # noqa: PLC0415

        return menagerie_arm(name)
    if name not in _ARMS:
        wanted = f"one of the arms {', '.join(_ARMS)}, {MENAGERIE}NAME"
        raise DeviceError(wanted, repr(name), "name one of these")
    return _ARMS[name]
