"""Labels: text in the few sizes there are."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

_MOST_LETTERS = 2000
"""No place of a few lines has room for more."""


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


def fit_words(where: QLabel, text: str, width: int, height: int) -> None:
    """Show as many words as a place has room for; the tooltip has all where some are left out.

    Args:
        where: a label that wraps.
        text: what there is to say.
        width: of the place; 0 while nobody sees it, then all is shown [px].
        height: of the place [px].
    """
    where.setText(text)
    words = text[:_MOST_LETTERS].split(" ")
    if width and (len(text) > _MOST_LETTERS or where.heightForWidth(width) > height):
        least, most = 1, len(words)  # as many words as fit: each try lays the text out anew, which takes its time
        while least < most:
            count = (least + most + 1) // 2
            where.setText(_first(words, count))
            fits = where.heightForWidth(width) <= height
            least, most = (count, most) if fits else (least, count - 1)
        where.setText(_first(words, least))
    where.setToolTip(text if where.text() != text else "")


def _first(words: list[str], count: int) -> str:
    return " ".join(words[:count]) + "…"


def line(parent: QWidget | None = None) -> QFrame:
    """A hairline between things."""
    made = QFrame(parent)
    made.setProperty("role", "line")
    return made
