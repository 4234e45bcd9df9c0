"""In reach: devices that are plugged in, and that nobody has set up yet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.kind import Value
from accord.devices.setup import Setup

if TYPE_CHECKING:
    from accord.devices.inputs.serial_port import Port
    from accord.devices.inputs.wire import Plugged


@dataclass(frozen=True, slots=True)
class Reachable:
    """What is plugged in."""

    ports: "tuple[Port, ...]" = ()
    mice: "tuple[Plugged, ...]" = ()
    pads: "tuple[Plugged, ...]" = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that could be set up."""

    text: str
    """What it is: ``FT232H on /dev/ttyUSB0``."""
    kind: str
    """What kind it is; empty where a port does not tell what hangs on it."""
    options: Mapping[str, Value] = field(default_factory=dict)
    """What is known of it, by name."""


def look() -> Reachable:
    """What is plugged in now. Takes some milliseconds."""
    return Reachable(_ports(), _mice(), _pads())


def _ports() -> "tuple[Port, ...]":
    try:
        from accord.devices.inputs.serial_port import ports  # noqa: PLC0415  its library is an optional dependency
    except ImportError:
        return ()
    return ports()


def _mice() -> "tuple[Plugged, ...]":
    from accord.devices.inputs.spacemouse import find_all  # noqa: PLC0415  so is this one's, where it is no Linux

    try:
        return find_all()
    except NotConnectedError:  # the SpaceMouse of this desk says it itself
        return ()


def _pads() -> "tuple[Plugged, ...]":
    from accord.devices.inputs.pads import plugged  # noqa: PLC0415  beside those above

    return plugged()


def offers(reachable: Reachable, setups: Sequence[Setup]) -> tuple[Offer, ...]:
    """What of it is not set up yet. A serial port that is no USB device says nothing about what hangs on it."""
    said = {str(value) for setup in setups for value in setup.options.values()}
    ports = [port for port in reachable.ports if port.vendor is not None and not {port.device, port.serial} & said]
    alike = [offer for kind, plugged in _alike(reachable).items() for offer in _told_apart(kind, plugged, setups, said)]
    return (*alike, *(_offer_port(port) for port in ports))


def _alike(reachable: Reachable) -> "Mapping[str, tuple[Plugged, ...]]":
    """Kinds of which there may be several that only a serial number or a port tells apart, and all that there are."""
    return {"spacemouse": reachable.mice, "gamepad": reachable.pads}


def _told_apart(
    kind: str, plugged: "Sequence[Plugged]", setups: Sequence[Setup], said: Collection[str]
) -> tuple[Offer, ...]:
    free = [one for one in plugged if one.serial not in said]
    # A device that may be any takes the first; only from the second on they have to be told apart.
    anybody = sum(setup.kind == kind and not setup.options.get("serial") for setup in setups)
    if len(free) <= anybody:
        return ()
    return tuple(Offer(f"{one.name}, {one.serial or one.node}", kind, {"serial": one.serial}) for one in free)


def _offer_port(port: "Port") -> Offer:
    named = f"{port.text} on {port.device}" if port.text and port.text != "n/a" else port.device
    return Offer(named, "", {"port": port.device})


def suggestions(reachable: Reachable, kind: str, option: str) -> tuple[tuple[str, str], ...]:
    """What an option of a kind may be, by what is plugged in: value and text of each."""
    if option == "port":
        return tuple((port.device, _about(port)) for port in reachable.ports)
    if option == "serial":
        return tuple((one.serial, f"{one.name}, {one.serial}") for one in _alike(reachable).get(kind, ()) if one.serial)
    return ()


def _about(port: "Port") -> str:
    return f"{port.device}   {port.text}" if port.text and port.text != "n/a" else port.device
