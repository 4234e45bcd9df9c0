"""Views: one camera large, the others small beside it; a thin red frame around them while an episode is recorded."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme
from accord.app.ui.view import ASPECT, View

_FRAME = 3
_GAP = theme.GRID
_LEAST_ROWS = 2
"""A single small view takes no more than half the height."""


class Views(QWidget):
    """Every view of the robot. A click on a small one makes it the large one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views: dict[str, View] = {}
        self._large = ""
        self._recording = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(40 * theme.GRID, 24 * theme.GRID)
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
        for (name, view), number in zip(self._views.items(), range(len(self._views)), strict=True):
            view.show_picture(snapshot.pictures.get(name))
            lost = snapshot.cameras.lost
            view.show_lost(lost[number] if number < len(lost) else 0)
        recording = snapshot.state is State.RECORDING
        if recording != self._recording:
            self._recording = recording
            self.update()

    def enlarge(self, name: str) -> None:
        """Make this view the large one; the one that was large takes its place."""
        if name in self._views and name != self._large:
            self._large = name
            self._place()

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

    def _useful_height(self) -> int:
        return max(self.minimumHeight(), _height_for(self.width() - 2 * _FRAME, len(self._views) - 1) + 2 * _FRAME)

    def _place(self) -> None:
        if not self._views:
            return
        small = [view for name, view in self._views.items() if name != self._large]
        large, beside = _split(self.rect().adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME), len(small))
        self._views[self._large].setGeometry(large)
        for view, rect in zip(small, beside, strict=True):
            view.setGeometry(rect)
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


def _split(space: QRect, small: int) -> tuple[QRect, list[QRect]]:
    """Where the large view and the small ones stand, all of 4 : 3 and as large as they fit together."""
    height = min(space.height(), _height_for(space.width(), small))
    width = round(ASPECT * height)
    if not small:
        return QRect(space.x() + (space.width() - width) // 2, space.y(), width, height), []
    rows = max(small, _LEAST_ROWS)
    row = (height - (rows - 1) * _GAP) / rows
    beside = round(ASPECT * row)
    left = space.x() + max(0, space.width() - width - _GAP - beside) // 2
    places = (QRect(left + width + _GAP, space.y() + round(i * (row + _GAP)), beside, round(row)) for i in range(small))
    return QRect(left, space.y(), width, height), list(places)


def _height_for(width: int, small: int) -> int:
    """The height of the large view at which it and the small ones beside it are as wide as this."""
    if not small:
        return int(width / ASPECT)
    rows = max(small, _LEAST_ROWS)
    return int((width - _GAP + ASPECT * _GAP * (rows - 1) / rows) / (ASPECT * (1 + 1 / rows)))
