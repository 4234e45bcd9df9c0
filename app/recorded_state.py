"""RecordedState: a moment of a recorded episode that the simulator can go back to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.app.errors import AppError
from accord.datasets.episode import Episode

STATE = "physics/state"
"""The field of a step that holds the whole physics state."""


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
        gripper = np.asarray(episode.field("sent/gripper")[max(step - 1, 0)], np.float64)
        told = gripper if gripper.ndim else float(gripper)
        return cls(episode.field(STATE)[step], told, model_xml, episode.info.seed)

    def check(self, model_xml: str, size: int, hands: int) -> None:
        """Refuse a state that the scene which stands there now cannot be set to.

        Args:
            model_xml: of that scene.
            size: of its states.
            hands: of its robot.

        Raises:
            AppError: if it is another scene, or the numbers are damaged.
        """
        wanted = "a moment of the scene that stands there"
        if self.model_xml != model_xml:
            raise AppError(wanted, "one of another scene", "choose its task, arm and control rate first")
        if self.state.shape != (size,) or not np.isfinite(self.state).all():
            raise AppError(wanted, f"{self.state.size} numbers, not {size} finite ones", "choose another moment")
        opening = np.asarray(self.gripper)
        if opening.shape != (() if hands == 1 else (hands,)) or not ((opening >= 0) & (opening <= 1)).all():
            raise AppError(wanted, f"a gripper told to open {self.gripper}", "choose another moment")
