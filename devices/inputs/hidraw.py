"""SpaceMice on Linux through ``/dev/hidrawN``: no library, one `os.read` is one report.

Alternatives: hidapi's wheel goes through libusb, which detaches the kernel's driver and needs other permissions;
spacenavd needs a daemon that the operator has to install.
"""

import os
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.reports import Model, model_of
from accord.devices.inputs.wire import MOST_REPORTS

SYSFS: Final = Path("/sys/class/hidraw")
DEV: Final = Path("/dev")
REPORT_BYTES: Final = 64
"""Room for one report; longer than any of ours, so that an oversized one is seen to be that."""
MULTI_AXIS: Final = bytes([0x05, 0x01, 0x09, 0x08])
"""How the report descriptor of a SpaceMouse begins: usage page Generic Desktop, usage Multi-axis Controller
(HID Usage Tables 1.5, section 4). A receiver has other interfaces with the same ids, for mice and keyboards."""

Opener = Callable[[Path], int]


def open_nonblocking(path: Path) -> int:
    """A file descriptor that answers at once when nothing waits."""
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def udev_rule() -> Path:
    """Where the rule lies that lets the person at the desk read a SpaceMouse."""
    return Path(str(files("accord.assets") / "70-accord-spacemouse.rules"))


class HidrawWire:
    """An open ``/dev/hidrawN``."""

    def __init__(self, descriptor: int, model: Model, name: str) -> None:
        self.model, self.name = model, name
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

    def close(self) -> None:
        """Let go of it; closing twice is allowed."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class HidrawDoor:
    """SpaceMice found in sysfs and opened under ``/dev``."""

    def __init__(self, sysfs: Path = SYSFS, dev: Path = DEV, opener: Opener = open_nonblocking) -> None:
        self._sysfs, self._dev, self._opener = sysfs, dev, opener

    def find(self) -> HidrawWire:
        """The first SpaceMouse that is there and may be opened; see `Door`."""
        forbidden: NotConnectedError | None = None
        for node, model, name in self._candidates():
            try:
                return HidrawWire(self._open(node), model, name)
            except PermissionError:
                forbidden = _forbidden(node, name)
            except OSError:  # unplugged between the listing and the opening: not there
                continue
        raise forbidden or NotConnectedError("a SpaceMouse", "none plugged in", "plug it in or switch it on")

    def _open(self, node: Path) -> int:
        # Asked first because a device that a sandbox hides can fail in other ways than "permission denied".
        if node.exists() and not os.access(node, os.R_OK):
            raise PermissionError(node)
        return self._opener(node)

    def _candidates(self) -> Iterator[tuple[Path, Model, str]]:
        # By length first: hidraw2 comes before hidraw10.
        for entry in sorted(self._sysfs.glob("hidraw*"), key=lambda path: (len(path.name), path.name)):
            facts = _facts(entry / "device" / "uevent")
            model = _model(facts.get("HID_ID", ""))
            if model is not None and _is_multi_axis(entry / "device" / "report_descriptor"):
                yield self._dev / entry.name, model, facts.get("HID_NAME") or model.name


def _forbidden(node: Path, name: str) -> NotConnectedError:
    rule = udev_rule()
    return NotConnectedError(
        f"to read {name} at {node}",
        "no permission",
        f"run `sudo cp {rule} /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger`",
    )


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
