import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from episodes import SCHEMA
from numpy.lib import recfunctions
from numpy.typing import NDArray
from policies import drive, knowing, random_policy

from accord.datasets.compatibility import Thresholds
from accord.datasets.counted import counted
from accord.datasets.ensemble import Ensemble
from accord.datasets.errors import PolicyError
from accord.datasets.features import Features, observed
from accord.datasets.incompatibility import Usual
from accord.datasets.live_scorer import LiveScorer
from accord.datasets.normalisation import Normalisation
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load, save, save_thresholds
from accord.datasets.used import Used


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(random_policy(), tmp_path / "base")
    return tmp_path / "base"


def arrays_of(policy: BasePolicy) -> list[NDArray[np.generic]]:
    scales = (policy.observation_normalisation, policy.action_normalisation)
    return [*policy.ensemble.weights, *policy.ensemble.biases, *(a for s in scales for a in (s.mean, s.scale))]


def change(folder: Path, **changes: object) -> None:
    path = folder / "policy.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


# Fields and vectors


def test_a_policy_sees_poses_and_no_times_velocities_or_spare_joints() -> None:
    names = observed(SCHEMA.dtype)
    assert "observation/hand_position" in names
    assert not [name for name in names if "t_ns" in name or "velocity" in name or "joint" in name]


def test_joints_are_seen_where_no_hand_pose_is_known() -> None:
    dtype = np.dtype([("observation/joint_position", "f8", (7,)), ("observation/joint_velocity", "f8", (7,))])
    assert observed(dtype) == ("observation/joint_position",)


def test_a_quaternion_and_its_negative_are_one_rotation() -> None:
    records = drive("across", 0)[:3]
    records["observation/hand_quaternion"] = (0.5, -0.5, 0.5, 0.5)
    features = Features.of(["observation/hand_quaternion"], records.dtype)
    vectors = features.vectors(records)
    records["observation/hand_quaternion"] *= -1
    assert features.vectors(records).tolist() == vectors.tolist()
    first, second = vectors[0, :3], vectors[0, 3:]
    assert [first @ first, second @ second, first @ second] == pytest.approx([1, 1, 0])


def test_two_quaternions_are_two_rotations_each_with_its_own_sign() -> None:
    records = np.zeros(3, [("observation/hand_quaternion", "f8", (2, 4)), ("observation/gripper_width", "f8", (2,))])
    records["observation/hand_quaternion"] = (0.5, -0.5, 0.5, 0.5), (1.0, 0.0, 0.0, 0.0)
    features = Features.of(["observation/hand_quaternion", "observation/gripper_width"], records.dtype)
    vectors = features.vectors(records)
    assert features.sizes == (12, 2)
    assert vectors.shape == (3, 14)
    assert vectors[0, 6:12].tolist() == [1, 0, 0, 0, 1, 0]
    records["observation/hand_quaternion"][:, 1] *= -1
    assert features.vectors(records).tolist() == vectors.tolist()


def test_a_missing_field_is_named() -> None:
    records = recfunctions.drop_fields(drive("across", 0)[:3], "observation/nut_position")
    with pytest.raises(PolicyError, match="steps with observation/nut_position"):
        random_policy().score_steps(records)


def test_a_field_of_another_shape_is_named_with_what_was_found() -> None:
    dtype = [(f.name, f.dtype, (2,) if f.name == "observation/hand_position" else f.shape) for f in SCHEMA]
    with pytest.raises(PolicyError, match=r"observation/hand_position of shape \(3,\), found \(2,\)"):
        random_policy().score_steps(np.zeros(3, dtype))


def test_another_action_space_is_refused() -> None:
    dtype = [(f.name, f.dtype, (7,) if f.name == "sent/twist" else f.shape) for f in SCHEMA]
    with pytest.raises(PolicyError, match="sent/twist"):
        random_policy().score_steps(np.zeros(3, dtype))


