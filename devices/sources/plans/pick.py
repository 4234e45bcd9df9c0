"""Pick: ways to take hold of something that stands on the table, and to carry it elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sources.motion import Goal
from accord.devices.sources.plan import Aim, Reach
from accord.devices.sources.plans.moves import hand_yaw, nearest_turn, never, rise_to, stay, width

LOWEST = 0.014
"""Of the hand over the table: its finger tips are 8.5 mm lower [m]."""
OPEN_WIDE = 0.88
"""Opening that lets go of everything that can be held, and leaves the fingers off their stops [1]."""
HOLD = Reach("hold", stay, within_m=1.0, settle_s=3600.0)
"""The end of a plan whose object is held."""


@dataclass(frozen=True, slots=True)
class Grip:
    """Where and how one thing is held."""

    name: str
    """Of the object."""
    wide: Callable[[Observation], float]
    """Between the fingers that hold it [m]."""
    height: Callable[[Observation], float]
    """Of the hand over the table while it takes hold [m]."""
    turn: Callable[[Observation], float]
    """Of the hand about the vertical [rad]."""
    near_m: float = 0.03
    """How far the middle of a held object may be from the hand [m]."""

    def middle(self, seen: Observation) -> Vector:
        """(2,) where the object is [m]."""
        return seen.objects[self.name][:2]

    def holds(self, seen: Observation) -> bool:
        """The fingers are kept apart by the object, and it is where the hand is."""
        wide = self.wide(seen)
        near = float(np.linalg.norm(seen.objects[self.name][:3] - seen.hand_position)) < self.near_m
        return near and 0.8 * wide < width(seen) < min(1.3 * wide, 0.075)

    def at(self, seen: Observation) -> Goal:
        """Where the hand takes hold."""
        return Goal(np.array([*self.middle(seen), self.height(seen)]), self.turn(seen))

    def over(self, lowest: float) -> Aim:
        """Above the object, at the height where the hand is, or at this one if that is higher [m]."""
        return lambda seen: Goal(
            np.array([*self.middle(seen), max(float(seen.hand_position[2]), lowest)]), self.turn(seen)
        )

    def beside(self, distance: float, height: float | None = None) -> Aim:
        """So far before the object that the fingers pass it left and right when the hand moves on towards it.

        Args:
            distance: from the object's middle along the hand's x axis, against it if negative [m].
            height: of the hand; None: where it takes hold [m].
        """

        def aim(seen: Observation) -> Goal:
            turn = self.turn(seen)
            x, y = self.middle(seen) + distance * np.array([np.cos(turn), np.sin(turn)])
            return Goal(np.array([x, y, self.height(seen) if height is None else height]), turn)

        return aim


def from_above(grip: Grip, lowest: float = 0.15) -> list[Reach]:
    """Across until over it, straight down, close."""
    return [
        Reach("across", grip.over(lowest), within_m=0.02, gripper=1.0),
        Reach("down", grip.at, within_m=0.006, gripper=0.0, settle_s=0.65, check=grip.holds, otherwise="rise"),
    ]


def from_beside(grip: Grip, distance: float, travel: float) -> list[Reach]:
    """Down to the table beside it, then along the table until it is between the fingers, close.

    Args:
        grip: how it is held.
        distance: see `Grip.beside` [m].
        travel: height of the hand on the way there [m].
    """
    return [
        Reach("beside", grip.beside(distance, travel), within_m=0.015, gripper=1.0),
        Reach("down", grip.beside(distance), within_m=0.008),
        Reach("along", grip.at, 0.006, speed=0.18, gripper=0.0, settle_s=0.65, check=grip.holds, otherwise="rise"),
    ]


def slip(grip: Grip, height: float) -> list[Reach]:
    """It is let go when the hand has this height, and grasped again [m]."""
    return [
        Reach("lift a little", rise_to(height), within_m=0.015, gripper=OPEN_WIDE, settle_s=0.6),
        *(_renamed(reach, " again") for reach in from_above(grip)),
    ]


def again() -> list[Reach]:
    """For the end of a plan: what a grasp that failed leads to, and then back to the beginning."""
    return [Reach("rise", _higher, within_m=0.03, gripper=1.0, settle_s=0.3, check=never)]


def carried(
    name: str, where: Callable[[Observation], Vector], turn: Callable[[Observation], float] | None = None
) -> Aim:
    """Where the hand has to be for the object that it holds to be somewhere.

    Args:
        name: of the object.
        where: (3,) the object's middle is wanted [m].
        turn: how the hand has to be turned then [rad]; None: as it is.
    """

    def aim(seen: Observation) -> Goal:
        wanted = hand_yaw(seen) if turn is None else turn(seen)
        more = wanted - hand_yaw(seen)
        x, y, z = seen.hand_position - seen.objects[name][:3]
        cos, sin = np.cos(more), np.sin(more)
        return Goal(where(seen) + np.array([cos * x - sin * y, sin * x + cos * y, z]), wanted)

    return aim


def least_turn(wanted: float, seen: Observation) -> float:
    """Of the four turns that hold a cube alike, the nearest that both arms can do without winding up [rad]."""
    return nearest_turn(wanted, float(np.clip(hand_yaw(seen), -np.pi / 4, np.pi / 4)), np.pi / 2)


def quarter_more(wanted: float, seen: Observation) -> float:
    """The turn that holds a cube alike by its other two faces, as seen from a hand that is not turned [rad]."""
    if abs(hand_yaw(seen)) > 0.7:  # it has chosen already: stay with it
        return nearest_turn(wanted, hand_yaw(seen), np.pi / 2)
    least = nearest_turn(wanted, 0.0, np.pi / 2)
    return least - float(np.copysign(np.pi / 2, least))


def _higher(seen: Observation) -> Goal:
    return Goal(np.array([*seen.hand_position[:2], max(float(seen.hand_position[2]), 0.17)]), hand_yaw(seen))


def _renamed(reach: Reach, more: str) -> Reach:
    otherwise = reach.otherwise if reach.otherwise in ("", "rise") else reach.otherwise + more
    return replace(reach, name=reach.name + more, otherwise=otherwise)
