"""Short episodes of the real simulator with the pictures that it really gives, made without the recording processes."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
from episodes import make_info

from accord.datasets.decisions import Kind
from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.datasets.images import encode
from accord.datasets.library import Library
from accord.datasets.schema import Schema
from accord.devices.command import Command
from accord.devices.record import write_observation
from accord.devices.sim.cameras import camera_infos
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.workcell import Workcell
from accord.recorders.step import step_schema

PERIOD_NS, EVERY, MODE = 20_000_000, 2, 4
"""Of the loop; which steps are pictured; `ControlMode.SCRIPTED`."""


@cache
def cell(task: str = "square-nut") -> Workcell:
    """One for all: building it takes longer than a short episode."""
    return Workcell(task)


def schema_of(robot: Workcell) -> Schema:
    """Of the steps that a loop would record."""
    return step_schema(robot.observation_fields, robot.state_size, robot.task.hands)


def simulated_steps(robot: Workcell, count: int, seed: int, variation: Mapping[str, tuple[float, float]]) -> np.ndarray:
    """Steps of a hand, or of two, going sideways."""
    robot.reset(seed, variation)
    steps = np.zeros(count, schema_of(robot).dtype)
    steps["sent/posture"] = steps["requested/posture"] = np.nan
    if robot.fingers is not None:
        steps["sent/fingers"] = steps["requested/fingers"] = robot.fingers.open
    for i, row in enumerate(steps):
        row["t_ns"], row["step"], row["mode"] = PERIOD_NS * (i + 1), i, MODE
        row["physics/state"] = robot.state()
        write_observation(row, robot.observe(int(row["t_ns"])))
        row["sent/twist"], row["sent/gripper"] = (0.05, 0.2, 0, 0, 0, 0.1), 1.0
        twist, gripper = row["sent/twist"].copy(), row["sent/gripper"]
        robot.apply(Command(twist, float(gripper) if gripper.ndim == 0 else gripper.copy(), t_ns=0, source="test"))
    return steps


def write_simulated(
    path: Path,
    count: int = 15,
    seed: int = 3,
    size: tuple[int, int] = (64, 48),
    pictures: bool = True,
    change: Callable[[np.ndarray], None] = lambda steps: None,
    variation: Mapping[str, tuple[float, float]] = {},
    model_xml: str = "",
    task: str = "square-nut",
    **info: object,
) -> Path:
    """Write an episode, of which ``change`` may spoil the steps after the pictures were drawn."""
    robot = cell(task)
    steps = simulated_steps(robot, count, seed, variation)
    cameras = camera_infos(robot, *size, 25.0) if pictures else ()
    known = {"schema": schema_of(robot), "simulator": robot.simulator, "seed": seed, "task": task}
    told = make_info(cameras, **(known | info))
    drawn: dict[str, list[EncodedImage]] = {camera.name: [] for camera in cameras}
    if pictures:
        with Renderer(robot.model_xml, *size) as renderer:
            for row in steps[::EVERY]:
                for view, images in drawn.items():
                    data = encode(renderer.draw(row["physics/state"], view))
                    images.append(EncodedImage(data, int(row["t_ns"]), int(row["step"])))
    change(steps)
    writer = EpisodeWriter(path if path.suffix else path / f"{told.id}.h5", told, model_xml or robot.model_xml)
    writer.append_steps(steps)
    for view, images in drawn.items():
        writer.append_images(view, images)
    writer.close(Ending.COMPLETE)
    return writer.path


def simulated_library(folder: Path, counts: tuple[int, ...] = (8, 20, 14), **how: object) -> Library:
    """A library of such episodes, all successes."""
    library = Library.create(folder)
    for number, count in enumerate(counts):
        path = write_simulated(folder / "episodes" / "2026-09-21", count, seed=number, **how)  # type: ignore[arg-type]
        library.decisions.append("test", path.stem, Kind.OUTCOME, "success")
    return library
