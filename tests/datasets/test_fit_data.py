import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from policies import drive, one_torch_thread, proposed
from scipy.spatial.transform import Rotation

from accord.datasets.errors import PolicyError
from accord.datasets.features import ACTION, Features, usual
from accord.datasets.fit_data import FitData
from accord.datasets.fit_settings import FitSettings
from accord.datasets.idle import moving
from accord.datasets.policy_file import load, save

Episodes = list[tuple[str, NDArray[np.void]]]


def data(train: Episodes, held_out: Episodes, chunk: int = 1, skip_idle: bool = False) -> FitData:
    dtype = train[0][1].dtype
    return FitData.of(train, held_out, Features.of(usual(dtype), dtype), Features.of(ACTION, dtype), chunk, skip_idle)


@pytest.fixture
def episodes() -> Episodes:
    return [(f"episode-{i}", drive("across", i)) for i in range(4)]


def test_a_chunk_is_the_commands_that_followed(episodes: Episodes) -> None:
    found = data(episodes[:2], episodes[2:], chunk=3)
    steps = episodes[0][1]
    done = found.action_normalisation.apply(np.column_stack((steps["sent/twist"], steps["sent/gripper"])))
    rows = found.train.commands[: len(steps)].reshape(len(steps), 3, 7)
    assert rows[:-2, 2] == pytest.approx(done[2:], abs=1e-4)
    known = found.train.known[: len(steps)].reshape(len(steps), 3, 7)
    assert known[:-2].all()
    assert not known[-1, 1:].any()
    assert not rows[-1, 1:].any()


def test_a_chunk_never_reaches_over_a_gap(episodes: Episodes) -> None:
    steps = episodes[0][1]
    cut = np.concatenate((steps[:20], steps[40:]))  # as a selection leaves it that cuts conflicting steps
    found = data([("a", cut), episodes[1]], episodes[2:], chunk=4)
    known = found.train.known[: len(cut)].reshape(len(cut), 4, 7)
    assert known[19].any(axis=1).tolist() == [True, False, False, False]
    assert known[16].all()
    held = steps.copy()
    held["hold"][20:40] = 1
    same = data([("a", held), episodes[1]], episodes[2:], chunk=4)
    assert np.array_equal(same.train.known, found.train.known)
    assert same.train.commands == pytest.approx(found.train.commands)


def test_idle_steps_teach_nothing_but_are_as_usual_as_any(episodes: Episodes) -> None:
    steps = episodes[0][1].copy()
    steps["sent/twist"][10:30] = 0.0
    with_pause = data([("a", steps), episodes[1]], episodes[2:], skip_idle=True)
    count = len(steps) + len(episodes[1][1])
    assert len(with_pause.train.observations) == count - 20
    assert len(with_pause.usual[0][0]) == count


