"""What a reset varies: drawn from the seed alone, carried by the state alone."""

import numpy as np
import pytest

from accord.devices.command import Command, Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.appearance import Appearance
from accord.devices.sim.cameras import camera_infos
from accord.devices.sim.engine import STATE, model_from, mujoco
from accord.devices.sim.factor import Factor, check_variation, draw
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.replay import replay
from accord.devices.sim.workcell import Workcell

FACTORS = (
    Factor("x", "a place", "m", (0.0, 1.0), (-1.0, 2.0)),
    Factor("size", "a size", "1", (1.0, 1.0), (0.5, 2.0)),
    Factor("count", "a number", "1", (0, 0), (0, 3), whole=True),
)
EVERYTHING = {
    "nut-size": (1.15, 1.15), "nut-hue": (0.6, 0.6), "light": (0.6, 0.6), "camera-jitter": (0.02, 0.02),
    "distractors": (3.0, 3.0), "table-height": (0.05, 0.05),
}  # fmt: skip


@pytest.fixture(scope="module")
def cell() -> Workcell:
    return Workcell()


def test_the_same_seed_draws_the_same_values() -> None:
    assert draw(FACTORS, 3) == draw(FACTORS, 3)
    assert draw(FACTORS, 3) != draw(FACTORS, 4)


def test_fixing_one_factor_changes_no_other() -> None:
    wide = {"x": (-1.0, 2.0), "size": (0.5, 2.0), "count": (0.0, 3.0)}
    free = draw(FACTORS, 7, wide)
    for name in free:
        fixed = draw(FACTORS, 7, wide | {name: (1.0, 1.0)})
        assert fixed[name] == 1.0
        assert all(fixed[other] == free[other] for other in free if other != name)


def test_values_stay_in_their_range_and_reach_all_of_it() -> None:
    drawn = [draw(FACTORS, seed, {"x": (0.2, 0.4), "count": (0.0, 3.0)}) for seed in range(300)]
    assert 0.2 <= min(values["x"] for values in drawn) < 0.21
    assert 0.39 < max(values["x"] for values in drawn) <= 0.4
    assert {values["count"] for values in drawn} == {0.0, 1.0, 2.0, 3.0}


@pytest.mark.parametrize(
    ("variation", "sentence"),
    [
        ({"y": (0.0, 1.0)}, "one of the factors x, size, count, found 'y'"),
        ({"x": (0.4, 0.2)}, "begins with its smaller end"),
        ({"x": (-3.0, 0.0)}, "a x from -1 to 2 m, found -3..0"),
        ({"x": (0.0, float("nan"))}, "from -1 to 2"),
        ({"size": (9.0, 9.0)}, "from 0.5 to 2, found 9"),
        ({"count": (0.5, 2.0)}, "a whole number of count"),
    ],
)
def test_what_cannot_be_drawn_is_refused(variation: dict[str, tuple[float, float]], sentence: str) -> None:
    with pytest.raises(DeviceError, match=sentence):
        check_variation(FACTORS, variation)


def test_a_refused_variation_leaves_the_scene_as_it_was(cell: Workcell) -> None:
    cell.reset(5)
    before = cell.state()
    with pytest.raises(DeviceError):
        cell.reset(6, {"nut-size": (5.0, 5.0)})
    assert cell.state().tobytes() == before.tobytes()


def test_the_state_alone_brings_all_values_back(cell: Workcell) -> None:
    cell.reset(8, EVERYTHING)
    state, values = cell.state(), cell.values
    other = Workcell(model_xml=cell.model_xml)
    other.set_state(state)
    assert other.values == values
    assert other.values["nut-size"] == 1.15
    assert other.limits.bounds.lower[2] == pytest.approx(0.011 + 0.05)
    for _ in range(40):
        for one in (cell, other):
            one.apply(Command(np.array([0, 0.1, -0.2, 0, 0, 0.3]), 0.0, 0, "test"))
    assert cell.state().tobytes() == other.state().tobytes()


def test_commands_replay_bit_for_bit_in_a_varied_scene(cell: Workcell) -> None:
    rng = np.random.default_rng(2)
    rows = np.column_stack((rng.normal(0, 0.2, (120, 6)) - [0, 0, 0.1, 0, 0, 0], rng.uniform(size=120)))
    cell.reset(3, EVERYTHING)
    states = []
    for row in rows:
        states.append(cell.state())
        cell.apply(Command(row[:6], float(row[6]), 0, "test"))
    cell.reset(0)
    assert replay("square-nut", states[0], rows, 50.0, cell.model_xml).tobytes() == np.array(states).tobytes()


def test_as_usual_the_model_is_the_one_that_was_compiled(cell: Workcell) -> None:
    cell.reset(1, EVERYTHING)
    state_varied = cell.state()
    cell.reset(1)
    model, dressed = model_from(cell.model_xml), model_from(cell.model_xml)
    appearance = Appearance(dressed)
    for state in (state_varied, cell.state()):
        data = mujoco.MjData(dressed)
        mujoco.mj_setState(dressed, data, state, STATE)
        assert appearance.apply(data.userdata)
    for name in ("geom_size", "body_mass", "body_inertia", "dof_invweight0", "mesh_vert", "light_diffuse", "cam_pos"):
        assert np.array_equal(getattr(model, name), getattr(dressed, name)), name


