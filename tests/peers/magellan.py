"""A Magellan SpaceMouse of the nineties at the other end of a serial line; what spacenavd takes for its device.

It talks in lines that end in a carriage return (spacenavd 1.1, src/dev_serial.c). After ``vQ`` it says what it is.
``d`` and 24 characters are six axes, x right, y up, z towards the person and turns about them, each 32768 plus its
value in four hexadecimal digits, of which the lower four bits count; ``k`` and three characters are the buttons.
"""

import os
import pty
import select
import tty
from threading import Thread

HELLO = b"v  MAGELLAN  Version 5.49  by an emulator in Accord's tests\r"
DIGITS = b"0AB3D56GH9:K<MN?"
"""Those of the device: each has an even number of bits set."""


def motion(*axes: int) -> bytes:
    """The line that tells a deflection: x right, y up, z towards the person, and turns about them; less are zeros."""
    numbers = (32768 + axis for axis in (*axes, *[0] * (6 - len(axes))))
    return b"d" + bytes(DIGITS[number >> shift & 15] for number in numbers for shift in (12, 8, 4, 0)) + b"\r"


def held(buttons: int) -> bytes:
    """The line that tells which buttons are down, as bits."""
    return b"k" + bytes(DIGITS[buttons >> shift & 15] for shift in (0, 4, 8)) + b"\r"


class Magellan:
    """A pseudo-terminal whose far end is the device. It answers by itself; a test pushes and presses."""

    def __init__(self) -> None:
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        self._ended, self._end = os.pipe()
        self._thread = Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        asked = b""
        while self._ended not in (ready := select.select([self._ours, self._ended], [], [])[0]):
            asked += os.read(ready[0], 256)
            if b"vQ" in asked:
                self._say(HELLO)
                asked = b""
            elif b"@RESET" in asked:  # meant for another kind of device, whose answer would be waited for
                self._say(b"?\r")
                asked = b""

    def push(self, *axes: int) -> None:
        """Deflect the cap: x right, y up, z towards the person, and turns about them; less are zeros."""
        self._say(motion(*axes))

    def press(self, *buttons: int) -> None:
        """Hold these buttons down, and no others."""
        self._say(held(sum(1 << button for button in buttons)))

    def say(self, *lines: bytes) -> None:
        """Say what `motion` and `held` give, or what no Magellan says."""
        for line in lines:
            self._say(line)

    def _say(self, line: bytes) -> None:
        os.write(self._ours, line)

    def close(self) -> None:
        """Pull the plug."""
        os.write(self._end, b"!")
        self._thread.join()
        for descriptor in (self._theirs, self._ours, self._ended, self._end):
            os.close(descriptor)
