"""The window's process: an application, a window, and where the unexpected goes."""

import logging
import signal
import sys
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from accord.app.desk import Desk
from accord.app.settings import Settings
from accord.app.ui import actions
from accord.app.ui.banner import Tone
from accord.app.ui.live import Choices
from accord.app.ui.theme import Scheme, Theme
from accord.app.ui.window import Window
from accord.devices.sources.catalogue import check_source, source_names

_LOG = logging.getLogger(__name__)


def open_window(
    settings: Settings,
    page: str = "collect",
    operator: str = "",
    source: str = "",
    policy: str = "",
    seed: int = 0,
    scheme: str = Scheme.SYSTEM,
) -> int:
    """Open the window, and stay until it is closed.

    Args:
        settings: of the session.
        page: which one opens: ``collect``, ``library``, ``policy``, ``evaluate`` or ``export``.
        operator: who drives.
        source: who gives the commands; the keyboard if empty, with a SpaceMouse on the right where there are two hands,
            and ``none`` for nobody.
        policy: the base policy to score against, or empty.
        seed: of the first scene.
        scheme: ``system``, ``light`` or ``dark``.

    Returns:
        The exit code.

    Raises:
        AccordError: if the library cannot be opened or there is no such source.
    """
    source = source or source_names(settings.task)[0]
    if source != "none":
        check_source(source, settings.task, Desk().drivers)
    app = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(app, QApplication)
    app.setApplicationName("Accord")
    look = Theme(app, Scheme(scheme))
    window = Window(app, Choices(settings, operator, source, policy, seed), look)
    window.show_page([action.text.lower() for action in actions.PAGES].index(page))
    window.show()
    _say_the_unexpected(window)
    _close_on_signals(window)
    QTimer.singleShot(0, window.start)  # after the window is on the screen
    return app.exec()


def _say_the_unexpected(window: Window) -> None:
    """A fault of Accord's own stays in the window and in the log; it must not end a recording."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _LOG.error("a fault in the window", exc_info=(kind, error, trace))
        window.banner.say(f"Accord made a mistake: {kind.__name__}: {error}. The log has more.", Tone.ERROR)

    sys.excepthook = show


def _close_on_signals(window: Window) -> None:
    """Ctrl+C and kill close it at once, without asking; the timer's ticks let Python see them."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, window.close_at_once))  # not in the middle of a tick
