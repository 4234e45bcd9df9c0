"""Task: a scene, how it is reset and randomised, which stages lead to its end. Knows nothing of the simulator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from accord.devices.command import Vector
from accord.devices.limits import Bounds
from accord.devices.sim.factor import Factor, room_factors
from accord.devices.sim.shapes import Shape

RATES_HZ = (20.0, 100.0)
"""Lowest and highest control rate of a simulated workcell [Hz]."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a scene looks like now, as the stages of a task judge it. Heights are over the table's top."""

    objects: Mapping[str, Vector]
    """Object → (7,) position [m] and wxyz quaternion."""
    joints: Mapping[str, float]
    """Joint of the furniture → its position [m or rad]."""
    hands: tuple[Vector, ...]
    """(3,) position of each hand [m]."""
    openings: tuple[float, ...]
    """Between the fingers of each hand [m]."""
    touched_by: tuple[frozenset[str], ...]
    """Objects in contact with each hand or its fingers."""
    values: Mapping[str, float]
    """What this reset drew, by factor."""
    speeds: Mapping[str, float] = field(default_factory=dict)
    """Of each object [m/s]."""

    @property
    def touched(self) -> frozenset[str]:
        """Objects in contact with any hand."""
        return frozenset().union(*self.touched_by)

    @property
    def hand(self) -> Vector:
        """(3,) position of the first hand [m]."""
        return self.hands[0]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the way that can be seen to be done: reached, grasped, lifted, aligned, done."""

    name: str
    reached: Callable[[Moment], bool]
    """Judged only after the stage before was reached; what was reached once stays so."""


@dataclass(frozen=True, slots=True)
class Mount:
    """Where an arm stands."""

    prefix: str = ""
    """Of the names of all its parts; empty for the only arm."""
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Of its base in the world [m]."""
    yaw: float = 0.0
    """Of its base [rad]."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a person is asked to do, and how the scene tells that it is done."""

    name: str
    """As on the command line and in a file: ``square-nut``."""
    instruction: str
    """What to do, in one sentence for people and language-conditioned policies."""
    time_limit_s: float
    """An episode that takes longer is a failure [s]."""
    scene: str
    """Name of the MJCF file in `accord.assets` under ``scenes/``."""
    parts: Callable[[], Mapping[str, Shape]]
    """Every mesh that the scene names beyond those of the room."""
    objects: tuple[str, ...]
    """Names of the things that move; bodies of the scene, each with a free joint of its own name."""
    place: Callable[[Mapping[str, float], np.random.Generator], Mapping[str, Vector]]
    """Where everything stands at the start: the drawn values, and chance for what no factor names, → object → (7,)
    position [m], z over the table's top, and wxyz quaternion; or joint of the furniture → (1,) [m or rad]."""
    stages: tuple[Stage, ...]
    """In the order in which they are reached; the last one, held for a fifth of a second, is success."""
    own_factors: tuple[Factor, ...] = ()
    """What a reset varies; `factors` adds those of the room."""
    joints: tuple[str, ...] = ()
    """Joints of the furniture that are observed, such as a drawer's slide; 0 at the start if `place` says nothing."""
    furniture: tuple[str, ...] = ()
    """Bodies without a free joint that are observed and judged like objects, such as a drawer."""
    cameras: tuple[str, ...] = ("front", "side", "wrist")
    """Names of the views."""
    hand: str = "gripper"
    """What is mounted on the arm: name of an MJCF file in `accord.assets` under ``hands/``."""
    arms: tuple[str, ...] = ("panda",)
    """Names of the arms that it was tried with, the usual one first."""
    mounts: tuple[Mount, ...] = (Mount(),)
    """Where arms stand: one place per hand."""
    start: tuple[tuple[float, float, float], ...] = ()
    """(3,) where each hand starts, pointing down, z over the table's top [m]; empty: where its arm is at home."""
    bounds: Bounds = field(default_factory=Bounds)
    """How fast and where a hand may move, at the table's usual height."""
    wide: Mapping[str, float] = field(default_factory=dict)
    """Object → how far it reaches from its middle, for one that reaches beyond 6 cm [m]."""
    keep_clear: tuple[tuple[float, float, float], ...] = ()
    """Circles x, y, radius where no distractor may stand [m]; objects keep theirs clear by themselves."""

    @property
    def factors(self) -> tuple[Factor, ...]:
        """Everything that a reset may vary."""
        return (*self.own_factors, *room_factors())

    @property
    def hands(self) -> int:
        """How many hands are driven at once."""
        return len(self.mounts)

    def done(self, moment: Moment) -> bool:
        """Whether this moment counts as the end."""
        return self.stages[-1].reached(moment)
