"""KeptFile: an SQLite file of what can be found out again. One that is damaged or of another version is made anew."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from accord.datasets.errors import LibraryError


class KeptFile:
    """May be deleted at any time."""

    def __init__(self, path: Path, what: str, tables: str, version: int) -> None:
        """Open it.

        Args:
            path: of the file.
            what: it is, for the error.
            tables: statements that make them.
            version: of the tables.

        Raises:
            LibraryError: if it cannot be read or written; so does `ask`.
        """
        self._path, self._what, self._tables, self._version = path, what, tables, version
        (found,) = self.ask("PRAGMA user_version")[0]
        if found != version:
            path.unlink(missing_ok=True)

    def ask(self, query: str, *rows: tuple[object, ...]) -> list[Any]:
        """Run one statement, once for every row of values."""
        try:
            try:
                return self._ask_once(query, rows)
            except sqlite3.OperationalError:  # locked, full, not writable: nothing is wrong with what it holds
                raise
            except sqlite3.DatabaseError:
                self._path.unlink()
                return self._ask_once(query, rows)
        except (sqlite3.Error, OSError) as error:
            remedy = "check that the disk has room and the file is writable, or delete it"
            raise LibraryError(f"{self._what} in {self._path.name}", str(error), remedy) from error

    def _ask_once(self, query: str, rows: tuple[tuple[object, ...], ...]) -> list[Any]:
        with closing(sqlite3.connect(self._path, timeout=5.0)) as connection, connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:  # it is new, or was deleted meanwhile
                connection.execute("PRAGMA journal_mode=WAL")
                connection.executescript(self._tables + f"PRAGMA user_version = {self._version};")
            if len(rows) > 1:
                return connection.executemany(query, rows).fetchall()
            return connection.execute(query, *rows).fetchall()
