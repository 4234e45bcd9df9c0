"""Driving: who gives the commands of a session, and what the person holds who does."""

from collections.abc import Callable
from dataclasses import replace

from accord.app.desk import Desk
from accord.app.errors import AppError
from accord.app.settings import Settings
from accord.devices.mapping import Mapping
from accord.devices.sim.tasks import catalogue
from accord.devices.sources.catalogue import check_source
from accord.devices.sources.held import Held, for_hands
from accord.recorders.requests import Engage, Request, UseMapping, UseSource, UseView


class Driving:
    """The choice of a source, and what the loop has to be told of it."""

    def __init__(
        self, settings: Settings, desk: Desk, tell: Callable[[Request], None], refuse: Callable[[str], None]
    ) -> None:
        """Nobody drives.

        Args:
            settings: of the session.
            desk: with the devices.
            tell: asks the loop for something.
            refuse: raises while something may not be done, which it is told in a few words.
        """
        self._settings, self._desk, self._tell, self._refuse = settings, desk, tell, refuse
        self.source, self.view = "none", ""
        self.held: tuple[Held, ...] = ()
        self._given = settings.mapping
        """What the person wants to drive with whatever the desk says; until another mapping was taken here."""

    def choose(self, name: str) -> None:
        """Who drives from now on; the processes of the devices are started.

        Raises:
            AccordError: if there is no such source, an episode is being recorded, or a hand was to drive in fast time;
                nothing has changed then.
        """
        self._refuse("choose another source")
        if name != "none":
            check_source(name, self._settings.task, self._desk.drivers)
        if self._settings.time_scale != 1.0 and not name.startswith("scripted:"):
            raise AppError("a scripted operator for another speed than real time", repr(name), "use real time")
        held = for_hands(self._desk.hold(name), catalogue.task(self._settings.task).hands)
        if self._given is not None:
            held = tuple(replace(one, mapping=self._given, profile="") for one in held)
        self.held, self.source = held, name

    @property
    def scripted(self) -> bool:
        """Whether a script drives; it begins with its episode."""
        return self.source.startswith("scripted:")

    @property
    def by_hand(self) -> bool:
        """Whether a person drives."""
        return self.source != "none" and not self.scripted

    def begin(self) -> None:
        """Whoever holds a device drives from now on; a script, which begins with its episode, does not yet."""
        self._tell(UseSource("none" if self.scripted else self.source, view=self.view, held=self.held))

    def look_at(self, view: str, now: bool) -> None:
        """A person looks at this view from now on, or, where nothing is ready now, as soon as it is."""
        self.view = view
        if now and self.by_hand:
            self._tell(UseView(view))

    def engage(self, on: bool = True) -> None:
        """Let the leader drive, if it stands where the robot stands; or let go of it."""
        self._tell(Engage(on))

    def remap(self, hand: int, mapping: Mapping) -> None:
        """Try how the person would drive so; nothing is kept. The device has to rest, or be engaged, anew.

        Raises:
            AppError: if nothing is held in that hand, or an episode is being recorded.
        """
        self._refuse("change how a device drives")
        if not 0 <= hand < len(self.held):
            raise AppError("a device in that hand", f"{len(self.held)} in all", "choose who drives first")
        tried = replace(self.held[hand], mapping=mapping, profile="")
        self.held = (*self.held[:hand], tried, *self.held[hand + 1 :])
        self._given = None
        self._tell(UseMapping(hand, mapping))
