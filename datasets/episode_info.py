"""What is known about an episode before its first step: who, what, where, with which cameras and clocks."""

import json
import math
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import Any

from accord.datasets.errors import DatasetError, EpisodeError
from accord.datasets.input_info import InputInfo
from accord.datasets.schema import Schema
from accord.datasets.strict_json import parse

FORMAT = "accord-episode"
VERSION = 1


class Ending(IntEnum):
    """How a recording ended, as it stands in its file."""

    OPEN = 0
    """It is being written, or its writer died."""
    COMPLETE = 1
    INCOMPLETE = 2


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """One view, as it was set up for this episode."""

    name: str
    width: int
    """[px]"""
    height: int
    """[px]"""
    rate_hz: float
    codec: str = "jpeg"
    quality: int = 95
    intrinsics: tuple[float, ...] = ()
    """Row-major 3×3 camera matrix [px]; empty when not known."""
    pose: tuple[float, ...] = ()
    """Position [m] and wxyz quaternion of the camera in the base frame; empty when it moves or is not known."""


@dataclass(frozen=True, slots=True)
class EpisodeInfo:
    """What is known about an episode before its first step. Written once, never changed."""

    id: str
    """UUID, the only name of an episode."""
    task: str
    instruction: str
    operator: str
    source: str
    """Who gave the commands: ``keyboard``, ``spacemouse``, ``scripted:across-then-down``, ``policy:base``."""
    station: str
    seed: int
    rate_hz: float
    wall_ns: int
    """Wall clock (since 1970) at the same moment as `monotonic_ns` [ns]."""
    monotonic_ns: int
    """The clock that every step and image is stamped with (CLOCK_MONOTONIC) [ns]."""
    schema: Schema
    cameras: tuple[CameraInfo, ...] = ()
    simulator: str = ""
    policy: str = ""
    """The base policy that gave the live score, or empty."""
    time_scale: float = 1.0
    """Recorded seconds per second that passed: above 1 when a script was recorded faster than real time [1]."""
    software: Mapping[str, str] = field(default_factory=dict)
    arm: str = ""
    """The simulated arm; empty where it is not known."""
    factors: Mapping[str, float] = field(default_factory=dict)
    """What the reset of a simulated scene drew: factor → value."""
    stages: tuple[str, ...] = ()
    """Names of the task's stages, in the order in which the step's ``stage`` counts them."""
    inputs: tuple[InputInfo, ...] = ()
    """What the person held; empty for a script, and in files of before it was written down."""

    @property
    def scripted(self) -> bool:
        """True when a script gave the commands; such an episode is never called human."""
        return self.source.startswith("scripted:")

    def attributes(self) -> dict[str, str | int | float]:
        """The attributes of the episode's file."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return plain | {
            "format": FORMAT,
            "version": VERSION,
            "schema": self.schema.to_json(),
            "cameras": json.dumps([asdict(camera) for camera in self.cameras]),
            "software": json.dumps(dict(self.software)),
            "arm": self.arm,
            "factors": json.dumps(dict(self.factors)),
            "stages": json.dumps(list(self.stages)),
            "inputs": json.dumps([asdict(one) for one in self.inputs]),
        }

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any], name: str) -> "EpisodeInfo":
        """Read what `attributes` gave.

        Args:
            attributes: of the file.
            name: of the file, for the error.

        Raises:
            EpisodeError: if the file is foreign, from a newer version, or damaged.
        """
        try:
            if str(attributes.get("format")) != FORMAT:
                raise EpisodeError(f"an Accord episode in {name}", "another kind of HDF5 file", "import it first")
            if int(attributes["version"]) > VERSION:
                found = f"version {attributes['version']}"
                raise EpisodeError(f"an episode of version {VERSION} or older in {name}", found, "update Accord")
            cameras = tuple(_camera(row) for row in parse(attributes["cameras"]))
            plain: dict[str, Any] = {key: kind(attributes[key]) for key, kind in _PLAIN.items()}
            if not 0 < plain["rate_hz"] < math.inf:
                raise ValueError(f"a rate of {plain['rate_hz']} Hz")
            schema = Schema.from_json(attributes["schema"])
            software = {str(k): str(v) for k, v in parse(attributes["software"]).items()}
            schema["t_ns"], uuid.UUID(plain["id"])  # without these two it is no episode
            return cls(**plain, schema=schema, cameras=cameras, software=software, **_workcell(attributes))
        except EpisodeError:
            raise
        except (
            DatasetError, KeyError, ValueError, TypeError, AttributeError, OSError, RuntimeError, OverflowError
        ) as error:  # fmt: skip
            raise EpisodeError(f"an Accord episode in {name}", f"{error!r}", "the file is damaged") from error


_PLAIN: dict[str, type] = {
    "id": str, "task": str, "instruction": str, "operator": str, "source": str, "station": str, "seed": int,
    "rate_hz": float, "wall_ns": int, "monotonic_ns": int, "simulator": str, "policy": str,
    "time_scale": float,
}  # fmt: skip


def _workcell(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What files of before there were arms, factors, stages and inputs do not have."""
    factors = parse(attributes.get("factors", "{}")).items()
    return {
        "arm": str(attributes.get("arm", "")),
        "factors": {str(name): float(value) for name, value in factors},
        "stages": tuple(str(name) for name in parse(attributes.get("stages", "[]"))),
        "inputs": tuple(InputInfo.from_plain(row) for row in parse(attributes.get("inputs", "[]"))),
    }


def _camera(row: dict[str, Any]) -> CameraInfo:
    lists = {"intrinsics": tuple(row["intrinsics"]), "pose": tuple(row["pose"])}
    return CameraInfo(**(row | lists))
