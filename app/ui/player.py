"""Player: one episode from all views in step, above its time line. Pictures are decoded when they are shown."""

import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from accord.app.ui import library_actions as actions
from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.frames import FrameWall
from accord.app.ui.labels import label
from accord.app.ui.playback import SPEEDS, Playback
from accord.app.ui.timeline import TimeLine, Trim
from accord.app.ui.track import Curve, Track
from accord.datasets.compatibility import Thresholds
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.images import Picture, decode
from accord.datasets.index import TimedScores

_TICK_MS = 20
"""Between two looks at the clock while it plays: the views themselves come at 30 Hz."""
_HALF = 2.0
"""A view at least this many times as large as its frame is decoded at half its size, for a third of the cost."""

_LINES = (actions.ERROR, actions.NOVELTY, actions.CUTS)
"""What may be shown on the time line beside the agreement."""


class Player(QWidget):
    """Shows one episode at a time, and keeps only that one open."""

    moved = Signal(int)
    """The step that is shown now."""
    trimmed = Signal(object)
    """(first, last) seconds, or None for all."""
    failed = Signal(str)
    """One sentence."""

    def __init__(self, scored: bool = True) -> None:
        """Make it, empty.

        Args:
            scored: whether its episodes may be scored; where they never are nothing about it is shown.
        """
        super().__init__()
        self.playback = Playback()
        self.wall, self.line = FrameWall(), TimeLine()
        self._episode: Episode | None = None
        self._track = Track(np.zeros(0))
        self._curve: Curve | None = None
        self._first_ns = 0
        self._shown: dict[str, int] = {}
        self._then_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_timer)
        self._make_controls()
        self._lay_out()
        if not scored:
            self.line.scored = False
            for button in self._lines.values():
                button.hide()
        self.line.sought.connect(self.seek)
        self.line.trimmed.connect(self.trimmed)

    def _make_controls(self) -> None:
        self._back = Button("", "mdi6.step-backward", "One step back (←; with Shift one second)", "quiet")
        self._play = Button("", "mdi6.play", "Play or pause (Space)")
        self._on = Button("", "mdi6.step-forward", "One step on (→; with Shift one second)", "quiet")
        self._where, self._number = label("", name="Time"), label("", "faint", "Step, of how many")
        self._speed = QComboBox()
        for speed in SPEEDS:
            self._speed.addItem(f"{speed:g}×", speed)
        self._speed.setCurrentIndex(SPEEDS.index(1.0))
        self._speed.setAccessibleName("Speed of playback")
        self._speed.setToolTip("Speed of playback (− and +)")
        self._speed.currentIndexChanged.connect(self._on_speed)
        self._lines = {a.text.lower(): Button(a.text, tip=a.tip, role="quiet") for a in _LINES}
        for name, button in self._lines.items():
            button.setCheckable(True)
            button.setMinimumWidth(button.sizeHint().width() + theme.GRID)  # it is bold while it is checked
            button.toggled.connect(lambda on, name=name: self.line.show_line(name, on))
        self._back.clicked.connect(lambda: self.step(-1))
        self._on.clicked.connect(lambda: self.step(1))
        self._play.clicked.connect(self.toggle)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.GRID // 2)
        for widget in (self._back, self._play, self._on, self._where, self._number):
            row.addWidget(widget)
        row.addStretch(1)
        for button in self._lines.values():
            row.addWidget(button)
        row.addWidget(self._speed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(self.wall, 1)
        column.addWidget(self.line)
        column.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def path(self) -> Path | None:
        """The file of the episode that is open."""
        return self._episode.path if self._episode else None

    def display(self, path: Path | None, trim: Trim = None) -> None:
        """Open an episode at its beginning; None for none. A file that cannot be read is said by `failed`."""
        self.close_episode()
        if path is None:
            return
        try:
            self._open(path, trim)
        except AccordError as error:
            self.close_episode()
            self.failed.emit(str(error))

    def _open(self, path: Path, trim: Trim) -> None:
        self._episode = episode = Episode(path)
        self._track = Track.of(episode)
        self._first_ns = int(episode.t_ns[0]) if len(episode) else 0
        self.playback.t_s = self._track.t_s
        self.wall.show_views(tuple(camera.name for camera in episode.info.cameras))
        self.wall.say("no views" if not episode.info.cameras else "")
        self.line.display(self._track, None, trim)
        self.seek(trim[0] if trim else 0.0)

    def close_episode(self) -> None:
        """Let go of the file."""
        self._timer.stop()
        self.playback = Playback(speed=self.playback.speed)
        self._shown = {}
        if self._episode is not None:
            self._episode.close()
        self._episode, self._track, self._curve = None, Track(np.zeros(0)), None
        self.line.display(self._track, None, None)
        self._where.setText("")
        self._number.setText("")
        self._show_playing()
        self.wall.say("")
        for frame in self.wall.frames.values():
            frame.display(None, "")

    def set_scores(self, scores: TimedScores | None, thresholds: Thresholds | None) -> None:
        """Show how well the steps of the open episode agree; None where they are not scored."""
        known = scores is not None and thresholds is not None and self._episode is not None
        self._curve = Curve.of(scores, thresholds, self._first_ns) if known else None  # type: ignore[arg-type]
        self.line.set_curve(self._curve)
        self._show_cuts()

    def set_trim(self, trim: Trim) -> None:
        """Show another trim, and what would be cut of what it leaves."""
        self.line.set_trim(trim)
        self._show_cuts()

    def _show_cuts(self) -> None:
        self.line.set_cuts(self._curve.cuts(self.line.trim) if self._curve else ())

    # Moving -----------------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play or pause."""
        self.playback.toggle()
        self._then_s = time.monotonic()
        self._show_playing()

    def step(self, by: int) -> None:
        """Pause, and go some steps on or back."""
        self.show_step(self.playback.step + by)

    def show_step(self, step: int) -> None:
        """Pause at a step."""
        self._pause()
        self.playback.seek_step(step)
        self._show_moment()

    def jump(self, seconds: float) -> None:
        """Go some seconds on or back."""
        self.seek(self.playback.position_s + seconds)

    def seek(self, position_s: float) -> None:
        """Go to a time; what plays goes on from there."""
        self.playback.seek(position_s)
        self._show_moment()

    def change_speed(self, by: int) -> None:
        """The next faster or slower speed."""
        self.playback.faster(by)
        self._speed.setCurrentIndex(SPEEDS.index(self.playback.speed))

    def toggle_line(self, name: str) -> None:
        """Show or hide the line of ``error`` or ``novelty``, or the ``cuts``."""
        self._lines[name].toggle()

    def _on_speed(self) -> None:
        self.playback.speed = float(self._speed.currentData())

    def _pause(self) -> None:
        self.playback.playing = False
        self._show_playing()

    def _show_playing(self) -> None:
        playing = self.playback.playing
        self._play.set_icon("mdi6.pause" if playing else "mdi6.play")
        if playing != self._timer.isActive():
            self._timer.start() if playing else self._timer.stop()

    def _on_timer(self) -> None:
        now_s = time.monotonic()
        moved = self.playback.tick(now_s - self._then_s)
        self._then_s = now_s
        if moved:
            self._show_moment()
        if not self.playback.playing:
            self._show_playing()

    # Showing ----------------------------------------------------------------------------------------------------------

    def _show_moment(self) -> None:
        playback = self.playback
        self.line.set_position(playback.position_s)
        if self._episode is None or playback.step < 0:
            return
        text = f"{playback.position_s:.2f} / {playback.end_s:.2f} s"
        self._where.setText(text)
        self._number.setText(f"{playback.step + 1}/{len(playback.t_s)}")
        for name in self.wall.frames:
            self._show_view(self._episode, name)
        self.moved.emit(playback.step)

    def _show_view(self, episode: Episode, name: str) -> None:
        """The newest picture that was taken at this moment; nothing is decoded twice in a row."""
        try:
            at_ns = self._first_ns + round(self.playback.position_s * 1e9)
            times = episode.image_times(name)
            index = int(np.searchsorted(times, at_ns, side="right")) - 1
            if index < 0 and len(times):
                index = 0  # the first picture comes some milliseconds after the first step
            if self._shown.get(name) != index:
                picture = self._decoded(episode, name, index) if index >= 0 else None
                self.wall.frames[name].display(picture)
                self._shown[name] = index
        except AccordError as error:
            self._pause()
            self._shown[name] = index
            self.wall.frames[name].display(None, "this picture cannot be read")
            self.failed.emit(str(error))

    def _decoded(self, episode: Episode, name: str, index: int) -> Picture:
        camera = next(camera for camera in episode.info.cameras if camera.name == name)
        room: QSize = self.wall.frames[name].size() * self.devicePixelRatioF()
        half = camera.width >= _HALF * room.width() and camera.height >= _HALF * room.height()
        return decode(episode.encoded(name, index), half=half)
