"""Views: one camera large, the others small beside it; a thin red frame around them while an episode is recorded."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme
from accord.app.ui.places import arrange, beside, height_below, height_for
from accord.app.ui.view import View

_FRAME = 3


class Views(QWidget):
    """Every view of the robot. A click on a small one makes it the large one."""

    enlarged = Signal(str)
    """A person looks at this view from here on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views: dict[str, View] = {}
        self._large = ""
        self._recording = self._tall = False
        self._episode = ""
        """What is recorded, or empty."""
        self._lost_before: tuple[int, ...] = ()
        """How many pictures of each view were lost before it."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(30 * theme.GRID, 24 * theme.GRID)
        self.setAccessibleName("Views of the robot")

    @property
    def large(self) -> str:
        """The view that is large."""
        return self._large

    @property
    def recording(self) -> bool:
        """Whether the red frame shows."""
        return self._recording

    def view(self, name: str) -> View:
        """The view of this name."""
        return self._views[name]

    def display(self, snapshot: Snapshot) -> None:
        """Show the newest picture of every view."""
        if tuple(self._views) != snapshot.views:
            self._make(snapshot.views)
        for name, view in self._views.items():
            view.show_picture(snapshot.pictures.get(name))
        self._show_lost(snapshot)
        recording = snapshot.state is State.RECORDING
        if recording != self._recording:
            self._recording = recording
            self.update()

    def _show_lost(self, snapshot: Snapshot) -> None:
        """Count what is lost of the episode: what nobody keeps is not lost."""
        lost = tuple(snapshot.cameras.lost) or (0,) * len(self._views)
        if snapshot.episode != self._episode:
            self._episode, self._lost_before = snapshot.episode, lost
        for view, now, before in zip(self._views.values(), lost, self._lost_before, strict=False):
            view.show_note(f"{now - before} lost" if snapshot.episode else "")

    def enlarge(self, name: str) -> None:
        """Make this view the large one; the one that was large takes its place."""
        if name in self._views and name != self._large:
            self._large = name
            self._place()
            self.enlarged.emit(name)

    def _make(self, names: tuple[str, ...]) -> None:
        for view in self._views.values():
            view.deleteLater()
        self._views = {name: View(name, self) for name in names}
        for view in self._views.values():
            view.clicked.connect(self.enlarge)
            view.show()
        if self._large not in self._views:
            self._large = names[0] if names else ""
        self.setMaximumHeight(self._useful_height())
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place the views anew, and leave the height that they cannot use to what is below them."""
        self.setMaximumHeight(self._useful_height())
        self._place()

    def stand_tall(self, on: bool) -> None:
        """Whether the small views may stand below the large one, where there is more height than width."""
        if on != self._tall:
            self._tall = on
            self.setMaximumHeight(self._useful_height())
            self._place()

    def _useful_height(self) -> int:
        width, small = self.width() - 2 * _FRAME, max(0, len(self._views) - 1)
        wanted = height_below(width, small) if self._tall else height_for(width, small)
        return max(self.minimumHeight(), int(wanted) + 2 * _FRAME)

    def _place(self) -> None:
        if not self._views:
            return
        small = [view for name, view in self._views.items() if name != self._large]
        place_all = arrange if self._tall else beside
        large, others = place_all(QRectF(self.rect().adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)), len(small))
        self._views[self._large].setGeometry(large.toRect())
        for view, place in zip(small, others, strict=True):
            view.setGeometry(place.toRect())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The frame."""
        if self._recording and self._views:
            around = self._views[self._large].geometry()
            for view in self._views.values():
                around = around.united(view.geometry())
            painter = QPainter(self)
            painter.fillRect(around.adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME), theme.RECORDING)
            painter.fillRect(around, self.palette().window())
