"""Keys: which of the keys that drive are down, from Qt's key events. Works wherever Qt has the keyboard focus.

The application is watched, not a widget: a key drives whatever has the focus, unless that is a field one can write in.
The mouse wheel over the views of the robot, while keys drive, changes how fast.
"""

from collections.abc import Set
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWheelEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from accord.app.ui.views import Views
from accord.devices.inputs.keys import Board, Key

_BOARDS: Final = {
    **{"xcb": Board.XKB, "wayland": Board.XKB, "wayland-egl": Board.XKB},
    **{"windows": Board.SET_1, "direct2d": Board.SET_1},
    "cocoa": Board.MAC,
}
"""Platform plugin of Qt → what it calls the places of a keyboard by. `nativeScanCode` is the xkb keycode under X11 and
Wayland, and bits 16 to 24 of the message's lParam, the scan code, under Windows (Qt, qwindowskeymapper.cpp). Under
macOS it means nothing (documentation of QKeyEvent), but `nativeVirtualKey` is the place. Elsewhere text has to do."""
_WATCHED: Final = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)
_OTHERS: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
"""With one of these a key is a shortcut."""
_NOTCH: Final = 120
"""Of `QWheelEvent.angleDelta`: what one notch of a common wheel gives [1/8 degree]."""
_REPEAT_MS: Final = 5
"""A release that is followed by a press within this time is a held key that repeats. X11 sends such pairs, about 1 ms
apart (measured on Xvfb 21.1), and Qt only knows them as repeats when it reads both at once. Nobody taps that fast."""


class HeldKeys(QObject):
    """The driving keys that are down."""

    changed = Signal()
    """A key went down or up."""
    turned = Signal(float)
    """The wheel was turned over the views while keys drive: by how many notches, away from the person."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._down: dict[int, Key] = {}
        self._coming_up: dict[int, QTimer] = {}
        self._came_up_ms: dict[int, int] = {}
        self._on = False
        self.board = _BOARDS.get(QGuiApplication.platformName())
        """What a key's place is told by; None where it is known by what it types only."""
        self.repeat_ms = _REPEAT_MS if self.board is Board.XKB else 0
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
        if isinstance(event, QWheelEvent):
            return self._on and _over_views(watched) and self._turn(event)
        if kind not in _WATCHED or not isinstance(event, QKeyEvent):
            return False
        if kind is QEvent.Type.ShortcutOverride:
            return self._keep_from_shortcuts(event)
        # A key event comes to the window first, and from there to the widget with the focus: count it once.
        return isinstance(watched, QWindow) and self._take(event)

    def _turn(self, event: QWheelEvent) -> bool:
        notches = event.angleDelta().y() / _NOTCH
        # What a touchpad goes on with after the fingers have left it is nobody's wish.
        if notches and event.phase() is not Qt.ScrollPhase.ScrollMomentum:
            self.turned.emit(notches)
        return True

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
        code = self._code(event)
        self._stay_down(code)
        if not self._repeats(event, code) and self._down.get(code) is not key:
            self._down[code] = key
            self.changed.emit()
        return True

    def _take_release(self, event: QKeyEvent) -> bool:
        """A key that was taken when it went down is also taken when it comes up."""
        code = self._code(event)
        if self._key(event) is not None:
            self._came_up_ms[code] = event.timestamp()
        if code not in self._down:
            return False
        if not event.isAutoRepeat():
            self._come_up(code)
        return True

    def _repeats(self, event: QKeyEvent, code: int) -> bool:
        """Whether this press only repeats.

        A key that was let go of for its finger, because the window lost the focus, goes on repeating when the focus
        comes back, and has to come up before it drives again.
        """
        since_ms = event.timestamp() - self._came_up_ms.get(code, event.timestamp() - self.repeat_ms)
        return event.isAutoRepeat() or since_ms < self.repeat_ms

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
        # X11 gives the keys also to the window below the mouse when no other has the focus.
        if QGuiApplication.applicationState() is not Qt.ApplicationState.ApplicationActive:
            return False
        focus = QApplication.focusWidget()
        return QApplication.activePopupWidget() is None and not (focus is not None and _can_be_written_in(focus))

    def _key(self, event: QKeyEvent) -> Key | None:
        place = self._place(event)
        if place is not None and self.board is not None:
            return Key.from_place(self.board, place)
        if event.key() == Qt.Key.Key_Shift:
            return Key.SHIFT
        return Key.from_text(chr(event.key())) if event.key() < 0x80 else None

    def _place(self, event: QKeyEvent) -> int | None:
        """Where the key stands on the keyboard; None where nothing tells."""
        if self.board is None:
            return None
        if self.board is Board.MAC:  # the place of A is 0 there, which is also what a modifier may come with
            return None if event.key() == Qt.Key.Key_Shift else event.nativeVirtualKey()
        return event.nativeScanCode() or None

    def _code(self, event: QKeyEvent) -> int:
        """What names the same key when it goes down and when it comes up, also if Shift changed in between."""
        place = self._place(event)
        return event.key() if place is None else place


def _over_views(watched: QObject) -> bool:
    """Whether it is, or stands in, the views of the robot."""
    widget = watched if isinstance(watched, QWidget) else None
    while widget is not None and not isinstance(widget, Views):
        widget = widget.parentWidget()
    return widget is not None


def _can_be_written_in(widget: QWidget) -> bool:
    return widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
