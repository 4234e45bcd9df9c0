"""RecordButton: the largest thing that is not a picture."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.actions import RECORD

_HEIGHT = 11 * theme.GRID
_RADIUS = theme.GRID


class RecordButton(QAbstractButton):
    """Filled red with a disc to begin; while recording, a red frame with a square and the time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recording, self.time = False, ""
        self.setText(RECORD.text)
        self.setToolTip(RECORD.tip)
        self.setAccessibleName("Record")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_state(self, recording: bool, time: str, text: str) -> None:
        """Show it.

        Args:
            recording: whether an episode is being recorded.
            time: how long it takes by now.
            text: what pressing the button does.
        """
        if (recording, time, text) != (self.recording, self.time, self.text()):
            self.recording, self.time = recording, time
            self.setText(text)
            self.setAccessibleName(f"{text} {time}".strip())
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide, and as high as nothing else."""
        return QSize(32 * theme.GRID, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Return presses it; Space does so from everywhere."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Ground, sign, word, and the time or the key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        ink = self._paint_ground(painter, frame)
        sign = theme.RECORDING if self.recording else ink
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(sign)
        middle = QPointF(frame.left() + 5 * theme.GRID, frame.center().y())
        half = 1.5 * theme.GRID
        if self.recording:
            painter.drawRect(QRectF(middle.x() - half, middle.y() - half, 2 * half, 2 * half))
        else:
            painter.drawEllipse(middle, half, half)
        self._paint_words(painter, frame.adjusted(9 * theme.GRID, 0, -2 * theme.GRID, 0), ink)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent(self.palette()), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), _RADIUS + 1, _RADIUS + 1)

    def _paint_ground(self, painter: QPainter, frame: QRectF) -> QColor:
        """Paint the ground; returns the colour of what is written on it."""
        palette = self.palette()
        if not self.isEnabled():
            ground, pen, ink = palette.color(QPalette.ColorRole.Midlight), QPen(Qt.PenStyle.NoPen), theme.faint(palette)
        elif self.recording:
            ground, ink = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
            pen = QPen(theme.RECORDING, 3)
        else:
            ground = theme.RECORDING.lighter(108) if self.underMouse() else theme.RECORDING
            pen, ink = QPen(Qt.PenStyle.NoPen), QColor("white")
        painter.setBrush(ground.darker(112) if self.isDown() else ground)
        painter.setPen(pen)
        painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
        return ink

    def _paint_words(self, painter: QPainter, space: QRectF, ink: QColor) -> None:
        painter.setPen(ink)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(theme.font(24, bold=True))
        painter.drawText(space, left, self.text())
        if self.time:
            painter.drawText(space, right, self.time)
        else:
            painter.setFont(theme.font(theme.TEXT_PX))
            painter.drawText(space, right, RECORD.shown_key)
