"""Reading robomimic's HDF5 files: the low-dimensional ones, in which every demo holds what was observed.

Layout (robomimic, "Dataset Structure")::

    data                 env_args (JSON)
      demo_<number>      num_samples
        actions (N, A)   rewards (N,)   dones (N,)   states (N, D)
        obs/<key>        next_obs/<key>
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from accord.datasets.errors import DatasetError
from accord.datasets.importers.demonstration import COMMAND, REWARD, Column, Demonstration, check_lengths, column
from accord.datasets.importers.foreign_file import DAMAGED, ForeignFile, plain_name
from accord.datasets.strict_json import parse

_NUMBERS = (("rewards", REWARD), ("dones", "done"))
_STATE = "simulator/state"


@dataclass(frozen=True, slots=True)
class Environment:
    """What a file says of where it was recorded."""

    task: str
    """The environment's own name; empty where the file has none."""
    text: str
    """All that the file says, JSON as it stands there."""
    rate_hz: float | None = None
    """Commands per second, where the file says it [Hz]."""
    recorded: str = ""
    """When, in the file's own words; empty where it does not say."""


def environment_of(file: ForeignFile) -> Environment:
    """What ``env_args`` says.

    Raises:
        DatasetError: if it is damaged.
    """
    text = file.text("data", "env_args")
    values = as_json(text, "env_args", file.name)
    inner = values.get("env_kwargs")
    rate = inner.get("control_freq") if isinstance(inner, dict) else None
    known = isinstance(rate, int | float) and not isinstance(rate, bool) and 0 < rate < math.inf
    return Environment(str(values.get("env_name", "")), text, float(rate) if known and rate else None)


def as_json(text: str, what: str, where: str) -> dict[str, Any]:
    """A JSON object; empty for no text.

    Raises:
        DatasetError: if it is something else.
    """
    try:
        values = parse(text) if text else {}
    except ValueError as error:
        raise DatasetError(f"JSON as {what} in {where}", f"{error}", DAMAGED) from error
    if not isinstance(values, dict):
        raise DatasetError(f"a JSON object as {what} in {where}", type(values).__name__, DAMAGED)
    return values


def read_demo(file: ForeignFile, name: str) -> Demonstration:
    """Read one demo.

    Raises:
        DatasetError: if it is damaged, or holds nothing that was observed.
    """
    group = f"data/{name}"
    kept: dict[str, Column] = {f"obs/{key}": made for key, made in _observed(file, group).items()}
    if not kept:
        remedy = "let robomimic extract observations of it first"
        raise DatasetError(f"vectors in obs of {name} in {file.name}", "none", remedy)
    kept["actions"] = _matrix(file, group, "actions", COMMAND)
    for theirs, ours in _NUMBERS:
        if file.shape(f"{group}/{theirs}") is not None:
            kept[theirs] = _matrix(file, group, theirs, ours, dimensions=1)
    if file.shape(f"{group}/states") is not None:
        states = _matrix(file, group, "states", _STATE)
        if np.ptp(states.values, axis=0).any():  # what never changes is a dummy, as in converted files
            kept["states"] = states
    where = f"{name} of {file.name}"
    check_lengths(where, {of: len(made.values) for of, made in kept.items()}, file.count(group, "num_samples"))
    return Demonstration(name, tuple(kept.values()), None, _left_out(file, group, set(kept)))


def _observed(file: ForeignFile, group: str) -> dict[str, Column]:
    """Vectors and numbers under ``obs``; pictures are no numbers of a policy that sees none."""
    found: dict[str, Column] = {}
    for key in file.members(f"{group}/obs"):
        shape = file.shape(f"{group}/obs/{key}")
        if shape is not None and len(shape) in (1, 2):
            name = f"observation/{plain_name(key, f'{group}/obs of {file.name}')}"
            found[key] = column(name, file.array(f"{group}/obs/{key}"))
    if not found and len(file.shape(f"{group}/obs") or ()) == 2:
        found[""] = column("observation/obs", file.array(f"{group}/obs"))
    return found


def _matrix(file: ForeignFile, group: str, name: str, ours: str, dimensions: int = 2) -> Column:
    values = file.array(f"{group}/{name}")
    if values.ndim != dimensions or not all(values.shape[1:]):
        wanted = f"{name} of {dimensions} dimensions in {group} of {file.name}"
        raise DatasetError(wanted, f"shape {values.shape}", "leave this file out")
    return column(ours, values)


def _left_out(file: ForeignFile, group: str, kept: set[str]) -> tuple[str, ...]:
    """Whatever else stands in a demo; ``next_obs`` says nothing new."""
    inside = {f"obs/{key}" for key in file.members(f"{group}/obs")}
    return tuple(sorted(({*file.members(group)} - {"obs", "next_obs"} | inside) - kept))
