"""Viewpoints: as people write them, and where they are."""

import numpy as np
import pytest

from accord.devices.errors import DeviceError
from accord.devices.rotation import to_matrix
from accord.devices.sim.engine import model_from, mujoco
from accord.devices.sim.viewpoint import FreeCamera, Viewpoint, viewpoints

SCENE = """<mujoco><statistic center="0.5 0 0.1"/><worldbody>
<camera name="front" pos="1 0 1"/><body name="hand"><freejoint/><geom size="0.1"/><camera name="wrist"/></body>
</worldbody></mujoco>"""


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return model_from(SCENE)


def test_names_and_free_ones_stand_beside_each_other() -> None:
    assert viewpoints("front, side,free:90,-30,1.2,top=free:0,-90,1.5,0.45,0,0.1,wrist,free:1e1,0,2") == (
        Viewpoint("front"),
        Viewpoint("side"),
        Viewpoint("free", FreeCamera(90.0, -30.0, 1.2)),
        Viewpoint("top", FreeCamera(0.0, -90.0, 1.5, (0.45, 0.0, 0.1))),
        Viewpoint("wrist"),
        Viewpoint("free-2", FreeCamera(10.0, 0.0, 2.0)),
    )


def test_what_is_written_of_views_reads_the_same_again() -> None:
    views = viewpoints("front,free:-12.25,-30.125,0.333333333,top=free:0,-90,1.5,0.45,0,0.1,free:0,0,1")
    assert viewpoints(",".join(str(view) for view in views)) == views


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        ("", "a camera's name"),
        ("front,,side", "a camera's name"),
        ("fr ont", "a camera's name"),
        ("../front", "a camera's name"),
        ("top=front", "free:AZIMUTH"),
        ("free:", "three or six numbers"),
        ("free:1,2", "three or six numbers"),
        ("free:1,2,3,4", "three or six numbers"),
        ("free:1,2,nan", "three or six numbers"),
        ("free:1,2,x", "three or six numbers"),
        ("free:0,-91,1", "90 degrees"),
        ("free:400,0,1", "360"),
        ("free:0,0,0", "m off"),
        ("free:0,0,1000", "m off"),
        ("a/b=free:0,0,1", "letters, digits"),
        ("front,front", "front twice"),
        ("top=free:0,0,1,top=free:1,0,1", "top twice"),
    ],
)
def test_what_is_no_view_is_refused_in_one_sentence(text: str, saying: str) -> None:
    with pytest.raises(DeviceError, match=saying) as caught:
        viewpoints(text)
    assert str(caught.value).startswith("Wanted ")


@pytest.mark.parametrize("angles", [(0, 0), (90, -30), (-135, 20), (17, -90), (200, 90)])
def test_a_free_camera_looks_at_its_point_from_its_distance_and_stands_upright(
    model: mujoco.MjModel, angles: tuple[float, float]
) -> None:
    view = Viewpoint("free", FreeCamera(*angles, distance=1.5, point=(0.1, 0.2, 0.3)))
    pose = view.pose(model, mujoco.MjData(model))
    right, down, forward = to_matrix(pose[3:]).T
    np.testing.assert_allclose(pose[:3] + 1.5 * forward, (0.1, 0.2, 0.3), atol=1e-12)
    assert right[2] == pytest.approx(0.0, abs=1e-12)
    assert down[2] <= 1e-12
    np.testing.assert_allclose(np.cross(right, down), forward, atol=1e-12)
    assert np.degrees(np.arcsin(forward[2])) == pytest.approx(angles[1], abs=1e-5)


def test_without_a_point_it_looks_at_the_middle_of_the_scene(model: mujoco.MjModel) -> None:
    pose = Viewpoint("free", FreeCamera(0.0, -90.0, 2.0)).pose(model, mujoco.MjData(model))
    np.testing.assert_allclose(pose[:3], (0.5, 0.0, 2.1), atol=1e-12)


def test_only_a_camera_on_something_that_moves_moves(model: mujoco.MjModel) -> None:
    assert Viewpoint("wrist").moves(model)
    assert not Viewpoint("front").moves(model)
    assert not Viewpoint("free", FreeCamera(0, 0, 1)).moves(model)


def test_a_camera_that_the_scene_has_not_is_named_with_those_it_has(model: mujoco.MjModel) -> None:
    with pytest.raises(DeviceError, match="front, wrist"):
        Viewpoint("top").camera(model)
