"""Views: the pictures that a policy sees, drawn from the physics state of a step."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from accord.devices.errors import DeviceError
from accord.devices.sim.renderer import Renderer


class Views:
    """Some views of one scene at one size. Use it in one thread."""

    def __init__(self, model_xml: str, names: tuple[str, ...], width: int, height: int) -> None:
        """Open OpenGL.

        Args:
            model_xml: the scene.
            names: of its cameras.
            width: of every picture [px].
            height: of every picture [px].

        Raises:
            DeviceError: if a view is unknown, or OpenGL cannot be opened.
        """
        self._names, self._renderer = names, Renderer(model_xml, width, height)
        for name in names:
            if name not in self._renderer.cameras:
                known = ", ".join(self._renderer.cameras)
                self._renderer.close()
                raise DeviceError(f"one of the views {known}", repr(name), "name one of these")

    def __call__(self, step: np.void) -> Mapping[str, NDArray[np.uint8]]:
        """View → (height, width, 3) RGB."""
        return {name: self._renderer.draw(step["physics/state"], name) for name in self._names}

    def close(self) -> None:
        """Let go of OpenGL."""
        self._renderer.close()
