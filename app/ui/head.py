"""Head: the line at the top of the window, and, while there is one, a message in the same place: nothing else moves."""

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.banner import Banner
from accord.app.ui.labels import line
from accord.app.ui.status_line import StatusLine

_LEAST = 40 * theme.GRID
"""A message that had less room left of the figures stands in front of them too, as does one that is too long [px]."""


class Head(QWidget):
    """As high as it is whatever stands in it. A layout would ask the message for its height, so it has none."""

    def __init__(self) -> None:
        super().__init__()
        self.status = StatusLine(self)
        height = self.status.sizeHint().height()
        self.banner = Banner(self, height=height)
        self.banner.setAutoFillBackground(True)
        self._line = line(self)
        self.setFixedHeight(height + 1)
        self.setMinimumWidth(self.status.minimumSizeHint().width())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.status.figures.installEventFilter(self)
        self.banner.changed.connect(self._place)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place both anew."""
        self.status.setGeometry(0, 0, self.width(), self.height() - 1)
        self._line.setGeometry(0, self.height() - 1, self.width(), 1)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The figures begin elsewhere where one of them is said that was not before."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._place()
        return False

    def _place(self) -> None:
        room = self.status.figures.x() - theme.GRID
        whole = QRect(0, 0, self.width(), self.height() - 1)
        self.banner.setGeometry(whole.adjusted(0, 0, room - self.width(), 0) if room >= _LEAST else whole)
        if self.banner.is_cut:
            self.banner.setGeometry(whole)
