"""Study: a base policy and everything that the page about it shows, read in one go and in a thread."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from accord.app.curating import Row
from accord.app.ui.scan import Scan
from accord.app.ui.step_cloud import StepCloud
from accord.datasets.calibration import calibrate
from accord.datasets.compatibility import StepScores, Thresholds
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.index import TimedScores
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.selection import Selection


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A library against one base policy."""

    scan: Scan = field(default_factory=Scan)
    selections: dict[str, frozenset[str]] = field(default_factory=dict)
    """Name → ids of the episodes that it keeps."""
    candidates: tuple[Row, ...] = ()
    """Episodes that are not in the base, nor in the bin."""
    held_out: tuple[str, ...] = ()
    cloud: StepCloud = field(default_factory=lambda: StepCloud.of({}))
    """Steps of the candidates and of the held-out base episodes, without what is cut off."""
    calibrated: Thresholds | None = None
    """What the held-out episodes say; None where they are no longer there."""
    about: str = ""
    warning: str = ""

    @classmethod
    def of(cls, library: Library, policy: str, progress: Callable[[int, int], None]) -> "Study":
        """Read it; an empty name means the newest policy.

        Raises:
            AccordError: if the policy cannot be read.
        """
        names = library.policy_names()
        scan = Scan.of(library, policy if policy in names else (names[-1] if names else ""), progress)
        selections = _selections(library)
        if scan.policy is None:
            return cls(scan, selections)
        base = {*scan.policy.fitted_to, *scan.policy.held_out}
        kept = [row for row in scan.rows if row.entry.curation.outcome != "discarded"]
        candidates = tuple(row for row in kept if row.entry.id not in base)
        wanted = (*candidates, *(row for row in kept if row.entry.id in scan.policy.held_out))
        cloud = StepCloud.of({row.entry.id: _stays(row, scan) for row in wanted if row.entry.id in scan.scores})
        calibrated, warning = _calibrated(library, scan.policy)
        about = _about(scan.policy)
        return cls(scan, selections, candidates, scan.policy.held_out, cloud, calibrated, about, warning)


def _selections(library: Library) -> dict[str, frozenset[str]]:
    found = {}
    for name in library.selection_names():
        try:
            found[name] = frozenset(Selection.load(library.selection_path(name)).kept)
        except AccordError:
            continue  # a damaged selection is said where it is used, on the page Export
    return found


def _stays(row: Row, scan: Scan) -> TimedScores:
    """The scores of what is not cut off, see `accord.app.curating`."""
    timed = scan.scores[row.entry.id]
    if row.entry.curation.trim is None:
        return timed
    first, last = row.entry.curation.trim
    since_s = (timed.t_ns - timed.t_ns[:1]) / 1e9
    inside = (since_s >= first) & (since_s <= last)
    return TimedScores(StepScores(timed.steps.error[inside], timed.steps.novelty[inside]), timed.t_ns[inside])


def _calibrated(library: Library, policy: BasePolicy) -> tuple[Thresholds | None, str]:
    """What the held-out episodes say, and why that is uncertain."""
    try:
        steps = [_steps(library, episode) for episode in policy.held_out]
        found = calibrate(policy, steps)
    except AccordError:
        return None, "Its held-out episodes are not in this library: the thresholds cannot be calibrated again."
    return found.thresholds, found.warning


def _steps(library: Library, episode: str) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    with Episode(library.find(episode)) as opened:
        return opened.steps()


def _about(policy: BasePolicy) -> str:
    told = policy.metrics
    lines = [
        f"{policy.task}, {policy.rate_hz:g} Hz, K = {policy.ensemble.members}",
        f"validation error {told.get('validation_error', float('nan')):.4f}, "
        f"training {told.get('train_error', float('nan')):.4f}",
        f"fitted to {len(policy.fitted_to)} episodes, {told.get('steps', 0):,.0f} steps",
        f"{told.get('epochs', 0):.0f} epochs in {told.get('seconds', 0):.0f} s",
        f"held out {', '.join(episode[:8] for episode in policy.held_out)}",
    ]
    return "\n".join(lines)
