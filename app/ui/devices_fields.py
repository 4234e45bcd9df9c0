"""Fields of a device's form, one for each kind of value, which all say in the same way what was written."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.field import HEIGHT, Choice, Field
from accord.app.ui.number_field import NumberField
from accord.devices.inputs.kind import Option, Value

_LARGEST = 10.0**9
_DIGITS = 4


class Suggesting(QComboBox):
    """A line of text that may also be chosen from what is plugged in. The wheel does not change it."""

    left = Signal()
    """The person is done with it."""

    def __init__(
        self, name: str, tip: str, suggested: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """Make it.

        Args:
            name: for those who cannot see it.
            tip: what it is.
            suggested: value and text of what is plugged in.
            parent: the widget it stands in.
        """
        super().__init__(parent)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setMinimumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(8)
        for value, text in suggested:
            self.addItem(text, value)
        line = QLineEdit(self)
        line.setPlaceholderText("type it, or choose what is plugged in" if suggested else "type it")
        line.setTextMargins(theme.GRID // 2, 0, theme.GRID // 2, 0)
        self.setLineEdit(line)
        self.setCompleter(None)  # type: ignore[arg-type]  # Qt takes none for "no completing"
        self.setCurrentIndex(-1)
        self.activated.connect(lambda index: self.setEditText(self.itemData(index)))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Leave it to what scrolls."""
        event.ignore()


Widget = QCheckBox | Choice | Suggesting | NumberField | Field


def field_for(option: Option, suggested: Sequence[tuple[str, str]] = ()) -> Widget:
    """The field of an option, with its default.

    Args:
        option: what is asked.
        suggested: value and text of what is plugged in, for a text.
    """
    made: Widget
    tip = option.text[:1].upper() + option.text[1:]
    if isinstance(option.default, bool):
        made = QCheckBox()
        made.setToolTip(tip)
        made.setAccessibleName(option.name)
    elif option.choices:
        made = Choice(option.name, tip)
        made.offer((choice, choice) for choice in option.choices)
    elif isinstance(option.default, int | float):
        made = NumberField(option.name, tip, 0 if isinstance(option.default, int) else _DIGITS)
        made.setRange(-_LARGEST, _LARGEST)
        made.setAlignment(Qt.AlignmentFlag.AlignLeft)
        made.setFixedHeight(HEIGHT)
    elif suggested or option.name in ("port", "serial"):
        made = Suggesting(option.name, tip, suggested)
    else:
        made = Field(option.name, tip)
    write(made, option.default)
    return made


def write(made: Widget, value: Value) -> None:
    """Put a value into a field."""
    match made:
        case QCheckBox():
            made.setChecked(bool(value))
        case Choice():
            made.setCurrentIndex(max(0, made.findData(value)))
        case Suggesting():
            made.setEditText(str(value))
        case NumberField():
            made.setValue(float(value))
        case Field():
            made.setText(str(value))


def written(made: Widget, option: Option) -> Value:
    """What stands in the field of an option, as a value of its type."""
    match made:
        case QCheckBox():
            return made.isChecked()
        case Choice():
            return str(made.currentData() or "")
        case Suggesting():
            return made.currentText().strip()
        case NumberField():
            number = made.written()
            return int(number) if isinstance(option.default, int) else number
        case Field():
            return made.text().strip()
