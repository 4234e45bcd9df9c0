"""OpenLists: while a list or a menu is open, every key is for it and none for the page behind it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QWidget

_CLOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_F4)
"""A list of Qt closes at these as soon as it is asked whose they are."""


class OpenLists(QObject):
    """Takes keys away from a page's shortcuts for as long as something is open in front of it.

    Where an open list has the focus of the window system, Qt asks that list first whose key it is; on X11 it has not,
    and Qt asks what has the focus in the page, and then all that this stands in. So both are listened to.
    """

    def __init__(self, page: QWidget) -> None:
        """Listen.

        Args:
            page: with every list and menu that it shall ever open.
        """
        super().__init__(page)
        lists = (box.view() for box in page.findChildren(QComboBox))
        for watched in (page, *lists, *page.findChildren(QMenu)):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Say that the key is wanted here."""
        if event.type() != QEvent.Type.ShortcutOverride or QApplication.activePopupWidget() is None:
            return False
        if isinstance(event, QKeyEvent) and event.key() in _CLOSE:
            return False
        event.accept()
        return True
