"""MountedArm: one arm of a scene, which follows the velocity that is wanted of its hand."""

from functools import cached_property

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.arm_command import ArmCommand
from accord.devices.sim.arms.arm import Arm
from accord.devices.sim.engine import model_from, mujoco
from accord.devices.sim.grip import grip_of
from accord.devices.sim.kinematics import Kinematics
from accord.devices.sim.poses import leashed, turned
from accord.devices.sim.scene import arm_xml
from accord.devices.sim.task import Mount

LEASH = (0.03, 0.25)
"""How far the wanted hand may run ahead of the hand: it stays near when the arm is blocked or at a limit [m, rad]."""
DOWN = np.array([0.0, 1.0, 0.0, 0.0])
"""(4,) a hand that points straight down, its fingers opening along y, wxyz."""


class MountedArm:
    """One arm of a scene. Where its hand is wanted is a mocap body of the scene, so that it is a part of the state."""

    def __init__(self, arm: Arm, hand: str, mount: Mount, model: mujoco.MjModel, period_s: float) -> None:
        """Find its parts in the scene.

        Args:
            arm: its facts.
            hand: what is mounted on it.
            mount: where it stands, and how its parts are named.
            model: of the scene.
            period_s: from one command to the next [s].
        """
        self.arm, self._model, self._period_s, prefix = arm, model, period_s, mount.prefix
        timestep = float(model.opt.timestep)
        self.kinematics = Kinematics(arm, model_from(arm_xml(arm, hand, mount, timestep)), period_s)
        joints = [model.joint(prefix + name) for name in arm.joints]
        self.joints = np.array([int(joint.qposadr[0]) for joint in joints])
        self.dofs = np.array([int(joint.dofadr[0]) for joint in joints])
        self._servos = np.array([int(model.actuator(prefix + name).id) for name in arm.joints])
        self.site = int(model.site(f"{prefix}hand").id)
        self._wanted = int(model.body_mocapid[model.body(f"{prefix}wanted_hand").id])
        self.grip = grip_of(model, prefix)
        self._hand_body = int(model.body(f"{prefix}hand").id)

    def reaching(self, position: Vector) -> Vector:
        """(n,) joint angles with the hand at this place (3,) [m], pointing down."""
        return self.kinematics.reaching(self.arm.home, position, DOWN)

    def reset(self, data: mujoco.MjData, joints: Vector) -> None:
        """Stand still at these joint angles (n,), the fingers open."""
        data.qpos[self.joints] = data.ctrl[self._servos] = joints
        self.grip.reset(data)
        data.mocap_pos[self._wanted], data.mocap_quat[self._wanted] = self.kinematics.hand(joints)

    def hand(self, data: mujoco.MjData) -> tuple[Vector, Vector]:
        """Position (3,) [m] and wxyz quaternion (4,) of the hand in the world."""
        quaternion = np.empty(4)
        mujoco.mju_mat2Quat(quaternion, data.site_xmat[self.site])
        return data.site_xpos[self.site].copy(), quaternion

    def wanted(self, data: mujoco.MjData) -> tuple[Vector, Vector]:
        """Position (3,) [m] and wxyz quaternion (4,) that the hand is told to have in the world."""
        return np.array(data.mocap_pos[self._wanted]), np.array(data.mocap_quat[self._wanted])

    def follow(self, data: mujoco.MjData, controls: Vector, told: ArmCommand) -> None:
        """Move the wanted hand by a twist, and write where the servos shall be at the end of this period.

        Args:
            data: of the scene.
            controls: (nu,) servo targets, changed in place.
            told: what is wanted; its twist in the world.
        """
        i, period_s = self._wanted, self._period_s
        wanted = data.mocap_pos[i] + told.twist[:3] * period_s, turned(data.mocap_quat[i], told.twist[3:] * period_s)
        position, quaternion = leashed(wanted, self.hand(data), *LEASH)
        data.mocap_pos[i], data.mocap_quat[i] = position, quaternion
        controls[self._servos] = self.kinematics.towards(controls[self._servos], position, quaternion, told.posture)
        self.grip.follow(controls, told.opening, told.fingers, period_s)

    @cached_property
    def geoms(self) -> frozenset[int]:
        """The shapes of the hand and its fingers that meet others."""
        model, bodies = self._model, {self._hand_body}
        for body in range(model.nbody):  # a body always comes after its parent
            if int(model.body_parentid[body]) in bodies:
                bodies.add(body)
        return frozenset(geom for geom, body in enumerate(model.geom_bodyid) if int(body) in bodies)
