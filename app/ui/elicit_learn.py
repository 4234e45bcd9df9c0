"""LearnPanel: the base episodes to watch, one after the other."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from accord.app.eliciting.lesson import Lesson
from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.elicit_actions import SKIP
from accord.app.ui.labels import label, line, wrapped
from accord.app.ui.player import Player

_SIDE: Final = 30 * theme.GRID
_PARTS: Final = 20
"""An episode counts as watched when its end was reached and most of so many parts of it were seen."""
_MOST: Final = 0.8
_JUMP_S: Final = 2.0
"""Further than that nobody has played: it was sought [s]."""


class LearnPanel(QWidget):
    """A player, and a list that says which were watched."""

    watched = Signal(str)
    """An episode was watched to its end; its id."""
    skip_asked = Signal()
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.player, self.title, self._told = Player(scored=False), wrapped("", "title"), wrapped()
        self.rows: dict[str, Button] = {}
        self._paths: dict[str, Path] = {}
        self._seen: set[int] = set()
        self._part, self._at_s, self._playing = 0, 0.0, False
        self._episode = ""
        self._rows = QVBoxLayout()
        self.skip = Button(f"{SKIP.text}  {SKIP.shown_key}", SKIP.icon, SKIP.tip)
        self.skip.setAccessibleName(SKIP.text)
        self._lay_out()
        self.player.moved.connect(self._on_moved)
        self.player.failed.connect(self.failed)
        self.skip.clicked.connect(self.skip_asked)

    def _lay_out(self) -> None:
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column, row = QVBoxLayout(side), QHBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        self._told.setText("Watch how the base does it: where it goes first, how it grips, when it lets go.")
        for widget in (label("NOW", "section"), self.title, self._told):
            column.addWidget(widget)
        column.addLayout(self._rows)
        column.addStretch(1)
        column.addWidget(line())
        column.addWidget(self.skip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.player, 1)
        row.addWidget(side)

    @property
    def episode(self) -> str:
        """The episode that is shown; empty for none."""
        return self._episode

    def display(self, lesson: Lesson, paths: dict[str, Path]) -> None:
        """Show what is to be watched; the first that was not begins to play.

        Args:
            lesson: in its stage learn.
            paths: of the episodes that are there.
        """
        self.title.setText(
            f"Watch: {len(lesson.watched)} of {len(lesson.shown)}" if lesson.shown else "Choosing base episodes…"
        )
        self._paths = paths
        if tuple(self.rows) != lesson.shown:
            self._make_rows(lesson.shown)
        for name, button in self.rows.items():
            button.set_icon(*(("mdi6.check", theme.AGREE) if name in lesson.watched else ("mdi6.play", None)))
            button.setChecked(name == self._episode)
        left = [name for name in lesson.shown if name not in lesson.watched]
        if left and (self._episode not in left):
            self.play(left[0])

    def _make_rows(self, shown: tuple[str, ...]) -> None:
        for button in self.rows.values():
            button.deleteLater()
        self.rows = {}
        for number, name in enumerate(shown, start=1):
            button = Button(f"Base episode {number}", "mdi6.play", f"Play {name[:8]}")
            button.setCheckable(True)
            button.clicked.connect(lambda _on, name=name: self.play(name))
            self.rows[name] = button
            self._rows.addWidget(button)

    def play(self, episode: str) -> None:
        """Play an episode from its beginning."""
        self._episode, self._seen = episode, set()
        for name, button in self.rows.items():
            button.setChecked(name == episode)
        self.player.display(self._paths.get(episode))
        if self.player.path is not None:
            self.player.toggle()
            self._playing = True

    def close_episode(self) -> None:
        """Nothing is to be watched any more."""
        self._episode = ""
        self.player.close_episode()

    def _on_moved(self, step: int) -> None:
        """What passes while it plays is seen, also where a busy machine shows few of its pictures."""
        playback, part = self.player.playback, step * _PARTS // max(len(self.player.playback.t_s), 1)
        passed = self._playing and 0.0 <= playback.position_s - self._at_s < _JUMP_S
        self._seen.update(range(self._part if passed else part, part + 1))
        self._part, self._at_s, self._playing = part, playback.position_s, playback.playing
        all_parts = min(_PARTS, len(playback.t_s))
        if step == len(playback.t_s) - 1 and len(self._seen) >= _MOST * all_parts and self._episode:
            self.watched.emit(self._episode)
