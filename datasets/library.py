"""Library: a folder of episodes, and what people decided about them.

::

    library.toml                        format version, name
    episodes/<yyyy-mm-dd>/<uuid>.h5     never changed again
    curation.sqlite                     decisions, append-only
    policies/<name>/                    base policies
    selections/<name>.json              which episodes were kept, and why
    exports/                            training sets
    index.sqlite                        can be deleted at any time
"""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from accord.datasets.decisions import Curation, Decisions, Kind
from accord.datasets.episode import Episode
from accord.datasets.episode_info import Ending, EpisodeInfo
from accord.datasets.episode_writer import is_being_written
from accord.datasets.errors import EpisodeError, LibraryError
from accord.datasets.index import Index, Summary, summarise
from accord.datasets.names import checked_name
from accord.datasets.recovery import REASON, Recovered, is_unfinished, recover

FORMAT = "accord-library"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One episode of a library: what its file says, and what is decided about it."""

    path: Path
    summary: Summary
    curation: Curation

    @property
    def id(self) -> str:
        """The episode's UUID."""
        return self.summary.episode


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a library's folder now."""

    entries: tuple[Entry, ...]
    """Finished episodes, oldest first."""
    left_behind: tuple[Path, ...]
    """Episodes whose recorder died; `Library.recover` saves them."""
    damaged: tuple[str, ...]
    """One sentence for each file that cannot be read."""


