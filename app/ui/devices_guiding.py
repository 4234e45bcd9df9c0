"""DevicesGuiding: what the page Devices asks for, asked of the desk. A part of the window, in its own file."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from accord.app.desk import Desk
from accord.app.device_words import believed, told
from accord.app.errors import AppError
from accord.app.in_reach import Offer, Reachable, look, offers, suggestions
from accord.app.setting_up import Forgotten, forget, set_up, take_back
from accord.app.snapshot import Snapshot
from accord.app.ui.calibration_guiding import CalibrationGuiding
from accord.app.ui.devices_driving import driving, reading_of
from accord.app.ui.devices_form import Choices
from accord.app.ui.devices_list import Row
from accord.app.ui.devices_page import DevicesPage
from accord.app.ui.errand import Errand
from accord.app.watched import Reading
from accord.datasets.errors import AccordError
from accord.devices.inputs.kinds import broken_plugins, kind_named, kinds
from accord.devices.setup import Setup

SHOW_NS = 95_000_000
"""What is told changes ten times a second at most: faster nobody can read it [ns]."""
_LOOK_NS = 2_000_000_000
"""How often it is looked what is plugged in [ns]."""


class DevicesGuiding(QObject):
    """Connects one page with the desk."""

    changed = Signal()
    """A device was set up, changed or removed."""
    say = Signal(str)
    """What was done, in one sentence."""
    mapping_asked = Signal(str)
    """How the person drives with this device shall be looked at."""

    def __init__(self, page: DevicesPage, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._page, self._desk = page, desk
        self._visible, self._current, self._looked_ns, self._shown_ns = False, "", 0, 0
        self._reach, self._watched = Reachable(), tuple[str, ...]()
        self._removed: Forgotten | None = None
        self._looking = Errand(self)
        self._looking.answered.connect(self._on_reach)
        self.calibration = CalibrationGuiding(page.calibration, self)
        self._connect()
        page.show_broken(broken_plugins())
        page.say_problem(desk.problem or desk.doubt)

    def _connect(self) -> None:
        page = self._page
        page.chosen.connect(self.choose)
        page.add_asked.connect(self.add)
        page.offers.add_asked.connect(self._add_offered)
        page.undo_asked.connect(self._take_back)
        page.left_asked.connect(self.leave)
        page.form.asked.connect(self._put)
        page.detail.change_asked.connect(self.change)
        page.detail.remove_asked.connect(self.remove)
        page.detail.mapping_asked.connect(lambda: self.mapping_asked.emit(self._current))
        page.detail.calibrate_asked.connect(self._calibrate)
        self.calibration.saved.connect(self._on_calibrated)
        self.calibration.failed.connect(page.say_problem)

    # What the window calls -------------------------------------------------------------------------------------

    def tick(self, visible: bool, snapshot: Snapshot) -> None:
        """Show how every device is doing; the processes that are only looked at run while the page is open.

        Args:
            visible: whether the page can be seen.
            snapshot: of the session, which reads what drives by itself.
        """
        if not visible:
            if self._visible:
                self._visible = False
                self.leave()
                self._watch(())
            return
        if not self._visible:
            self._visible, self._looked_ns, self._shown_ns = True, 0, 0
        now_ns = time.monotonic_ns()
        if now_ns - self._shown_ns < SHOW_NS:
            return
        self._shown_ns = now_ns
        drives = driving(snapshot)
        # Two readers of one SpaceMouse would lock each other out: what the loop reads is left to it.
        readable = (
            one for one in self._desk.setups if one.kind != "keyboard" and not (one.name in drives and _in_loop(one))
        )
        self._watch_one_more([one.name for one in readable])
        if now_ns - self._looked_ns > _LOOK_NS and not self._looking.running:
            self._looked_ns = now_ns
            self._looking.run(lambda _progress: look())
        self._show(snapshot, now_ns)

    def close(self) -> None:
        """Leave; whoever made the desk closes it."""
        self.calibration.cancel()
        self._looking.close()

    def _watch_one_more(self, names: Sequence[str]) -> None:
        """One process begins with each tick, or the window jerks; that of the device that is looked at is the first."""
        fresh = sorted(set(names) - set(self._watched), key=lambda name: (name != self._current, names.index(name)))
        self._watch([name for name in names if name in (*self._watched, *fresh[:1])])

    def _watch(self, names: Sequence[str]) -> None:
        self._watched = tuple(names)
        try:
            self._desk.watch(names)
        except OSError as error:  # no process can be started
            found = error.strerror or str(error)
            self._page.say_problem(str(AppError("a process for every device", found, "close what else runs here")))

    # Showing ---------------------------------------------------------------------------------------------------

    def _show(self, snapshot: Snapshot, now_ns: int) -> None:
        page, setups = self._page, self._desk.setups
        names = [setup.name for setup in setups]
        if self._current not in names:
            self._current = next(iter(names), "")
        rows, drives = [], driving(snapshot)
        for setup in setups:
            readings = self._readings(setup, snapshot)
            rows.append(Row(setup.name, _text(setup), told(setup, readings, now_ns), setup.name in drives))
        page.devices.display(rows)
        page.devices.show_current(self._current)
        if page.looking:
            self._show_current(rows, snapshot, now_ns)

    def _show_current(self, rows: Sequence[Row], snapshot: Snapshot, now_ns: int) -> None:
        for row in rows:
            if row.name == self._current:
                setup = self._desk.setup(row.name)
                readings = [believed(reading, now_ns) for reading in self._readings(setup, snapshot)]
                self._page.detail.display(setup, row, readings, now_ns)

    def _readings(self, setup: Setup, snapshot: Snapshot) -> tuple[Reading, ...]:
        found = self._desk.readings(setup.name)
        if found or setup.kind == "keyboard" or setup.name not in driving(snapshot):
            return found
        return (reading_of(snapshot, kind_named(setup.kind).channels, driving(snapshot).index(setup.name)),)

    def _on_reach(self, reach: Reachable) -> None:
        self._reach = reach
        self._page.offers.display(offers(reach, self._desk.setups))

    # What is asked for -----------------------------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Look at this device; a form or a calibration that is open is left."""
        self._current = name
        self.leave()

    def leave(self) -> None:
        """Close the form, or the calibration, and change nothing."""
        self._shown_ns = 0  # whatever somebody asked for shows at once
        self.calibration.cancel()
        self._page.look()

    def add(self) -> None:
        """Open the form for a new device."""
        self._open(self._page.form.add)

    def _add_offered(self, offer: Offer) -> None:
        self._open(lambda choices: self._page.form.add(choices, offer.kind, offer.options))

    def change(self) -> None:
        """Open the form with the device that is looked at."""
        self._open(lambda choices: self._page.form.change(choices, self._desk.setup(self._current)))

    def _open(self, begin: Callable[[Choices], None]) -> None:
        self._page.say_problem("")
        self.calibration.cancel()
        try:
            begin(self._choices())
        except AccordError as error:
            self._page.say_problem(str(error))
            return
        self._page.stack.setCurrentWidget(self._page.form)

    def _choices(self) -> Choices:
        setups, offered = self._desk.setups, tuple(kind for kind in kinds().values() if kind.name != "keyboard")
        suggested = {
            (kind.name, option.name): suggestions(self._reach, kind.name, option.name)
            for kind in offered
            for option in kind.options
        }
        pedals = tuple(setup.name for setup in setups if not kind_named(setup.kind).drives)
        taken = frozenset(setup.name for setup in setups)
        return Choices(offered, self._desk.profiles.names(), pedals, taken, suggested)

    def _put(self, setup: Setup, instead_of: str) -> None:
        try:
            set_up(self._desk, setup, instead_of)
        except AccordError as error:
            self._page.form.show_problem(str(error))
            return
        self._current, self._looked_ns = setup.name, 0
        self.leave()
        self.say.emit(f"{setup.name} is set up.")
        self.changed.emit()

    def remove(self) -> None:
        """Forget the device that is looked at, which can be taken back."""
        try:
            removed = forget(self._desk, self._current)
        except AccordError as error:
            self._page.say_problem(str(error))
            return
        self._removed, self._current, self._looked_ns, self._shown_ns = removed, "", 0, 0
        self._page.say_problem("")
        self._page.say_removed(removed.setup.name)
        self.changed.emit()

    def _take_back(self) -> None:
        removed = self._removed
        if removed is None:
            return
        try:
            take_back(self._desk, removed)
        except AccordError as error:  # which may be mended, e.g. another one has its name now
            self._page.say_problem(str(error))
            return
        self._removed, self._current, self._looked_ns = None, removed.setup.name, 0
        self._page.say_removed("")
        self._page.say_problem("")
        self.leave()
        self.changed.emit()

    # Calibrating -----------------------------------------------------------------------------------------------

    def _calibrate(self, hand: int) -> None:
        self._page.say_problem("")
        if self.calibration.begin(self._desk, self._desk.setup(self._current), hand):
            self._page.stack.setCurrentWidget(self._page.calibration)
            self._page.calibration.setFocus()

    def _on_calibrated(self, sentence: str) -> None:
        self.leave()
        self.say.emit(sentence)


def _in_loop(setup: Setup) -> bool:
    return kind_named(setup.kind).in_loop


def _text(setup: Setup) -> str:
    return kind_named(setup.kind).text
