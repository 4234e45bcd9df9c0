"""What every exporter must keep, whatever it writes. Subclass it, say how to make one and how to read what it made."""

import errno
import tracemalloc
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest
from episodes import make_episode
from numpy.typing import NDArray

from accord.datasets import export_target
from accord.datasets.episode import Episode
from accord.datasets.errors import DatasetError, EpisodeError, ExportError
from accord.datasets.exporter import (
    EpisodeSource,
    ExportCancelledError,
    Exporter,
    ExportProgress,
    ExportSettings,
)

Set = dict[str, NDArray[Any]]


def source_of(path: Path, **changes: Any) -> EpisodeSource:
    return EpisodeSource(id=path.stem, path=path, **({"outcome": "success"} | changes))


def recorded_picture(episode: Episode, view: str, t_ns: int) -> NDArray[np.uint8]:
    """The newest picture that was taken at this time, found by walking through all of them."""
    taken = [index for index, at in enumerate(episode.image_times(view)) if at <= t_ns]
    return episode.image(view, taken[-1])


class ExporterContract(ABC):
    """The conformance suite."""

    @abstractmethod
    def make(self, free: Callable[[Path], int] = lambda _: 1 << 60) -> Exporter:
        """An exporter that believes the disk has so much room."""

    @abstractmethod
    def read(self, made: Path) -> list[Set]:
        """The training set's episodes, each with ``action``, ``hand_position``, ``t_ns`` and ``<view>_image``."""

    @pytest.fixture
    def sources(self, tmp_path: Path) -> list[EpisodeSource]:
        views = ("front", "wrist")
        return [
            source_of(make_episode(tmp_path / "library", 20 + 5 * n, views, seed=n), compatibility=0.5 + 0.1 * n)
            for n in range(3)
        ]

    @pytest.fixture
    def settings(self) -> ExportSettings:
        return ExportSettings()

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Where the training set goes; a failed export must leave it empty."""
        folder = tmp_path / "sets"
        folder.mkdir()
        return folder

    def target(self, folder: Path, settings: ExportSettings) -> Path:
        return folder / f"set{self.make().suffix(settings)}"

    def refused(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path, saying: str, **how: Any
    ) -> DatasetError:
        with pytest.raises(DatasetError, match=saying) as caught:
            self.make(**how).export(sources, settings, self.target(folder, settings))
        assert list(folder.iterdir()) == []
        return caught.value

    def test_every_row_is_the_recorded_step_with_the_command_that_was_sent(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        report = self.make().export(sources, settings, self.target(folder, settings))
        made = self.read(report.path)
        assert report.rows == sum(len(one["action"]) for one in made) == 75
        for source, one in zip(sources, made, strict=True):
            with Episode(source.path) as episode:
                steps = np.searchsorted(episode.t_ns, one["t_ns"])
                sent = np.column_stack([episode.field("sent/twist"), episode.field("sent/gripper")])[steps]
                np.testing.assert_array_equal(one["action"], sent.astype(np.float32))
                hand = episode.field("observation/hand_position")[steps]
                np.testing.assert_array_equal(one["hand_position"], hand.astype(np.float32))

    def test_the_picture_of_a_row_is_the_one_that_was_recorded_at_that_time(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        report = self.make().export(sources, settings, self.target(folder, settings))
        for source, one in zip(sources, self.read(report.path), strict=True):
            with Episode(source.path) as episode:
                for row, t_ns in enumerate(one["t_ns"]):
                    for view in ("front", "wrist"):
                        np.testing.assert_array_equal(one[f"{view}_image"][row], recorded_picture(episode, view, t_ns))
        assert report.pictures_checked == 2 * report.rows

    def test_a_trim_keeps_only_the_part_that_counts(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        trimmed = [replace(sources[0], trim=(0.1, 0.2))]
        made = self.read(self.make().export(trimmed, settings, self.target(folder, settings)).path)
        assert [len(one["action"]) for one in made] == [6]
        assert made[0]["t_ns"][0] == 1_100_000_000

    @pytest.mark.parametrize("rate_hz", [0.0, 25.0, 10.0, 7.0])
    def test_what_is_cut_out_is_left_out_and_its_two_sides_never_stand_in_one_piece(
        self, settings: ExportSettings, folder: Path, tmp_path: Path, rate_hz: float
    ) -> None:
        path = make_episode(tmp_path / "library", 60, seed=1)
        source = source_of(path, cuts=((0.2, 0.38), (0.8, 0.8)), trim=(0.04, 1.1))
        report = self.make().export([source], replace(settings, rate_hz=rate_hz), self.target(folder, settings))
        made = self.read(report.path)
        assert (report.episodes, report.pieces, report.cut) == (1, len(made), 11)
        seconds = [(one["t_ns"] - 1_000_000_000) / 1e9 for one in made]
        for t_s, (first_s, last_s) in zip(seconds, ((0.04, 0.18), (0.4, 0.78), (0.82, 1.1)), strict=True):
            assert t_s[0] == first_s, "the grid begins anew after a cut"
            assert t_s[-1] <= last_s
        with Episode(path) as episode:
            for one in made:
                steps = np.searchsorted(episode.t_ns, one["t_ns"])
                sent = np.column_stack([episode.field("sent/twist"), episode.field("sent/gripper")])[steps]
                np.testing.assert_array_equal(one["action"], sent.astype(np.float32))
                for row, t_ns in enumerate(one["t_ns"]):
                    np.testing.assert_array_equal(one["front_image"][row], recorded_picture(episode, "front", t_ns))

    def test_a_cut_of_every_step_is_refused(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        self.refused([replace(sources[0], cuts=((0.0, 9.0),))], settings, folder, "a row of episode")

    def test_a_lower_rate_keeps_recorded_steps(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        target = self.target(folder, settings)
        made = self.read(self.make().export(sources[:1], replace(settings, rate_hz=25.0), target).path)
        assert np.diff(made[0]["t_ns"]).tolist() == [40_000_000] * 9

    def test_the_preview_is_the_first_three_rows(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        preview = self.make().preview(sources, settings)
        made = self.read(self.make().export(sources, settings, self.target(folder, settings)).path)
        for key, rows in preview.items():
            np.testing.assert_array_equal(rows, made[0][key][:3])
        assert {"action", "hand_position", "front_image", "wrist_image"} <= set(preview)

    def test_the_progress_goes_from_start_to_end_and_never_back(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        seen: list[ExportProgress] = []
        self.make().export(sources, settings, self.target(folder, settings), seen.append)
        fractions = [one.fraction for one in seen]
        assert fractions == sorted(fractions)
        assert fractions[0] < 0.1
        assert fractions[-1] == 1.0

    def test_nothing_is_left_when_it_is_cancelled_at_any_moment(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        seen: list[ExportProgress] = []
        self.make().export(sources[:1], settings, self.target(folder, settings), seen.append)
        whole = folder / "whole"
        self.target(folder, settings).rename(whole)
        for allowed in range(0, len(seen) - 1, max(1, len(seen) // 12)):
            asked = iter(range(10**6))
            with pytest.raises(ExportCancelledError, match="cancelled"):
                self.make().export(
                    sources[:1],
                    settings,
                    self.target(folder, settings),
                    cancelled=lambda asked=asked, allowed=allowed: next(asked) >= allowed,  # type: ignore[misc]
                )
            assert list(folder.iterdir()) == [whole]

    def test_no_episode_at_all_is_refused(self, settings: ExportSettings, folder: Path) -> None:
        self.refused([], settings, folder, "at least one episode")
        with pytest.raises(ExportError):
            self.make().preview([], settings)

    def test_what_exists_is_never_changed(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        target = self.target(folder, settings)
        target.write_text("mine")
        with pytest.raises(ExportError, match="something there already"):
            self.make().export(sources, settings, target)
        assert target.read_text() == "mine"
        assert list(folder.iterdir()) == [target]

    def test_an_unfinished_export_of_the_same_name_is_left_alone(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        target = self.target(folder, settings)
        other = folder / f"{target.name}.partial"
        other.mkdir()
        with pytest.raises(ExportError, match="unfinished export"):
            self.make().export(sources, settings, target)
        assert other.is_dir()

    @pytest.mark.parametrize("place", ["/proc", "/no/such/folder", "/dev/null"])
    def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(
        self, sources: list[EpisodeSource], settings: ExportSettings, place: str
    ) -> None:
        with pytest.raises(ExportError, match=r"^Wanted .*, found .*: .*\.$"):
            self.make().export(sources, settings, self.target(Path(place), settings))

    def test_a_view_that_was_not_recorded_is_refused(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        error = self.refused(sources, replace(settings, views=("front", "side")), folder, "side")
        assert "front, wrist" in str(error)

    def test_a_field_that_was_not_recorded_is_refused(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        self.refused(sources, replace(settings, observation=("observation/mood",)), folder, "observation/mood")
        self.refused(sources, replace(settings, observation=("observation/t_ns",)), folder, "real numbers")

    def test_a_rate_above_the_recorded_one_is_refused(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        self.refused(sources, replace(settings, rate_hz=100.0), folder, "never invented")

    @pytest.mark.parametrize("change", [{"task": "other"}, {"views": ("front",)}, {"rate_hz": 20.0}, {"size": (16, 8)}])
    def test_an_episode_that_differs_from_the_others_is_named(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path, tmp_path: Path, change: Any
    ) -> None:
        other = source_of(make_episode(tmp_path / "library", 20, **({"views": ("front", "wrist")} | change)))
        self.refused([*sources, other], settings, folder, other.id)

    def test_a_damaged_episode_in_the_middle_leaves_nothing(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        with h5py.File(sources[1].path, "r+") as file:
            file["cameras/front/bytes"][:200] = 0
        error = self.refused(sources, settings, folder, "encoded picture")
        assert isinstance(error, EpisodeError)
        sources[1].path.write_bytes(sources[1].path.read_bytes()[:3000])
        self.refused(sources, settings, folder, sources[1].path.name)

    @pytest.mark.parametrize("name", ["sent/twist", "sent/gripper", "observation/hand_position"])
    def test_a_number_that_is_none_is_refused(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path, name: str
    ) -> None:
        with h5py.File(sources[1].path, "r+") as file:
            file[f"steps/{name}"][7] = np.nan
        error = self.refused(sources, settings, folder, f"finite numbers in {name}")
        assert sources[1].id in str(error)
        assert "step 7" in str(error)

    def test_a_discarded_episode_and_one_that_is_there_twice_are_refused(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        self.refused([replace(sources[0], outcome="discarded")], settings, folder, "discarded")
        self.refused([sources[0], sources[0]], settings, folder, "twice")

    def test_a_disk_that_is_too_small_is_found_before(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        self.refused(sources, settings, folder, "MB free", free=lambda _: 1000)

    def test_a_disk_that_fills_up_meanwhile_leaves_nothing(
        self,
        sources: list[EpisodeSource],
        settings: ExportSettings,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def full(made: Path) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(export_target, "_put_on_disk", full)
        self.refused(sources, settings, folder, "the disk full")

    def test_the_estimate_is_near_what_it_becomes(
        self, sources: list[EpisodeSource], settings: ExportSettings, folder: Path
    ) -> None:
        estimate = self.make().estimate(sources, settings)
        size = self.make().export(sources, settings, self.target(folder, settings)).size_bytes
        assert size / 8 < estimate < size * 8  # tiny pictures: the files' own headers weigh as much as they do

    def test_the_memory_does_not_grow_with_the_number_of_episodes(
        self, settings: ExportSettings, folder: Path, tmp_path: Path
    ) -> None:
        paths = [make_episode(tmp_path / "library", 8, seed=n, size=(96, 72)) for n in range(20)]
        peaks: list[int] = []
        for count in (5, 5, 20):  # the first run warms caches up
            target = self.target(folder, settings).with_name(f"{len(peaks)}-{self.target(folder, settings).name}")
            tracemalloc.start()
            self.make().export([source_of(path) for path in paths[:count]], settings, target)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        pictures = 15 * 8 * 96 * 72 * 3  # of the 15 more episodes [bytes]; holding them would be seen
        assert peaks[2] - peaks[1] < pictures / 3
