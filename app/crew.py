"""Crew: some processes that each do one thing after another. What one of them dies of is told; the others go on."""

import contextlib
import os
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from multiprocessing import current_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from accord.app.child import SPAWN
from accord.app.errors import AppError
from accord.datasets.errors import AccordError

LOOK_S = 0.1
"""How often whoever waits is asked whether to go on [s]."""
_POLITE_S = 10.0
"""How long a worker may take to finish what it must not leave half done [s]."""


def cores() -> int:
    """How many processes can really run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


P = TypeVar("P")
T = TypeVar("T")


@dataclass(slots=True)
class _Worker(Generic[T]):
    process: BaseProcess
    connection: Connection
    at: T | None = None
    """What it is doing."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of something that nobody did."""

    why: str
    """In one sentence."""
    error: AccordError | None = field(default=None, compare=False)
    """The same to be raised, of everything that `work_off` yields."""

    @classmethod
    def because(cls, error: AccordError) -> "Undone":
        """For whoever tells it, and whoever raises it."""
        return cls(str(error), error)


def work_off(
    things: Sequence[T],
    workers: int,
    life: Callable[[P, Connection], None],
    plan: P,
    look: Callable[[], None],
) -> Generator[tuple[T, Any]]:
    """Have things done by several processes; each result comes as soon as it is there.

    Args:
        things: what is to be done, in the order in which it is begun; pickled.
        workers: how many processes.
        life: of a process, a function of a module: it receives things until it receives None, and sends a result for
            each. It sends an `AccordError` before it ends because it cannot go on; it stops at once when more comes.
        plan: what every process needs to know; pickled.
        look: called often; what it raises ends everything.

    Yields:
        The thing, and its result or `Undone`.
    """
    current_process().daemon = False  # a job may have workers: each of them ends by itself when the job is gone
    left = list(reversed(things))
    crew: list[_Worker[T]] = [_start(life, plan) for _ in range(max(1, min(workers, len(things))))]
    last = Undone("")
    try:
        for worker in crew:
            _give(worker, left)
        while busy := [worker for worker in crew if worker.at is not None]:
            for ready in wait([worker.connection for worker in busy], LOOK_S):
                worker = next(worker for worker in busy if worker.connection is ready)
                thing, result = worker.at, _result(worker)
                if isinstance(result, Undone):
                    last, worker.at = result, None
                else:
                    _give(worker, left)
                assert thing is not None, "it was busy"
                yield thing, result
            look()
        for thing in reversed(left):
            yield thing, last
    finally:
        _stop(crew)


def _start(life: Callable[[P, Connection], None], plan: P) -> _Worker[Any]:
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=life, args=(plan, theirs), name="accord-worker", daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _give(worker: _Worker[T], left: list[T]) -> None:
    worker.at = left.pop() if left else None
    if worker.at is not None:
        with contextlib.suppress(OSError):  # it has died: its silence is heard when it is listened to
            worker.connection.send(worker.at)


def _result(worker: _Worker[Any]) -> Any:
    """What a worker says, or `Undone` when it will say nothing more."""
    try:
        said = worker.connection.recv()
    except (EOFError, OSError):
        worker.process.join()
        found = f"that its process ended with code {worker.process.exitcode}"
        return Undone.because(AppError("it done", found, "see the terminal, then try again"))
    return Undone.because(said) if isinstance(said, AccordError) else said


def _stop(crew: list[_Worker[Any]]) -> None:
    for worker in crew:
        with contextlib.suppress(OSError):
            worker.connection.send(None)
    for worker in crew:
        worker.process.join(_POLITE_S)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.connection.close()
        worker.process.close()