def test_a_larger_nut_weighs_more_and_still_lies_still(cell: Workcell) -> None:
    cell.reset(2, {"nut-size": (1.2, 1.2)})
    before = cell.observe(0).objects["nut"]
    assert before[2] == pytest.approx(0.012 * 1.2)
    for _ in range(50):
        cell.apply(Command(np.zeros(6), 1.0, 0, "test"))
    np.testing.assert_allclose(cell.observe(0).objects["nut"], before, atol=5e-4)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_so_many_distractors_stand_on_the_table_as_were_asked_for(cell: Workcell, count: int) -> None:
    for seed in range(5):
        cell.reset(seed, {"distractors": (count, count)})
        model = model_from(cell.model_xml)
        data = mujoco.MjData(model)
        for _ in range(50):
            cell.apply(Command(np.zeros(6), 1.0, 0, "test"))
        mujoco.mj_setState(model, data, cell.state(), STATE)
        places = [data.joint(f"distractor_{i}").qpos[:3] for i in (1, 2, 3)]
        assert sum(place[2] > 0.0 for place in places) == count
        for place in places[:count]:
            assert place[2] == pytest.approx(0.036, abs=1e-3)
        nut = cell.observe(0).objects["nut"]
        assert all(np.hypot(*(place[:2] - nut[:2])) > 0.1 for place in places[:count])


def test_a_raised_table_raises_what_stands_on_it(cell: Workcell) -> None:
    cell.reset(4)
    usual = cell.observe(0).objects["nut"]
    cell.reset(4, {"table-height": (0.05, 0.05)})
    raised = cell.observe(0)
    np.testing.assert_allclose(raised.objects["nut"] - usual, [0, 0, 0.05, 0, 0, 0, 0], atol=1e-12)
    assert raised.values["table-height"] == 0.05
    for _ in range(50):
        cell.apply(Command(np.zeros(6), 1.0, 0, "test"))
    assert cell.observe(0).objects["nut"][2] == pytest.approx(0.062, abs=5e-4)


def drawn(cell: Workcell, renderer: Renderer, variation: dict[str, tuple[float, float]]) -> Vector:
    cell.reset(9, variation)
    return renderer.draw(cell.state(), "front").astype(np.float64)


def test_pictures_show_what_varies_and_come_back(cell: Workcell) -> None:
    with Renderer(cell.model_xml, 160, 120) as renderer:
        usual = drawn(cell, renderer, {})
        for name, (low, high) in EVERYTHING.items():
            changed = drawn(cell, renderer, {name: (low, high)})
            assert np.abs(changed - usual).max() > 20.0, name
        dark = drawn(cell, renderer, {"light": (0.5, 0.5)})
        assert dark.mean() < 0.8 * usual.mean()
        assert np.array_equal(drawn(cell, renderer, {}), usual)


def test_a_camera_that_was_moved_says_where_it_is(cell: Workcell) -> None:
    cell.reset(3)
    usual = camera_infos(cell, 64, 48, 30.0)
    cell.reset(3, {"camera-jitter": (0.03, 0.03)})
    moved = camera_infos(cell, 64, 48, 30.0)
    off = np.linalg.norm(np.array(moved[0].pose[:3]) - np.array(usual[0].pose[:3]))
    assert 0.003 < off < 0.15
    assert moved[0].pose[:3] != moved[1].pose[:3]
    assert usual[2].pose == moved[2].pose == ()


@pytest.mark.parametrize("name", ["square-nut", "hammer"])
def test_what_the_state_says_is_what_is_there_also_where_room_was_short(name: str) -> None:
    robot = Workcell(name)
    short = 0
    for seed in range(12):
        robot.reset(seed, {"distractors": (3, 3)})
        said = dict(zip(robot.values, robot.state()[robot.values_in_state].tolist(), strict=True))
        assert said == robot.values
        for _ in range(25):
            robot.apply(robot.limits.hold("test", 0))
        model = model_from(robot.model_xml)
        data = mujoco.MjData(model)
        mujoco.mj_setState(model, data, robot.state(), STATE)
        heights = [float(data.joint(f"distractor_{i}").qpos[2]) for i in (1, 2, 3)]
        assert sum(height > 0.0 for height in heights) == said["distractors"]
        assert all(height > 0.0 or height == pytest.approx(-1.5, abs=1e-6) for height in heights), "none falls"
        short += said["distractors"] < 3
    assert (short > 0) == (name == "hammer"), "the hammer's table has little room"


def test_a_scene_with_other_factors_is_as_its_states_say(cell: Workcell) -> None:
    """As one that was recorded before a factor was added."""
    names = [factor.name for factor in cell.task.factors]
    older = cell.model_xml.replace('"name": "nut-size"', '"name": "nut-bulk"')
    assert older != cell.model_xml
    cell.reset(3, {"nut-size": (1.1, 1.1)})
    other = Workcell(model_xml=older)
    assert set(other.values) == set(names), "nothing is known yet, so all is as usual"
    other.set_state(cell.state())
    assert other.values["nut-bulk"] == pytest.approx(1.1)
    for robot in (cell, other):
        robot.apply(Command(np.array([0, 0.1, 0, 0, 0, 0]), 1.0, 0, "test"))
    assert cell.state().tobytes() == other.state().tobytes()
