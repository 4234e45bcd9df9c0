"""Demonstration: one recording of another program, as it stands in its file, before it becomes an episode."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import DatasetError
from accord.datasets.schema import Field, Schema

Numbers = NDArray[np.float64]

COMMAND = "sent/action"
"""The command of an imported episode: one vector, whatever it meant to the robot that was sent it."""
REWARD = "reward"
UNKNOWN_UNIT = "unknown"
"""These files name no units."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One array of a recording."""

    field: Field
    values: Numbers
    """(N, *field.shape)."""


@dataclass(frozen=True, slots=True, eq=False)
class Demonstration:
    """One recording: what it holds and what its file says of it; nothing is added."""

    name: str
    """In its file: ``demo_3``."""
    columns: tuple[Column, ...]
    """Everything but the clock, of one length."""
    clock_s: Numbers | None
    """(N,) the recording's own clock, rising [s]; None where the file has none."""
    left_out: tuple[str, ...] = ()
    """What the file holds of it that does not become part of the episode."""

    def __len__(self) -> int:
        """Number of steps."""
        return len(self.columns[0].values)

    def __getitem__(self, name: str) -> Numbers | None:
        """Values by the name of their field; None where there is none."""
        return next((column.values for column in self.columns if column.field.name == name), None)

    @property
    def schema(self) -> Schema:
        """The fields of a step of the episode."""
        clock = (Field("t_ns", (), "int64", "ns"), Field("step", (), "int64", "1"))
        return Schema((*clock, *(column.field for column in self.columns)))

    def records(self, t_ns: NDArray[np.int64]) -> NDArray[np.void]:
        """(N,) steps.

        Args:
            t_ns: (N,) when each began [ns].
        """
        made = np.empty(len(self), self.schema.dtype)
        made["t_ns"], made["step"] = t_ns, np.arange(len(self))
        for column in self.columns:
            made[column.field.name] = column.values
        return made


def column(name: str, values: Numbers, unit: str = UNKNOWN_UNIT) -> Column:
    """An array under the name that it shall bear."""
    return Column(Field(name, values.shape[1:], "float64", unit), values)


def check_lengths(name: str, lengths: Mapping[str, int], said: int | None) -> None:
    """All arrays of a recording have one length, that which the file says, and at least two steps.

    Args:
        name: of the recording.
        lengths: array → its length.
        said: what the file says; None where it says nothing.

    Raises:
        DatasetError: otherwise.
    """
    told = lengths if said is None else {**lengths, "num_samples": said}
    if len(set(told.values())) > 1:
        found = ", ".join(f"{what} {length}" for what, length in told.items())
        raise DatasetError(f"arrays of one length in {name}", found, "the file is damaged")
    if min(told.values()) < 2:
        raise DatasetError(f"two steps or more in {name}", f"{min(told.values())}", "take it out of the file")
