import hashlib
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from accord.devices.command import Command, Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.engine import model_from, mujoco
from accord.devices.sim.replay import replay
from accord.devices.sim.task import Moment
from accord.devices.sim.tasks import catalogue
from accord.devices.sim.tasks.square_nut import PEG, nut_is_on_peg
from accord.devices.sim.workcell import Workcell

DIGEST = """
import hashlib, sys
sys.path.insert(0, {here!r})
from test_workcell import driven
print(hashlib.sha256(driven(11).tobytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def cell() -> Workcell:
    return Workcell()


def asked(*twist: float, gripper: float = 1.0) -> Command:
    return Command(np.array(twist), gripper, 0, "test")


def wild(count: int) -> list[Command]:
    """Commands that make contact: they press the hand down, sweep and grip."""
    rng = np.random.default_rng(7)
    twists = rng.normal([0.02, 0.06, -0.1, 0, 0, 0], [0.2, 0.2, 0.2, 0.5, 0.5, 0.5], (count, 6))
    return [Command(twist, float(rng.uniform()), 0, "test") for twist in twists]


def driven(seed: int, count: int = 150) -> Vector:
    """(count + 1, state_size) states under wild commands."""
    cell = Workcell()
    cell.reset(seed)
    return np.array([cell.state(), *(followed(cell, command) for command in wild(count))])


def followed(cell: Workcell, command: Command) -> Vector:
    cell.apply(command)
    return cell.state()


def test_the_same_seed_and_commands_give_the_same_states_bit_for_bit() -> None:
    assert driven(3).tobytes() == driven(3).tobytes()


def test_a_fresh_process_gives_the_same_states_bit_for_bit() -> None:
    here = str(Path(__file__).parent)
    fresh = [
        subprocess.run(
            [sys.executable, "-c", DIGEST.format(here=here)], capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    ]
    assert fresh == [hashlib.sha256(driven(11).tobytes()).hexdigest()] * 2


@pytest.mark.parametrize("step", [0, 1, 60, 149])
def test_a_recorded_state_goes_on_bit_for_bit(cell: Workcell, step: int) -> None:
    recorded = driven(3)
    cell.set_state(recorded[step])
    again = np.array([followed(cell, command) for command in wild(150)[step:]])
    assert again.tobytes() == recorded[step + 1 :].tobytes()


def test_replay_gives_the_recorded_states_bit_for_bit(cell: Workcell) -> None:
    recorded = driven(3)
    rows = np.array([[*command.twist, command.gripper] for command in wild(150)])
    assert replay("square-nut", recorded[0], rows, 50.0, cell.model_xml).tobytes() == recorded[:-1].tobytes()


def test_replay_refuses_rows_that_are_not_commands(cell: Workcell) -> None:
    with pytest.raises(DeviceError, match="rows of 7 numbers"):
        replay("square-nut", cell.state(), np.zeros((3, 6)), 50.0)


def test_seeds_place_the_nut_differently_and_within_its_range(cell: Workcell) -> None:
    places = []
    usual = {factor.name: factor.usual for factor in cell.task.factors}
    for seed in range(40):
        cell.reset(seed)
        x, y, _, w, _, _, z = cell.observe(0).objects["nut"]
        place = (x, y, np.degrees(2.0 * np.arctan2(z, w)))
        for value, name in zip(place, ("nut-x", "nut-y", "nut-turn"), strict=True):
            assert usual[name][0] <= value <= usual[name][1]
            assert value == pytest.approx(cell.values[name])
        places.append(place)
    assert len(set(places)) == 40


@pytest.mark.parametrize("seed", range(5))
def test_at_rest_nothing_sinks_slides_or_shakes(cell: Workcell, seed: int) -> None:
    cell.reset(seed)
    before = cell.observe(0)
    for _ in range(100):
        cell.apply(asked(0, 0, 0, 0, 0, 0))
    after = cell.observe(0)
    np.testing.assert_allclose(after.objects["nut"], before.objects["nut"], atol=3e-4)
    np.testing.assert_allclose(after.hand_position, before.hand_position, atol=3e-4)
    assert np.abs(after.joint_velocity).max() < 0.02


@pytest.mark.parametrize("rate_hz", [20.0, 30.0, 50.0, 100.0])
@pytest.mark.parametrize("axis", range(6))
def test_a_commanded_velocity_is_followed_on_its_axis(rate_hz: float, axis: int) -> None:
    cell = Workcell(rate_hz=rate_hz)
    cell.reset(1)
    twist = np.zeros(6)
    twist[axis] = 0.1
    before = cell.observe(0)
    for _ in range(round(rate_hz)):
        cell.apply(Command(twist, 1.0, 0, "test"))
    for _ in range(round(rate_hz / 2)):
        cell.apply(asked(0, 0, 0, 0, 0, 0))
    after = cell.observe(0)
    expected = 0.1 * np.eye(6)[axis]
    np.testing.assert_allclose(after.hand_position - before.hand_position, expected[:3], atol=2e-3)
    turn = 2.0 * np.arccos(min(1.0, abs(float(after.hand_quaternion @ before.hand_quaternion))))
    assert turn == pytest.approx(np.linalg.norm(expected[3:]), abs=5e-3)


@pytest.mark.parametrize("direction", [(1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, 0, 1), (0.7, 0.7, 0.2)])
def test_driven_past_its_reach_the_arm_stays_calm_and_comes_back(
    cell: Workcell, direction: tuple[float, float, float]
) -> None:
    cell.reset(0)
    for _ in range(300):
        cell.apply(asked(*(0.5 * np.array(direction)), 0, 0, 0))
    assert np.abs(cell.observe(0).joint_velocity).max() < 2.7
    for _ in range(25):
        cell.apply(asked(*(-0.3 * np.array(direction)), 0, 0, 0))
    stuck = cell.observe(0).hand_position
    for _ in range(25):
        cell.apply(asked(*(-0.3 * np.array(direction)), 0, 0, 0))
    assert (cell.observe(0).hand_position - stuck) @ np.array(direction) < -0.05


def test_the_fingers_open_and_close_at_their_speed(cell: Workcell) -> None:
    cell.reset(0)
    for _ in range(20):
        cell.apply(asked(0, 0, 0, 0, 0, 0, gripper=0.0))
    half = cell.observe(0).gripper_width
    for _ in range(40):
        cell.apply(asked(0, 0, 0, 0, 0, 0, gripper=0.0))
    assert half == pytest.approx(0.04, abs=0.006)  # 2 fingers × 0.05 m/s × 0.4 s
    assert cell.observe(0).gripper_width < 0.002


def test_a_hand_pressed_on_the_table_neither_sinks_in_nor_flies_off(cell: Workcell) -> None:
    cell.reset(0)
    heights = []
    for _ in range(250):
        cell.apply(asked(0, 0, -0.3, 0, 0, 0))
        heights.append(float(cell.observe(0).hand_position[2]))
    assert min(heights) > 0.0  # the finger tips reach 9 mm lower
    assert max(abs(a - b) for a, b in pairwise(heights[-50:])) < 1e-3


def test_observed_quaternions_never_jump(cell: Workcell) -> None:
    cell.reset(2)
    seen = []
    for command in wild(200):
        seen.append(cell.observe(0).hand_quaternion)
        cell.apply(command)
    assert all(a @ b > 0.9 for a, b in pairwise(seen))


def test_the_observation_holds_what_the_fields_say(cell: Workcell) -> None:
    cell.reset(0)
    seen = cell.observe(5)
    nut = seen.objects["nut"]
    values = {"nut_position": nut[:3], "nut_quaternion": nut[3:]}
    for field in cell.observation_fields:
        name = field.name.removeprefix("observation/")
        value = values[name] if name in values else getattr(seen, name)
        assert np.shape(value) == field.shape
    assert seen.t_ns == 5


def test_an_observation_is_a_copy(cell: Workcell) -> None:
    cell.reset(0)
    seen = cell.observe(0)
    position, joints = seen.hand_position.copy(), seen.joint_position.copy()
    for _ in range(10):
        cell.apply(asked(0.2, 0, 0, 0, 0, 0))
    assert (seen.hand_position == position).all()
    assert (seen.joint_position == joints).all()


def test_the_recorded_scene_makes_the_same_model_again(cell: Workcell) -> None:
    model = model_from(cell.model_xml)
    assert mujoco.mj_stateSize(model, int(mujoco.mjtState.mjSTATE_INTEGRATION)) == cell.state_size
    assert model.opt.timestep == pytest.approx(0.002)
    assert "file=" not in cell.model_xml
    assert cell.simulator == f"mujoco {mujoco.__version__}"


def with_nut_at(cell: Workcell, x: float, y: float, z: float) -> Workcell:
    """The cell reset, with the nut put somewhere; its place in the state is found by looking for its pose."""
    cell.reset(0)
    state, nut = cell.state(), cell.observe(0).objects["nut"]
    start = next(i for i in range(len(state) - 2) if (state[i : i + 3] == nut[:3]).all())
    state[start : start + 7] = [x, y, z, 1.0, 0.0, 0.0, 0.0]
    cell.set_state(state)
    return cell


def test_a_nut_over_the_peg_is_a_success_after_a_fifth_of_a_second(cell: Workcell) -> None:
    with_nut_at(cell, *PEG, 0.0125)
    done = []
    for _ in range(15):
        cell.apply(asked(0, 0, 0, 0, 0, 0))
        done.append(cell.succeeded())
    assert done == [False] * 9 + [True] * 6


def test_success_is_part_of_the_state(cell: Workcell) -> None:
    with_nut_at(cell, *PEG, 0.0125)
    for _ in range(12):
        cell.apply(asked(0, 0, 0, 0, 0, 0))
    state = cell.state()
    cell.reset(0)
    assert not cell.succeeded()
    cell.set_state(state)
    assert cell.succeeded()


def test_a_nut_beside_or_above_the_peg_is_no_success(cell: Workcell) -> None:
    for place in [(PEG[0] - 0.15, PEG[1] - 0.1, 0.012), (PEG[0], PEG[1], 0.3)]:
        with_nut_at(cell, *place)
        for _ in range(5):
            cell.apply(asked(0, 0, 0, 0, 0, 0))
        assert not cell.succeeded()


def test_a_nut_that_is_still_touched_is_not_done_yet() -> None:
    pose = np.array([*PEG, 0.012, 1.0, 0.0, 0.0, 0.0])
    hand = (np.array([*PEG, 0.05]),)
    assert nut_is_on_peg(Moment({"nut": pose}, {}, hand, (0.08,), (frozenset(),), {}))
    assert not nut_is_on_peg(Moment({"nut": pose}, {}, hand, (0.02,), (frozenset({"nut"}),), {}))


@pytest.mark.parametrize("rate_hz", [0.0, 19.9, 101.0, float("nan")])
def test_a_rate_out_of_range_is_refused(rate_hz: float) -> None:
    with pytest.raises(DeviceError, match="20 to 100 Hz"):
        Workcell(rate_hz=rate_hz)


def test_an_unknown_task_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(DeviceError, match="square-nut"):
        catalogue.task("triangular-nut")


def test_a_command_that_is_not_finite_is_refused_and_moves_nothing(cell: Workcell) -> None:
    cell.reset(0)
    before = cell.state()
    with pytest.raises(DeviceError, match="finite"):
        cell.apply(asked(np.nan, 0, 0, 0, 0, 0))
    assert cell.state().tobytes() == before.tobytes()


def test_a_state_of_another_length_is_refused(cell: Workcell) -> None:
    with pytest.raises(DeviceError, match="numbers"):
        cell.set_state(np.zeros(3))


def test_closing_twice_is_allowed() -> None:
    cell = Workcell()
    cell.close()
    cell.close()


def test_a_posture_moves_the_elbow_and_not_the_hand() -> None:
    cell = Workcell("square-nut")
    chain, before = cell.chains[0], cell.observe(0)
    wanted = before.joint_position + np.array([0.3, 0.0, -0.3, 0.0, 0.0, 0.0, 0.0])  # about the way an elbow swings
    for _ in range(150):
        cell.apply(Command(np.zeros(6), 1.0, 0, "leader", wanted))
    after = cell.observe(0)
    assert np.abs(after.joint_position - before.joint_position).max() > 0.05
    np.testing.assert_allclose(after.hand_position, before.hand_position, atol=2e-3)
    np.testing.assert_allclose(chain.skeleton(after.joint_position)[-1], after.hand_position, atol=1e-6)
    with pytest.raises(DeviceError, match="7 joints"):
        cell.apply(Command(np.zeros(6), 1.0, 0, "leader", np.zeros(5)))


def test_a_held_arm_does_not_drift_after_a_leader() -> None:
    cell = Workcell("square-nut")
    start = cell.observe(0)
    led = start.joint_position + np.array([0.25, 0.0, -0.25, 0.0, 0.0, 0.0, 0.0])
    for _ in range(60):
        sent, _ = cell.limits.apply(Command(np.zeros(6), 1.0, 0, "leader", led), cell.observe(0), 0)
        cell.apply(sent)
    before = cell.observe(0).joint_position
    for _ in range(100):
        cell.apply(cell.limits.hold("leader", 0))
    assert np.abs(cell.observe(0).joint_position - before).max() < 0.02
