"""What every process of a session has in common: how it is started, how it ends, and how it says why it died."""

import contextlib
import os
import signal
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection

from accord.recorders.requests import Quit, Request


class Inbox:
    """The requests that wait for a process. When whoever asks is gone, that reads as a request to quit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.orphaned = False
        """True when the other end is gone: nobody will ask for anything any more."""

    def waiting(self, timeout_s: float = 0.0) -> list[Request]:
        """Every request that is there, after at most `timeout_s`."""
        found: list[Request] = []
        try:
            while self._connection.poll(0.0 if found else timeout_s):
                found.append(self._connection.recv())
        except (EOFError, ConnectionResetError):
            self.orphaned = True
            found.append(Quit())
        return found


def guarded(work: Callable[[], None], say: Callable[[str], None]) -> None:
    """Run the whole of a process; whatever kills it is said before it ends with exit code 1.

    Args:
        work: all that the process does.
        say: publishes a traceback.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches the whole group; the session decides
    try:
        work()
    except BaseException:
        say(traceback.format_exc())
        raise


def hurry(nice: int, real_time: bool = False) -> None:
    """Ask to go before other processes, where the system grants it.

    Args:
        nice: below 0 goes before the window.
        real_time: go before everything: only for who works a millisecond at a time.
    """
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, 0, nice)
    if real_time:
        with contextlib.suppress(OSError, AttributeError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
