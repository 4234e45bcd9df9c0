"""What each process says about itself, and the board on which it says it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from accord.recorders.ring import Ring, RingSpec

_BYTES = 8192
_ITEM = np.dtype([("size", "i4"), ("text", "u1", (_BYTES,))])


@dataclass(frozen=True, slots=True)
class LoopStatus:
    """What the loop says about itself."""

    resets: int = 0
    """How many resets were done: the one that was asked for is done when this has gone up."""
    seed: int = 0
    source: str = "none"
    hold: int = 0
    """accord.devices.limits.Hold"""
    hold_text: str = ""
    """Why the robot holds and what to do, or empty."""
    overruns: int = 0
    """Turns that began more than a whole period late, so that a period was left out."""
    policy: str = ""
    input_name: str = ""
    input_serial: str = ""
    """Which of several of one kind; its port where it has no number."""
    input_connected: bool = False
    input_detail: str = ""
    input_reports: int = 0
    input_refused: int = 0
    input_rate_hz: float = 0.0
    input_jitter_ms: float = 0.0
    ghost: tuple[float, ...] = ()
    """Where a leader's joints and hand would be if the robot stood as it does: arm after arm, joint after joint,
    x y z [m]; empty while it drives or there is none."""
    apart: tuple[float, ...] = ()
    """Leader less robot, joint by joint [rad]; empty where there is no leader."""
    arm: int = 0
    """Which of two arms one device drives now; 0 for the left one."""
    message: str = ""
    """The last request that could not be followed, and why."""
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """What a camera process says about itself."""

    lost: tuple[int, ...] = ()
    """Per view, pictures that were due and not drawn, or too large to pass on."""
    drawn: tuple[int, ...] = ()
    message: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class RecorderStatus:
    """What the recorder says about itself."""

    refused: str = ""
    """The last episode that could not begin; `message` says why."""
    episode: str = ""
    """The episode that is being written, or empty."""
    steps: int = 0
    """Of it, so written that no kill can take them."""
    images: tuple[int, ...] = ()
    """Of it and per view, so written."""
    closing: int = 0
    """Episodes that have ended and wait for their last pictures."""
    closed: str = ""
    """The last episode that was closed."""
    closed_ending: int = 0
    """accord.datasets.episode_info.Ending of it."""
    closed_reason: str = ""
    episodes: int = 0
    """How many were closed by this process."""
    steps_lost: int = 0
    images_lost: int = 0
    disk_free: int = 0
    """[B]"""
    message: str = ""
    """What went wrong last, and what to do."""
    traceback: str = ""


S = TypeVar("S", bound=LoopStatus | CameraStatus | RecorderStatus)


class StatusBoard(Generic[S]):
    """A place where one process writes its status and others read the newest. Writing never waits."""

    def __init__(self, ring: Ring, kind: type[S]) -> None:
        self._ring, self._kind = ring, kind
        self._last: S | None = None
        self._said = b""
        self._item = np.zeros((), _ITEM)

    @classmethod
    def create(cls, kind: type[S]) -> "StatusBoard[S]":
        """Make a board."""
        return cls(Ring.create(_ITEM, 4), kind)

    @classmethod
    def attach(cls, spec: RingSpec, kind: type[S]) -> "StatusBoard[S]":
        """Open a board that another process made."""
        return cls(Ring.attach(spec), kind)

    @property
    def spec(self) -> RingSpec:
        """What another process needs to open it."""
        return self._ring.spec

    def publish(self, status: S) -> None:
        """Say it, if it is not what was said last."""
        if status == self._last:
            return
        self._last = status
        text = json.dumps(asdict(status)).encode()
        if len(text) > _BYTES:  # only a traceback can be that long; its end says what happened
            text = json.dumps(asdict(self._kind(traceback=status.traceback[-2000:]))).encode()
        if text == self._said:  # NaN, of which a status may hold some, is not equal to itself
            return
        self._item["size"] = len(text)
        self._item["text"][: len(text)] = np.frombuffer(text, np.uint8)
        self._ring.write(self._item)
        self._said = text

    def latest(self) -> S:
        """What was said last; the status of a process that has said nothing yet is the empty one."""
        record = self._ring.newest()
        if record is None:
            return self._kind()
        values: dict[str, Any] = json.loads(record["text"][: int(record["size"])].tobytes())
        fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
        return self._kind(**fields)

    def close(self) -> None:
        """Let go of the memory."""
        self._ring.close()
