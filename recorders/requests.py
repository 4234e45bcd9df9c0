"""What may be asked of the processes. Requests go one way; their effect shows in the next status."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_info import EpisodeInfo
from accord.devices.mapping import Mapping
from accord.devices.sources.held import Held


@dataclass(frozen=True, slots=True)
class Reset:
    """Loop: go to the start of an episode, with the scene of this seed, and hold."""

    seed: int
    variation: AnyMapping[str, tuple[float, float]] = field(default_factory=dict)
    """Factor of the scene → the range to draw it from; who is not named varies as usual."""


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    """Loop: go back to a recorded state of the scene that stands there, and hold. Counts as a reset."""

    state: NDArray[np.float64]
    """(state_size,) the whole physics state."""
    gripper: float | NDArray[np.float64]
    """How far the gripper was told to open; (2,) with two hands [1]."""
    seed: int
    """Of the scene, for the status."""
    fingers: NDArray[np.float64] | None = None
    """(m,) or (2, m) how the finger joints were told to be; None for hands without [rad]."""


@dataclass(frozen=True, slots=True)
class UseSource:
    """Loop: take commands from here on from this source."""

    name: str
    """``keyboard``, ``spacemouse``, ``LEFT+RIGHT`` for two hands, ``scripted:STRATEGY``, or ``none``."""
    seed: int = 0
    """Of a scripted operator's noise."""
    view: str = ""
    """The picture that a person looks at while driving; empty for the first."""
    held: tuple[Held, ...] = ()
    """What the person holds, the left hand first; empty for a device that the loop knows by its name alone."""


@dataclass(frozen=True, slots=True)
class UseView:
    """Loop: the person who drives looks at this picture from here on."""

    view: str


@dataclass(frozen=True, slots=True)
class UseMapping:
    """Loop: what the person holds is mapped so from here on; it has to rest, or be engaged, anew."""

    hand: int
    """0 for the left one, or the only one."""
    mapping: Mapping


@dataclass(frozen=True, slots=True)
class Engage:
    """Loop: let the leader drive, if it stands where the robot stands; or let go of it."""

    on: bool


@dataclass(frozen=True, slots=True)
class UsePolicy:
    """Loop: score every step against this base policy; None for none."""

    folder: Path | None


@dataclass(frozen=True, slots=True)
class Hold:
    """Loop: hold the robot, or let the source drive again."""

    on: bool


@dataclass(frozen=True, slots=True)
class Begin:
    """Recorder: begin an episode with this step."""

    info: EpisodeInfo
    path: Path
    first_step: int


@dataclass(frozen=True, slots=True)
class End:
    """Recorder: end the episode before this step."""

    next_step: int
    outcome: str
    """``success``, ``failure`` or ``discarded``."""
    reason: str = ""
    """Why it is incomplete; empty for one that ended as it should."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Any process: finish what is open, and end."""


Request = Reset | Return | UseSource | UseView | UseMapping | Engage | UsePolicy | Hold | Begin | End | Quit
