"""Foot: the way to where the robot stands, and, while somebody drives, how well it agrees; one place for both."""

from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.approach import ApproachPanel
from accord.app.ui.approach_words import Stage
from accord.app.ui.strip import Agreement

_LEAST, _MOST = 12 * theme.GRID, 20 * theme.GRID
"""Its height [px]."""
_LED: Final = 19 * theme.GRID
"""The least where the device has to be engaged, so that the way to that has room too [px]."""
_DRIVES: Final = 24 * theme.GRID
"""Width of the panel that lets go of a device, beside the agreement [px]."""


class Foot(QWidget):
    """As high as it is whatever stands in it: nothing above it jumps when a leader is engaged, or lost.

    A layout would ask both for their heights, so it has none.
    """

    def __init__(self, agreement: Agreement, approach: ApproachPanel) -> None:
        super().__init__()
        self._agreement, self._approach = agreement, approach
        agreement.setParent(self)
        approach.setParent(self)
        approach.hide()
        approach.changed.connect(self._place)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(agreement.minimumSizeHint().width(), _LEAST)
        self.setMaximumHeight(_MOST)

    def make_room(self, narrow: bool) -> None:
        """Go away where there is no room for it, unless the device has to be engaged."""
        led = self._approach.engages
        self.setVisible(led or not narrow)
        self.setMinimumHeight(_LED if led else _LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place them anew."""
        self._place()

    def _place(self) -> None:
        stage, room = self._approach.stage, self.rect()
        drives = stage is Stage.DRIVES
        self._agreement.setVisible(stage is Stage.NONE or drives)
        left = _DRIVES + theme.GRID if drives else 0
        self._approach.setGeometry(QRect(0, 0, _DRIVES, room.height()) if drives else room)
        self._agreement.setGeometry(room.adjusted(left, 0, 0, 0))
