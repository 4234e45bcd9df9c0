"""SpaceMice on Linux through ``/dev/hidrawN``: no library, one `os.read` is one report.

Alternatives: hidapi's wheel goes through libusb, which detaches the kernel's driver and needs other permissions;
spacenavd needs a daemon that the operator has to install, and says nothing while a cap is held still.

One that is open is locked, so that two programs, or two hands of one program, never read the same by mistake.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Final

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.device_lock import lock
from accord.devices.inputs.reports import LED, Heard, Model, Puck, decode, model_of
from accord.devices.inputs.wire import MOST_REPORTS, NUDGE, Plugged, not_among, told_apart

SYSFS: Final = Path("/sys/class/hidraw")
DEV: Final = Path("/dev")
REPORT_BYTES: Final = 64
"""Room for one report; longer than any of ours, so that an oversized one is seen to be that."""
MULTI_AXIS: Final = bytes([0x05, 0x01, 0x09, 0x08])
"""How the report descriptor of a SpaceMouse begins: usage page Generic Desktop, usage Multi-axis Controller
(HID Usage Tables 1.5, section 4). A receiver has other interfaces with the same ids, for mice and keyboards."""
LIGHT_S: Final = 0.01
"""So long its light is waited for; an interrupt transfer takes one polling interval, 8 ms or less [s]."""

Opener = Callable[[Path], int]


def open_nonblocking(path: Path) -> int:
    """A file descriptor that answers at once when nothing waits; for writing, too, where that is allowed."""
    flags = os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return os.open(path, os.O_RDWR | flags)
    except OSError:
        return os.open(path, os.O_RDONLY | flags)


def udev_rule() -> Path:
    """Where the rule lies that lets the person at the desk read a SpaceMouse."""
    return Path(str(files("accord.assets") / "70-accord-spacemouse.rules"))


def permit() -> str:
    """The command that gives the person at the desk the permission to read a SpaceMouse."""
    return f"sudo cp {udev_rule()} /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger"


@dataclass(frozen=True, slots=True)
class _Found:
    """A SpaceMouse as sysfs lists it."""

    node: Path
    model: Model
    name: str
    number: str
    """Serial number; empty where it has none. Several of one kind may say the same."""
    port: str
    """Where it is plugged in, e.g. ``usb-0000:00:14.0-2/input0``."""


class HidrawWire:
    """An open ``/dev/hidrawN``."""

    silence: str = NUDGE

    def __init__(self, descriptor: int, model: Model, name: str, serial: str) -> None:
        self.name, self.serial = name, serial
        self._model = model
        self._descriptor: int | None = descriptor
        os.set_blocking(descriptor, False)

    def waiting(self) -> list[bytes]:
        """Every report that waits, oldest first; see `Wire`."""
        reports: list[bytes] = []
        while len(reports) < MOST_REPORTS and (report := self._next()) is not None:
            reports.append(report)
        return reports

    def _next(self) -> bytes | None:
        # Unplugging reads as ENODEV or EIO; a descriptor that someone closed as EBADF; a hung-up peer as the end.
        try:
            report = b"" if self._descriptor is None else os.read(self._descriptor, REPORT_BYTES)
        except BlockingIOError:
            return None
        except OSError as error:
            raise self._unplugged(str(error)) from error
        if not report:
            raise self._unplugged("the end of its reports")
        return report

    def _unplugged(self, found: str) -> NotConnectedError:
        return NotConnectedError(f"reports from {self.name}", found, "plug it in again; it is looked for all the time")

    def decode(self, report: bytes, puck: Puck) -> Heard:
        """What a report says; see `Wire`."""
        return decode(report, puck, self._model)

    def light(self, on: bool) -> None:
        """Switch its light; see `Wire`."""
        if self._descriptor is None:
            return
        # A device that hangs may take seconds over it (Linux, USB_CTRL_SET_TIMEOUT), so a thread tells it, with a
        # descriptor of its own that nobody closes under it.
        teller = Thread(target=_tell, args=(os.dup(self._descriptor), bytes([LED, on])), daemon=True)
        teller.start()
        teller.join(LIGHT_S)

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class HidrawDoor:
    """SpaceMice found in sysfs and opened under ``/dev``.

    Args:
        sysfs: where Linux lists hidraw devices.
        dev: where their device files are.
        opener: opens a device file.
        serial: serial number or port of the one that is wanted; empty for any.
    """

    def __init__(
        self, sysfs: Path = SYSFS, dev: Path = DEV, opener: Opener = open_nonblocking, serial: str = ""
    ) -> None:
        self._sysfs, self._dev, self._opener, self._wanted = sysfs, dev, opener, serial

    def find(self) -> HidrawWire:
        """The first SpaceMouse that is there, may be opened, and is the one that was asked for; see `Door`."""
        everything = self._listed()
        refused: NotConnectedError | None = None
        for found in everything:
            if self._wanted not in ("", found.number, found.port):
                continue
            try:
                return HidrawWire(self._open(found.node), found.model, found.name, _serial(found, everything))
            except PermissionError:
                refused = _forbidden(found)
            except BlockingIOError:
                refused = refused or _taken(found)
            except OSError:  # unplugged between the listing and the opening: not there
                continue
        raise refused or not_among(self._wanted, self.plugged())

    def close(self) -> None:
        """Nothing: the search holds nothing."""

    def plugged(self) -> tuple[Plugged, ...]:
        """Every SpaceMouse that is plugged in; none is opened."""
        everything = self._listed()
        return tuple(
            Plugged(found.name, _serial(found, everything), str(found.node), os.access(found.node, os.R_OK))
            for found in everything
        )

    def _open(self, node: Path) -> int:
        # Asked first because a device that a sandbox hides can fail in other ways than "permission denied".
        if node.exists() and not os.access(node, os.R_OK):
            raise PermissionError(node)
        descriptor = self._opener(node)
        try:
            lock(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            raise
        return descriptor

    def _listed(self) -> list[_Found]:
        everything = []
        # By length first: hidraw2 comes before hidraw10.
        for entry in sorted(self._sysfs.glob("hidraw*"), key=lambda path: (len(path.name), path.name)):
            facts = _facts(entry / "device" / "uevent")
            model = _model(facts.get("HID_ID", ""))
            if model is not None and _is_multi_axis(entry / "device" / "report_descriptor"):
                name = facts.get("HID_NAME") or model.name
                number, port = facts.get("HID_UNIQ", ""), facts.get("HID_PHYS", "")
                everything.append(_Found(self._dev / entry.name, model, name, number, port))
        return everything


def _serial(found: _Found, everything: list[_Found]) -> str:
    return told_apart(found.number, found.port, [other.number for other in everything])


def _tell(descriptor: int, report: bytes) -> None:
    # No light, or no permission to write: it drives just as well.
    with suppress(OSError):
        os.write(descriptor, report)
    os.close(descriptor)


def _forbidden(found: _Found) -> NotConnectedError:
    return NotConnectedError(f"to read {found.name} at {found.node}", "no permission", f"run `{permit()}`")


def _taken(found: _Found) -> NotConnectedError:
    remedy = "close the other one, or choose another SpaceMouse by its serial number or port"
    return NotConnectedError(f"{found.name} at {found.node} for this hand", "that another one reads it", remedy)


def _facts(uevent: Path) -> dict[str, str]:
    """The ``KEY=value`` lines of a uevent file; none where it has gone."""
    try:
        lines = uevent.read_text(errors="replace").splitlines()
    except OSError:
        return {}
    return {key: value for key, _, value in (line.partition("=") for line in lines)}


def _model(hid_id: str) -> Model | None:
    """The model of ``bus:vendor:product`` in hexadecimal, as in ``0003:0000256F:0000C635``."""
    try:
        _, vendor, product = (int(part, 16) for part in hid_id.split(":"))
    except ValueError:
        return None
    return model_of(vendor, product)


def _is_multi_axis(descriptor: Path) -> bool:
    try:
        return descriptor.read_bytes().startswith(MULTI_AXIS)
    except OSError:  # not shown, so the ids have to do
        return True
