"""SpaceMouse: a six-axis input device by 3Dconnexion.

It reports about every 16 ms while its cap is deflected, once more when the cap is back, and then not at all. Hence:

* Deflected and silent for 100 ms is stale (a radio link that broke). At rest and silent is how it should be.
* Just opened, or after our own process stood still, nothing is known. The kernel keeps 64 reports and drops the newest
  when they are full (Linux, drivers/hid/hidraw.c, `hidraw_report_event`), so what waited then may end in the middle of
  a motion whose end was lost. So we listen for 100 ms first: a cap that is silent for so long is at rest.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from accord.devices.errors import NotConnectedError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.hidapi import HidapiDoor
from accord.devices.inputs.hidraw import DEV, SYSFS, HidrawDoor, Opener, open_nonblocking
from accord.devices.inputs.patience import CLOSED, STALE_NS, Search
from accord.devices.inputs.reports import CHANNELS, Charge, Pressed, Puck, Refusal
from accord.devices.inputs.spacenavd import SpacenavdDoor
from accord.devices.inputs.wire import Door, FirstOf, Plugged, Wire
from accord.devices.tempo import Tempo

_ON_LINUX: Final = sys.platform == "linux"


def inputs(serial: str = "", config: Path | None = None) -> tuple["SpaceMouse"]:
    """The SpaceMouse that a person asked for, not opened; on Linux through spacenavd where it cannot be read itself.

    Args:
        serial: serial number or port; empty for any.
        config: not needed; every kind of device is made with it.
    """
    # spacenavd hides which of several devices says what.
    door = FirstOf(HidrawDoor(), SpacenavdDoor()) if _ON_LINUX and not serial else None
    return (SpaceMouse(door=door, serial=serial),)


def find_all(sysfs: Path = SYSFS, dev: Path = DEV) -> tuple[Plugged, ...]:
    """Every SpaceMouse that is plugged in, also one that somebody uses.

    Args:
        sysfs: where Linux lists hidraw devices.
        dev: where their device files are.

    Raises:
        NotConnectedError: they cannot be listed; the message says what to do.
    """
    return HidrawDoor(sysfs, dev).plugged() if _ON_LINUX else HidapiDoor().plugged()


class SpaceMouse:
    """A SpaceMouse. Satisfies `accord.devices.input.Input`.

    Args:
        sysfs: where Linux lists hidraw devices.
        dev: where their device files are.
        opener: opens a device file.
        door: the way to the device; by default that of this operating system.
        serial: serial number or port of the one that is wanted, for the default door; empty for any.
    """

    name: str = "spacemouse"
    channels: tuple[str, ...] = CHANNELS

    def __init__(
        self,
        sysfs: Path = SYSFS,
        dev: Path = DEV,
        opener: Opener = open_nonblocking,
        door: Door | None = None,
        serial: str = "",
    ) -> None:
        ours = HidrawDoor(sysfs, dev, opener, serial) if _ON_LINUX else HidapiDoor(serial=serial)
        self._door: Door = door or ours
        self._wire: Wire | None = None
        self._serial = serial
        self._tempo = Tempo()
        self._battery: float | None = None
        self._puck = Puck()
        self._taps = 0
        self._detail = CLOSED
        self._opened = False
        self._search = Search()
        self._known_ns = 0
        self._read_ns = 0
        self._heard_ns = self._arrived_ns = 0
        self._last_report_ns = 0
        self._reports = self._refused = 0

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        if not self._opened:
            self._opened, self._detail = True, "Looking for it."
            self._search.begin()

    def read(self, t_ns: int) -> InputState | None:
        """The newest state, or None while unplugged, stale, or not listened to for long enough; see `Input`."""
        if not self._opened or not self._connected(t_ns):
            return None
        if t_ns - self._read_ns > STALE_NS:
            self._listen_anew(t_ns)
        else:
            self._take(t_ns)
        self._read_ns = t_ns
        if self._wire is None:
            return None
        buttons = self._puck.buttons | self._taps
        return self._judge(InputState(self._puck.axes(), buttons, self._arrived_ns, raw=self._puck.raw()), t_ns)

    def _connected(self, t_ns: int) -> bool:
        if self._wire is None and self._search.due(t_ns):
            try:
                self._wire = self._door.find()
            except NotConnectedError as error:
                self._detail = str(error)
                return False
            self._wire.light(on=True)
            self._read_ns = t_ns - STALE_NS - 1  # whatever waits there is from before
        return self._wire is not None

    def _listen_anew(self, t_ns: int) -> None:
        self._take(t_ns)
        self._puck, self._taps, self._known_ns = Puck(), 0, t_ns + STALE_NS

    def _take(self, t_ns: int) -> None:
        """Drain what waits. The newest deflection counts; a button tapped in between counts as down once."""
        assert self._wire is not None
        self._taps = 0
        try:
            reports = self._wire.waiting()
        except NotConnectedError as error:
            self._lose(str(error))
            return
        for report in reports:
            self._believe(report, t_ns)

    def _believe(self, report: bytes, t_ns: int) -> None:
        assert self._wire is not None
        heard = self._wire.decode(report, self._puck)
        if isinstance(heard, Refusal):
            self._refused += 1
            if t_ns < self._known_ns:  # rubbish is not the silence of a cap at rest
                self._known_ns = t_ns + STALE_NS
            return
        self._reports += 1
        self._last_report_ns = t_ns
        if isinstance(heard, Charge):
            self._battery = heard.level
        elif isinstance(heard, Pressed):
            self._puck = replace(self._puck, buttons=heard.buttons)
            self._taps |= heard.buttons
        else:
            self._puck, self._heard_ns = heard, t_ns
            # It came at some time since the read before; the earliest counts, lest a command look younger than it is.
            self._arrived_ns = max(self._read_ns, t_ns - STALE_NS)
            self._tempo.heard(t_ns)

    def _judge(self, state: InputState, t_ns: int) -> InputState | None:
        assert self._wire is not None
        self._detail = ""
        if t_ns < self._known_ns:
            self._detail = "Listening whether its cap is at rest."
        elif not state.at_rest and t_ns - self._heard_ns > STALE_NS:
            self._detail = f"It fell silent while its cap was deflected: {self._wire.silence}."
        return None if self._detail else state

    def _lose(self, why: str) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire, self._puck, self._taps, self._detail = None, Puck(), 0, why
        self._battery = None
        self._tempo.clear()

    def health(self) -> Health:
        """How it is doing; see `Input`."""
        name, serial = ("SpaceMouse", self._serial) if self._wire is None else (self._wire.name, self._wire.serial)
        return Health(
            name, self._wire is not None, self._detail, self._last_report_ns, self._reports, self._refused,
            self._tempo.rate_hz, self._tempo.jitter_ms, self._battery, serial,
        )  # fmt: skip

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._opened = False
        if self._wire is not None:
            self._wire.light(on=False)
        self._lose(CLOSED)
        self._door.close()
