"""A part of the mapping page that does not count now is greyed and says why; one that never can is not shown."""

from typing import Final

from PySide6.QtWidgets import QWidget

from accord.app.ui.field import Choice
from accord.app.ui.mapping_scope import Scope
from accord.app.ui.number_field import NumberField

_TIP: Final = "usual tip"


def show_scope(scope: Scope, field: str, *parts: QWidget) -> None:
    """Show whether a field of the mapping counts.

    Args:
        scope: what counts.
        field: of the mapping.
        parts: that show or change it.
    """
    shown, idle = scope.shows(field), scope.idle(field)
    for part in parts:
        part.setVisible(shown)
        show_idle(part, idle)


def show_idle(part: QWidget, idle: str) -> None:
    """Grey it and say why; empty for one that counts."""
    part.setEnabled(not idle)
    if isinstance(part, Choice):
        if idle:
            part.setToolTip(idle)
        else:
            part.currentTextChanged.emit(part.currentText())  # which has its tip written anew
        return
    usual = part.property(_TIP)
    if usual is None:
        usual = part.toolTip()
        part.setProperty(_TIP, usual)
    for one in (part, part.lineEdit()) if isinstance(part, NumberField) else (part,):
        one.setToolTip(idle or usual)
