"""What a killed writer leaves: every row and picture it had acknowledged, and a recovery that loses nothing."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from episodes import made_up_images, made_up_steps, make_episode, make_info

from accord.datasets.episode import Episode
from accord.datasets.episode_info import CameraInfo, Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter, is_being_written
from accord.datasets.errors import EpisodeError
from accord.datasets.recovery import REASON, is_unfinished, recover

WRITER = Path(__file__).with_name("writer_process.py")
CAMERA = CameraInfo("front", 32, 24, 30.0, codec="png")


def left_behind(folder: Path, seed: int = 0, kill_after: int = 3) -> tuple[Path, list[int]]:
    """The file of a writer that was killed after so many acknowledged flushes, and what it had acknowledged."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    words = [sys.executable, str(WRITER), str(folder), str(seed)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(kill_after)]
        process.kill()
        said += process.stdout.readlines()  # acknowledged before the kill reached it
    (path,) = folder.glob("*.h5")
    return path, [int(number) for number in [line for line in said if line.endswith("\n")][-1].split()]


@pytest.mark.parametrize("seed", range(8))
def test_every_row_and_picture_that_was_acknowledged_survives_a_kill(tmp_path: Path, seed: int) -> None:
    path, (steps, *pictures) = left_behind(tmp_path, seed, kill_after=1 + 7 * seed)
    expected = made_up_steps(3000, np.random.default_rng(0))
    images = made_up_images(600, CAMERA)
    for _ in ("as it was left", "recovered"):
        with Episode(path, unfinished=True) as episode:
            found = episode.steps()
            assert found[:steps].tobytes() == expected[:steps].tobytes()
            for camera, count in zip(("front", "side"), pictures, strict=True):
                assert episode.images_stored(camera) >= count
                assert [episode.encoded(camera, i) for i in range(count)] == [i.data for i in images[:count]]
        if is_unfinished(path):
            with pytest.raises(EpisodeError, match="left by a crash: run accord recover"):
                Episode(path)
            saved = recover(path)
            assert saved.steps >= steps
            assert saved.images >= sum(pictures)
            assert saved.ending is Ending.INCOMPLETE
    with Episode(path) as episode:
        assert episode.ending is Ending.INCOMPLETE
        assert episode.reason == REASON
        assert len(episode) == saved.steps
        assert episode.steps().tobytes() == expected[: saved.steps].tobytes()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_an_episode_being_written_is_left_alone(tmp_path: Path) -> None:
    info = make_info()
    writer = EpisodeWriter(tmp_path / f"{info.id}.h5", info)
    with pytest.raises(EpisodeError, match="still being recorded"):
        recover(writer.path)
    writer.append_steps(made_up_steps(5, np.random.default_rng(0)))
    writer.close(Ending.COMPLETE)
    with Episode(writer.path) as episode:
        assert len(episode) == 5


def test_a_second_recovery_at_the_same_time_is_refused(tmp_path: Path) -> None:
    path, _ = left_behind(tmp_path)
    before = path.read_bytes()
    other = os.open(path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(EpisodeError, match="being recorded or recovered"):
        recover(path)
    os.close(other)
    assert path.read_bytes() == before
    recover(path)


@pytest.mark.parametrize("ending", [Ending.COMPLETE, Ending.INCOMPLETE])
def test_a_finished_episode_is_not_recovered(tmp_path: Path, ending: Ending) -> None:
    path = make_episode(tmp_path, ending=ending)
    before = path.read_bytes()
    with pytest.raises(EpisodeError, match="one that is finished"):
        recover(path)
    assert path.read_bytes() == before


def test_a_finished_episode_with_a_damaged_picture_keeps_the_others(tmp_path: Path) -> None:
    info = make_info((CAMERA,))
    images = made_up_images(30, CAMERA)
    images[20] = EncodedImage(b"no picture", images[20].t_ns, images[20].step)
    writer = EpisodeWriter(tmp_path / f"{info.id}.h5", info)
    writer.append_images("front", images)
    writer.close(Ending.COMPLETE)
    with pytest.raises(EpisodeError, match="one that is finished"):
        recover(writer.path)
    with Episode(writer.path) as episode:
        assert episode.images("front") == images


def test_pictures_after_a_torn_one_are_not_taken_over(tmp_path: Path) -> None:
    info = make_info((CAMERA,))
    images = made_up_images(200, CAMERA)
    images[150] = EncodedImage(images[150].data[:-40], images[150].t_ns, images[150].step)
    writer = EpisodeWriter(tmp_path / f"{info.id}.h5", info)
    writer.append_images("front", images)
    writer.flush()
    shutil.copy(writer.path, tmp_path / "left.h5")  # a copy has no lock: it looks as after a kill
    writer.close(Ending.COMPLETE)
    assert recover(tmp_path / "left.h5").images == 150


def test_rows_that_were_sized_but_never_filled_are_not_taken_over(tmp_path: Path) -> None:
    info = make_info()
    writer = EpisodeWriter(tmp_path / f"{info.id}.h5", info)
    steps = made_up_steps(20, np.random.default_rng(0))
    steps["t_ns"][12:] = 0
    writer.append_steps(steps)
    writer.flush()
    shutil.copy(writer.path, tmp_path / "left.h5")
    writer.close(Ending.COMPLETE)
    saved = recover(tmp_path / "left.h5")
    assert saved.steps == 12
    assert saved.duration_s == pytest.approx(11 / 50)


def test_the_original_stands_when_recovery_fails(tmp_path: Path) -> None:
    path, _ = left_behind(tmp_path)
    path.with_suffix(".recovering").mkdir()  # a place that cannot be written
    before = path.read_bytes()
    with pytest.raises(EpisodeError, match="to write"):
        recover(path)
    assert path.read_bytes() == before
    assert is_unfinished(path)
    assert not is_being_written(path), "nobody holds its lock any more"
    path.with_suffix(".recovering").rmdir()
    assert recover(path).steps
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_holds_nothing_readable_stays_as_it_is(tmp_path: Path) -> None:
    path, _ = left_behind(tmp_path)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(EpisodeError, match="finished or damaged"):
        recover(path)
    assert path.stat().st_size == 3000
    with pytest.raises(EpisodeError, match="No such file"):
        recover(tmp_path / "none.h5")
    assert list(tmp_path.iterdir()) == [path]
