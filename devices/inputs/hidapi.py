"""SpaceMice on macOS and Windows through hidapi; the only module that loads ``hid``.

It is loaded when a SpaceMouse is first looked for, so that everything else runs where it is not installed.
"""

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.hidraw import REPORT_BYTES
from accord.devices.inputs.reports import LED, Heard, Model, Puck, decode, model_of
from accord.devices.inputs.wire import MOST_REPORTS, NUDGE, Plugged, not_among

MULTI_AXIS_USAGE: Final = (1, 8)
"""Usage page Generic Desktop, usage Multi-axis Controller (HID Usage Tables 1.5, section 4)."""


class HidapiWire:
    """An open `hid.device`."""

    silence: str = NUDGE

    def __init__(self, device: Any, model: Model, name: str, serial: str) -> None:
        self.name, self.serial = name, serial
        self._device, self._model = device, model
        device.set_nonblocking(1)

    def waiting(self) -> list[bytes]:
        """Every report that waits, oldest first; see `Wire`."""
        reports: list[bytes] = []
        try:
            while len(reports) < MOST_REPORTS and (report := self._device.read(REPORT_BYTES)):
                reports.append(bytes(report))
        except (OSError, ValueError) as error:  # hidapi: OSError for a failed read, ValueError for a closed device
            remedy = "plug it in again; it is looked for all the time"
            raise NotConnectedError(f"reports from {self.name}", str(error), remedy) from error
        return reports

    def decode(self, report: bytes, puck: Puck) -> Heard:
        """What a report says; see `Wire`."""
        return decode(report, puck, self._model)

    def light(self, on: bool) -> None:
        """Switch its light; see `Wire`."""
        with suppress(OSError, ValueError):
            self._device.write([LED, int(on)])

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        self._device.close()


class HidapiDoor:
    """SpaceMice that hidapi lists.

    Args:
        hid: the module ``hid``; loaded when it is first needed.
        serial: serial number or path of the one that is wanted; empty for any.
    """

    def __init__(self, hid: Any = None, serial: str = "") -> None:
        self._hid, self._wanted = hid, serial

    def find(self) -> HidapiWire:
        """The first SpaceMouse that is there, may be opened, and is the one that was asked for; see `Door`."""
        refused: NotConnectedError | None = None
        for path, model, plugged in self._listed():
            if self._wanted not in ("", plugged.serial, plugged.node):
                continue
            try:
                return HidapiWire(self._open(path, plugged.name), model, plugged.name, plugged.serial)
            except NotConnectedError as error:
                refused = error
        raise refused or not_among(self._wanted, self.plugged())

    def close(self) -> None:
        """Nothing: the search holds nothing."""

    def plugged(self) -> tuple[Plugged, ...]:
        """Every SpaceMouse that is plugged in; none is opened.

        Raises:
            NotConnectedError: hidapi is not installed.
        """
        return tuple(plugged for _, _, plugged in self._listed())

    def _listed(self) -> Iterator[tuple[bytes, Model, Plugged]]:
        for facts in self._library().enumerate():
            model = model_of(facts["vendor_id"], facts["product_id"])
            if model is not None and (facts["usage_page"], facts["usage"]) == MULTI_AXIS_USAGE:
                path = facts["path"]
                node = path.decode(errors="replace")
                name, serial = facts["product_string"] or model.name, facts.get("serial_number") or node
                yield path, model, Plugged(name, serial, node, readable=True)

    def _library(self) -> Any:
        if self._hid is None:
            try:
                self._hid = import_module("hid")
            except ImportError as error:
                raise NotConnectedError("hidapi", str(error), "run `pip install accord[hid]`") from error
        return self._hid

    def _open(self, path: bytes, name: str) -> Any:
        device = self._hid.device()
        try:
            device.open_path(path)
        except OSError as error:
            remedy = "close the program that holds it (3DxWare, a CAD program), or allow input monitoring"
            raise NotConnectedError(f"to open {name}", str(error), remedy) from error
        return device
