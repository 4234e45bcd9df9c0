"""Ways to do the drawer task, which differ in how the handle is held, where, and from which side the hand comes."""

from accord.devices.sim.tasks.cabinet import HANDLE_HALF
from accord.devices.sim.tasks.drawer import WIDE
from accord.devices.sources.motion import CLUMSY, Manner
from accord.devices.sources.plan import Reach, Strategy
from accord.devices.sources.plans.drawers import AJAR, OVER, back_off, hook, is_open, pinch, slid_to, unhook
from accord.devices.sources.plans.moves import rise_to, stay

FAR = WIDE + 0.03
"""How far the drawer is pulled: a little more than asked for [m]."""
END = HANDLE_HALF - 0.010
"""Near the end of the bar, which sticks out beyond its post, from its middle [m]."""
PAST_END = HANDLE_HALF + 0.045
"""Beside the bar, so that a hand can be lowered there, from its middle [m]."""


def drawer_strategies() -> tuple[Strategy, ...]:
    """Every strategy of this task."""
    pinched = (*pinch(), *_pull(), *_let_go())
    end = (*pinch(END), *_pull(), *_let_go())
    slow = (*pinch(), Reach("pull a little", slid_to(0.08), 0.012, speed=0.12, settle_s=0.7), *_pull(), *_let_go())
    hooked = (*hook(), *_pull(), unhook(), *_leave())
    side = (*hook(-END, beside=-PAST_END), *_pull(), unhook(-END), *_leave())
    slip = (*pinch(), *_slip(), *_pull(), *_let_go())
    return (
        Strategy("pinched", "the bar is held between the fingers, from above", (pinched,)),
        Strategy("by-the-end", "the bar is held between the fingers near its far end", (end,)),
        Strategy("hooked", "closed fingers go down behind the bar, the hand turned by a quarter", (hooked,)),
        Strategy("hooked-from-side", "closed fingers come along the front behind the near end of the bar", (side,)),
        Strategy("with-a-pause", "pinched, slowly, and in two goes", (slow,), Manner(pace=1.3)),
        Strategy("slips-once", "the bar slips out of the fingers half way and is taken again", (slip,)),
        Strategy("clumsy", "pinched by a hand that trembles, misses and hesitates", (pinched,), CLUMSY),
    )


def _pull() -> list[Reach]:
    return [Reach("pull", slid_to(FAR), within_m=0.02, speed=0.2, check=is_open(WIDE + 0.005), otherwise="back off")]


def _slip() -> list[Reach]:
    """The fingers come off the bar on the way."""
    return [
        Reach("pull a little", slid_to(0.07), within_m=0.015, gripper=AJAR, settle_s=0.3),
        Reach("slip", rise_to(0.075), within_m=0.015, settle_s=0.3),
        *pinch(again=" again"),
    ]


def _let_go() -> list[Reach]:
    return [Reach("let go", stay, within_m=1.0, gripper=AJAR, settle_s=0.4), *_leave()]


def _leave() -> list[Reach]:
    return [
        Reach("leave", rise_to(OVER), within_m=0.03, check=is_open(WIDE), otherwise="over"),
        Reach("rest", stay, within_m=1.0, settle_s=3600.0),
        back_off("over"),
    ]
