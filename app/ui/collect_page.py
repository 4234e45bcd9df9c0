"""CollectPage: where demonstrations are recorded. Pictures first; at the right what to press, below what it gave."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from accord.app.snapshot import Snapshot
from accord.app.ui import theme
from accord.app.ui.choices import Choices
from accord.app.ui.record_panel import RecordPanel
from accord.app.ui.robot_panel import RobotPanel
from accord.app.ui.state_line import StateLine
from accord.app.ui.strip import Agreement
from accord.app.ui.views import Views

_SIDE_PX = 38 * theme.GRID
_SLOW = 3
"""Figures are shown at a third of the ticks, 10 Hz: nobody reads faster."""


class CollectPage(QWidget):
    """Lays the panels out and hands them the snapshot. The window connects their signals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views, self.state, self.agreement = Views(), StateLine(), Agreement()
        self.robot, self.choices, self.record = RobotPanel(), Choices(), RecordPanel()
        self.side, self._turns = self._side(), 0
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        row.setSpacing(2 * theme.GRID)
        row.addLayout(self._middle(), 1)
        row.addWidget(self.side)

    def _middle(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.GRID)
        column.addWidget(self.views, 100)
        column.addWidget(self.state)
        column.addWidget(self.agreement, 1)
        column.addWidget(self.robot)
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

    def display(self, snapshot: Snapshot) -> None:
        """Show it: pictures and bars every time, figures every third."""
        self.views.display(snapshot)
        self.agreement.display(snapshot)
        self.state.display(snapshot)
        self.record.display(snapshot, self.views.large)
        if self._turns % _SLOW == 0:
            self.choices.display(snapshot)
            self.robot.display(snapshot)
        self._turns += 1
