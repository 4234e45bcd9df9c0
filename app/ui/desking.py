"""Desking: the page Devices with the editor of mappings behind it, and what pedals ask for. A part of the window."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from accord.app.pedals import Pedals
from accord.app.snapshot import Snapshot
from accord.app.ui.actions import DEVICES, PAGES
from accord.app.ui.alarm import Alarm
from accord.app.ui.approach import ApproachPanel
from accord.app.ui.devices_guiding import DevicesGuiding
from accord.app.ui.devices_page import DevicesPage
from accord.app.ui.leading import Leading
from accord.app.ui.live import Live
from accord.app.ui.mapping_editor import MappingEditor
from accord.app.ui.mapping_guiding import MappingGuiding
from accord.app.ui.views import Views

NUMBER: Final = PAGES.index(DEVICES)
"""Of the page."""


class Desking(QObject):
    """Connects the desk with the window."""

    said = Signal(str)
    """What was done, in one sentence."""
    left_unsaved = Signal(str)
    failed = Signal(str)
    moved = Signal()
    """From the devices to the editor, or back: other keys count."""

    def __init__(self, live: Live, window: QWidget, heed: Callable[[str], None]) -> None:
        """Open nothing yet.

        Args:
            live: the session.
            window: that this is a part of.
            heed: does what a pedal asks for.
        """
        super().__init__(window)
        self._live, self._window, self._heed = live, window, heed
        self._leading: dict[int, Leading] = {}
        self.stack, self.page = QStackedWidget(), DevicesPage()
        self.stack.addWidget(self.page)
        self.guiding = DevicesGuiding(self.page, live.desk, window)
        self.editor: MappingEditor | None = None
        self.mapping: MappingGuiding | None = None
        self._pedals, self.alarm = Pedals(live.desk), Alarm()
        self.guiding.changed.connect(live.offer_devices)
        self.guiding.say.connect(self.said)
        self.guiding.mapping_asked.connect(self.edit)

    def edit(self, device: str) -> None:
        """Open the editor with how this device drives. It is made when it is first wanted: that takes a while."""
        if self.editor is None or self.mapping is None:
            self.editor = MappingEditor()
            self.mapping = MappingGuiding(self.editor, self._live.desk, self._live, self._window)
            self.stack.addWidget(self.editor)
            self.editor.closed.connect(self.leave)
            self.editor.left_unsaved.connect(self.left_unsaved)
            self.mapping.changed.connect(self._live.offer_devices)
        self.mapping.open(device)
        self.stack.setCurrentWidget(self.editor)
        self.editor.setFocus()
        self.moved.emit()

    def leave(self) -> None:
        """Back from the editor to the devices."""
        self.stack.setCurrentWidget(self.page)
        self.page.setFocus()
        self.moved.emit()

    @property
    def shown(self) -> QWidget:
        """The devices, or the editor."""
        return self.editor if self.edits and self.editor is not None else self.page

    @property
    def edits(self) -> bool:
        """Whether the editor stands in place of the devices."""
        return self.stack.currentWidget() is not self.page

    @property
    def drives(self) -> bool:
        """Whether keys may drive while this page is open: the editor shows the robot."""
        return self.edits and self.mapping is not None and self.mapping.drives

    @property
    def unsaved(self) -> tuple[str, ...]:
        """Devices whose mappings have changes that closing would lose."""
        return self.mapping.unsaved if self.mapping is not None else ()

    def lead(self, page: int, views: Views, panel: ApproachPanel) -> None:
        """Show the ghost of a leader, and the way to the robot, on this page too."""
        self._leading[page] = Leading(views, panel, self._live)
        self._leading[page].failed.connect(self.failed)

    def tick(self, page: int, snapshot: Snapshot, view: str) -> None:
        """Follow devices, pedals and the robot; after every tick of the session.

        Args:
            page: the one that is open.
            snapshot: of the session.
            view: that the person looks at.
        """
        visible = page == NUMBER and not self._window.isMinimized()
        self.guiding.tick(visible, snapshot)
        if self.mapping is not None:
            self.mapping.tick(visible and self.edits, snapshot, view)
        if page in self._leading and not self._window.isMinimized():
            self._leading[page].display(snapshot)
        self.alarm.display(snapshot)
        for asked in self._pedals.pressed():
            self._heed(asked)

    def close(self) -> None:
        """Leave; whoever made the desk closes it."""
        self.guiding.close()
        for leading in self._leading.values():
            leading.close()
