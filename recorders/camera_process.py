"""The process that draws the simulated views: states in, encoded pictures out.

It follows the steps ring, so a slow picture never delays the loop. A picture is due at fixed times of the recorded
clock, and shows the first step at or after that time: also when it is drawn a little later, because the state of that
step is still in the ring. Only when it falls behind for good are pictures left out, and counted as lost.
"""

import time
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_info import CameraInfo
from accord.datasets.episode_writer import EncodedImage
from accord.datasets.images import encode
from accord.devices.sim.renderer import Renderer
from accord.recorders.image_ring import ImageRing
from accord.recorders.requests import Quit
from accord.recorders.ring import Ring, RingSpec
from accord.recorders.status import CameraStatus, StatusBoard
from accord.recorders.worker import Inbox, guarded, hurry

_BACKLOG = 15
"""How many pictures per view may wait: half a second at 30 Hz."""
_LOOK_S = 0.002
"""How often it looks for a new step: short beside a picture, long beside a look [s]."""


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """What the process that draws the views needs to know."""

    model_xml: str
    cameras: tuple[CameraInfo, ...]
    """All of one size and rate."""
    steps: RingSpec
    images: tuple[RingSpec, ...]
    """One ring per camera."""
    status: RingSpec


class Schedule:
    """When the next picture is due. It decides by the times it is given and keeps none of its own."""

    def __init__(self, rate_hz: float) -> None:
        self._period_ns = 1e9 / rate_hz
        self._zero: int | None = None
        self._next = 0

    def due(self, t_ns: int) -> int:
        """How many pictures fell due by `t_ns` since the last one: 0 to wait, 1 to draw, more when some were missed."""
        if self._zero is None:
            self._zero = t_ns
        passed = int((t_ns - self._zero) // self._period_ns) + 1 - self._next
        self._next += max(passed, 0)
        return max(passed, 0)


class Views:
    """Every view of one workcell, drawn together from one state."""

    def __init__(self, plan: CameraPlan, renderer: Renderer, rings: list[ImageRing]) -> None:
        self._cameras, self._renderer, self._rings = plan.cameras, renderer, rings
        self._schedule = Schedule(plan.cameras[0].rate_hz)
        self._waiting: deque[np.void] = deque()
        self.lost = [0] * len(plan.cameras)
        self.drawn = [0] * len(plan.cameras)

    def follow(self, steps: NDArray[np.void]) -> None:
        """Look which of the new steps are due to be drawn; the oldest that wait too long are lost."""
        for step in steps:
            due = self._schedule.due(int(step["t_ns"]))
            if due:
                self._waiting.append(step)
                self._lose(due - 1)
        while len(self._waiting) > _BACKLOG:
            self._waiting.popleft()
            self._lose(1)

    def _lose(self, count: int) -> None:
        self.lost = [lost + count for lost in self.lost]

    def draw_next(self) -> bool:
        """Draw the step that has waited longest; False when none waits."""
        if not self._waiting:
            return False
        step = self._waiting.popleft()
        for i, (camera, ring) in enumerate(zip(self._cameras, self._rings, strict=True)):
            picture = self._renderer.draw(step["physics/state"], camera.name)
            data = encode(picture, camera.codec, camera.quality)
            passed = ring.write(EncodedImage(data, int(step["t_ns"]), int(step["step"])))
            self.lost[i] += not passed
            self.drawn[i] += passed
        return True

    def warm_up(self, step: np.void) -> None:
        """The first picture of a view compiles shaders; that is done before anybody counts."""
        for camera in self._cameras:
            self._renderer.draw(step["physics/state"], camera.name)

    def status(self) -> CameraStatus:
        """How many were drawn and lost."""
        return CameraStatus(tuple(self.lost), tuple(self.drawn))


def run(plan: CameraPlan, connection: Connection) -> None:
    """The whole life of the process."""
    board = StatusBoard.attach(plan.status, CameraStatus)

    def work() -> None:
        hurry(nice=-5)
        rings = [ImageRing(Ring.attach(spec)) for spec in plan.images]
        renderer = Renderer(plan.model_xml, plan.cameras[0].width, plan.cameras[0].height)
        try:
            _draw_until_quit(Views(plan, renderer, rings), Ring.attach(plan.steps), Inbox(connection), board)
        finally:
            renderer.close()

    guarded(work, lambda trace: board.publish(CameraStatus(traceback=trace)))


def _draw_until_quit(views: Views, steps: Ring, inbox: Inbox, board: StatusBoard[CameraStatus]) -> None:
    while steps.head == 0 and not inbox.orphaned:
        inbox.waiting(_LOOK_S)
    first = steps.newest()
    if first is not None:
        views.warm_up(first)
    next_step = steps.head
    while not any(isinstance(request, Quit) for request in inbox.waiting()):
        batch = steps.since(next_step)
        next_step = batch.next_item
        views.follow(batch.items)
        if views.draw_next():
            board.publish(views.status())
        else:
            time.sleep(_LOOK_S)
