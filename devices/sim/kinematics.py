"""Kinematics: which joint angles bring the hand to a wanted pose, one control period at a time.

Differential inverse kinematics as a quadratic programme (mink): reach the pose, within joint ranges and joint speeds,
and drift towards a comfortable posture with what is left over. The speed limits are constraints and small singular
values are damped, so near a singularity the hand falls behind instead of the arm throwing itself about.
"""

import daqp  # type: ignore[import-not-found]
import mink
import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.arms.arm import Arm
from accord.devices.sim.engine import mujoco

POSTURE_SECONDS = 1.0
"""How fast the posture drifts back to the arm's home where the hand leaves it free, as a time constant [s]."""

_DAMPING = 1e-4
"""Of every joint's way: what keeps an arm calm near a singularity."""
_LED_RAD_S = 1.0
"""How fast the joints follow those of a leader where the hand leaves them free: an elbow must not be thrown [rad/s]."""
_FREE = 1e30
"""No bound, to the solver."""


class Kinematics:
    """One arm alone, as a chain from joint angles to the point between the finger tips.

    An answer depends on the arguments only, never on the call before, so a recorded step can be continued.
    """

    def __init__(self, arm: Arm, model: mujoco.MjModel, period_s: float) -> None:
        """Prepare the programme.

        Args:
            arm: its facts.
            model: of the arm with its hand, as `accord.devices.sim.scene.arm_xml` makes it.
            period_s: from one command to the next [s].
        """
        self._period_s = period_s
        self._configuration = mink.Configuration(model)
        self._rest = self._configuration.q.copy()
        joints = [model.joint(name) for name in arm.joints]
        self._arm = np.array([int(joint.qposadr[0]) for joint in joints])
        self._dofs = np.array([int(joint.dofadr[0]) for joint in joints])
        self.lower, self.upper = np.array([joint.range for joint in joints]).T.copy()
        self._furthest = arm.joint_speed * period_s
        self._nothing, self._sense = np.zeros((0, model.nv)), np.zeros(model.nv, dtype=np.int32)
        self._damping = _DAMPING * np.eye(model.nv)
        # One metre off costs as much as two radians; a posture a radian off costs a hundredth, which moves the hand by
        # less than 0.1 mm.
        self._reach = mink.FrameTask("hand", "site", position_cost=1.0, orientation_cost=0.5)
        self._rest[self._arm] = arm.home
        self._posture = mink.PostureTask(model, cost=1e-2, gain=min(period_s / POSTURE_SECONDS, 1.0))
        self._posture.set_target(self._rest)
        self._led = mink.PostureTask(model, cost=1e-2)
        self._numbers, self._site = np.array([int(joint.id) for joint in joints]), int(model.site("hand").id)

    def hand(self, joints: Vector) -> tuple[Vector, Vector]:
        """Position (3,) [m] and wxyz quaternion (4,) of the hand in the world at these joint angles (n,) [rad]."""
        pose = self._at(joints).get_transform_frame_to_world("hand", "site")
        return pose.translation(), pose.rotation().wxyz

    def towards(self, joints: Vector, position: Vector, quaternion: Vector, posture: Vector | None = None) -> Vector:
        """(n,) joint angles one period later, as near to the pose as ranges and speeds allow.

        Args:
            joints: (n,) where the arm is told to be now [rad].
            position: (3,) where the hand shall be [m].
            quaternion: (4,) how it shall be turned, wxyz.
            posture: (n,) joints to come to where the hand leaves them free [rad]; None for the arm's home, slowly.
        """
        joints = np.clip(joints, self.lower, self.upper)
        free = self._towards_posture(joints, posture)
        configuration = self._at(joints)
        self._reach.set_target(mink.SE3.from_rotation_and_translation(mink.SO3(quaternion), position))
        reach, rest = (task.compute_qp_objective(configuration) for task in (self._reach, free))
        # Ranges and speeds are bounds on single joints. Given as such, and not as general constraints the way that
        # `mink.solve_ik` does, they halve the time; the rest of the hand's chain is free, and moves nothing.
        least, most = np.full(len(reach.c), -_FREE), np.full(len(reach.c), _FREE)
        least[self._dofs] = np.maximum(-self._furthest, self.lower - joints)
        most[self._dofs] = np.minimum(self._furthest, self.upper - joints)
        hessian = reach.H + rest.H + self._damping
        moved, _, found, _ = daqp.solve(hessian, reach.c + rest.c, self._nothing, most, least, self._sense)
        if found <= 0:  # never seen: standing still is always within the bounds
            return joints
        after: Vector = np.clip(joints + moved[self._dofs], self.lower, self.upper)
        return after

    def _towards_posture(self, joints: Vector, posture: Vector | None) -> mink.PostureTask:
        if posture is None:
            return self._posture
        furthest, target = _LED_RAD_S * self._period_s, self._rest.copy()
        target[self._arm] = np.clip(posture, joints - furthest, joints + furthest)
        self._led.set_target(target)
        return self._led

    def skeleton(self, joints: Vector) -> Vector:
        """(n + 1, 3) where the joints and the hand are in the world, from base to hand, at these angles (n,) [m]."""
        data = self._at(joints).data
        return np.vstack((data.xanchor[self._numbers], data.site_xpos[self._site]))

    def reaching(self, joints: Vector, position: Vector, quaternion: Vector) -> Vector:
        """(n,) joint angles that bring the hand to a pose, found from these; see `towards`."""
        for _ in range(400):
            before, joints = joints, self.towards(joints, position, quaternion)
            if np.abs(joints - before).max() < 1e-6:
                break
        return joints

    def _at(self, joints: Vector) -> mink.Configuration:
        self._rest[self._arm] = joints
        self._configuration.update(self._rest)
        return self._configuration
