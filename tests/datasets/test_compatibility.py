import math
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, stdev

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from policies import one_torch_thread

from accord.datasets.compatibility import (
    EpisodeScore,
    StepScores,
    Thresholds,
    compatibility,
    error,
    novelty,
)
from accord.datasets.errors import PolicyError
from accord.datasets.policy import BasePolicy

REAL = Path(__file__).resolve().parents[2].parent / "shared/data/hand_dapg/door_vr_25demos.hdf5"
THRESHOLDS = Thresholds(0.5, 0.1)

amounts = st.floats(0, 1e6)
ensembles = arrays(np.float64, (4, 6, 3), elements=st.floats(-100, 100))
done = arrays(np.float64, (6, 3), elements=st.floats(-100, 100))


# An independent implementation, number by number, from the paper's text alone.


def slow_prediction(policy: BasePolicy, member: int, observation: list[float]) -> list[float]:
    scale = policy.observation_normalisation
    values = [(x - m) / s for x, m, s in zip(observation, scale.mean, scale.scale, strict=True)]
    layers = list(zip(policy.ensemble.weights, policy.ensemble.biases, strict=True))
    for i, (weights, biases) in enumerate(layers):
        rows, columns = weights.shape[1:]
        sums = [
            sum(values[r] * float(weights[member, r, c]) for r in range(rows)) + float(biases[member, c])
            for c in range(columns)
        ]
        values = sums if i == len(layers) - 1 else [max(x, 0.0) for x in sums]
    return values


def slow_scores(predictions: list[list[float]], action: list[float]) -> tuple[float, float]:
    dimensions = range(len(action))
    how_far = fmean(fmean((member[d] - action[d]) ** 2 for d in dimensions) for member in predictions)
    if len(predictions) == 1:
        return how_far, 0.0
    return how_far, fmean(stdev(member[d] for member in predictions) for d in dimensions)


def slow_compatibility(how_far: float, how_new: float, limits: Thresholds) -> float:
    if how_new < limits.novelty_limit:
        return 1.0 - min(how_far / limits.error_limit, 1.0)
    return 1.0


def real_episodes(count: int, every: int) -> list[tuple[str, NDArray[np.void]]]:
    dtype = [("observation/state", "f8", (39,)), ("sent/twist", "f8", (27,)), ("sent/gripper", "f8")]
    episodes = []
    with h5py.File(REAL) as file:
        for i in range(count):
            demo = file[f"data/demo_{i}"]
            actions = demo["actions"][::every]
            records = np.zeros(len(actions), dtype)
            records["observation/state"] = demo["obs/state"][::every]
            records["sent/twist"], records["sent/gripper"] = actions[:, :27], actions[:, 27]
            episodes.append((f"demo_{i}", records))
    return episodes


@pytest.mark.skipif(not REAL.is_file(), reason=f"the real demonstrations are not at {REAL}")
def test_scores_of_real_demonstrations_equal_those_of_loops_over_single_numbers() -> None:
    pytest.importorskip("torch")
    from accord.datasets.fit import fit
    from accord.datasets.fit_settings import FitSettings

    episodes = real_episodes(6, every=4)
    with one_torch_thread():
        policy = fit(episodes[:5], FitSettings(members=3, hidden=(8, 8), updates=60))
    records = episodes[5][1][::3]
    scores = policy.score_steps(records)
    scale = policy.action_normalisation
    slow = []
    for observation, action in zip(policy.observations(records), policy.actions(records), strict=True):
        predictions = [slow_prediction(policy, k, observation.tolist()) for k in range(3)]
        wanted = [(a - m) / s for a, m, s in zip(action.tolist(), scale.mean, scale.scale, strict=True)]
        slow.append(slow_scores(predictions, wanted))
    assert scores.error == pytest.approx([e for e, _ in slow], rel=1e-4)
    assert scores.novelty == pytest.approx([n for _, n in slow], rel=1e-4)
    between = 0.5 + 0.5 / (len(records) - 1)  # a quantile between two steps: rounding must not decide which side
    limits = Thresholds(float(np.quantile(scores.error, between)), float(np.quantile(scores.novelty, between)))
    verdicts = scores.judge(limits)
    by_hand = [slow_compatibility(e, n, limits) for e, n in slow]
    assert verdicts.compatibility == pytest.approx(by_hand, abs=1e-4)
    assert 0 < verdicts.novel.mean() < 1
    assert verdicts.conflict.any()


@given(ensembles, done)
def test_the_arrays_equal_loops_over_single_numbers(
    predictions: NDArray[np.float64], actions: NDArray[np.float64]
) -> None:
    slow = [slow_scores(predictions[:, i].tolist(), actions[i].tolist()) for i in range(len(actions))]
    assert error(predictions, actions) == pytest.approx([e for e, _ in slow])
    assert novelty(predictions) == pytest.approx([n for _, n in slow], abs=1e-9)


def test_one_step_of_known_numbers() -> None:
    predictions = [[[1.0, 0.0]], [[3.0, 0.0]]]
    assert error(predictions, [[1.0, 1.0]]) == pytest.approx([(0 + 1 + 4 + 1) / 4])
    assert novelty(predictions) == pytest.approx([math.sqrt(2) / 2])


