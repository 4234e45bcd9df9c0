"""MappingFields: every field of a mapping, of which those are shown that count for the device, or would."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from accord.app import gives
from accord.app.ui import theme
from accord.app.ui.labels import label
from accord.app.ui.mapping_axes import AxisTable
from accord.app.ui.mapping_buttons import ButtonTable
from accord.app.ui.mapping_fingers import leads_fingers
from accord.app.ui.mapping_form import MappingForm
from accord.app.ui.mapping_joints import JointTable
from accord.app.ui.mapping_moment import Moment
from accord.app.ui.mapping_scope import Scope, scope
from accord.devices.mapping import Follow, Mapping

_AXES, _JOINTS = 0, 1
_TABLE_PX, _LOWEST_PX = 66 * theme.GRID, 27 * theme.GRID
"""The least width and height of a table, which scrolls in itself: the page does so only where that is not there."""
_DEFLECTED: Final = frozenset({Follow.DEFLECTION})


class MappingFields(QWidget):
    """Tables of axes and joints at the left, what holds for all axes and the buttons at the right."""

    changed = Signal(str, object)
    """A field of the mapping, and its new value."""
    refused = Signal(str)
    """What was written is no mapping; one sentence."""
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.axes, self.joints, self.form, self.buttons = AxisTable(), JointTable(), MappingForm(), ButtonTable()
        self.tabs = QTabWidget()
        self._given, self._heard, self._hands, self._opened = _DEFLECTED, False, 1, False
        """What the device gives, and whether it said so itself."""
        self._gloved = False
        """Whether it is a glove that may lead the robot's fingers."""
        self._scope: Scope | None = None
        self._lay_out()
        for part in (self.axes, self.joints, self.form, self.buttons):
            part.changed.connect(self.changed)
        for leaves in (self.axes, self.joints, self.form):
            leaves.left.connect(self.left)
        self.joints.refused.connect(self.refused)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.tabs, 1)
        self.tabs.setMinimumSize(_TABLE_PX, _LOWEST_PX)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.tabs.addTab(scrolled(self.axes), "Axes")
        self.tabs.addTab(scrolled(self.joints), "Joints of a leader")
        for title, part in (("FOR ALL AXES", self.form), ("BUTTONS", self.buttons)):
            column = QVBoxLayout()
            row.addLayout(column)
            column.setSpacing(theme.GRID // 2)
            column.addWidget(label(title, "section"))
            column.addWidget(part)
            column.addStretch(1)

    def begin(self, given: frozenset[Follow], hands: int) -> None:
        """Another device.

        Args:
            given: what such devices give, as far as that is known before this one says it.
            hands: how many it is for.
        """
        self._given, self._heard, self._hands, self._opened, self._scope = given, False, hands, False, None
        self._gloved = False
        self.buttons.stop_waiting()

    def show_mapping(self, mapping: Mapping, followed: Follow | None) -> None:
        """Show this mapping.

        Args:
            mapping: as it is being edited.
            followed: what of the device it follows; None while that is not known.
        """
        for part in (self.axes, self.joints, self.form, self.buttons):
            part.show_mapping(mapping)
        self._show_scope(scope(mapping, self._given, followed, self._hands, self._gloved))

    def display(self, mapping: Mapping, moment: Moment, followed: Follow | None) -> None:
        """Show where device and robot are.

        Args:
            mapping: as it is being edited.
            moment: what both say.
            followed: which of what the device gives; None for nothing.
        """
        state, robot = moment.state, moment.robot_joints
        self._gloved = leads_fingers(state, moment.fingers) or (self._gloved and state is None)
        heard = frozenset[Follow]() if state is None else gives.given(state)
        if heard:
            self._given = self._given | heard if self._heard else heard
            self._heard = True
        now = scope(mapping, self._given, followed, self._hands, self._gloved)
        self._show_scope(now)
        self.axes.show_axes(None if state is None or state.continuous else state.axes)
        self.joints.show_joints(None if state is None else state.joints, robot)
        if self._heard and not self._opened:  # the first time that it is known, open what matters
            self._opened = True
            self.tabs.setCurrentIndex(_JOINTS if now.now is Follow.JOINTS else _AXES)

    def _show_scope(self, now: Scope) -> None:
        if now == self._scope:
            return
        self._scope = now
        for part in (self.axes, self.joints, self.form, self.buttons):
            part.show_scope(now)
        shown = {_AXES: now.shows("order"), _JOINTS: now.shows("joints")}
        for tab in sorted(shown, key=lambda tab: not shown[tab]):  # there is never none
            self.tabs.setTabVisible(tab, shown[tab])
        self.tabs.tabBar().setVisible(all(shown.values()))


def scrolled(widget: QWidget) -> QScrollArea:
    """With bars where there is too little room."""
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    return area
