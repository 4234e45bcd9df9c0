"""Mapping file: a frozen dataclass of plain fields as a TOML file that a person may write too, and back again.

It knows types, not what they mean. TOML has no word for None: a number that is None is written as −1.
"""

import tomllib
import types
from dataclasses import asdict, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, get_args, get_origin

from accord.devices.errors import DeviceError
from accord.devices.joint_map import demand
from accord.devices.whole_file import write_whole

NONE: Final = -1
"""How a file says None."""


def write(path: Path, version: int, values: Any) -> None:
    """Writes a dataclass, whole or not at all: what was there before stays until all of it is on disk.

    Raises:
        OSError: if it cannot be written.
    """
    told = plain(asdict(values))
    tables = {name: value for name, value in told.items() if isinstance(value, dict)}
    lines = [f"version = {version}", *_lines({n: v for n, v in told.items() if n not in tables})]
    for name, table in tables.items():  # TOML wants them last
        lines += ["", f"[{name}]", *_lines(table)]
    write_whole(path, "\n".join(lines) + "\n")


def _lines(values: dict[str, Any]) -> list[str]:
    return [f"{name} = {_toml(value)}" for name, value in values.items()]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Fields by name, as TOML's own types."""
    return {name: plain(value) if isinstance(value, dict) else _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if value is None:
        return NONE
    return list(value) if isinstance(value, tuple) else value


def read(path: Path) -> dict[str, Any]:
    """What the file says, as TOML's own types.

    Raises:
        DeviceError: the file is not there, or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeviceError(f"a mapping in {path}", str(error).rstrip("."), "save it again from the window") from error


def typed(kind: type[Any], found: dict[str, Any], place: str) -> Any:
    """The dataclass of this kind, from every one of its fields.

    Raises:
        DeviceError: a field is missing, unknown, of another type, or refused by the dataclass.
    """
    expected = {field.name: field.type for field in fields(kind)}
    complete(set(expected), set(found), place)
    return kind(**{name: _value(expected[name], name, value, place) for name, value in found.items()})


def complete(expected: set[str], found: set[str], place: str) -> None:
    """Refuse fields that are missing or unknown.

    Raises:
        DeviceError: naming them.
    """
    missing, unknown = sorted(expected - found), sorted(found - expected)
    demand(not missing, f"every field in {place}", "all of them", f"no {', '.join(missing)}")
    demand(not unknown, f"known fields in {place}", "no others", ", ".join(unknown))


def _value(kind: Any, name: str, value: Any, place: str) -> Any:
    """The value of a field, from what TOML calls it."""
    if get_origin(kind) is tuple:
        return _numbers(get_args(kind)[0], name, value)
    if get_origin(kind) is types.UnionType:  # int | None
        demand(type(value) is int, name, "a whole number", value)
        return None if value == NONE else value
    if kind is float:
        demand(type(value) in (int, float), name, "a number", value)
        return value
    if kind is bool:
        demand(type(value) is bool, name, "true or false", value)
        return value
    if issubclass(kind, StrEnum):
        demand(isinstance(value, str) and value in list(kind), name, f"one of {', '.join(kind)}", value)
        return kind(value)
    demand(isinstance(value, dict), name, "a table", value)
    return typed(kind, value, f"[{name}] of {place}")


def _numbers(kind: type[int] | type[float], name: str, value: Any) -> tuple[Any, ...]:
    allowed, text = ((int,), "whole numbers") if kind is int else ((int, float), "numbers")
    fits = isinstance(value, list) and all(type(item) in allowed for item in value)
    demand(fits, name, f"a list of {text}", value)
    return tuple(value)
