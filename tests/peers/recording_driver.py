"""Records for ever with a real session, and says what it did, one JSON object a line; killed by whoever started it.

Run as a program: recording_driver.py LIBRARY SEED
"""

import json
import sys
import time
from pathlib import Path

from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import Snapshot, State


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def pids(session: Session) -> dict[str, int | None]:
    assert session._processes is not None
    return {child.name: child.process.pid for child in session._processes.children}


def tell(snapshot: Snapshot) -> None:
    """What is acknowledged: the recorder says so of rows and pictures that no kill can take."""
    recorder = snapshot.recorder
    if recorder.episode and recorder.episode == snapshot.episode and snapshot.newest is not None:
        say(episode=recorder.episode, steps=recorder.steps, images=recorder.images, made=int(snapshot.newest["step"]))
    if recorder.closed:
        say(closed=recorder.closed)


def main(library: Path, seed: int) -> None:
    settings = Settings(library, width=64, height=48, time_scale=2.0)
    session = Session(settings, operator="crash test", seed=seed)
    session.use_source("scripted:across-then-down")
    session.start()
    say(pids=pids(session))
    while True:
        snapshot = session.tick()
        tell(snapshot)
        if snapshot.state is State.FAILED:
            say(failure=snapshot.failure)
            session.restart()
            say(pids=pids(session))
        elif snapshot.state is State.READY:
            say(began=session.begin())
        elif snapshot.state is State.RECORDING and snapshot.elapsed_s > 4.0:
            session.end("success")
        time.sleep(1 / 60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
