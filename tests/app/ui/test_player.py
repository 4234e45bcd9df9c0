from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from curation import DAY_NS, wait_for
from episodes import START_NS, made_up_steps, make_info
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from accord.app.ui.playback import Playback
from accord.app.ui.player import Player
from accord.app.ui.track import Curve, Track, columns
from accord.datasets.compatibility import StepScores, Thresholds
from accord.datasets.episode import Episode
from accord.datasets.episode_info import CameraInfo, Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.datasets.images import encode
from accord.datasets.index import TimedScores

STEPS = 100


def make_file(folder: Path) -> Path:
    """Two seconds at 50 Hz: it closes at step 30, is held from 40 to 49, and succeeds from step 80 on."""
    records = made_up_steps(STEPS, np.random.default_rng(0))
    records["sent/gripper"][30:] = 0.0
    records["hold"][40:50] = 2
    records["success"][80:] = True
    camera = CameraInfo("front", 32, 24, 50.0, codec="png")
    writer = EpisodeWriter(folder / "one.h5", make_info((camera,), wall_ns=DAY_NS))
    writer.append_steps(records)
    pictures = (np.full((24, 32, 3), 2 * i, np.uint8) for i in range(STEPS))
    times = START_NS + np.arange(STEPS) * 20_000_000
    writer.append_images(
        "front",
        [EncodedImage(encode(p, "png"), int(t), i) for i, (p, t) in enumerate(zip(pictures, times, strict=True))],
    )
    writer.close(Ending.COMPLETE)
    return writer.path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_file(tmp_path)


@pytest.fixture
def player(application: QApplication, path: Path) -> Iterator[Player]:
    made = Player()
    made.resize(640, 560)
    made.show()
    made.display(path)
    yield made
    made.close_episode()
    made.close()
    made.deleteLater()


def brightness(player: Player) -> int:
    frame = player.wall.frames["front"]
    return frame.grab().toImage().pixelColor(frame.rect().center()).red()


# Time -----------------------------------------------------------------------------------------------------------------


def test_time_passes_at_the_chosen_speed() -> None:
    playback = Playback(np.arange(100) / 50.0, playing=True, speed=2.0)
    assert playback.tick(0.25)
    assert playback.position_s == pytest.approx(0.5)
    assert playback.step == 25


def test_playback_stops_at_the_end_and_begins_again_from_there() -> None:
    playback = Playback(np.arange(100) / 50.0, playing=True)
    playback.tick(99.0)
    assert (playback.step, playback.playing) == (99, False)
    playback.toggle()
    assert (playback.step, playback.playing) == (0, True)


def test_every_step_is_found_by_its_own_time() -> None:
    playback = Playback(np.cumsum(np.full(5000, 0.02)) - 0.02)
    for step in range(0, 5000, 37):
        playback.seek_step(step)
        assert playback.step == step


def test_an_empty_episode_does_not_play() -> None:
    playback = Playback()
    playback.toggle()
    assert not playback.playing
    assert playback.step == -1


# What happened --------------------------------------------------------------------------------------------------------


def test_the_track_tells_what_happened_and_when(path: Path) -> None:
    with Episode(path) as episode:
        track = Track.of(episode)
    assert [(mark.text, round(mark.at_s, 6)) for mark in track.gripper] == [("gripper closes", 0.6)]
    assert [(round(h.first_s, 6), round(h.last_s, 6)) for h in track.holds] == [(0.8, 1.0)]
    assert "nobody is driving" in track.holds[0].text
    assert track.success_s == pytest.approx(1.6)


def test_a_success_that_was_lost_again_is_none(tmp_path: Path) -> None:
    records = made_up_steps(20, np.random.default_rng(0))
    records["success"][5:15] = True
    writer = EpisodeWriter(tmp_path / "lost.h5", make_info())
    writer.append_steps(records)
    writer.close(Ending.COMPLETE)
    with Episode(writer.path) as episode:
        assert Track.of(episode).success_s is None


def make_curve(error: list[float], novelty: list[float]) -> Curve:
    t_ns = START_NS + (np.arange(len(error)) * 20_000_000)
    scores = TimedScores(StepScores(np.array(error), np.array(novelty)), t_ns)
    return Curve.of(scores, Thresholds(1.0, 1.0), START_NS)


def test_a_conflict_of_one_step_is_seen_however_long_the_episode() -> None:
    error = [0.1] * 1000
    error[500] = 9.0
    drawn = columns(make_curve(error, [0.0] * 1000), left=0.0, scale=2.0)
    assert len(drawn) == 40
    assert [column.x for column in drawn if column.conflict] == [20]


def test_a_gap_in_which_nobody_drove_stays_empty() -> None:
    curve = make_curve([0.1] * 10, [0.0] * 10)
    curve.t_s[5:] += 1.0
    at = {column.x for column in columns(curve, left=0.0, scale=100.0)}
    assert at.isdisjoint(range(20, 105))


# The player -----------------------------------------------------------------------------------------------------------


def test_the_picture_of_the_shown_step_is_shown(player: Player) -> None:
    for step in (0, 17, 99):
        player.show_step(step)
        assert abs(brightness(player) - 2 * step) <= 1


def test_it_plays_on_and_stops_at_the_end(player: Player) -> None:
    player.change_speed(2)
    player.show_step(90)
    player.toggle()
    wait_for(lambda: player.playback.step == STEPS - 1 and not player.playback.playing, "the end")
    assert abs(brightness(player) - 2 * (STEPS - 1)) <= 1


def test_steps_and_seconds_go_both_ways(player: Player) -> None:
    player.show_step(10)
    player.step(1)
    assert player.playback.step == 11
    player.jump(1.0)
    assert player.playback.step == 61
    player.jump(-9.0)
    assert player.playback.step == 0


def test_a_press_on_the_time_line_seeks_there(player: Player) -> None:
    at = QPointF(player.line.x_of(1.0), 40).toPoint()
    QTest.mouseClick(player.line, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert player.playback.position_s == pytest.approx(1.0, abs=0.01)


def test_a_trim_handle_is_dragged_and_told_once(player: Player) -> None:
    told: list[object] = []
    player.trimmed.connect(told.append)
    player.set_trim((0.5, 1.5))
    middle = QPoint(0, 40)
    begin, end = (QPoint(round(player.line.x_of(at)), 0) + middle for at in (0.5, 1.0))
    QTest.mousePress(player.line, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
    QTest.mouseMove(player.line, end)
    QTest.mouseRelease(player.line, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert len(told) == 1
    assert told[0] == (pytest.approx(1.0, abs=0.01), 1.5)


def test_a_file_that_cannot_be_read_is_said(player: Player, tmp_path: Path) -> None:
    told: list[str] = []
    player.failed.connect(told.append)
    player.display(tmp_path / "gone.h5")
    assert len(told) == 1
    assert "no such file" in told[0]
    assert player.path is None


def test_the_file_is_closed_with_the_episode(player: Player, path: Path) -> None:
    player.close_episode()
    assert player.path is None
    path.unlink()
