import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from accord.devices.errors import DeviceError
from accord.devices.rotation import conjugate, rotate, to_matrix
from accord.devices.sim.appearance import Appearance
from accord.devices.sim.cameras import camera_infos
from accord.devices.sim.engine import STATE, model_from, mujoco
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.viewpoint import Viewpoint, viewpoints
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


@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize("view", viewpoints("front,wrist,free:60,-25,1.3,top=free:0,-90,1.5,0.45,0,0.05"), ids=str)
def test_depth_and_bodies_are_what_a_ray_through_the_pixel_meets(cell: Workcell, view: Viewpoint, fine: bool) -> None:
    cell.reset(5)
    model = model_from(cell.model_xml)
    data = mujoco.MjData(model)
    mujoco.mj_setState(model, data, cell.state(), STATE)
    Appearance(model).apply(data.userdata)
    mujoco.mj_forward(model, data)
    with Renderer(cell.model_xml, WIDTH, HEIGHT, fine) as drawer:
        surfaces = drawer.surfaces(cell.state(), view)
        pose, matrix, near = drawer.pose(view), drawer.intrinsics(view), 0.03
        assert drawer.bodies[0] == ""
        numbers = {name: number for number, name in enumerate(drawer.bodies)}
    off, other, seen = [], 0, set()
    shown = np.array([1, 1, 1, 0, 0, 0], np.uint8)  # groups of geoms that are drawn
    for row, column in [(r, c) for r in range(2, HEIGHT, 7) for c in range(2, WIDTH, 7)]:
        ray = to_matrix(pose[3:]) @ np.linalg.inv(matrix) @ np.array([column, row, 1.0])
        length, geom = float(np.linalg.norm(ray)), np.zeros(1, np.int32)
        distance = mujoco.mj_ray(model, data, pose[:3].copy(), ray / length, shown, 1, -1, geom)
        if 0 <= distance / length < near:
            continue  # what is so near is cut off
        name = model.body(model.geom_bodyid[geom[0]]).name if distance >= 0 else ""
        if surfaces.body[row, column] != numbers[name]:
            other += 1  # at an edge, a ray may pass where a pixel is filled
            continue
        seen.add(name)
        if name:
            off.append(float(surfaces.depth[row, column]) - distance / length)
        else:
            assert np.isinf(surfaces.depth[row, column])
    assert len(off) > 100
    assert other <= 3
    assert np.max(np.abs(off)) < 1e-3
    assert len(seen) > 1


def test_depth_of_a_known_plane_is_its_distance_everywhere() -> None:
    scene = """<mujoco><visual><map znear="0.01" zfar="10"/></visual><statistic center="0 0 0" extent="1"/><worldbody>
    <geom name="wall" type="box" pos="2.5 0 0" size="0.5 9 9"/><body name="ball" pos="1 0 0"><geom size="0.1"/></body>
    </worldbody></mujoco>"""
    model = model_from(scene)
    state = np.zeros(mujoco.mj_stateSize(model, STATE))
    mujoco.mj_getState(model, mujoco.MjData(model), state, STATE)
    with Renderer(scene, WIDTH, HEIGHT) as renderer:
        (view,) = viewpoints("free:0,0,1,0,0,0")  # at x = -1, looking along +x
        surfaces = renderer.surfaces(state, view)
        bodies = renderer.bodies
    assert bodies == ("", "world", "ball")
    np.testing.assert_allclose(surfaces.depth[surfaces.body == 1], 3.0, atol=1e-4)
    assert surfaces.depth[HEIGHT // 2, WIDTH // 2] == pytest.approx(1.9, abs=3e-3)  # MuJoCo draws balls with corners
    assert surfaces.depth[surfaces.body == 2].min() == pytest.approx(1.9, abs=3e-3)
    focal = HEIGHT / 2 / np.tan(np.radians(45.0) / 2)
    assert (surfaces.body == 2).sum() == pytest.approx(np.pi * (focal * 0.1 / np.sqrt(2.0**2 - 0.1**2)) ** 2, rel=0.03)


@pytest.mark.parametrize("view", viewpoints("front,free:60,-25,1.3,free:-100,-60,0.9,0.4,0.1,0"), ids=str)
def test_a_known_point_is_on_the_pixel_that_intrinsics_and_pose_say(
    renderer: Renderer, cell: Workcell, view: Viewpoint
) -> None:
    cell.reset(4)
    surfaces = renderer.surfaces(cell.state(), view)
    pose, matrix = renderer.pose(view), renderer.intrinsics(view)
    nut = renderer.bodies.index("nut")
    rows, columns = np.nonzero(surfaces.body == nut)
    pixels = np.column_stack((columns, rows, np.ones(len(rows)))) * surfaces.depth[rows, columns, None]
    points = pixels @ np.linalg.inv(matrix).T @ to_matrix(pose[3:]).T + pose[:3]
    position = cell.observe(0).objects["nut"][:3]
    assert len(points) > 20
    assert np.linalg.norm(points - position, axis=1).max() < 0.135  # the end of the handle is the furthest
    assert np.abs(points[:, 2] - position[2]).max() < 0.013  # it is 24 mm high


def test_surfaces_leave_the_next_picture_as_it_was(renderer: Renderer, cell: Workcell) -> None:
    cell.reset(0)
    before = renderer.draw(cell.state(), "front")
    renderer.surfaces(cell.state(), "side")
    assert (renderer.draw(cell.state(), "front") == before).all()
    with pytest.raises(DeviceError, match="numbers"):
        renderer.surfaces(np.zeros(3), "front")
    assert (renderer.draw(cell.state(), "front") == before).all()


def test_a_size_of_a_thing_that_was_drawn_before_leaves_no_trace(renderer: Renderer, cell: Workcell) -> None:
    cell.reset(2)
    usual = renderer.draw(cell.state(), "front")
    cell.reset(2, {"nut-size": (1.2, 1.2)})
    large = renderer.draw(cell.state(), "front")
    cell.reset(2)
    assert (large != usual).any()
    assert (renderer.draw(cell.state(), "front") == usual).all()


@pytest.mark.parametrize("size", [(0, 0), (-1, 10), (7, 100), (100, 4097), (10**9, 10**9)])
def test_a_size_that_nothing_can_draw_is_refused(cell: Workcell, size: tuple[int, int]) -> None:
    with pytest.raises(DeviceError, match="8 to 4096 pixels a side"):
        Renderer(cell.model_xml, *size)


def test_a_scene_that_does_not_compile_is_said() -> None:
    with pytest.raises(DeviceError, match="a scene that compiles"):
        Renderer("<mujoco><worldbody><geom/></worldbody></mujoco>", 64, 48)


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
