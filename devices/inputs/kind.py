"""Kind: a sort of device that a person can hold, and what has to be known to make one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from accord.devices.errors import DeviceError
from accord.devices.input import Input
from accord.devices.mapping import Mapping as AxisMapping

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Option:
    """What a device has to be told, e.g. its port."""

    name: str
    text: str
    """What it is, for the form; with its unit."""
    default: Value
    """Also says of which type it is."""
    choices: tuple[str, ...] = ()
    """Empty for anything."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of device."""

    name: str
    text: str
    """What a person calls it."""
    maker: str
    """``module:function``; called with the options by name and ``config``, the folder of calibrations, it gives one
    `Input`, or two for a device of two hands, the left one first."""
    options: tuple[Option, ...] = ()
    mapping: AxisMapping = field(default_factory=AxisMapping)
    """What it starts with."""
    in_loop: bool = False
    """Whether the loop reads it by itself: never blocks, costs some microseconds, and needs no library."""
    channels: tuple[str, ...] = ()
    """What the raw numbers are of one that the loop reads; others say so themselves."""
    hands: int = 1
    drives: bool = True
    """False for pedals and keys that only add buttons to other devices."""

    def make(self, options: Mapping[str, Value], config: Path) -> tuple[Input, ...]:
        """The device itself, not opened.

        Args:
            options: by name; those that are not given have their default.
            config: folder of calibrations.

        Raises:
            DeviceError: if an option is unknown or wrong, or the library of the device is not installed.
        """
        values = self.checked(options)
        module, _, function = self.maker.partition(":")
        try:
            make: Callable[..., tuple[Input, ...]] = getattr(import_module(module), function)
        except (ImportError, AttributeError) as error:
            remedy = "run `pip install 'accord[devices]'`, or ask whoever wrote the plug-in"
            raise DeviceError(f"what drives {self.text}", str(error).rstrip("."), remedy) from error
        return make(config=config, **values)

    def checked(self, options: Mapping[str, Value]) -> dict[str, Value]:
        """Every option with its value.

        Raises:
            DeviceError: if one is unknown, of another type, or none of its choices.
        """
        known = {option.name: option for option in self.options}
        for name, value in options.items():
            if name not in known:
                raise DeviceError(f"an option of {self.name}", repr(name), f"choose of {', '.join(known) or 'none'}")
            _check(self.name, known[name], value)
        return {name: options.get(name, option.default) for name, option in known.items()}


def _check(kind: str, option: Option, value: Any) -> None:
    wanted = float if isinstance(option.default, float) else type(option.default)
    fits = type(value) is wanted or (wanted is float and type(value) is int)
    if not fits:
        raise DeviceError(f"{option.name} of {kind} as {wanted.__name__}", repr(value), f"say {option.text}")
    if option.choices and value not in option.choices:
        raise DeviceError(f"{option.name} of {kind}", repr(value), f"choose one of {', '.join(option.choices)}")
