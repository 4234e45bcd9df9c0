"""Motion: how an unsteady hand moves, as commands of velocity.

Reaches follow the minimum-jerk profile (Flash and Hogan, 1985). A reach is a first, fast stroke that lands a little
off, and small correcting strokes after it (Meyer et al., 1988). Noise grows with speed (Harris and Wolpert, 1998). All
chance comes from one generator, all time from the caller.
"""

from dataclasses import dataclass, replace

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.poses import turn_between, turned


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the hand is wanted: pointing straight down, turned by yaw."""

    position: Vector
    """(3,) in the base frame [m]."""
    yaw: float
    """Turn about the vertical; 0 when the fingers open along the base's y axis [rad]."""

    @property
    def quaternion(self) -> Vector:
        """(4,) hand in base frame, wxyz."""
        return turned(np.array([0.0, 1.0, 0.0, 0.0]), np.array([0.0, 0.0, self.yaw]))


@dataclass(frozen=True, slots=True)
class Manner:
    """How a strategy changes the habits of whoever follows it; all shares are of the habit that was drawn."""

    pace: float = 1.0
    """Of the durations: above 1 is slower."""
    tremor: float = 1.0
    """Of the tremble, and of the noise that grows with speed."""
    aim: float = 1.0
    """Of how far strokes land beside their goal."""
    overshoot: float = 0.0
    """Added to how far the first stroke lands beyond its goal, as a share of its length."""
    idle: float = 1.0
    """Of how often and how long an operator stops to look."""
    reaction: float = 1.0
    """Of the reaction time."""


CLUMSY = Manner(pace=1.25, tremor=2.5, aim=3.0, overshoot=0.08, idle=3.0, reaction=1.6)
"""Somebody who gets there in the end."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How one operator moves, drawn once from a seed."""

    pace: float
    """Durations are multiplied by this; below 1 is brisk [1]."""
    reaction_s: float
    """From seeing that a stroke is over to beginning the next [s]."""
    overshoot: float
    """How far the first stroke lands beyond its goal, as a share of its length; negative falls short [1]."""
    aim_m: float
    """Spread of where a long stroke lands, to each side [m]."""
    tremor_m_s: float
    """Spread of the velocity's slow tremble while moving [m/s]."""
    tremor_rad_s: float
    """The same for turning [rad/s]."""
    effort: float
    """Noise as a share of the speed [1]."""
    idle_chance: float
    """How often an operator stops to look before a stroke [1]."""
    idle_s: float
    """How long, at most [s]."""

    def in_manner(self, manner: Manner) -> "Habits":
        """The same operator, following a strategy in this manner."""
        return replace(
            self,
            pace=self.pace * manner.pace,
            reaction_s=self.reaction_s * manner.reaction,
            overshoot=self.overshoot + manner.overshoot,
            aim_m=self.aim_m * manner.aim,
            tremor_m_s=self.tremor_m_s * manner.tremor,
            tremor_rad_s=self.tremor_rad_s * manner.tremor,
            effort=self.effort * manner.tremor,
            idle_chance=min(self.idle_chance * manner.idle, 0.9),
            idle_s=self.idle_s * manner.idle,
        )

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Habits":
        """One operator's habits."""
        return cls(
            pace=float(rng.uniform(0.85, 1.2)),
            reaction_s=float(rng.uniform(0.08, 0.18)),
            overshoot=float(rng.normal(0.0, 0.03)),
            aim_m=float(rng.uniform(0.001, 0.004)),
            tremor_m_s=float(rng.uniform(0.002, 0.006)),
            tremor_rad_s=float(rng.uniform(0.005, 0.02)),
            effort=float(rng.uniform(0.02, 0.06)),
            idle_chance=float(rng.uniform(0.05, 0.15)),
            idle_s=float(rng.uniform(0.2, 0.6)),
        )


def minimum_jerk(share: float) -> tuple[float, float]:
    """Share of the way and speed, in ways per duration, when this share of a stroke's time has passed."""
    s = min(max(share, 0.0), 1.0)
    return s**3 * (10.0 - 15.0 * s + 6.0 * s * s), 30.0 * s * s * (1.0 - s) ** 2


@dataclass(frozen=True, slots=True)
class Stroke:
    """One smooth movement of the hand from where it is to a goal."""

    start: Vector
    """(3,) [m]."""
    start_quaternion: Vector
    """(4,) wxyz."""
    shift: Vector
    """(3,) from start to end [m]."""
    turn: Vector
    """(3,) rotation vector from start to end, in the base frame [rad]."""
    begins_ns: int
    """[ns]."""
    duration_s: float
    """[s]."""

    @classmethod
    def towards(cls, goal: Goal, position: Vector, quaternion: Vector, t_ns: int, speed: float) -> "Stroke":
        """The stroke from here to the goal.

        Args:
            goal: where to.
            position: (3,) of the hand now [m].
            quaternion: (4,) of the hand now.
            t_ns: when it begins [ns].
            speed: mean speed of a long one [m/s]; turns are as brisk, 6 rad to the metre.
        """
        shift = goal.position - position
        turn = turn_between(quaternion, goal.quaternion)
        length = max(float(np.linalg.norm(shift)), float(np.linalg.norm(turn)) / 6.0)
        # Short strokes are slower than long ones: a fixed part of the time does not depend on the length.
        return cls(position, quaternion, shift, turn, t_ns, 0.22 + length / speed)

    def over(self, t_ns: int) -> bool:
        """Whether its time has passed."""
        return self._share(t_ns) >= 1.0

    def twist(self, position: Vector, quaternion: Vector, t_ns: int, grip_hz: float = 4.0) -> Vector:
        """(6,) the velocity of the profile, and back towards it by `grip_hz` times how far the hand is off."""
        way, speed = minimum_jerk(self._share(t_ns))
        wanted = turned(self.start_quaternion, way * self.turn)
        off = self.start + way * self.shift - position
        off_turn = turn_between(quaternion, wanted)
        rate = speed / self.duration_s
        return np.concatenate((rate * self.shift + grip_hz * off, rate * self.turn + grip_hz * off_turn))

    def _share(self, t_ns: int) -> float:
        return (t_ns - self.begins_ns) / 1e9 / self.duration_s


class Tremor:
    """Noise that trembles: an Ornstein-Uhlenbeck process, the same whatever the control rate."""

    def __init__(self, rng: np.random.Generator, time_constant_s: float = 0.08) -> None:
        self._rng, self._time_constant_s = rng, time_constant_s
        self._value = np.zeros(6)

    def next(self, elapsed_s: float) -> Vector:
        """(6,) its value after this much more time, with spread 1."""
        keep = float(np.exp(-elapsed_s / self._time_constant_s))
        self._value = keep * self._value + np.sqrt(1.0 - keep * keep) * self._rng.standard_normal(6)
        return self._value
