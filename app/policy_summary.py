"""PolicySummary: what a list of base policies shows of each: when it was fitted, to what, and if it is stale."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy_file import load
from accord.datasets.staleness import told
from accord.datasets.used import Used


@dataclass(frozen=True, slots=True)
class PolicySummary:
    """One line of the list."""

    name: str
    created_ns: int = 0
    """Wall clock since 1970 [ns]; 0 where it is not known."""
    fitted_to: tuple[str, ...] = ()
    """Ids of the episodes that the weights were fitted to."""
    held_out: tuple[str, ...] = ()
    """Ids of the episodes that chose the best weights and the thresholds."""
    used: Mapping[str, Used] = field(default_factory=dict)
    """Episode → what it was then."""
    stale: str = ""
    """What changed since, one sentence; empty where nothing did."""
    problem: str = ""
    """Why it cannot be read, or empty."""

    @property
    def episodes(self) -> int:
        """Of its base set."""
        return len(self.fitted_to) + len(self.held_out)


def summaries(library: Library, names: Iterable[str]) -> tuple[PolicySummary, ...]:
    """Of these policies, in this order; a policy is read again only when its file has changed."""
    found = (_known(library.policy_folder(name)) for name in names)
    return tuple(one if one.problem else replace(one, stale=told(one, library)) for one in found)


def _known(folder: Path) -> PolicySummary:
    try:
        return _read(folder, (folder / "policy.json").stat().st_mtime_ns)
    except (AccordError, OSError) as error:
        return PolicySummary(folder.name, problem=str(error))


@lru_cache(maxsize=256)
def _read(folder: Path, stamp: int) -> PolicySummary:
    policy = load(folder)
    return PolicySummary(folder.name, policy.created_ns, policy.fitted_to, policy.held_out, policy.used)