def test_a_step_that_is_not_finite_names_its_field() -> None:
    records = drive("across", 0)[:5]
    records["observation/gripper_width"][2] = np.nan
    with pytest.raises(PolicyError, match="observation/gripper_width"):
        random_policy().score_steps(records)
    with pytest.raises(PolicyError, match="observation/gripper_width"):
        LiveScorer(random_policy()).score(records[2])


def test_observations_of_another_length_are_refused() -> None:
    with pytest.raises(PolicyError, match="observations"):
        random_policy().predict(np.zeros((4, 3)))


def test_steps_in_which_nobody_drove_or_the_robot_was_held_do_not_count() -> None:
    records = drive("across", 0)[:4]
    records["mode"], records["hold"] = (0, 1, 2, 4), (0, 0, 3, 0)
    assert counted(records).tolist() == [False, True, False, True]
    assert counted(records[["t_ns"]]).tolist() == [True] * 4


# Normalisation


def test_a_constant_dimension_gets_the_floor_as_its_scale() -> None:
    scale = Normalisation.of(np.array([[1.0, 0.0], [1.0, 2.0]]), floor=0.02)
    assert scale.scale.tolist() == [0.02, 1.0]
    assert scale.apply([[1.0, 3.0]]).tolist() == [[0.0, 2.0]]
    assert scale.undo([[0.0, 2.0]]).tolist() == [[1.0, 3.0]]


# Scores


@pytest.mark.parametrize("hidden", [(32, 32), (512, 512)])
def test_live_and_offline_scores_agree(hidden: tuple[int, ...]) -> None:
    policy, records = knowing(random_policy(hidden=hidden), [drive("across", i) for i in range(4)]), drive("across", 9)
    offline, scorer = policy.score_steps(records[::10]), LiveScorer(policy)
    live = np.array([scorer.score(record) for record in records[::10]])
    assert live[:, 1] == pytest.approx(offline.error, rel=1e-5)
    assert live[:, 2] == pytest.approx(offline.novelty, rel=1e-5)
    assert live[:, 3] == pytest.approx(offline.distance, rel=1e-3)
    assert live[:, 4] == pytest.approx(offline.incompatibility, rel=1e-5)
    assert live[:, 0] == pytest.approx(offline.judge(policy.thresholds).compatibility, rel=1e-5, abs=1e-5)


def test_a_policy_that_knows_no_base_states_disputes_nothing() -> None:
    policy, records = random_policy(), drive("across", 0)
    verdicts = policy.score_steps(records).judge(Thresholds(3.0, 1e-6, 1e-6))
    assert verdicts.novel.all()
    assert not verdicts.far.any()
    assert not verdicts.disputed.any()
    assert not verdicts.incompatible.any()


def test_the_two_signs_of_an_unfamiliar_state_are_disputed_where_they_differ() -> None:
    policy, records = knowing(random_policy(), [drive("across", i) for i in range(4)]), drive("down", 9)
    scores = policy.score_steps(records)
    limits = Thresholds(3.0, float(np.median(scores.novelty)), float(np.median(scores.distance)))
    verdicts = scores.judge(limits)
    assert verdicts.disputed.tolist() == (verdicts.novel ^ verdicts.far).tolist()
    assert 0 < verdicts.disputed.mean() < 1


def test_batches_give_what_single_steps_give() -> None:
    policy, records = random_policy(), np.concatenate([drive("across", i) for i in range(7)])
    assert len(records) > 1024
    whole, few = policy.score_steps(records), policy.score_steps(records[-5:])
    assert whole.error[-5:] == pytest.approx(few.error, rel=1e-5)
    assert policy.predict(policy.observations(records)).shape == (5, len(records), 7)


def test_no_steps_give_no_scores() -> None:
    policy, records = random_policy(), drive("across", 0)[:0]
    assert len(policy.score_steps(records)) == 0
    assert policy.predict(policy.observations(records)).shape == (5, 0, 7)


def test_a_step_that_does_not_count_has_no_live_score() -> None:
    record = drive("across", 0)[0]
    record["mode"] = 0
    assert np.isnan(LiveScorer(random_policy()).score(record)).all()


