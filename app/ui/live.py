"""Live: the session as the window sees it. Started in a thread, ticked by the window, and asked without a traceback."""

import time
from collections.abc import Callable, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from accord.app.desk import Desk
from accord.app.settings import Settings
from accord.app.snapshot import Snapshot, State
from accord.app.ui.errand import Errand
from accord.app.ui.words import scripted
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy_file import load
from accord.devices.inputs.keys import SHARES, Key, Speed
from accord.devices.sim.arms.catalogue import arms
from accord.devices.sim.tasks import catalogue
from accord.devices.sources.catalogue import check_source, source_names
from accord.recorders.status import LoopStatus

if TYPE_CHECKING:
    from accord.app.session import Session


_ALIVE_MS: Final = 10
"""Between two signs of life [ms]."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a session begins with."""

    settings: Settings
    operator: str = ""
    source: str = "keyboard"
    policy: str = ""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen in a session."""

    task: str
    """What the session does; the others are for this task."""
    tasks: tuple[str, ...]
    arms: tuple[str, ...]
    """Those that the task was tried with come first."""
    sources: tuple[str, ...]
    policies: tuple[str, ...]


class Live(QObject):
    """At most one session. While it starts or restarts in its thread, nobody else touches it."""

    started = Signal(object)
    """It runs; what it offers, as `Offered`."""
    failed = Signal(str)
    """Something could not be done; one sentence."""
    devices_changed = Signal(object)
    """What can drive now, as a tuple of names."""
    saved = Signal()
    """An episode's file was closed."""

    def __init__(self, choices: Choices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices, self.desk = choices, Desk()
        self.snapshot = Snapshot()
        self.session: Session | None = None
        self._sessions: list[Session] = []
        """Everything that may have processes: the session, and one whose start nobody waits for any more."""
        self._saved = ""
        self._errand = Errand(self)
        self._errand.answered.connect(self._take)
        self._errand.failed.connect(self._not_started)
        self._held: Set[Key] = frozenset()
        self._alive = QTimer(self, interval=_ALIVE_MS, timerType=Qt.TimerType.PreciseTimer)
        self._alive.timeout.connect(self._give_signs)

    @property
    def running(self) -> bool:
        """Whether there is a session that may be asked and ticked."""
        return self.session is not None and not self._errand.running

    def open(self, choices: Choices) -> None:
        """Start a session, in place of the one that runs; `started` or `failed` follows."""
        self._choices, self.session = choices, None
        self._alive.start()
        self.snapshot = Snapshot(task=choices.settings.task, operator=choices.operator)
        self._errand.run(lambda _progress: self._opened(choices))

    def _opened(self, choices: Choices) -> "Session":
        """In a thread: ending processes takes a while, importing the simulator a second, and the window goes on."""
        from accord.app.session import Session  # noqa: PLC0415

        self._close_sessions()
        session = Session(choices.settings, choices.operator, choices.seed, self.desk)
        self._sessions.append(session)
        session.start()
        return session

    def _close_sessions(self) -> None:
        while self._sessions:
            self._sessions.pop().close()

    def restart(self) -> None:
        """Everything anew, after a failure or a start that failed; the choices stay."""
        session = self.session
        if self._errand.running:
            return
        if session is None:
            self.open(self._choices)
            return
        self.snapshot = replace(self.snapshot, state=State.STARTING, loop=LoopStatus(), failure="", episode="")

        def work(_progress: object) -> "Session":
            session.restart()
            return session

        self._errand.run(work)

    def _take(self, session: "Session") -> None:
        first = self.session is None
        self.session = session
        task = session.settings.task
        offered = Offered(
            task, catalogue.tasks(), _arms(task, session.scene.arm), source_names(task, self.desk.drivers),
            session.library.policy_names(),
        )  # fmt: skip
        self.started.emit(offered)
        if first:
            source = self._choices.source if self._may_drive(self._choices.source, task) else "none"
            self.ask(lambda session: session.use_source(source))
            policy = self._choices.policy or _newest_policy(session.library, session.settings)
            self.ask(lambda session: session.use_policy(policy))

    def _not_started(self, sentence: str) -> None:
        self.snapshot = replace(self.snapshot, state=State.FAILED, failure="the workcell did not start")
        self.failed.emit(sentence)

    def tick(self, held: Set[Key]) -> Snapshot:
        """Give the signs of life, and see what happened.

        Args:
            held: the driving keys that are down.
        """
        if not self.running or self.session is None:
            return self.snapshot
        self.publish(held)
        self.snapshot = self.session.tick()
        self._end_script()
        finished = self.snapshot.finished
        if finished is not None and finished.saved and finished.episode != self._saved:
            self._saved = finished.episode
            self.saved.emit()
        return self.snapshot

    def offer_devices(self) -> None:
        """The desk has changed: say what can drive, and drive as it is set up now."""
        session = self.session
        if not self.running or session is None:
            return
        names = source_names(session.settings.task, self.desk.drivers)
        self.devices_changed.emit(names)
        if session.state is not State.RECORDING and session.driving.by_hand:
            now = session.driving.source
            name = now if self._may_drive(now, session.settings.task) else "none"
            self.ask(lambda session: session.use_source(name))

    def _may_drive(self, source: str, task: str) -> bool:
        """Whether it can, also if it is none of those that are offered."""
        try:
            check_source(source, task, self.desk.drivers)
        except AccordError:
            return False
        return True

    def _give_signs(self) -> None:
        """Between two ticks: a loop that hears nothing for 70 ms holds, and one slow turn of the window may take 40."""
        if self.running and self.session is not None and self.session.keys is not None:
            self.session.beat()
            self.publish(self._held)

    def publish(self, held: Set[Key]) -> None:
        """Tell the loop which keys are down."""
        self._held = held
        if self.running and self.session is not None and self.session.keys is not None:
            self.session.keys.publish(held, time.monotonic_ns())

    def turn(self, notches: float) -> None:
        """The mouse wheel was turned over the views: the keys drive slower or faster."""
        if self.running and self.session is not None and self.session.keys is not None:
            self.session.keys.turn(notches, time.monotonic_ns())

    @property
    def share(self) -> float:
        """How fast the keys drive, as a share of the fast speed [1]."""
        keys = self.session.keys if self.running and self.session is not None else None
        return keys.share if keys is not None else SHARES[Speed.NORMAL]

    @property
    def speed(self) -> Speed:
        """The speed that the keys drive at."""
        keys = self.session.keys if self.running and self.session is not None else None
        return keys.speed if keys is not None else Speed.NORMAL

    def _end_script(self) -> None:
        """A script that is done, or will never be, ends its own episode; a person ends hers herself."""
        now, session = self.snapshot, self.session
        if session is None or now.state is not State.RECORDING or not scripted(now.source):
            return
        if now.success or now.elapsed_s >= session.scene.time_limit_s:
            self.ask(lambda session: session.end())

    def ask(self, request: "Callable[[Session], object]") -> None:
        """Ask the session for something; what it cannot do is said by `failed`."""
        if not self.running or self.session is None:
            return
        try:
            request(self.session)
        except AccordError as error:
            self.failed.emit(str(error))

    def close(self) -> None:
        """End the session; an episode in progress is kept as incomplete."""
        self._alive.stop()
        self._errand.close()
        self._close_sessions()
        self.session = None
        self.desk.close()


def _arms(task: str, now: str) -> tuple[str, ...]:
    """The built-in arms, and the one that is used now if it comes from elsewhere."""
    return tuple(dict.fromkeys((*catalogue.task(task).arms, *arms(), now)))


def _newest_policy(library: Library, settings: Settings) -> str:
    """The base policy that was fitted last to this task at this rate, or empty."""
    for name in reversed(library.policy_names()):
        with suppress(AccordError):  # a damaged one is said on the page Policy
            policy = load(library.policy_folder(name))
            if (policy.task, policy.rate_hz) == (settings.task, settings.rate_hz):
                return name
    return ""
