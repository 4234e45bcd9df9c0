"""Policy scoring: episodes scored against a base policy, over all cores where there are enough of them."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from accord.app.crew import Undone, cores, work_off
from accord.app.report import Report
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.index import TimedScores
from accord.datasets.library import Entry
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load
from accord.datasets.scoring import score_episode
from accord.datasets.threads import at_most

ENOUGH = 200
"""With fewer episodes the processes take longer to start than they save: 3 s on two busy cores, against 45 ms of one
core for an episode of 10 s."""

Result = TimedScores | str
"""The scores, or in one sentence why there are none."""


def score_entries(
    base: BasePolicy, folder: Path, entries: Sequence[Entry], report: Report, enough: int = ENOUGH
) -> Iterator[tuple[Entry, Result]]:
    """Score episodes; each result comes as soon as it is there.

    Args:
        base: the policy.
        folder: in which it is kept.
        entries: the episodes.
        report: is told how far it is; what it raises ends everything.
        enough: from how many episodes on there are several processes.
    """
    return _by_crew(folder, entries, report) if len(entries) >= enough else _here(base, entries, report)


def _here(base: BasePolicy, entries: Sequence[Entry], report: Report) -> Iterator[tuple[Entry, Result]]:
    for done, entry in enumerate(entries):
        report(done / len(entries), f"scoring episode {done + 1} of {len(entries)}")
        with at_most(1):
            result = _scored(base, entry.path)
        yield entry, result


def _by_crew(folder: Path, entries: Sequence[Entry], report: Report) -> Iterator[tuple[Entry, Result]]:
    of, done = {entry.path: entry for entry in entries}, 0

    def look() -> None:
        report(done / len(entries), f"scored {done} of {len(entries)} episodes")

    for path, result in work_off(list(of), cores(), live, folder, look):
        done += 1
        yield of[path], result.why if isinstance(result, Undone) else result


def live(folder: Path, connection: Connection) -> None:
    """The life of a process that scores: it receives paths and sends a result for each, see `work_off`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; who started us decides
    with suppress(EOFError, BrokenPipeError, ConnectionResetError), at_most(1):
        try:
            base = load(folder)
        except AccordError as error:
            connection.send(error)
            return
        while (path := connection.recv()) is not None:
            connection.send(_scored(base, path))


def _scored(base: BasePolicy, path: Path) -> Result:
    try:
        with Episode(path) as episode:
            scored = score_episode(base, episode)
    except AccordError as error:
        return str(error)
    return TimedScores(scored.steps, scored.t_ns)
