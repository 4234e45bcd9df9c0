"""Window: the shell around the pages, with the one timer. It and `Collecting` are the only places that connect."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from accord.app.snapshot import Snapshot, State
from accord.app.ui import actions
from accord.app.ui.banner import Tone
from accord.app.ui.collect_page import CollectPage
from accord.app.ui.collecting import Collecting
from accord.app.ui.desking import NUMBER as _DEVICES
from accord.app.ui.desking import Desking
from accord.app.ui.elicit_guiding import Guiding
from accord.app.ui.elicit_page import ElicitPage
from accord.app.ui.errand import Errand
from accord.app.ui.evaluate_page import EvaluatePage
from accord.app.ui.export_page import ExportPage
from accord.app.ui.figures import seconds
from accord.app.ui.head import Head
from accord.app.ui.key_sheet import KeySheet
from accord.app.ui.keys import HeldKeys
from accord.app.ui.library_page import LibraryPage
from accord.app.ui.live import Choices, Live, Offered
from accord.app.ui.policy_page import PolicyPage
from accord.app.ui.rail import Rail
from accord.app.ui.status_line import show_folder
from accord.app.ui.theme import Theme
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.devices.sim.tasks import catalogue

TICK_MS = 33
"""Thirty times a second; the loop holds the robot when three ticks stay out [ms]."""
_SLOW = 6
"""The status line follows every sixth tick, 5 Hz."""
_SMALLEST, _USUAL = (1000, 620), (1280, 800)
"""[px]"""
_COLLECT, _ELICIT = 0, 5
PAGES = (LibraryPage, PolicyPage, EvaluatePage, ExportPage)
"""The pages about a library, in the order of `actions.PAGES`: between Collect and Elicit, which show the robot."""

_CLOSE_AGAIN = "An episode is being recorded. Close again to end it as incomplete."
_LOSE = "The mapping of {} is not saved. Close again to lose its changes."

CurationPage = LibraryPage | PolicyPage | EvaluatePage | ExportPage


class Window(QWidget):
    """Accord's one window."""

    def __init__(self, app: QApplication, choices: Choices, look: Theme) -> None:
        """Make it; nothing runs before `start`.

        Raises:
            AccordError: if the library cannot be opened.
        """
        super().__init__()
        self._choices, self._library = choices, Library.create(choices.settings.library)
        self.live, self.keys = Live(choices, self), HeldKeys(app)
        self._head, self.rail = Head(), Rail(actions.PAGES)
        self.status, self.banner = self._head.status, self._head.banner
        self.stack, self.collect, self.sheet = QStackedWidget(), CollectPage(), KeySheet(self)
        self._collecting, self.elicit = Collecting(self.collect, self.live, self.keys, self), ElicitPage()
        self.guiding = Guiding(self.elicit, self.live, self.keys, self._library, self)
        self.desking = Desking(self.live, self, self._heed)
        self._others: list[CurationPage] = []
        self._operators = Errand(self)
        self._turns, self._message, self._at_once = 0, "", False
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._lay_out()
        self._connect(look)
        self._fill_stack()
        self.show_page(_COLLECT)

    def _lay_out(self) -> None:
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_USUAL)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.stack, 1)
        column.addLayout(row, 1)
        self.stack.addWidget(self.collect)

    # Connections -----------------------------------------------------------------------------------------------

    def _connect(self, look: Theme) -> None:
        self._timer.timeout.connect(self._tick)
        self.keys.changed.connect(lambda: self.live.publish(self.keys.held))
        self.keys.turned.connect(self.live.turn)
        self.live.started.connect(self._started)
        self.live.failed.connect(self.say_error)
        self.live.saved.connect(self._library_changed)
        self._connect_desk()
        self.elicit.failed.connect(self.say_error)
        self.elicit.succeeded.connect(self._forget_error)
        self._operators.answered.connect(self.collect.choices.offer_operators)
        self.rail.chosen.connect(self.show_page)
        self.status.keys_asked.connect(self.sheet.switch)
        self.sheet.switched.connect(self._listen)
        self.status.appearance_asked.connect(look.switch)
        self.status.open_asked.connect(self._choose_library)
        self.status.folder_asked.connect(lambda: show_folder(self._library.folder))
        self.collect.gallery.chosen.connect(self._choose_task)
        self.collect.choices.arm_chosen.connect(self._choose_arm)
        for number, page in enumerate(actions.PAGES):
            self._add_shortcut(page.key, partial(self.show_page, number))
        for action, ask in (
            (actions.KEYS, self.sheet.switch), (actions.APPEARANCE, look.switch), (actions.RESTART, self.live.restart),
            (actions.OPEN, self._choose_library), (actions.QUIT, self.close),
        ):  # fmt: skip
            self._add_shortcut(action.key, ask)

    def _connect_desk(self) -> None:
        desk = self.desking
        desk.said.connect(self.status.say)
        desk.left_unsaved.connect(partial(self.banner.say, tone=Tone.HINT))
        desk.moved.connect(self._listen)
        desk.failed.connect(self.say_error)
        for number, page in ((_COLLECT, self.collect), (_ELICIT, self.elicit.live)):
            desk.lead(number, page.views, page.approach)

    def _add_shortcut(self, key: str, ask: Callable[[], object]) -> None:
        QShortcut(QKeySequence(key), self).activated.connect(ask)

    def _connect_page(self, page: CurationPage) -> None:
        page.failed.connect(self.say_error)
        page.say.connect(self.status.say)
        if isinstance(page, PolicyPage):
            page.policy_changed.connect(self._policy_changed)
        if isinstance(page, EvaluatePage):
            page.kept.connect(self._library_changed)
        if isinstance(page, PolicyPage | EvaluatePage):
            page.show_step.connect(self._show_step)

    # Pages -----------------------------------------------------------------------------------------------------

    def _fill_stack(self) -> None:
        for old in self._others:
            self.stack.removeWidget(old)
            old.close_jobs()
            old.deleteLater()
        self._others = [make(self._library) for make in PAGES]
        for page in self._others:
            self._connect_page(page)
            self.stack.addWidget(page)
        self.stack.addWidget(self.elicit)  # the last ones again
        self.stack.addWidget(self.desking.stack)
        self.guiding.use_library(self._library)
        self.status.show_library(self._library.name)
        self.setWindowTitle(f"Accord – {self._library.name}")

    def show_page(self, number: int) -> None:
        """Open a page by its number in `actions.PAGES`."""
        self.stack.setCurrentIndex(number)
        self.rail.show_page(number)
        self.sheet.page = number
        self.status.clear_said()
        self._collecting.open(number == _COLLECT)
        self.guiding.open(number == _ELICIT)
        self._listen()
        if number in (_ELICIT, _DEVICES):
            (self.elicit if number == _ELICIT else self.desking.shown).setFocus()
        elif number != _COLLECT:
            page = self._others[number - 1]
            page.setFocus()
            page.shown()

    def _listen(self) -> None:
        """Keys drive while the robot can be seen; under the sheet of keys nothing does."""
        edits = self.stack.currentIndex() == _DEVICES and self.desking.drives
        seen = self._collecting.drives or self.guiding.drives or edits
        self.keys.listen(seen and self.sheet.isHidden())

    # What happens ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the session in its thread, and the timer."""
        self._timer.start()
        self.live.open(self._choices)

    def _tick(self) -> None:
        snapshot = self.live.tick(self.keys.held)
        if self.stack.currentIndex() == _COLLECT and not self.isMinimized():
            self.collect.display(snapshot)
        self.guiding.tick(snapshot)
        self.desking.tick(self.stack.currentIndex(), snapshot, self.collect.views.large)
        if self._turns % _SLOW == 0:
            self.status.display(snapshot)
            self._show_recording(snapshot)
            self.collect.choices.show_speed(self.live.speed, self.live.share)
        self._turns += 1
        self._hear(snapshot)

    def _heed(self, asked: str) -> None:
        """Do what a pedal asks for, on the page that is open."""
        if self.stack.currentIndex() != _ELICIT:
            self._collecting.heed(asked)
        elif asked in ("record", "redo"):
            (self.guiding.record if asked == "record" else self.guiding.redo)()

    def _show_recording(self, snapshot: Snapshot) -> None:
        recording = snapshot.state is State.RECORDING
        self.rail.show_recording(seconds(snapshot.elapsed_s) if recording else "")
        if not recording and self.banner.text == _CLOSE_AGAIN:
            self.banner.say("")

    def _hear(self, snapshot: Snapshot) -> None:
        """A new message is shown once; the one that was read does not come back."""
        if snapshot.message != self._message:
            if snapshot.message or self.banner.text == self._message:
                self.banner.say(snapshot.message, Tone.WARNING)
            self._message = snapshot.message

    def say_error(self, sentence: str) -> None:
        """Show what went wrong until it is read."""
        self.banner.say(sentence, Tone.ERROR)

    def _forget_error(self) -> None:
        if self.banner.tone is Tone.ERROR:
            self.banner.say("")

    def _started(self, offered: Offered) -> None:
        self._collecting.offer(offered)
        library = self._library
        self._operators.run(lambda progress: [entry.summary.operator for entry in library.contents(progress).entries])

    def _library_changed(self) -> None:
        for page in self._others:
            page.library_changed()
        self.guiding.offer()

    def _policy_changed(self, name: str) -> None:
        self._collecting.policy_changed(name, self._library.policy_names())

    def _show_step(self, episode: str, step: int) -> None:
        """From a point of the scatter to the moment behind it, or from a failure to its beginning."""
        for number, page in enumerate(self._others, start=1):
            if isinstance(page, LibraryPage):
                self.show_page(number)
                page.show_step(episode, step)

    # Another library or task -----------------------------------------------------------------------------------

    def _choose_library(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, actions.OPEN.text, str(self._library.folder.parent))
        if folder:
            self.open_library(Path(folder))

    def open_library(self, folder: Path) -> None:
        """Go on with the library in this folder, which is made one if it is empty."""
        try:
            self._library = Library.create(folder)
        except AccordError as error:
            self.say_error(str(error))
            return
        self._begin_anew(replace(self._choices, settings=replace(self._choices.settings, library=folder), policy=""))
        self._fill_stack()
        self.show_page(self.stack.currentIndex())

    def _choose_task(self, task: str) -> None:
        """Another task begins with its own usual arm, unless it was tried with the one that stands there."""
        settings, arm = self._choices.settings, self.live.snapshot.arm
        if task != settings.task:
            kept = arm if arm in catalogue.task(task).arms else ""
            self._begin_anew(replace(self._choices, settings=replace(settings, task=task, arm=kept, variation={})))

    def _choose_arm(self, arm: str) -> None:
        """The same scene with another arm."""
        now = self.live.snapshot
        if arm != now.arm:
            settings = replace(self._choices.settings, arm=arm, variation=dict(now.variation))
            self._begin_anew(replace(self._choices, settings=settings, seed=now.seed))

    def _begin_anew(self, choices: Choices) -> None:
        now = self.live.snapshot
        source = now.source if self.live.running else choices.source
        self._choices = replace(choices, operator=now.operator, source=source)
        self.live.open(self._choices)

    # The window itself -----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The sheet of keys covers all of it."""
        self.sheet.setGeometry(self.rect())

    def close_at_once(self) -> None:
        """Close without asking; an episode in progress is kept as incomplete."""
        self._at_once = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Out of sight at once; what would be lost has to be given up by closing twice."""
        doubt = _CLOSE_AGAIN if self.live.snapshot.state is State.RECORDING else ""
        doubt = doubt or (_LOSE.format(" and ".join(self.desking.unsaved)) if self.desking.unsaved else "")
        if not self._at_once and doubt and self.banner.text != doubt:
            self.banner.say(doubt, Tone.WARNING)
            event.ignore()
            return
        self._timer.stop()
        self.hide()
        self._operators.close()
        self.collect.gallery.close_jobs()
        self.guiding.close()
        self.desking.close()
        for page in self._others:
            page.close_jobs()
        self.live.close()
        event.accept()
