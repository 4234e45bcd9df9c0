from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from policies import drive, one_torch_thread

from accord.datasets.errors import PolicyError
from accord.datasets.fit_settings import FitCancelledError, FitProgress, FitSettings

pytest.importorskip("torch")

import torch

from accord.datasets.fit import RunningMean, fit, split

TINY = FitSettings(members=3, hidden=(16, 16), updates=60, batch=32, rate_hz=50.0, task="square-nut")
Episodes = list[tuple[str, NDArray[np.void]]]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with one_torch_thread():
        yield


@pytest.fixture(scope="module")
def episodes() -> Episodes:
    return [(f"episode-{i}", drive("across", i)[::3]) for i in range(6)]


def test_a_fit_learns_what_the_episodes_have_in_common(episodes: Episodes) -> None:
    policy = fit(episodes, replace(TINY, updates=400))
    assert policy.metrics["validation_error"] < 0.5  # predicting the mean would give about 1
    assert policy.ensemble.members == 3
    assert (policy.task, policy.rate_hz) == ("square-nut", 50.0)
    assert {"accord", "numpy", "torch", "python"} <= policy.software.keys()


def test_the_validation_error_is_that_of_the_weights_that_are_kept(episodes: Episodes) -> None:
    policy = fit(episodes, TINY)
    records = np.concatenate([steps for name, steps in episodes if name in policy.held_out])
    assert policy.score_steps(records).error.mean() == pytest.approx(policy.metrics["validation_error"], rel=1e-4)


def test_every_member_is_different(episodes: Episodes) -> None:
    policy = fit(episodes, TINY)
    first = policy.ensemble.weights[0]
    assert not np.array_equal(first[0], first[1])
    assert policy.score_steps(episodes[0][1]).novelty.min() > 0


def test_the_same_seed_gives_the_same_policy(episodes: Episodes) -> None:
    assert fit(episodes, TINY).fingerprint == fit(episodes, TINY).fingerprint
    assert fit(episodes, TINY).fingerprint != fit(episodes, replace(TINY, seed=1)).fingerprint


def test_the_order_of_the_episodes_does_not_matter(episodes: Episodes) -> None:
    assert fit(episodes[::-1], TINY).fingerprint == fit(episodes, TINY).fingerprint


def test_a_fit_leaves_other_random_numbers_alone(episodes: Episodes) -> None:
    before = torch.get_rng_state()
    fit(episodes, TINY)
    assert torch.equal(before, torch.get_rng_state())


def test_an_action_in_other_units_gives_the_same_scores(episodes: Episodes) -> None:
    scaled = [(name, steps.copy()) for name, steps in episodes]
    for _, steps in scaled:
        steps["sent/twist"][:, 0] *= 1024  # a power of two, so that rounding is the same
    expected, found = fit(episodes, TINY), fit(scaled, TINY)
    records, others = episodes[0][1], scaled[0][1]
    assert found.score_steps(others).error == pytest.approx(expected.score_steps(records).error, rel=1e-3)


def test_a_command_that_never_changes_does_not_blow_up(episodes: Episodes) -> None:
    still = [(name, steps.copy()) for name, steps in episodes]
    for _, steps in still:
        steps["sent/twist"] = 0
    policy = fit(still, TINY)
    assert policy.score_steps(still[0][1]).error.max() < 1


def test_steps_that_do_not_count_teach_nothing(episodes: Episodes) -> None:
    junk = np.concatenate([episodes[0][1], episodes[0][1]])
    half = len(junk) // 2
    junk["hold"][half:], junk["sent/twist"][half:] = 1, 1e6
    assert fit([(episodes[0][0], junk), *episodes[1:]], TINY).fingerprint == fit(episodes, TINY).fingerprint


def test_episodes_are_held_out_whole(episodes: Episodes) -> None:
    policy = fit(episodes, TINY)
    assert set(policy.fitted_to) | set(policy.held_out) == {name for name, _ in episodes}
    assert not set(policy.fitted_to) & set(policy.held_out)


