"""Fields: where a person writes or chooses. Return and Escape give the keyboard back to driving."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QStyle, QStyleOptionComboBox, QWidget

from accord.app.ui import theme

HEIGHT = 7 * theme.GRID // 2
"""[px]"""
_LEAVE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class Field(QLineEdit):
    """A line of text."""

    left = Signal()
    """The person is done with it."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMinimumHeight(HEIGHT)
        self.setTextMargins(theme.GRID // 2, 0, theme.GRID // 2, 0)
        self._tip = f"{tip} (Return or Escape leaves the field)"
        self.setToolTip(self._tip)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Everything else is writing."""
        super().keyPressEvent(event)
        if event.key() in _LEAVE:
            event.accept()
            self.left.emit()

    def show_text(self, text: str) -> None:
        """Show what holds now, unless somebody is writing."""
        if not self.hasFocus() and self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)
            self.setToolTip("\n".join(filter(None, (text, self._tip))))


class Choice(QComboBox):
    """One of several names, with a text for each. The wheel does not change it: a glancing hand must not."""

    chosen = Signal(str)
    """A person chose it; its name."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._tip = tip
        self.setToolTip(tip)
        self.currentTextChanged.connect(self._on_text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(8)
        self.setMinimumHeight(HEIGHT)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these (name, text) pairs; what was chosen stays chosen if it is still there."""
        before = self.currentData()
        self.clear()
        for name, text in choices:
            self.addItem(text, name)
        self.setCurrentIndex(max(0, self.findData(before)))

    def show_chosen(self, name: str) -> None:
        """Show what holds now, unless somebody is choosing."""
        index = self.findData(name)
        if index >= 0 and index != self.currentIndex() and not self.view().isVisible():
            self.setCurrentIndex(index)

    def _on_text(self, text: str) -> None:
        """A long name is shortened on the screen; the tooltip has all of it."""
        self.setToolTip("\n".join(filter(None, (text, self._tip))))

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:  # noqa: N802 - Qt's name
        """Shorten what does not fit with an ellipsis instead of a cut."""
        super().initStyleOption(option)
        kind, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(kind, option, part, self).width() - theme.GRID
        shown = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideMiddle, room)
        option.currentText = shown

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Leave it to what scrolls."""
        event.ignore()
