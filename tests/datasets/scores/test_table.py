import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from motions import motion_of
from policies import drive
from scipy.stats import spearmanr

from accord.datasets.errors import DatasetError
from accord.datasets.features import Features
from accord.datasets.scores.catalogue import NAMES, SCORES, score_named
from accord.datasets.scores.correlation import correlation
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.nearest import distances, waypoints
from accord.datasets.scores.signals import fences
from accord.datasets.scores.sketch import Pool, Sketch
from accord.datasets.scores.table import correlations, score_library

BASE = tuple(f"{i:02}" for i in range(4))


def library(task: str = "made-up", first: int = 0) -> list[Motion]:
    """Eight episodes across, then two down, of a made-up hand."""
    ways = ["across"] * 8 + ["down"] * 2
    return [Motion.of(f"{i + first:02}", task, 50.0, drive(way, i)) for i, way in enumerate(ways)]


def same(one: Mapping[str, float], other: Mapping[str, float], rel: float = 0.0) -> bool:
    return all(other[name] == pytest.approx(value, rel=rel, abs=0, nan_ok=True) for name, value in one.items())


def test_every_score_of_the_catalogue_is_computed_and_finite() -> None:
    rows = score_library(library(), BASE)
    assert {tuple(row) for row in rows.values()} == {NAMES}
    assert all(math.isfinite(value) for row in rows.values() for value in row.values())
    assert len(set(NAMES)) == len(SCORES) == 11
    assert score_named("jerk").high_is_good
    with pytest.raises(DatasetError, match="choose one of action-divergence, "):
        score_named("charm")


def test_the_order_of_episodes_and_the_number_of_threads_do_not_matter() -> None:
    rows, others = score_library(library(), BASE), score_library(library()[::-1], BASE[::-1], workers=2)
    assert all(same(row, others[episode]) for episode, row in rows.items())


def test_units_do_not_matter_to_what_is_normalised() -> None:
    def in_other_units(motion: Motion) -> Motion:
        return replace(motion, observations=motion.observations * 1000 + 5, actions=motion.actions * -100 + 1)

    # Dimensions that stay constant are left out: a floor in SI units keeps their jitter from being blown up.
    seen, done = Features(("observation/hand_position",), ((3,),)), Features(("sent/twist",), ((3,),))
    parts = {"observed": seen, "commanded": done}
    motions = [replace(m, observations=m.observations[:, :3], actions=m.actions[:, :3], **parts) for m in library()]
    rows, others = score_library(motions, BASE), score_library([in_other_units(m) for m in motions], BASE)
    assert all(same(row, others[episode], rel=1e-3) for episode, row in rows.items())


def test_the_foreign_strategy_stands_out() -> None:
    rows = score_library(library(), BASE)
    values = [rows[f"{i:02}"]["action-divergence"] for i in range(10)]
    assert np.mean(values[8:]) > 1.5 * np.mean(values[:8])


def test_episodes_of_another_task_or_of_other_fields_do_not_matter() -> None:
    alone, other = library(), library("another", 50)
    odd = motion_of(np.random.default_rng(0).normal(size=(60, 3)), episode="odd")
    rows, more = score_library(alone, BASE), score_library([*alone, *other, odd], BASE)
    assert all(same(row, more[episode]) for episode, row in rows.items())
    assert math.isnan(more["50"]["nearest-base"])


def test_a_base_episode_is_compared_with_the_others_of_the_base() -> None:
    motions = library()
    pool = Pool.of([Sketch.of(motion) for motion in motions])
    paths = [waypoints(part) for part in np.split(pool.observations, pool.bounds[1:-1])]
    rows = score_library(motions, BASE)
    expected = float(distances(paths[0], np.stack(paths[1:4])).min())
    assert rows["00"]["nearest-base"] == pytest.approx(expected)
    assert math.isnan(score_library(motions)["00"]["nearest-base"])
    assert math.isnan(score_library(motions, ["00"])["00"]["nearest-base"])


def test_a_sketch_is_some_steps_with_what_follows_each() -> None:
    path = np.cumsum(np.ones((1000, 3)), axis=0) / 500
    t_ns = (np.arange(1000) * 20_000_000).astype(np.int64)
    t_ns[500:] += 10**9
    sketch = Sketch.of(motion_of(path, t_ns=t_ns))
    assert len(sketch) == 210  # 21 s, one every 0.1 s
    assert len(Sketch.of(motion_of(path[:60]))) == 60
    assert len(Sketch.of(motion_of(path[:200]))) == 128
    assert np.isnan(sketch.changes[-1]).all()
    assert sketch.changes[:-1][np.isfinite(sketch.changes[:-1])] == pytest.approx(0.1, rel=1e-3)
    assert np.isnan(Sketch.of(motion_of(path, t_ns=t_ns), 1000).changes[499]).all()


def test_few_and_short_episodes_have_what_can_be_known() -> None:
    first, second = library()[:2]
    one_step = replace(first, t_ns=first.t_ns[:1], observations=first.observations[:1], actions=first.actions[:1],
                       hand=first.hand[:1], twist=first.twist[:1], requested=first.requested[:1],
                       gripper=first.gripper[:1])  # type: ignore[index]  # fmt: skip
    rows = score_library([one_step, second])
    assert math.isnan(rows[first.episode]["transition-diversity"])
    assert math.isfinite(rows[first.episode]["action-divergence"])
    alone = score_library([first])[first.episode]
    assert {name for name, value in alone.items() if math.isnan(value)} == {"nearest-base"}
    only = score_library([one_step])[first.episode]
    assert {name for name, value in only.items() if not math.isnan(value)} == {"idle-share", "saturation"}
    assert score_library([]) == {}


def test_an_episode_is_scored_once() -> None:
    with pytest.raises(DatasetError, match="episodes that differ"):
        score_library(library()[:1] * 2)


def test_correlation_with_the_duration_is_told_for_each_score() -> None:
    rows = score_library(library(), BASE)
    found = correlations(rows)
    assert tuple(found) == NAMES
    assert found["duration"] == pytest.approx((1.0, 1.0, 1.0, 10))
    jerks, durations = ([row[name] for row in rows.values()] for name in ("jerk", "duration"))
    assert found["jerk"].rho == pytest.approx(spearmanr(jerks, durations).statistic)
    assert found["jerk"].low < found["jerk"].rho < found["jerk"].high
    low, high = fences(durations)
    assert low < np.median(durations) < high


def test_the_interval_of_a_correlation_holds_the_true_one_in_most_samples() -> None:
    """Of normal numbers with ρ = 0.6, Spearman's is 6/π · asin(0.3)."""
    rng, true, inside = np.random.default_rng(0), 6 / math.pi * math.asin(0.3), 0
    for _ in range(400):
        x = rng.normal(size=40)
        inside += (found := correlation(x, 0.6 * x + 0.8 * rng.normal(size=40))).low <= true <= found.high
    assert 0.92 <= inside / 400 <= 0.98


def test_a_correlation_that_cannot_be_known_is_not_told() -> None:
    assert math.isnan(correlation([1, 1, 1], [1, 2, 3]).rho)
    assert correlation([1, math.nan, 3], [3, 2, 1]) == pytest.approx((-1.0, -1.0, 1.0, 2))
    assert correlation([], []).episodes == 0
