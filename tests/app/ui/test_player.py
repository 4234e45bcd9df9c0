from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from curation import DAY_NS, wait_for
from episodes import OBSERVATION, START_NS, made_up_steps, make_info
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from accord.app.ui.playback import Playback
from accord.app.ui.player import Player
from accord.app.ui.timeline import TimeLine
from accord.app.ui.track import Curve, Track, _gripper, columns
from accord.datasets.compatibility import StepScores, Thresholds
from accord.datasets.episode import Episode
from accord.datasets.episode_info import CameraInfo, Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.datasets.images import encode
from accord.datasets.index import TimedScores
from accord.datasets.schema import Field
from accord.recorders.step import step_schema

STEPS = 100
Keep = Callable[[QWidget], QWidget]


STAGES = ("reached", "grasped", "lifted", "done")


def make_file(folder: Path, stages: tuple[str, ...] = STAGES) -> Path:
    """Two seconds at 50 Hz: it closes at step 30, is held from 40 to 49, and succeeds from step 80 on.

    It reaches at step 10, and grasps and lifts at once at step 35.
    """
    records = made_up_steps(STEPS, np.random.default_rng(0))
    records["sent/gripper"][30:] = 0.0
    records["hold"][40:50] = 2
    records["success"][80:] = True
    for step, stage in ((10, 1), (35, 3), (80, 4)):
        records["stage"][step:] = stage
    camera = CameraInfo("front", 32, 24, 50.0, codec="png")
    writer = EpisodeWriter(folder / "one.h5", make_info((camera,), wall_ns=DAY_NS, stages=stages))
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


def test_the_track_tells_when_each_stage_was_reached(path: Path) -> None:
    with Episode(path) as episode:
        track = Track.of(episode)
    reached = [(mark.text, mark.at_s) for mark in track.stages]
    assert reached == [
        ("reached", pytest.approx(0.2)), ("grasped", pytest.approx(0.7)),
        ("lifted", pytest.approx(0.7)), ("done", pytest.approx(1.6)),
    ]  # fmt: skip


def test_a_stage_that_was_never_reached_has_no_mark_and_old_episodes_no_stages(tmp_path: Path) -> None:
    with Episode(make_file(tmp_path, (*STAGES, "beyond"))) as episode:
        track = Track.of(episode)
    assert [mark.text for mark in track.stages] == list(STAGES)
    assert track.stage_names[-1] == "beyond"
    (tmp_path / "old").mkdir()
    with Episode(make_file(tmp_path / "old", ())) as episode:
        old = Track.of(episode)
    assert (old.stages, old.stage_names) == ((), ())


def test_an_episode_that_reached_nothing_has_an_empty_band(application: QApplication, keep: Keep) -> None:
    line = TimeLine()
    keep(line)
    line.resize(400, line.sizeHint().height())
    line.display(Track(np.arange(50) / 50, stage_names=STAGES), None, None)
    assert not line.grab().isNull()
    assert "reached" not in line._text_at(20)


def test_each_of_two_grippers_is_told() -> None:
    commands = np.ones((4, 2))
    commands[1:, 1], commands[3:, 0] = 0.0, 0.0
    marks = _gripper(np.arange(4) / 50, commands)
    assert [mark.text for mark in marks] == ["right gripper closes", "left gripper closes"]


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
    scores = TimedScores(StepScores(np.array(error), np.array(novelty), np.zeros(len(error))), t_ns)
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


def test_an_episode_of_a_hand_with_fingers_opens_like_any_other(player: Player, tmp_path: Path) -> None:
    bent = Field("observation/finger_position", (13,), "float64", "rad")
    schema = step_schema((*OBSERVATION, bent), state_size=5)
    records, made_up = np.zeros(STEPS, schema.dtype), made_up_steps(STEPS, np.random.default_rng(0))
    for name in made_up.dtype.names:
        records[name] = made_up[name]
    records["sent/gripper"][30:] = 0.0
    records["sent/fingers"] = np.linspace(0.0, 1.6, STEPS)[:, None]
    records["requested/fingers"] = np.nan
    records["observation/finger_position"] = records["sent/fingers"]
    told = replace(make_info((CameraInfo("front", 32, 24, 50.0, codec="png"),), wall_ns=DAY_NS), schema=schema)
    writer = EpisodeWriter(tmp_path / "fingers.h5", told)
    writer.append_steps(records)
    writer.close(Ending.COMPLETE)
    failed: list[str] = []
    player.failed.connect(failed.append)
    player.display(writer.path)
    assert not failed
    assert player.path == writer.path
    assert [mark.text for mark in player._track.gripper] == ["gripper closes"]
    player.show_step(50)
    assert player._number.text() == f"51/{STEPS}"


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


def test_the_time_line_has_a_band_of_stages_and_names_them(player: Player, tmp_path: Path) -> None:
    line = player.line
    with_stages = line.sizeHint().height()
    between = line.x_of(0.3)
    line.grab()
    assert "reached at 0.20 s" in line._text_at(round(line.x_of(0.2)))
    assert "grasped at 0.70 s\nlifted at 0.70 s" in line._text_at(round(line.x_of(0.7)))
    band = line.grab().toImage().pixelColor(round(between), 20)
    before = line.grab().toImage().pixelColor(round(line.x_of(0.1)), 20)
    assert band != before, "what was reached is coloured"
    (tmp_path / "old").mkdir()
    player.display(make_file(tmp_path / "old", ()))
    assert line.sizeHint().height() < with_stages


def test_where_nothing_is_scored_the_time_line_shows_how_fast_the_hand_goes(
    application: QApplication, path: Path, keep: Keep
) -> None:
    player = Player(scored=False)
    keep(player)
    player.resize(800, 600)
    player.show()
    player.display(path)
    track = player.line._track
    with Episode(path) as episode:
        assert np.allclose(track.pace, np.linalg.norm(episode.field("sent/twist")[:, :3], axis=1))

    x = round(player.line.x_of(float(track.t_s[1 + track.pace[1:20].argmax()])))

    def colours() -> tuple[int, int]:
        """At a fast moment in which nothing else is drawn, and in the corner above it all."""
        image = player.line.grab().toImage()
        area = player.line._area()
        return image.pixel(x, area.bottom() - 4), image.pixel(area.left() + 2, area.top() + 2)

    inside, ground = colours()
    assert inside != ground
    track.pace[:] = 0.0
    player.line._redraw()
    assert colours() == (ground, ground), "an episode that says nothing of speed shows none"


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
