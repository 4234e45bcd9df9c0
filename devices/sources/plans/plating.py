"""Ways to serve the pieces: in which order, how the tongs are turned, from above or along the plate."""

from collections.abc import Callable

import numpy as np

from accord.devices.command import Observation
from accord.devices.sim.tasks.plating import HALF_HEIGHT, MARKS, PLATE_FLOOR, SIZE, lies_at_mark, mark
from accord.devices.sources.motion import CLUMSY, Goal, Manner
from accord.devices.sources.plan import Aim, Reach, Strategy
from accord.devices.sources.plans.moves import hand_yaw, object_yaw, stay, width

TRAVEL = 0.10
"""Height of the hand on its way over rim and pieces [m]."""
OPEN = 0.55
"""Opening of the tongs that goes around a piece and leaves its neighbours alone [1]."""
GOOD = 0.016
"""Nearer to its mark than this, the operator leaves a piece where it is [m]."""
TIP = 0.005
"""Thickness of a tip of the tongs [m]."""
ROUND = ("carrot",)
"""Pieces that can be held at every turn."""
Choice = Callable[[Observation], str]
"""Which piece is next."""


def plating_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    left, right = in_order(tuple(MARKS)), in_order(tuple(MARKS)[::-1])
    across = _serve(left, 0.0, 0.0)
    along = _serve(right, np.pi / 2, 0.0)
    slide = _serve(nearest, 0.0, 0.035)
    slip = (*_slip(left), *across)
    return (
        Strategy("left-to-right", "fills the marks from the left, from above, tongs across", (across,)),
        Strategy("right-to-left", "fills the marks from the right, from above, tongs turned by 90 degrees", (along,)),
        Strategy("slide-in", "nearest piece first; sets it down before its mark and slides it there", (slide,)),
        Strategy("slips-once", "the first piece slips back into the bowl and is grasped again", (slip,), Manner(1.15)),
        Strategy("clumsy", "left-to-right with a hand that trembles, misses and hesitates", (across,), CLUMSY),
    )


def in_order(names: tuple[str, ...]) -> Choice:
    """The first of these that is not served yet; one that is held goes before."""

    def choice(seen: Observation) -> str:
        left = [name for name in names if not _served(seen, name)] or [names[-1]]
        return next((name for name in left if _holds(seen, name)), left[0])

    return choice


def nearest(seen: Observation) -> str:
    """Of those that are not served yet, the nearest to the tongs."""
    left = [name for name in MARKS if not _served(seen, name)] or list(MARKS)
    return min(left, key=lambda name: float(np.linalg.norm(seen.objects[name][:3] - seen.hand_position)))


def _serve(choice: Choice, turn: float, before: float) -> tuple[Reach, ...]:
    """Piece by piece, until all are served.

    Args:
        choice: which one is next.
        turn: how the tongs are turned, about, when they grasp [rad].
        before: how far before its mark, on the arm's side, a piece is set down and slid from; 0: on its mark [m].
    """
    held = _held(choice)
    slide = Reach("slide", _set_down(choice, 0.0), 0.005, speed=0.12, check=held, otherwise="rise")
    return (
        Reach("rise", _rise, within_m=0.02),
        *_grasp(choice, turn),
        Reach("lift", _rise, within_m=0.02, check=held, otherwise="rise"),
        Reach("carry", _over_mark(choice, before), within_m=0.006, check=held, otherwise="rise"),
        Reach("lower", _set_down(choice, before), 0.004, speed=0.12, check=held, otherwise="rise"),
        *([slide] if before else []),
        Reach("let go", stay, within_m=1.0, gripper=OPEN, settle_s=0.45),
        Reach("leave", _rise, within_m=0.03, check=_all_served, otherwise="rise"),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
    )


def _slip(choice: Choice) -> tuple[Reach, ...]:
    """The next piece is grasped and let go a little over the bowl's floor."""
    over, down = _grasp(choice, 0.0)
    return (
        Reach("over first", over.aim, over.within_m, gripper=OPEN),
        Reach("down first", down.aim, down.within_m, down.speed, 0.0, down.settle_s),
        Reach("slip", _rise_to(0.031), within_m=0.008, gripper=OPEN, settle_s=0.5),
    )


