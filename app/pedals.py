"""Pedals: what global keys and foot pedals ask of the window. They only count when they go down; nothing is held."""

from typing import Final

from accord.app.desk import Desk
from accord.devices.inputs.kinds import kind_named
from accord.devices.setup import Setup

ASKED: Final = ("record", "success", "failure", "discard", "redo", "engage", "hold", "reset", "none")
"""What a pedal may ask for; ``none`` for one that is only another device's button."""
DOES: Final = "does"
"""The option of a device that says what each of its buttons asks for, by commas."""
_USUAL: Final = "record,success,redo"


def wishes(setup: Setup) -> tuple[str, ...]:
    """What each button of a device asks for; nothing for a device that drives."""
    if kind_named(setup.kind).drives:
        return ()
    said = str(setup.options.get(DOES, "")) or _USUAL
    return tuple(word.strip() or "none" for word in said.split(","))


class Pedals:
    """The pedals of a desk. Looked at by whoever does what they ask for, some times a second."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._before: dict[str, int] = {}

    def pressed(self) -> tuple[str, ...]:
        """What was asked for since the last look, of `ASKED`."""
        asked: list[str] = []
        for setup in self._desk.setups:
            if not kind_named(setup.kind).drives:
                asked += self._asked(setup.name, wishes(setup))
        return tuple(asked)

    def _asked(self, name: str, words: tuple[str, ...]) -> list[str]:
        readings = self._desk.readings(name)
        state = readings[0].state if readings else None
        if state is None:
            self._before.pop(name, None)
            return []
        # One that was down when it was first seen, or seen again, is not pressed now.
        fresh = state.buttons & ~self._before.get(name, state.buttons)
        self._before[name] = state.buttons
        return [word for bit, word in enumerate(words) if fresh >> bit & 1 and word in ASKED and word != "none"]
