"""Leaders: the arms that are held to lead another, as plain facts. No library is needed to know them."""

from dataclasses import dataclass
from math import pi
from typing import Final

TICKS_PER_TURN: Final = 4096
"""Of the servos of all of them."""


@dataclass(frozen=True, slots=True)
class LeaderModel:
    """One make of leader: a chain of servos, the last of which is the trigger."""

    name: str
    text: str
    """What a person calls it."""
    ids: tuple[int, ...]
    """Of its servos from the base on, the trigger's last."""
    baud: int
    """As its makers set it [bit/s]."""
    reference: tuple[float, ...]
    """How its joints stand in the pose that it is calibrated in [rad]."""
    pose: str
    """That pose in words."""

    def reference_of(self, joints: int) -> tuple[float, ...]:
        """The reference pose of a copy with so many joints; straight where it has not as many as the original."""
        return self.reference if joints == len(self.reference) else (0.0,) * joints


GELLO: Final = LeaderModel(
    # github.com/wuphilipp/gello_software: ids, baud rate, and the start joints of its Franka version
    "gello", "GELLO", (1, 2, 3, 4, 5, 6, 7, 8), 57_600, (0.0, 0.0, 0.0, -pi / 2, 0.0, pi / 2, 0.0),
    "upper arm upright, forearm level and forward, hand pointing straight down",
)  # fmt: skip
KOCH: Final = LeaderModel(
    # github.com/huggingface/lerobot, koch_leader.py
    "koch", "Koch leader", (1, 2, 3, 4, 5, 6), 1_000_000, (0.0,) * 5,
    "every joint in the middle of its range",
)  # fmt: skip
SO101: Final = LeaderModel(
    # github.com/huggingface/lerobot, so_leader.py; the SO-100 is the same on the wire
    "so101", "SO-101 leader", (1, 2, 3, 4, 5, 6), 1_000_000, (0.0,) * 5,
    "every joint in the middle of its range",
)  # fmt: skip

LEADERS: Final = {model.name: model for model in (GELLO, KOCH, SO101)}


def joint_names(joints: int) -> tuple[str, ...]:
    """What the joints of a leader are called."""
    return tuple(f"joint {number}" for number in range(1, joints + 1))
