"""What every test of the window needs: an application without a screen, and no widget left behind."""

import os
import time
from collections.abc import Callable, Iterator

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported; a developer's screen stays untouched

pytest.importorskip("PySide6.QtWidgets", reason="the window is an optional extra")

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from accord.app.ui.theme import Scheme, Theme


@pytest.fixture(scope="session")
def application() -> QApplication:
    app = QApplication.instance() or QApplication(["accord"])
    assert isinstance(app, QApplication)
    Theme(app, Scheme.LIGHT)
    return app


@pytest.fixture(autouse=True)
def no_widget_is_left(application: QApplication) -> Iterator[None]:
    """A top-level widget that outlives its test goes on getting events, and makes a later test fail."""
    before = set(application.topLevelWidgets())
    yield
    _delete_what_waits()
    left = [widget for widget in application.topLevelWidgets() if widget not in before and not _is_shut_menu(widget)]
    names = ", ".join(f"{type(widget).__name__} {widget.objectName()}".strip() for widget in left)
    for widget in left:
        widget.deleteLater()
    _delete_what_waits()
    assert not left, f"{names} outlived the test: make it with the `keep` fixture, or give it a parent"


def _is_shut_menu(widget: QWidget) -> bool:
    """pyqtgraph's plots make menus without a parent, which go with them; until then a shut menu gets no event."""
    return isinstance(widget, QMenu) and not widget.isVisible()


@pytest.fixture
def keep() -> Iterator[Callable[[QWidget], QWidget]]:
    """Deletes the widgets that it is given when the test is over."""
    kept: list[QWidget] = []

    def take(widget: QWidget) -> QWidget:
        kept.append(widget)
        return widget

    yield take
    for widget in kept:
        widget.close()
        widget.deleteLater()
    _delete_what_waits()


def _delete_what_waits() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], None]:
    """Runs the event loop until something holds."""

    def wait(holds: Callable[[], bool], timeout_s: float = 60.0) -> None:
        until = time.monotonic() + timeout_s
        while not holds():
            assert time.monotonic() < until, "what was waited for did not come"
            QTest.qWait(5)

    return wait
