"""Where a ghost stands in the pictures, against the projection of a recorded scene and against the renderer."""

from collections.abc import Iterator

import numpy as np
import pytest

from accord.app.feedback.projection import Projection
from accord.app.ghost import Eyes, skeletons
from accord.datasets.episode_info import CameraInfo
from accord.devices.sim.factor import JITTER
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.workcell import Workcell

SIZE = (320, 240)
CAMERAS = tuple(CameraInfo(name, *SIZE, 30.0) for name in ("front", "side", "wrist"))
DOT = (0.5, -0.1, 0.12)
_GEOM = (
    '<geom name="dot" type="sphere" size="0.006" pos="{} {} {}" rgba="1 0 1 1" contype="0" conaffinity="0"/>'
    "</worldbody>"
)


@pytest.fixture(scope="module")
def cell() -> Iterator[Workcell]:
    made = Workcell(model_xml=Workcell().model_xml.replace("</worldbody>", _GEOM.format(*DOT)))
    yield made
    made.close()


@pytest.fixture(scope="module")
def eyes(cell: Workcell) -> Eyes:
    return Eyes(cell.model_xml, CAMERAS)


def step_of(cell: Workcell, hands: int = 1) -> np.void:
    """The newest step of a loop with this workcell, as far as a ghost needs it."""
    seen = cell.observe(0)
    fields = [("physics/state", "f8", cell.state_size), ("observation/hand_position", "f8", seen.hand_position.shape),
              ("observation/joint_position", "f8", seen.joint_position.shape)]  # fmt: skip
    record = np.zeros((), fields)
    record["physics/state"] = cell.state()
    record["observation/hand_position"] = seen.hand_position
    record["observation/joint_position"] = seen.joint_position
    return record[()]


def test_the_ghost_of_the_robot_itself_ends_where_its_hand_is_seen(cell: Workcell, eyes: Eyes) -> None:
    for seed in (1, 2):
        cell.reset(seed, {JITTER: (0.03, 0.03)})
        step, (chain,) = step_of(cell), cell.chains
        points = chain.skeleton(step["observation/joint_position"]).reshape(-1).tolist()
        ghost = eyes.see(skeletons(points, step), step)
        told = Projection(cell.model_xml)
        told.show(step["physics/state"])
        for camera in CAMERAS:
            (limb,) = ghost[camera.name]
            hand = (told.pixels(camera, step["observation/hand_position"]) + 0.5) / SIZE
            assert limb.places[-1] == pytest.approx(hand, abs=1e-4, nan_ok=True)


def test_a_point_of_a_ghost_is_where_the_renderer_draws_it(cell: Workcell, eyes: Eyes) -> None:
    cell.reset(3)
    step = step_of(cell)
    arm = np.linspace((0.2, 0.3, 0.5), DOT, 8)
    ghost, seen = eyes.see(arm[None], step), 0
    with Renderer(cell.model_xml, *SIZE) as renderer:
        for name in ("front", "side"):
            column, row = (ghost[name][0].places[-1] * SIZE - 0.5).round().astype(int)
            red, green, blue = renderer.draw(step["physics/state"], name)[row, column].astype(int)
            seen += bool(red > 2 * green + 40 and blue > 2 * green + 40)
    assert seen == 2


def test_an_arm_is_thicker_in_the_picture_where_it_is_nearer(cell: Workcell, eyes: Eyes) -> None:
    cell.reset(3)
    step = step_of(cell)
    at = Projection(cell.model_xml)
    at.show(step["physics/state"])
    camera = CAMERAS[0]
    across = np.repeat(np.array(DOT)[None], 8, axis=0)
    (limb,) = eyes.see(across[None], step)["front"]
    far = np.array(DOT)
    # A ball of that radius: its edge to either side, seen square to the line of sight, is half the width away.
    edges = [at.pixels(camera, far + 0.035 * way) - at.pixels(camera, far) for way in np.eye(3)]
    furthest = max(float(np.linalg.norm(edge)) for edge in edges) / camera.width
    assert furthest <= limb.widths[0] / 2 * 1.05 <= furthest * 1.5
    assert limb.widths[-1] < limb.widths[0], "the hand is thinner than the arm"
    nearer = across + 0.3 * (np.array([1.2, 0.0, 0.6]) - across)
    spans = [eyes.see(way[None], step)["front"][0].widths[0] for way in (across, nearer)]
    assert spans[1] > 1.1 * spans[0]


def test_what_is_behind_a_camera_has_no_place(cell: Workcell, eyes: Eyes) -> None:
    cell.reset(3)
    step = step_of(cell)
    arm = np.linspace((9.0, 0.0, 0.5), DOT, 8)
    (limb,) = eyes.see(arm[None], step)["front"]
    assert np.isnan(limb.places[0]).all()
    assert np.isfinite(limb.places[-1]).all()


def test_two_arms_come_apart_and_half_a_ghost_is_none() -> None:
    record = np.zeros((), [("observation/hand_position", "f8", (2, 3)), ("observation/joint_position", "f8", 12)])[()]
    points = np.arange(2 * 7 * 3, dtype=float)
    assert skeletons(points.tolist(), record).shape == (2, 7, 3)
    assert skeletons(points.tolist(), record)[1, 0, 0] == 21.0
    assert skeletons(points[:21].tolist(), record).shape == (1, 7, 3), "only one of them is led"
    assert skeletons(points[:20].tolist(), record).shape == (0, 7, 3)
