"""Where an episode comes from: everything that is known before its first step."""

import platform
import time
import uuid
from importlib.metadata import version

import numpy as np

from accord.app.processes import Scene
from accord.app.settings import Settings
from accord.datasets.episode_info import EpisodeInfo
from accord.datasets.input_info import InputInfo


def software() -> dict[str, str]:
    """Versions of what makes an episode what it is."""
    packages = {name: version(name) for name in ("accord", "mujoco", "mink", "numpy", "h5py")}
    return packages | {"python": platform.python_version(), "system": platform.platform()}


def new_info(
    settings: Settings, scene: Scene, newest: np.void | None, *, policy: str, seed: int, operator: str, source: str,
    instruction: str, inputs: tuple[InputInfo, ...] = (),
) -> EpisodeInfo:  # fmt: skip
    """The info of an episode that begins now.

    Args:
        settings: of the session.
        scene: of the session.
        newest: the newest step, which says what the reset drew; in fast time its clock is the only one that fits.
        policy: the base policy that scores live, or empty.
        seed: of the scene.
        operator: who drives, or stands beside the script.
        source: who gives the commands.
        instruction: what the operator was asked to do.
        inputs: what the person holds.
    """
    fast = settings.time_scale != 1.0 and newest is not None
    monotonic_ns = int(newest["t_ns"]) if fast and newest is not None else time.monotonic_ns()
    return EpisodeInfo(
        id=str(uuid.uuid4()), task=settings.task, instruction=instruction, operator=operator.strip(), source=source,
        station=settings.station_name, seed=seed, rate_hz=settings.rate_hz, wall_ns=time.time_ns(),
        monotonic_ns=monotonic_ns, schema=scene.schema, cameras=scene.cameras_now(newest),
        simulator=scene.simulator,
        policy=policy, time_scale=settings.time_scale, software=software(),
        arm=scene.arm, factors=scene.drawn(newest), stages=scene.stages, inputs=inputs,
    )  # fmt: skip