def _grasp(choice: Choice, turn: float) -> tuple[Reach, Reach]:
    def over(seen: Observation) -> Goal:
        name = choice(seen)
        return Goal(np.array([*seen.objects[name][:2], TRAVEL]), _turn(seen, name, turn))

    def down(seen: Observation) -> Goal:
        name = choice(seen)
        return Goal(seen.objects[name][:3] + np.array([0.0, 0.0, 0.005]), _turn(seen, name, turn))

    return (
        Reach("over", over, within_m=0.01, gripper=OPEN),
        Reach("down", down, 0.004, 0.18, gripper=0.0, settle_s=0.5, check=_held(choice), otherwise="rise"),
    )


def _turn(seen: Observation, name: str, wanted: float) -> float:
    """Square to the piece, as near to a wanted turn as the other pieces leave room for both tips [rad]."""
    yaw, step = object_yaw(seen, name), np.pi / 2
    if name in ROUND:
        yaw, step = wanted, np.pi / 6
    turns = yaw + step * np.arange(-6, 7)
    turns = turns[np.abs(turns) < np.radians(100.0)]  # what every arm does without winding up
    cost = 1.0 - np.abs(np.cos(turns - wanted)) + 3.0 * np.array([_crowded(seen, name, turn) for turn in turns])
    # Two turns that are half a turn apart hold alike: the one that is nearer to the hand's.
    return float(turns[np.argmin(cost + 0.01 * np.abs(turns - hand_yaw(seen)))])


def _crowded(seen: Observation, name: str, turn: float) -> bool:
    """Whether another piece is where a tip would come down."""
    out = (0.04 * OPEN + TIP / 2) * np.array([-np.sin(turn), np.cos(turn)])
    tips = [seen.objects[name][:2] + side * out for side in (-1.0, 1.0)]
    others = [seen.objects[other][:2] for other in MARKS if other != name]
    return any(float(np.linalg.norm(tip - other)) < 0.016 * _size(seen) + TIP for tip in tips for other in others)


def _over_mark(choice: Choice, before: float) -> Aim:
    return lambda seen: _piece_at(seen, choice(seen), before, TRAVEL)


def _set_down(choice: Choice, before: float) -> Aim:
    def aim(seen: Observation) -> Goal:
        name = choice(seen)
        lying = PLATE_FLOOR + HALF_HEIGHT[name] * _size(seen) + 0.004
        return _piece_at(seen, name, before, lying + float(seen.hand_position[2] - seen.objects[name][2]))

    return aim


def _piece_at(seen: Observation, name: str, before: float, height: float) -> Goal:
    """Where the hand has to be, at this height, for the piece that it holds to be at its mark or before it."""
    x, y = mark(seen.objects, name) - (before, 0.0) + seen.hand_position[:2] - seen.objects[name][:2]
    return Goal(np.array([x, y, height]), hand_yaw(seen))


def _rise_to(height: float) -> Aim:
    return lambda seen: Goal(np.array([*seen.hand_position[:2], height]), hand_yaw(seen))


def _rise(seen: Observation) -> Goal:
    return Goal(np.array([*seen.hand_position[:2], max(float(seen.hand_position[2]), TRAVEL)]), hand_yaw(seen))


def _holds(seen: Observation, name: str) -> bool:
    """The tips are kept apart by something, and the piece is between them."""
    apart = 0.014 < width(seen) < 0.024 * _size(seen) + 0.008
    return apart and float(np.linalg.norm(seen.objects[name][:3] - seen.hand_position)) < 0.02


def _held(choice: Choice) -> Callable[[Observation], bool]:
    return lambda seen: _holds(seen, choice(seen))


def _served(seen: Observation, name: str) -> bool:
    return lies_at_mark(seen.objects, name, _size(seen), GOOD) and not _holds(seen, name)


def _all_served(seen: Observation) -> bool:
    return all(_served(seen, name) for name in MARKS)


def _size(seen: Observation) -> float:
    return seen.values.get(SIZE, 1.0)
