"""Engine: the one import of MuJoCo, which comes without types, and what Accord calls a state of it."""

from collections.abc import Mapping
from typing import Any

import mujoco  # type: ignore[import-untyped]

from accord.devices.errors import DeviceError
from accord.devices.sim.shapes import Shape

__all__ = ["SIMULATOR", "STATE", "fill_meshes", "model_from", "mujoco"]

STATE = int(mujoco.mjtState.mjSTATE_INTEGRATION)
"""What `mj_getState` copies: time, positions, velocities, controls, targets, user data and the solver's warm start.

It is what MuJoCo documents as enough for going on bit for bit from a recorded step.
"""

SIMULATOR = f"mujoco {mujoco.__version__}"
"""Name and version of the simulator, as an episode keeps it."""


def model_from(xml: str) -> mujoco.MjModel:
    """The model that a scene's text describes; made from the text alone, so that a recorded text makes it again.

    Raises:
        DeviceError: if it does not compile.
    """
    try:
        return mujoco.MjModel.from_xml_string(xml)
    except ValueError as error:
        found = " ".join(str(error).split())
        raise DeviceError(
            "a scene that compiles", found, "mend its MJCF, or use the one it was recorded with"
        ) from error


def fill_meshes(spec: Any, shapes: Mapping[str, Shape]) -> Any:
    """The same MjSpec with the shapes put in for the meshes that it only names.

    Raises:
        DeviceError: if there is no shape for one.
    """
    for mesh in spec.meshes:
        if mesh.file or len(mesh.uservert):
            continue
        if mesh.name not in shapes:
            raise DeviceError(f"a shape for the mesh {mesh.name!r}", "none", "add it to the parts")
        mesh.uservert, mesh.userface = shapes[mesh.name].vertices.ravel(), shapes[mesh.name].faces.ravel()
    return spec
