"""Observed: the fields of an observation of a task, with their shapes and units."""

from accord.datasets.schema import Field
from accord.devices.sim.engine import mujoco
from accord.devices.sim.task import Task


def observation_fields(task: Task, joints: int, fingers: int, model: mujoco.MjModel) -> tuple[Field, ...]:
    """What `accord.devices.command.Observation` holds for a task, as fields of a step.

    Args:
        task: which one.
        joints: of all arms together.
        fingers: joints of the fingers of one hand; 0 for grippers.
        model: of the scene.
    """
    hands = () if task.hands == 1 else (task.hands,)
    target = (Field("observation/target_position", (*hands, 3), "float64", "m"),) if task.bounds.planar else ()
    bent = (Field("observation/finger_position", (*hands, fingers), "float64", "rad"),) if fingers else ()
    return (
        Field("observation/joint_position", (joints,), "float64", "rad"),
        Field("observation/joint_velocity", (joints,), "float64", "rad/s"),
        Field("observation/hand_position", (*hands, 3), "float64", "m"),
        Field("observation/hand_quaternion", (*hands, 4), "float64", "1"),
        Field("observation/gripper_width", hands, "float64", "m"),
        *bent,
        *target,
        *(field for name in (*task.objects, *task.furniture) for field in _of_body(name)),
        *(Field(f"observation/{name}", (), "float64", _unit(model, name)) for name in task.joints),
    )


def _of_body(name: str) -> tuple[Field, Field]:
    return (
        Field(f"observation/{name}_position", (3,), "float64", "m"),
        Field(f"observation/{name}_quaternion", (4,), "float64", "1"),
    )


def _unit(model: mujoco.MjModel, joint: str) -> str:
    slides = int(model.joint(joint).type[0]) == int(mujoco.mjtJoint.mjJNT_SLIDE)
    return "m" if slides else "rad"
