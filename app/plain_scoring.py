"""Plain scoring: the scores of a library's episodes that need no base policy, as the work of a job."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from accord.app.crew import cores
from accord.app.reached import Reached, reached
from accord.app.report import Report, silent
from accord.datasets.errors import DatasetError
from accord.datasets.library import Library
from accord.datasets.policy_file import load
from accord.datasets.scores.library import plain_scores


@dataclass(frozen=True, slots=True)
class PlainScoring:
    """What the job found out."""

    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Episode → score → value, NaN where it cannot be known; those in the bin are not compared, and not there."""
    reached: Mapping[str, Reached] = field(default_factory=dict)
    """Episode → its arm and stage; only those that were asked for."""
    problems: tuple[str, ...] = ()
    """One sentence for each episode that cannot be scored."""


def score_plainly(folder: Path, policy: str = "", known: Collection[str] = (), report: Report = silent) -> PlainScoring:
    """Compute what is not kept of before, beside the library; see `plain_scores`.

    Args:
        folder: of the library.
        policy: the base policy to whose episodes the others are compared; empty for none.
        known: episodes of which nobody asks for arm and stage again.
        report: is told how far it is.

    Raises:
        AccordError: if the library or the policy cannot be read, or the cache cannot be written.
    """
    library = Library(folder)

    def progress(done: int, of: int) -> None:
        report(0.8 * done / max(of, 1), f"reading episode {min(done + 1, of)} of {of}" if of else "comparing episodes")

    found = plain_scores(library, base_of(library, policy), progress=progress, workers=cores())
    missing = [entry for entry in library.contents().entries if entry.id not in known]
    facts = {}
    for done, entry in enumerate(missing):
        report(0.8 + 0.2 * done / len(missing), f"looking at episode {done + 1} of {len(missing)}")
        with suppress(DatasetError):  # the library names damaged files
            facts[entry.id] = reached(entry.path)
    return PlainScoring(found.rows, facts, found.problems)


def base_of(library: Library, policy: str) -> tuple[str, ...]:
    """Ids of the episodes of a base policy, fitted to and held out; none without a policy.

    Raises:
        AccordError: if it cannot be read.
    """
    if not policy:
        return ()
    base = load(library.known_policy(policy))
    return (*base.fitted_to, *base.held_out)
