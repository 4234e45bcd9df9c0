"""Episodes made for tests: real files with made-up contents, never said to be demonstrations."""

import uuid
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_info import CameraInfo, Ending, EpisodeInfo
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.datasets.images import encode
from accord.datasets.schema import Field
from accord.recorders.step import SCORE, step_schema

OBSERVATION = (
    Field("observation/joint_position", (7,), "float64", "rad"),
    Field("observation/joint_velocity", (7,), "float64", "rad/s"),
    Field("observation/hand_position", (3,), "float64", "m"),
    Field("observation/hand_quaternion", (4,), "float64", "1"),
    Field("observation/gripper_width", (), "float64", "m"),
    Field("observation/nut_position", (3,), "float64", "m"),
    Field("observation/nut_quaternion", (4,), "float64", "1"),
)
SCHEMA = step_schema(OBSERVATION, state_size=5)
START_NS = 1_000_000_000


def made_up_steps(count: int, rng: np.random.Generator, rate_hz: float = 50.0) -> NDArray[np.void]:
    """Steps of a hand that goes to a random goal: the command is a smooth function of the observation."""
    records = np.zeros(count, SCHEMA.dtype)
    records["t_ns"] = START_NS + (np.arange(count) * 1e9 / rate_hz).astype(np.int64)
    records["observation/t_ns"] = records["t_ns"]
    records["step"] = np.arange(count)
    records["mode"] = 4  # accord.devices.source.ControlMode.SCRIPTED
    nut, hand = rng.uniform(-0.2, 0.2, 3), rng.uniform(-0.3, 0.3, 3)
    for record in records:
        twist = np.zeros(6)
        twist[:3] = np.clip(2.0 * (nut - hand), -0.2, 0.2)
        record["observation/hand_position"], record["observation/nut_position"] = hand, nut
        record["observation/hand_quaternion"], record["observation/nut_quaternion"] = (0, 1, 0, 0), (1, 0, 0, 0)
        record["observation/gripper_width"] = 0.04
        record["requested/twist"], record["sent/twist"] = twist * 1.1, twist
        record["sent/gripper"] = 1.0
        hand = hand + twist[:3] / rate_hz + rng.normal(0, 1e-4, 3)
    for name in SCORE:
        records[name] = np.nan
    return records


def made_up_images(count: int, camera: CameraInfo, rate_hz: float = 30.0, loop_hz: float = 50.0) -> list[EncodedImage]:
    """Pictures whose brightness tells their number."""
    steps = (np.arange(count) * loop_hz / rate_hz).astype(int)
    pictures = (np.full((camera.height, camera.width, 3), i % 250, np.uint8) for i in range(count))
    times = START_NS + (steps * 1e9 / loop_hz).astype(np.int64)
    return [
        EncodedImage(encode(picture, camera.codec), int(t), int(step))
        for picture, t, step in zip(pictures, times, steps, strict=True)
    ]


def make_info(cameras: tuple[CameraInfo, ...] = (), **changes: object) -> EpisodeInfo:
    """The info of a made-up episode."""
    values: dict[str, object] = {
        "id": str(uuid.uuid4()), "task": "square-nut", "instruction": "put the nut on the peg", "operator": "test",
        "source": "scripted:made-up", "station": "test", "seed": 0, "rate_hz": 50.0, "wall_ns": 1_790_000_000 * 10**9,
        "monotonic_ns": START_NS, "schema": SCHEMA, "cameras": cameras, "simulator": "none",
    }  # fmt: skip
    return EpisodeInfo(**(values | changes))  # type: ignore[arg-type]


def make_episode(
    folder: Path,
    steps: int = 100,
    views: tuple[str, ...] = ("front",),
    seed: int = 0,
    ending: Ending = Ending.COMPLETE,
    size: tuple[int, int] = (32, 24),
    **changes: object,
) -> Path:
    """Write a whole episode file and say where it is."""
    cameras = tuple(CameraInfo(name, size[0], size[1], 30.0, codec="png") for name in views)
    info = make_info(cameras, **changes)
    writer = EpisodeWriter(folder / f"{info.id}.h5", info)
    writer.append_steps(made_up_steps(steps, np.random.default_rng(seed)))
    for camera in cameras:
        writer.append_images(camera.name, made_up_images(int(steps * 0.6), camera))
    writer.close(ending)
    return writer.path
