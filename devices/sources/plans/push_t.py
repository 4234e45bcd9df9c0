"""Ways to push the T onto its outline: look, choose a push, go around the T, push, step back, look again."""

from dataclasses import replace

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sim.tasks.push_t import PUSH_T, SIZE, coverage, offset
from accord.devices.sources.motion import CLUMSY, Goal, Manner
from accord.devices.sources.plan import Reach, Strategy
from accord.devices.sources.plans.around import next_point
from accord.devices.sources.plans.moves import hand_yaw, never, object_yaw, stay
from accord.devices.sources.plans.pushes import Push, Taste, best_push

ENOUGH = 0.925
"""The operator stops when so much of the outline is covered [1]."""
BESIDE = 0.014
"""How far before the T a push begins, and how far back it ends [m]."""
BOUNDS = np.array([PUSH_T.bounds.lower[:2], PUSH_T.bounds.upper[:2]]) + np.array([[0.02], [-0.02]])
"""(2, 2) where pushes may begin and end [m]."""


def push_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    turn, move = Taste(place=0.2), Taste(turn=0.05)
    little, bar = Taste(longest=0.035), Taste(bar_only=True)
    return (
        Strategy("turn-first", "turns the T as its outline is turned, then moves it there", (_plan(turn),)),
        Strategy("move-first", "moves the T to its outline, then turns it", (_plan(move),)),
        Strategy("little-by-little", "many short pushes, turning and moving alike", (_plan(little),), Manner(pace=0.9)),
        Strategy("by-the-bar", "pushes the bar only, never the stem, and slower", (_plan(bar),), Manner(pace=1.2)),
        Strategy("clumsy", "turn-first with a hand that trembles, misses and hesitates", (_plan(turn),), CLUMSY),
    )


def _plan(taste: Taste) -> tuple[Reach, ...]:
    pusher = Pusher(taste)
    return (
        Reach("look", stay, within_m=1.0, settle_s=0.1, check=pusher.choose, otherwise="rest"),
        Reach("around", pusher.way, within_m=0.006, speed=0.3, check=pusher.there, otherwise="around"),
        Reach("push", pusher.end, within_m=0.003, speed=0.11),
        Reach("back", pusher.back, within_m=0.006, check=never, otherwise="look"),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
    )


class Pusher:
    """Somebody who keeps one push in mind, from choosing it to stepping back."""

    def __init__(self, taste: Taste) -> None:
        self._taste = taste
        self._push = Push(np.zeros(2), np.zeros(2), 0.0)

    def choose(self, seen: Observation) -> bool:
        """Choose a push; False if none is needed any more."""
        size = _size(seen)
        if coverage(seen.objects, size) >= ENOUGH:
            return False
        off = offset(seen.objects)
        pose = seen.objects["tee"][:2], object_yaw(seen, "tee")
        self._push = best_push(off, pose, size, seen.hand_position[:2], self._taste_now(off), BOUNDS)
        return True

    def _taste_now(self, off: tuple[float, float, float]) -> Taste:
        """What comes second gets its full weight from when what comes first is nearly done."""
        x, y, turn = off
        if (self._taste.place < 1.0 and abs(turn) < 0.12) or (self._taste.turn < 1.0 and np.hypot(x, y) < 0.02):
            self._taste = replace(self._taste, place=1.0, turn=1.0)
        return self._taste

    def way(self, seen: Observation) -> Goal:
        """The next straight part of the way to where the push begins."""
        tee, turn = seen.objects["tee"][:2], object_yaw(seen, "tee")
        to_world = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        start, end = ((point - tee) @ to_world.T for point in (seen.hand_position[:2], self._push.at(-BESIDE)))
        return _at(next_point(start, end, _size(seen)) @ to_world + tee, seen)

    def there(self, seen: Observation) -> bool:
        """Whether the stick is where the push begins."""
        return float(np.linalg.norm(self._push.at(-BESIDE) - seen.hand_position[:2])) < 0.012

    def end(self, seen: Observation) -> Goal:
        """Where the push ends."""
        return _at(self._push.at(self._push.length), seen)

    def back(self, seen: Observation) -> Goal:
        """A little back from there, off the T."""
        return _at(self._push.at(self._push.length - BESIDE - 0.01), seen)


def _at(place: Vector, seen: Observation) -> Goal:
    return Goal(np.array([*place, seen.hand_position[2]]), hand_yaw(seen))


def _size(seen: Observation) -> float:
    return seen.values.get(SIZE, 1.0)
