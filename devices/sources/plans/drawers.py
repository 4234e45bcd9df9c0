"""Drawers: ways to take hold of a drawer's handle, to pull it open and to push it shut."""

import numpy as np

from accord.devices.command import Observation, Vector
from accord.devices.sim.tasks.cabinet import HANDLE, SIZE, SLIDE, from_drawer, to_handle
from accord.devices.sources.motion import Goal
from accord.devices.sources.plan import Aim, Check, Reach
from accord.devices.sources.plans.moves import hand_yaw, never, object_yaw, rise_to, width

OVER = 0.14
"""Height of the hand over the table when it is well over the handle [m]."""
LIFT = 0.003
"""How far over the bar's middle the hand holds it: the palm stays clear of the cabinet's top [m]."""
AJAR = 0.38
"""Opening with which both fingers find room around the bar, the inner one before the front [1]."""

BEHIND = 0.0207
"""How far behind the bar's middle closed fingers stand, midway between bar and front [m]."""


def lengthwise(seen: Observation) -> float:
    """Turn of the hand whose fingers open along the way of the drawer [rad]."""
    return object_yaw(seen, "drawer")


def crosswise(seen: Observation) -> float:
    """Turn of the hand whose fingers open along the bar; of the two, the one nearer to a hand not turned [rad]."""
    turn = object_yaw(seen, "drawer")
    return turn - np.pi / 2 if turn > 0.0 else turn + np.pi / 2


def at_handle(across: float = 0.0, out: float = 0.0, height: float | None = None, turned: bool = False) -> Aim:
    """At the bar.

    Args:
        across: from the bar's middle along it, positive away from the arm [m].
        out: how far before the bar; negative: between bar and front [m].
        height: of the hand over the table; None: where it holds the bar [m].
        turned: the fingers open along the bar.
    """

    def aim(seen: Observation) -> Goal:
        x, y, z = from_drawer(seen.objects["drawer"], (HANDLE[0] + across, HANDLE[1] - out, HANDLE[2]), seen.values)
        wanted = z + LIFT if height is None else height
        return Goal(np.array([x, y, wanted]), crosswise(seen) if turned else lengthwise(seen))

    return aim


def slid_to(opening: float) -> Aim:
    """Where the hand has to go for the drawer that it moves to be open so far [m]."""

    def aim(seen: Observation) -> Goal:
        way = seen.joints[SLIDE] - opening
        return Goal(seen.hand_position + way * inwards(seen), hand_yaw(seen))

    return aim


def inwards(seen: Observation) -> Vector:
    """(3,) the way on which the drawer closes."""
    turn = object_yaw(seen, "drawer")
    return np.array([-np.sin(turn), np.cos(turn), 0.0])


def is_open(metres: float) -> Check:
    """The drawer is open so far [m]."""
    return lambda seen: seen.joints[SLIDE] >= metres


def has_bar(seen: Observation) -> bool:
    """The fingers are kept apart by the bar, and are at it."""
    wide = 0.011 * seen.values.get(SIZE, 1.0)
    near = to_handle(seen.objects["drawer"], seen.hand_position, seen.values) < 0.015
    return near and 0.6 * wide < width(seen) < 2.0 * wide


def pinch(across: float = 0.0, again: str = "") -> list[Reach]:
    """Over the bar, fingers ajar, straight down, close.

    Args:
        across: where along the bar, see `at_handle` [m].
        again: added to the names of the reaches, where a plan has them twice.
    """
    down = Reach(
        f"down{again}", at_handle(across), 0.005, gripper=0.0, settle_s=0.5, check=has_bar, otherwise="back off"
    )
    return [Reach(f"over{again}", at_handle(across, height=OVER), within_m=0.012, gripper=AJAR, settle_s=0.35), down]


def hook(across: float = 0.0, beside: float | None = None) -> list[Reach]:
    """Close the fingers, put them down between bar and front.

    Args:
        across: where along the bar [m].
        beside: where along the bar they go down, and then along the front; None: where they hook [m].
    """
    down = across if beside is None else beside
    along = [] if beside is None else [Reach("along", _behind(across), within_m=0.004, speed=0.15)]
    return [
        Reach("over", _behind(down, OVER), within_m=0.012, gripper=0.0, settle_s=0.85),
        Reach("down", _behind(down), within_m=0.004, speed=0.2),
        *along,
    ]


def unhook(across: float = 0.0) -> Reach:
    """Off the bar, towards the front, so that the fingers touch neither."""
    return Reach("unhook", _behind(across), within_m=0.005, settle_s=0.1)


def _behind(across: float, height: float | None = None) -> Aim:
    return at_handle(across, out=-BEHIND, height=height, turned=True)


def back_off(first: str) -> Reach:
    """For the end of a plan: up from a handle that was missed, and again from this reach on."""
    return Reach("back off", rise_to(OVER), within_m=0.03, gripper=AJAR, check=never, otherwise=first)


def push_shut(across: float, out: float, *, turned: bool, closed: bool) -> list[Reach]:
    """Before the drawer, down, push until it is shut, back.

    Args:
        across: where along the bar the hand pushes [m].
        out: how far before the bar's middle the hand is while it pushes [m].
        turned: the fingers open along the bar.
        closed: whether the fingers are closed for it.
    """
    before = at_handle(across, max(out, 0.0) + 0.05, OVER, turned)
    return [
        Reach("before", before, within_m=0.015, gripper=0.0 if closed else None, settle_s=0.8 if closed else 0.0),
        Reach("lower", at_handle(across, max(out, 0.0) + 0.05, None, turned), within_m=0.012),
        Reach("push", _shut(at_handle(across, out, None, turned)), 0.012, 0.2, check=is_shut, otherwise="back"),
        Reach("withdraw", at_handle(across, max(out, 0.0) + 0.05, None, turned), within_m=0.02),
    ]


def _shut(at: Aim) -> Aim:
    """Where this would be with the drawer shut; a little beyond, since a push lags behind."""

    def aim(seen: Observation) -> Goal:
        goal = at(seen)
        return Goal(goal.position + (seen.joints[SLIDE] + 0.006) * inwards(seen), goal.yaw)

    return aim


def is_shut(seen: Observation) -> bool:
    """The drawer is shut."""
    return seen.joints[SLIDE] < 0.010
