"""Leaders: the arms that are held to lead another, as plain facts. No library is needed to know them."""

from dataclasses import dataclass
from math import pi
from typing import Final

from accord.devices.chain import Chain
from accord.devices.inputs.leader_chains import FIVE, KOCH_CHAIN, SO101_CHAIN

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
    joints: tuple[str, ...] = ()
    """What people call its joints; empty where they count them."""
    chain: Chain | None = None
    """Where its hand is when its joints stand at such angles; None where nobody knows."""

    def names_of(self, joints: int) -> tuple[str, ...]:
        """What the joints of a copy with so many are called."""
        return self.joints if joints == len(self.joints) else joint_names(joints)

    def chain_of(self, joints: int) -> Chain | None:
        """Where the hand of a copy with so many joints is; None where nobody knows."""
        return self.chain if self.chain is not None and joints == len(self.chain.joints) else None

    def reference_of(self, joints: int) -> tuple[float, ...]:
        """The reference pose of a copy with so many joints; straight where it has not as many as the original."""
        return self.reference if joints == len(self.reference) else (0.0,) * joints


_AHEAD: Final = "upper arm upright, forearm level and forward, hand level and straight ahead, its roll in the middle"
"""The middle of every joint's range in an SO-101, and near it in a Koch; the zero of their chains."""
GELLO: Final = LeaderModel(
    # github.com/wuphilipp/gello_software: ids, baud rate, and the start joints of its Franka version. How long its
    # bones are is said nowhere in figures, so its hand is not known.
    "gello", "GELLO", (1, 2, 3, 4, 5, 6, 7, 8), 57_600, (0.0, 0.0, 0.0, -pi / 2, 0.0, pi / 2, 0.0),
    "upper arm upright, forearm level and forward, hand pointing straight down",
)  # fmt: skip
KOCH: Final = LeaderModel(
    # github.com/huggingface/lerobot, koch_leader.py
    "koch", "Koch leader", (1, 2, 3, 4, 5, 6), 1_000_000, (0.0,) * 5, _AHEAD, FIVE, KOCH_CHAIN,
)  # fmt: skip
SO101: Final = LeaderModel(
    # github.com/huggingface/lerobot, so_leader.py; the SO-100 is the same on the wire
    "so101", "SO-101 leader", (1, 2, 3, 4, 5, 6), 1_000_000, (0.0,) * 5, _AHEAD, FIVE, SO101_CHAIN,
)  # fmt: skip

LEADERS: Final = {model.name: model for model in (GELLO, KOCH, SO101)}


def joint_names(joints: int) -> tuple[str, ...]:
    """What the joints of a leader are called by their numbers."""
    return tuple(f"joint {number}" for number in range(1, joints + 1))
