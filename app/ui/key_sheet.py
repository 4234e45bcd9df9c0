"""KeySheet: every key, over the window. It lies on top until it is closed, and the keys work meanwhile."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.actions import EPISODE, PAGES, WINDOW
from accord.app.ui.labels import label
from accord.devices.inputs.keys import BINDINGS, Key

_ROWS = 17


class KeySheet(QWidget):
    """Three columns of keys on a dimmed window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._below = parent
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Every key")
        self._before: QWidget | None = None
        outer = QVBoxLayout(self)
        outer.addWidget(self._panel(), 0, Qt.AlignmentFlag.AlignCenter)
        self.hide()

    def _panel(self) -> QFrame:
        panel = QFrame()
        panel.setProperty("role", "panel")
        grid = QGridLayout(panel)
        grid.setContentsMargins(*(4 * theme.GRID,) * 4)
        grid.setHorizontalSpacing(2 * theme.GRID)
        driving = [(_name(key), binding.label) for key, binding in BINDINGS.items()]
        episode = [(action.shown_key, action.text) for action in EPISODE]
        window = [(action.shown_key, action.text) for action in (*PAGES, *WINDOW)]
        for column, (title, rows) in enumerate((("Drive", driving), ("Record", episode), ("Window", window))):
            grid.addWidget(label(title, "title"), 0, 3 * column, 1, 2)
            for row, (key, does) in enumerate(rows, start=1):
                cap = label(key)
                cap.setFont(theme.font(bold=True))
                grid.addWidget(cap, row, 3 * column)
                grid.addWidget(label(does), row, 3 * column + 1)
            grid.setColumnMinimumWidth(3 * column + 2, 3 * theme.GRID)
        grid.addWidget(
            label("Keys drive by their place on the keyboard. Escape closes this.", "faint"), _ROWS + 2, 0, 1, 8
        )
        return panel

    def switch(self) -> None:
        """Show it over the whole parent, or close it."""
        if self.isVisible():
            self.close_sheet()
            return
        self._before = self.window().focusWidget()
        self.setGeometry(self._below.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def close_sheet(self) -> None:
        """Close it; the focus goes back to where it was."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """So does a click."""
        self.close_sheet()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Dim what is below."""
        ground = QColor(self.palette().color(QPalette.ColorRole.Window))
        ground.setAlpha(190)
        QPainter(self).fillRect(self.rect(), ground)


def _name(key: Key) -> str:
    return "Shift" if key is Key.SHIFT else key.name.removeprefix("DIGIT_")
