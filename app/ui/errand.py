"""Errand: a short piece of work in a thread, whose answer comes back by a signal, so that the window never waits."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from accord.datasets.errors import AccordError

Progress = Callable[[int, int], None]


class _Voice(QObject):
    """What a thread says: the number of the run, and what it has."""

    answered = Signal(int, object)
    failed = Signal(int, str)
    progressed = Signal(int, int, int)


class _Run(QRunnable):
    def __init__(self, number: int, work: Callable[[Progress], Any], voice: _Voice) -> None:
        super().__init__()
        self._number, self._work, self._voice = number, work, voice

    def run(self) -> None:
        try:
            answer = self._work(self._tell)
        except AccordError as error:
            self._voice.failed.emit(self._number, str(error))
        except Exception as error:  # noqa: BLE001  the outermost line of a thread: what gets past it ends the program
            found = f"Wanted the work done, found {error!r}: try again."
            self._voice.failed.emit(self._number, found)
        else:
            self._voice.answered.emit(self._number, answer)

    def _tell(self, done: int, of: int) -> None:
        self._voice.progressed.emit(self._number, done, of)


class Errand(QObject):
    """Runs one piece of work at a time; only the newest one's answer counts, older ones are dropped unsaid."""

    answered = Signal(object)
    failed = Signal(str)
    """One sentence."""
    progressed = Signal(int, int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._number = 0
        self._running = False
        self._voice = _Voice(self)
        self._voice.answered.connect(self._on_answer)
        self._voice.failed.connect(self._on_failure)
        self._voice.progressed.connect(self._on_progress)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    @property
    def running(self) -> bool:
        """Whether an answer is still to come."""
        return self._running

    def run(self, work: Callable[[Progress], Any]) -> None:
        """Start it; what was waiting or running before is no longer of interest.

        Args:
            work: called in a thread with a function that tells how much is done, of how much.
        """
        self._number += 1
        self._running = True
        self._pool.clear()
        self._pool.start(_Run(self._number, work, self._voice))

    def close(self) -> None:
        """Forget what is waiting, and wait for what is running to end."""
        self._number += 1
        self._running = False
        self._pool.clear()
        self._pool.waitForDone()

    @Slot(int, object)
    def _on_answer(self, number: int, answer: Any) -> None:
        if number == self._number:
            self._running = False
            self.answered.emit(answer)

    @Slot(int, str)
    def _on_failure(self, number: int, sentence: str) -> None:
        if number == self._number:
            self._running = False
            self.failed.emit(sentence)

    @Slot(int, int, int)
    def _on_progress(self, number: int, done: int, of: int) -> None:
        if number == self._number:
            self.progressed.emit(done, of)
