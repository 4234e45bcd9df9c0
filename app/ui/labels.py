"""Labels: text in the few sizes there are."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget


def label(text: str = "", role: str = "", name: str = "") -> QLabel:
    """A line of plain text that may be shortened by the layout rather than widen the window.

    Args:
        text: what it says.
        role: ``faint`` (11 px, for units and hints), ``title``, ``section`` or empty.
        name: accessible name, where the text alone does not tell what it is.
    """
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if name:
        made.setAccessibleName(name)
    return made


def wrapped(text: str = "", role: str = "") -> QLabel:
    """Text that takes as many lines as it needs."""
    made = label(text, role)
    made.setWordWrap(True)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return made


def line(parent: QWidget | None = None) -> QFrame:
    """A hairline between things."""
    made = QFrame(parent)
    made.setProperty("role", "line")
    return made
