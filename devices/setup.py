"""Setup: which devices a desk has, and how each is set up; one TOML file that a person may also write by hand."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from accord.devices.errors import DeviceError
from accord.devices.inputs.kind import Value
from accord.devices.inputs.kinds import kind_named, kinds
from accord.devices.whole_file import write_whole

VERSION: Final = 1
"""Of the file."""
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""What a device may be called: sources join names with ``+`` and ``:``."""
_OPTION: Final = re.compile(r"[a-z_][a-z0-9_]*")
"""What an option may be called: a maker of devices takes it by this name, and the file writes it without quotes."""
_REMEDY: Final = "mend the file, or move it away and set the devices up again"


@dataclass(frozen=True, slots=True)
class Setup:
    """One device of a desk."""

    name: str
    """What the person calls it, e.g. ``left-gello``."""
    kind: str
    """`accord.devices.inputs.kinds`"""
    options: Mapping[str, Value] = field(default_factory=dict)
    """By name; those that are not here have their default."""
    profile: str = ""
    """The person's mapping for it; empty for the kind's own."""
    pedals: str = ""
    """Name of the pedals whose buttons count as this device's too; empty for none."""

    def __post_init__(self) -> None:
        """Refuses what no source could be called, options that the kind does not have, and what no file could keep.

        What a kind that is not installed takes is not known, but its options have to be kept for it all the same.

        Raises:
            DeviceError: saying what is wrong.
        """
        if not _NAME.fullmatch(self.name) or self.name in ("none", "scripted", "policy", "either"):
            remedy = "use small letters, digits and dashes, beginning with a letter"
            raise DeviceError("a name for a device", repr(self.name), remedy)
        if self.known:
            kind_named(self.kind).checked(self.options)
        for name, value in self.options.items():
            if not _OPTION.fullmatch(name):
                remedy = "use small letters, digits and underscores, beginning with a letter"
                raise DeviceError(f"a name for an option of {self.name}", repr(name), remedy)
            if not isinstance(value, Value):
                raise DeviceError(f"a text, a number, true or false for {name} of {self.name}", repr(value), _REMEDY)

    @property
    def known(self) -> bool:
        """Whether there is such a kind; the plug-in of another one is not installed now."""
        return self.kind in kinds()


def load_setups(path: Path) -> tuple[Setup, ...]:
    """The devices of a file; none where there is no file.

    Raises:
        DeviceError: if it cannot be read, is of another version, or says something impossible.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeviceError(f"devices in {path}", str(error).rstrip("."), _REMEDY) from error
    if found.get("version") != VERSION:
        raise DeviceError(f"version {VERSION} of {path}", f"version {found.get('version')!r}", _REMEDY)
    rows = found.get("device", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DeviceError(f"tables [[device]] in {path}", "something else", _REMEDY)
    setups = tuple(_setup(row, path) for row in rows)
    check_setups(setups)
    return setups


def check_setups(setups: Sequence[Setup]) -> None:
    """Refuse two devices of one name.

    Raises:
        DeviceError: naming it.
    """
    names = [setup.name for setup in setups]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DeviceError("a name of its own for every device", f"two called {twice[0]}", "rename one")


def save_setups(setups: Sequence[Setup], path: Path) -> None:
    """Write them, whole or not at all.

    Raises:
        DeviceError: if two have one name.
        OSError: if the file cannot be written.
    """
    check_setups(setups)
    lines = [f"version = {VERSION}"]
    for setup in setups:
        lines += ["", "[[device]]"]
        for name in ("name", "kind", "profile", "pedals"):
            lines.append(f"{name} = {_toml(getattr(setup, name))}")
        options = ", ".join(f"{name} = {_toml(value)}" for name, value in setup.options.items())
        lines.append(f"options = {{ {options} }}" if options else "options = {}")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, "\n".join(lines) + "\n")


def _setup(row: dict[str, Any], path: Path) -> Setup:
    unknown = sorted(set(row) - {"name", "kind", "options", "profile", "pedals"})
    if unknown:
        raise DeviceError(f"known fields of a device in {path}", ", ".join(unknown), _REMEDY)
    texts = {name: row.get(name, "") for name in ("name", "kind", "profile", "pedals")}
    options = row.get("options", {})
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(options, dict):
        raise DeviceError(f"texts and a table of options for every device in {path}", str(row), _REMEDY)
    return Setup(**texts, options=options)


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        if re.search(r"[\x00-\x1f\x7f]", escaped):
            raise DeviceError("a text on one line", repr(value), "leave out what cannot be seen")
        return f'"{escaped}"'
    return repr(value)
