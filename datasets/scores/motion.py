"""Motion: what the plain scores need of one episode, taken from its records."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.commanded import commanded
from accord.datasets.counted import counted
from accord.datasets.errors import DatasetError
from accord.datasets.features import Features, observed

Numbers = NDArray[np.float64]

_ADJACENT = 1.5
"""Steps further apart than this many periods have something left out between them, as in a training set."""
HANDS = {"observation/hand_position": 3, "sent/twist": 6, "requested/twist": 6, "sent/gripper": 1}
"""Fields of each hand in the order in which a `Motion` holds them, and how many numbers a hand has in them."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """The counted steps of one episode. N steps, H hands, O and A numbers of an observation and of an action."""

    episode: str
    """UUID, or any other name that no other episode has."""
    task: str
    rate_hz: float
    """Its own, at which it was recorded."""
    observed: Features
    commanded: Features
    t_ns: NDArray[np.int64]
    """(N,) when each step began, increasing [ns]."""
    observations: Numbers
    """(N, O) in their own units."""
    actions: Numbers
    """(N, A) in their own units."""
    hand: Numbers | None = None
    """(N, H, 3) where each hand was; None where nothing tells [m]."""
    twist: Numbers | None = None
    """(N, H, 6) sent; None where the robot was commanded otherwise [m/s, rad/s]."""
    requested: Numbers | None = None
    """(N, H, 6) what the source wanted, before the limits; None where nothing tells [m/s, rad/s]."""
    gripper: Numbers | None = None
    """(N, H) sent opening; None where there is no gripper [1]."""

    def __len__(self) -> int:
        return len(self.t_ns)

    @classmethod
    def of(cls, episode: str, task: str, rate_hz: float, records: NDArray[np.void]) -> "Motion":
        """Take what the scores need from records; steps in which nobody drove or the robot was held are left out.

        Args:
            episode: its id.
            task: its task; only episodes of one task are compared.
            rate_hz: at which it was recorded.
            records: (steps,) with ``t_ns``, fields ``observation/…`` and ``sent/…``. What has no field of a hand, as
                much that was imported, gets the scores that can be known without.

        Raises:
            DatasetError: if no step counts, a field that everything rests on is missing, a number is not finite, the
                rate is none, or time goes backwards.
        """
        steps = records[counted(records)]
        if not len(steps):
            raise DatasetError(f"a driven step in episode {episode}", "none", "leave this episode out")
        if not 0 < rate_hz < np.inf:
            raise DatasetError(f"the rate of episode {episode}", f"{rate_hz} Hz", "import it again with its rate")
        names = steps.dtype.names or ()
        seen, done = Features.of(observed(steps.dtype), steps.dtype), Features.of(commanded(steps.dtype), steps.dtype)
        hands = (_of_hands(steps, name, width) if name in names else None for name, width in HANDS.items())
        t_ns = steps["t_ns"].astype(np.int64)
        motion = cls(episode, task, rate_hz, seen, done, t_ns, seen.vectors(steps), done.vectors(steps), *hands)
        motion._check()
        return motion

    def _check(self) -> None:
        if np.any(np.diff(self.t_ns) <= 0):
            raise DatasetError(f"a clock that goes on in episode {self.episode}", "one that does not", "leave it out")

    @property
    def duration_s(self) -> float:
        """From the first step that counts to the last [s]."""
        return float(self.t_ns[-1] - self.t_ns[0]) / 1e9

    @property
    def intervals_s(self) -> Numbers:
        """(N − 1,) from each step to the next [s]."""
        return np.diff(self.t_ns) / 1e9

    @property
    def adjacent(self) -> NDArray[np.bool_]:
        """(N − 1,) whether nothing was left out between a step and the next."""
        return np.asarray(self.intervals_s <= _ADJACENT / self.rate_hz)

    @property
    def velocity(self) -> Numbers | None:
        """(N − 1, H, 3) of each hand, between a step and the next; None where nothing tells [m/s].

        By the nominal period, not by the clock: a simulated robot moves on by exactly that however late a step begins,
        and the clock's jitter, twice differentiated, would drown the jerk. It means nothing where steps are missing.
        """
        return None if self.hand is None else np.diff(self.hand, axis=0) * self.rate_hz

    @property
    def kind(self) -> tuple[str, Features, Features]:
        """What two episodes must share to be compared: the task, and the fields."""
        return self.task, self.observed, self.commanded


def _of_hands(steps: NDArray[np.void], name: str, width: int) -> Numbers | None:
    """(N, H, width) of one hand or two, (N, H) of a single number; None if the field holds something else."""
    values = np.asarray(steps[name], np.float64)
    if values.shape[1:] not in (((), (2,)) if width == 1 else ((width,), (2, width))):
        return None
    if not np.isfinite(values).all():
        raise DatasetError("finite numbers in every step", f"others in {name}", "drop these steps")
    return values.reshape(len(values), -1) if width == 1 else values.reshape(len(values), -1, width)
