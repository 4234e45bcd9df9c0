"""Workcell: the simulated robot, its table and the things on it.

Everything that the next step depends on is in MuJoCo's own integration state: the joint targets are the controls, the
wanted pose of the hand is a mocap body, and user data hold how long the task has been done, how many of its stages were
reached and what the reset drew. So a recorded state, set again, goes on bit for bit.
"""

from dataclasses import replace
from functools import cached_property
from math import ceil, hypot

import numpy as np

from accord.devices.command import Command, Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.limits import Bounds, Limits, expires_ns
from accord.devices.sim.appearance import Appearance, distractors
from accord.devices.sim.arm_command import per_arm
from accord.devices.sim.arms.catalogue import arm as arm_named
from accord.devices.sim.distractors import place_distractors
from accord.devices.sim.engine import SIMULATOR, STATE, model_from, mujoco
from accord.devices.sim.factor import DISTRACTORS, HEIGHT, Variation, check_variation, draw
from accord.devices.sim.kinematics import Kinematics
from accord.devices.sim.mounted_arm import MountedArm
from accord.devices.sim.observed import observation_fields
from accord.devices.sim.poses import same_side
from accord.devices.sim.scene import DONE, SEED, STAGE, VALUES, scene_xml
from accord.devices.sim.task import RATES_HZ, Moment, Task
from accord.devices.sim.tasks import catalogue

PHYSICS_HZ = 500.0
"""Physics runs at least this often [Hz]; a little more often where the control rate does not divide it."""
SUCCESS_SECONDS = 0.2
"""How long the task has to look done before it is."""


