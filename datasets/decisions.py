"""Decisions: what people (and the scene) said about episodes. Only ever appended, so undo and an audit come free."""

import json
import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from accord.datasets.errors import LibraryError


class Kind(StrEnum):
    """What a decision is about."""

    OUTCOME = "outcome"
    """``success``, ``failure``, ``discarded`` or ``incomplete``."""
    VERDICT = "verdict"
    """The curator's own word: ``accept``, ``reject`` or empty for none."""
    TRIM = "trim"
    """[first, last] seconds since the first step, or null."""
    NOTE = "note"


OUTCOMES = ("success", "failure", "discarded", "incomplete")
VERDICTS = ("accept", "reject", "")

_TABLES = """
CREATE TABLE IF NOT EXISTS decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT, wall_ns INTEGER NOT NULL, who TEXT NOT NULL, episode TEXT NOT NULL,
    kind TEXT NOT NULL, value TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS turn (
    id INTEGER PRIMARY KEY AUTOINCREMENT, wall_ns INTEGER NOT NULL, who TEXT NOT NULL, decision INTEGER NOT NULL,
    undo INTEGER NOT NULL);
CREATE VIEW IF NOT EXISTS undone AS SELECT decision FROM turn GROUP BY decision HAVING sum(2 * undo - 1) > 0;
CREATE VIEW IF NOT EXISTS present AS SELECT * FROM decision WHERE id IN
    (SELECT max(id) FROM decision WHERE id NOT IN (SELECT decision FROM undone) GROUP BY episode, kind);
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that was said about one episode."""

    id: int
    wall_ns: int
    """Since 1970 [ns]."""
    who: str
    episode: str
    kind: Kind
    value: Any
    """A string, or for a trim a pair of seconds or None."""
    why: str


@dataclass(frozen=True, slots=True)
class Curation:
    """What is decided about an episode now."""

    outcome: str = "unlabelled"
    verdict: str = ""
    trim: tuple[float, float] | None = None
    """What stays, in seconds since the first step [s]; None for all."""
    note: str = ""
    why: str = ""
    """The reason behind the outcome."""


