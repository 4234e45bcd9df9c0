"""Keys: which of the keys that drive are down, from Qt's key events. Works wherever Qt has the keyboard focus.

The application is watched, not a widget: a key drives whatever has the focus, unless that is a field one can write in.
"""

from collections.abc import Set
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from accord.devices.inputs.keys import Key

_XKB_PLATFORMS: Final = ("xcb", "wayland")
"""Where Qt's `nativeScanCode` is an xkb keycode, so that a key is known by its place."""
_WATCHED: Final = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)
_OTHERS: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
"""With one of these a key is a shortcut."""
_REPEAT_MS: Final = 5
"""A release that is followed by a press within this time is a held key that repeats. X11 sends such pairs, about 1 ms
apart (measured on Xvfb 21.1), and Qt only knows them as repeats when it reads both at once. Nobody taps that fast."""


class HeldKeys(QObject):
    """The driving keys that are down."""

    changed = Signal()
    """A key went down or up."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._down: dict[int, Key] = {}
        self._coming_up: dict[int, QTimer] = {}
        self._on = False
        self.by_place = QGuiApplication.platformName().startswith(_XKB_PLATFORMS)
        """Whether a key is known by its place rather than by what it types."""
        self.repeat_ms = _REPEAT_MS if self.by_place else 0
        """How long a release waits for a press that would make it a repeat [ms]."""
        app.installEventFilter(self)
        app.focusChanged.connect(self._focus_moved)
        app.applicationStateChanged.connect(self._application_moved)

    @property
    def held(self) -> Set[Key]:
        """Which are down."""
        return frozenset(self._down.values())

    def listen(self, on: bool) -> None:
        """Whether keys drive now: True while the page that shows the robot is open."""
        self._on = on
        if not on:
            self.release()

    def release(self) -> None:
        """Let go of every key, whatever the fingers do."""
        for code in tuple(self._coming_up):
            self._stay_down(code)
        if self._down:
            self._down.clear()
            self.changed.emit()

    def _application_moved(self, state: Qt.ApplicationState) -> None:
        if state is not Qt.ApplicationState.ApplicationActive:
            self.release()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is None or _can_be_written_in(new):
            self.release()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take the driving keys; Qt gives every event of the application here first."""
        kind = event.type()
        if kind is QEvent.Type.WindowDeactivate:
            self.release()
        if kind not in _WATCHED or not isinstance(event, QKeyEvent):
            return False
        if kind is QEvent.Type.ShortcutOverride:
            return self._keep_from_shortcuts(event)
        # A key event comes to the window first, and from there to the widget with the focus: count it once.
        return isinstance(watched, QWindow) and self._take(event)

    def _keep_from_shortcuts(self, event: QKeyEvent) -> bool:
        """On another layout a driving place may type the letter of a shortcut; there it drives."""
        if not self._drives(event):
            return False
        event.accept()
        return True

    def _take(self, event: QKeyEvent) -> bool:
        if event.type() is QEvent.Type.KeyRelease:
            return self._take_release(event)
        key = self._key(event)
        if key is None or not self._drives(event):
            return False
        self._stay_down(_code(event))
        if not event.isAutoRepeat() and self._down.get(_code(event)) is not key:
            self._down[_code(event)] = key
            self.changed.emit()
        return True

    def _take_release(self, event: QKeyEvent) -> bool:
        """A key that was taken when it went down is also taken when it comes up."""
        if _code(event) not in self._down:
            return False
        if not event.isAutoRepeat():
            self._come_up(_code(event))
        return True

    def _come_up(self, code: int) -> None:
        if not self.repeat_ms:
            self._let_go(code)
        elif code not in self._coming_up:
            timer = QTimer(self, singleShot=True, interval=self.repeat_ms, timerType=Qt.TimerType.PreciseTimer)
            timer.timeout.connect(partial(self._let_go, code))
            self._coming_up[code] = timer
            timer.start()

    def _stay_down(self, code: int) -> None:
        timer = self._coming_up.pop(code, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()

    def _let_go(self, code: int) -> None:
        self._stay_down(code)
        del self._down[code]
        self.changed.emit()

    def _drives(self, event: QKeyEvent) -> bool:
        if not self._on or self._key(event) is None or event.modifiers() & _OTHERS:
            return False
        focus = QApplication.focusWidget()
        return QApplication.activePopupWidget() is None and not (focus is not None and _can_be_written_in(focus))

    def _key(self, event: QKeyEvent) -> Key | None:
        if self.by_place and event.nativeScanCode():
            return Key.from_xkb(event.nativeScanCode())
        if event.key() == Qt.Key.Key_Shift:
            return Key.SHIFT
        return Key.from_text(chr(event.key())) if event.key() < 0x80 else None


def _code(event: QKeyEvent) -> int:
    """What names the same key when it goes down and when it comes up, also if Shift changed in between."""
    return event.nativeScanCode() or event.key()


def _can_be_written_in(widget: QWidget) -> bool:
    return widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