@pytest.mark.parametrize(("count", "held"), [(2, 1), (3, 1), (4, 2), (10, 2), (20, 4), (30, 3), (100, 10)])
def test_how_many_episodes_are_held_out(count: int, held: int) -> None:
    empty = np.empty(0, [("t_ns", "i8")])
    train, held_out = split([(str(i), empty) for i in range(count)], seed=0)
    assert (len(train), len(held_out)) == (count - held, held)


def test_one_episode_is_too_few(episodes: Episodes) -> None:
    with pytest.raises(PolicyError, match="two base episodes or more"):
        fit(episodes[:1], TINY)


def test_an_episode_in_which_nobody_drove_does_not_help(episodes: Episodes) -> None:
    idle = episodes[1][1].copy()
    idle["mode"] = 0
    with pytest.raises(PolicyError, match="two base episodes or more"):
        fit([episodes[0], ("idle", idle)], TINY)


def test_a_field_that_is_not_there_is_named(episodes: Episodes) -> None:
    with pytest.raises(PolicyError, match="observation/smell"):
        fit(episodes, replace(TINY, observed=("observation/smell",)))


def test_chosen_fields_are_the_ones_that_are_seen(episodes: Episodes) -> None:
    policy = fit(episodes, replace(TINY, observed=("observation/hand_position",)))
    assert policy.observed.names == ("observation/hand_position",)


def test_progress_rises_to_its_end(episodes: Episodes) -> None:
    seen: list[FitProgress] = []

    def watch(report: FitProgress) -> bool:
        seen.append(report)
        return True

    fit(episodes, replace(TINY, patience=100), watch)
    assert [report.epoch for report in seen] == list(range(1, seen[-1].epochs + 1))
    assert seen[-1].fraction == 1.0
    errors = [report.validation_error for report in seen]
    assert errors == sorted(errors, reverse=True)


def test_a_cancelled_fit_stops_at_once_and_leaves_nothing(
    episodes: Episodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[FitProgress] = []

    def stop(report: FitProgress) -> bool:
        seen.append(report)
        return False

    with pytest.raises(FitCancelledError):
        fit(episodes, TINY, stop)
    assert len(seen) == 1
    assert not list(tmp_path.iterdir())


def test_a_fit_that_cannot_get_better_stops_early(episodes: Episodes) -> None:
    policy = fit(episodes, replace(TINY, learning_rate=1e-30, updates=600, patience=2))
    assert policy.metrics["epochs"] == 3


def test_a_running_mean_is_what_a_weighted_sum_gives() -> None:
    values = np.random.default_rng(0).normal(size=(60, 3))
    mean, slow = RunningMean([torch.zeros(3, dtype=torch.float64)], kept=0.8), np.zeros(3)
    for seen, value in enumerate(values, start=1):
        mean.follow([torch.from_numpy(value)])
        kept = min(0.8, seen / (seen + 10))
        slow = kept * slow + (1 - kept) * value
    assert mean.values[0].numpy() == pytest.approx(slow)


def test_without_an_average_the_last_weights_stay(episodes: Episodes) -> None:
    last = replace(TINY, keep="last", average=0.0)
    whole, mean = fit(episodes, last), fit(episodes, replace(last, average=0.9))
    records = episodes[0][1]
    assert whole.fingerprint != mean.fingerprint
    # the rate has fallen to zero, so that both come to nearly the same
    assert mean.score_steps(records).error == pytest.approx(whole.score_steps(records).error, rel=0.2, abs=0.02)


def test_an_average_that_never_changes_is_refused() -> None:
    with pytest.raises(PolicyError, match="keeps 0 or more and less than 1, found 1"):
        FitSettings(average=1.0)


def test_settings_of_zero_are_refused() -> None:
    with pytest.raises(PolicyError, match="settings above 0"):
        FitSettings(members=0)
