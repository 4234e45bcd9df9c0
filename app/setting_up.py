"""Setting up: a device is added to a desk, changed or forgotten, for the window and the command line alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.app.desk import Desk
from accord.app.errors import AppError
from accord.app.pedals import ASKED, wishes
from accord.devices.errors import DeviceError
from accord.devices.inputs.kind import Kind, Option, Value
from accord.devices.inputs.kinds import kind_named
from accord.devices.setup import Setup

_PORTS = ("port", "udp", "serial")
"""Options that no two devices can share."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A device that was forgotten."""

    setup: Setup
    """How it was set up."""
    place: int
    """Where it stood among those that the person set up, counted from 0."""


def set_up(desk: Desk, setup: Setup, instead_of: str = "", place: int | None = None) -> None:
    """Add a device, or change or rename one.

    Args:
        desk: where it lies.
        setup: how it is from now on.
        instead_of: which device it takes the place of; empty for a new one.
        place: where a new one stands among those that the person set up; None for behind them.

    Raises:
        DeviceError: if the name or the port is taken, or an option is wrong.
        AppError: if it cannot be written down, or a pedal asks for what there is not.
    """
    if setup.name != instead_of and setup.name in {one.name for one in desk.setups}:
        raise DeviceError("a name of its own for every device", f"{setup.name!r}, which is taken", "choose another")
    _check(setup, [one for one in desk.setups if one.name not in (setup.name, instead_of)], desk)
    try:
        desk.put(setup, instead_of, place)
    except OSError as error:
        raise _unwritten(desk, error) from error


def _check(setup: Setup, others: Sequence[Setup], desk: Desk) -> None:
    """What would only be found out when it is used. Nothing is opened."""
    kind = kind_named(setup.kind)
    if kind.maker:
        kind.make(setup.options, desk.calibrations)
    unknown = [word for word in wishes(setup) if word not in ASKED]
    if unknown:
        raise AppError("what a pedal may ask for", repr(unknown[0]), f"choose of {', '.join(ASKED)}")
    for option in _PORTS:
        mine = kind.checked(setup.options).get(option)
        taken = [one.name for one in others if mine and kind_named(one.kind).checked(one.options).get(option) == mine]
        if taken:
            remedy = f"choose another, or remove {taken[0]}"
            raise DeviceError(f"a {option} of its own for {setup.name}", f"{mine}, which {taken[0]} has", remedy)


def forget(desk: Desk, name: str) -> Forgotten:
    """Forget a device; its calibration stays.

    Returns:
        What `take_back` needs.

    Raises:
        DeviceError: if there is none, or it is one that every desk has.
        AppError: if that cannot be written down.
    """
    setup = desk.setup(name)
    try:
        return Forgotten(setup, desk.remove(name))
    except OSError as error:
        raise _unwritten(desk, error) from error


def take_back(desk: Desk, forgotten: Forgotten) -> None:
    """Set a device up again as it was, at the place where it stood.

    Raises:
        DeviceError: if its name or port was taken meanwhile.
        AppError: if it cannot be written down.
    """
    set_up(desk, forgotten.setup, place=forgotten.place)


def _unwritten(desk: Desk, error: OSError) -> AppError:
    found = error.strerror or str(error)
    return AppError(f"to write what is set up into {desk.folder}", found, "make room there, or allow it")


def read_options(kind: Kind, words: Sequence[str]) -> dict[str, Value]:
    """``port=/dev/ttyUSB0`` and ``baud=57600`` as options of a kind, each of its type.

    Raises:
        AppError: if one is something else, or is named twice.
        DeviceError: if the kind has no such option, or not with such a value.
    """
    known = {option.name: option for option in kind.options}
    found: dict[str, Value] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name or name in found:
            raise AppError("each option once, as NAME=VALUE", repr(word), "name it, and name it once")
        found[name] = _value(known[name], text) if name in known else text
    kind.checked(found)
    return found


def _value(option: Option, text: str) -> Value:
    """As the type of the option's default, where it can be read so; else as it stands, for `Kind.checked` to refuse."""
    try:
        match option.default:
            case bool():
                return {"true": True, "false": False}[text.lower()]
            case int():
                return int(text)
            case float():
                return float(text)
            case str():
                return text
    except (ValueError, KeyError):
        return text
