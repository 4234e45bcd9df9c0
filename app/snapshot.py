"""Snapshot: all that the screen shows of a session at one moment. Frozen; panels only ever see this."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_writer import EncodedImage
from accord.recorders.status import CameraStatus, LoopStatus, RecorderStatus


class State(StrEnum):
    """What the session is doing. One look each."""

    STARTING = "starting"
    """The processes are coming up."""
    READY = "ready"
    """The scene is set and an episode may begin. The person may drive."""
    RESETTING = "resetting"
    """The scene is being set."""
    RECORDING = "recording"
    FAILED = "failed"
    """A process died; `Snapshot.failure` says which and why. Only a restart helps."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How well the loop kept its beat over the last second."""

    rate_hz: float = 0.0
    late_p50_ms: float = 0.0
    late_p99_ms: float = 0.0
    late_max_ms: float = 0.0
    overruns: int = 0
    """Periods left out since the start."""


@dataclass(frozen=True, slots=True)
class LiveScore:
    """The episode in progress (or, between episodes, the last one) against the base policy; NaN without one."""

    compatibility: float = float("nan")
    conflict_share: float = float("nan")
    novel_share: float = float("nan")
    far_share: float = float("nan")
    """Far from every base state; 0 where the policy does not know them."""
    disputed_share: float = float("nan")
    """Novel or far, but not both."""
    incompatibility: float = float("nan")
    """Our own score, see `accord.datasets.incompatibility`; low is good, 0.5 is as usual."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The episode that ended last. Its outcome can be changed until the next one begins."""

    episode: str
    outcome: str
    """``success``, ``failure``, ``discarded`` or ``incomplete``."""
    duration_s: float
    score: LiveScore
    saved: bool
    """True when its file is closed."""
    seed: int = 0
    """Of its scene."""
    reason: str = ""
    """Why it is incomplete, or empty."""
    still: str = ""
    """Why no arm moved in it although a person was to drive; empty where one did."""

    @property
    def doubt(self) -> str:
        """What to say of an episode that counts though no arm moved in it, and what to do; empty for others."""
        if not self.still or self.outcome in ("discarded", "incomplete"):
            return ""
        kept = f"It is kept as a {self.outcome}: discard it, or do it over."
        return f"No arm moved in the last episode, because {self.still}. {kept}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the screen shows of a session at one moment."""

    state: State = State.STARTING
    task: str = ""
    arm: str = ""
    instruction: str = ""
    operator: str = ""
    source: str = "none"
    """What was chosen to drive; `loop.source` is what drives now."""
    awaited: bool = False
    """Whether the device that was chosen may still be about to speak for the first time: its silence is no failure."""
    policy: str = ""
    practice: bool = False
    """True while nothing is kept."""
    seed: int = 0
    variation: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Which factors are fixed, or vary otherwise than usual: factor → range."""
    factors: Mapping[str, float] = field(default_factory=dict)
    """What the reset drew, by factor."""
    stages: tuple[str, ...] = ()
    """Names of the task's stages."""
    stage: int = 0
    """How many of them were reached since the reset."""
    rate_hz: float = 50.0
    """What the loop should keep [Hz]."""
    time_scale: float = 1.0
    timing: Timing = field(default_factory=Timing)
    loop: LoopStatus = field(default_factory=LoopStatus)
    cameras: CameraStatus = field(default_factory=CameraStatus)
    recorder: RecorderStatus = field(default_factory=RecorderStatus)
    views: tuple[str, ...] = ()
    pictures: Mapping[str, EncodedImage] = field(default_factory=dict)
    """View → its newest picture."""
    steps: NDArray[np.void] = field(default_factory=lambda: np.empty(0, [("t_ns", "i8")]))
    """The steps since the snapshot before, as records; those before the first are left out."""
    newest: np.void | None = None
    """The newest step."""
    episode: str = ""
    """The episode that is being recorded, or empty."""
    elapsed_s: float = 0.0
    """Of it [s]."""
    recorded: int = 0
    """Episodes that were recorded and not discarded in this session."""
    success: bool = False
    """Whether the scene sees the task done now."""
    score: LiveScore = field(default_factory=LiveScore)
    error_limit: float = float("nan")
    """λ of the policy."""
    novelty_limit: float = float("nan")
    """η of the policy."""
    finished: Finished | None = None
    failure: str = ""
    """What died, and how."""
    message: str = ""
    """The last thing that went wrong without ending the session, with what to do."""
