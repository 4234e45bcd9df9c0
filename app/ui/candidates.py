"""Candidates: what can be evaluated, read from the library in a thread."""

from dataclasses import dataclass

from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy_file import load


@dataclass(frozen=True, slots=True)
class Candidate:
    """A base policy."""

    name: str
    task: str
    rate_hz: float
    members: int


def candidates(library: Library) -> tuple[Candidate, ...]:
    """Every base policy that can be read, the newest first; a damaged one is said on the page Policy.

    The first call also brings in what an evaluation is made of, so that the window does not wait for it later.
    """
    import accord.app.evaluating  # noqa: F401, PLC0415  the simulator takes a while

    found = []
    for name in reversed(library.policy_names()):
        try:
            policy = load(library.policy_folder(name))
        except AccordError:
            continue
        found.append(Candidate(name, policy.task, policy.rate_hz, policy.ensemble.members))
    return tuple(found)
