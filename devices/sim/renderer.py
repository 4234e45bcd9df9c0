"""Renderer: pictures of a state, and what each of their pixels shows.

Live pictures on a software GL leave out what costs most there, multisampling and shadow maps; `fine` pictures, drawn
again later or on a GPU, have both.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from accord.datasets.render_settings import SIDES
from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.appearance import Appearance
from accord.devices.sim.cameras import camera_names
from accord.devices.sim.engine import STATE, model_from, mujoco
from accord.devices.sim.gl import open_context
from accord.devices.sim.viewpoint import Viewpoint

_BY_BODY = (int(mujoco.mjtRndFlag.mjRND_SEGMENT), int(mujoco.mjtRndFlag.mjRND_IDCOLOR))
_GEOM = int(mujoco.mjtObj.mjOBJ_GEOM)


@dataclass(frozen=True, slots=True)
class Surfaces:
    """What the pixels of a picture show. Each is looked at through its middle, without multisampling."""

    depth: NDArray[np.float32]
    """(height, width) distance along the camera's axis [m]; infinite where there is nothing."""
    body: NDArray[np.uint16]
    """(height, width) number of the body in `Renderer.bodies`; 0 where there is nothing."""


class Renderer:
    """Draws one scene from any viewpoint. Use it in one thread, and close it before the interpreter ends."""

    def __init__(self, model_xml: str, width: int, height: int, fine: bool = False) -> None:
        """Open an OpenGL context and load the scene into it.

        Args:
            model_xml: a scene as `Workcell.model_xml`.
            width: of every picture [px].
            height: of every picture [px].
            fine: with multisampling and shadows.

        Raises:
            DeviceError: if the scene does not compile, the size is none that can be drawn, or OpenGL cannot be opened.
        """
        if not all(SIDES[0] <= side <= SIDES[1] for side in (width, height)):
            wanted = f"pictures of {SIDES[0]} to {SIDES[1]} pixels a side"
            raise DeviceError(wanted, f"{width} × {height}", "choose a size in this range")
        self.width, self.height, self.fine = width, height, fine
        model = self._model = model_from(model_xml)
        model.vis.global_.offwidth, model.vis.global_.offheight = width, height
        model.vis.quality.offsamples = 4 if fine else 0
        self._data = mujoco.MjData(model)
        self._appearance = Appearance(model)
        self._state = np.empty(0)
        self._rect = mujoco.MjrRect(0, 0, width, height)
        self._option = mujoco.MjvOption()
        self._option.sitegroup[:] = 0
        self._scene = mujoco.MjvScene(model, maxgeom=int(model.ngeom) + 64)
        self._scene.flags[int(mujoco.mjtRndFlag.mjRND_SHADOW)] = fine
        self._scene.flags[int(mujoco.mjtRndFlag.mjRND_REFLECTION)] = fine
        self._gl = open_context(width, height)
        self._pixels = mujoco.MjrContext(model, int(mujoco.mjtFontScale.mjFONTSCALE_100))
        # From 0, infinitely far, to 1, nearest: the only order in which far things keep their digits.
        self._pixels.readDepthMap = int(mujoco.mjtDepthMap.mjDEPTH_ZEROFAR)
        mujoco.mjr_setBuffer(int(mujoco.mjtFramebuffer.mjFB_OFFSCREEN), self._pixels)
        self._closed = False

    @property
    def cameras(self) -> tuple[str, ...]:
        """Names of the cameras of the scene."""
        return camera_names(self._model)

    @property
    def bodies(self) -> tuple[str, ...]:
        """Names of the bodies by their numbers in `Surfaces.body`; 0 stands for nothing and has none."""
        model = self._model
        return ("", *(str(model.body(i).name) or f"body {i}" for i in range(model.nbody)))

    def draw(self, state: Vector, view: str | Viewpoint) -> NDArray[np.uint8]:
        """(height, width, 3) RGB picture of a state.

        Args:
            state: (state_size,) as `Workcell.state`.
            view: from where; the name of one of `cameras`, or any viewpoint.

        Raises:
            DeviceError: if the camera is unknown, the state is not this scene's, or the renderer is closed.
        """
        self._render(state, view)
        upside_down = np.empty((self.height, self.width, 3), np.uint8)
        mujoco.mjr_readPixels(upside_down, None, self._rect, self._pixels)
        return np.ascontiguousarray(upside_down[::-1])

    def surfaces(self, state: Vector, view: str | Viewpoint) -> Surfaces:
        """How far everything is and to which body it belongs; everything is solid here, also what one can see through.

        Args:
            state: (state_size,) as `Workcell.state`.
            view: from where, as for `draw`.

        Raises:
            DeviceError: as `draw`.
        """
        flags = self._scene.flags
        flags[list(_BY_BODY)] = 1
        try:
            self._render(state, view)
        finally:
            flags[list(_BY_BODY)] = 0
        colours, depth = np.empty((self.height, self.width, 3), np.uint8), np.empty((self.height, self.width), "f4")
        mujoco.mjr_readPixels(colours, depth, self._rect, self._pixels)
        numbers = colours[::-1].astype(np.uint32) @ np.array([1, 1 << 8, 1 << 16], np.uint32)
        body = self._body_of()[numbers]
        return Surfaces(np.where(body > 0, self._metres(depth[::-1]), np.float32(np.inf)), body)

    def intrinsics(self, view: str | Viewpoint) -> Vector:
        """(3, 3) camera matrix [px]; pixel centres are whole numbers, the first is (0, 0)."""
        return _viewpoint(view).intrinsics(self._model, self.width, self.height)

    def pose(self, view: str | Viewpoint) -> Vector:
        """(7,) position [m] and wxyz quaternion of a view in the base frame, at the state drawn last.

        The camera's own frame is computer vision's: x right, y down, z forward.
        """
        return _viewpoint(view).pose(self._model, self._data)

    def moves(self, view: str | Viewpoint) -> bool:
        """Whether a view is fixed to something that moves, so that its pose holds for one state only."""
        return _viewpoint(view).moves(self._model)

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

    def _render(self, state: Vector, view: str | Viewpoint) -> None:
        """Draw into the off-screen buffer."""
        if self._closed:
            raise DeviceError("an open renderer", "a closed one", "open a new one")
        self._show(state)
        camera, every = _viewpoint(view).camera(self._model), int(mujoco.mjtCatBit.mjCAT_ALL)
        mujoco.mjv_updateScene(self._model, self._data, self._option, None, camera, every, self._scene)
        self._gl.make_current()
        mujoco.mjr_render(self._rect, self._scene, self._pixels)

    def _body_of(self) -> NDArray[np.uint16]:
        """(n,) number of the body, for each colour that MuJoCo gave to a thing in the scene; 0 is nothing."""
        things = self._scene.geoms[: self._scene.ngeom]
        body = np.zeros(len(things) + 1, np.uint16)
        for thing in things:
            if thing.segid >= 0 and thing.objtype == _GEOM:
                body[thing.segid + 1] = self._model.geom_bodyid[thing.objid] + 1
        return body

    def _metres(self, depth: NDArray[np.float32]) -> NDArray[np.float32]:
        """Undo the projection, of which the buffer holds the result: 0 far, 1 near."""
        near, far = (float(x) * float(self._model.stat.extent) for x in self._clipping())
        wide: NDArray[np.float64] = depth.astype(np.float64)
        return (near * far / (near + (far - near) * wide)).astype(np.float32)

    def _clipping(self) -> tuple[float, float]:
        return self._model.vis.map.znear, self._model.vis.map.zfar

    def _show(self, state: Vector) -> None:
        """Put the scene into a state, unless it is in it."""
        if np.array_equal(state, self._state):
            return
        size = int(mujoco.mj_stateSize(self._model, STATE))
        if state.shape != (size,):
            raise DeviceError(f"a state of {size} numbers", f"shape {state.shape}", "draw states of this scene only")
        self._state = np.array(state, dtype=np.float64)
        mujoco.mj_setState(self._model, self._data, self._state, STATE)
        self._dress()
        # Where things are is enough for a picture; contacts and forces are not needed.
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_comPos(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)

    def _dress(self) -> None:
        """Make the model what the state's reset wanted, and load the meshes anew that it made larger or smaller."""
        before = self._appearance.meshes
        if self._appearance.apply(self._data.userdata) and (before or self._appearance.meshes):
            self._gl.make_current()
            for mesh in {*before, *self._appearance.meshes}:
                mujoco.mjr_uploadMesh(self._model, self._pixels, mesh)


def _viewpoint(view: str | Viewpoint) -> Viewpoint:
    return Viewpoint(view) if isinstance(view, str) else view
