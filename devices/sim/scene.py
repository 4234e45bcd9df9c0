"""Scene: MJCF from `accord.assets`, with its meshes made in code, as one self-contained text."""

from importlib.resources import as_file, files

from accord.devices.sim.engine import mujoco
from accord.devices.sim.parts import parts


def scene_xml(file: str, timestep: float) -> str:
    """The compiled scene as self-contained MJCF: includes resolved, meshes inline.

    Args:
        file: name of a scene in `accord.assets`, such as ``square_nut.xml``.
        timestep: of the physics [s].
    """
    with as_file(files("accord.assets")) as folder:
        spec = mujoco.MjSpec.from_file(str(folder / file))
    spec.option.timestep = timestep
    made = parts()
    for mesh in spec.meshes:
        mesh.uservert, mesh.userface = made[mesh.name].vertices.ravel(), made[mesh.name].faces.ravel()
    spec.compile()
    return str(spec.to_xml())