class Decisions:
    """The log of a library, in SQLite's write-ahead mode: the recorder and the window both append to it."""

    def __init__(self, path: Path) -> None:
        """Open the log, or begin one.

        Raises:
            LibraryError: if the file is no such log or cannot be written.
        """
        self._path = path
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_TABLES)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection per use: sqlite's own may not cross threads, and opening one costs a tenth of a millisecond."""
        try:
            with closing(sqlite3.connect(self._path, timeout=5.0)) as connection, connection:
                yield connection
        except sqlite3.Error as error:
            remedy = "check that the disk has room and the file is writable, or restore it from a copy"
            raise LibraryError(f"a log of decisions in {self._path.name}", str(error), remedy) from error

    def append(self, who: str, episode: str, kind: Kind, value: Any, why: str = "") -> Decision:
        """Decide something.

        Raises:
            LibraryError: if the value is not one that the kind allows, or the log cannot be written.
        """
        _check(kind, value)
        wall_ns = time.time_ns()
        with self._connection() as connection:
            row = (wall_ns, who, episode, str(kind), json.dumps(value), why)
            cursor = connection.execute(
                "INSERT INTO decision (wall_ns, who, episode, kind, value, why) VALUES (?, ?, ?, ?, ?, ?)", row
            )
        return Decision(int(cursor.lastrowid or 0), wall_ns, who, episode, kind, value, why)

    def append_unless_said(self, who: str, episode: str, kind: Kind, value: Any) -> None:
        """Decide something, unless somebody has spoken about it already: one statement, so nobody comes in between.

        Raises:
            LibraryError: if the value is not one that the kind allows, or the log cannot be written.
        """
        _check(kind, value)
        row = (time.time_ns(), who, episode, str(kind), json.dumps(value), "")
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO decision (wall_ns, who, episode, kind, value, why) SELECT ?, ?, ?, ?, ?, ? "
                "WHERE NOT EXISTS (SELECT 1 FROM present WHERE episode = ? AND kind = ?)",
                (*row, episode, str(kind)),
            )

    def undo(self, who: str) -> Decision | None:
        """Take back the last thing that this person decided; None when nothing is left to take back."""
        query = (
            "SELECT * FROM decision WHERE who = ? AND id NOT IN (SELECT decision FROM undone) ORDER BY id DESC LIMIT 1"
        )
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")  # so that nobody else takes back the same between the two lines
            row = connection.execute(query, (who,)).fetchone()
            if row is None:
                return None
            _turn(connection, who, row[0], undo=True)
        return _decision(row)

    def redo(self, who: str) -> Decision | None:
        """Decide again what was taken back last; None when something else was decided since."""
        query = (
            "SELECT * FROM decision WHERE who = ? AND id IN (SELECT decision FROM undone) AND id > "
            "(SELECT coalesce(max(id), 0) FROM decision WHERE who = ? AND id NOT IN (SELECT decision FROM undone)) "
            "ORDER BY (SELECT max(turn.id) FROM turn WHERE turn.decision = decision.id) DESC LIMIT 1"
        )
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute(query, (who, who)).fetchone()
            if row is None:
                return None
            _turn(connection, who, row[0], undo=False)
        return _decision(row)

    def history(self, episode: str | None = None) -> list[Decision]:
        """Everything that was ever decided, oldest first; what was undone too."""
        with self._connection() as connection:
            rows = connection.execute("SELECT * FROM decision ORDER BY id").fetchall()
        return [_decision(row) for row in rows if episode in (None, row[3])]

    def outcome(self, episode: str) -> str:
        """What is decided about how this episode went; ``unlabelled`` where nobody has said."""
        query = "SELECT value FROM present WHERE episode = ? AND kind = ?"
        with self._connection() as connection:
            row = connection.execute(query, (episode, str(Kind.OUTCOME))).fetchone()
        return str(json.loads(row[0])) if row else "unlabelled"

    def present(self) -> dict[str, Curation]:
        """Episode → what is decided about it now; episodes nobody spoke of are not in it."""
        with self._connection() as connection:
            rows = connection.execute("SELECT * FROM present ORDER BY id").fetchall()
        values: dict[str, dict[str, Any]] = {}
        for decision in map(_decision, rows):
            said = values.setdefault(decision.episode, {})
            said[str(decision.kind)] = tuple(decision.value) if isinstance(decision.value, list) else decision.value
            if decision.kind is Kind.OUTCOME:
                said["why"] = decision.why
        return {episode: Curation(**said) for episode, said in values.items()}


def _turn(connection: sqlite3.Connection, who: str, decision: int, undo: bool) -> None:
    row = (time.time_ns(), who, decision, int(undo))
    connection.execute("INSERT INTO turn (wall_ns, who, decision, undo) VALUES (?, ?, ?, ?)", row)


def _decision(row: tuple[int, int, str, str, str, str, str]) -> Decision:
    try:
        return Decision(row[0], row[1], row[2], row[3], Kind(row[4]), json.loads(row[5]), row[6])
    except ValueError as error:
        raise LibraryError(f"a decision {row[0]} that can be read", f"{row[4]} {row[5]}", "update Accord") from error


def _check(kind: Kind, value: Any) -> None:
    allowed = {Kind.OUTCOME: OUTCOMES, Kind.VERDICT: VERDICTS}.get(kind)
    if allowed is not None and value not in allowed:
        raise LibraryError(f"one of {', '.join(filter(None, allowed))} as {kind}", repr(value), "choose one of these")
    if kind is Kind.TRIM and value is not None and not _is_trim(value):
        raise LibraryError("a trim that begins before it ends", f"{value!r} [s]", "set both ends again")
    if kind is Kind.NOTE and not isinstance(value, str):
        raise LibraryError("a note in words", repr(value), "write a text")


def _is_trim(value: Any) -> bool:
    try:
        first, last = value
        return bool(0.0 <= first < last < math.inf)
    except (TypeError, ValueError):
        return False