class Workcell:
    """One or two arms at a table with one task, driven by the velocity of the hands."""

    def __init__(
        self, task: str = "square-nut", rate_hz: float = 50.0, model_xml: str | None = None, arm: str = ""
    ) -> None:
        """Build the scene and reset it with seed 0.

        Args:
            task: one of `catalogue.tasks`.
            rate_hz: how often a command comes, 20 to 100 [Hz].
            model_xml: a recorded scene to use in place of the one that this version would make.
            arm: which arm; empty for the one of the recorded scene, or the task's usual one.

        Raises:
            DeviceError: if the task or arm is unknown, the rate is outside its range, or the scene does not compile.
        """
        if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
            raise DeviceError("a control rate of 20 to 100 Hz", f"{rate_hz:g} Hz", "choose a rate in this range")
        self.task: Task = catalogue.task(task)
        self.name, self.rate_hz = f"workcell:{task}", rate_hz
        self.simulator = SIMULATOR
        self._substeps = ceil(PHYSICS_HZ / rate_hz)
        self._ramp = np.arange(1, self._substeps + 1)[:, None] / self._substeps
        timestep = 1.0 / (rate_hz * self._substeps)
        usual = self.task.arms[0]
        self.model_xml = model_xml or scene_xml(self.task, arm_named(arm or usual), timestep)
        self._model = model_from(self.model_xml)
        self._data = mujoco.MjData(self._model)
        self._appearance = Appearance(self._model)
        self.arm = self._appearance.arm or arm or usual
        self._arms = self._mounted(1.0 / rate_hz)
        self.fingers = self._arms[0].grip.fingers
        self.limits = Limits(self.task.bounds, expires_ns(rate_hz), self.task.hands, self.fingers)
        self._distractors = distractors(self._model)
        self._objects, self._joints = self._addresses(self.task.objects), self._addresses(self.task.joints)
        self._object_dofs = {name: int(self._model.joint(name).dofadr[0]) for name in self.task.objects}
        self._furniture = {name: int(self._model.body(name).id) for name in self.task.furniture}
        self.state_size = int(mujoco.mj_stateSize(self._model, STATE))
        joints = sum(len(arm.joints) for arm in self._arms)
        bent = len(self.fingers.names) if self.fingers else 0
        self.observation_fields = observation_fields(self.task, joints, bent, self._model)
        self.cameras = self.task.cameras
        self._seen: dict[str, Vector] = {}
        self.reset(0)

    def _mounted(self, period_s: float) -> list[MountedArm]:
        arm, hand = arm_named(self.arm), self.task.hand
        return [MountedArm(arm, hand, mount, self._model, period_s) for mount in self.task.mounts]

    def _addresses(self, joints: tuple[str, ...]) -> dict[str, int]:
        """Where each of these begins among all positions; looking that up by name costs as much as a step."""
        return {name: int(self._model.joint(name).qposadr[0]) for name in joints}

    def _start(self, number: int, rng: np.random.Generator) -> Vector:
        """(n,) joint angles at the beginning: about a degree off home, or the hand within a centimetre of its place."""
        arm, starts = self._arms[number], self.task.start
        if not starts:
            return arm.arm.home + rng.normal(0.0, 0.02, len(arm.joints))
        x, y = rng.normal(0.0, 0.01, 2)
        return arm.reaching(np.add(starts[number], (x, y, self._height)))

    # The scene -------------------------------------------------------------------------------------------------

    def reset(self, seed: int, variation: Variation = {}) -> None:  # noqa: B006 - never changed
        """Go to the start of an episode; the seed draws the scene's factors and, by about a degree, the arms' joints.

        Args:
            seed: of everything that happens by chance.
            variation: which factors are fixed or vary otherwise than usual.

        Raises:
            DeviceError: if there is no such factor, or its range is impossible; nothing has changed then.
        """
        check_variation(self.task.factors, variation)
        values = draw(self.task.factors, seed, variation)
        rng = np.random.default_rng(seed)
        mujoco.mj_resetData(self._model, self._data)
        self._write_values(seed, values)
        for number, arm in enumerate(self._arms):
            arm.reset(self._data, self._start(number, rng))
        placed = self.task.place(values, rng)
        poses = {name: placed[name] for name in self._objects}
        count = int(values[DISTRACTORS])
        about = place_distractors(self._distractors, count, poses, self.task.keep_clear, self.task.wide, rng)
        if len(about) < count:  # no room for all: then that many are there, and the scene says so
            self._write_values(seed, values | {DISTRACTORS: float(len(about))})
        poses |= about
        for name, pose in poses.items():
            self._data.joint(name).qpos[:] = pose
            self._data.joint(name).qpos[2] += self._height
        for name in placed.keys() & self._joints:
            self._data.joint(name).qpos[:] = placed[name]
        self._forget()

    def _write_values(self, seed: int, values: dict[str, float]) -> None:
        data = self._data
        if self._appearance.names == tuple(values):  # a recorded scene of another version is as its states say
            data.userdata[SEED] = seed
            data.userdata[VALUES:] = list(values.values())
            self._appearance.apply(data.userdata)
        self._follow_values()

    def _follow_values(self) -> None:
        """What is said about the scene, and where hands may go, as the model is now."""
        self.values = {f.name: sum(f.usual) / 2 for f in self.task.factors} | self._appearance.values
        self._height = self.values.get(HEIGHT, 0.0)
        bounds: Bounds = self.task.bounds
        x, y, z = bounds.lower
        self.limits.bounds = replace(bounds, lower=(x, y, z + self._height))

    # One turn --------------------------------------------------------------------------------------------------

    def observe(self, t_ns: int) -> Observation:
        """What the robot and the objects are now. A robot with two hands has both in every array, row by row."""
        data, arms = self._data, self._arms
        hands, wanted = [arm.hand(data) for arm in arms], [arm.wanted(data) for arm in arms]
        turns = [self._steady(f"hand {i}", turn) for i, (_, turn) in enumerate(hands)]
        widths = [arm.grip.width(data) for arm in arms]
        return Observation(
            t_ns=t_ns,
            joint_position=np.concatenate([data.qpos[arm.joints] for arm in arms]),
            joint_velocity=np.concatenate([data.qvel[arm.dofs] for arm in arms]),
            hand_position=_each([position for position, _ in hands]),
            hand_quaternion=_each(turns),
            gripper_width=widths[0] if len(arms) == 1 else np.array(widths),
            objects={name: self._steadied(name) for name in self._seen_bodies},
            joints={name: float(data.qpos[at]) for name, at in self._joints.items()},
            target_position=_each([position for position, _ in wanted]),
            target_quaternion=_each([turn for _, turn in wanted]),
            values=self.values,
            finger_position=_each([arm.grip.bent(data) for arm in arms]) if self.fingers else None,
        )

    @property
    def _seen_bodies(self) -> tuple[str, ...]:
        return (*self._objects, *self._furniture)

    def _pose(self, name: str) -> Vector:
        """(7,) of an object, or of a part of the furniture."""
        if name in self._furniture:
            body = self._furniture[name]
            return np.concatenate((self._data.xpos[body], self._data.xquat[body]))
        at = self._objects[name]
        pose: Vector = self._data.qpos[at : at + 7].copy()
        return pose

    def _steadied(self, name: str) -> Vector:
        pose = self._pose(name)
        pose[3:] = self._steady(name, pose[3:])
        return pose

    def apply(self, command: Command) -> None:
        """Move the wanted hands by the twists, solve for the joints, and step the physics for one period.

        Raises:
            DeviceError: if the command is not finite or not for these hands; nothing has moved then.
        """
        told = per_arm(command, [len(arm.joints) for arm in self._arms], self.fingers)
        data = self._data
        start = data.ctrl.copy()
        end = start.copy()
        for arm, one in zip(self._arms, told, strict=True):
            arm.follow(data, end, one)
        model, controls, step = self._model, data.ctrl, mujoco.mj_step
        for ramp in start + self._ramp * (end - start):
            controls[:] = ramp
            step(model, data)
        mujoco.mj_kinematics(self._model, data)
        self._judge()

    @property
    def chains(self) -> tuple[Kinematics, ...]:
        """The arms as chains from joint angles to hands, the left one first."""
        return tuple(arm.kinematics for arm in self._arms)

    def _judge(self) -> None:
        """Count the stages that were reached, and for how long the last one has been."""
        memory, stages, moment = self._data.userdata, self.task.stages, self.moment()
        memory[DONE] = memory[DONE] + 1.0 / self.rate_hz if self.task.done(moment) else 0.0
        if len(memory) > STAGE:
            reached = int(memory[STAGE])
            while reached < len(stages) - 1 and stages[reached].reached(moment):
                reached += 1
            memory[STAGE] = len(stages) if self.succeeded() else max(reached, int(memory[STAGE]))

    def moment(self) -> Moment:
        """What the task judges."""
        data, shift = self._data, np.array([0.0, 0.0, self._height])
        objects = {name: self._pose(name) for name in self._seen_bodies}
        for pose in objects.values():
            pose[2] -= self._height
        return Moment(
            objects=objects,
            joints={name: float(data.qpos[at]) for name, at in self._joints.items()},
            hands=tuple(data.site_xpos[arm.site] - shift for arm in self._arms),
            openings=tuple(arm.grip.width(data) for arm in self._arms),
            touched_by=self._touched(),
            values=self.values,
            speeds={name: hypot(*data.qvel[at : at + 3].tolist()) for name, at in self._object_dofs.items()},
        )

    def _touched(self) -> tuple[frozenset[str], ...]:
        touched: list[set[str]] = [set() for _ in self._arms]
        for a, b in self._data.contact.geom[: self._data.ncon].tolist():
            name = self._object_geoms.get(a) or self._object_geoms.get(b)
            if name:
                for arm, mine in zip(self._arms, touched, strict=True):
                    if a in arm.geoms or b in arm.geoms:
                        mine.add(name)
        return tuple(frozenset(mine) for mine in touched)

    @cached_property
    def _object_geoms(self) -> dict[int, str]:
        bodies = {int(self._model.body(name).id): name for name in self._seen_bodies}
        return {i: bodies[int(body)] for i, body in enumerate(self._model.geom_bodyid) if int(body) in bodies}

    @property
    def stage(self) -> int:
        """How many of the task's stages were reached since the reset."""
        memory = self._data.userdata
        return int(memory[STAGE]) if len(memory) > STAGE else 0

    def succeeded(self) -> bool:
        """Whether the task has looked done for a fifth of a second."""
        return bool(self._data.userdata[DONE] >= SUCCESS_SECONDS - 1e-9)

    # The whole state -------------------------------------------------------------------------------------------

    @property
    def values_in_state(self) -> slice:
        """Where a state keeps the values of the task's factors, in their order."""
        data = mujoco.MjData(self._model)
        data.userdata[:] = np.arange(len(data.userdata)) + 0.5  # nothing else in a fresh state looks like that
        state = np.empty(self.state_size)
        mujoco.mj_getState(self._model, data, state, STATE)
        first = int(np.flatnonzero(state == VALUES + 0.5)[0])
        return slice(first, first + len(data.userdata) - VALUES)

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
        self._appearance.apply(self._data.userdata)
        self._follow_values()
        self._forget()

    def close(self) -> None:
        """Nothing is held open; it is here because a robot has it."""

    def _steady(self, name: str, quaternion: Vector) -> Vector:
        """The quaternion with the sign that follows the observation before."""
        self._seen[name] = same_side(quaternion, self._seen.get(name))
        return self._seen[name]

    def _forget(self) -> None:
        # Kinematics only: mj_forward would touch the solver's warm start, which is part of the state.
        self._seen.clear()
        mujoco.mj_kinematics(self._model, self._data)


def _each(rows: list[Vector]) -> Vector:
    """What belongs to the hands: for two of them row by row."""
    return rows[0] if len(rows) == 1 else np.stack(rows)
