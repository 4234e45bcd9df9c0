"""Sources by name, and the inputs behind them, which stay open from one episode to the next."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.input import Input
from accord.devices.inputs.keyboard import Keyboard
from accord.devices.inputs.spacemouse import SpaceMouse
from accord.devices.mapping import KEYBOARD_DEFAULT, SPACEMOUSE_DEFAULT, Frame
from accord.devices.mapping import Mapping as AxisMapping
from accord.devices.sim.tasks import catalogue
from accord.devices.source import Source
from accord.devices.sources.hand import Hand
from accord.devices.sources.hands import Hands
from accord.devices.sources.plans.catalogue import strategies
from accord.devices.sources.scripted import ScriptedOperator
from accord.devices.sources.way import Way

HANDS: Mapping[str, AxisMapping] = {
    "keyboard": replace(KEYBOARD_DEFAULT, frame=Frame.VIEW),
    "spacemouse": replace(SPACEMOUSE_DEFAULT, frame=Frame.VIEW),
}
"""The inputs a person can hold, each with the mapping it starts with: whoever looks at a screen means its picture."""


def source_names(task: str) -> tuple[str, ...]:
    """Every source that can drive this task: for a robot with two hands, a device in each, the left one first."""
    devices = tuple(HANDS)
    if catalogue.task(task).hands == 2:
        devices = tuple(f"{left}+{right}" for left in HANDS for right in HANDS if left != right)
    return (*devices, *(f"scripted:{strategy}" for strategy in strategies(task)))


def check_source(name: str, task: str) -> None:
    """Refuse a source that does not exist.

    Raises:
        DeviceError: naming those that do.
    """
    kind, _, strategy = name.partition(":")
    if kind == "scripted" and set(strategy) & set("/~#"):  # a mixture of strategies
        Way.parse(strategy).strategy(task)
    elif name not in source_names(task):
        raise DeviceError(f"a source for {task}", repr(name), f"choose one of {', '.join(source_names(task))}")


class Sources:
    """Makes the source that is asked for; the inputs of persons are opened once and kept."""

    def __init__(
        self, task: str, keys_block: str, headings: Mapping[str, Vector], mapping: AxisMapping | None = None
    ) -> None:
        """Open nothing yet.

        Args:
            task: what scripted operators shall do.
            keys_block: the shared memory into which the window writes the keys that are down.
            headings: view → (3, 3) where it looks; the first is the one for who names none.
            mapping: how this person likes the device; None for the device's default.
        """
        self._task, self._headings, self._mapping = task, headings, mapping
        self._makers: Mapping[str, Callable[[], Input]] = {
            "keyboard": lambda: Keyboard(keys_block),
            "spacemouse": SpaceMouse,
        }
        self._open: dict[str, Input] = {}

    def make(self, name: str, seed: int, view: str) -> Source | None:
        """The source of this name; None for ``none``.

        Args:
            name: of the source.
            seed: of a scripted operator's noise.
            view: the picture that the person looks at.

        Raises:
            DeviceError: if there is no such source.
        """
        if name == "none":
            return None
        check_source(name, self._task)
        if not name.startswith("scripted:"):
            hands = [self._hand(device, view) for device in name.split("+")]
            return hands[0] if len(hands) == 1 else Hands(*hands)
        return ScriptedOperator(self._task, name.removeprefix("scripted:"), seed)

    def _hand(self, device: str, view: str) -> Hand:
        return Hand(self._input(device), self._mapping or HANDS[device], self.heading(view))

    def heading(self, view: str) -> Vector | None:
        """(3, 3) where a view looks; of one that moves or is not known, where the first one does."""
        return self._headings.get(view, next(iter(self._headings.values()), None))

    def _input(self, name: str) -> Input:
        if name not in self._open:
            device = self._makers[name]()
            device.open()
            self._open[name] = device
        return self._open[name]

    def close(self) -> None:
        """Close every input."""
        for device in self._open.values():
            device.close()
        self._open.clear()
