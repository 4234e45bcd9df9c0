"""KeySheet: the keys of the open page, over the window. Any key or click closes it, and does nothing else."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QVBoxLayout, QWidget

from accord.app.ui import (
    elicit_actions,
    evaluate_page,
    evaluation_form,
    export_page,
    library_actions,
    policy_page,
    theme,
)
from accord.app.ui import mapping_profile as mapping
from accord.app.ui.actions import EPISODE, PAGES, WINDOW, Action
from accord.app.ui.fit_panel import FIT
from accord.app.ui.labels import label
from accord.app.ui.mapping_editor import MappingEditor
from accord.devices.inputs.keys import BINDINGS, Key

_HALF = len(library_actions.ALL) // 2 + 1
_DEVICES = (
    Action("Add a device", "Ctrl+N", "Set up a device that is not in the list"),
    Action("Add, Save or Next", "Return", "Do what the form or the calibration asks for"),
    Action("Leave the form or the calibration", "Esc", "Everything stays as it was"),
)
_EDITOR = (mapping.SAVE, mapping.UNDO, mapping.REDO, mapping.TRY, mapping.BACK)
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta)
"""Alone they are no key yet."""


class KeySheet(QWidget):
    """Columns of keys on a dimmed window."""

    switched = Signal(bool)
    """It was opened, or closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._below, self.page = parent, 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("The keys of this page")
        self._before: QWidget | None = None
        self._outer, self._panel = QVBoxLayout(self), QFrame(self)
        self.hide()

    def _make_panel(self) -> QFrame:
        panel = QFrame(self)
        panel.setProperty("role", "panel")
        grid = QGridLayout(panel)
        grid.setContentsMargins(*(4 * theme.GRID,) * 4)
        grid.setHorizontalSpacing(2 * theme.GRID)
        editor = self._below.findChild(MappingEditor)
        edits = editor is not None and editor.isVisible()  # in place of the devices
        own = (("Drive", _driving()), ("Mapping", _told(_EDITOR))) if edits else _of_page(self.page)
        columns = (*own, ("Window", _told((*PAGES, *WINDOW))))
        for column, (title, rows) in enumerate(columns):
            grid.addWidget(label(title, "title"), 0, 3 * column, 1, 2)
            for row, (key, does) in enumerate(rows, start=1):
                cap = label(key)
                cap.setFont(theme.font(bold=True))
                grid.addWidget(cap, row, 3 * column)
                grid.addWidget(label(does), row, 3 * column + 1)
            grid.setColumnMinimumWidth(3 * column + 2, 3 * theme.GRID)
        hint = "Keys drive by their place on the keyboard. " if edits or self.page in (0, 5) else ""
        grid.addWidget(label(f"{hint}Any key closes this.", "faint"), grid.rowCount(), 0, 1, 8)
        return panel

    def switch(self) -> None:
        """Show it over the whole parent, or close it."""
        if self.isVisible():
            self.close_sheet()
            return
        self._panel.deleteLater()
        self._panel = self._make_panel()
        self._outer.addWidget(self._panel, 0, Qt.AlignmentFlag.AlignCenter)
        self._before = self.window().focusWidget()
        self.setGeometry(self._below.rect())
        self.show()
        self.raise_()
        self.setFocus()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self.switched.emit(True)

    def close_sheet(self) -> None:
        """Close it; the focus goes back to where it was."""
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(self)
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self.switched.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """While it is open every key of the application comes here first, and goes nowhere else."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # so that it is no shortcut
            return True
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not event.isAutoRepeat() and event.key() not in _MODIFIERS:
            self.close_sheet()
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """So does a click."""
        self.close_sheet()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Dim what is below."""
        ground = QColor(self.palette().color(QPalette.ColorRole.Window))
        ground.setAlpha(190)
        QPainter(self).fillRect(self.rect(), ground)


def _of_page(number: int) -> tuple[tuple[str, list[tuple[str, str]]], ...]:
    """The columns that only this page has, in the order of `PAGES`."""
    library, elicit = library_actions.ALL, elicit_actions.ALL
    return (
        (("Drive", _driving()), ("Record", _told(EPISODE))),
        (("Library", _told(library[:_HALF])), ("", _told(library[_HALF:]))),
        (("Policy", _told((FIT, policy_page.RESET))),),
        (("Evaluate", _told((evaluation_form.RUN, evaluate_page.STOP))),),
        (("Export", _told((export_page.EXPORT, export_page.STOP))),),
        (("Drive", _driving()), ("Elicit", _told(elicit))),
        (("Devices", _told(_DEVICES)),),
    )[number]


def _told(actions: tuple[Action, ...]) -> list[tuple[str, str]]:
    return [(action.shown_key, action.text) for action in actions]


def _driving() -> list[tuple[str, str]]:
    return [*((_name(key), binding.label) for key, binding in BINDINGS.items()), ("Wheel", "slower or faster")]


def _name(key: Key) -> str:
    return "Shift" if key is Key.SHIFT else key.name.removeprefix("DIGIT_")
