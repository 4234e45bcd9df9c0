"""FailureWall: how each failed rollout ended, as a picture; a click opens the episode where it was kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.labels import label

if TYPE_CHECKING:
    from accord.app.rollout import Rollout

_PICTURE = QSize(152, 114)
"""[px]"""
_WORDS = 6 * theme.GRID
"""Height of the words below it [px]."""
_MOST = 96
"""Cards at most: nobody looks at more."""


class FailureCard(QAbstractButton):
    """One rollout that failed."""

    def __init__(self, rollout: "Rollout", furthest: str, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            rollout: that it stands for.
            furthest: the last stage that it reached, or empty.
            parent: the widget it stands in.
        """
        super().__init__(parent)
        self.episode, self._image = rollout.episode, QImage.fromData(rollout.picture)
        self._lines = f"seed {rollout.seed}", f"furthest: {furthest or 'no stage'}"
        self._why = rollout.problem or rollout.reason
        opens = "Open it in the player" if self.episode else "It was not kept: keep failures to see them whole"
        self.setToolTip(f"{self._why}.\n{opens}." if not self._why.endswith(".") else f"{self._why}\n{opens}.")
        self.setAccessibleName(f"Failure of {self._lines[0]}, {self._lines[1]}")
        self.setFixedSize(_PICTURE.width(), _PICTURE.height() + _WORDS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if self.episode:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def words(self) -> str:
        """What stands below the picture."""
        return "\n".join((*self._lines, self._why))

    @property
    def has_picture(self) -> bool:
        """Whether there is one to see."""
        return not self._image.isNull()

    def event(self, event: QEvent) -> bool:
        """The frame follows the mouse and the focus."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Return opens, as the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The picture above three short lines."""
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(0, 0, _PICTURE.width(), _PICTURE.height())
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.AlternateBase))
        faint, text = theme.faint(palette), palette.color(QPalette.ColorRole.WindowText)
        painter.setFont(theme.font(theme.UNIT_PX))
        if self.has_picture:
            painter.drawImage(place, self._image)
        else:
            painter.setPen(faint)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "no picture")
        for row, (line, colour) in enumerate(zip((*self._lines, self._why), (text, text, faint), strict=True)):
            room = QRectF(6, place.bottom() + 2 + 15 * row, self.width() - 12, 15)
            painter.setPen(colour)
            words = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        if self.hasFocus() or (self.underMouse() and self.episode):
            painter.setPen(QPen(theme.accent(palette), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))


class FailureWall(QWidget):
    """Cards in the order of the rollouts; what stands stays where it is while more come."""

    opened = Signal(str)
    """Show this episode."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[int, FailureCard] = {}
        self._columns = 0
        self.title = label("FAILURES", "section")
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GRID)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        area = QScrollArea()
        area.setWidget(self._inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.title)
        column.addWidget(area, 1)

    def clear(self) -> None:
        """Nothing failed yet."""
        for card in self.cards.values():
            card.setParent(None)
            card.deleteLater()
        self.cards = {}
        self.title.setText("FAILURES")

    def display(self, rollouts: "Sequence[Rollout]", stages: Sequence[str]) -> None:
        """Add what failed since it was shown last."""
        failures = [rollout for rollout in rollouts if not rollout.success]
        for rollout in failures:
            if rollout.number not in self.cards and len(self.cards) < _MOST:
                furthest = stages[rollout.stage - 1] if 0 < rollout.stage <= len(stages) else ""
                card = self.cards[rollout.number] = FailureCard(rollout, furthest, self._inner)
                card.clicked.connect(lambda _=False, episode=rollout.episode: self._open(episode))
                self._put(len(self.cards) - 1, card)
        many = f"FAILURES  {len(failures)}" if failures else "FAILURES  none so far"
        self.title.setText(many if len(failures) <= _MOST else f"{many}, {_MOST} of them shown")

    def _open(self, episode: str) -> None:
        if episode:
            self.opened.emit(episode)

    def _put(self, index: int, card: FailureCard) -> None:
        columns = max(self._columns, 1)
        self._grid.addWidget(card, index // columns, index % columns)
        card.show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """More or fewer columns."""
        super().resizeEvent(event)
        columns = max(1, (self.width() + theme.GRID - 16) // (_PICTURE.width() + theme.GRID))
        if columns != self._columns:
            self._columns = columns
            for index, card in enumerate(self.cards.values()):
                self._put(index, card)
