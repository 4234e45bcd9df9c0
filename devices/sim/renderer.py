"""Renderer: pictures of a state.

Live pictures on a software GL leave out what costs most there, multisampling and shadow maps; `fine` pictures, drawn
again later or on a GPU, have both.
"""

from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.cameras import camera_in_base, camera_index, camera_names, intrinsics
from accord.devices.sim.engine import STATE, model_from, mujoco
from accord.devices.sim.gl import open_context


class Renderer:
    """Draws one scene from its named cameras. Use it in one thread, and close it before the interpreter ends."""

    def __init__(self, model_xml: str, width: int, height: int, fine: bool = False) -> None:
        """Open an OpenGL context and load the scene into it.

        Args:
            model_xml: a scene as `Workcell.model_xml`.
            width: of every picture [px].
            height: of every picture [px].
            fine: with multisampling and shadows.

        Raises:
            DeviceError: if OpenGL cannot be opened.
        """
        self.width, self.height, self.fine = width, height, fine
        model = self._model = model_from(model_xml)
        model.vis.global_.offwidth, model.vis.global_.offheight = width, height
        model.vis.quality.offsamples = 4 if fine else 0
        self._data = mujoco.MjData(model)
        self._state = np.empty(0)
        self._rect = mujoco.MjrRect(0, 0, width, height)
        self._option = mujoco.MjvOption()
        self._option.sitegroup[:] = 0
        self._scene = mujoco.MjvScene(model, maxgeom=int(model.ngeom) + 64)
        self._scene.flags[int(mujoco.mjtRndFlag.mjRND_SHADOW)] = fine
        self._scene.flags[int(mujoco.mjtRndFlag.mjRND_REFLECTION)] = fine
        self._gl = open_context(width, height)
        self._pixels = mujoco.MjrContext(model, int(mujoco.mjtFontScale.mjFONTSCALE_100))
        mujoco.mjr_setBuffer(int(mujoco.mjtFramebuffer.mjFB_OFFSCREEN), self._pixels)
        self._closed = False

    @property
    def cameras(self) -> tuple[str, ...]:
        """Names of the cameras of the scene."""
        return camera_names(self._model)

    def draw(self, state: Vector, camera: str) -> NDArray[np.uint8]:
        """(height, width, 3) RGB picture of a state from a camera.

        Args:
            state: (state_size,) as `Workcell.state`.
            camera: one of `cameras`.

        Raises:
            DeviceError: if the camera is unknown, the state is not this scene's, or the renderer is closed.
        """
        if self._closed:
            raise DeviceError("an open renderer", "a closed one", "open a new one")
        self._show(state)
        view = mujoco.MjvCamera()
        view.type, view.fixedcamid = int(mujoco.mjtCamera.mjCAMERA_FIXED), camera_index(self._model, camera)
        every = int(mujoco.mjtCatBit.mjCAT_ALL)
        mujoco.mjv_updateScene(self._model, self._data, self._option, None, view, every, self._scene)
        self._gl.make_current()
        mujoco.mjr_render(self._rect, self._scene, self._pixels)
        upside_down = np.empty((self.height, self.width, 3), np.uint8)
        mujoco.mjr_readPixels(upside_down, None, self._rect, self._pixels)
        return np.ascontiguousarray(upside_down[::-1])

    def intrinsics(self, camera: str) -> Vector:
        """(3, 3) camera matrix [px]; pixel centres are whole numbers, the first is (0, 0)."""
        return intrinsics(self._model, camera, self.width, self.height)

    def pose(self, camera: str) -> Vector:
        """(7,) position [m] and wxyz quaternion of a camera in the base frame, at the state drawn last.

        The camera's own frame is computer vision's: x right, y down, z forward.
        """
        return camera_in_base(self._model, self._data, camera)

    def close(self) -> None:
        """Let go of OpenGL; closing twice is allowed. Left to the collector, its context raises when Python ends."""
        if not self._closed:
            self._closed = True
            self._gl.make_current()
            self._pixels.free()
            self._gl.free()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _show(self, state: Vector) -> None:
        """Put the scene into a state, unless it is in it."""
        if np.array_equal(state, self._state):
            return
        size = int(mujoco.mj_stateSize(self._model, STATE))
        if state.shape != (size,):
            raise DeviceError(f"a state of {size} numbers", f"shape {state.shape}", "draw states of this scene only")
        self._state = np.array(state, dtype=np.float64)
        mujoco.mj_setState(self._model, self._data, self._state, STATE)
        # Where things are is enough for a picture; contacts and forces are not needed.
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_comPos(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
