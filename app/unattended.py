"""Recording without anybody at the keys: scripted operators, one episode after another, with the real processes."""

import time
from collections.abc import Callable

from accord.app.errors import AppError
from accord.app.session import Session
from accord.app.snapshot import Finished, Snapshot, State

_TICK_S = 1 / 60
_READY_WITHIN_S = 60.0
_SAVED_WITHIN_S = 10.0


def wait_for(session: Session, holds: Callable[[Snapshot], bool], aim: str, within_s: float) -> Snapshot:
    """Tick until something holds.

    Raises:
        AppError: if it does not in time, or a process dies.
    """
    deadline = time.monotonic() + within_s
    while True:
        snapshot = session.tick()
        check_alive(snapshot)
        if holds(snapshot):
            return snapshot
        if time.monotonic() > deadline:
            found = snapshot.message or f"a session that is still {snapshot.state} after {within_s:.0f} s"
            raise AppError(aim, found, "see whether the machine is overloaded, then try again")
        time.sleep(_TICK_S)


def check_alive(snapshot: Snapshot) -> None:
    """Refuse to go on after a process died.

    Raises:
        AppError: saying which, and how.
    """
    if snapshot.state is State.FAILED:
        traces = (snapshot.loop.traceback, snapshot.cameras.traceback, snapshot.recorder.traceback)
        last = "; ".join(trace.strip().splitlines()[-1] for trace in traces if trace)
        found = f"{snapshot.failure} ({last})" if last else snapshot.failure
        raise AppError("a session that runs", found, "what was recorded is saved; start it again")


def record_one(session: Session) -> Finished:
    """Record one episode, from a scene that is set until its file is closed.

    Raises:
        AppError: if it cannot begin, is ended by the recorder, or a process dies.
    """
    wait_for(session, lambda now: now.state is State.READY, "a workcell that is ready", _READY_WITHIN_S)
    episode = session.begin()
    limit_s = session.scene.time_limit_s
    wait_for(
        session,
        lambda now: now.episode != episode or now.success or now.elapsed_s > limit_s,
        "an episode that ends",
        limit_s / session.settings.time_scale * 4 + 10,
    )
    if session.state is State.RECORDING:
        session.end()
    wait_for(session, lambda now: now.finished is None or now.finished.saved, "a saved episode", _SAVED_WITHIN_S)
    finished = session.recording.finished
    if finished is None or finished.outcome == "incomplete":
        message = session.tick().message
        raise AppError("to record an episode", message or (finished.reason if finished else "none"), "see above")
    return finished


def record_many(session: Session, count: int, said: Callable[[Finished], None]) -> list[Finished]:
    """Record episodes one after another.

    Args:
        session: started, with a scripted operator as its source.
        count: how many.
        said: called after each.

    Raises:
        AppError: see `record_one`; the episodes before stay.
    """
    done = []
    for _ in range(count):
        done.append(record_one(session))
        said(done[-1])
    return done
