"""What the study compares: tasks, operators, and the data that a policy is trained on in every cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

RATE_HZ = 25.0
BASE, EACH, KEPT = 20, 10, 10
"""Base episodes; new episodes of every operator; how many of all operators' episodes a filter keeps."""
DETECTION = 20
"""Further episodes of every operator, on which only detection is measured: they train nothing."""
REACTS = 0.7
"""Chance with which an operator changes to what it was shown, at every rejection."""
USUAL_THEN = {"updates": 1500, "average": 0.0}
"""Settings of a base policy that were the usual ones when the study was begun, so that all of it rests on the same."""


@dataclass(frozen=True, slots=True)
class StudiedTask:
    """One task, the base set's strategy, and who adds to it."""

    name: str
    base: str
    """Strategy of the base set, and of the first operator."""
    foreign: tuple[str, ...]
    """Strategies of the other operators."""
    limit_s: float
    """Of a rollout, about twice what the base set's episodes take [s]."""
    variation: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Factors that vary less than usual, so that a policy of this size learns the task at all from so few episodes."""
    observed: tuple[str, ...] = ()
    """What the trained policies see; empty for the usual fields."""
    times: int = 1
    """How many times as many base, new and kept episodes as usual, for a task that takes that much more to learn."""
    updates: int = 4000
    """Of every trained policy."""

    @property
    def base_episodes(self) -> int:
        """How many the base set has."""
        return self.times * BASE

    @property
    def each(self) -> int:
        """New episodes of every operator."""
        return self.times * EACH

    @property
    def kept(self) -> int:
        """How many of all operators' episodes a filter keeps."""
        return self.times * KEPT

    @property
    def operators(self) -> tuple[tuple[str, str], ...]:
        """Name and strategy of everybody who adds to the base set."""
        return tuple((f"scripted-{i}", strategy) for i, strategy in enumerate((self.base, *self.foreign), start=1))


_HAND = ("observation/hand_position", "observation/hand_quaternion", "observation/gripper_width")


def _places(name: str) -> tuple[str, str, str]:
    return f"observation/{name}_position", f"relative/{name}_position", f"close/{name}_position"


TASKS = {
    task.name: task
    for task in (
        StudiedTask("square-nut", "across-then-down", ("down-then-across", "by-the-end"), 20.0),
        StudiedTask("round-nut", "as-it-lies", ("from-beside", "turned-aside"), 20.0),
        StudiedTask(
            "hammer", "over-the-top", ("by-the-head", "from-the-front"), 28.0,
            {"hammer-turn": (-30.0, 30.0), "cabinet-x": (0.51, 0.51), "cabinet-y": (0.28, 0.28),
             "cabinet-turn": (0.0, 0.0)},
        ),
        StudiedTask(
            "plating", "left-to-right", ("right-to-left", "slide-in"), 50.0,
            {"bowl-x": (0.0, 0.0), "bowl-y": (0.0, 0.0), "plate-x": (0.0, 0.0), "plate-y": (0.0, 0.0),
             "pieces-turn": (0.0, 0.0), "pieces-apart": (0.033, 0.033)},
            observed=(
                *_HAND, *_places("carrot"), *_places("cheese"), *_places("cucumber"),
                "relative/cheese_quaternion", "relative/cucumber_quaternion",  # the carrot is round
            ),
            times=4, updates=10000,
        ),
    )
}  # fmt: skip

MEASURES = (
    "conflict", "incompatibility", "departure", "duration", "mutual-information", "action-divergence", "smoothness",
    "nearest-base", "compatibility",
)  # fmt: skip
"""Whole episodes are ranked by these; ``duration`` keeps the shortest."""
CELLS = ("base", "naive", "elicited", "elicited-ours", "random", "conflict-steps", *MEASURES)
"""What a policy is trained on: the base set alone; with all new episodes; with as many as a filter keeps, at random or
by a measure; with all but their conflicting steps; with as many as naive ones, elicited and judged by the published
measure, or by ours."""
BLOCK = 50
"""Rollouts that are kept at once."""
STALLED_S, STALLED_M = 5.0, 0.01
"""A rollout is over when the hand has stayed within so much for so long: the policy sees one step and remembers none,
so what it does in a state it does for ever."""


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """The smallest piece of work that is resumed."""

    task: str
    seed: int
    cell: str
    block: int = 0
    """Which of its rollouts."""
