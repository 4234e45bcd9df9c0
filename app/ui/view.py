"""View: one camera, painted as large as it fits, with its name and how many of its pictures were lost."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.overlay import Way, paint_ways
from accord.app.ui.places import ASPECT
from accord.datasets.episode_writer import EncodedImage
from accord.datasets.errors import EpisodeError
from accord.datasets.images import Picture, decode, resize


class View(QWidget):
    """One camera. It decodes a picture only when that is new and somebody can see it."""

    clicked = Signal(str)
    """It was chosen, by the mouse or by Return; its name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.caption = name, name
        self._shown: EncodedImage | None = None
        self._picture: Picture | None = None
        self._full_width = 0
        self._image = QImage()
        self._ways: tuple[Way, ...] = ()
        self.aspect = ASPECT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(f"View {name}")
        self.setToolTip(f"Show {name} large")

    def show_picture(self, image: EncodedImage | None) -> None:
        """Show this picture, if it is another than the one that is shown."""
        if image is None or not self.isVisible():
            return
        if self._shown is not None and image.t_ns == self._shown.t_ns and image.step == self._shown.step:
            return
        self._shown = image
        self._read(image)
        self.update(self.picture_rect)

    def show_ways(self, ways: tuple[Way, ...]) -> None:
        """Draw these ways of a hand into the picture."""
        if ways or self._ways:
            self._ways = ways
            self.update(self.picture_rect)

    def show_nothing(self) -> None:
        """Forget the picture and what is drawn into it."""
        self._shown, self._picture, self._image, self._ways = None, None, QImage(), ()
        self.update()

    def show_note(self, note: str) -> None:
        """Say something beside the name; empty for nothing."""
        caption = f"{self.name}   {note}" if note else self.name
        if caption != self.caption:
            self.caption = caption
            self.update()

    @property
    def has_picture(self) -> bool:
        """Whether there is one to see."""
        return not self._image.isNull()

    @property
    def picture_rect(self) -> QRect:
        """Where the picture stands: as large as it fits."""
        size = QSize(round(1000 * self.aspect), 1000).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2), size)

    def _read(self, image: EncodedImage) -> None:
        wanted = self.picture_rect.width() * self.devicePixelRatioF()
        half = 0 < wanted <= self._full_width * 0.6
        try:
            self._picture = decode(image.data, half=half)
        except EpisodeError:  # the one after it comes in 33 ms; a broken one that is recorded shows in the library
            return
        if not half:
            self._full_width = self._picture.shape[1]
        self.aspect = self._picture.shape[1] / self._picture.shape[0]
        self._fit()

    def _fit(self) -> None:
        """Scale once a picture, by OpenCV: half the time of letting the painter do it."""
        if self._picture is None:
            return
        ratio, size = self.devicePixelRatioF(), self.picture_rect.size()
        width, height = max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio))
        fitted = resize(self._picture, width, height)
        # A copy: Qt does not keep the array's memory alive.
        self._image = QImage(fitted.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self._image.setDevicePixelRatio(ratio)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The picture, its name, and a frame while it has the keyboard focus."""
        painter = QPainter(self)
        ground, rect = self.palette().color(QPalette.ColorRole.Window), self.picture_rect
        if self._image.isNull():
            painter.fillRect(self.rect(), ground)
            self._paint_nothing(painter, rect)
        else:
            if rect.size() != self.size():
                painter.fillRect(self.rect(), ground)
            painter.drawImage(rect.topLeft(), self._image)
            if self._ways:
                paint_ways(painter, QRectF(rect), self._ways)
            self._paint_caption(painter, rect)
        if self.hasFocus():
            painter.setPen(theme.accent(self.palette()))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    def _paint_nothing(self, painter: QPainter, rect: QRect) -> None:
        painter.fillRect(rect, self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.setPen(theme.faint(self.palette()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"{self.name}\nno picture yet")

    def _paint_caption(self, painter: QPainter, rect: QRect) -> None:
        painter.setFont(theme.font(theme.UNIT_PX))
        words = painter.fontMetrics().boundingRect(self.caption).size() + QSize(theme.GRID * 2, theme.GRID)
        box = QRect(rect.topLeft() + QPoint(theme.GRID, theme.GRID), words)
        painter.fillRect(box, QColor(0, 0, 0, 150))
        painter.setPen(QColor("white"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.caption)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Scale what is there, so that a still picture fits too."""
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click chooses it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(self.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Return chooses it too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit(self.name)
        else:
            super().keyPressEvent(event)
