"""Files of robomimic's and robosuite's layouts, made for tests: real HDF5 with made-up numbers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np

STEPS, RATE_HZ = 60, 20.0
MODEL = """<mujoco><default><joint type="slide"/></default><worldbody>
  <body><joint name="robot0_joint1"/>
    <body><joint name="gripper0_finger_joint1" type="slide"/></body>
    <joint name="robot0_joint2" type="hinge"/></body>
  <body><freejoint name="cube_joint0"/></body></worldbody></mujoco>"""
"""Its state: time, robot0_joint1, robot0_joint2, gripper0_finger_joint1, seven of the cube, then six velocities and
three."""


def robomimic(path: Path, demos: int = 4, change: Callable[[h5py.Group], None] = lambda data: None) -> Path:
    """A low-dimensional file; `change` has a look at ``data`` before it is closed."""
    rng = np.random.default_rng(demos)
    with h5py.File(path, "w") as file:
        data = file.create_group("data")
        data.attrs["total"] = demos * STEPS
        data.attrs["env_args"] = json.dumps({"env_name": "door-v0", "type": 2, "env_kwargs": {}})
        for number in range(demos):
            demo = data.create_group(f"demo_{number}")
            demo.attrs["num_samples"] = STEPS
            state = np.cumsum(rng.normal(0, 0.1, (STEPS, 5)), axis=0)
            demo["obs/state"], demo["next_obs/state"] = state, state
            demo["actions"] = 1.5 * np.tanh(state[:, :3]) + number * 0.01
            demo["rewards"], demo["dones"] = np.full(STEPS, float(number)), np.arange(STEPS) == STEPS - 1
            demo["states"] = np.zeros((STEPS, 1))
        change(data)
    return path


def robosuite(path: Path, demos: int = 2, change: Callable[[h5py.Group], None] = lambda data: None) -> Path:
    """A raw file: states and the model's text."""
    with h5py.File(path, "w") as file:
        data = file.create_group("data")
        for name, value in {"env": "Lift", "env_info": "{}", "date": "11-16-2022", "time": "14:13:58"}.items():
            data.attrs[name] = value
        for number in range(1, demos + 1):
            demo = data.create_group(f"demo_{number}")
            demo.attrs["model_file"] = MODEL
            states = np.arange(STEPS * 20, dtype=np.float64).reshape(STEPS, 20) / 1000
            states[:, 0] = 0.05 * np.arange(STEPS)
            demo["states"], demo["actions"] = states, np.sin(np.arange(STEPS * 7.0)).reshape(STEPS, 7)
        change(data)
    return path


def put(name: str, value: Any) -> Callable[[h5py.Group], None]:
    """A change that replaces an array."""

    def change(data: h5py.Group) -> None:
        if name in data:
            del data[name]
        data[name] = value

    return change
