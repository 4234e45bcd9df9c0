"""Child: one process of a session or job, seen from the process that started it."""

import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

from accord.recorders.requests import Quit, Request

SPAWN = get_context("spawn")
"""Processes are spawned, never forked: a fork would copy the window's threads and OpenGL contexts."""

_KILLED_S: Final = 0.5
"""How long a process that was killed is waited for: whoever waits may be the window [s]."""

P = TypeVar("P")


def _live(connection: Connection) -> None:
    """The whole of a child. What it shall do comes over the pipe whose other end sees it die.

    Were it an argument of the process, one that dies before it has read a large plan would leave its parent writing
    for ever: the parent of a spawned process holds both ends of the pipe that those come through.
    """
    run, plan = connection.recv()
    run(plan, connection)


class Child:
    """A process that is sent requests. It never outlives the one that started it."""

    def __init__(self, name: str, run: Callable[[P, Connection], None], plan: P) -> None:
        """Start it.

        Args:
            name: what a person calls it.
            run: its whole life, a function of a module.
            plan: what it needs to know; pickled.
        """
        self.name = name
        ours, theirs = SPAWN.Pipe()
        self._requests = ours
        self.process = SPAWN.Process(target=_live, args=(theirs,), name=f"accord-{name}", daemon=True)
        self.process.start()
        theirs.close()  # so that the child's end is the only one, and its death is seen
        with suppress(BrokenPipeError, ConnectionResetError):  # it died at once, which `death` tells
            requests: Any = ours
            requests.send((run, plan))

    def ask(self, request: Request) -> None:
        """Send a request; one to a dead process is dropped, its death is told by `death`."""
        try:
            self._requests.send(request)
        except (BrokenPipeError, ConnectionResetError):
            return

    def death(self) -> str:
        """How it ended, in a few words; empty while it lives."""
        code = self.process.exitcode
        if code is None:
            return ""
        if code < 0:
            return f"the {self.name} process was killed by {signal.Signals(-code).name}"
        return f"the {self.name} process ended with code {code}"

    def stop(self, patience_s: float = 5.0) -> None:
        """End it: politely, then for good. One that even the system cannot end at once is left to it."""
        self.ask(Quit())
        self.process.join(patience_s)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(_KILLED_S)
        self._requests.close()
        if not self.process.is_alive():  # else it is stuck in a driver of the system: multiprocessing clears it away
            self.process.close()
