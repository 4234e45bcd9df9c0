"""The process around the recorder."""

import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from accord.datasets.decisions import Decisions
from accord.recorders.disk import Disk
from accord.recorders.image_ring import ImageRing
from accord.recorders.recorder import Recorder
from accord.recorders.requests import Quit, Request
from accord.recorders.ring import Ring, RingSpec
from accord.recorders.status import CameraStatus, RecorderStatus, StatusBoard
from accord.recorders.worker import Inbox, guarded

_LOOK_S = 0.02
"""How long it waits for a request before it looks at the rings again [s]."""


@dataclass(frozen=True, slots=True)
class RecorderPlan:
    """What the recorder process needs to know."""

    library: Path
    model_xml: str
    """The compiled scene of a simulated robot, or empty."""
    steps: RingSpec
    images: tuple[tuple[str, RingSpec], ...]
    """Camera and its ring."""
    cameras: RingSpec
    """The board on which the camera process says what it lost."""
    status: RingSpec
    begin_with: int
    """See `accord.recorders.disk` [B]."""
    stop_at: int
    """[B]"""


def run(plan: RecorderPlan, connection: Connection) -> None:
    """The whole life of the recorder process."""
    board = StatusBoard.attach(plan.status, RecorderStatus)

    def work() -> None:
        images = {camera: ImageRing(Ring.attach(spec)) for camera, spec in plan.images}
        disk = Disk(plan.library, plan.begin_with, plan.stop_at)
        decisions = Decisions(plan.library / "curation.sqlite")
        recorder = Recorder(Ring.attach(plan.steps), images, decisions, disk, plan.model_xml)
        _record_until_quit(recorder, Inbox(connection), plan, board)

    guarded(work, lambda trace: board.publish(RecorderStatus(traceback=trace)))


def _record_until_quit(
    recorder: Recorder, inbox: Inbox, plan: RecorderPlan, board: StatusBoard[RecorderStatus]
) -> None:
    cameras, names = StatusBoard.attach(plan.cameras, CameraStatus), [camera for camera, _ in plan.images]
    quitting = False
    while not quitting or recorder.busy:
        requests = inbox.waiting(_LOOK_S) if not inbox.orphaned else _pause()
        for request in requests:
            recorder.follow(request, time.monotonic_ns())
        if any(isinstance(request, Quit) for request in requests):
            quitting = True
            reason = "the window ended without a word" if inbox.orphaned else "the session was closed"
            recorder.stop(reason, time.monotonic_ns())
        lost = cameras.latest().lost or (0,) * len(names)
        recorder.tick(time.monotonic_ns(), dict(zip(names, lost, strict=True)))
        board.publish(recorder.status)


def _pause() -> list[Request]:
    """Nobody is left who could ask for anything; the last pictures may still come."""
    time.sleep(_LOOK_S)
    return []
