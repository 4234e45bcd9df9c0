import numpy as np
import pytest
from policies import drive, one_torch_thread, random_policy

from accord.datasets.calibration import Quantiles, calibrate
from accord.datasets.compatibility import EpisodeScore
from accord.datasets.errors import PolicyError
from accord.datasets.fit_settings import FitSettings
from accord.datasets.policy import BasePolicy


def test_thresholds_are_quantiles_of_the_held_out_steps() -> None:
    policy, held_out = random_policy(), [drive("across", i) for i in range(3)]
    found = calibrate(policy, held_out, Quantiles(0.9, 0.8, 1.5))
    scores = policy.score_steps(np.concatenate(held_out))
    assert found.thresholds.error_limit == pytest.approx(np.quantile(scores.error, 0.9))
    assert found.thresholds.novelty_limit == pytest.approx(1.5 * np.quantile(scores.novelty, 0.8))
    assert found.held_out_errors == pytest.approx(scores.error, rel=1e-5)
    assert found.held_out_novelties == pytest.approx(scores.novelty, rel=1e-5)


def test_held_steps_do_not_move_the_thresholds() -> None:
    policy, records = random_policy(), drive("across", 0)
    held = np.concatenate([records, records])
    held["hold"][len(records) :], held["sent/twist"][len(records) :] = 1, 100
    assert calibrate(policy, [held]).thresholds == calibrate(policy, [records]).thresholds


def test_one_member_still_gets_thresholds_above_zero() -> None:
    policy, records = random_policy(members=1), drive("across", 0)
    thresholds = calibrate(policy, [records]).thresholds
    assert thresholds.novelty_limit > 0
    assert not policy.score_steps(records).judge(thresholds).novel.any()


def test_a_small_held_out_set_is_warned_of() -> None:
    policy, one = random_policy(), drive("across", 0)
    assert "1 held-out episode of" in calibrate(policy, [one]).warning
    assert "2 held-out episodes of 20 steps" in calibrate(policy, [one[:10], one[:10]]).warning
    assert not calibrate(policy, [drive("across", i) for i in range(3)]).warning


def test_no_held_out_step_is_refused() -> None:
    for held_out in ([], [drive("across", 0)[:0]]):
        with pytest.raises(PolicyError, match="held-out steps"):
            calibrate(random_policy(), held_out)


def test_quantiles_outside_their_range_are_refused() -> None:
    with pytest.raises(PolicyError, match="quantiles between 0 and 1"):
        Quantiles(error=1.0)


def test_a_foreign_strategy_conflicts_where_the_own_one_passes() -> None:
    pytest.importorskip("torch")
    from accord.datasets.fit import fit

    base = [(f"episode-{i}", drive("across", i)[::2]) for i in range(20)]
    with one_torch_thread():
        policy = fit(base, FitSettings(hidden=(128, 128), updates=900))
    own = [conflict_share(policy, "across", i) for i in range(100, 106)]
    foreign = [conflict_share(policy, "down", i) for i in range(100, 106)]
    assert np.mean(own) < 0.1
    assert np.mean(foreign) > 2 * np.mean(own)
    pairs = [(a, b) for a in own for b in foreign]
    assert np.mean([a < b for a, b in pairs]) > 0.95


def conflict_share(policy: BasePolicy, strategy: str, seed: int) -> float:
    verdicts = policy.score_steps(drive(strategy, seed)).judge(policy.thresholds)
    return EpisodeScore.of(strategy, verdicts, 1.0).conflict_share
