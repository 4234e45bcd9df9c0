"""SpaceMice on macOS and Windows through hidapi; the only module that loads ``hid``.

It is loaded when a SpaceMouse is first looked for, so that everything else runs where it is not installed.
"""

from importlib import import_module
from typing import Any, Final

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.hidraw import REPORT_BYTES
from accord.devices.inputs.reports import Model, model_of
from accord.devices.inputs.wire import MOST_REPORTS

MULTI_AXIS_USAGE: Final = (1, 8)
"""Usage page Generic Desktop, usage Multi-axis Controller (HID Usage Tables 1.5, section 4)."""


class HidapiWire:
    """An open `hid.device`."""

    def __init__(self, device: Any, model: Model, name: str) -> None:
        self.model, self.name = model, name
        self._device = device
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

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        self._device.close()


class HidapiDoor:
    """SpaceMice that hidapi lists."""

    def __init__(self, hid: Any = None) -> None:
        self._hid = hid

    def find(self) -> HidapiWire:
        """The first SpaceMouse that is there and may be opened; see `Door`."""
        hid = self._library()
        for facts in hid.enumerate():
            model = model_of(facts["vendor_id"], facts["product_id"])
            if model is not None and (facts["usage_page"], facts["usage"]) == MULTI_AXIS_USAGE:
                name = facts["product_string"] or model.name
                return HidapiWire(self._open(facts["path"], name), model, name)
        raise NotConnectedError("a SpaceMouse", "none plugged in", "plug it in or switch it on")

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
