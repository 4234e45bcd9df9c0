"""Workcell: the simulated robot, its table and the things on it.

Everything that the next step depends on is in MuJoCo's own integration state: the joint targets are the controls, the
wanted pose of the hand is a mocap body, and how long the task has been done is user data. So a recorded state, set
again, goes on bit for bit.
"""

from functools import cached_property
from math import ceil

import numpy as np

from accord.datasets.schema import Field
from accord.devices.command import Command, Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.limits import Limits, expires_ns
from accord.devices.sim import catalogue
from accord.devices.sim.engine import SIMULATOR, STATE, model_from, mujoco
from accord.devices.sim.kinematics import HOME, JOINTS, Kinematics
from accord.devices.sim.poses import leashed, same_side, turned
from accord.devices.sim.scene import scene_xml
from accord.devices.sim.task import RATES_HZ

PHYSICS_HZ = 500.0
"""Physics runs at least this often [Hz]; a little more often where the control rate does not divide it."""
SUCCESS_SECONDS = 0.2
"""How long the task has to look done before it is."""
FINGER_SPEED, FINGER_STROKE = 0.05, 0.04
"""Of each finger (Franka Hand manual: 50 mm/s, 80 mm opening) [m/s, m]."""
LEASH = (0.03, 0.25)
"""How far the wanted hand may run ahead of the hand: it stays near when the arm is blocked or at a limit [m, rad]."""


