"""Published: a device that lives in its own process, as the loop sees it."""

from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.patience import CLOSED
from accord.devices.inputs.sought import Sought
from accord.devices.inputs.stateblock import StateReader
from accord.devices.limits import HOLDS_WITHIN_NS


class Published:
    """What a device's process says. Satisfies `accord.devices.input.Input`; reading costs some microseconds.

    Args:
        name: what a person calls the device.
        block: of the process's `StateWriter`, which also says what the raw numbers are.
        stale_ns: how old its last sign of life may be [ns]; a loop takes `accord.devices.limits.expires_ns`.
    """

    channels: tuple[str, ...] = ()

    def __init__(self, name: str, block: str, stale_ns: int = HOLDS_WITHIN_NS) -> None:
        self.name, self._stale_ns = name, stale_ns
        self._block = Sought(StateReader, block)
        self._opened = False
        self._health = self._absent(CLOSED)

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        if not self._opened:
            self._opened = True
            self._block.begin()
            self._health = self._absent(f"Wanted the process of {self.name}, found none yet: wait, or restart Accord.")

    def read(self, t_ns: int) -> InputState | None:
        """The newest state, or None while the device or its process is gone or silent; see `Input`."""
        if not self._opened:
            return None
        said = self._said()
        if (said is None or t_ns - said[2] > self._stale_ns) and self._block.look(t_ns):
            said = self._said()
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

    def _said(self) -> tuple[InputState | None, Health, int] | None:
        return None if self._block.reader is None else self._block.reader.latest()

    def _absent(self, detail: str, before: Health | None = None) -> Health:
        reports, refused = (before.reports, before.refused) if before else (0, 0)
        return Health(self.name, False, detail, before.last_report_ns if before else 0, reports, refused)

    def health(self) -> Health:
        """How it is doing; see `Input`."""
        return self._health

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._block.let_go()
        self._opened, self._health = False, self._absent(CLOSED)
