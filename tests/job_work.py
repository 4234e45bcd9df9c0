"""Work for jobs of tests: functions of a module, as a spawned process needs them."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

from accord.app.report import Report
from accord.datasets.errors import LibraryError


def count(to: int, report: Report) -> int:
    for i in range(to):
        report(i / to, f"step {i}", {"i": i})
    report(1.0, "counted", {"i": to})
    return to


def refuse(report: Report) -> None:
    raise LibraryError("a library at home", "none", "record one")


def stumble(report: Report) -> None:
    raise ZeroDivisionError("by accident")


def go_on_until_stopped(folder: Path, report: Report) -> None:
    """Begins something, and removes it when it is stopped."""
    begun = folder / "begun"
    begun.touch()
    try:
        while True:
            report(0.5, "half of it")
    finally:
        begun.unlink()


def die(report: Report) -> None:
    report(1.0, "about to die")
    os.kill(os.getpid(), signal.SIGKILL)


def die_in_the_middle_of_a_word(report: Any) -> None:
    """As when the system kills it while it sends a large answer: the length is said, the rest never comes."""
    os.write(report._connection.fileno(), (1000).to_bytes(4, "big") + b"half a word")
    os.kill(os.getpid(), signal.SIGKILL)


def be_deaf(report: Report) -> None:
    """Hears nobody."""
    report(1.0, "deaf")
    threading.Event().wait()


def give_back_what_cannot_travel(report: Report) -> object:
    return threading.Lock()
