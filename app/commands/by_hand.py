"""Recording by hand from a terminal: a device drives, a typed line begins and ends episodes."""

import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from math import degrees, isfinite

from accord.app.errors import AppError
from accord.app.session import Session
from accord.app.snapshot import Finished, Snapshot, State
from accord.app.unattended import check_alive
from accord.devices.limits import Hold

_TICK_S = 1 / 60
HELP = "Enter: begin or end   s: success   f: failure   d: discard   r: redo   e: engage a leader, or let go   q: quit"


def record_by_hand(session: Session, count: int, said: Callable[[Finished], None]) -> None:
    """Record episodes that a person drives, until there are enough or the person has had enough.

    Args:
        session: started, with a person's device as its source.
        count: how many episodes to keep.
        said: called after each.

    Raises:
        AppError: if a process dies.
    """
    print(HELP, file=sys.stderr)
    lines = _typed()
    told, notice = "", ""
    while session.recording.count < count or session.state is State.RECORDING:
        snapshot = session.tick()
        check_alive(snapshot)
        notice = _notice(snapshot, notice)
        if snapshot.finished is not None and snapshot.finished.saved and snapshot.finished.episode != told:
            told = snapshot.finished.episode
            said(snapshot.finished)
        for line in _waiting(lines):
            if line is None or line == "q":
                return
            if line == "e":
                session.driving.engage(snapshot.loop.hold != Hold.NONE)
            else:
                _follow(session, line)
        time.sleep(_TICK_S)
    _wait_until_saved(session, told, said)


def _wait_until_saved(session: Session, told: str, said: Callable[[Finished], None]) -> None:
    for _ in range(600):
        finished = session.tick().finished
        if finished is None or finished.episode == told:
            return
        if finished.saved:
            said(finished)
            return
        time.sleep(_TICK_S)


def _follow(session: Session, line: str) -> None:
    """Do what was typed, where it makes sense now."""
    words = {"s": "success", "f": "failure", "d": "discarded"}
    if session.state is State.RECORDING and line == "r":
        session.redo()
    elif session.state is State.RECORDING and line in ("", *words):
        session.end(words.get(line, ""))
    elif session.state is State.READY and line == "":
        try:
            session.begin()
        except AppError as error:  # the device has not spoken yet
            print(error, file=sys.stderr, flush=True)
    elif session.recording.finished is not None and line in words:
        session.set_outcome(words[line])
    else:
        print(HELP, file=sys.stderr)


def _notice(snapshot: Snapshot, before: str) -> str:
    """Tell the person what changed: the state, a hold, a message."""
    held = snapshot.loop.hold_text if snapshot.state in (State.READY, State.RECORDING) else ""
    device = (held, _furthest(snapshot), snapshot.loop.input_detail)
    if snapshot.awaited:
        device = (f"Waiting for {snapshot.source}…", "", "")
    now = "  ".join(filter(None, (str(snapshot.state), *device, snapshot.message)))
    if now != before:
        print(now, file=sys.stderr, flush=True)
    return now


def _furthest(snapshot: Snapshot) -> str:
    """Which joint of a leader is furthest from the robot's, to ten degrees, so that a line is not told every tick."""
    apart = [(abs(off), joint, off) for joint, off in enumerate(snapshot.loop.apart, start=1) if isfinite(off)]
    if snapshot.loop.hold != Hold.APART or not apart:
        return ""
    size, joint, off = max(apart)
    way = "back" if off > 0 else "on"
    return f"Joint {joint} of the robot: turn the leader {way} by {round(degrees(size), -1):.0f}°."


def _typed() -> "queue.SimpleQueue[str | None]":
    """Lines as they are typed; None at the end of input. A thread, because reading a terminal blocks."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line.strip().lower())
        lines.put(None)

    threading.Thread(target=read, daemon=True, name="typed lines").start()
    return lines


def _waiting(lines: "queue.SimpleQueue[str | None]") -> Iterator[str | None]:
    while not lines.empty():
        yield lines.get()
