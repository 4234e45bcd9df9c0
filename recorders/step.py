"""Step: one turn of the loop, as a record that fits the ring, the episode file and the base policy alike."""

from accord.datasets.schema import Field, Schema
from accord.devices.input import RAW_CHANNELS

SCORE = ("score/compatibility", "score/error", "score/novelty", "score/distance", "score/incompatibility")
"""The live score of a step; NaN while no base policy is chosen."""
_WHO = ("requested", "sent")


def step_schema(observation: tuple[Field, ...], state_size: int, hands: int = 1) -> Schema:
    """The fields of a step.

    The observation is what the robot was at the beginning of the step; the sent command is what it was told then, after
    every limit. So the pair (observation, sent) of one row is what a policy learns from.

    Args:
        observation: the robot's own fields.
        state_size: length of the physics state of a simulated robot; 0 for a real one.
        hands: how many the robot has; with two, everything of a hand has a leading axis of two.
    """
    each = () if hands == 1 else (hands,)
    joints = next((field.shape for field in observation if field.name == "observation/joint_position"), None)
    fingers = next((field.shape for field in observation if field.name == "observation/finger_position"), None)
    requested, sent = (
        (
            *((Field(f"{who}/posture", joints, "float64", "rad"),) if joints else ()),
            *((Field(f"{who}/fingers", fingers, "float64", "rad"),) if fingers else ()),
        )
        for who in _WHO
    )
    fields = (
        Field("t_ns", (), "int64", "ns"),
        Field("step", (), "int64", "1"),
        Field("late_ns", (), "int64", "ns"),
        Field("mode", (), "uint8", "accord.devices.source.ControlMode"),
        Field("hold", (), "uint8", "accord.devices.limits.Hold"),
        Field("success", (), "bool", "1"),
        Field("stage", (), "uint8", "stages reached"),
        Field("input/axes", (*each, 6), "float64", "1"),
        Field("input/buttons", each, "uint64", "1"),
        Field("input/t_ns", each, "int64", "ns"),
        Field("input/raw", (*each, RAW_CHANNELS), "float64", "EpisodeInfo.inputs"),
        Field("requested/twist", (*each, 6), "float64", "m/s, rad/s"),
        Field("requested/gripper", each, "float64", "1"),
        *requested,
        Field("sent/twist", (*each, 6), "float64", "m/s, rad/s"),
        Field("sent/gripper", each, "float64", "1"),
        *sent,
        Field("observation/t_ns", (), "int64", "ns"),
        *observation,
        *(Field(name, (), "float32", "1") for name in SCORE),
    )
    physics = (Field("physics/state", (state_size,), "float64", "mujoco"),) if state_size else ()
    return Schema(fields + physics)
