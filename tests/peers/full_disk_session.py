"""Records on a disk that somebody else fills meanwhile, and says in JSON what became of it.

Run as a program inside a small file system: full_disk_session.py FOLDER STOP_AT
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import Snapshot, State
from accord.datasets.episode import Episode


def until(session: Session, holds: Callable[[Snapshot], bool]) -> Snapshot:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        snapshot = session.tick()
        if holds(snapshot):
            return snapshot
        time.sleep(1 / 60)
    raise SystemExit(f"waited in vain: {snapshot.state} {snapshot.failure} {snapshot.message} {snapshot.recorder}")


def fill(folder: Path, leave: int) -> Path:
    hog = folder / "somebody-elses-file"
    free = shutil.disk_usage(folder).free
    with hog.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free - leave)
    return hog


def main(folder: Path, stop_at: int) -> None:
    settings = Settings(folder / "library", width=96, height=72, begin_with=1 << 20, stop_at=stop_at)
    session = Session(settings, operator="disk test")
    session.use_source("scripted:across-then-down")
    session.start()
    until(session, lambda now: now.state is State.READY)
    episode = session.begin()
    before = until(session, lambda now: now.recorder.steps > 50)
    hog = fill(folder, 0 if stop_at == 0 else stop_at // 2)
    ended = until(session, lambda now: now.finished is not None)
    refused = ""
    if stop_at:
        until(session, lambda now: now.state is State.READY)
        session.begin()
        refused = until(session, lambda now: now.state is not State.RECORDING).message
    hog.unlink()
    until(session, lambda now: now.state is State.READY)
    again = session.begin()
    until(session, lambda now: now.recorder.steps > 20)
    session.end("success")
    until(session, lambda now: now.finished is not None and now.finished.saved)
    session.close()
    outcomes = {entry.id: entry.curation.outcome for entry in session.library.contents().entries}
    with Episode(session.library.find(episode)) as one, Episode(session.library.find(again)) as two:
        print(json.dumps({
            "acknowledged": before.recorder.steps, "steps": len(one), "ending": one.ending.name, "reason": one.reason,
            "outcome": outcomes[episode], "message": ended.message,
            "finished": ended.finished.outcome if ended.finished else "", "refused": refused,
            "next": two.ending.name, "next_outcome": outcomes[again],
            "pictures": sum(len(one.images(camera.name)) for camera in one.info.cameras),
        }))  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
