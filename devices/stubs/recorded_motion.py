"""A recorded motion: how a stub's channels moved, as a table ``t_s,NAME,…`` in a CSV file."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.stubs.exo_stub import Build

TIME = "t_s"
"""Title of the first column: since the motion began [s]."""


@dataclass(frozen=True, slots=True)
class RecordedMotion:
    """A motion that can be asked for any moment."""

    times: Vector
    """(n,) strictly increasing [s]."""
    channels: tuple[int, ...]
    """Which channels of the build it moves."""
    values: Vector
    """(n, k) where these channels are."""

    def at(self, t_s: float) -> Mapping[int, float]:
        """Where its channels are, between two rows in proportion; before the first and after the last as there.

        Args:
            t_s: since it began [s].
        """
        columns = zip(self.channels, self.values.T, strict=True)
        return {channel: float(np.interp(t_s, self.times, column)) for channel, column in columns}


def read_motion(path: Path, build: Build) -> RecordedMotion:
    """The motion in a file, for a stub of this build; channels that it does not name rest.

    Raises:
        DeviceError: if it is no such table, or has a channel that the stub has not.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        found = getattr(error, "strerror", None) or "something else"
        raise DeviceError(f"a recorded motion in {path.name}", found, "name a CSV file") from error
    titles = rows[0] if rows else []
    if titles[:1] != [TIME] or len(rows) < 2:
        found = f"{','.join(titles)[:60]!r} and {max(len(rows) - 1, 0)} rows"
        raise DeviceError(f"{path.name} to begin with {TIME} and to have rows", found, "record one with --record")
    if len(set(titles)) < len(titles):
        raise DeviceError(f"every channel once in {path.name}", "one named twice", "name each in one column")
    channels = tuple(build.index(title) for title in titles[1:])
    table = np.array([_numbers(path, number, row, len(titles)) for number, row in enumerate(rows[1:], 2)])
    if np.any(np.diff(table[:, 0]) <= 0.0):
        raise DeviceError(f"times in {path.name} that grow", "one that does not", "sort its rows by time")
    return RecordedMotion(table[:, 0], channels, table[:, 1:])


def _numbers(path: Path, line: int, row: list[str], columns: int) -> list[float]:
    try:
        numbers = [float(word) for word in row]
    except ValueError:
        numbers = []
    if len(numbers) != columns or not all(map(math.isfinite, numbers)):
        found = f"{','.join(row)[:60]!r}"
        raise DeviceError(f"{columns} numbers in line {line} of {path.name}", found, "mend that line")
    return numbers


class MotionFile:
    """Writes a motion down, row by row, so that it can be played again.

    Args:
        file: open for writing text, without translation of line ends.
        build: of the stub.
    """

    def __init__(self, file: TextIO, build: Build) -> None:
        self._writer = csv.writer(file)
        self.rows = 0
        """How many were written."""
        self._writer.writerow([TIME, *(channel.name for channel in build.channels)])

    def write(self, t_s: float, values: Vector) -> None:
        """Where every channel (k,) is at this time [s]."""
        self.rows += 1
        self._writer.writerow([f"{t_s:.4f}", *(f"{value:.6g}" for value in values)])
