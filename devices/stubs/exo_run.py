"""Running a stub: what its firmware says goes out at its rate, whatever trouble it is in."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from accord.devices.errors import DeviceError
from accord.devices.stubs.ends import End, Plug
from accord.devices.stubs.exo_stub import Body, ExoStub
from accord.devices.stubs.faults import Fault, Trouble, trouble_named

LATE_S: Final = 0.3
"""How long what is sent late is under way [s]."""
MOST_HZ: Final = 1000

Watcher = Callable[[float, Body], None]
"""Called before each packet with the time since the stub began [s]: moves the body, or writes down where it is."""


class ExoRun:
    """A stub that is running.

    Args:
        body: what is moved.
        plug: plugs it in.
        rate_hz: how often it sends.
        faults: what goes wrong, and when.
        watchers: called before each packet.

    Raises:
        DeviceError: if the rate is wrong, or the wire cannot be had.
    """

    def __init__(
        self, body: Body, plug: Plug, rate_hz: int, faults: Sequence[Fault] = (), watchers: Sequence[Watcher] = ()
    ) -> None:
        if not 1 <= rate_hz <= MOST_HZ:
            raise DeviceError(f"a rate from 1 to {MOST_HZ} Hz", f"{rate_hz}", "choose one, such as 100")
        self._body, self._plug, self._rate_hz = body, plug, rate_hz
        self._faults, self._watchers = tuple(faults), tuple(watchers)
        self._chosen: Trouble | None = None
        self._ended = threading.Event()
        self._random = random.Random(0)
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._end: End | None = plug()
        self._stub, self._began_s = ExoStub(body, rate_hz), 0.0
        self.name = self._end.name
        """What the host has to open or to listen at."""

    def obey(self, line: str) -> None:
        """Do what a line says: ``NAME VALUE`` moves a channel, ``fault TROUBLE`` makes trouble, ``fault none`` ends it.

        Raises:
            DeviceError: if it says something else.
        """
        name, _, word = line.strip().rpartition(" ")
        if name == "fault":
            self.trouble(None if word == "none" else trouble_named(word))
            return
        try:
            value = float(word)
        except ValueError as error:
            raise DeviceError("NAME VALUE or fault NAME", repr(line.strip()), "say one of them in a line") from error
        self._body.move(name.strip(), value)

    def trouble(self, trouble: Trouble | None) -> None:
        """Be in this trouble from now on, besides those that were planned; None for none."""
        self._chosen = trouble

    def end(self) -> None:
        """Make `run` return."""
        self._ended.set()

    def run(self, seconds: float) -> None:
        """Send until `end` is called, or for so long [s]."""
        start_s, due_s = time.monotonic(), 0.0
        try:
            while not self._ended.is_set() and due_s < seconds:
                troubles = self._troubles(due_s)
                self._turn(due_s, time.monotonic() - start_s, troubles)
                due_s += (0.5 if Trouble.FAST in troubles else 1.0) / self._rate_hz
                late_s = time.monotonic() - start_s - due_s
                if late_s > 1.0:  # the machine stood still, and so did the device
                    due_s += late_s
                self._ended.wait(max(-late_s, 0.0))
        finally:
            if self._end is not None:
                self._end.close()

    def _troubles(self, t_s: float) -> set[Trouble]:
        planned = {fault.trouble for fault in self._faults if fault.holds(t_s)}
        return planned if self._chosen is None else planned | {self._chosen}

    def _turn(self, t_s: float, now_s: float, troubles: set[Trouble]) -> None:
        # What moves it and what fails goes by the time that is due, so that it is the same every time; the device's own
        # clock tells when it was really measured, which on a busy machine is later.
        for watch in self._watchers:
            watch(t_s, self._body)
        if Trouble.UNPLUGGED in troubles:
            self._unplug()
            return
        if self._end is None:
            self._end = self._plug()
            self._stub, self._began_s = ExoStub(self._body, self._rate_hz), now_s
        said = self._stub.say(now_s - self._began_s)
        if Trouble.RUBBISH in troubles:
            said = self._random.randbytes(len(said))
        if Trouble.SILENT not in troubles:
            self._under_way.append((t_s + (LATE_S if Trouble.LATE in troubles else 0.0), said))
        while self._under_way and self._under_way[0][0] <= t_s:
            self._end.send(self._under_way.popleft()[1])

    def _unplug(self) -> None:
        if self._end is not None:
            self._end.close()
            self._end = None
            self._under_way.clear()
