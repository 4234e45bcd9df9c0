"""Ghost: where a leader would have the robot, as a skeleton in the pictures of the views. It draws nothing.

Views that are fixed to the hand are where the newest step has them: while there is a ghost the robot is held, so the
picture that is shown is of the same place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from accord.app.feedback.projection import Pixels, Projection
from accord.datasets.episode_info import CameraInfo
from accord.devices.command import Vector

_STATE: Final = "physics/state"
_ARM_M, _HAND_M = 0.035, 0.018
"""How thick the skeleton is, to each side of its middle: along the arm, and at the hand [m]."""


@dataclass(frozen=True, slots=True, eq=False)
class Limb:
    """One arm of a ghost in one picture."""

    places: Pixels
    """(points, 2) from the base to the hand, in shares of the picture; NaN where the camera cannot see it."""
    widths: Vector
    """(points,) how thick it is there, in shares of the picture's width."""


Ghost = Mapping[str, tuple[Limb, ...]]
"""View → the arms in it."""


def skeletons(points: Sequence[float], newest: np.void) -> Vector:
    """(arms, joints + 1, 3) where the joints and the hands of a ghost are, in the base frame [m].

    Args:
        points: `LoopStatus.ghost`.
        newest: the newest step, which tells how many joints an arm has.
    """
    hands = newest["observation/hand_position"].size // 3
    joints = newest["observation/joint_position"].size // hands
    whole = len(points) // (3 * (joints + 1)) * 3 * (joints + 1)
    return np.array(points[:whole], dtype=np.float64).reshape(-1, joints + 1, 3)


class Eyes:
    """The views of one scene."""

    def __init__(self, model_xml: str, cameras: Sequence[CameraInfo]) -> None:
        """Load the scene; takes a few hundred milliseconds.

        Raises:
            DeviceError: if it does not compile.
        """
        self._projection, self._cameras = Projection(model_xml), tuple(cameras)

    def see(self, arms: Vector, newest: np.void) -> Ghost:
        """The skeletons in every view.

        Args:
            arms: (arms, points, 3) see `skeletons`.
            newest: the newest step, which tells where the cameras are.
        """
        self._projection.show(newest[_STATE])
        return {camera.name: self._limbs(camera, arms) for camera in self._cameras}

    def _limbs(self, camera: CameraInfo, arms: Vector) -> tuple[Limb, ...]:
        size = np.array([camera.width, camera.height], dtype=np.float64)
        thick = np.full(arms.shape[1], _ARM_M)
        thick[-1] = _HAND_M
        middle = self._projection.pixels(camera, arms)
        # How far a step of that length along x, along y and along z goes in the picture: of the three that make a
        # ball, two lie across the line of sight, wherever the camera looks from.
        beside = arms[:, :, None] + thick[:, None, None] * np.eye(3)
        reach = np.linalg.norm(self._projection.pixels(camera, beside) - middle[:, :, None], axis=-1)
        widths = 2.0 * np.sqrt((reach**2).sum(-1) / 2.0) / camera.width
        # The first pixel's centre is (0, 0), the picture's corner half a pixel before it.
        return tuple(Limb((at + 0.5) / size, wide) for at, wide in zip(middle, widths, strict=True))
