"""Mending: says what a crash left behind or what cannot be read, and saves what can be."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from accord.app.curating import recover_all
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.errand import Errand, Progress
from accord.app.ui.scan import Scan
from accord.datasets.library import Library


class Mending(Banner):
    """A banner that goes away with its cause."""

    mended = Signal(str)
    """Episodes were recovered; how many, in words, or empty for none."""
    failed = Signal(str)
    """One sentence."""

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent, closable=False)
        self._library, self._errand = library, Errand(self)
        self._errand.answered.connect(self._on_recovered)
        self._errand.failed.connect(self.failed)
        self.acted.connect(self.recover)

    def display(self, scan: Scan) -> None:
        """Say what is wrong with the library, if anything is."""
        lost, damaged = scan.left_behind, scan.damaged
        if lost:
            text = (
                f"{lost} episode{'s were' if lost > 1 else ' was'} left behind by a crash. What was written is whole."
            )
            self.say(text, Tone.WARNING, "Recover", "Save what was recorded; the outcome is then incomplete")
        elif damaged:
            many = f" and {len(damaged) - 1} more like it" if len(damaged) > 1 else ""
            self.say(f"{damaged[0]}{many}", Tone.WARNING, more="\n".join(damaged))
        else:
            self.say("")

    def recover(self) -> None:
        """Save what a crash left behind."""

        def work(progress: Progress) -> Any:
            return recover_all(self._library)

        if not self._errand.running:
            self._errand.run(work)

    def close_job(self) -> None:
        """Wait for what is being saved."""
        self._errand.close()

    def _on_recovered(self, answer: tuple[list[Any], list[str]]) -> None:
        saved, problems = answer
        for problem in problems:
            self.failed.emit(problem)
        self.mended.emit(f"Recovered {len(saved)} episode{'s' if len(saved) > 1 else ''}." if saved else "")
