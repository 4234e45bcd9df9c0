"""Projection: where points of the base frame stand in the pictures of a recorded scene. It draws nothing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accord.datasets.episode_info import CameraInfo
from accord.devices.command import Vector
from accord.devices.rotation import to_matrix
from accord.devices.sim.appearance import Appearance
from accord.devices.sim.engine import STATE, model_from, mujoco
from accord.devices.sim.viewpoint import Viewpoint

_NEAR_M = 0.01
"""Nearer to the camera's plane than this a point has no sensible pixel [m]."""

Pixels = NDArray[np.float64]


class Projection:
    """The cameras of one simulated scene, at the state that was shown last."""

    def __init__(self, model_xml: str) -> None:
        """Load the scene.

        Raises:
            DeviceError: if it does not compile.
        """
        self._model = model_from(model_xml)
        self._data = mujoco.MjData(self._model)
        self._appearance = Appearance(self._model)

    def show(self, state: Vector) -> None:
        """Put arms and cameras where they are in this state, also where its reset has moved a camera.

        Args:
            state: (state_size,) of this scene.
        """
        mujoco.mj_setState(self._model, self._data, np.ascontiguousarray(state, np.float64), STATE)
        self._appearance.apply(self._data.userdata)
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)

    def moves(self, view: str) -> bool:
        """Whether a view is fixed to something that moves."""
        return Viewpoint(view).moves(self._model)

    def pixels(self, camera: CameraInfo, points: ArrayLike) -> Pixels:
        """(…, 2) column and row of points in a view's picture, see `project`.

        Args:
            camera: its name and the size of its pictures.
            points: (…, 3) in the base frame [m].

        Raises:
            DeviceError: if the scene has no such camera.
        """
        view = Viewpoint(camera.name)
        matrix = view.intrinsics(self._model, camera.width, camera.height)
        return project(points, view.pose(self._model, self._data), matrix)


def project(points: ArrayLike, pose: Vector, matrix: Vector) -> Pixels:
    """(…, 2) column and row [px]; the first pixel's centre is (0, 0). NaN for what lies behind the camera.

    Args:
        points: (…, 3) in the base frame [m].
        pose: (7,) position and wxyz quaternion of the camera in the base frame; x right, y down, z forward.
        matrix: (3, 3) camera matrix [px].
    """
    seen = (np.asarray(points, np.float64) - pose[:3]) @ to_matrix(pose[3:])
    depth = np.where(seen[..., 2:] > _NEAR_M, seen[..., 2:], np.nan)
    flat: Pixels = (seen / depth) @ np.asarray(matrix, np.float64).T
    return flat[..., :2]


def of_fixed(cameras: Sequence[CameraInfo], points: ArrayLike) -> dict[str, Pixels]:
    """View → (…, 2) pixels, for the views whose place an episode itself tells; that needs no scene.

    Args:
        cameras: of the episode.
        points: (…, 3) in the base frame [m].
    """
    known = (camera for camera in cameras if camera.pose and camera.intrinsics)
    return {c.name: project(points, np.array(c.pose), np.reshape(c.intrinsics, (3, 3))) for c in known}
