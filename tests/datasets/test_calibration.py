from dataclasses import replace

import numpy as np
import pytest
from policies import drive, knowing, one_torch_thread, random_policy

from accord.datasets.calibration import Quantiles, calibrate
from accord.datasets.compatibility import EpisodeScore, Thresholds
from accord.datasets.errors import PolicyError
from accord.datasets.fit_settings import FitSettings
from accord.datasets.policy import BasePolicy


def test_thresholds_are_quantiles_of_the_held_out_steps() -> None:
    policy, held_out = random_policy(), [drive("across", i) for i in range(3)]
    found = calibrate(policy, held_out, Quantiles(0.9, 0.8, 1.5))
    scores = policy.score_steps(np.concatenate(held_out))
    assert found.thresholds.error_limit == pytest.approx(np.quantile(scores.error, 0.9))
    assert found.thresholds.novelty_limit == pytest.approx(1.5 * np.quantile(scores.novelty, 0.8))
    assert found.held_out.error == pytest.approx(scores.error, rel=1e-5)
    assert found.held_out.novelty == pytest.approx(scores.novelty, rel=1e-5)
    assert found.shown()["error"][0.95] == pytest.approx(np.quantile(scores.error, 0.95))
    assert found.thresholds.distance_limit == np.inf, "it knows no base states"
    assert "distance" not in found.shown()


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
    enough = [drive("across", i) for i in range(3)]
    assert "fitted to only 2 episodes" in calibrate(policy, enough).warning
    larger = replace(policy, fitted_to=("a", "b", "c", "d", "e"))
    assert not calibrate(larger, enough).warning


def test_what_else_is_doubtful_joins_the_warning() -> None:
    policy, enough = replace(random_policy(), fitted_to=tuple("abcde")), [drive("across", i) for i in range(3)]
    assert calibrate(policy, enough, also="The base set holds two strategies.").warning == (
        "The base set holds two strategies."
    )
    assert calibrate(policy, enough[:1], also="It holds two.").warning.endswith("add episodes. It holds two.")


def test_the_limit_of_the_distance_is_a_quantile_of_the_held_out_steps() -> None:
    policy = knowing(random_policy(), [drive("across", i) for i in range(4)])
    held_out = [drive("across", i) for i in (7, 8)]
    found = calibrate(policy, held_out, Quantiles(distance=0.9, distance_margin=2.0))
    distances = policy.score_steps(np.concatenate(held_out)).distance
    assert found.thresholds.distance_limit == pytest.approx(2 * np.quantile(distances, 0.9))
    assert found.shown()["distance"][1.0] == pytest.approx(distances.max())


def test_it_tells_how_many_held_out_steps_lie_below_limits() -> None:
    policy = knowing(random_policy(), [drive("across", i) for i in range(4)])
    found = calibrate(policy, [drive("across", i) for i in (7, 8)])
    assert (found.episodes, set(found.below(found.thresholds))) == (2, {"λ", "η", "δ"})
    assert found.below(found.thresholds)["λ"] == pytest.approx(0.95, abs=0.01)
    above = Thresholds(1e9, float(found.held_out.novelty.min()), float(found.held_out.distance.max()) + 1)
    steps = f"{len(found.held_out):,} held-out steps of 2 episodes."
    assert found.told(above) == f"Below λ 100 %, η 0 %, δ 100 % of {steps}"
    assert found.told(replace(above, distance_limit=np.inf)) == f"Below λ 100 %, η 0 % of {steps}"
    one = calibrate(random_policy(), [drive("across", 7)])
    assert one.told(above).endswith("steps of 1 episode.")
    assert "δ" not in one.below(above), "it knows no base states"


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