def test_an_action_in_other_units_scores_the_same_with_its_normalisation_in_those_units() -> None:
    policy, records = random_policy(), drive("across", 0)
    expected = policy.score_steps(records)
    factor = np.array([1000.0, 1, 1, 1, 1, 1, 1])
    scale = policy.action_normalisation
    other = replace(policy, action_normalisation=Normalisation(scale.mean * factor, scale.scale * factor))
    records["sent/twist"][:, 0] *= 1000
    assert other.score_steps(records).error == pytest.approx(expected.error)


def test_layers_that_do_not_fit_are_refused() -> None:
    policy = random_policy()
    with pytest.raises(PolicyError, match="layers that fit"):
        Ensemble(policy.ensemble.weights[:2] * 2, policy.ensemble.biases[:2] * 2)
    with pytest.raises(PolicyError, match="of one size"):
        replace(policy, observed=policy.commanded)


# Saving


def test_a_saved_policy_comes_back_bit_by_bit(folder: Path) -> None:
    policy, again = random_policy(), load(folder)
    for before, after in zip(arrays_of(policy), arrays_of(again), strict=True):
        assert before.dtype == after.dtype
        assert before.tobytes() == after.tobytes()
    told = ("name", "task", "observed", "commanded", "thresholds", "fitted_to", "held_out", "rate_hz", "created_ns")
    for name in (*told, "metrics", "software", "fingerprint"):
        assert getattr(again, name) == getattr(policy, name)


def test_what_a_policy_knows_of_its_base_comes_back_and_is_part_of_its_fingerprint(tmp_path: Path) -> None:
    policy = knowing(random_policy(), [drive("across", i) for i in range(3)])
    used = {"a": Used("0" * 64), "b": Used("1" * 64, (0.5, 2.0), ((0.75, 1.0), (1.25, 1.5)))}
    save(replace(policy, used=used, thresholds=Thresholds(1.0, 2.0, 3.0)), tmp_path / "base")
    again = load(tmp_path / "base")
    assert again.states is not None
    assert policy.states is not None
    assert again.states.tobytes() == policy.states.tobytes()
    assert again.used == used
    assert again.thresholds == Thresholds(1.0, 2.0, 3.0)
    assert again.fingerprint == policy.fingerprint
    assert replace(policy, states=policy.states[1:]).fingerprint != policy.fingerprint
    assert replace(policy, usual=None).fingerprint != policy.fingerprint
    records = drive("down", 0)
    assert again.score_steps(records).incompatibility.tobytes() == policy.score_steps(records).incompatibility.tobytes()


def test_a_policy_of_the_first_version_still_opens_and_is_far_from_nothing(folder: Path) -> None:
    told = json.loads((folder / "policy.json").read_text())
    del told["thresholds"]["distance_limit"], told["used"]
    (folder / "policy.json").write_text(json.dumps(told | {"version": 1}))
    policy = load(folder)
    assert policy.thresholds.distance_limit == np.inf
    scores = policy.score_steps(drive("across", 0))
    assert np.isnan(scores.distance).all()
    assert not scores.judge(policy.thresholds).far.any()


def test_no_limit_is_written_as_json_knows_it(folder: Path) -> None:
    told = json.loads((folder / "policy.json").read_text(), parse_constant=pytest.fail)
    assert told["thresholds"]["distance_limit"] is None


def test_base_states_that_do_not_fit_are_refused() -> None:
    policy = knowing(random_policy(), [drive("across", i) for i in range(3)])
    assert policy.states is not None
    with pytest.raises(PolicyError, match="base states of"):
        replace(policy, states=policy.states[:, :4])
    with pytest.raises(PolicyError, match="finite float32 base states"):
        replace(policy, states=policy.states * np.float32(np.nan))
    assert policy.usual is not None
    narrow = Usual.of((np.zeros((60, 2)), np.zeros((60, 1))), (np.zeros((9, 2)), np.zeros((9, 1))))
    with pytest.raises(PolicyError, match="a mixture of what it sees and predicts"):
        replace(policy, usual=narrow)


