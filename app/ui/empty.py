"""Empty: what stands where a list will be, and says what to do first."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.labels import label, wrapped

_ICON_PX = 48


class Empty(QWidget):
    """An icon, one sentence, and the one thing to do."""

    acted = Signal()
    """The one thing to do was chosen."""

    def __init__(self, icon: str, title: str, hint: str, action: str = "", parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            icon: qtawesome's name.
            title: what is not there: ``No episodes yet``.
            hint: what to do first.
            action: text of the button that does it; empty for no button.
            parent: the widget it stands in.
        """
        super().__init__(parent)
        self._icon_name = icon
        self._icon, self.title, self.hint = QLabel(), label(title, "title"), wrapped(hint)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.GRID)
        layout.addStretch(2)
        for part in (self._icon, self.title, self.hint):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(part)  # over the whole width: a layout asks no aligned label how high it is when it wraps
        self.button = Button(action, role="primary")
        self.button.clicked.connect(self.acted)
        self.button.setVisible(bool(action))
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self._draw_icon()

    def say(self, title: str, hint: str) -> None:
        """Say something else."""
        self.title.setText(title)
        self.hint.setText(hint)

    def _draw_icon(self) -> None:
        colour = theme.faint(self.palette())
        self._icon.setPixmap(theme.icon(self._icon_name, self.palette(), colour).pixmap(_ICON_PX, _ICON_PX))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the icon in the new palette's colour."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._draw_icon()
