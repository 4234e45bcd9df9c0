"""Fault trials: how soon the robot holds after the last good byte, and that it goes on only after being asked anew."""

import os
import random
import signal
import time
from dataclasses import dataclass
from enum import StrEnum
from math import inf

import numpy as np
from wires.place import Place

from accord.devices.limits import Hold
from accord.devices.stubs.faults import Trouble

LASTS_S = {Trouble.SILENT: 1.0, Trouble.LATE: 0.45, Trouble.FAST: 0.45}
"""How long a trouble lasts: what is sent late is under way for 0.3 s, and twice as fast has to be seen [s]."""
OTHERS_LAST_S = 0.25
"""The same of all others [s]."""
AFTER_S = 0.2
"""How long it is watched after the device came back [s]."""

PAUSE_NS = 1_000_000_000
"""A process that died is started again after this; one that dies again and again would be after ever longer [ns]."""


class End(StrEnum):
    """What can happen to a device's process."""

    KILLED = "killed"
    STOPPED = "stopped"
    """It hangs, as in a driver that never returns."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one."""

    trouble: str
    held_ms: float
    """From the last good byte on the wire (for a bus: from the last question that was answered; for a process: from its
    end) to the beginning of the first step that is held; infinite if none was, NaN where there was nothing to hold for
    [ms]."""
    wrong: int
    """Steps with a sent twist that is not zero, from then on until it was asked anew; where there was nothing to hold
    for, those with one that is."""
    why: str
    """The reason to hold of the first step that was held, as the file calls it; empty where none was."""


def troubles(place: Place) -> tuple[StrEnum, ...]:
    """What can happen to the device of this place."""
    return (*place.wire.faults, *(End if place.pid is not None else ()))


def trial(place: Place, trouble: StrEnum, chance: random.Random) -> Trial:
    """One trouble in the middle of a motion, and what follows it."""
    place.engage()
    place.wait(chance.uniform(0.05, 0.1))
    begun = len(place.steps)
    good_ns = _fail(place, trouble)
    place.wait(OTHERS_LAST_S if isinstance(trouble, End) else LASTS_S.get(trouble, OTHERS_LAST_S))
    good_ns = good_ns or place.wire.last_good_ns
    _mend(place, trouble)
    if trouble is Trouble.FAST:
        still = [step for step in place.steps[begun:] if not moves(step)]
        return Trial(trouble, float("nan"), len(still), _why(still[0]) if still else "")
    place.until(lambda _: place.hears, "back")
    place.wait(AFTER_S)
    good_ns = good_ns or max(int(np.min(step["input/t_ns"])) for step in place.steps if moves(step))
    later = [step for step in place.steps if int(step["t_ns"]) >= good_ns]
    first = next((i for i, step in enumerate(later) if step["hold"] != Hold.NONE), None)
    if first is None:
        return Trial(trouble, inf, 0, "")
    held_ms, wrong = (int(later[first]["t_ns"]) - good_ns) / 1e6, sum(moves(step) for step in later[first:])
    return Trial(trouble, held_ms, wrong, _why(later[first]))


def _fail(place: Place, trouble: StrEnum) -> int:
    """Begin; when that was, where the wire cannot tell when its last good byte was [ns]."""
    if not isinstance(trouble, End):
        place.wire.fail(trouble)
        return 0
    assert place.pid is not None
    place.session.desk._processes[place.wire.setup.name]._pause_ns = PAUSE_NS
    os.kill(place.pid, signal.SIGKILL if trouble is End.KILLED else signal.SIGSTOP)
    return time.monotonic_ns()


def _mend(place: Place, trouble: StrEnum) -> None:
    if not isinstance(trouble, End):
        place.wire.mend()
    elif trouble is End.STOPPED and place.pid is not None:
        os.kill(place.pid, signal.SIGCONT)


def _why(step: np.void) -> str:
    return Hold(int(step["hold"])).name.lower()


def moves(step: np.void) -> bool:
    return bool(step["sent/twist"].any())
