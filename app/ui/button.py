"""Button: an icon and a word, with a name for those who cannot see it and a tooltip that tells its key."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QPushButton, QWidget

from accord.app.ui import theme


class Button(QPushButton):
    """A push button whose icon follows the palette."""

    def __init__(
        self,
        text: str,
        icon: str = "",
        tip: str = "",
        role: str = "",
        colour: QColor | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            text: what it says; empty for an icon alone.
            icon: qtawesome's name, or empty.
            tip: what it does, with its key in brackets; also its accessible name where it has no text.
            role: ``primary``, ``quiet`` or empty.
            colour: of the icon; the text's when None.
            parent: the widget it stands in.
        """
        super().__init__(text, parent)
        self._icon, self._colour = icon, colour
        self.setToolTip(tip)
        self.setAccessibleName(text or tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if role:
            self.setProperty("role", role)
        self._draw_icon()

    def set_icon(self, name: str, colour: QColor | None = None) -> None:
        """Show another icon."""
        if (name, colour) != (self._icon, self._colour):
            self._icon, self._colour = name, colour
            self._draw_icon()

    def _draw_icon(self) -> None:
        if self._icon:
            white = QColor("white") if self.property("role") == "primary" else None
            self.setIcon(theme.icon(self._icon, self.palette(), self._colour or white))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the icon in the new palette's colour."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._draw_icon()
