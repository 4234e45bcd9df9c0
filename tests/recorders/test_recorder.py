"""The recorder with rings that a test fills and a clock that a test gives."""

from pathlib import Path

import numpy as np
import pytest
from episodes import OBSERVATION, made_up_steps, make_info

from accord.datasets.decisions import Decisions
from accord.datasets.episode import Episode
from accord.datasets.episode_info import CameraInfo, Ending, EpisodeInfo
from accord.datasets.episode_writer import EncodedImage
from accord.recorders.disk import Disk
from accord.recorders.image_ring import ImageRing, image_item
from accord.recorders.recorder import PATIENCE_NS, Recorder
from accord.recorders.requests import Begin, End
from accord.recorders.ring import Ring
from accord.recorders.step import step_schema

CAMERA = CameraInfo("front", 32, 24, 30.0, codec="png")
MS = 1_000_000


class FakeDisk(Disk):
    """A disk that says what a test wants."""

    said = 10**12

    def free(self) -> int:
        return self.said


class Desk:
    """A recorder with everything that it listens to."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.t_ns, self.written = folder, 0, 0
        self.steps = Ring.create(step_schema(OBSERVATION, 5).dtype, 256)
        self.images = ImageRing(Ring.create(image_item(32, 24), 64))
        self.disk, self.decisions = FakeDisk(folder, 1000, 100), Decisions(folder / "curation.sqlite")
        self.recorder = Recorder(self.steps, {"front": self.images}, self.decisions, self.disk)
        self.records = made_up_steps(2000, np.random.default_rng(0))

    def loop(self, count: int, pictures: bool = True) -> None:
        """The loop makes steps; every second one is drawn."""
        for _ in range(count):
            record = self.records[self.written]
            self.steps.write(record)
            if pictures and self.written % 2 == 0:
                self.images.write(EncodedImage(b"picture", int(record["t_ns"]), self.written))
            self.written += 1

    def tick(self, ms: int = 20, undrawn: int = 0) -> None:
        self.t_ns += ms * MS
        self.recorder.tick(self.t_ns, {"front": undrawn})

    def begin(self) -> EpisodeInfo:
        info = make_info((CAMERA,))
        self.recorder.follow(Begin(info, self.folder / f"{info.id}.h5", self.steps.head), self.t_ns)
        return info

    def end(self, outcome: str = "success") -> None:
        self.recorder.follow(End(self.steps.head, outcome), self.t_ns)

    def episode(self, info: EpisodeInfo) -> Episode:
        return Episode(self.folder / f"{info.id}.h5")

    def outcome(self, info: EpisodeInfo) -> str:
        return self.decisions.outcome(info.id)


@pytest.fixture
def desk(tmp_path: Path):
    made = Desk(tmp_path)
    yield made
    made.recorder.stop("the test is over", made.t_ns)
    made.tick(PATIENCE_NS // MS + 1)
    made.steps.close()
    made.images.ring.close()


def test_an_episode_holds_the_steps_and_pictures_between_begin_and_end(desk: Desk) -> None:
    desk.loop(10)
    desk.tick()
    info = desk.begin()
    desk.loop(50)
    desk.tick()
    desk.end()
    desk.loop(10)
    desk.tick()
    with desk.episode(info) as episode:
        assert episode.field("step").tolist() == list(range(10, 60))
        assert episode.image_steps("front").tolist() == list(range(10, 60, 2))
        assert episode.ending is Ending.COMPLETE
        assert episode.steps_lost == episode.images_lost("front") == 0
    assert desk.outcome(info) == "success"
    assert desk.recorder.status.closed == info.id


def test_the_next_episode_begins_while_the_last_waits_for_its_pictures(desk: Desk) -> None:
    first = desk.begin()
    desk.loop(21, pictures=False)
    desk.end("failure")
    second = desk.begin()
    desk.tick()
    assert desk.recorder.status.episode == second.id
    assert desk.recorder.status.closing == 1
    desk.images.write(EncodedImage(b"late", 0, 20))
    desk.loop(9)
    desk.tick()
    assert desk.recorder.status.closed == first.id
    desk.end()
    desk.loop(2)
    desk.tick()
    with desk.episode(first) as one, desk.episode(second) as two:
        assert len(one) == 21
        assert one.encoded("front", 0) == b"late"
        assert two.field("step").tolist() == list(range(21, 30))
    assert (desk.outcome(first), desk.outcome(second)) == ("failure", "success")


def test_a_request_to_end_that_comes_late_ends_the_episode_where_it_was_asked(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(20)
    end = End(desk.steps.head, "success")
    desk.loop(10)  # made before the recorder looks at its requests: they belong to the scene after a reset
    desk.recorder.follow(end, desk.t_ns)
    desk.tick()
    with desk.episode(info) as episode:
        assert episode.field("step").tolist() == list(range(20))
        assert episode.image_steps("front").tolist() == list(range(0, 20, 2))


def end_late(desk: Desk, end: End, ms: int = 300) -> None:
    """The recorder has written what came after the end when it hears of it."""
    desk.tick(ms)
    desk.recorder.follow(end, desk.t_ns)
    desk.tick()


def test_what_was_written_before_a_late_end_was_heard_is_taken_back(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(10)
    desk.tick(300)
    end = End(desk.steps.head, "success")
    desk.loop(20)
    end_late(desk, end)
    assert not desk.recorder.busy, "nothing is waited for"
    with desk.episode(info) as episode:
        assert episode.steps().tobytes() == desk.records[:10].tobytes()
        assert episode.image_steps("front").tolist() == list(range(0, 10, 2))
        assert [episode.encoded("front", i) for i in range(5)] == [b"picture"] * 5
        assert episode.ending is Ending.COMPLETE
        assert episode.steps_lost == episode.images_lost("front") == 0


def test_the_next_episode_has_what_a_late_end_took_from_the_last(desk: Desk) -> None:
    first = desk.begin()
    desk.loop(10)
    end = End(desk.steps.head, "success")
    desk.loop(20)
    end_late(desk, end)
    info = make_info((CAMERA,))
    desk.recorder.follow(Begin(info, desk.folder / f"{info.id}.h5", 24), desk.t_ns)
    desk.loop(10)
    desk.end()
    desk.tick()
    with desk.episode(first) as one, desk.episode(info) as two:
        assert one.field("step").tolist() == list(range(10))
        assert two.field("step").tolist() == list(range(24, 40))
        assert two.image_steps("front").tolist() == list(range(24, 40, 2))


def test_pictures_that_came_before_their_steps_are_taken_back_too(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(10)
    for step in (10, 12):
        desk.images.write(EncodedImage(b"next scene", 10**12 + step, step))
    end_late(desk, End(desk.steps.head, "success"))
    with desk.episode(info) as episode:
        assert len(episode) == 10
        assert episode.image_steps("front").tolist() == list(range(0, 10, 2))
        assert episode.images_lost("front") == 0


def test_a_late_end_before_the_first_step_leaves_none(desk: Desk) -> None:
    info = desk.begin()
    end = End(desk.steps.head, "discarded")
    desk.loop(20)
    end_late(desk, end)
    desk.tick(PATIENCE_NS // MS + 1)
    with desk.episode(info) as episode:
        assert len(episode) == len(episode.image_times("front")) == episode.steps_lost == 0
        assert episode.images_lost("front") == 0


def test_what_was_lost_after_a_late_end_is_not_counted(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(11)
    desk.tick(300)
    end = End(desk.steps.head, "success")
    desk.loop(300)
    desk.tick(300, undrawn=7)
    assert desk.recorder.status.steps_lost == 44
    assert desk.recorder.status.images_lost > 7
    desk.recorder.follow(end, desk.t_ns)
    desk.tick(undrawn=7)
    with desk.episode(info) as episode:
        assert (len(episode), episode.ending) == (11, Ending.COMPLETE)
        assert episode.steps_lost == episode.images_lost("front") == 0


def test_what_was_lost_before_a_late_end_is_still_counted(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(11)
    desk.tick(300)
    desk.loop(300)
    desk.tick(300)
    end = End(desk.steps.head, "success")
    desk.loop(20)
    end_late(desk, end)
    with desk.episode(info) as episode:
        assert len(episode) == 11 + 256
        assert (episode.steps_lost, episode.images_lost("front")) == (44, 150 - 64)


def test_last_steps_that_never_came_make_an_episode_incomplete_when_its_end_is_late_too(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(10)
    desk.tick(300)
    desk.loop(5)
    end = End(desk.steps.head, "success")
    desk.loop(300)
    end_late(desk, end)
    desk.tick(PATIENCE_NS // MS + 1)
    with desk.episode(info) as episode:
        assert episode.field("step").tolist() == list(range(10))
        assert (episode.ending, episode.reason) == (Ending.INCOMPLETE, "the last 5 steps did not come")
        assert episode.steps_lost == 0


def test_an_episode_whose_pictures_never_come_is_closed_all_the_same(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(20, pictures=False)
    desk.end()
    desk.tick()
    assert desk.recorder.busy
    desk.tick(PATIENCE_NS // MS + 1)
    assert not desk.recorder.busy
    with desk.episode(info) as episode:
        assert len(episode) == 20
        assert episode.images_lost("front") == 11, "0.38 s at 30 Hz went by without one, and the file says so"


def test_steps_that_were_overwritten_are_counted_in_the_file(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(300)
    desk.tick()
    desk.end()
    desk.loop(2)
    desk.tick()
    with desk.episode(info) as episode:
        assert episode.steps_lost == 44
        assert len(episode) == 256
        assert episode.images_lost("front") == 150 - 64


def test_pictures_that_were_never_drawn_are_counted_in_the_file(desk: Desk) -> None:
    desk.tick(undrawn=5)
    info = desk.begin()
    desk.loop(10)
    desk.tick(undrawn=8)
    desk.end()
    desk.loop(2)
    desk.tick(undrawn=9)
    with desk.episode(info) as episode:
        assert episode.images_lost("front") == 3, "those before the beginning and after the end are not its own"


def test_an_episode_does_not_begin_on_a_disk_that_is_almost_full(desk: Desk) -> None:
    desk.disk.said = 999
    info = desk.begin()
    assert not desk.recorder.busy
    assert "free disk to begin an episode" in desk.recorder.status.message
    assert desk.recorder.status.refused == info.id
    assert not (desk.folder / f"{info.id}.h5").exists()


def test_a_disk_that_runs_full_ends_the_episode_with_all_that_was_written(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(40)
    desk.tick(300)
    desk.disk.said = 99
    desk.loop(10)
    desk.tick(300)
    desk.loop(10)
    desk.tick()
    assert not desk.recorder.busy
    assert "What was recorded so far is saved" in desk.recorder.status.message
    with desk.episode(info) as episode:
        assert episode.ending is Ending.INCOMPLETE
        assert episode.reason == "the disk was full"
        assert len(episode) == 50
    assert desk.outcome(info) == "incomplete"


def test_a_folder_that_cannot_be_written_is_said(desk: Desk) -> None:
    (desk.folder / "file").write_text("")
    info = make_info((CAMERA,))
    desk.recorder.follow(Begin(info, desk.folder / "file" / "x.h5", 0), 0)
    assert "choose another library" in desk.recorder.status.message
    assert not desk.recorder.busy


def test_a_stopped_recorder_leaves_an_incomplete_episode(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(30)
    desk.recorder.stop("the session was closed", desk.t_ns)
    desk.tick(PATIENCE_NS // MS + 1)
    assert not desk.recorder.busy
    with desk.episode(info) as episode:
        assert len(episode) == 30
        assert (episode.ending, episode.reason) == (Ending.INCOMPLETE, "the session was closed")
    assert desk.outcome(info) == "incomplete"


def test_what_the_person_said_about_the_outcome_is_not_overwritten_when_the_file_closes(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(11, pictures=False)
    desk.end("success")
    desk.decisions.append("me", info.id, "outcome", "failure")  # type: ignore[arg-type]
    desk.tick(PATIENCE_NS // MS + 1)
    assert desk.outcome(info) == "failure"


def test_a_discarded_episode_stays_on_the_disk_as_discarded(desk: Desk) -> None:
    info = desk.begin()
    desk.loop(10)
    desk.end("discarded")
    desk.loop(2)
    desk.tick()
    assert desk.outcome(info) == "discarded"
    with desk.episode(info) as episode:
        assert len(episode) == 10
