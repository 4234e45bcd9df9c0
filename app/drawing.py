"""Drawing: the pictures of one recorded episode, made again from its physics states."""

import os
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from accord.datasets.align import row_times
from accord.datasets.episode import Episode
from accord.datasets.episode_info import CameraInfo
from accord.datasets.episode_writer import EncodedImage
from accord.datasets.errors import RenderError
from accord.datasets.images import DEEP, encode, encode_deep
from accord.datasets.provenance import software
from accord.datasets.render_settings import RenderSettings
from accord.datasets.rendered import DEPTH, SEGMENTATION, RenderedWriter, RenderInfo, millimetres
from accord.devices.command import Vector
from accord.devices.sim.engine import SIMULATOR
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.viewpoint import Viewpoint, viewpoints

_BLOCK_BYTES = 1 << 21
"""Encoded pictures that are held before they are written, because each write takes as long as a small picture."""


class Drawing:
    """Draws episodes again, one after another, with one renderer as long as they have one scene. A context manager."""

    def __init__(self, settings: RenderSettings) -> None:
        """Draw nothing yet.

        Raises:
            DeviceError: if a view is none.
        """
        self.settings = settings
        self.views = viewpoints(",".join(settings.views))
        self._renderer: Renderer | None = None
        self._scene = ""

    def draw(self, source: Path, target: Path) -> Generator[int]:
        """Draw one episode; what is asked for next is drawn next.

        Args:
            source: the episode; it is only read.
            target: where its pictures shall stand.

        Yields:
            How many pictures were drawn, after each step.

        Raises:
            AccordError: if the episode cannot be read or drawn; nothing is left then.
            OSError: if the pictures cannot be written; nothing is left then.
        """
        with Episode(source) as episode:
            states, (rows, lost) = _states(episode), _moments(episode, self.settings.rate_hz)
            t_ns, number = episode.t_ns, episode.field("step")
            renderer = self._renderer_of(episode.model_xml())
            info = self._info(episode, renderer, states[rows[0]])
            with RenderedWriter(target, info) as writer:
                writer.lose(lost)
                waiting: dict[str, list[EncodedImage]] = {camera.name: [] for camera in info.cameras}
                for done, row in enumerate(rows, 1):
                    for view, data in self._pictures(renderer, states[row]):
                        waiting[view].append(EncodedImage(data, int(t_ns[row]), int(number[row])))
                    size = sum(len(image.data) for images in waiting.values() for image in images)
                    if size > _BLOCK_BYTES or done == len(rows):
                        for view, images in waiting.items():
                            writer.append(view, images)
                            images.clear()
                    yield len(waiting)

    def close(self) -> None:
        """Let go of OpenGL."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _renderer_of(self, xml: str) -> Renderer:
        if self._renderer is None or xml != self._scene:
            self.close()
            self._renderer = Renderer(xml, self.settings.width, self.settings.height, self.settings.fine)
            self._scene = xml
        return self._renderer

    def _pictures(self, renderer: Renderer, state: Vector) -> Iterator[tuple[str, bytes]]:
        """Every picture of one state, encoded, by the name of its view."""
        for view in self.views:
            yield view.name, encode(renderer.draw(state, view))
            if self.settings.depth or self.settings.segmentation:
                surfaces = renderer.surfaces(state, view)
                if self.settings.depth:
                    yield view.name + DEPTH, encode_deep(millimetres(surfaces.depth))
                if self.settings.segmentation:
                    yield view.name + SEGMENTATION, encode_deep(surfaces.body)

    def _info(self, episode: Episode, renderer: Renderer, first: Vector) -> RenderInfo:
        recorded_hz = max((camera.rate_hz for camera in episode.info.cameras), default=0.0)
        cameras: list[CameraInfo] = []
        for view in self.views:
            renderer.draw(first, view)  # now it is known where the view is, and what is wrong with it
            camera = _camera(renderer, view, self.settings.rate_hz or recorded_hz)
            cameras.append(camera)
            if self.settings.depth:
                cameras.append(replace(camera, name=view.name + DEPTH, codec=DEEP))
            if self.settings.segmentation:
                cameras.append(replace(camera, name=view.name + SEGMENTATION, codec=DEEP))
        bodies = renderer.bodies if self.settings.segmentation else ()
        made_with = software() | {"simulator": SIMULATOR, "gl": os.environ.get("MUJOCO_GL", "")}
        return RenderInfo(episode.info.id, self.settings, tuple(cameras), bodies, made_with)


def _camera(renderer: Renderer, view: Viewpoint, rate_hz: float) -> CameraInfo:
    matrix = tuple(float(x) for x in renderer.intrinsics(view).ravel())
    pose = () if renderer.moves(view) else tuple(float(x) for x in renderer.pose(view))
    return CameraInfo(view.name, renderer.width, renderer.height, rate_hz, intrinsics=matrix, pose=pose)


def _states(episode: Episode) -> NDArray[np.float64]:
    """(steps, state_size) what the pictures are made from."""
    if "physics/state" not in episode.info.schema or not episode.model_xml():
        wanted = f"physics states in episode {episode.info.id}"
        raise RenderError(wanted, "none", "leave it out: only what was simulated can be drawn again")
    states: NDArray[np.float64] = episode.field("physics/state")
    if not np.isfinite(states).all():
        raise RenderError(f"finite states in episode {episode.info.id}", "one that is not", "run accord check")
    return states


def _moments(episode: Episode, rate_hz: float) -> tuple[NDArray[np.int64], int]:
    """Which rows of the steps are drawn, at least one, and how many cannot be because they were lost."""
    name, t_ns = f"episode {episode.info.id}", episode.t_ns
    if not len(t_ns):
        raise RenderError(f"a step to draw in {name}", "none", "leave it out")
    if rate_hz:
        if rate_hz > episode.info.rate_hz:
            found = f"{episode.info.rate_hz:g} steps per second in {name}"
            raise RenderError(f"{rate_hz:g} pictures per second", found, "choose a lower rate, nothing is invented")
        # As the cameras do: the first step at or after each moment.
        wanted = np.searchsorted(t_ns, row_times(int(t_ns[0]), int(t_ns[-1]), rate_hz))
        return np.unique(wanted).astype(np.int64), 0
    shown = [episode.image_steps(camera.name) for camera in episode.cameras]
    steps = np.unique(np.concatenate([*shown, np.empty(0, np.int64)]))
    steps = steps[steps >= 0]
    number = episode.field("step")
    rows = np.minimum(np.searchsorted(number, steps), len(number) - 1)
    there = number[rows] == steps
    if not there.any():
        raise RenderError(f"recorded pictures in {name}", "none whose moments to draw", "give a --rate")
    return rows[there].astype(np.int64), int(np.count_nonzero(~there))
