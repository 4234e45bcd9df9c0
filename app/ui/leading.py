"""Leading: the ghost of a leader, and the way to the robot, on one page that shows the robot. A part of the window."""

from PySide6.QtCore import QObject, Signal

from accord.app.snapshot import Snapshot
from accord.app.ui.approach import ApproachPanel
from accord.app.ui.ghost_showing import GhostShowing
from accord.app.ui.live import Live
from accord.app.ui.views import Views


class Leading(QObject):
    """One for each page."""

    failed = Signal(str)
    """One sentence."""

    def __init__(self, views: Views, panel: ApproachPanel, live: Live) -> None:
        super().__init__(panel)
        self._panel, self._live, self._ghost = panel, live, GhostShowing(views)
        self._ghost.failed.connect(self.failed)
        panel.engage_asked.connect(lambda on: live.ask(lambda session: session.driving.engage(on)))

    def display(self, snapshot: Snapshot) -> None:
        """Show it, after the page has shown the same snapshot."""
        session = self._live.session if self._live.running else None
        self._panel.display(snapshot, [held.mapping for held in session.driving.held] if session else ())
        self._ghost.display(snapshot, session.scene if session else None)

    def close(self) -> None:
        """Wait for what is being made."""
        self._ghost.close()