def test_one_member_is_never_unsure() -> None:
    assert novelty(np.ones((1, 4, 2))).tolist() == [0, 0, 0, 0]


def test_members_that_agree_with_a_constant_action_score_one() -> None:
    actions = np.full((5, 7), 0.25)
    predictions = np.broadcast_to(actions, (3, 5, 7))
    assert compatibility(error(predictions, actions), novelty(predictions), THRESHOLDS).tolist() == [1.0] * 5


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=20), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_compatibility_stays_between_zero_and_one(scores: list[tuple[float, float]], far: float, new: float) -> None:
    values = compatibility([e for e, _ in scores], [n for _, n in scores], Thresholds(far, new))
    assert ((values >= 0) & (values <= 1)).all()


@given(amounts, st.floats(0.1, 1e6))
def test_a_novel_step_scores_exactly_one(how_far: float, how_new: float) -> None:
    verdicts = StepScores(np.array([how_far]), np.array([how_new]), np.zeros(1)).judge(THRESHOLDS)
    assert verdicts.compatibility[0] == 1.0
    assert verdicts.novel[0]
    assert not verdicts.conflict[0]


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=20), st.randoms())
def test_the_order_of_the_steps_changes_no_share(scores: list[tuple[float, float]], random: object) -> None:
    shuffled = list(scores)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (episode_score(order) for order in (scores, shuffled))
    assert first.compatibility == pytest.approx(second.compatibility)
    assert (first.conflict_share, first.novel_share) == (second.conflict_share, second.novel_share)


@given(ensembles, done, st.sampled_from([1e-3, 1e3]), st.integers(0, 2))
def test_the_unit_of_an_action_changes_no_score(
    predictions: NDArray[np.float64], actions: NDArray[np.float64], factor: float, dimension: int
) -> None:
    scale = np.ones(3)
    scale[dimension] = factor
    in_other_units = (predictions * scale, actions * scale)
    assert error(*(x / scale for x in in_other_units)) == pytest.approx(error(predictions, actions))


def test_a_step_exactly_at_a_limit() -> None:
    verdicts = StepScores(np.array([0.5, 0.6, 0.6]), np.array([0.0, 0.0, 0.1]), np.zeros(3)).judge(THRESHOLDS)
    assert verdicts.compatibility.tolist() == [0.0, 0.0, 1.0]
    assert verdicts.conflict.tolist() == [False, True, False]
    assert verdicts.novel.tolist() == [False, False, True]


def test_an_episode_score_has_the_names_that_the_command_line_prints() -> None:
    score = episode_score([(0.25, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 0.0)])
    assert asdict(score) == {
        "episode": "an-id", "compatibility": 0.625, "conflict_share": 0.25, "novel_share": 0.25, "duration_s": 2.0,
        "far_share": 0.0, "disputed_share": 0.25, "incompatibility": math.nan,
    }  # fmt: skip


def test_an_episode_without_a_driven_step_is_refused() -> None:
    with pytest.raises(PolicyError, match="a driven step"):
        episode_score([])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused(bad: float) -> None:
    predictions, actions = np.zeros((2, 3, 4)), np.zeros((3, 4))
    spoilt_predictions, spoilt_actions = predictions.copy(), actions.copy()
    spoilt_predictions[1, 2, 3] = spoilt_actions[2, 3] = bad
    with pytest.raises(PolicyError, match="finite predictions"):
        error(spoilt_predictions, actions)
    with pytest.raises(PolicyError, match="finite actions"):
        error(predictions, spoilt_actions)
    with pytest.raises(PolicyError, match="finite predictions"):
        novelty(spoilt_predictions)
    with pytest.raises(PolicyError, match="finite errors"):
        compatibility([bad], [0.0], THRESHOLDS)
    with pytest.raises(PolicyError, match="finite novelties"):
        compatibility([0.0], [bad], THRESHOLDS)
    with pytest.raises(PolicyError, match="error_limit"):
        Thresholds(bad, 1.0)


def test_thresholds_of_zero_are_refused() -> None:
    with pytest.raises(PolicyError, match="novelty_limit above 0"):
        Thresholds(1.0, 0.0)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(PolicyError, match=r"actions of shape \(3, 4\)"):
        error(np.zeros((2, 3, 4)), np.zeros((3, 5)))
    with pytest.raises(PolicyError, match="predictions"):
        novelty(np.zeros((3, 4)))
    for shapes in ((3, 4, 3), (3, 3, 4), (3, 3, 3, 2)):
        with pytest.raises(PolicyError, match="error, novelty, distance, incompatibility of every step"):
            StepScores(*(np.zeros(shape) for shape in shapes))


def episode_score(scores: list[tuple[float, float]]) -> EpisodeScore:
    steps = StepScores(np.array([e for e, _ in scores]), np.array([n for _, n in scores]), np.zeros(len(scores)))
    return EpisodeScore.of("an-id", steps.judge(THRESHOLDS), 2.0)
