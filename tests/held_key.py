"""A key of the window that is held down until something comes of it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from accord.app.ui.window import Window
from accord.devices.limits import Hold


def hold_until(window: Window, key: Qt.Key, holds: Callable[[], bool], wait_for: Callable[..., None]) -> None:
    """Hold it until something holds; whoever was held meanwhile, by a machine that stood still, lets go first."""
    down = False

    def held() -> bool:
        nonlocal down
        handle, hold = window.windowHandle(), window.live.snapshot.loop.hold
        if not down and hold == Hold.NONE:
            QTest.keyPress(handle, key)
            down = True
        elif down and hold == Hold.MUST_REST:
            QTest.keyRelease(handle, key)
            down = False
        return holds()

    wait_for(held)
    if down:
        QTest.keyRelease(window.windowHandle(), key)
