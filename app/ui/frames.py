"""Frames: all views of an episode at one moment, the first one large."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.places import arrange
from accord.datasets.images import Picture

_GROUND = QColor("#101214")
"""Pictures stand on near black in both schemes, as in every video player."""


class Frame(QWidget):
    """One view, with its name; as large as fits without changing its shape."""

    pressed = Signal(str)
    """Its name."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self._image: QImage | None = None
        self._note = "no picture yet"
        self.setAccessibleName(f"View {name}")
        self.setToolTip(f"{name}: click to make it large")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def display(self, picture: Picture | None, note: str = "no picture at this moment") -> None:
        """Show a picture, (H, W, 3) RGB, or say why there is none."""
        self._note = note
        if picture is None:
            self._image = None
        else:
            whole = np.ascontiguousarray(picture)
            height, width = whole.shape[:2]
            view = QImage(whole.data, width, height, 3 * width, QImage.Format.Format_RGB888)
            self._image = view.copy()  # the array may go before the next paint
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """A common view at half its size."""
        return QSize(320, 240)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The picture, and its name in a corner."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        if self._image is None:
            painter.setPen(QColor("#9AA3AE"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._note)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._place(self._image), self._image)
        self._draw_name(painter)
        painter.end()

    def _place(self, image: QImage) -> QRectF:
        scale = min(self.width() / image.width(), self.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _draw_name(self, painter: QPainter) -> None:
        painter.setFont(theme.font(theme.UNIT_PX))
        box = QRectF(painter.fontMetrics().boundingRect(self.name)).adjusted(-6, -2, 6, 2)
        box.moveTopLeft(self.rect().topLeft())
        painter.fillRect(box, QColor(16, 18, 20, 170))
        painter.setPen(QColor("white"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.name)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Ask for more room."""
        self.pressed.emit(self.name)


class FrameWall(QWidget):
    """Every view of an episode; a click on a small one makes it the large one."""

    def __init__(self) -> None:
        super().__init__()
        self._large = self._note = ""
        self.frames: dict[str, Frame] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 200)

    def show_views(self, names: tuple[str, ...]) -> None:
        """Make room for these views; the one that was large stays so where it is among them."""
        if tuple(self.frames) == names:
            return
        for frame in self.frames.values():
            frame.setParent(None)
            frame.deleteLater()
        self.frames = {name: Frame(name, self) for name in names}
        for frame in self.frames.values():
            frame.pressed.connect(self._enlarge)
            frame.show()
        self._place()

    def say(self, note: str) -> None:
        """What stands where there is no view; empty for nothing."""
        self._note = note
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The note, where no view covers it."""
        if self.frames or not self._note:
            return
        painter = QPainter(self)
        painter.setPen(self.palette().placeholderText().color())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._note)
        painter.end()

    def _enlarge(self, name: str) -> None:
        self._large = name
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Place the views anew."""
        self._place()

    def _place(self) -> None:
        if not self.frames:
            return
        large = self._large if self._large in self.frames else next(iter(self.frames))
        small = [frame for name, frame in self.frames.items() if name != large]
        place, places = arrange(QRectF(self.rect()), len(small))
        self.frames[large].setGeometry(place.toRect())
        for frame, at in zip(small, places, strict=True):
            frame.setGeometry(at.toRect())
