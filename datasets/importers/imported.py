"""Imported: how a demonstration becomes an episode, of what its file says and what a person says, and nothing else."""

import math
import platform
import uuid
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.datasets.decisions import OUTCOMES
from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import EpisodeWriter
from accord.datasets.errors import DatasetError
from accord.datasets.importers.demonstration import COMMAND, REWARD, Demonstration
from accord.datasets.importers.origin import ImportedInfo, Origin
from accord.datasets.importers.robomimic import Environment

_NAMESPACE = uuid.UUID("5b1ff3a5-7a0c-4a56-9a83-6a2c7f0f4d11")
_UNKNOWN_SEED = -1
_LEAST_HZ, _MOST_HZ = 1.0, 10_000.0
"""Of commands: slower is no control, faster is no robot [Hz]."""
_SAME_RATE = 0.01
"""Two rates that differ by less are one; a clock in float32 is this exact."""
_MOST_TASK = 64


def check_rate(rate_hz: float, where: str, remedy: str) -> None:
    """Refuse a rate at which no robot is controlled.

    Raises:
        DatasetError: if it is not from 1 to 10,000 Hz.
    """
    if not _LEAST_HZ <= rate_hz <= _MOST_HZ:
        raise DatasetError(f"a rate from {_LEAST_HZ:,.0f} to {_MOST_HZ:,.0f} Hz in {where}", f"{rate_hz:g} Hz", remedy)


@dataclass(frozen=True, slots=True)
class Told:
    """What the person who imports says; the file knows none of it. Empty is not said."""

    rate_hz: float | None = None
    """Commands per second; None where the file knows [Hz]."""
    task: str = ""
    """The task, in place of the name in the file."""
    operator: str = ""
    """Who drove, in all of them."""
    outcome: str = ""
    """How all of them ended."""
    human: bool = False
    """That a human drove, as the data's own description has to say."""
    licence: str = ""

    def __post_init__(self) -> None:
        if self.rate_hz is not None:
            check_rate(self.rate_hz, "--rate-hz", "say how many commands there were in a second")
        if self.outcome not in ("", "success", "failure"):
            found = f"{self.outcome!r}" + (", which is said of single episodes" if self.outcome in OUTCOMES else "")
            raise DatasetError("an outcome success or failure", found, "leave it empty where they differ")


@dataclass(frozen=True, slots=True)
class Foreign:
    """The file that demonstrations come from."""

    layout: str
    name: str
    sha256: str
    environment: Environment

    def episode_id(self, demo: str) -> str:
        """UUID of the episode that a demo becomes: the same for the same bytes, so that none is imported twice."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.sha256}/{demo}"))


def rate_of(demo: Demonstration, foreign: Foreign, told: Told) -> tuple[float, str]:
    """Steps per second of a demo [Hz], and who says so.

    Raises:
        DatasetError: if nobody does, the file and the person say two things, or no robot has such a rate.
    """
    known, by = foreign.environment.rate_hz or 0.0, "the file's control_freq"
    if demo.clock_s is not None:
        known, by = round(float(1.0 / np.median(np.diff(demo.clock_s))), 3), "the clock in the file's states"
    if not known and told.rate_hz is None:
        remedy = "say how many commands there were in a second, with --rate-hz"
        raise DatasetError(f"a control rate in {foreign.name}", "none", remedy)
    if not known and told.rate_hz is not None:
        return told.rate_hz, "the person who imported it"
    check_rate(known, f"{foreign.name}, by {by}", "leave this file out")
    if told.rate_hz is not None and not math.isclose(known, told.rate_hz, rel_tol=_SAME_RATE):
        raise DatasetError(f"{told.rate_hz:g} Hz in {foreign.name}", f"{known:g} Hz by {by}", "leave --rate-hz out")
    return known, by


def info_of(demo: Demonstration, foreign: Foreign, told: Told, wall_ns: int) -> ImportedInfo:
    """The info of the episode that a demo becomes.

    Args:
        demo: the demo.
        foreign: the file that it comes from.
        told: what the person says.
        wall_ns: when it is imported: when it was recorded is seldom known, and never to the second [ns].

    Raises:
        DatasetError: if there is no rate or no task.
    """
    rate_hz, by = rate_of(demo, foreign, told)
    task = told.task or foreign.environment.task
    if not task or len(task) > _MOST_TASK or not task.isprintable():
        found = repr(task[:_MOST_TASK]) if task else "none"
        raise DatasetError(f"the name of a task in {foreign.name}", found, "say it with --task")
    rewards, actions = demo[REWARD], demo[COMMAND]
    assert actions is not None, "every reader gives the command"
    origin = Origin(
        layout=foreign.layout, file=foreign.name, sha256=foreign.sha256, demo=demo.name,
        environment=foreign.environment.text, recorded=foreign.environment.recorded, rate_from=by, human=told.human,
        licence=told.licence.strip(), action_range=(float(actions.min()), float(actions.max())),
        reward_sum=None if rewards is None else float(rewards.sum()), left_out=demo.left_out,
    )  # fmt: skip
    packages = {name: version(name) for name in ("accord", "h5py", "numpy")} | {"python": platform.python_version()}
    return ImportedInfo(
        id=foreign.episode_id(demo.name), task=task, instruction="", operator=told.operator.strip(),
        source=f"import:{foreign.layout}", station="", seed=_UNKNOWN_SEED, rate_hz=rate_hz, wall_ns=wall_ns,
        monotonic_ns=0, schema=demo.schema, software=packages, origin=origin,
    )  # fmt: skip


def write(folder: Path, demo: Demonstration, info: ImportedInfo) -> Path:
    """Write a demo as a whole episode.

    Raises:
        OSError: if the folder cannot be written or the disk is full.
    """
    writer = EpisodeWriter(folder / f"{info.id}.h5", info)
    try:
        writer.make_room()
        writer.append_steps(demo.records(_times(demo, info.rate_hz)))
    except OSError as error:
        writer.close(Ending.INCOMPLETE, f"not imported: {error}")
        raise
    writer.close(Ending.COMPLETE)
    return writer.path


def _times(demo: Demonstration, rate_hz: float) -> NDArray[np.int64]:
    """(N,) when each step began, from the first on [ns]: by the recording's own clock, or else its rate."""
    seconds = np.arange(len(demo)) / rate_hz if demo.clock_s is None else demo.clock_s
    times: NDArray[np.int64] = np.rint(seconds * 1e9).astype(np.int64)
    if (np.diff(times) <= 0).any():
        raise DatasetError(f"steps at least 1 ns apart in {demo.name}", "closer ones", "say the rate in Hz")
    return times
