"""StatusLine: which library, how the beat is kept, what was lost (also when nothing was), what disk is left."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme
from accord.app.ui.actions import APPEARANCE, KEYS, OPEN, Action
from accord.app.ui.button import Button
from accord.app.ui.figures import number, size
from accord.app.ui.labels import label

_PASSING_MS = 10_000
"""How long a line about what happened stays [ms]."""
_WELL = 0.02
"""A rate this close to what it should be is kept [1]."""


class StatusLine(QWidget):
    """One line at the top of the window."""

    open_asked = Signal()
    folder_asked = Signal()
    """The library's folder shall be shown by the system."""
    keys_asked = Signal()
    appearance_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.library = Button("", "mdi6.database", "The library, and others", "quiet")
        self.said = label("", "faint", "What happened last")
        self.lamp, self.rate = QLabel("●"), _figure("Rate of the loop", 9)
        self.late, self.lost = _figure("How late a step begins, 99th percentile", 15), _figure("What was lost", 20)
        self.disk = _figure("Free disk", 9)
        self.scale, self.figures = _figure("Speed of the workcell", 0), QWidget()
        self._fading = QTimer(self, singleShot=True, interval=_PASSING_MS)
        self._fading.timeout.connect(self.clear_said)
        self._lay_out()
        self._make_menu()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID // 2, theme.GRID // 2, theme.GRID, theme.GRID // 2)
        row.setSpacing(theme.GRID)
        row.addWidget(self.library)
        row.addWidget(self.said, 1)
        row.addWidget(self.figures)
        right = QHBoxLayout(self.figures)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(theme.GRID)
        for part in (self.scale, self.lamp, self.rate, self.late, self.lost, self.disk):
            right.addWidget(part)
        for action, signal in ((KEYS, self.keys_asked), (APPEARANCE, self.appearance_asked)):
            button = _button(action)
            button.clicked.connect(signal)
            right.addWidget(button)

    def _make_menu(self) -> None:
        menu = QMenu(self.library)
        menu.addAction(f"{OPEN.text}\t{OPEN.shown_key}").triggered.connect(self.open_asked)
        menu.addAction("Show its folder").triggered.connect(self.folder_asked)
        self.library.setMenu(menu)

    def show_library(self, name: str) -> None:
        """Which library is open."""
        self.library.setText(name)
        self.library.setAccessibleName(f"Library {name}")

    def say(self, text: str) -> None:
        """Say what happened, in passing: after some seconds it goes."""
        self._fading.start()
        self.said.setText(text)
        self.said.setToolTip(text)

    def clear_said(self) -> None:
        """Nothing happened that is still worth a line."""
        self._fading.stop()
        self.said.clear()
        self.said.setToolTip("")

    def display(self, snapshot: Snapshot) -> None:
        """Show the figures."""
        rate, wanted = snapshot.timing.rate_hz, snapshot.rate_hz
        running = snapshot.state not in (State.STARTING, State.FAILED) and rate > 0
        well = running and abs(rate / wanted - 1.0) < _WELL
        self._light(theme.AGREE.name() if well else theme.DOUBTFUL.name() if running else "gray")
        self.rate.setText(f"{number(rate, 1)} Hz" if running else "– Hz")
        self.late.setText(f"late p99 {number(snapshot.timing.late_p99_ms)} ms" if running else "late p99 –")
        recorder = snapshot.recorder  # it counts those of the episode, and what no camera drew is among them
        self.lost.setText(f"lost {recorder.steps_lost} steps, {recorder.images_lost} images")
        free = snapshot.recorder.disk_free
        self.disk.setText(f"{size(free)} free" if free else "")
        self.scale.setText(f"{snapshot.time_scale:g} × real time" if snapshot.time_scale != 1.0 else "")

    def _light(self, colour: str) -> None:
        sheet = f"color: {colour}"
        if self.lamp.styleSheet() != sheet:
            self.lamp.setStyleSheet(sheet)


def show_folder(folder: Path) -> None:
    """Have the system show it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _figure(name: str, characters: int) -> QLabel:
    """A number with room for its longest, so that its neighbours stay where they are."""
    made = label(name=name)
    made.setToolTip(name)
    made.setMinimumWidth(characters * made.fontMetrics().horizontalAdvance("0"))
    made.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
    return made


def _button(action: Action) -> QPushButton:
    made = Button("", action.icon, action.tip, "quiet")
    made.setAccessibleName(action.text)
    return made