class Library:
    """A folder of episodes."""

    def __init__(self, folder: Path) -> None:
        """Open a library.

        Raises:
            LibraryError: if the folder is none, or one from a newer version.
        """
        self.folder = folder
        self.name = _read_name(folder)
        self.decisions = Decisions(folder / "curation.sqlite")
        self.index = Index(folder / "index.sqlite")

    @classmethod
    def create(cls, folder: Path, name: str = "") -> "Library":
        """Open the library in this folder, which is made if it is not there.

        Raises:
            LibraryError: if the folder holds something else, or cannot be written.
        """
        title = checked_name(name, "a library") if name else folder.resolve().name
        try:
            if (folder / "library.toml").exists():
                return cls(folder)
            if folder.exists() and (not folder.is_dir() or any(p.name != "library.toml.new" for p in folder.iterdir())):
                wanted = f"a library or an empty folder at {folder}"
                raise LibraryError(wanted, "something else", "choose another folder")
            folder.mkdir(parents=True, exist_ok=True)
            fresh = folder / "library.toml.new"
            # JSON writes a string as TOML reads it.
            fresh.write_text(f'format = "{FORMAT}"\nversion = {VERSION}\nname = {json.dumps(title)}\n')
            fresh.replace(folder / "library.toml")
            (folder / "episodes").mkdir(exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"a writable folder at {folder}", error.strerror or str(error), "choose another"
            ) from error
        return cls(folder)

    def new_episode_path(self, info: EpisodeInfo) -> Path:
        """Where a new episode shall stand."""
        day = datetime.fromtimestamp(info.wall_ns / 1e9).strftime("%Y-%m-%d")
        return self.folder / "episodes" / day / f"{info.id}.h5"

    def contents(self, progress: Callable[[int, int], None] = lambda done, of: None) -> Contents:
        """Look at every file; those that were seen before are not opened again.

        Args:
            progress: called with how many files were looked at, of how many.
        """
        known, curations = self.index.summaries(), self.decisions.present()
        paths = sorted((self.folder / "episodes").glob("*/*.h5"))
        entries, left_behind, damaged = [], [], []
        for i, path in enumerate(paths):
            try:
                summary = self._summary(path, known)
                if summary is not None:
                    entries.append(Entry(path, summary, _curation(summary, curations)))
            except FileNotFoundError:
                pass  # it was deleted while we looked
            except EpisodeError as error:
                if is_unfinished(path):
                    left_behind.append(path)
                else:
                    damaged.append(str(error))
            progress(i + 1, len(paths))
        for gone in known.keys() - {self._key(path) for path in paths}:
            self.index.forget(gone)
        entries.sort(key=lambda entry: entry.summary.wall_ns)
        return Contents(tuple(entries), tuple(left_behind), tuple(damaged))

    def _summary(self, path: Path, known: dict[str, tuple[int, int, Summary]]) -> Summary | None:
        """What the episode's file says; None while it is being recorded."""
        state = path.stat()
        mtime_ns, size, summary = known.get(self._key(path), (0, 0, None))
        if summary is not None and (mtime_ns, size) == (state.st_mtime_ns, state.st_size):
            return summary
        if is_being_written(path):
            return None
        with Episode(path) as episode:
            fresh, picture = summarise(episode)
        self.index.remember(self._key(path), state.st_mtime_ns, state.st_size, fresh, picture)
        return fresh

    def _key(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def find(self, episode: str) -> Path:
        """Where an episode stands, given its UUID or an unmistakable beginning of it.

        Raises:
            LibraryError: if there is none, or more than one.
        """
        checked_name(episode, "an episode")
        found = sorted((self.folder / "episodes").glob(f"*/{episode}*.h5"))
        if len(found) != 1:
            many = f"{len(found)} of them" if found else "none"
            raise LibraryError(f"an episode {episode} in {self.name}", many, "look up ids with accord library")
        return found[0]

    def thumbnail(self, entry: Entry) -> bytes:
        """A JPEG of the episode, empty where it has no view."""
        return self.index.thumbnail(self._key(entry.path))

    def recover(self, path: Path) -> Recovered:
        """Save an episode whose recorder died; it becomes a finished, incomplete one.

        Raises:
            EpisodeError: if nothing in it can be read; the file stays as it is.
        """
        saved = recover(path)
        if saved.ending is Ending.INCOMPLETE:
            self.decisions.append("accord", saved.episode, Kind.OUTCOME, "incomplete", REASON)
        return saved

    def policy_folder(self, name: str) -> Path:
        """Where the base policy of this name stands or shall stand."""
        return self.folder / "policies" / checked_name(name, "a base policy")

    def policy_names(self) -> tuple[str, ...]:
        """The base policies of this library, oldest first."""
        found = (self.folder / "policies").glob("*/policy.json")
        return tuple(p.parent.name for p in sorted(found, key=lambda p: (p.stat().st_mtime_ns, p.parent.name)))

    def known_policy(self, name: str) -> Path:
        """Where the base policy of this name stands.

        Raises:
            LibraryError: naming those that there are.
        """
        folder = self.policy_folder(name)
        if not (folder / "policy.json").is_file():
            raise _unknown("a base policy", name, self.policy_names())
        return folder

    def known_selection(self, name: str) -> Path:
        """Where the selection of this name stands.

        Raises:
            LibraryError: naming those that there are.
        """
        path = self.selection_path(name)
        if not path.is_file():
            raise _unknown("a selection", name, self.selection_names())
        return path

    def selection_path(self, name: str) -> Path:
        """Where the selection of this name stands or shall stand."""
        return self.folder / "selections" / f"{checked_name(name, 'a selection')}.json"

    def selection_names(self) -> tuple[str, ...]:
        """The selections of this library, by name."""
        return tuple(sorted(path.stem for path in (self.folder / "selections").glob("*.json")))

    def export_path(self, name: str) -> Path:
        """Where a training set of this name stands or shall stand."""
        return self.folder / "exports" / checked_name(name, "an export")


def _unknown(what: str, name: str, known: tuple[str, ...]) -> LibraryError:
    remedy = f"choose one of {', '.join(known)}" if known else "make one first"
    return LibraryError(f"{what} of this library", f"none named {name!r}", remedy)


def _curation(summary: Summary, curations: dict[str, Curation]) -> Curation:
    """What is decided; a file that says itself that it is incomplete needs no decision, and may never have got one."""
    curation = curations.get(summary.episode, Curation())
    if curation.outcome == "unlabelled" and not summary.complete:
        return replace(curation, outcome="incomplete", why=summary.reason)
    return curation


def _read_name(folder: Path) -> str:
    path = folder / "library.toml"
    try:
        if not path.is_file():
            remedy = "name a library's folder, or record one"
            raise LibraryError(f"a library at {folder}", "no library.toml in it", remedy)
        values = tomllib.loads(path.read_text())
        if values["format"] != FORMAT:
            raise LibraryError(f"a library at {folder}", f"format {values['format']!r}", "name a library's folder")
        version, name = int(values["version"]), str(values["name"])
    except OSError as error:
        raise LibraryError(f"a library at {folder}", error.strerror or str(error), "name another folder") from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise LibraryError(f"a library at {folder}", f"a damaged library.toml ({error})", "restore it") from error
    if version > VERSION:
        raise LibraryError(f"a library of version {VERSION} or older", f"version {version}", "update Accord")
    return name
