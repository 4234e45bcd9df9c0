"""CollectPage: where demonstrations are recorded. Pictures first; at the right what to press, below what it gave."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from accord.app.snapshot import Snapshot
from accord.app.ui import theme
from accord.app.ui.approach import ApproachPanel
from accord.app.ui.choices import Choices
from accord.app.ui.foot import Foot
from accord.app.ui.gallery import Gallery
from accord.app.ui.record_panel import RecordPanel
from accord.app.ui.robot_panel import RobotPanel
from accord.app.ui.scene_panel import ScenePanel
from accord.app.ui.stage_line import StageLine
from accord.app.ui.state_line import StateLine
from accord.app.ui.strip import Agreement
from accord.app.ui.views import Views

_SIDE_PX = 40 * theme.GRID
_WIDE_PX = 130 * theme.GRID
"""From this width on the scene has room beside everything."""
_SLOW = 3
"""Figures are shown at a third of the ticks, 10 Hz: nobody reads faster."""


class CollectPage(QWidget):
    """Lays the panels out and hands them the snapshot. The window connects their signals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views, self.state, self.agreement = Views(), StateLine(), Agreement()
        self.robot, self.choices, self.record = RobotPanel(), Choices(), RecordPanel()
        self.scene, self.stages, self.gallery = ScenePanel(), StageLine(), Gallery()
        self.approach = ApproachPanel()
        self.foot = Foot(self.agreement, self.approach)
        self.side, self._turns = self._side(), 0
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        row.setSpacing(2 * theme.GRID)
        row.addLayout(self._middle(), 1)
        row.addWidget(self.scene)
        row.addWidget(self.side)
        self.scene.hide()
        self._pages = QStackedLayout(self)
        for page in (work, self.gallery):
            self._pages.addWidget(page)

    def _middle(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.GRID)
        column.addWidget(self.views, 100)
        column.addWidget(self.state)
        column.addWidget(self.stages)
        column.addWidget(self.foot, 1)
        column.addWidget(self.robot)
        column.addStretch(0)
        return column

    def _side(self) -> QScrollArea:
        """Everything fits at 1280×800; on a smaller screen it scrolls rather than being cut."""
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self.choices)
        column.addWidget(self.record)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(side)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(_SIDE_PX)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    @property
    def chooses_task(self) -> bool:
        """Whether the gallery stands in place of the robot."""
        return self._pages.currentIndex() == 1

    def show_gallery(self, on: bool, task: str = "") -> None:
        """Show the tasks, with this one marked, or the robot again."""
        self._pages.setCurrentIndex(1 if on else 0)
        if on:
            self.gallery.mark(task)
        else:
            self.setFocus()

    def show_scene(self, on: bool) -> None:
        """Show what a reset varies, beside the views; on a small screen in place of what stands below them."""
        self.scene.setVisible(on)
        self.views.stand_tall(on)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Three columns need a wide window."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        narrow = self.scene.isVisibleTo(self) and self.width() < _WIDE_PX
        self.robot.setVisible(not narrow)
        self.foot.make_room(narrow)

    def display(self, snapshot: Snapshot) -> None:
        """Show it: pictures and bars every time, figures every third."""
        self.views.display(snapshot)
        self._make_room()
        self.agreement.display(snapshot)
        self.state.display(snapshot)
        self.stages.display(snapshot)
        self.record.display(snapshot, self.views.large)
        if self._turns % _SLOW == 0:
            self.choices.display(snapshot)
            self.robot.display(snapshot)
            if self.scene.isVisible():
                self.scene.display(snapshot)
        self._turns += 1
