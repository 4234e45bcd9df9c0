"""SdkBus: what the buses of both makers have in common: a port of ours, and what results of the SDKs mean."""

from accord.devices.inputs.servo_bus import SdkPort, UnansweredError


class SdkBus:
    """The ground floor of a `ServoBus`."""

    success: int
    """The SDK's word for an answer that came whole."""
    silence: int
    """The SDK's word for none."""

    def __init__(self) -> None:
        self._port: SdkPort | None = None

    def open(self, path: str, baud: int) -> None:
        """Open the port; see `ServoBus`."""
        self.close()
        self._port = SdkPort(path, baud)

    @property
    def _open(self) -> SdkPort:
        assert self._port is not None, "open it first"
        return self._port

    def _send(self, result: int) -> None:
        """Raises `UnansweredError` where a question could not be sent."""
        self._check(result == self.success)

    def _check(self, good: bool, result: int | None = None) -> None:
        """Raises `UnansweredError` where an answer was not good; the result says whether there was none at all."""
        if not good:
            garbled = result != self.silence
            self._open.give_up(garbled)
            raise UnansweredError(garbled)

    def close(self) -> None:
        """See `ServoBus`."""
        port, self._port = self._port, None
        if port is not None:
            port.close()