class Workcell:
    """An arm at a table with one task, driven by the velocity of its hand."""

    def __init__(self, task: str = "square-nut", rate_hz: float = 50.0, model_xml: str | None = None) -> None:
        """Build the scene and reset it with seed 0.

        Args:
            task: one of `catalogue.tasks`.
            rate_hz: how often a command comes, 20 to 100 [Hz].
            model_xml: a recorded scene to use in place of the one that this version would make.

        Raises:
            DeviceError: if the task is unknown or the rate is outside its range.
        """
        if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
            raise DeviceError("a control rate of 20 to 100 Hz", f"{rate_hz:g} Hz", "choose a rate in this range")
        self.task = catalogue.task(task)
        self.name, self.rate_hz = f"workcell:{task}", rate_hz
        self.simulator, self.limits = SIMULATOR, Limits(expires_ns=expires_ns(rate_hz))
        self._substeps = ceil(PHYSICS_HZ / rate_hz)
        timestep = 1.0 / (rate_hz * self._substeps)
        self.model_xml = model_xml or scene_xml(self.task.scene, timestep)
        self._model = model_from(self.model_xml)
        self._data = mujoco.MjData(self._model)
        self._kinematics = Kinematics(model_from(scene_xml("panda.xml", timestep)), 1.0 / rate_hz)
        self.state_size = int(mujoco.mj_stateSize(self._model, STATE))
        self.observation_fields = _fields(self.task.objects)
        self._joints = np.array([int(self._model.joint(name).qposadr[0]) for name in JOINTS])
        self._dofs = np.array([int(self._model.joint(name).dofadr[0]) for name in JOINTS])
        self._seen: dict[str, Vector] = {}
        self.reset(0)

    def reset(self, seed: int) -> None:
        """Go to the start of an episode; the seed draws the objects' poses and, by about a degree, the arm's joints."""
        rng = np.random.default_rng(seed)
        mujoco.mj_resetData(self._model, self._data)
        joints = HOME + rng.normal(0.0, 0.02, len(HOME))
        self._data.qpos[self._joints] = self._data.ctrl[: len(JOINTS)] = joints
        for name in ("left_finger", "right_finger"):
            self._data.joint(name).qpos[0] = FINGER_STROKE
        self._data.ctrl[len(JOINTS) :] = FINGER_STROKE
        for name, pose in self.task.place(rng).items():
            self._data.joint(name).qpos[:] = pose
        self._data.mocap_pos[0], self._data.mocap_quat[0] = self._kinematics.hand(joints)
        self._forget()

    def observe(self, t_ns: int) -> Observation:
        """What the robot and the objects are now."""
        data = self._data
        quaternion = np.empty(4)
        mujoco.mju_mat2Quat(quaternion, data.site("hand").xmat)
        objects = {}
        for name in self.task.objects:
            pose = data.joint(name).qpos.copy()
            pose[3:] = self._steady(name, pose[3:])
            objects[name] = pose
        return Observation(
            t_ns=t_ns,
            joint_position=data.qpos[self._joints],
            joint_velocity=data.qvel[self._dofs],
            hand_position=data.site("hand").xpos.copy(),
            hand_quaternion=self._steady("hand", quaternion),
            gripper_width=float(data.joint("left_finger").qpos[0] + data.joint("right_finger").qpos[0]),
            objects=objects,
        )

    def apply(self, command: Command) -> None:
        """Move the wanted hand by the twist, solve for the joints, and step the physics for one period.

        Raises:
            DeviceError: if the command is not finite; nothing has moved then.
        """
        if not (np.isfinite(command.twist).all() and np.isfinite(command.gripper)):
            raise DeviceError("a finite command", f"{command.twist} {command.gripper}", "send it through Limits first")
        start = self._data.ctrl.copy()
        end = np.concatenate((self._follow(start[: len(JOINTS)], command.twist), self._fingers(command.gripper)))
        for i in range(1, self._substeps + 1):
            self._data.ctrl[:] = start + (end - start) * (i / self._substeps)
            mujoco.mj_step(self._model, self._data)
        mujoco.mj_kinematics(self._model, self._data)
        counted = self._data.userdata[0] + 1.0 / self.rate_hz if self._looks_done() else 0.0
        self._data.userdata[0] = counted

    def succeeded(self) -> bool:
        """Whether the task has looked done for a fifth of a second."""
        return bool(self._data.userdata[0] >= SUCCESS_SECONDS - 1e-9)

    def state(self) -> Vector:
        """(state_size,) MuJoCo's integration state."""
        state = np.empty(self.state_size)
        mujoco.mj_getState(self._model, self._data, state, STATE)
        return state

    def set_state(self, state: Vector) -> None:
        """Go to a recorded state.

        Raises:
            DeviceError: if its length is not this scene's.
        """
        if state.shape != (self.state_size,):
            raise DeviceError(
                f"a state of {self.state_size} numbers", f"shape {state.shape}", "use this scene's states"
            )
        mujoco.mj_setState(self._model, self._data, np.ascontiguousarray(state, dtype=np.float64), STATE)
        self._forget()

    def close(self) -> None:
        """Nothing is held open; it is here because a robot has it."""

    @cached_property
    def _hand_geoms(self) -> frozenset[int]:
        return self._geoms_of("hand", "left_finger", "right_finger")

    @cached_property
    def _object_geoms(self) -> dict[int, str]:
        return {geom: name for name in self.task.objects for geom in self._geoms_of(name)}

    def _geoms_of(self, *bodies: str) -> frozenset[int]:
        ids = {int(self._model.body(name).id) for name in bodies}
        return frozenset(geom for geom, body in enumerate(self._model.geom_bodyid) if int(body) in ids)

    def _follow(self, joints: Vector, twist: Vector) -> Vector:
        """(7,) joint targets at the end of this period; moves the wanted hand."""
        data, period_s = self._data, 1.0 / self.rate_hz
        wanted = data.mocap_pos[0] + twist[:3] * period_s, turned(data.mocap_quat[0], twist[3:] * period_s)
        wanted = leashed(wanted, self._kinematics.hand(data.qpos[self._joints]), *LEASH)
        joints = self._kinematics.towards(joints, *wanted)
        data.mocap_pos[0], data.mocap_quat[0] = leashed(wanted, self._kinematics.hand(joints), *LEASH)
        return joints

    def _fingers(self, opening: float) -> Vector:
        """(2,) finger targets at the end of this period [m]."""
        now = self._data.ctrl[len(JOINTS) :]
        reach = FINGER_SPEED / self.rate_hz
        after: Vector = now + np.clip(FINGER_STROKE * np.clip(opening, 0.0, 1.0) - now, -reach, reach)
        return after

    def _looks_done(self) -> bool:
        poses = {name: self._data.joint(name).qpos for name in self.task.objects}
        return self.task.done(poses, self._touched())

    def _touched(self) -> frozenset[str]:
        """The objects in contact with the hand or a finger."""
        touched = set()
        for a, b in self._data.contact.geom[: self._data.ncon].tolist():
            if a in self._hand_geoms and b in self._object_geoms:
                touched.add(self._object_geoms[b])
            if b in self._hand_geoms and a in self._object_geoms:
                touched.add(self._object_geoms[a])
        return frozenset(touched)

    def _steady(self, name: str, quaternion: Vector) -> Vector:
        """The quaternion with the sign that follows the observation before."""
        self._seen[name] = same_side(quaternion, self._seen.get(name))
        return self._seen[name]

    def _forget(self) -> None:
        # Kinematics only: mj_forward would touch the solver's warm start, which is part of the state.
        self._seen.clear()
        mujoco.mj_kinematics(self._model, self._data)


def _fields(objects: tuple[str, ...]) -> tuple[Field, ...]:
    of_objects = [
        field
        for name in objects
        for field in (
            Field(f"observation/{name}_position", (3,), "float64", "m"),
            Field(f"observation/{name}_quaternion", (4,), "float64", "1"),
        )
    ]
    return (
        Field("observation/joint_position", (7,), "float64", "rad"),
        Field("observation/joint_velocity", (7,), "float64", "rad/s"),
        Field("observation/hand_position", (3,), "float64", "m"),
        Field("observation/hand_quaternion", (4,), "float64", "1"),
        Field("observation/gripper_width", (), "float64", "m"),
        *of_objects,
    )
