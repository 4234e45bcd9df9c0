"""What a session knows of its workcell, and of the scene that is set now."""

from pathlib import Path

import numpy as np
import pytest

from accord.app.errors import AppError
from accord.app.processes import Scene
from accord.app.settings import Settings, check_seed
from accord.devices.sim.workcell import Workcell

JITTER = {"camera-jitter": (0.05, 0.05)}


def step(scene: Scene, robot: Workcell) -> np.void:
    record = np.zeros((), scene.schema.dtype)
    record["physics/state"] = robot.state()
    return record[()]


def test_cameras_are_where_the_scene_that_is_set_has_them(tmp_path: Path) -> None:
    plain, shaken = (Scene.of(Settings(tmp_path, variation=variation)) for variation in ({}, JITTER))
    robot = Workcell()
    robot.reset(4, JITTER)
    moved = shaken.cameras_now(step(shaken, robot))
    robot.reset(4)
    back = shaken.cameras_now(step(shaken, robot))
    assert back == plain.cameras, "whatever the session began with"
    assert np.linalg.norm(np.subtract(moved[0].pose[:3], back[0].pose[:3])) > 0.005


def test_what_was_drawn_is_read_from_the_state(tmp_path: Path) -> None:
    scene, robot = Scene.of(Settings(tmp_path, task="hammer")), Workcell("hammer")
    robot.reset(2, {"distractors": (3, 3), "hammer-size": (1.05, 1.05)})
    assert scene.drawn(step(scene, robot)) == robot.values
    assert scene.drawn(None) == {}


@pytest.mark.parametrize("seed", [-1, 10**15, 10**24])
def test_a_seed_that_no_state_holds_is_refused(seed: int) -> None:
    with pytest.raises(AppError, match="a seed of 0 or more"):
        check_seed(seed)
