"""Study: a base policy and everything that the page about it shows, read in one go and in a thread."""

from collections.abc import Callable
from dataclasses import dataclass, field

from accord.app.base_look import BaseLook, base_parts
from accord.app.curating import Row
from accord.app.fitting import calibrated, settings_of
from accord.app.policy_summary import PolicySummary, summaries
from accord.app.ui.scan import Scan
from accord.app.ui.step_cloud import StepCloud
from accord.datasets.calibration import Calibration
from accord.datasets.compatibility import Thresholds
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import FitSettings
from accord.datasets.index import TimedScores
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.selection import Selection
from accord.datasets.trim import Cuts, stays

_GONE = "Its held-out episodes are not in this library: the thresholds cannot be calibrated again."


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A library against one base policy."""

    scan: Scan = field(default_factory=Scan)
    policies: tuple[PolicySummary, ...] = ()
    """Oldest first."""
    selections: dict[str, dict[str, Cuts]] = field(default_factory=dict)
    """Name → id of each episode that it keeps → what it cuts out of that."""
    candidates: tuple[Row, ...] = ()
    """Episodes that are not in the base, nor in the bin."""
    cloud: StepCloud = field(default_factory=lambda: StepCloud.of({}))
    """Steps of the candidates and of the held-out base episodes, without what is cut off."""
    calibration: Calibration | None = None
    """What the held-out episodes say; None where they are no longer there."""
    base: BaseLook = field(default_factory=BaseLook)
    """What the base set looks like by itself."""
    settings: FitSettings = field(default_factory=FitSettings)
    """What the policy was fitted with."""

    @classmethod
    def of(cls, library: Library, policy: str, progress: Callable[[int, int], None]) -> "Study":
        """Read it; an empty name means the newest policy.

        Raises:
            AccordError: if the policy cannot be read.
        """
        names = library.policy_names()
        scan = Scan.of(library, policy if policy in names else (names[-1] if names else ""), progress)
        policies, selections = summaries(library, names), _selections(library)
        if scan.policy is None:
            return cls(scan, policies, selections)
        base = (*scan.policy.fitted_to, *scan.policy.held_out)
        kept = [row for row in scan.rows if row.entry.curation.outcome != "discarded"]
        candidates = tuple(row for row in kept if row.entry.id not in base)
        wanted = (*candidates, *(row for row in kept if row.entry.id in scan.policy.held_out))
        cloud = StepCloud.of({row.entry.id: _stays(row, scan) for row in wanted if row.entry.id in scan.scores})
        look = BaseLook.of(base_parts(library, base))
        settings = settings_of(scan.policy, library.policy_folder(scan.name))
        calibration = _calibration(library, scan.policy)
        return cls(scan, policies, selections, candidates, cloud, calibration, look, settings)

    @property
    def held_out(self) -> tuple[str, ...]:
        """Ids of the held-out base episodes."""
        return self.scan.policy.held_out if self.scan.policy else ()

    @property
    def calibrated(self) -> Thresholds | None:
        """What the held-out episodes say; None where they are no longer there."""
        return self.calibration.thresholds if self.calibration else None

    @property
    def about(self) -> str:
        """A few lines on the policy."""
        return _about(self.scan.policy) if self.scan.policy else ""

    @property
    def stale(self) -> str:
        """What of its base changed since the fit, or empty."""
        return next((one.stale for one in self.policies if one.name == self.scan.name), "")

    @property
    def warning(self) -> str:
        """Why its thresholds are uncertain, or empty."""
        if self.scan.policy is None:
            return ""
        return self.calibration.warning if self.calibration else _GONE

    @property
    def cuts(self) -> dict[str, Cuts]:
        """What was left out of its base episodes."""
        return {episode: used.cuts for episode, used in self.scan.policy.used.items()} if self.scan.policy else {}


def _selections(library: Library) -> dict[str, dict[str, Cuts]]:
    found: dict[str, dict[str, Cuts]] = {}
    for name in library.selection_names():
        try:
            rows = Selection.load(library.selection_path(name)).rows
        except AccordError:
            continue  # a damaged selection is said where it is used, on the page Export
        found[name] = {row.id: row.cuts for row in rows if row.kept}
    return found


def _stays(row: Row, scan: Scan) -> TimedScores:
    """The scores of what is not cut off, see `accord.app.curating`."""
    timed = scan.scores[row.entry.id]
    inside = stays(timed.t_ns, row.entry.summary.first_ns, row.entry.curation.trim)
    return TimedScores(timed.steps.only(inside), timed.t_ns[inside])


def _calibration(library: Library, policy: BasePolicy) -> Calibration | None:
    try:
        return calibrated(library, policy)
    except AccordError:
        return None


def _about(policy: BasePolicy) -> str:
    told = policy.metrics
    chunk = f", {policy.head.chunk} commands at once" if policy.head.chunk > 1 else ""
    lines = [
        f"{policy.task}, {policy.rate_hz:g} Hz, K = {policy.ensemble.members}{chunk}",
        f"validation error {told.get('validation_error', float('nan')):.4f}, "
        f"training {told.get('train_error', float('nan')):.4f}",
        f"fitted to {len(policy.fitted_to)} episodes, {told.get('steps', 0):,.0f} steps",
        f"{told.get('epochs', 0):.0f} epochs in {told.get('seconds', 0):.0f} s",
        f"held out {', '.join(episode[:8] for episode in policy.held_out)}",
    ]
    return "\n".join(lines)