def test_saving_leaves_nothing_beside_the_folder(folder: Path) -> None:
    assert [path.name for path in folder.parent.iterdir()] == ["base"]
    assert sorted(path.name for path in folder.iterdir()) == ["policy.json", "weights.npz"]


def test_an_existing_folder_is_not_overwritten(folder: Path) -> None:
    with pytest.raises(PolicyError, match="one that exists"):
        save(random_policy(seed=1), folder)
    assert load(folder).fingerprint == random_policy().fingerprint


def test_a_save_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        save(random_policy(), tmp_path / "base")
    assert not list(tmp_path.iterdir())


def test_new_thresholds_are_stored_and_keep_the_fingerprint(folder: Path) -> None:
    before = load(folder)
    save_thresholds(folder, Thresholds(0.125, 0.5))
    after = load(folder)
    assert after.thresholds == Thresholds(0.125, 0.5)
    assert after.fingerprint == before.fingerprint
    assert after.name == before.name


def test_other_weights_or_fields_have_another_fingerprint() -> None:
    assert random_policy(seed=1).fingerprint != random_policy().fingerprint
    renamed = Features(("sent/twist", "sent/other"), random_policy().commanded.shapes)
    assert replace(random_policy(), commanded=renamed).fingerprint != random_policy().fingerprint


# What is refused


def test_a_folder_without_a_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"policy.json"):
        load(tmp_path / "nothing")


def test_weights_that_were_changed_are_refused(folder: Path) -> None:
    data = bytearray((folder / "weights.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "weights.npz").write_bytes(bytes(data))
    with pytest.raises(PolicyError, match="weights"):
        load(folder)


def test_weights_that_are_cut_short_are_refused(folder: Path) -> None:
    data = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(data[:-100])
    with pytest.raises(PolicyError, match="weights"):
        load(folder)


def test_missing_weights_are_refused(folder: Path) -> None:
    (folder / "weights.npz").unlink()
    with pytest.raises(PolicyError, match=r"weights.npz"):
        load(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "other"}', "\x80"])
def test_foreign_or_damaged_json_is_refused(folder: Path, text: str) -> None:
    (folder / "policy.json").write_text(text, encoding="latin-1")
    with pytest.raises(PolicyError):
        load(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"thresholds": {"error_limit": -1.0, "novelty_limit": 1.0}},
        {"thresholds": {"error_limit": "much", "novelty_limit": 1.0}},
        {"thresholds": None},
        {"layers": 2},
        {"layers": 9},
        {"observed": {"names": ["observation/hand_position"], "shapes": [[3]]}},
        {"observed": {"names": ["observation/hand_position"], "shapes": []}},
        {"fitted_to": 3},
        {"metrics": [1]},
    ],
)
def test_json_that_does_not_fit_its_weights_is_refused(folder: Path, changes: dict[str, object]) -> None:
    change(folder, **changes)
    with pytest.raises(PolicyError):
        load(folder)


def test_a_policy_from_the_future_is_refused(folder: Path) -> None:
    change(folder, version=3)
    with pytest.raises(PolicyError, match="update Accord"):
        load(folder)


class Trap:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def test_a_pickle_in_the_weights_is_refused_and_not_run(folder: Path) -> None:
    sprung = folder / "sprung"
    np.savez(folder / "weights.npz", observation_mean=np.array([Trap(sprung)], dtype=object))
    vouch_for_weights(folder)
    with pytest.raises(PolicyError, match="damaged"):
        load(folder)
    assert not sprung.exists()


def test_weights_that_are_only_a_pickle_are_refused_and_not_run(folder: Path) -> None:
    sprung = folder / "sprung"
    (folder / "weights.npz").write_bytes(pickle.dumps(Trap(sprung)))
    vouch_for_weights(folder)
    with pytest.raises(PolicyError, match="damaged"):
        load(folder)
    assert not sprung.exists()


def vouch_for_weights(folder: Path) -> None:
    """Somebody malicious would write the right hash, too."""
    import hashlib

    change(folder, weights_sha256=hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest())
