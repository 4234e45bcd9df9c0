"""NumberField: a number to type. Return and Escape give the keyboard back to driving; the wheel changes nothing."""

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QWidget

from accord.app.ui import theme

_HEIGHT = 3 * theme.GRID
_LEAVE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class NumberField(QDoubleSpinBox):
    """A number without arrows beside it, in a line of other things."""

    left = Signal()
    """The person is done with it."""

    def __init__(self, name: str, tip: str, digits: int = 0, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            name: for those who cannot see it.
            tip: what the number is.
            digits: behind the point.
            parent: the widget it stands in.
        """
        super().__init__(parent)
        for part in (self, self.lineEdit()):
            part.setAccessibleName(name)
            part.setToolTip(f"{tip} (Return or Escape leaves the field)")
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)
        self.setLocale(QLocale.c())
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setDecimals(digits)
        self.setFixedHeight(_HEIGHT)

    def written(self) -> float:
        """The number with what is being written now: a key may ask for it before the field is left."""
        self.interpretText()
        return self.value()

    def show_value(self, value: float) -> None:
        """Show what holds now, unless somebody is writing."""
        if not self.hasFocus() and self.value() != value:
            self.setValue(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Everything else is writing."""
        super().keyPressEvent(event)
        if event.key() in _LEAVE:
            event.accept()
            self.left.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Leave it to what scrolls."""
        event.ignore()