def test_levels_are_of_what_was_only_ever_commanded_a_few_values(episodes: Episodes) -> None:
    for _, steps in episodes:
        steps["sent/gripper"][len(steps) // 2 :] = 0.35
    found = data(episodes[:2], episodes[2:])
    assert found.levels[6] == (0.35, 1.0)
    assert found.levels[0] == ()
    assert found.levels[3] == (0.0,)


def test_only_pauses_are_refused(episodes: Episodes) -> None:
    for _, steps in episodes:
        steps["sent/twist"] = 0.0
    with pytest.raises(PolicyError, match="at which somebody moves"):
        data(episodes[:2], episodes[2:], skip_idle=True)


def test_fingers_that_move_or_are_about_to_are_not_idle(episodes: Episodes) -> None:
    steps = episodes[0][1][:60].copy()
    steps["sent/twist"] = 0.0
    steps["sent/gripper"][20:] = 0.0
    steps["observation/gripper_width"] = np.clip(0.08 - 0.002 * (np.arange(60) - 24), 0.02, 0.08)
    mask = moving(steps)
    assert not mask[:18].any()
    assert mask[20:54].all()
    assert not mask[58:].any()


def test_what_has_no_twist_is_never_idle() -> None:
    assert moving(np.zeros(3, [("t_ns", "i8"), ("sent/action", "f8", (4,))])).all()


def test_a_position_as_seen_from_the_hand(episodes: Episodes) -> None:
    steps = episodes[0][1]
    seen = Features.of(("relative/nut_position",), steps.dtype)
    expected = steps["observation/nut_position"] - steps["observation/hand_position"]
    assert seen.vectors(steps) == pytest.approx(expected)
    assert seen.fields == ("observation/nut_position", "observation/hand_position")
    with pytest.raises(PolicyError, match=r"steps with observation/cup_position"):
        Features.of(("relative/cup_position",), steps.dtype)


def test_two_hands_see_a_thing_from_two_places() -> None:
    steps = np.zeros(3, [("observation/hand_position", "f8", (2, 3)), ("observation/bar_position", "f8", (3,))])
    steps["observation/hand_position"][:, 1] = (0.0, 1.0, 0.0)
    found = Features.of(usual(steps.dtype), steps.dtype)
    assert found.names[-1] == "relative/bar_position"
    assert found.vectors(steps)[0, -6:].tolist() == [0.0, 0.0, 0.0, 0.0, -1.0, 0.0]


def test_close_by_a_difference_counts_more() -> None:
    steps = np.zeros(3, [("observation/hand_position", "f8", (3,)), ("observation/nut_position", "f8", (3,))])
    steps["observation/hand_position"] = 0.5
    steps["observation/nut_position"] = 0.5 + np.array([[0.0], [0.001], [0.3]]) * (1.0, -1.0, 0.0)
    seen = Features.of(("close/nut_position",), steps.dtype)
    near, far = seen.vectors(steps)[1:]
    assert seen.vectors(steps)[0] == pytest.approx(0.0)
    assert near == pytest.approx([0.1, -0.1, 0.0], abs=2e-4)  # a hundredth of a metre is one
    assert far == pytest.approx([np.log(60.0), -np.log(60.0), 0.0], abs=1e-3)
    assert seen.fields == ("observation/nut_position", "observation/hand_position")


def test_a_rotation_as_seen_from_the_hand() -> None:
    fields = [(f"observation/{name}_quaternion", "f8", (4,)) for name in ("hand", "nut")]
    steps = np.zeros(50, fields)
    hand, turn = Rotation.random(50, rng=1), Rotation.random(50, rng=2)
    steps["observation/hand_quaternion"] = hand.as_quat(scalar_first=True)
    steps["observation/nut_quaternion"] = (hand * turn).as_quat(scalar_first=True)
    seen = Features.of(("relative/nut_quaternion",), steps.dtype)
    columns = turn.as_matrix()[:, :, :2]
    assert seen.vectors(steps) == pytest.approx(np.concatenate([columns[..., 0], columns[..., 1]], axis=1))
    assert (seen.size, seen.fields) == (6, ("observation/nut_quaternion", "observation/hand_quaternion"))


@pytest.mark.parametrize("name", ["relative/hand_quaternion", "close/nut_quaternion", "relative/gripper_width"])
def test_what_has_no_place_is_not_seen_from_the_hand(name: str, episodes: Episodes) -> None:
    with pytest.raises(PolicyError, match=r"Wanted a position \(3,\) or a thing's rotation for"):
        Features.of((name,), episodes[0][1].dtype)


TINY = FitSettings(members=2, hidden=(16, 16), updates=150, batch=32, rate_hz=50.0, task="square-nut")


@pytest.mark.parametrize("head", ["mean", "mixture"])
def test_a_policy_of_chunks_is_kept_and_drives_by_levels(head: str, episodes: Episodes, tmp_path) -> None:
    pytest.importorskip("torch")
    from accord.datasets.fit import fit

    for _, steps in episodes:
        steps["sent/gripper"][len(steps) // 2 :] = 0.35
    with one_torch_thread():
        policy = fit(episodes, replace(TINY, head=head, chunk=5, skip_idle=True, keep="last", modes=2))
    save(policy, tmp_path / "base")
    again = load(tmp_path / "base")
    assert (again.fingerprint, again.head, again.levels) == (policy.fingerprint, policy.head, policy.levels)
    seen = again.observations(episodes[0][1])
    chunks = proposed(again, seen)
    assert chunks.shape == (len(seen), 5, 7)
    assert set(np.unique(chunks[..., 6])) <= {0.35, 1.0}
    assert again.predict(seen).shape == (2, len(seen), 7)


def test_a_mixture_holds_two_ways_where_a_mean_is_neither(tmp_path) -> None:
    pytest.importorskip("torch")
    from accord.datasets.fit import fit

    both = [(f"{way}-{i}", drive(way, i)[::2]) for i in range(8) for way in ("across", "down")]
    for _, steps in both:
        steps["step"] = np.arange(len(steps))
    settings = replace(TINY, members=2, hidden=(64, 64), updates=1200, modes=3)
    with one_torch_thread():
        mean, mixture = fit(both, settings), fit(both, replace(settings, head="mixture"))
    first = np.concatenate([steps[:10] for _, steps in both])
    errors = [float(np.median(policy.score_steps(first).error)) for policy in (mean, mixture)]
    assert errors[1] < 0.6 * errors[0]


@pytest.mark.parametrize(
    "wrong", [{"chunk": 10**8}, {"modes": 2000}, {"members": 10**6}, {"hidden": (10**8,)}, {"hidden": (64, 10**8)}]
)
def test_sizes_that_fit_no_machine_are_refused_before_anything_is_made(wrong: dict[str, int]) -> None:
    with pytest.raises(PolicyError, match="of up to"):
        FitSettings(**wrong)  # type: ignore[arg-type]


def test_episodes_to_hold_out_can_be_given_and_all_others_are_learned_from(episodes: Episodes) -> None:
    pytest.importorskip("torch")
    from accord.datasets.fit import fit

    with one_torch_thread():
        policy = fit(episodes[:3], TINY, held_out=episodes[3:])
    assert policy.fitted_to == ("episode-0", "episode-1", "episode-2")
    assert policy.held_out == ("episode-3",)


def changed_file(folder: Path, **told: object) -> Path:
    """A saved policy whose description says something else."""
    from policies import random_policy

    save(random_policy(), folder)
    path = folder / "policy.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | told))
    return folder


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    huge = {"kind": "mixture", "actions": 7, "chunk": 1, "modes": 2000}
    with pytest.raises(PolicyError, match="16 modes"):
        load(changed_file(tmp_path / "modes", head=huge))
    folder = changed_file(tmp_path / "small")
    data = io.BytesIO()
    np.savez_compressed(data, weights_0=np.zeros((5, 1000, 1000), np.float32))
    (folder / "weights.npz").write_bytes(data.getvalue())
    told = json.loads((folder / "policy.json").read_text())
    told["weights_sha256"] = hashlib.sha256(data.getvalue()).hexdigest()
    (folder / "policy.json").write_text(json.dumps(told))
    with pytest.raises(PolicyError, match="compressed ones"):
        load(folder)
