"""A rollout as an episode of the library: the steps as the loop wrote them, and every view drawn from their states."""

import socket
import uuid
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from accord.app.errors import AppError
from accord.app.provenance import software
from accord.app.report import CancelledError
from accord.app.rollout import Rollout, RolloutPlan
from accord.datasets.decisions import Decisions, Kind
from accord.datasets.episode_info import CameraInfo, Ending, EpisodeInfo
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.datasets.images import encode, resize
from accord.datasets.index import THUMBNAIL
from accord.datasets.library import Library
from accord.datasets.schema import Schema
from accord.devices.sim.cameras import camera_infos
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.workcell import Workcell
from accord.recorders.camera_process import Schedule
from accord.recorders.disk import STOP_AT, Disk

CAMERA_HZ = 30.0
"""Of every view, as a session draws them [Hz]."""


class RolloutWriter:
    """Writes rollouts of one plan. The library and OpenGL are opened when they are first needed."""

    def __init__(self, plan: RolloutPlan, robot: Workcell, schema: Schema) -> None:
        self._plan, self._robot, self._schema = plan, robot, schema
        self._renderer: Renderer | None = None
        self._library: Library | None = None
        self._abandoned: list[EpisodeWriter] = []  # on a full disk; letting go of one would close its file

    def thumbnail(self, step: np.void) -> bytes:
        """A small JPEG of the first view at this step."""
        picture = self._opened().draw(step["physics/state"], self._robot.task.cameras[0])
        return encode(resize(picture, *THUMBNAIL), quality=85)

    def write(
        self, rollout: Rollout, steps: NDArray[np.void], began: tuple[int, int], stopped: Callable[[], bool]
    ) -> str:
        """Draw every view, write the file, and say in the library how it went.

        Args:
            rollout: what became of it.
            steps: all of its steps.
            began: when it began, on the clock of the steps and since 1970 [ns].
            stopped: asked before every picture; True leaves nothing behind.

        Returns:
            The episode's id.

        Raises:
            AccordError: if the library cannot be written, or has too little room.
            OSError: if the disk fails.
            CancelledError: if it was stopped.
        """
        self._library = self._library or Library.create(self._plan.library)
        info = self._info(rollout, steps, began)
        pictures = self._draw(info.cameras, steps, stopped)
        self._check_room(steps.nbytes + sum(len(image.data) for images in pictures.values() for image in images))
        writer = EpisodeWriter(self._library.new_episode_path(info), info, self._robot.model_xml)
        try:
            writer.make_room()
            writer.append_steps(steps)
            for camera, images in pictures.items():
                writer.append_images(camera, images)
            ending = Ending.INCOMPLETE if rollout.broken else Ending.COMPLETE
            writer.close(ending, rollout.reason if rollout.broken else "")
        except OSError:
            self._abandoned.append(writer)
            raise
        _say_outcome(self._library.decisions, info.id, rollout)
        return info.id

    def _info(self, rollout: Rollout, steps: NDArray[np.void], began: tuple[int, int]) -> EpisodeInfo:
        plan, robot = self._plan, self._robot
        robot.set_state(steps["physics/state"][0])  # where this scene's cameras are
        cameras = camera_infos(robot, plan.width, plan.height, min(CAMERA_HZ, plan.rate_hz))
        return EpisodeInfo(
            id=str(uuid.uuid4()), task=plan.task, instruction=plan.instruction, operator=plan.policy.text,
            source=f"policy:{plan.policy.text}", station=socket.gethostname(), seed=rollout.seed, rate_hz=plan.rate_hz,
            wall_ns=began[1], monotonic_ns=began[0], schema=self._schema, cameras=cameras, simulator=robot.simulator,
            time_scale=max(rollout.duration_s, 1e-3) / max(rollout.seconds, 1e-3), software=software(),
            arm=robot.arm, factors=rollout.values, stages=tuple(stage.name for stage in robot.task.stages),
        )  # fmt: skip

    def _draw(
        self, cameras: tuple[CameraInfo, ...], steps: NDArray[np.void], stopped: Callable[[], bool]
    ) -> dict[str, list[EncodedImage]]:
        """The pictures that a session would have recorded."""
        images: dict[str, list[EncodedImage]] = {camera.name: [] for camera in cameras}
        schedule, renderer = Schedule(cameras[0].rate_hz), self._opened()
        for step in steps:
            if stopped():
                raise CancelledError
            if schedule.due(int(step["t_ns"])):
                for camera in cameras:
                    picture = renderer.draw(step["physics/state"], camera.name)
                    data = encode(picture, camera.codec, camera.quality)
                    images[camera.name].append(EncodedImage(data, int(step["t_ns"]), int(step["step"])))
        return images

    def _opened(self) -> Renderer:
        if self._renderer is None:
            self._renderer = Renderer(self._robot.model_xml, self._plan.width, self._plan.height)
        return self._renderer

    def _check_room(self, size: int) -> None:
        free = Disk(self._plan.library).free()
        if free - size < STOP_AT:
            wanted = f"{(size + STOP_AT) / 2**20:.0f} MiB of free disk to keep a rollout"
            raise AppError(wanted, f"{free / 2**20:.0f} MiB", "free some space, or keep none")

    def close(self) -> None:
        """Let go of OpenGL."""
        if self._renderer is not None:
            self._renderer.close()


def _say_outcome(decisions: Decisions, episode: str, rollout: Rollout) -> None:
    """As the recorder says it, see `accord.recorders.recorder`."""
    if rollout.broken:
        decisions.append("recorder", episode, Kind.OUTCOME, "incomplete", rollout.reason)
    else:
        decisions.append_unless_said("recorder", episode, Kind.OUTCOME, "success" if rollout.success else "failure")
