"""ScriptedHand: one unsteady hand that follows a plan, reach by reach."""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sim.poses import turn_between
from accord.devices.sources.motion import Goal, Habits, Stroke, Tremor
from accord.devices.sources.plan import Reach

PATIENCE = 4
"""How many correcting strokes a reach may take before the operator goes on as it is."""
WITHIN_RAD = 0.03
"""How near the hand's turn has to be [rad]."""


class ScriptedHand:
    """One hand of a scripted operator."""

    def __init__(self, plan: tuple[Reach, ...], habits: Habits, rng: np.random.Generator) -> None:
        """Begin at the beginning.

        Args:
            plan: what to do.
            habits: how it moves.
            rng: of everything that happens by chance.
        """
        self._plan, self._habits, self._rng = plan, habits, rng
        self._tremor = Tremor(rng)
        self._at, self._tries, self._gripper = 0, 0, 1.0
        self._stroke: Stroke | None = None
        self._arrived = False
        self._idle_until_ns: int | None = None
        self._last_ns = 0

    @property
    def doing(self) -> str:
        """Name of the part of the plan it is at."""
        return self._reach.name

    def move(self, observation: Observation, t_ns: int) -> tuple[Vector, float]:
        """(6,) twist [m/s, rad/s] and opening of the gripper [1] for this step."""
        if self._idle_until_ns is None:
            self._idle_until_ns = t_ns + self._ns(self._hesitation())
        elapsed_s = min(max((t_ns - self._last_ns) / 1e9, 0.0), 0.1)
        self._last_ns = t_ns
        tremor = self._tremor.next(elapsed_s)
        if t_ns >= self._idle_until_ns:
            self._think(observation, t_ns)
        twist = np.zeros(6)
        if self._stroke is not None and t_ns >= self._idle_until_ns:
            clean = self._stroke.twist(observation.hand_position, observation.hand_quaternion, t_ns)
            twist = clean + tremor * self._spread(clean)
        return twist, self._gripper

    @property
    def _reach(self) -> Reach:
        return self._plan[self._at]

    def _think(self, seen: Observation, t_ns: int) -> None:
        """Begin a stroke, judge one that is over, or go on in the plan."""
        if self._arrived:
            self._go_on(seen, t_ns)
        elif self._stroke is None:
            self._begin(seen, t_ns)
        elif self._stroke.over(t_ns):
            self._judge(seen, t_ns)

    def _begin(self, seen: Observation, t_ns: int) -> None:
        goal = self._reach.aim(seen)
        if self._tries == 0:
            goal = self._missed(goal, seen)
        speed = self._reach.speed / self._habits.pace
        self._stroke = Stroke.towards(goal, seen.hand_position, seen.hand_quaternion, t_ns, speed)

    def _missed(self, goal: Goal, seen: Observation) -> Goal:
        """Where a first stroke really goes: a little beyond, a little beside; less so where it matters."""
        way = goal.position - seen.hand_position
        care = min(1.0, self._reach.within_m / 0.012)
        beside = self._rng.normal(0.0, self._habits.aim_m, 3) * min(1.0, float(np.linalg.norm(way)) / 0.1)
        return Goal(goal.position + care * (self._habits.overshoot * way + beside), goal.yaw)

    def _judge(self, seen: Observation, t_ns: int) -> None:
        """Near enough: set the gripper and wait. Otherwise a correcting stroke."""
        self._stroke, self._tries = None, self._tries + 1
        if self._near(seen) or self._tries > PATIENCE:
            self._arrived = True
            if self._reach.gripper is not None:
                self._gripper = self._reach.gripper
            self._idle_until_ns = t_ns + self._ns(self._reach.settle_s + self._hesitation())
        else:
            self._idle_until_ns = t_ns + self._ns(self._habits.reaction_s)

    def _near(self, seen: Observation) -> bool:
        goal = self._reach.aim(seen)
        turn = turn_between(seen.hand_quaternion, goal.quaternion)
        off = float(np.linalg.norm(goal.position - seen.hand_position))
        return off < self._reach.within_m and float(np.linalg.norm(turn)) < WITHIN_RAD

    def _go_on(self, seen: Observation, t_ns: int) -> None:
        names = [reach.name for reach in self._plan]
        if self._reach.check(seen):
            self._at += 1
        else:
            self._at = names.index(self._reach.otherwise) if self._reach.otherwise else 0
        self._arrived, self._tries, self._stroke = False, 0, None
        self._begin(seen, t_ns)

    def _spread(self, clean: Vector) -> Vector:
        """(6,) spread of the noise at this velocity."""
        still = np.repeat((self._habits.tremor_m_s, self._habits.tremor_rad_s), 3)
        spread: Vector = still + self._habits.effort * np.abs(clean)
        return spread

    def _hesitation(self) -> float:
        """Seconds between two reaches: the reaction, and sometimes a look around."""
        idle = self._rng.uniform(0.0, self._habits.idle_s) if self._rng.uniform() < self._habits.idle_chance else 0.0
        return float(self._habits.reaction_s + idle)

    @staticmethod
    def _ns(seconds: float) -> int:
        return round(seconds * 1e9)
