"""Rail: the pages, down the left side. The first one's button says on every page that an episode is recorded."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.actions import Action

_WIDTH = 10 * theme.GRID
_DOT_PX = 6.0
"""Radius of the red dot [px]."""


class Rail(QWidget):
    """One button for each page."""

    chosen = Signal(int)
    """The page's number."""

    def __init__(self, pages: Sequence[Action], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GRID // 2, theme.GRID, theme.GRID // 2, theme.GRID)
        column.setSpacing(theme.GRID // 2)
        for number, page in enumerate(pages):
            button = RailButton(page)
            self._group.addButton(button, number)
            column.addWidget(button)
        column.addStretch(1)
        self._group.idClicked.connect(self.chosen)

    def show_page(self, number: int) -> None:
        """Mark this page as the open one."""
        self._group.button(number).setChecked(True)

    def show_recording(self, time: str) -> None:
        """Say on every page that an episode is recorded; an empty time says that none is."""
        button = self._group.button(0)
        assert isinstance(button, RailButton)
        button.show_recording(time)


class RailButton(QToolButton):
    """An icon above a word, with a stripe of the accent while its page is open."""

    def __init__(self, page: Action) -> None:
        super().__init__()
        self._icon, self.time = page.icon, ""
        self.setText(page.text)
        self.setToolTip(page.tip)
        self.setAccessibleName(page.text)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(3 * theme.GRID, 3 * theme.GRID))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(7 * theme.GRID)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._draw_icon()

    def show_recording(self, time: str) -> None:
        """A red dot and how long it takes by now, in place of the word; an empty time brings the word back."""
        if time != self.time:
            self.time = time
            self.setAccessibleName(f"{self.text()}, recording {time}" if time else self.text())
            self.update()

    def _draw_icon(self) -> None:
        self.setIcon(theme.icon(self._icon, self.palette()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the icon in the new palette's colour."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._draw_icon()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Flat: a ground and a stripe when open, a frame when focused."""
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = theme.accent(palette)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(self.rect(), 6, 6)
        if self.isChecked():
            painter.fillRect(0, theme.GRID, 3, self.height() - 2 * theme.GRID, accent)
        if self.hasFocus():
            painter.setPen(accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        size = self.iconSize()
        left = (self.width() - size.width()) // 2
        self.icon().paint(painter, left, theme.GRID, size.width(), size.height())
        self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        if self.time:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.RECORDING)
            painter.drawEllipse(QPointF(self.width() - 2 * theme.GRID, 1.5 * theme.GRID), _DOT_PX, _DOT_PX)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        words = self.rect().adjusted(0, self.iconSize().height() + theme.GRID, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.time or self.text())
