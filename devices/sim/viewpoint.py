"""Viewpoint: where a picture is taken from: a camera of the scene, or a free one that looks at a point.

Written as people write it: ``front``, or ``free:90,-30,1.2`` for azimuth and elevation [degrees] and distance [m] from
the middle of the scene, or from a point that follows (``free:90,-30,1.2,0.5,0,0.1``). ``top=free:…`` gives it a name.
An azimuth of 0 looks along +x of the base frame, 90 along +y; an elevation of -90 looks straight down.
"""

import math
import re
from dataclasses import dataclass, replace

import numpy as np

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.cameras import camera_in_base, camera_index, camera_matrix, intrinsics
from accord.devices.sim.engine import mujoco

FURTHEST = 100.0
"""A free camera further off than this sees nothing of a table [m]."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_REMEDY = "write a camera's name, or free:AZIMUTH,ELEVATION,DISTANCE[,X,Y,Z] in degrees and metres"


@dataclass(frozen=True, slots=True)
class FreeCamera:
    """A camera that belongs to no scene, upright."""

    azimuth: float
    """[degrees]"""
    elevation: float
    """-90 to 90 [degrees]"""
    distance: float
    """From the point that it looks at [m]."""
    point: tuple[float, float, float] | None = None
    """What it looks at, in the base frame [m]; None for the middle of the scene."""

    def __str__(self) -> str:
        numbers = (self.azimuth, self.elevation, self.distance, *(self.point or ()))
        return "free:" + ",".join(f"{number:.9g}" for number in numbers)


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """One view that a scene can be drawn from."""

    name: str
    """As in files: of the scene's camera, or what a free one is called."""
    free: FreeCamera | None = None
    """None for a camera of the scene."""

    def __str__(self) -> str:
        return self.name if self.free is None else f"{self.name}={self.free}"

    def moves(self, model: mujoco.MjModel) -> bool:
        """Whether it is fixed to something that moves."""
        return self.free is None and int(model.cam_bodyid[camera_index(model, self.name)]) != 0

    def camera(self, model: mujoco.MjModel) -> mujoco.MjvCamera:
        """MuJoCo's own form of it.

        Raises:
            DeviceError: if the scene has no such camera.
        """
        camera = mujoco.MjvCamera()
        if self.free is None:
            camera.type, camera.fixedcamid = int(mujoco.mjtCamera.mjCAMERA_FIXED), camera_index(model, self.name)
            return camera
        camera.type = int(mujoco.mjtCamera.mjCAMERA_FREE)
        camera.azimuth, camera.elevation, camera.distance = self.free.azimuth, self.free.elevation, self.free.distance
        camera.lookat[:] = self._point(model)
        return camera

    def intrinsics(self, model: mujoco.MjModel, width: int, height: int) -> Vector:
        """(3, 3) camera matrix [px]; pixel centres are whole numbers, the first is (0, 0)."""
        if self.free is None:
            return intrinsics(model, self.name, width, height)
        return camera_matrix(float(model.vis.global_.fovy), width, height)

    def pose(self, model: mujoco.MjModel, data: mujoco.MjData) -> Vector:
        """(7,) position [m] and wxyz quaternion in the base frame; x right, y down, z forward."""
        if self.free is None:
            return camera_in_base(model, data, self.name)
        azimuth, elevation = math.radians(self.free.azimuth), math.radians(self.free.elevation)
        level = np.array([math.cos(azimuth), math.sin(azimuth), 0.0])
        forward = math.cos(elevation) * level + math.sin(elevation) * np.array([0.0, 0.0, 1.0])
        right = np.array([level[1], -level[0], 0.0])
        quaternion = np.empty(4)
        mujoco.mju_mat2Quat(quaternion, np.column_stack((right, np.cross(forward, right), forward)).ravel())
        return np.concatenate((self._point(model) - self.free.distance * forward, quaternion))

    def _point(self, model: mujoco.MjModel) -> Vector:
        assert self.free is not None, "a camera of the scene looks where the scene says"
        return np.array(model.stat.center if self.free.point is None else self.free.point, dtype=np.float64)


def viewpoints(text: str) -> tuple[Viewpoint, ...]:
    """The views that a person has written, with commas between them: ``front,side,top=free:90,-89,1.2``.

    Raises:
        DeviceError: if one is none, or two have one name.
    """
    written: list[str] = []
    for part in text.split(","):
        if written and _is_number(part):  # the commas of a free camera
            written[-1] += f",{part}"
        else:
            written.append(part.strip())
    found: list[Viewpoint] = []
    for one in written:
        view = _viewpoint(one)
        taken = {known.name for known in found}
        if view.free is not None and "=" not in one and view.name in taken:
            view = replace(view, name=next(f"free-{n}" for n in range(2, 99) if f"free-{n}" not in taken))
        if view.name in taken:
            raise DeviceError("every view once", f"{view.name} twice", "name it once, or give a free one another name")
        found.append(view)
    return tuple(found)


def _viewpoint(text: str) -> Viewpoint:
    name, _, where = text.rpartition("=")
    if not where.startswith("free:"):
        if name or not _NAME.fullmatch(where):
            raise DeviceError("a view", repr(text), _REMEDY)
        return Viewpoint(where)
    if name and not _NAME.fullmatch(name):
        raise DeviceError("a view's name of letters, digits, dashes and underscores", repr(name), "choose another name")
    numbers = where.removeprefix("free:").split(",")
    if len(numbers) not in (3, 6) or not all(_is_number(number) for number in numbers):
        raise DeviceError("a free view of three or six numbers", repr(text), _REMEDY)
    azimuth, elevation, distance, *point = (float(number) for number in numbers)
    if not (-90.0 <= elevation <= 90.0 and 0.0 < distance <= FURTHEST and abs(azimuth) <= 360.0):
        wanted = f"an azimuth to 360 and an elevation to 90 degrees, at most {FURTHEST:g} m off"
        raise DeviceError(wanted, repr(text), "choose other numbers")
    at = (point[0], point[1], point[2]) if point else None
    return Viewpoint(name or "free", FreeCamera(azimuth, elevation, distance, at))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
