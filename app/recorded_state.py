"""RecordedState: a moment of a recorded episode that the simulator can go back to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.app.errors import AppError
from accord.datasets.episode import Episode
from accord.datasets.features import FINGERS
from accord.datasets.schema import Schema

STATE = "physics/state"
"""The field of a step that holds the whole physics state."""
GRIPPER = "sent/gripper"


@dataclass(frozen=True, slots=True, eq=False)
class RecordedState:
    """The physics of one step, and what else is needed to go on from there."""

    state: NDArray[np.float64]
    """(state_size,) as `Workcell.state`."""
    gripper: float | NDArray[np.float64]
    """How far the gripper was told to open; (2,) with two hands [1]."""
    model_xml: str
    """The scene that the state belongs to."""
    seed: int
    """Of that scene."""
    fingers: NDArray[np.float64] | None = None
    """(m,) how the finger joints were told to be; (2, m) with two hands; None for hands without [rad]."""

    @classmethod
    def of(cls, episode: Episode, step: int) -> "RecordedState":
        """The state in which a step of an episode began.

        Raises:
            AccordError: if the episode has no such step, or keeps no physics.
        """
        if STATE not in episode.info.schema or not (model_xml := episode.model_xml()):
            wanted = "an episode that keeps its physics"
            raise AppError(wanted, f"{episode.path.name} without", "choose one of a simulated robot")
        if not 0 <= step < len(episode):
            raise AppError(f"a step below {len(episode)}", f"{step}", "choose another moment")
        before = max(step - 1, 0)
        gripper = np.asarray(episode.field(GRIPPER)[before], np.float64)
        told = gripper if gripper.ndim else float(gripper)
        bent = np.asarray(episode.field(FINGERS)[before], np.float64) if FINGERS in episode.info.schema else None
        return cls(episode.field(STATE)[step], told, model_xml, episode.info.seed, bent)

    def check(self, model_xml: str, steps: Schema) -> None:
        """Refuse a state that the scene which stands there now cannot be set to.

        Args:
            model_xml: of that scene.
            steps: what a step of that scene holds.

        Raises:
            AppError: if it is another scene, or the numbers are damaged.
        """
        wanted = "a moment of the scene that stands there"
        if self.model_xml != model_xml:
            raise AppError(wanted, "one of another scene", "choose its task, arm and control rate first")
        if self.state.shape != (size := steps[STATE].shape) or not np.isfinite(self.state).all():
            raise AppError(wanted, f"{self.state.size} numbers, not {size[0]} finite ones", "choose another moment")
        opening = np.asarray(self.gripper)
        if opening.shape != steps[GRIPPER].shape or not ((opening >= 0) & (opening <= 1)).all():
            raise AppError(wanted, f"a gripper told to open {self.gripper}", "choose another moment")
        bent = np.zeros(0) if self.fingers is None else self.fingers
        if bent.shape != (steps[FINGERS].shape if FINGERS in steps else (0,)) or not np.isfinite(bent).all():
            raise AppError(wanted, f"fingers told to be at {self.fingers}", "choose another moment")
