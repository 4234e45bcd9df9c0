"""TaskCard: one task as a picture, a sentence, and what there is to know before choosing it."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.labels import label, wrapped
from accord.devices.sim.task import Task

PICTURE = QSize(256, 192)
"""What a card shows at the usual size of the window [px]."""
_ROUND = 6
_ICON_PX = 40


class TaskCard(QAbstractButton):
    """Chosen by a click, the space bar or Return."""

    def __init__(self, task: Task, strategies: int, parent: QWidget | None = None) -> None:
        """Make it, without its picture.

        Args:
            task: that it stands for.
            strategies: in how many ways scripted operators can do it.
            parent: the widget it stands in.
        """
        super().__init__(parent)
        self.task, self._image = task.name, QImage()
        self._current = False
        self.facts = facts(task, strategies)
        title, says, told = label(task.name), wrapped(task.instruction), wrapped(self.facts, "faint")
        title.setFont(theme.font(bold=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GRID + 4, PICTURE.height() + theme.GRID, theme.GRID + 4, theme.GRID)
        column.setSpacing(theme.GRID // 2)
        for part in (title, says, told):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(part)
        column.addStretch(1)
        self.setAccessibleName(f"Task {task.name}")
        self.setAccessibleDescription(f"{task.instruction} {self.facts}")
        self.setToolTip(f"Demonstrate {task.name} (Return)")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(PICTURE.width() - 4 * theme.GRID)

    @property
    def has_picture(self) -> bool:
        """Whether there is one to see."""
        return not self._image.isNull()

    @property
    def current(self) -> bool:
        """Whether this is the task of the session."""
        return self._current

    def show_picture(self, image: QImage) -> None:
        """Show how the task looks."""
        self._image = image
        self.update()

    def mark(self, current: bool) -> None:
        """Say whether this is the task of the session."""
        self._current = current
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as its picture, as high as its words need."""
        return QSize(PICTURE.width(), self.heightForWidth(PICTURE.width()))

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Its words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """What the words take below the picture."""
        column = self.layout()
        return column.heightForWidth(width) if column is not None else PICTURE.height()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Return chooses, as the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The frame follows the mouse and the focus."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A panel with the picture on top, and a frame that says: here, or there now."""
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), _ROUND, _ROUND)
        painter.fillPath(outline, palette.color(QPalette.ColorRole.Base))
        painter.save()
        painter.setClipPath(outline)
        self._draw_picture(painter, QRectF(0, 0, self.width(), PICTURE.height()))
        painter.restore()
        marked = self.hasFocus() or self._current
        colour = theme.accent(palette) if marked or self.underMouse() else theme.hairline(palette)
        painter.setPen(QPen(colour, 3 if self.hasFocus() else 1.5))
        painter.drawPath(outline)
        if self._current:
            self._draw_mark(painter)

    def _draw_picture(self, painter: QPainter, place: QRectF) -> None:
        if self._image.isNull():
            painter.fillRect(place, self.palette().color(QPalette.ColorRole.AlternateBase))
            picture = theme.icon("mdi6.robot-industrial", self.palette(), theme.faint(self.palette()))
            middle = place.center() - QPointF(_ICON_PX / 2, _ICON_PX / 2)
            picture.paint(painter, int(middle.x()), int(middle.y()), _ICON_PX, _ICON_PX)
            return
        # The whole place is filled: what sticks out above and below, or at the sides, is left away.
        size = QRectF(self._image.rect())
        scale = max(place.width() / size.width(), place.height() / size.height())
        part = QRectF(0, 0, place.width() / scale, place.height() / scale)
        part.moveCenter(size.center())
        painter.drawImage(place, self._image, part)

    def _draw_mark(self, painter: QPainter) -> None:
        painter.setFont(theme.font(theme.UNIT_PX, bold=True))
        box = QRectF(painter.fontMetrics().boundingRect("open now")).adjusted(-8, -3, 8, 3)
        box.moveTopRight(QPointF(self.width() - theme.GRID, theme.GRID))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Highlight))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor("white"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "open now")


def facts(task: Task, strategies: int) -> str:
    """Time, hands, arms, scripts and factors in one line."""
    many = {0: "no script", 1: "1 script"}.get(strategies, f"{strategies} scripts")
    words = [f"{task.time_limit_s:g} s", "two hands" if task.hands == 2 else "", ", ".join(task.arms), many]
    return "  ·  ".join(filter(None, [*words, f"{len(task.factors)} factors"]))
