"""The meter: what the newest steps say of the beat and of the score, however they came in."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from accord.app.meter import Meter
from accord.app.snapshot import LiveScore, Timing
from accord.datasets.compatibility import EpisodeScore, StepScores, Thresholds, compatibility
from accord.devices.limits import Hold

LIMITS = Thresholds(2.0, 1.0, 1.5)
SCORES = st.lists(st.tuples(st.floats(0, 5), st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=40)
_FIELDS = ("score/compatibility", "score/error", "score/novelty", "score/distance", "score/incompatibility")


def steps(count: int, rate_hz: float = 50.0, late_ms: float = 0.0, first: int = 0) -> NDArray[np.void]:
    dtype = [("t_ns", "i8"), ("late_ns", "i8"), ("hold", "u1"), ("sent/twist", "f8", (2, 6)),
             *((name, "f4") for name in _FIELDS)]  # fmt: skip
    records = np.zeros(count, dtype)
    records["t_ns"] = ((first + np.arange(count)) * 1e9 / rate_hz).astype(np.int64)
    records["late_ns"] = int(late_ms * 1e6)
    for name in _FIELDS:
        records[name] = np.nan
    return records


def scored(scores: list[tuple[float, float, float]]) -> NDArray[np.void]:
    records = steps(len(scores))
    records["score/error"], records["score/novelty"], records["score/distance"] = np.array(scores, np.float32).T
    records["score/incompatibility"] = 0.25
    records["score/compatibility"] = compatibility(records["score/error"], records["score/novelty"], LIMITS)
    return records


def test_before_two_steps_nothing_is_known_of_the_beat() -> None:
    meter = Meter(50)
    assert meter.timing(3, 1.0) == Timing(overruns=3)
    meter.feed(steps(1), None)
    assert meter.timing(0, 1.0) == Timing()
    meter.feed(steps(0), None)
    assert meter.timing(0, 1.0) == Timing()


@given(st.floats(20, 100), st.floats(0, 30), st.integers(2, 300))
def test_a_steady_beat_is_told_as_it_is(rate_hz: float, late_ms: float, count: int) -> None:
    meter = Meter(rate_hz)
    meter.feed(steps(count, rate_hz, late_ms), None)
    timing = meter.timing(0, 1.0)
    assert timing.rate_hz == pytest.approx(rate_hz, rel=1e-6)
    assert (timing.late_p50_ms, timing.late_max_ms) == (pytest.approx(late_ms, abs=1e-5),) * 2


def test_only_the_last_second_counts() -> None:
    meter = Meter(50)
    meter.feed(steps(50, late_ms=100), None)
    assert meter.timing(0, 1.0).late_max_ms == 100
    meter.feed(steps(50, late_ms=1, first=50), None)
    assert meter.timing(0, 1.0).late_max_ms == 1


def test_in_fast_time_the_beat_is_told_against_the_wall() -> None:
    meter = Meter(50)
    meter.feed(steps(20), None)
    assert meter.timing(0, 3.0).rate_hz == pytest.approx(150)


@given(SCORES, st.data())
def test_the_score_is_that_of_the_episode_however_the_steps_came_in(
    scores: list[tuple[float, float, float]], data: st.DataObject
) -> None:
    records = scored(scores)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(records)), max_size=4)))
    meter = Meter(50)
    for block in np.split(records, cuts):
        meter.feed(block, LIMITS)
    values = (records[name].astype(np.float64) for name in _FIELDS[1:])
    whole = EpisodeScore.of("e", StepScores(*values).judge(LIMITS), 1.0)
    found = meter.score()
    assert found.compatibility == pytest.approx(whole.compatibility, abs=1e-5)
    assert found.conflict_share == pytest.approx(whole.conflict_share)
    assert found.novel_share == pytest.approx(whole.novel_share)
    assert found.far_share == pytest.approx(whole.far_share)
    assert found.disputed_share == pytest.approx(whole.disputed_share)
    assert found.incompatibility == pytest.approx(0.25)


def test_steps_that_were_not_scored_do_not_count() -> None:
    meter = Meter(50)
    meter.feed(steps(10), LIMITS)
    assert all(math.isnan(value) for value in (meter.score().compatibility, meter.score().conflict_share))
    meter.feed(scored([(4.0, 0.5, 0.0), (0.0, 0.5, 9.0), (4.0, 2.0, 9.0), (4.0, 1.0, 0.0)]), LIMITS)
    meter.feed(steps(10), LIMITS)
    assert meter.score() == LiveScore(0.75, 0.25, 0.5, 0.5, 0.5, 0.25)


def test_nothing_is_scored_without_thresholds_or_after_clearing() -> None:
    meter = Meter(3)
    meter.feed(scored([(4.0, 0.5, 0.0)]), None)
    assert math.isnan(meter.score().compatibility)
    meter.feed(scored([(4.0, 0.5, 0.0)]), LIMITS)
    assert meter.score() == LiveScore(0.0, 1.0, 0.0, 0.0, 0.0, 0.25)
    meter.clear_score()
    assert math.isnan(meter.score().compatibility)
    meter.feed(steps(3, first=1), None)
    assert meter.timing(0, 1.0).rate_hz == pytest.approx(50), "the beat goes on from one episode to the next"


def held(*reasons: Hold) -> NDArray[np.void]:
    records = steps(len(reasons))
    records["hold"] = reasons
    return records


def test_an_episode_in_which_no_arm_moved_says_why_that_was_at_most_of_its_steps() -> None:
    meter = Meter(50)
    assert meter.still == "it was over at once"
    meter.feed(held(Hold.MUST_REST, Hold.INPUT_LOST), None)
    meter.feed(held(Hold.INPUT_LOST), None)
    assert meter.still == "the input device was silent"
    meter.clear_score()
    meter.feed(held(Hold.NONE), None)
    assert meter.still == "the device was at rest all the time"


def test_one_step_of_one_arm_is_motion_and_counts_for_its_episode_only() -> None:
    meter, moving = Meter(50), held(Hold.NONE)
    moving["sent/twist"][0, 1, 2] = 1e-3
    meter.feed(moving, None)
    meter.feed(held(*[Hold.INPUT_LOST] * 9), None)
    assert meter.still == ""
    meter.clear_score()
    assert meter.still


@pytest.mark.parametrize("reason", list(Hold))
def test_whatever_holds_the_robot_has_words_for_that(reason: Hold) -> None:
    meter = Meter(50)
    meter.feed(held(reason), None)
    assert meter.still
