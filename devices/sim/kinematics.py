"""Kinematics: which joint angles bring the hand to a wanted pose, one control period at a time.

Differential inverse kinematics as a quadratic programme (mink): reach the pose, within joint ranges and joint speeds,
and drift towards a comfortable posture with what is left over. The speed limits are constraints and small singular
values are damped, so near a singularity the hand falls behind instead of the arm throwing itself about.
"""

import mink
import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.engine import mujoco

JOINTS = tuple(f"joint{i}" for i in range(1, 8))
"""The arm's joints, from base to hand."""

JOINT_SPEED = np.array([2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61])
"""(7,) joint velocity limits of the Panda (Franka Control Interface documentation, joint space limits) [rad/s]."""

HOME = np.array([0.0, -0.2324, 0.0, -2.4599, 0.0, 2.2275, 0.7854])
"""(7,) where an episode starts: hand down, 0.45 m before the base and 0.28 m over the table [rad]."""

POSTURE_SECONDS = 1.0
"""How fast the posture drifts back to HOME where the hand leaves it free, as a time constant [s]."""


class Kinematics:
    """The arm alone, as a chain from joint angles to the point between the finger tips.

    An answer depends on the arguments only, never on the call before, so a recorded step can be continued.
    """

    def __init__(self, arm: mujoco.MjModel, period_s: float) -> None:
        self._period_s = period_s
        self._configuration = mink.Configuration(arm)
        self._rest = self._configuration.q.copy()
        index = [int(arm.joint(name).qposadr[0]) for name in JOINTS]
        self._arm, self._dofs = np.array(index), np.array([int(arm.joint(name).dofadr[0]) for name in JOINTS])
        self.lower, self.upper = arm.jnt_range[: len(JOINTS)].T.copy()
        speeds = dict(zip(JOINTS, JOINT_SPEED, strict=True))
        self._limits = [mink.ConfigurationLimit(arm), mink.VelocityLimit(arm, speeds)]
        # One metre off costs as much as two radians; a posture a radian off costs a hundredth, which moves the hand by
        # less than 0.1 mm.
        self._reach = mink.FrameTask("hand", "site", position_cost=1.0, orientation_cost=0.5)
        self._rest[self._arm] = HOME
        self._posture = mink.PostureTask(arm, cost=1e-2, gain=min(period_s / POSTURE_SECONDS, 1.0))
        self._posture.set_target(self._rest)

    def hand(self, joints: Vector) -> tuple[Vector, Vector]:
        """Position (3,) [m] and wxyz quaternion (4,) of the hand in the base frame at these joint angles (7,) [rad]."""
        pose = self._at(joints).get_transform_frame_to_world("hand", "site")
        return pose.translation(), pose.rotation().wxyz

    def towards(self, joints: Vector, position: Vector, quaternion: Vector) -> Vector:
        """(7,) joint angles one period later, as near to the pose as ranges and speeds allow.

        Args:
            joints: (7,) where the arm is told to be now [rad].
            position: (3,) where the hand shall be [m].
            quaternion: (4,) how it shall be turned, wxyz.
        """
        joints = np.clip(joints, self.lower, self.upper)
        configuration = self._at(joints)
        self._reach.set_target(mink.SE3.from_rotation_and_translation(mink.SO3(quaternion), position))
        velocity = mink.solve_ik(
            configuration, [self._reach, self._posture], self._period_s, "daqp", damping=1e-4, limits=self._limits
        )
        after: Vector = np.clip(joints + self._period_s * velocity[self._dofs], self.lower, self.upper)
        return after

    def _at(self, joints: Vector) -> mink.Configuration:
        self._rest[self._arm] = joints
        self._configuration.update(self._rest)
        return self._configuration
