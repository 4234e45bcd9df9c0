"""SpaceMouse: a six-axis input device by 3Dconnexion.

It reports about every 16 ms while its cap is deflected, once more when the cap is back, and then not at all. Hence:

* Deflected and silent for 100 ms is stale (a radio link that broke). At rest and silent is how it should be.
* Just opened, or after our own process stood still, nothing is known. The kernel keeps 64 reports and drops the newest
  when they are full (Linux, drivers/hid/hidraw.c, `hidraw_report_event`), so what waited then may end in the middle of
  a motion whose end was lost. So we listen for 100 ms first: a cap that is silent for so long is at rest.
"""

import sys
from pathlib import Path
from typing import Final

from accord.devices.errors import NotConnectedError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.hidapi import HidapiDoor
from accord.devices.inputs.hidraw import DEV, SYSFS, HidrawDoor, Opener, open_nonblocking
from accord.devices.inputs.reports import Puck, Refusal, decode
from accord.devices.inputs.wire import Door, Wire

STALE_NS: Final = 100_000_000
"""Six missed reports; a SpaceMouse Wireless sends one every 16 ms (recorded on andunhh.github.io/spacemouse) [ns]."""
SEARCH_NS: Final = 500_000_000
"""An absent device is looked for twice a second, so that `read` stays cheap [ns]."""

_CLOSED: Final = "not opened"


class SpaceMouse:
    """A SpaceMouse, whichever is plugged in. Satisfies `accord.devices.input.Input`.

    Args:
        sysfs: where Linux lists hidraw devices.
        dev: where their device files are.
        opener: opens a device file for reading.
        door: the way to the device; by default that of this operating system.
    """

    name: str = "spacemouse"

    def __init__(
        self, sysfs: Path = SYSFS, dev: Path = DEV, opener: Opener = open_nonblocking, door: Door | None = None
    ) -> None:
        on_linux = sys.platform == "linux"
        self._door: Door = door or (HidrawDoor(sysfs, dev, opener) if on_linux else HidapiDoor())
        self._wire: Wire | None = None
        self._puck = Puck()
        self._taps = 0
        self._detail = _CLOSED
        self._opened = False
        self._search_ns: int | None = None
        self._known_ns = 0
        self._read_ns = 0
        self._heard_ns = 0
        self._last_report_ns = 0
        self._reports = self._refused = 0

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        if not self._opened:
            self._opened, self._search_ns, self._detail = True, None, "Looking for it."

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
        return self._judge(InputState(self._puck.axes(), self._puck.buttons | self._taps, self._heard_ns), t_ns)

    def _connected(self, t_ns: int) -> bool:
        if self._wire is None and (self._search_ns is None or t_ns >= self._search_ns):
            self._search_ns = t_ns + SEARCH_NS
            try:
                self._wire = self._door.find()
            except NotConnectedError as error:
                self._detail = str(error)
                return False
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
        decoded = decode(report, self._puck, self._wire.model)
        if isinstance(decoded, Refusal):
            self._refused += 1
            return
        self._reports += 1
        self._last_report_ns = t_ns
        if decoded is not self._puck:  # a battery report does not make an old deflection fresh
            self._puck, self._heard_ns = decoded, t_ns
            self._taps |= decoded.buttons

    def _judge(self, state: InputState, t_ns: int) -> InputState | None:
        self._detail = ""
        if t_ns < self._known_ns:
            self._detail = "Listening whether its cap is at rest."
        elif not state.at_rest and t_ns - self._heard_ns > STALE_NS:
            self._detail = "It fell silent while its cap was deflected: nudge the cap and let go, or check its battery."
        return None if self._detail else state

    def _lose(self, why: str) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire, self._puck, self._taps, self._detail = None, Puck(), 0, why

    def health(self) -> Health:
        """How it is doing; see `Input`."""
        name = "SpaceMouse" if self._wire is None else self._wire.name
        return Health(name, self._wire is not None, self._detail, self._last_report_ns, self._reports, self._refused)

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._opened = False
        self._lose(_CLOSED)
