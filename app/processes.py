"""The processes of a session, and the shared memory between them."""

from dataclasses import dataclass

import numpy as np

from accord.app.child import Child
from accord.app.settings import Settings
from accord.datasets.episode_info import CameraInfo
from accord.datasets.schema import Schema
from accord.devices.fingers import Fingers
from accord.devices.inputs.keyblock import KeyWriter
from accord.devices.sim.cameras import camera_infos, cameras_at
from accord.devices.sim.factor import JITTER, Factor
from accord.devices.sim.workcell import Workcell
from accord.recorders import camera_process, loop_process, recorder_process
from accord.recorders.camera_process import CameraPlan
from accord.recorders.image_ring import SLOTS, ImageRing, image_item
from accord.recorders.loop_process import LoopPlan
from accord.recorders.pulse import Pulse
from accord.recorders.recorder_process import RecorderPlan
from accord.recorders.requests import Request
from accord.recorders.ring import Ring
from accord.recorders.status import CameraStatus, LoopStatus, RecorderStatus, StatusBoard
from accord.recorders.step import step_schema

_STEP_SLOTS = 1024
"""Ten seconds at 100 Hz: how long a reader may be away before a step is lost."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a session has to know of its workcell before any process runs."""

    schema: Schema
    """Of a step."""
    cameras: tuple[CameraInfo, ...]
    model_xml: str
    simulator: str
    instruction: str
    time_limit_s: float
    arm: str
    factors: tuple[Factor, ...]
    """What a reset varies."""
    values_in_state: slice
    """Where a step's state keeps what the reset drew for them."""
    stages: tuple[str, ...]
    fingers: Fingers | None
    """Of its hands; None for grippers."""

    @classmethod
    def of(cls, settings: Settings) -> "Scene":
        """Build the workcell once, and keep what is known of it."""
        workcell = Workcell(settings.task, settings.rate_hz, arm=settings.arm)
        workcell.reset(0)  # whatever else varies, here every fixed camera is in its place
        rate_hz = min(settings.camera_hz, settings.rate_hz)  # a simulated view has no more states to show than that
        cameras = camera_infos(workcell, settings.width, settings.height, rate_hz)
        task = workcell.task
        schema = step_schema(workcell.observation_fields, workcell.state_size, task.hands)
        workcell.close()
        return cls(
            schema, cameras, workcell.model_xml, workcell.simulator, task.instruction, task.time_limit_s,
            workcell.arm, task.factors, workcell.values_in_state, tuple(stage.name for stage in task.stages),
            workcell.fingers,
        )  # fmt: skip

    def drawn(self, newest: np.void | None) -> dict[str, float]:
        """What the reset of the scene drew that is set now, by factor; empty before there is a step."""
        if newest is None:
            return {}
        values = newest["physics/state"][self.values_in_state]
        return {factor.name: float(value) for factor, value in zip(self.factors, values, strict=True)}

    def cameras_now(self, newest: np.void | None) -> tuple[CameraInfo, ...]:
        """The views where they are in the scene that is set now; looked up only where a reset has moved them."""
        if newest is None or not self.drawn(newest)[JITTER]:
            return self.cameras
        return cameras_at(self.model_xml, newest["physics/state"], self.cameras)


class Processes:
    """Loop, camera and recorder, with what they share. Started whole and stopped whole."""

    def __init__(self, settings: Settings, scene: Scene) -> None:
        """Start them.

        Raises:
            RecorderError: if there is too little shared memory.
        """
        self.steps = Ring.create(scene.schema.dtype, _STEP_SLOTS)
        self.images = {
            camera.name: ImageRing(Ring.create(image_item(camera.width, camera.height), SLOTS))
            for camera in scene.cameras
        }
        self.pulse, self.keys = Pulse.create(), KeyWriter()
        self.loop_board = StatusBoard.create(LoopStatus)
        self.camera_board = StatusBoard.create(CameraStatus)
        self.recorder_board = StatusBoard.create(RecorderStatus)
        self.loop = Child("loop", loop_process.run, self._loop_plan(settings))
        self.camera = Child("camera", camera_process.run, self._camera_plan(scene))
        self.recorder = Child("recorder", recorder_process.run, self._recorder_plan(settings, scene))

    def _loop_plan(self, settings: Settings) -> LoopPlan:
        return LoopPlan(
            settings.task, settings.arm, settings.rate_hz, settings.time_scale, self.keys.name, self.steps.spec,
            self.loop_board.spec, self.pulse.spec,
        )  # fmt: skip

    def _camera_plan(self, scene: Scene) -> CameraPlan:
        rings = tuple(self.images[camera.name].ring.spec for camera in scene.cameras)
        return CameraPlan(scene.model_xml, scene.cameras, self.steps.spec, rings, self.camera_board.spec)

    def _recorder_plan(self, settings: Settings, scene: Scene) -> RecorderPlan:
        rings = tuple((name, ring.ring.spec) for name, ring in self.images.items())
        return RecorderPlan(
            settings.library, scene.model_xml, self.steps.spec, rings, self.camera_board.spec, self.recorder_board.spec,
            settings.begin_with, settings.stop_at,
        )  # fmt: skip

    @property
    def children(self) -> tuple[Child, ...]:
        """Every process."""
        return self.loop, self.camera, self.recorder

    def deaths(self) -> str:
        """Which processes have ended, and how; empty while all live."""
        return "; ".join(filter(None, (child.death() for child in self.children)))

    def ask_loop(self, request: Request) -> None:
        """Ask the loop for something."""
        self.loop.ask(request)

    def ask_recorder(self, request: Request) -> None:
        """Ask the recorder for something."""
        self.recorder.ask(request)

    def stop(self) -> None:
        """End them all, the loop last: while the recorder finishes, the pictures must still come."""
        for child in (self.recorder, self.camera, self.loop):
            child.stop()
        for board in (self.loop_board, self.camera_board, self.recorder_board):
            board.close()
        for ring in self.images.values():
            ring.ring.close()
        self.steps.close()
        self.pulse.close()
        self.keys.close()
