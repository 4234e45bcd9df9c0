"""A lesson on disk: ``elicit/<name>.json`` in its library, written anew after every event, whole or not at all.

What was accepted is in there, in the decisions of the library and in the episodes; the first says how the lesson goes
on, and counts every episode once.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accord.app.eliciting.attempt import Attempt, Verdict
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.plan import Plan
from accord.app.errors import AppError
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.names import checked_name
from accord.datasets.strict_json import parse

FORMAT = "accord-lesson"
VERSION = 1


def lesson_path(library: Library, name: str) -> Path:
    """Where the lesson of this name stands or shall stand."""
    return library.folder / "elicit" / f"{checked_name(name, 'a lesson')}.json"


def lesson_names(library: Library) -> tuple[str, ...]:
    """The lessons of a library, by name."""
    return tuple(sorted(path.stem for path in (library.folder / "elicit").glob("*.json")))


def save(lesson: Lesson, path: Path) -> None:
    """Write how far a lesson is.

    Raises:
        OSError: if it cannot be written; what was there before stays.
    """
    text = json.dumps({"format": FORMAT, "version": VERSION} | asdict(lesson), indent=1, allow_nan=False)
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def load(path: Path) -> Lesson:
    """Read what `save` wrote.

    Raises:
        AppError: if it is not there, damaged, foreign, or from a newer version.
    """
    wanted = f"a lesson in {path.name}"
    try:
        told = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AppError(wanted, error.strerror or str(error), "look for the file, or begin a lesson") from error
    except ValueError as error:
        raise AppError(wanted, f"damaged contents ({error})", "restore it from a copy") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise AppError(wanted, "another kind of file", "name a lesson of this library")
    if not isinstance(told.get("version"), int) or told["version"] > VERSION:
        raise AppError(f"a lesson of version {VERSION} or older", f"version {told.get('version')}", "update Accord")
    try:
        return _lesson(told)
    except (AccordError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise AppError(wanted, f"damaged contents ({error})", "restore it from a copy") from error


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep a lesson to this process: two that go on with it would count past each other.

    Raises:
        AppError: if another process holds it.
    """
    path.parent.mkdir(exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system lets go of it when we die, however that is
        except BlockingIOError as error:
            raise AppError(f"the lesson {path.stem} to oneself", "another process that holds it", "end it first") \
                from error  # fmt: skip
        yield


def _lesson(told: dict[str, Any]) -> Lesson:
    values: dict[str, Any] = {key: told[key] for key in Lesson.__dataclass_fields__}
    values |= {key: _texts(values[key]) for key in ("shown", "watched", "skipped")}
    values |= {key: _count(values[key]) for key in ("practised", "scene", "round")}
    values |= {key: str(values[key]) for key in ("policy", "recording", "refitting")}
    values |= {"plan": Plan(**values["plan"]), "stage": Stage(values["stage"])}
    return Lesson(**(values | {"attempts": tuple(_attempt(row) for row in values["attempts"])}))


def _attempt(row: dict[str, Any]) -> Attempt:
    phases = tuple(_count(phase) for phase in row["phases"])
    return Attempt(**(row | {"verdict": Verdict(row["verdict"]), "phases": phases}))


def _texts(values: Any) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"{values!r}, which are no texts")
    return tuple(values)


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r}, which is no count")
    return value
