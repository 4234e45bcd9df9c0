"""A lesson on disk: ``elicit/<name>.json`` in its library, written anew after every event, whole or not at all.

What was accepted is in there, in the decisions of the library and in the episodes; the first says how the lesson goes
on, and counts every episode once.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_type_hints

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
        lesson = _lesson(told)
    except (AccordError, ValueError, TypeError) as error:
        raise AppError(wanted, f"damaged contents ({error})", "restore it from a copy") from error
    if lesson.plan.name != path.stem:
        raise AppError(wanted, f"the lesson {lesson.plan.name}", "give the file the name of its lesson again")
    return lesson


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
    lesson = Lesson(**_checked(Lesson, {key: told.get(key) for key in Lesson.__dataclass_fields__}))
    if lesson.stage is Stage.FEEDBACK and (lesson.last is None or lesson.last.verdict is not Verdict.REJECTED):
        raise ValueError("feedback without an attempt that was rejected")
    return lesson


def _checked(kind: type, told: Any) -> dict[str, Any]:
    """The values for a dataclass, each of its field's type.

    Raises:
        ValueError: naming the first that is not.
    """
    if not isinstance(told, dict):
        raise ValueError(f"{kind.__name__.lower()}: {told!r}, which are no named values")
    types, values = get_type_hints(kind), {}
    for key, value in told.items():
        if key not in types:
            raise ValueError(f"{kind.__name__.lower()}.{key}, which nobody knows")
        try:
            values[key] = _CHECKS[types[key]](value)
        except ValueError as error:
            raise ValueError(f"{kind.__name__.lower()}.{key}: {error}") from error
    return values


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r}, which is no text")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r}, which is no count")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r}, which is neither true nor false")
    return value


def _share(value: Any) -> float:
    """Every number of a lesson that is no count is a share or a probability."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
        raise ValueError(f"{value!r}, which is no number from 0 to 1")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r}, which is no list")
    return value


_CHECKS: dict[Any, Callable[[Any], Any]] = {
    str: _text,
    int: _count,
    bool: _flag,
    float: _share,
    float | None: lambda value: None if value is None else _share(value),
    tuple[str, ...]: lambda values: tuple(_text(value) for value in _list(values)),
    tuple[int, ...]: lambda values: tuple(_count(value) for value in _list(values)),
    Stage: Stage,
    Verdict: Verdict,
    Plan: lambda told: Plan(**_checked(Plan, told)),
    tuple[Attempt, ...]: lambda rows: tuple(Attempt(**_checked(Attempt, row)) for row in _list(rows)),
}
"""Type of a field → what gives its value from JSON, or a ValueError."""
