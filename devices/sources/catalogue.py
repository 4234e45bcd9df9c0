"""Sources by name, and the inputs behind them, which stay open from one episode to the next."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Final

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.fingers import Fingers
from accord.devices.input import Input
from accord.devices.inputs.keyboard import Keyboard
from accord.devices.inputs.published import Published
from accord.devices.inputs.spacemouse import inputs as space_mice
from accord.devices.limits import expires_ns
from accord.devices.mapping import KEYBOARD_DEFAULT, SPACEMOUSE_DEFAULT, Frame
from accord.devices.mapping import Mapping as AxisMapping
from accord.devices.robot import ArmChain
from accord.devices.sim.tasks import catalogue
from accord.devices.source import Source
from accord.devices.sources.driver import Driver
from accord.devices.sources.hand import Hand
from accord.devices.sources.hands import Hands
from accord.devices.sources.held import EITHER, Held, devices_of
from accord.devices.sources.plans.catalogue import strategies
from accord.devices.sources.scripted import ScriptedOperator
from accord.devices.sources.switched import Switched
from accord.devices.sources.way import Way

HANDS: Mapping[str, AxisMapping] = {
    "keyboard": replace(KEYBOARD_DEFAULT, frame=Frame.VIEW),
    "spacemouse": replace(SPACEMOUSE_DEFAULT, frame=Frame.VIEW),
}
"""What everybody can hold, each with the mapping it starts with: whoever looks at a screen means its picture."""
ALWAYS: Mapping[str, Driver] = {name: Driver(name) for name in HANDS}
"""The devices that need no setting up."""
_LEFT, _RIGHT = 0, 1
_TOLD: Final = {"left": _LEFT, "l": _LEFT, "right": _RIGHT, "r": _RIGHT}
"""Words in the name of a device that say which hand it is for."""


def source_names(task: str, devices: Mapping[str, Driver] = ALWAYS) -> tuple[str, ...]:
    """The sources to choose from for this task; a person can name more of them, see `check_source`.

    For a robot with one hand: any device; of one for two hands the right one drives. For a robot with two: first one
    device alone, for both hands or for either by turns; then a device in each, the left one first: two of a kind, then
    two that are moved alike. One whose name says ``left`` or ``right`` is offered for that hand.

    Args:
        task: which one.
        devices: by name.
    """
    driven = tuple(devices)
    if catalogue.task(task).hands == 2:
        both = (name for name, device in devices.items() if device.hands == 2)
        pairs = sorted(_pairs(devices), key=lambda pair: devices[pair[0]].kind != devices[pair[1]].kind)
        driven = (*both, *(f"{EITHER}{name}" for name in _single(devices)), *("+".join(pair) for pair in pairs))
    return (*driven, *(f"scripted:{strategy}" for strategy in strategies(task)))


def _single(devices: Mapping[str, Driver]) -> list[str]:
    return [name for name, device in devices.items() if device.hands == 1]


def _pairs(devices: Mapping[str, Driver]) -> Iterator[tuple[str, str]]:
    """Two devices that are moved alike, each in the hand that its name says, or in either."""
    for left, right in permutations(_single(devices), 2):
        fits = _hand_of(left) in (_LEFT, None) and _hand_of(right) in (_RIGHT, None)
        if fits and devices[left].gives & devices[right].gives:
            yield left, right


def _hand_of(name: str) -> int | None:
    """Which hand the name of a device says that it is for; None for either."""
    told = {_TOLD[word] for word in re.split(r"[^a-z]+", name.lower()) if word in _TOLD}
    return told.pop() if len(told) == 1 else None


def check_source(name: str, task: str, devices: Mapping[str, Driver] = ALWAYS) -> None:
    """Refuse a source that does not exist. Any two devices are one for two hands, also such as nobody is offered.

    Raises:
        DeviceError: naming those that do.
    """
    kind, _, strategy = name.partition(":")
    if kind == "scripted" and set(strategy) & set("/~#"):  # a mixture of strategies
        Way.parse(strategy).strategy(task)
        return
    named = devices_of(name)
    pair = len(set(named)) == 2 == len(named) and set(named) <= set(_single(devices)) and not name.startswith(EITHER)
    if name not in (names := source_names(task, devices)) and not (pair and catalogue.task(task).hands == 2):
        raise DeviceError(f"a source for {task}", repr(name), f"choose one of {', '.join(names)}")


def usual_held(name: str) -> tuple[Held, ...]:
    """What a person holds who names devices that need no setting up."""
    return tuple(Held(device, device, HANDS[device]) for device in devices_of(name))


class Sources:
    """Makes the source that is asked for; the inputs of a person stay open from one to the next that uses them."""

    def __init__(
        self,
        task: str,
        keys_block: str,
        headings: Mapping[str, Vector],
        chains: Sequence[ArmChain] = (),
        period_s: float = 0.02,
        fingers: Fingers | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            task: what scripted operators shall do.
            keys_block: the shared memory into which the window writes the keys that are down.
            headings: view → (3, 3) where it looks; the first is the one for who names none.
            chains: the robot's arms, the left one first; a leader needs one.
            period_s: from one command to the next [s].
            fingers: of the robot's hands; None for grippers.
        """
        self._task, self._headings, self._fingers = task, headings, fingers
        self._keys_block, self._chains, self._period_s = keys_block, chains, period_s
        self._open: dict[tuple[str, str], Input] = {}
        self._used: set[tuple[str, str]] = set()

    def make(self, name: str, seed: int, view: str, held: Sequence[Held] = ()) -> Source | None:
        """The source of this name; None for ``none``. Inputs that it does not use are closed: others may want them.

        Args:
            name: of the source.
            seed: of a scripted operator's noise.
            view: the picture that the person looks at.
            held: what the person holds, one for each hand; empty for devices that need no setting up.

        Raises:
            DeviceError: if there is no such source, or what is held is not for this robot; nothing is closed then.
        """
        self._used = set()
        source = self._made(name, seed, view, held)
        for known in self._open.keys() - self._used:
            self._open.pop(known).close()
        return source

    def _made(self, name: str, seed: int, view: str, held: Sequence[Held]) -> Source | None:
        if name == "none":
            return None
        if name.startswith("scripted:"):
            check_source(name, self._task)
            return ScriptedOperator(self._task, name.removeprefix("scripted:"), seed)
        if not held:
            check_source(name, self._task)
        return self._person(name, [*(held or usual_held(name))], view)

    def _person(self, name: str, held: list[Held], view: str) -> Source:
        hands, either = catalogue.task(self._task).hands, name.startswith(EITHER)
        if len(held) != (1 if either else hands) or (either and hands == 1):
            wanted, found = f"what drives the {hands} hand(s) of {self._task}", f"{name}, for another number of hands"
            raise DeviceError(wanted, found, f"choose one of {', '.join(source_names(self._task))}")
        if either:
            return Switched((self._hand(held[0], view, 0), self._hand(held[0], view, 1)))
        driving = [self._hand(one, view, arm) for arm, one in enumerate(held)]
        return driving[0] if len(driving) == 1 else Hands(*driving)

    def _hand(self, held: Held, view: str, arm: int) -> Hand:
        pedal = self._input(Held("pedals", "", held.mapping, block=held.pedal_block)) if held.pedal_block else None
        chain = self._chains[arm] if arm < len(self._chains) else None
        view_rotation = self.heading(view)
        return Hand(self._input(held), held.mapping, view_rotation, chain, self._period_s, pedal, self._fingers)

    def heading(self, view: str) -> Vector | None:
        """(3, 3) where a view looks; of one that moves or is not known, where the first one does."""
        return self._headings.get(view, next(iter(self._headings.values()), None))

    def _input(self, held: Held) -> Input:
        known = (held.device, held.block or held.serial)
        self._used.add(known)
        if known not in self._open:
            device = self._input_of(held)
            device.open()
            self._open[known] = device
        return self._open[known]

    def _input_of(self, held: Held) -> Input:
        if held.block:
            return Published(held.device, held.block, expires_ns(1.0 / self._period_s))
        return Keyboard(self._keys_block) if held.kind == "keyboard" else space_mice(held.serial)[0]

    def close(self) -> None:
        """Close every input."""
        for device in self._open.values():
            device.close()
        self._open.clear()
