"""RenderSettings: how recorded episodes are drawn again, and the set of files that were drawn in one way."""

import fcntl
import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accord.datasets.errors import RenderError
from accord.datasets.names import checked_name
from accord.datasets.strict_json import parse

SIDES = (8, 4096)
"""Shortest and longest side of a picture [px]; what every OpenGL of the last ten years can draw at once."""


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """How recorded episodes are drawn again."""

    views: tuple[str, ...]
    """Each a camera of the scene, or ``NAME=free:…``; see `accord.devices.sim.viewpoint`."""
    width: int = 320
    """Of every picture [px]."""
    height: int = 240
    """[px]"""
    depth: bool = False
    """Also how far everything is."""
    segmentation: bool = False
    """Also to which body everything belongs."""
    fine: bool = False
    """With multisampling and shadows, which pictures that were drawn live have not."""
    rate_hz: float = 0.0
    """Pictures per second of the recorded clock; 0 for the moments of the recorded pictures."""

    def __post_init__(self) -> None:
        _require(bool(self.views), "at least one view to draw", "none")
        size = f"{self.width} × {self.height}"
        _require(min(self.width, self.height) >= 8 and max(self.width, self.height) <= 4096,
                 "pictures of 8 to 4096 pixels a side", size)  # fmt: skip
        _require(0 <= self.rate_hz < math.inf, "a rate of 0 Hz (as recorded) or more", f"{self.rate_hz:g} Hz")

    def difference(self, other: "RenderSettings") -> tuple[str, str] | None:
        """What these settings say and what others say instead; None where both are the same."""
        mine, theirs = asdict(self), asdict(other)
        unlike = (name for name in mine if mine[name] != theirs[name])
        return next(((f"{name} {mine[name]}", f"{name} {theirs[name]}") for name in unlike), None)

    def to_json(self) -> str:
        """As a file holds it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "RenderSettings":
        """Read what `to_json` gave.

        Raises:
            ValueError: if it is none.
        """
        row: dict[str, Any] = parse(text)
        try:
            return cls(**(row | {"views": tuple(row["views"])}))
        except (TypeError, KeyError) as error:
            raise ValueError(f"{error!r}") from error


@dataclass(frozen=True, slots=True)
class RenderedSet:
    """The pictures of a library that were drawn in one way."""

    folder: Path
    settings: RenderSettings

    @classmethod
    def open(cls, library: Path, name: str) -> "RenderedSet":
        """The set of this name.

        Args:
            library: folder of the library.
            name: of the set.

        Raises:
            RenderError: naming those that there are.
        """
        folder = _folder(library, name)
        path = folder / "render.json"
        if not path.is_file():
            known = ", ".join(render_names(library))
            remedy = f"choose one of {known}" if known else "make one with accord render"
            raise RenderError("a render of this library", f"none named {name!r}", remedy)
        try:
            return cls(folder, RenderSettings.from_json(path.read_bytes()))
        except ValueError as error:
            remedy = "delete its folder and run accord render again"
            raise RenderError(f"the settings of render {name}", f"a damaged render.json ({error})", remedy) from error

    @classmethod
    def create(cls, library: Path, name: str, settings: RenderSettings) -> "RenderedSet":
        """The set of this name, made if it is not there.

        Raises:
            RenderError: if there is one whose pictures were drawn in another way.
        """
        folder = _folder(library, name)
        if (folder / "render.json").is_file():
            found = cls.open(library, name)
            difference = settings.difference(found.settings)
            if difference:
                remedy = "choose another name, or delete the folder of this one"
                raise RenderError(f"render {name} with {difference[0]}", difference[1], remedy)
            return found
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / "render.json.new"
        fresh.write_text(settings.to_json() + "\n")
        fresh.replace(folder / "render.json")
        return cls(folder, settings)

    def path(self, episode: str) -> Path:
        """Where the pictures of an episode stand or shall stand."""
        return self.folder / f"{episode}.h5"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one that draws for this set.

        Raises:
            RenderError: if somebody else does.
        """
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            found = "one that is being drawn"
            raise RenderError(f"render {self.folder.name} at rest", found, "wait until it is done") from error
        finally:
            os.close(descriptor)


def render_names(library: Path) -> tuple[str, ...]:
    """The sets of rendered pictures in a library's folder, by name."""
    return tuple(sorted(found.parent.name for found in (library / "renders").glob("*/render.json")))


def _folder(library: Path, name: str) -> Path:
    return library / "renders" / checked_name(name, "a render")


def _require(holds: bool, wanted: str, found: str) -> None:
    if not holds:
        raise RenderError(wanted, found, "change the settings of the render")
