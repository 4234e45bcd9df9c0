"""Wall: every view of one episode at one step, one of them large, with ways of the hand drawn in."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.overlay import Way
from accord.app.ui.places import arrange
from accord.app.ui.view import View
from accord.datasets.episode import Episode
from accord.datasets.episode_writer import EncodedImage
from accord.datasets.errors import AccordError

_STALE_S: Final = 0.2
"""A picture that is further off than that is said to be [s]."""


class Wall(QWidget):
    """Shows one open episode. Pictures are read when they are shown."""

    enlarged = Signal(str)
    """A person wants to see this view large."""

    def __init__(self, name: str) -> None:
        """Make it, empty.

        Args:
            name: whose episode it is, for those who cannot see it.
        """
        super().__init__()
        self.views: dict[str, View] = {}
        self._episode: Episode | None = None
        self._shown: dict[str, NDArray[np.int64]] = {}
        """View → (pictures,) which step of the episode each shows, counted from the episode's first."""
        self._large = ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(30 * theme.GRID, 22 * theme.GRID)

    def open(self, path: Path | None) -> None:
        """Open an episode; None for none.

        Raises:
            AccordError: if it cannot be read.
        """
        self.close_episode()
        self._episode = None if path is None else Episode(path)
        self._shown = {} if self._episode is None else _shown(self._episode)
        names = tuple(camera.name for camera in self._episode.cameras) if self._episode else ()
        if tuple(self.views) != names:
            self._make(names)
        for view in self.views.values():
            view.show_nothing()

    def close_episode(self) -> None:
        """Let go of the file."""
        if self._episode is not None:
            self._episode.close()
            self._episode, self._shown = None, {}

    def _make(self, names: tuple[str, ...]) -> None:
        for view in self.views.values():
            view.setParent(None)
            view.deleteLater()
        self.views = {name: View(name, self) for name in names}
        for view in self.views.values():
            view.clicked.connect(self.enlarged)
            view.show()
        self._place()

    def enlarge(self, name: str) -> None:
        """Make this view the large one, if there is one of this name."""
        self._large = name
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place the views anew."""
        self._place()

    def _place(self) -> None:
        if not self.views:
            return
        large = self._large if self._large in self.views else next(iter(self.views))
        small = [view for name, view in self.views.items() if name != large]
        place, places = arrange(QRectF(self.rect()), len(small))
        self.views[large].setGeometry(place.toRect())
        for view, at in zip(small, places, strict=True):
            view.setGeometry(at.toRect())

    def picture_steps(self, step: int) -> dict[str, int]:
        """View → the step that its newest picture at this step shows; views without a picture are left out."""
        return {name: int(shown[i]) for name, shown in self._shown.items() if (i := self._index(name, step)) >= 0}

    def _index(self, name: str, step: int) -> int:
        """Number of the newest picture; the first one comes some milliseconds after the first step. -1 for none."""
        shown = self._shown.get(name, ())
        return max(int(np.searchsorted(shown, step, side="right")) - 1, 0) if len(shown) else -1

    def show_step(self, step: int, ways: Mapping[str, tuple[Way, ...]]) -> None:
        """Show a step.

        Args:
            step: of the episode.
            ways: view → what is drawn into it.
        """
        for name, view in self.views.items():
            index = self._index(name, step)
            if index >= 0:
                with suppress(AccordError):  # one broken picture among many: the one before stays
                    picture = self._read(name, index)
                    view.show_picture(picture)
                    view.show_note(self._how_far(picture.step, step))
            view.show_ways(ways.get(name, ()))

    def _how_far(self, shown: int, step: int) -> str:
        """Said of a picture that is not of this moment, because those of this moment were lost."""
        assert self._episode is not None
        off_s = (shown - step) / self._episode.info.rate_hz
        if abs(off_s) <= _STALE_S:
            return ""
        return f"{abs(off_s):.1f} s {'later' if off_s > 0 else 'earlier'}: pictures were lost"

    def _read(self, name: str, index: int) -> EncodedImage:
        assert self._episode is not None
        t_ns, step = self._episode.image_times(name)[index], self._shown[name][index]
        return EncodedImage(self._episode.encoded(name, index), int(t_ns), int(step))


def _shown(episode: Episode) -> dict[str, NDArray[np.int64]]:
    """View → (pictures,) which step of the episode each shows. In the file stands the number that the loop counted."""
    numbers, t_ns, found = episode.field("step"), episode.t_ns, {}
    for camera in episode.cameras:
        counted, taken_ns = episode.image_steps(camera.name), episode.image_times(camera.name)
        simulated = np.searchsorted(numbers, counted)
        real = (
            np.searchsorted(t_ns, taken_ns, side="right") - 1
        )  # a real camera's picture is of no step: its time tells
        found[camera.name] = np.clip(np.where(counted >= 0, simulated, real), 0, max(len(t_ns) - 1, 0))
    return found
