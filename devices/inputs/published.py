"""Published: a device that lives in its own process, as the loop sees it."""

from typing import Final

from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.stateblock import StateReader
from accord.devices.limits import HOLDS_WITHIN_NS

SEARCH_NS: Final = 500_000_000
"""A block that is not there is looked for twice a second [ns]."""

_CLOSED: Final = "not opened"


class Published:
    """What a device's process says. Satisfies `accord.devices.input.Input`; reading costs some microseconds.

    Args:
        name: what a person calls the device.
        block: of the process's `StateWriter`, which also says what the raw numbers are.
        stale_ns: how old its last sign of life may be [ns]; a loop takes `accord.devices.limits.expires_ns`.
    """

    channels: tuple[str, ...] = ()

    def __init__(self, name: str, block: str, stale_ns: int = HOLDS_WITHIN_NS) -> None:
        self.name, self._block, self._stale_ns = name, block, stale_ns
        self._reader: StateReader | None = None
        self._opened = False
        self._search_ns: int | None = None
        self._health = self._absent(_CLOSED)

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        if not self._opened:
            self._opened, self._search_ns = True, None
            self._health = self._absent(f"Wanted the process of {self.name}, found none yet: wait, or restart Accord.")

    def read(self, t_ns: int) -> InputState | None:
        """The newest state, or None while the device or its process is gone or silent; see `Input`."""
        if not self._opened:
            return None
        said = None if self._reader is None else self._reader.latest()
        if said is None or t_ns - said[2] > self._stale_ns:
            self._look(t_ns)  # a process that was restarted has a new block of the same name
            said = None if self._reader is None else self._reader.latest()
        if said is None:
            return None
        state, self._health, beat_ns = said
        if t_ns - beat_ns > self._stale_ns:
            every = f"every {self._stale_ns / 1e6:.0f} ms"
            detail = f"Wanted a word from the process of {self.name} {every}, found silence: it is started again."
            self._health = self._absent(detail, self._health)
            return None
        if state is not None and t_ns - state.t_ns > self._stale_ns and (state.continuous or not state.at_rest):
            return None
        return state

    def _look(self, t_ns: int) -> None:
        if self._search_ns is not None and t_ns < self._search_ns:
            return
        self._search_ns = t_ns + SEARCH_NS
        self._let_go()
        try:
            self._reader = StateReader(self._block)
        except (OSError, ValueError):  # not there (yet), or not whole yet
            self._reader = None

    def _let_go(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _absent(self, detail: str, before: Health | None = None) -> Health:
        reports, refused = (before.reports, before.refused) if before else (0, 0)
        return Health(self.name, False, detail, before.last_report_ns if before else 0, reports, refused)

    def health(self) -> Health:
        """How it is doing; see `Input`."""
        return self._health

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._let_go()
        self._opened, self._health = False, self._absent(_CLOSED)
