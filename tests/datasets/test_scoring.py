from pathlib import Path

import numpy as np
import pytest
from episodes import make_info
from numpy.typing import NDArray
from policies import drive, random_policy

from accord.datasets.episode import Episode
from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import EpisodeWriter
from accord.datasets.errors import PolicyError
from accord.datasets.scoring import ScoredEpisode, score_episode


def recorded(folder: Path, records: NDArray[np.void]) -> Path:
    info = make_info()
    writer = EpisodeWriter(folder / f"{info.id}.h5", info)
    writer.append_steps(records)
    writer.close(Ending.COMPLETE)
    return writer.path


def scored(path: Path) -> ScoredEpisode:
    with Episode(path) as episode:
        return score_episode(random_policy(), episode)


def test_an_episode_scores_as_its_steps_do(tmp_path: Path) -> None:
    records, policy = drive("across", 0), random_policy()
    path = recorded(tmp_path, records)
    score, steps, t_ns = scored(path)
    expected = policy.score_steps(records)
    verdicts = expected.judge(policy.thresholds)
    assert steps.error.tolist() == expected.error.tolist()
    assert t_ns.tolist() == records["t_ns"].tolist()
    assert score.episode == path.stem
    assert score.compatibility == pytest.approx(verdicts.compatibility.mean())
    assert score.conflict_share == pytest.approx(verdicts.conflict.mean())
    assert score.novel_share == pytest.approx(verdicts.novel.mean())
    assert score.duration_s == pytest.approx((len(records) - 1) / 50)


def test_only_steps_that_count_are_scored_and_their_times_are_told(tmp_path: Path) -> None:
    records = drive("across", 0)
    records["mode"][:10], records["hold"][20:25] = 0, 2
    _, steps, t_ns = scored(recorded(tmp_path, records))
    driven = np.delete(records["t_ns"], [*range(10), *range(20, 25)])
    assert len(steps) == len(driven)
    assert t_ns.tolist() == driven.tolist()


def test_an_episode_in_which_nobody_drove_is_refused(tmp_path: Path) -> None:
    records = drive("across", 0)
    records["mode"] = 0
    with pytest.raises(PolicyError, match="a driven step"):
        scored(recorded(tmp_path, records))


def test_an_episode_of_another_robot_is_refused(tmp_path: Path) -> None:
    from accord.datasets.schema import Field
    from accord.recorders.step import step_schema

    schema = step_schema((Field("observation/joint_position", (6,), "float64", "rad"),), 0)
    writer = EpisodeWriter(tmp_path / "other.h5", make_info(schema=schema))
    writer.append_steps(np.zeros(3, schema.dtype))
    writer.close(Ending.COMPLETE)
    with pytest.raises(PolicyError, match="observation/hand_position"):
        scored(writer.path)
