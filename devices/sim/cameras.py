"""Cameras: what is known of a scene's views without drawing them."""

from dataclasses import replace

import numpy as np

from accord.datasets.episode_info import CameraInfo
from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.rotation import multiply, to_matrix
from accord.devices.sim.appearance import Appearance
from accord.devices.sim.engine import STATE, model_from, mujoco
from accord.devices.sim.workcell import Workcell

_CV_IN_GL = np.array([0.0, 1.0, 0.0, 0.0])
"""Half a turn about x: a camera of MuJoCo looks along its -z with y up, computer vision's along +z with y down."""


def camera_index(model: mujoco.MjModel, name: str) -> int:
    """Number of a camera.

    Raises:
        DeviceError: if there is none of this name.
    """
    index = int(mujoco.mj_name2id(model, int(mujoco.mjtObj.mjOBJ_CAMERA), name))
    if index < 0:
        raise DeviceError(f"one of the cameras {', '.join(camera_names(model))}", repr(name), "name one of these")
    return index


def camera_names(model: mujoco.MjModel) -> tuple[str, ...]:
    """Names of all cameras of a scene."""
    return tuple(str(model.camera(i).name) for i in range(model.ncam))


def intrinsics(model: mujoco.MjModel, name: str, width: int, height: int) -> Vector:
    """(3, 3) camera matrix [px] of a camera of the scene."""
    return camera_matrix(float(model.cam_fovy[camera_index(model, name)]), width, height)


def camera_matrix(fovy: float, width: int, height: int) -> Vector:
    """(3, 3) camera matrix [px]; pixel centres are whole numbers, the first is (0, 0).

    Args:
        fovy: how much is seen from top to bottom [degrees].
        width: of the picture [px].
        height: of the picture [px].
    """
    focal = height / 2.0 / np.tan(np.radians(fovy) / 2.0)
    return np.array([[focal, 0.0, (width - 1) / 2.0], [0.0, focal, (height - 1) / 2.0], [0.0, 0.0, 1.0]])


def camera_in_base(model: mujoco.MjModel, data: mujoco.MjData, name: str) -> Vector:
    """(7,) position [m] and wxyz quaternion of a camera in the base frame; x right, y down, z forward."""
    index = camera_index(model, name)
    quaternion = np.empty(4)
    mujoco.mju_mat2Quat(quaternion, data.cam_xmat[index])
    return np.concatenate((data.cam_xpos[index], multiply(quaternion, _CV_IN_GL)))


def camera_infos(workcell: Workcell, width: int, height: int, rate_hz: float) -> tuple[CameraInfo, ...]:
    """How an episode describes each view of a task: where fixed cameras are, and the camera matrix of all.

    Args:
        workcell: whose task's views.
        width: of every picture [px].
        height: of every picture [px].
        rate_hz: how often each is drawn [Hz].
    """
    plain = tuple(CameraInfo(name, width, height, rate_hz) for name in workcell.cameras)
    return cameras_at(workcell.model_xml, workcell.state(), plain)


def cameras_at(model_xml: str, state: Vector, cameras: tuple[CameraInfo, ...]) -> tuple[CameraInfo, ...]:
    """The same views where they really are in a state: a reset may have moved them.

    Args:
        model_xml: the scene.
        state: (state_size,) of it.
        cameras: what is known of the views else.
    """
    model = model_from(model_xml)
    data = mujoco.MjData(model)
    mujoco.mj_setState(model, data, np.ascontiguousarray(state, dtype=np.float64), STATE)
    Appearance(model).apply(data.userdata)
    mujoco.mj_kinematics(model, data)
    mujoco.mj_camlight(model, data)
    return tuple(_seen_from(model, data, camera) for camera in cameras)


def _seen_from(model: mujoco.MjModel, data: mujoco.MjData, camera: CameraInfo) -> CameraInfo:
    fixed = int(model.cam_bodyid[camera_index(model, camera.name)]) == 0
    matrix = tuple(float(x) for x in intrinsics(model, camera.name, camera.width, camera.height).ravel())
    pose = tuple(float(x) for x in camera_in_base(model, data, camera.name)) if fixed else ()
    return replace(camera, intrinsics=matrix, pose=pose)


def headings(workcell: Workcell) -> dict[str, Vector]:
    """View → (3, 3) where it looks, level with the table, as columns right, up and backward in the base frame.

    Level, because a person who pushes forward wants the hand to go forward, not into the table. A view that moves has
    none.
    """
    infos = camera_infos(workcell, 64, 48, 30.0)
    return {camera.name: _level(to_matrix(np.array(camera.pose[3:]))) for camera in infos if camera.pose}


def _level(camera: Vector) -> Vector:
    right = np.array([*camera[:2, 0], 0.0]) / np.linalg.norm(camera[:2, 0])
    up = np.array([0.0, 0.0, 1.0])
    return np.column_stack((right, up, np.cross(right, up)))
