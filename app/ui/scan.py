"""Scan: what a page needs to know of a library, read in one go and in a thread."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from accord.app.curating import Row, judged
from accord.app.plain_scoring import PlainScoring
from accord.datasets.decisions import Curation
from accord.datasets.index import TimedScores
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load

Pool = tuple[str, frozenset[tuple[str, tuple[float, float] | None]]]
"""The base policy, by its fingerprint, and every episode that is compared with it, with what stays of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A library at one moment, scored against one base policy or none."""

    rows: tuple[Row, ...] = ()
    left_behind: int = 0
    """Episodes whose recorder died."""
    damaged: tuple[str, ...] = ()
    """One sentence for each file that cannot be read."""
    policies: tuple[str, ...] = ()
    selections: tuple[str, ...] = ()
    name: str = ""
    """Of the base policy."""
    policy: BasePolicy | None = None
    scores: dict[str, TimedScores] = field(default_factory=dict)
    """Episode → the scores of its steps."""

    @classmethod
    def of(cls, library: Library, policy: str, progress: Callable[[int, int], None]) -> "Scan":
        """Look at every file, and at the scores against a policy; one that is gone means none.

        Raises:
            PolicyError: if the policy cannot be read.
        """
        contents, policies = library.contents(progress), library.policy_names()
        name = policy if policy in policies else ""
        base = load(library.policy_folder(name)) if name else None
        return cls(
            tuple(judged(library, contents.entries, name)),
            len(contents.left_behind),
            contents.damaged,
            policies,
            library.selection_names(),
            name,
            base,
            library.index.scores(base.fingerprint) if base else {},
        )

    def decided(self, present: dict[str, Curation]) -> "Scan":
        """The same with other decisions; scores that a trim changes are as they were until the next scan."""
        fresh = (replace(row.entry, curation=present.get(row.entry.id, Curation())) for row in self.rows)
        rows = (replace(row, entry=entry) for entry, row in zip(fresh, self.rows, strict=True))
        return replace(self, rows=tuple(rows))

    def with_plain(self, found: PlainScoring) -> "Scan":
        """The same with the plain scores that were found; what was not is unknown."""
        rows = (
            replace(row, plain=found.scores.get(row.entry.id, {}), reached=found.reached.get(row.entry.id))
            for row in self.rows
        )
        return replace(self, rows=tuple(rows))

    @property
    def pool(self) -> Pool:
        """All that plain scores depend on: where it is another one, they are computed again."""
        kept = (row.entry for row in self.rows if row.entry.curation.outcome != "discarded")
        compared = frozenset((entry.id, entry.curation.trim) for entry in kept)
        return self.policy.fingerprint if self.policy else "", compared

    @property
    def unscored(self) -> int:
        """How many episodes have no scores against the policy, those in the bin left out."""
        if self.policy is None:
            return 0
        kept = (row for row in self.rows if row.entry.curation.outcome != "discarded")
        return sum(row.entry.id not in self.scores for row in kept)
