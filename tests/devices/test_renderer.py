import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from accord.devices.errors import DeviceError
from accord.devices.rotation import conjugate, rotate
from accord.devices.sim.cameras import camera_infos
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.workcell import Workcell

WIDTH, HEIGHT = 160, 120


@pytest.fixture(scope="module")
def cell() -> Workcell:
    return Workcell()


@pytest.fixture(scope="module")
def renderer(cell: Workcell) -> Iterator[Renderer]:
    with Renderer(cell.model_xml, WIDTH, HEIGHT) as opened:
        yield opened


@pytest.mark.parametrize("camera", ["front", "side", "wrist"])
def test_every_view_shows_something_at_the_asked_size(renderer: Renderer, cell: Workcell, camera: str) -> None:
    cell.reset(0)
    picture = renderer.draw(cell.state(), camera)
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 20.0


def test_the_same_state_gives_the_same_picture_whatever_was_drawn_between(renderer: Renderer, cell: Workcell) -> None:
    cell.reset(0)
    state = cell.state()
    first = renderer.draw(state, "front")
    cell.reset(1)
    between = renderer.draw(cell.state(), "front")
    assert (renderer.draw(state, "front") == first).all()
    assert (between != first).any()


def test_drawing_does_not_keep_the_callers_array(renderer: Renderer, cell: Workcell) -> None:
    cell.reset(0)
    state = cell.state()
    first = renderer.draw(state, "front")
    cell.reset(1)
    state[:] = cell.state()
    assert (renderer.draw(state, "front") != first).any()


@pytest.mark.parametrize("camera", ["front", "side"])
def test_the_nut_is_drawn_where_intrinsics_and_pose_say(renderer: Renderer, cell: Workcell, camera: str) -> None:
    cell.reset(4)
    picture = renderer.draw(cell.state(), camera).astype(int)
    pose = renderer.pose(camera)
    nut = cell.observe(0).objects["nut"]
    in_camera = rotate(conjugate(pose[3:]), nut[:3] + 0.05 * rotate(nut[3:], np.array([1.0, 0.0, 0.0])) - pose[:3])
    column, row = (renderer.intrinsics(camera) @ in_camera / in_camera[2])[:2]
    orange = np.argwhere((picture[..., 0] > 110) & (picture[..., 2] < 0.45 * picture[..., 0]))
    assert len(orange) > 10
    assert np.linalg.norm(orange.mean(axis=0) - [row, column]) < 6.0


def test_camera_infos_agree_with_the_renderer(renderer: Renderer, cell: Workcell) -> None:
    infos = {info.name: info for info in camera_infos(cell, WIDTH, HEIGHT, 30.0)}
    assert tuple(infos) == cell.task.cameras
    renderer.draw(cell.state(), "front")
    np.testing.assert_allclose(infos["front"].pose, renderer.pose("front"))
    np.testing.assert_allclose(np.reshape(infos["side"].intrinsics, (3, 3)), renderer.intrinsics("side"))
    assert infos["wrist"].pose == ()  # it moves with the hand


def test_fine_pictures_have_shadows_that_live_ones_have_not(renderer: Renderer, cell: Workcell) -> None:
    cell.reset(0)
    with Renderer(cell.model_xml, WIDTH, HEIGHT, fine=True) as fine:
        shaded = fine.draw(cell.state(), "front").astype(float)
    assert shaded.mean() < renderer.draw(cell.state(), "front").mean() - 0.5


def test_two_renderers_do_not_disturb_each_other(renderer: Renderer, cell: Workcell) -> None:
    cell.reset(0)
    before = renderer.draw(cell.state(), "side")
    with Renderer(cell.model_xml, 64, 48) as other:
        assert other.draw(cell.state(), "side").shape == (48, 64, 3)
        assert (renderer.draw(cell.state(), "side") == before).all()
    assert (renderer.draw(cell.state(), "side") == before).all()


def test_an_unknown_camera_is_refused_with_the_ones_there_are(renderer: Renderer, cell: Workcell) -> None:
    with pytest.raises(DeviceError, match="front"):
        renderer.draw(cell.state(), "top")


def test_a_state_of_another_scene_is_refused(renderer: Renderer) -> None:
    with pytest.raises(DeviceError, match="numbers"):
        renderer.draw(np.zeros(3), "front")


def test_a_closed_renderer_says_so_and_may_be_closed_again(cell: Workcell) -> None:
    renderer = Renderer(cell.model_xml, 64, 48)
    renderer.close()
    renderer.close()
    with pytest.raises(DeviceError, match="closed"):
        renderer.draw(cell.state(), "front")


def test_without_opengl_the_error_says_what_to_do() -> None:
    code = """
from accord.devices.errors import DeviceError
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.workcell import Workcell
try:
    Renderer(Workcell().model_xml, 64, 48)
except DeviceError as error:
    print(error)
"""
    environment = os.environ | {"MUJOCO_GL": "disable"}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert out.stdout.startswith("Wanted an OpenGL to draw with, found disable")
    assert "libegl1" in out.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="GL is chosen by name on Linux only")
def test_a_process_ends_quietly_and_keeps_the_persons_choice_of_gl() -> None:
    code = """
import os
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.workcell import Workcell
cell = Workcell()
with Renderer(cell.model_xml, 64, 48) as renderer:
    renderer.draw(cell.state(), "front")
print(os.environ["MUJOCO_GL"])
"""
    chosen = {"egl": {"MUJOCO_GL": "egl"}, "": {"MUJOCO_GL": ""}}
    for wanted, extra in chosen.items():
        out = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | extra,
        )
        assert out.returncode == 0, out.stderr
        assert out.stderr == ""
        assert out.stdout.strip() == (wanted or "egl")
