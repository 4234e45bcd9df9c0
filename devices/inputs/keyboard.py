"""Keyboard: drives with the keys that the window says are down.

It imports no toolkit. The window, in its own process, publishes its keys through a `KeyWriter`; that says nothing for
100 ms when it hangs or is gone, and then the keyboard is stale. Keys go down at once but a hand does not, so an axis
follows its key as a first-order lag; demonstrations are smooth then, not bang-bang. How far an axis goes is what the
mouse wheel chose, 0.1 to 1 of the fast speed.
"""

from typing import Final

import numpy as np

from accord.devices.command import Vector
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.keyblock import KeyReader, Keys
from accord.devices.inputs.keys import BINDINGS, Key, Speed
from accord.devices.inputs.patience import CLOSED, STALE_NS
from accord.devices.inputs.sought import Sought
from accord.devices.tempo import Tempo

RISE_NS: Final = 40_000_000
"""Time constant towards a pressed key: 95 % after 120 ms [ns]."""
FALL_NS: Final = 20_000_000
"""Time constant towards rest: letting go has to stop sooner than pressing starts [ns]."""
ARRIVED: Final = 0.01
"""An axis this close to where it shall be is there, so that release ends at exactly zero, after 92 ms [1]."""

GRIPPER_BUTTON, SLOW_BUTTON, FAST_BUTTON = 0, 1, 2
"""The bits of `InputState.buttons`."""

_ABSENT: Final = "The window is not there: keys drive only while Accord's window is open."
_SILENT: Final = "The window has said nothing for 100 ms: wait for it, or restart it."


class Keyboard:
    """The keys of the window, read in another process. Satisfies `accord.devices.input.Input`.

    Args:
        block_name: name of the window's `KeyWriter`.
    """

    name: str = "keyboard"
    channels: tuple[str, ...] = (*(key.name for key in Key), "PACE [1]")

    def __init__(self, block_name: str) -> None:
        self._block = Sought(KeyReader, block_name)
        self._keys: Keys | None = None
        self._opened = False
        self._axes: Vector | None = None
        self._axes_ns = 0
        self._presses: int | None = None
        self._detail = CLOSED
        self._last_report_ns = 0
        self._reports = 0
        self._tempo = Tempo()

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        if not self._opened:
            self._opened, self._detail = True, _ABSENT
            self._block.begin()

    def read(self, t_ns: int) -> InputState | None:
        """The newest state, or None while the window is gone or silent; see `Input`."""
        if not self._opened:
            return None
        keys = self._fresh_keys(t_ns)
        if keys is None:
            self._axes = self._presses = None
            self._tempo.clear()
            return None
        self._detail = ""
        self._axes = self._follow(_wanted(keys.held) * keys.pace, t_ns)
        return InputState(self._axes.copy(), self._buttons(keys), keys.t_ns, raw=_raw(keys))

    def _fresh_keys(self, t_ns: int) -> Keys | None:
        self._listen()
        if self._keys is None or t_ns - self._keys.t_ns > STALE_NS:
            if self._block.look(t_ns):
                self._keys = None
            self._listen()
        if self._keys is None or t_ns - self._keys.t_ns > STALE_NS:
            self._detail = _ABSENT if self._block.reader is None else _SILENT
            return None
        return self._keys

    def _listen(self) -> None:
        latest = None if self._block.reader is None else self._block.reader.latest()
        if latest is not None and latest != self._keys:
            self._keys, self._last_report_ns = latest, latest.t_ns
            self._reports += 1
            self._tempo.heard(latest.t_ns)

    def _follow(self, wanted: Vector, t_ns: int) -> Vector:
        # The first word after a silence is taken as it is: keys still held have to look held, not at rest.
        if self._axes is None:
            self._axes_ns = t_ns
            return wanted
        elapsed_ns, self._axes_ns = max(0, t_ns - self._axes_ns), max(t_ns, self._axes_ns)
        lag_ns = np.where(wanted == 0.0, FALL_NS, RISE_NS)
        axes: Vector = wanted + (self._axes - wanted) * np.exp(-elapsed_ns / lag_ns)
        return np.where(np.abs(axes - wanted) < ARRIVED, wanted, axes)

    def _buttons(self, keys: Keys) -> int:
        tapped = self._presses is not None and keys.presses != self._presses
        self._presses = keys.presses
        slow = Key.SHIFT in keys.held or keys.speed is Speed.SLOW
        fast = keys.speed is Speed.FAST and not slow
        return (Key.G in keys.held or tapped) << GRIPPER_BUTTON | slow << SLOW_BUTTON | fast << FAST_BUTTON

    def health(self) -> Health:
        """How it is doing; see `Input`. A block in memory has no bad reports."""
        tempo, counted = self._tempo, (self._last_report_ns, self._reports, 0)
        return Health(self.name, self._detail == "", self._detail, *counted, tempo.rate_hz, tempo.jitter_ms)

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._block.let_go()
        self._keys = None
        self._opened, self._detail = False, CLOSED


def _wanted(held: frozenset[Key]) -> Vector:
    """(6,) where the axes shall go; opposite keys cancel."""
    axes = np.zeros(6)
    for key in held:
        binding = BINDINGS[key]
        if binding.axis is not None:
            axes[binding.axis] += binding.sign
    return axes


def _raw(keys: Keys) -> Vector:
    """(18,) as `Keyboard.channels` names it: 1 for every key that is down, and the pace."""
    return np.array([*(float(key in keys.held) for key in Key), keys.pace])
