"""Job: long work in a process of its own, so that neither the window nor the loop ever waits for it."""

import contextlib
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from accord.app.child import SPAWN
from accord.app.report import CancelledError
from accord.datasets.errors import AccordError

_SAY_EVERY_S = 0.05
_CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class JobState:
    """How a job is doing."""

    fraction: float = 0.0
    """Of the whole, 0 to 1."""
    text: str = "starting"
    details: Any = None
    """The newest of what the work says beside its fraction."""
    seconds: float = 0.0
    """Since it was started [s]."""
    done: bool = False
    """It has ended, well or not."""
    cancelled: bool = False
    result: Any = None
    error: str = ""
    """Why it failed, in one sentence; empty where it did not."""

    @property
    def left_s(self) -> float | None:
        """About how long it will still take; None while nobody can know [s]."""
        if self.done or self.fraction < 0.02:
            return None
        return self.seconds * (1.0 - self.fraction) / self.fraction


class Job:
    """One piece of work. Ask `poll` how it is; `close` when it is no longer of interest."""

    def __init__(self, name: str, work: Callable[..., Any], *args: Any) -> None:
        """Start ``work(*args, report=…)`` in its own process.

        Args:
            name: what a person calls it.
            work: a function of a module; it takes a `Report` by the name ``report``.
            args: pickled.
        """
        self.name = name
        self.state = JobState()
        self._began_s = time.monotonic()
        self._connection, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_run, args=(work, args, theirs), name=f"accord-{name}", daemon=True)
        self._process.start()
        theirs.close()

    def poll(self) -> JobState:
        """How it is now; never waits."""
        if self.state.done:
            return self.state
        try:
            while self._connection.poll():
                self.state = replace(self.state, **self._connection.recv())
        except (EOFError, OSError):  # OSError: it died in the middle of a word
            self._process.join()
            if not self.state.done:
                found = f"its process ended with code {self._process.exitcode}"
                self.state = replace(self.state, done=True, error=f"Wanted {self.name} done, found {found}: try again.")
        self.state = replace(self.state, seconds=time.monotonic() - self._began_s)
        return self.state

    def cancel(self) -> None:
        """Ask it to stop; it removes what it had begun, then `poll` says that it is cancelled."""
        with contextlib.suppress(OSError):  # it has ended, or we have closed
            self._connection.send(_CANCEL)

    def close(self, patience_s: float = 5.0) -> None:
        """Stop it if it still runs, and let go of it. What it came to is in `state`."""
        self.cancel()
        while self._process.is_alive() and patience_s > 0:  # it may wait for us to hear it
            self.poll()
            self._process.join(0.05)
            patience_s -= 0.05
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        if not self._connection.closed:
            self.poll()
        self._connection.close()


class _Telling:
    """The report of a job: tells the other end, and hears from it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._said_s = 0.0

    def __call__(self, fraction: float, text: str, details: Any = None) -> None:
        """See `accord.app.report.Report`."""
        if self._connection.poll() and self._connection.recv() == _CANCEL:
            raise CancelledError
        if time.monotonic() - self._said_s >= _SAY_EVERY_S or fraction >= 1.0:
            self._said_s = time.monotonic()
            self._connection.send({"fraction": fraction, "text": text, "details": details})


def _run(work: Callable[..., Any], args: tuple[Any, ...], connection: Connection) -> None:
    """The whole life of a job's process."""
    os.nice(10)  # whoever drives a robot beside it comes first
    try:
        end = {"result": work(*args, report=_Telling(connection)), "fraction": 1.0, "text": "done"}
    except CancelledError:
        end = {"cancelled": True, "text": "cancelled"}
    except (EOFError, BrokenPipeError):
        return  # whoever wanted it is gone
    except AccordError as error:
        end = {"error": str(error), "text": "failed"}
    except Exception as error:  # noqa: BLE001  the outermost line of a job
        traceback.print_exc()
        end = {"error": f"Wanted the work done, found {error!r}: see the terminal for the trace.", "text": "failed"}
    with contextlib.suppress(BrokenPipeError):
        connection.send({"done": True, **end})
