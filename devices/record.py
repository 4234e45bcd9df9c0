"""An observation as the fields of a step."""

import numpy as np

from accord.devices.command import Observation


def write_observation(record: np.ndarray[tuple[()], np.dtype[np.void]], observation: Observation) -> None:
    """Put an observation into the fields ``observation/…`` of a record.

    Args:
        record: () one step, of a robot with such an observation.
        observation: what the robot is.
    """
    record["observation/t_ns"] = observation.t_ns
    record["observation/joint_position"] = observation.joint_position
    record["observation/joint_velocity"] = observation.joint_velocity
    record["observation/hand_position"] = observation.hand_position
    record["observation/hand_quaternion"] = observation.hand_quaternion
    record["observation/gripper_width"] = observation.gripper_width
    if observation.finger_position is not None:
        record["observation/finger_position"] = observation.finger_position
    if "observation/target_position" in (record.dtype.names or ()):
        record["observation/target_position"] = observation.target_position
    for name, position in observation.joints.items():
        record[f"observation/{name}"] = position
    for name, pose in observation.objects.items():
        record[f"observation/{name}_position"], record[f"observation/{name}_quaternion"] = pose[:3], pose[3:]
