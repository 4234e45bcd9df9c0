"""Projection against what the renderer draws: a coloured point is where the projection says."""

from collections.abc import Iterator

import numpy as np
import pytest

from accord.app.feedback.projection import Projection, of_fixed, project
from accord.datasets.episode_info import CameraInfo
from accord.devices.rotation import to_matrix
from accord.devices.sim.cameras import camera_infos
from accord.devices.sim.factor import JITTER
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.workcell import Workcell

SIZE = (320, 240)
POINTS = np.array([[0.45, 0.05, 0.02], [0.5, -0.1, 0.12], [0.55, 0.12, 0.2]])
RADIUS = 0.006
_DOT = '<geom name="dot-{}" type="sphere" size="0.006" pos="{} {} {}" rgba="1 0 1 1" contype="0" conaffinity="0"/>'


@pytest.fixture(scope="module")
def dotted() -> str:
    """The scene with three magenta dots; the room that user data leave is the same."""
    dots = "".join(_DOT.format(i, *point) for i, point in enumerate(POINTS))
    return Workcell().model_xml.replace("</worldbody>", f"{dots}</worldbody>")


@pytest.fixture(scope="module")
def renderer(dotted: str) -> Iterator[Renderer]:
    with Renderer(dotted, *SIZE) as opened:
        yield opened


def is_magenta(picture: np.ndarray) -> np.ndarray:
    red, green, blue = (picture[..., i].astype(int) for i in range(3))
    return (red > 2 * green + 40) & (blue > 2 * green + 40)


@pytest.mark.parametrize("variation", [{}, {JITTER: (0.04, 0.04)}], ids=["fixed", "jitter"])
@pytest.mark.parametrize("view", ["front", "side", "wrist"])
def test_a_point_is_drawn_where_the_projection_says(
    dotted: str, renderer: Renderer, view: str, variation: dict[str, tuple[float, float]]
) -> None:
    cell, projection = Workcell(model_xml=dotted), Projection(dotted)
    camera, seen = CameraInfo(view, *SIZE, 30.0), 0
    for seed in (1, 2, 3):
        cell.reset(seed, variation)
        state = cell.state()
        projection.show(state)
        magenta = is_magenta(renderer.draw(state, view))
        surface, pose = renderer.surfaces(state, view).depth, renderer.pose(view)
        depths = ((POINTS - pose[:3]) @ to_matrix(pose[3:]))[:, 2]
        pixels = np.nan_to_num(projection.pixels(camera, POINTS), nan=-1)
        for (column, row), depth in zip(np.rint(pixels).astype(int), depths, strict=True):
            inside = 3 <= column < SIZE[0] - 3 and 3 <= row < SIZE[1] - 3
            if inside and surface[row, column] > depth - RADIUS - 0.003:  # nothing stands before it
                assert magenta[row, column]
                seen += 1
    assert seen >= 3


def test_jitter_moves_the_fixed_views_and_only_the_wrist_moves_with_the_hand(dotted: str) -> None:
    cell, projection = Workcell(model_xml=dotted), Projection(dotted)
    front = CameraInfo("front", *SIZE, 30.0)
    assert [projection.moves(view) for view in ("front", "side", "wrist")] == [False, False, True]
    places = []
    for jitter in (0.0, 0.04):
        cell.reset(1, {JITTER: (jitter, jitter)})
        projection.show(cell.state())
        places.append(projection.pixels(front, POINTS))
    assert np.abs(places[0] - places[1]).max() > 1.0


def test_what_an_episode_tells_of_its_fixed_cameras_is_enough_for_them(dotted: str) -> None:
    cell, projection = Workcell(model_xml=dotted), Projection(dotted)
    cell.reset(5)
    projection.show(cell.state())
    cameras = camera_infos(cell, *SIZE, 30.0)
    told = of_fixed(cameras, POINTS)
    assert set(told) == {"front", "side"}
    for camera in cameras[:2]:
        np.testing.assert_allclose(told[camera.name], projection.pixels(camera, POINTS), atol=1e-6)


def test_what_lies_behind_the_camera_has_no_pixel() -> None:
    pose, matrix = np.array([0.0, 0, 0, 1, 0, 0, 0]), np.array([[100.0, 0, 50], [0, 100, 40], [0, 0, 1]])
    found = project([[0.0, 0.0, 1.0], [0.1, -0.1, 1.0], [0.0, 0.0, -1.0]], pose, matrix)
    np.testing.assert_allclose(found[:2], [[50, 40], [60, 30]])
    assert np.isnan(found[2]).all()
