"""Scene: a task's room with arms and hands in it, put together as one self-contained text."""

import json
import math
from importlib.resources import as_file, files
from typing import Any

from accord.devices.errors import DeviceError
from accord.devices.sim.arms.arm import Arm
from accord.devices.sim.engine import fill_meshes, mujoco
from accord.devices.sim.hand_parts import hand_parts
from accord.devices.sim.shapes import Shape, rounded_box
from accord.devices.sim.task import Mount, Task

NOTE = "accord"
"""Name of the text within a scene that says what its user data mean, so that the scene explains itself."""
DONE, STAGE, SEED, VALUES = 0, 1, 2, 3
"""Where a scene keeps, in its user data: for how long the task has been done [s], how many stages were reached, the
seed, and from there on the values of the task's factors in their order."""
_ARM, _HAND = "@arm@", "@hand@"
"""Marks before the names of what is attached, until the whole is one text."""
_BETWEEN_ARMS = 4
"""Contact bit by which two arms meet each other and not themselves."""


def room_parts() -> dict[str, Shape]:
    """The meshes of ``scenes/room.xml``."""
    return {
        "table_top": rounded_box((0.52, 0.72, 0.020), 0.008, steps=2),
        "mat": rounded_box((0.24, 0.36, 0.001), 0.0006, steps=1),
    }


def scene_xml(task: Task, arm: Arm, timestep: float) -> str:
    """The scene of a task with this arm at every mount, as self-contained MJCF: includes resolved, meshes inline.

    Args:
        task: whose scene.
        arm: which arm.
        timestep: of the physics [s].

    Raises:
        DeviceError: if the scene does not compile.
    """
    with as_file(files("accord.assets")) as folder:
        spec = _read(str(folder / "scenes" / task.scene))
    fill_meshes(spec, room_parts() | dict(task.parts()))
    spec.option.timestep = timestep
    spec.nuserdata = VALUES + len(task.factors)
    spec.add_text(name=NOTE, data=_note(task, arm, _standing(spec)))
    for number, mount in enumerate(task.mounts):
        _mount(spec, _with_hand(arm, task.hand), mount, number)
        spec.worldbody.add_body(name=f"{mount.prefix}wanted_hand", mocap=True)
    return _text(spec)


def arm_xml(arm: Arm, hand: str, mount: Mount, timestep: float) -> str:
    """An arm with its hand at its place and nothing else, its names without a prefix: what kinematics needs."""
    spec = mujoco.MjSpec()
    spec.option.timestep = timestep
    _mount(spec, _with_hand(arm, hand), Mount("", mount.position, mount.yaw), 0)
    return _text(spec)


def _read(path: str) -> Any:
    try:
        return mujoco.MjSpec.from_file(path)
    except ValueError as error:
        raise DeviceError("a scene that can be read", " ".join(str(error).split()), "mend its MJCF") from error


def _standing(spec: Any) -> list[str]:
    """What moves with the table's height: everything on the ground floor that does not move by itself."""
    free = int(mujoco.mjtJoint.mjJNT_FREE)
    return [body.name for body in spec.worldbody.bodies if not any(int(joint.type) == free for joint in body.joints)]


def _note(task: Task, arm: Arm, standing: list[str]) -> str:
    factors = [{"name": f.name, "kind": f.kind.value, "targets": f.targets} for f in task.factors]
    return json.dumps({"version": 1, "task": task.name, "arm": arm.name, "standing": standing, "factors": factors})


def _with_hand(arm: Arm, hand: str) -> Any:
    spec = arm.build()
    with as_file(files("accord.assets")) as folder:
        held = fill_meshes(_read(str(folder / "hands" / f"{hand}.xml")), hand_parts())
    spec.attach(held, prefix=_HAND, site=spec.site("flange"))
    return spec


def _mount(spec: Any, arm: Any, mount: Mount, number: int) -> None:
    for geom in arm.geoms if mount.prefix else ():
        if geom.contype and number:
            geom.contype |= _BETWEEN_ARMS
        elif geom.contype:
            geom.conaffinity |= _BETWEEN_ARMS
    turn = [math.cos(mount.yaw / 2), 0.0, 0.0, math.sin(mount.yaw / 2)]
    spec.attach(
        arm, prefix=f"{mount.prefix}{_ARM}", frame=spec.worldbody.add_frame(pos=list(mount.position), quat=turn)
    )


def _text(spec: Any) -> str:
    try:
        spec.compile()
        text = str(spec.to_xml())
    except ValueError as error:
        raise DeviceError("a scene that compiles", " ".join(str(error).split()), "mend its MJCF") from error
    # Without any prefix MuJoCo leaves the attached default classes without a name, which it writes but cannot read.
    for mark in (_ARM, _HAND):
        text = text.replace(f"{mark}main", f"{mark.strip('@')}_main").replace(mark, "")
    return text
