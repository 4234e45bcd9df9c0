"""The keys of the window: what it writes into shared memory thirty times a second.

This end of the wire is the block of keys, not the keyboard: what a key's event takes through the display server and Qt
before the window writes it is in no figure. Real key events are `tests/app/ui/test_real_keys.py`'s.
"""

import time

from wires.pump import Pump

from accord.devices.inputs.keyblock import KeyWriter
from accord.devices.inputs.keys import Key
from accord.devices.mapping import KEYBOARD_DEFAULT
from accord.devices.setup import Setup
from accord.devices.stubs.faults import Trouble

RATE_HZ = 30.0


class KeysWire:
    """See `Wire`. The block is the session's own, so it is given later."""

    mapping = KEYBOARD_DEFAULT
    task = "square-nut"
    faults = (Trouble.SILENT, Trouble.FAST)
    """Shared memory has no cable, and its writer is the window itself."""

    def __init__(self) -> None:
        self.setup = Setup("keyboard", "keyboard")
        self.block: KeyWriter | None = None
        self.held: frozenset[Key] = frozenset()
        self._key = Key.J
        self._pump: Pump[frozenset[Key]] = Pump(lambda _: self.held, self._send, lambda held: held, RATE_HZ)

    @property
    def last_good_ns(self) -> int:
        return self._pump.last_good_ns

    def _send(self, held: frozenset[Key]) -> None:
        if self.block is None:
            raise BrokenPipeError
        self.block.publish(held, time.monotonic_ns())

    def release(self) -> None:
        self.held = frozenset()

    def take(self) -> None:
        self._key = Key.J if self._key is Key.L else Key.L
        self.held = frozenset({self._key})

    def fail(self, trouble: Trouble) -> None:
        self._pump.trouble = trouble

    def mend(self) -> None:
        self._pump.trouble = None

    def close(self) -> None:
        self._pump.end()
