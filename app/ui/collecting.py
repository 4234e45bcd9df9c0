"""Collecting: what the Collect page asks for, asked of the session. A part of the window, in a file of its own."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget

from accord.app.snapshot import State
from accord.app.ui import actions
from accord.app.ui.actions import Action
from accord.app.ui.collect_page import CollectPage
from accord.app.ui.keys import HeldKeys
from accord.app.ui.live import Live, Offered
from accord.datasets.decisions import Kind
from accord.devices.inputs.keys import Key
from accord.devices.limits import Hold
from accord.devices.sim.tasks import catalogue


class Collecting(QObject):
    """Connects one Collect page with the session and the keyboard."""

    def __init__(self, page: CollectPage, live: Live, keys: HeldKeys, window: QWidget) -> None:
        super().__init__(window)
        self._page, self._live, self._keys = page, live, keys
        self._open = False
        self._shortcuts = [_press(button, action, window) for action, button in self._buttons()]
        self._connect_record()
        self._connect_choices()
        self._connect_scene()

    def _buttons(self) -> tuple[tuple[Action, QAbstractButton], ...]:
        panel = self._page.record
        return (
            (actions.RECORD, panel.record), (actions.SUCCESS, panel.outcomes["success"]),
            (actions.FAILURE, panel.outcomes["failure"]), (actions.DISCARD, panel.outcomes["discarded"]),
            (actions.REDO, panel.redo), (actions.PRACTICE, panel.practice), (actions.HOLD, panel.hold),
            (actions.RESET, panel.reset), (actions.SCENE, panel.scene), (actions.TASKS, self._page.choices.task),
        )  # fmt: skip

    def _connect_record(self) -> None:
        panel, live = self._page.record, self._live
        panel.record_asked.connect(self.record)
        panel.outcome_asked.connect(self.judge)
        panel.redo_asked.connect(lambda: live.ask(lambda session: session.redo()))
        panel.practice_asked.connect(self.practise)
        panel.hold_asked.connect(self.hold)
        panel.reset_asked.connect(lambda: live.ask(lambda session: session.reset()))
        panel.noted.connect(self.note)
        panel.left.connect(self._page.setFocus)
        self._page.state.restart_asked.connect(live.restart)
        live.devices_changed.connect(self._page.choices.offer_sources)

    def _connect_choices(self) -> None:
        choices, live = self._page.choices, self._live
        choices.source_chosen.connect(lambda name: live.ask(lambda session: session.use_source(name)))
        self._page.views.enlarged.connect(lambda view: live.ask(lambda session: session.use_view(view)))
        choices.policy_chosen.connect(lambda name: live.ask(lambda session: session.use_policy(name)))
        choices.operator_written.connect(lambda text: live.ask(lambda session: setattr(session, "operator", text)))
        choices.instruction_written.connect(
            lambda text: live.ask(lambda session: setattr(session, "instruction", text))
        )
        choices.speed_asked.connect(lambda key: live.publish(self._keys.held | {Key(key)}))
        choices.left.connect(self._page.setFocus)

    def _connect_scene(self) -> None:
        page, live = self._page, self._live
        page.record.scene.toggled.connect(page.show_scene)
        page.scene.closed.connect(lambda: page.record.scene.setChecked(False))
        page.scene.left.connect(page.setFocus)
        page.scene.varied.connect(lambda variation: live.ask(lambda session: session.vary(variation)))
        page.scene.seed_asked.connect(lambda seed: live.ask(lambda session: session.reset(seed)))
        page.choices.gallery_asked.connect(lambda: self._choose_task(True))
        page.gallery.closed.connect(lambda: self._choose_task(False))
        page.gallery.chosen.connect(lambda _task: self._choose_task(False))

    def _choose_task(self, on: bool) -> None:
        """While the tasks stand in place of the robot, no key drives or records."""
        self._page.show_gallery(on, self._live.snapshot.task)
        self._listen(not on)

    @property
    def drives(self) -> bool:
        """Whether keys may drive: the robot can be seen."""
        return self._open and not self._page.chooses_task

    def _listen(self, on: bool) -> None:
        self._keys.listen(on)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(on)

    def open(self, on: bool) -> None:
        """The page is shown, or another one: keys drive and record only while the robot can be seen."""
        self._open = on
        self._listen(self.drives)
        if self.drives:
            self._page.setFocus()

    def offer(self, offered: Offered) -> None:
        """These can be chosen."""
        choices = self._page.choices
        self._page.gallery.offer(offered.tasks)
        choices.offer_arms(offered.arms, catalogue.task(offered.task).arms)
        choices.offer_sources(offered.sources)
        choices.offer_policies(offered.policies)

    def record(self) -> None:
        """Begin an episode, or end the one in progress as the scene sees it."""
        session = self._live.session
        if session is None:
            return
        if session.state is State.RECORDING:
            self._live.ask(lambda session: session.end())
        elif not session.operator.strip():
            self._page.choices.operator.setFocus()
        else:
            self._live.ask(lambda session: session.begin())

    def judge(self, outcome: str) -> None:
        """End the episode so, or say so of the one that ended last."""
        self._live.ask(
            lambda session: session.end(outcome) if session.state is State.RECORDING else session.set_outcome(outcome)
        )

    def note(self, episode: str, text: str) -> None:
        """Keep what the operator says about an episode, beside it in the library."""
        self._live.ask(lambda session: session.library.decisions.append(session.operator, episode, Kind.NOTE, text))

    def practise(self) -> None:
        """Keep nothing from now on, or keep again."""
        self._live.ask(lambda session: setattr(session, "practice", not session.practice))

    def hold(self) -> None:
        """Hold the robot, or let it go on."""
        on = self._live.snapshot.loop.hold != Hold.REQUESTED
        self._live.ask(lambda session: session.hold(on))

    def engage(self, on: bool | None = None) -> None:
        """Let the leader drive, or let go of it; None for whichever is not so now."""
        wanted = self._live.snapshot.loop.hold != Hold.NONE if on is None else on
        self._live.ask(lambda session: session.driving.engage(wanted))

    def heed(self, asked: str) -> None:
        """Do what a pedal asked for; see `accord.app.pedals`. Only while the robot can be seen."""
        doing: dict[str, Callable[[], None]] = {
            "record": self.record, "redo": lambda: self._live.ask(lambda session: session.redo()),
            "success": lambda: self.judge("success"), "failure": lambda: self.judge("failure"),
            "discard": lambda: self.judge("discarded"), "engage": self.engage, "hold": self.hold,
            "reset": lambda: self._live.ask(lambda session: session.reset()),
        }  # fmt: skip
        if self.drives and asked in doing:
            doing[asked]()

    def policy_changed(self, name: str, names: tuple[str, ...]) -> None:
        """A base policy was fitted or its thresholds moved: offer it, and use it as it is now."""
        self._page.choices.offer_policies(names)
        now = self._live.snapshot
        if name == now.policy and now.state is not State.RECORDING:
            self._live.ask(lambda session: session.use_policy(name))


def _press(button: QAbstractButton, action: Action, window: QWidget) -> QShortcut:
    """A key presses the button, so that it does what the button does, and nothing while that is off."""
    shortcut = QShortcut(QKeySequence(action.key), window)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(button.click)
    return shortcut
