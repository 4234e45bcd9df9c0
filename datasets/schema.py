"""Field and Schema: the name, shape, dtype and unit of every array of a step.

A schema becomes a numpy record dtype, so one block of shared memory, one HDF5 group and one numpy array hold the
same thing under the same names. The names are paths, ``observation/hand_position``; the first part says what kind of
thing it is.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from accord.datasets.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Field:
    """One array of every step."""

    name: str
    """Path such as ``observation/hand_position``."""
    shape: tuple[int, ...]
    """Shape of one step's value; ``()`` for a number."""
    dtype: str
    """numpy's name of the element type: ``float64``, ``int64``, ``uint8`` …"""
    unit: str
    """SI unit, or what the number counts: ``m``, ``rad/s``, ``ns``, ``1``."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of a step, in order."""

    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        if len({field.name for field in self.fields}) != len(self.fields):
            raise DatasetError("field names that differ", "one name twice", "rename one of the fields")

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __contains__(self, name: str) -> bool:
        return any(field.name == name for field in self.fields)

    def __getitem__(self, name: str) -> Field:
        for field in self.fields:
            if field.name == name:
                return field
        known = ", ".join(field.name for field in self.fields)
        raise DatasetError(f"a field named {name!r}", f"only {known}", "name one of these")

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The record dtype that holds one step."""
        return np.dtype([(field.name, field.dtype, field.shape) for field in self.fields])

    def only(self, names: Iterable[str]) -> "Schema":
        """The named fields, in the given order.

        Raises:
            DatasetError: if one of them is not in this schema.
        """
        return Schema(tuple(self[name] for name in names))

    def to_json(self) -> str:
        """The schema as JSON, as it stands in an episode file."""
        return json.dumps([asdict(field) for field in self.fields])

    @classmethod
    def from_json(cls, text: str) -> "Schema":
        """Read what `to_json` wrote.

        Raises:
            DatasetError: if the text is not a schema.
        """
        try:
            rows: list[dict[str, Any]] = json.loads(text)
            return cls(tuple(_field(row) for row in rows))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise DatasetError("a schema in JSON", f"{error}", "the file is damaged or not Accord's") from error


_NUMBERS = re.compile(r"bool|[biuf][1248]?|u?int(8|16|32|64)?|float(16|32|64)?")
"""Element types that a field may have."""


def _field(row: dict[str, Any]) -> Field:
    name, dtype, shape = str(row["name"]), str(row["dtype"]), tuple(int(n) for n in row["shape"])
    # Known names only: numpy runs a parser over others, and warns of some that it no longer likes.
    if not name or not _NUMBERS.fullmatch(dtype) or np.dtype(dtype).kind not in "biuf" or min(shape, default=0) < 0:
        raise ValueError(f"the field {row}")
    return Field(name, shape, dtype, str(row["unit"]))
