from dataclasses import replace

import numpy as np
import pytest
from episodes import SCHEMA, made_up_steps
from numpy.typing import NDArray

from accord.datasets.errors import DatasetError
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.phases import phases
from accord.datasets.scores.table import own_scores


def steps(count: int = 40, seed: int = 0) -> NDArray[np.void]:
    return made_up_steps(count, np.random.default_rng(seed))


def motion(records: NDArray[np.void]) -> Motion:
    return Motion.of("a", "square-nut", 50.0, records)


def two_handed(count: int) -> NDArray[np.void]:
    dtype = np.dtype(
        [("t_ns", "i8"), ("observation/hand_position", "f8", (2, 3)), ("sent/twist", "f8", (2, 6)),
         ("sent/gripper", "f8", (2,))]
    )  # fmt: skip
    records = np.zeros(count, dtype)
    records["t_ns"] = np.arange(count) * 20_000_000
    records["observation/hand_position"] = np.arange(count * 6).reshape(count, 2, 3)
    return records


def test_steps_that_do_not_count_are_left_out_and_what_follows_is_not_adjacent() -> None:
    records = steps()
    records["hold"][10:13], records["mode"][0] = 1, 0
    taken = motion(records)
    assert len(taken) == 36
    assert np.flatnonzero(~taken.adjacent).tolist() == [8]
    assert taken.duration_s == pytest.approx(38 / 50)


def test_a_hand_has_an_axis_of_its_own_whether_there_are_one_or_two() -> None:
    one, two = motion(steps()), motion(two_handed(5))
    assert one.hand is not None
    assert two.hand is not None
    assert two.gripper is not None
    assert (one.hand.shape, two.hand.shape, two.gripper.shape) == ((40, 1, 3), (5, 2, 3), (5, 2))
    assert two.hand[1, 1].tolist() == [9, 10, 11]


def test_what_was_imported_without_a_hand_has_what_can_be_known() -> None:
    dtype = np.dtype([("t_ns", "i8"), ("observation/state", "f4", (39,)), ("sent/action", "f4", (28,))])
    records = np.zeros(30, dtype)
    records["t_ns"] = np.arange(30) * 40_000_000
    taken = Motion.of("a", "door", 25.0, records)
    assert (taken.hand, taken.twist, taken.gripper) == (None, None, None)
    assert (taken.observations.shape, taken.actions.shape) == ((30, 39), (30, 28))
    known = {name for name, value in own_scores(taken).items() if np.isfinite(value)}
    assert known == {"duration"}


@pytest.mark.parametrize("name", ["observation/nut_position", "sent/twist", "requested/twist"])
def test_numbers_that_are_not_finite_are_refused_in_one_sentence(name: str) -> None:
    records = steps()
    records[name][7] = np.nan
    with pytest.raises(DatasetError, match=rf"^Wanted finite numbers in every step, found [^.]*{name}[^.]*\.$"):
        motion(records)


def test_what_cannot_be_scored_is_refused() -> None:
    backwards = steps()
    backwards["t_ns"][5] = backwards["t_ns"][4]
    with pytest.raises(DatasetError, match="a clock that goes on"):
        motion(backwards)
    with pytest.raises(DatasetError, match="a driven step"):
        motion(steps()[:0])
    with pytest.raises(DatasetError, match="the rate of episode a"):
        Motion.of("a", "square-nut", 0.0, steps())
    with pytest.raises(DatasetError, match="a field to learn from"):
        motion(np.zeros(3, [("t_ns", "i8")]))


def test_one_step_has_no_score_of_its_own_but_shares() -> None:
    scores = own_scores(motion(steps(1)))
    assert {name for name, value in scores.items() if np.isfinite(value)} == {"idle-share", "saturation"}


def test_phases_begin_where_a_gripper_opens_or_closes_and_a_slip_begins_none() -> None:
    records = steps(200)
    records["sent/gripper"] = 1.0
    records["sent/gripper"][60:140] = 0.0
    records["sent/gripper"][100:104] = 1.0  # shorter than a quarter of a second
    assert [(part.start, part.stop) for part in phases(motion(records))] == [(0, 60), (60, 100), (100, 140), (140, 200)]
    records["sent/gripper"][100:104] = 0.5  # neither open nor closed
    assert [part.start for part in phases(motion(records))] == [0, 60, 140]
    records["sent/gripper"][195:] = 0.0
    assert [part.start for part in phases(motion(records))] == [0, 60, 140]


def test_without_a_gripper_an_episode_is_one_phase() -> None:
    assert phases(replace(motion(steps()), gripper=None)) == [slice(0, 40)]
    assert SCHEMA["sent/gripper"].shape == ()
