"""GL: an off-screen OpenGL context, chosen so that it works without a screen.

mujoco decides by MUJOCO_GL when it is first imported, and without it on Linux takes GLFW, which needs a screen. Here
the choice is made when the first picture is drawn: what the person chose, else EGL, else OSMesa.
"""

import os
import sys
from ctypes.util import find_library
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from accord.devices.errors import DeviceError
from accord.devices.sim.engine import mujoco


class GLContext(Protocol):
    """What mujoco's contexts have in common."""

    def make_current(self) -> None:
        """Draw with this one from now on, in this thread."""
        ...

    def free(self) -> None:
        """Let go of it."""
        ...


def open_context(width: int, height: int) -> GLContext:
    """An off-screen context for pictures of this size [px].

    Raises:
        DeviceError: if OpenGL cannot be opened.
    """
    # llvmpipe's own threads cost more than they save: 9.3 against 8.6 ms of CPU for a 640×480 picture.
    os.environ.setdefault("LP_NUM_THREADS", "0")
    try:
        context: GLContext = _context_class()(width, height)
        context.make_current()
    except (ImportError, RuntimeError, AttributeError, OSError) as error:
        chosen = os.environ.get("MUJOCO_GL", "none")
        remedy = "install libegl1 and libgl1, or libosmesa6 and set MUJOCO_GL=osmesa"
        raise DeviceError("an OpenGL to draw with", f"{chosen}, which fails with {error!r}", remedy) from error
    return context


@cache
def _context_class() -> Any:
    if os.environ.get("MUJOCO_GL") or sys.platform != "linux":
        return mujoco.GLContext
    # PyOpenGL can be loaded for one platform per process only, so the choice is made before trying.
    os.environ["MUJOCO_GL"] = "egl" if find_library("EGL") else "osmesa"
    return import_module(f"mujoco.{os.environ['MUJOCO_GL']}").GLContext
