"""A task for two hands through the whole product: recorded, checked, scored, exported, listed, shown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zarr
from policies import random_policy

from accord.app.curating import choose_episodes, score_library
from accord.app.episode_check import check_episode
from accord.app.exporting import export_selection
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import State
from accord.app.ui.track import Track
from accord.app.unattended import wait_for
from accord.datasets.compatibility import Thresholds
from accord.datasets.episode import Episode
from accord.datasets.exporter import ExportSettings
from accord.datasets.library import Library
from accord.datasets.policy_file import save
from accord.datasets.selection import Rule
from accord.devices.limits import Hold

_WITHIN_S = 60.0


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """With one episode of a scripted operator, from its start until the bar is lifted."""
    folder = tmp_path_factory.mktemp("two-hands") / "library"
    settings = Settings(folder, task="handover", width=64, height=48, time_scale=2.0)
    session = Session(settings, operator="script-1", seed=3)
    session.use_source("scripted:meets-low")
    session.start()
    try:
        wait_for(session, lambda now: now.state is State.READY, "a ready workcell", _WITHIN_S)
        session.begin()
        wait_for(session, lambda now: now.stage >= 3, "a lifted bar", _WITHIN_S)
        session.end("success")
        wait_for(session, lambda now: now.finished is not None and now.finished.saved, "a saved episode", _WITHIN_S)
        yield session.library
    finally:
        session.close()


@pytest.fixture
def path(library: Library) -> Path:
    return library.contents().entries[0].path


def test_everything_of_a_hand_is_recorded_twice(path: Path) -> None:
    with Episode(path) as episode:
        assert episode.info.stages == ("reached", "grasped", "lifted", "passed", "done")
        assert [camera.name for camera in episode.info.cameras] == ["above", "front", "left_wrist", "right_wrist"]
        shapes = {name: episode.field(name).shape[1:] for name in ("sent/twist", "sent/gripper", "input/axes")}
        assert shapes == {"sent/twist": (2, 6), "sent/gripper": (2,), "input/axes": (2, 6)}
        assert np.all(np.ptp(episode.field("sent/twist"), axis=0).any(axis=1)), "both arms were driven"
        assert episode.field("stage")[-1] >= 3


def test_its_commands_give_every_state_bit_for_bit(path: Path) -> None:
    assert check_episode(path, replayed=True).wrong == ()


def test_it_is_listed_scored_chosen_and_exported(library: Library, path: Path, tmp_path: Path) -> None:
    with Episode(path) as episode:
        policy = random_policy(dtype=episode.info.schema.dtype)
        count = int(np.count_nonzero(episode.field("hold") == Hold.NONE))
    policy = replace(policy, name="base", task="handover", thresholds=Thresholds(3.0, 1e3))
    save(policy, library.policy_folder("base"))
    assert score_library(library.folder, "base") == []
    entry = library.contents().entries[0]
    scores = library.index.scores(policy.fingerprint)[entry.id]
    assert len(scores.steps.error) == count
    choose_episodes(library, "kept", Rule(tasks=("handover",)))
    report = export_selection(
        library.folder, "kept", ExportSettings(state=True, rate_hz=10.0, views=("above",)), tmp_path / "kept.zarr"
    )
    data = zarr.open_group(tmp_path / "kept.zarr", mode="r", zarr_format=2)["data"]
    assert data["action"].shape == (report.rows, 14)  # type: ignore[union-attr, index]
    assert data["hand_quaternion"].shape == (report.rows, 8)  # type: ignore[union-attr, index]
    assert data["gripper_width"].shape == (report.rows, 2)  # type: ignore[union-attr, index]


def test_the_player_marks_each_gripper_by_its_side(path: Path) -> None:
    with Episode(path) as episode:
        track = Track.of(episode)
    assert [mark.text for mark in track.gripper] == ["left gripper closes"]
    assert [mark.text for mark in track.stages] == ["reached", "grasped", "lifted"]
