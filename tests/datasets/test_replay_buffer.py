"""The Diffusion Policy ReplayBuffer: the contract, and the layout as the peers' own zarr 2 sees it."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest
import zarr
from contracts.exporters import ExporterContract, Set, recorded_picture, source_of
from episodes import make_episode
from peers.environment import open_with_peer, zarr2
from simulated import write_simulated

from accord.datasets import export_rows
from accord.datasets.align import Rows, align
from accord.datasets.choosing import choose
from accord.datasets.episode import Episode
from accord.datasets.episode_info import CameraInfo
from accord.datasets.episode_writer import EncodedImage
from accord.datasets.errors import DatasetError, ExportError
from accord.datasets.exporter import EpisodeSource, Exporter, ExportSettings
from accord.datasets.images import DEEP, encode, encode_deep
from accord.datasets.render_settings import RenderSettings
from accord.datasets.rendered import Rendered, RenderedWriter, RenderInfo
from accord.datasets.replay_buffer import ReplayBufferExporter
from accord.datasets.selection import Candidate, Rule

__all__ = ["zarr2"]  # a fixture

ROOMY = 1 << 60


def read_set(made: Path) -> list[Set]:
    store = zarr.storage.ZipStore(made, mode="r") if made.is_file() else zarr.storage.LocalStore(made, read_only=True)
    root = zarr.open_group(store, mode="r", zarr_format=2)
    data = {key: np.asarray(array[:]) for key, array in root["data"].arrays()}  # type: ignore[union-attr]
    ends = np.asarray(root["meta/episode_ends"][:])  # type: ignore[index]
    store.close()
    begins = [0, *ends[:-1]]
    return [{key: rows[a:b] for key, rows in data.items()} for a, b in zip(begins, ends, strict=True)]


class TestFolder(ExporterContract):
    def make(self, free: Callable[[Path], int] = lambda _: ROOMY) -> Exporter:
        return ReplayBufferExporter(free, wall_ns=lambda: 1_790_000_000 * 10**9)

    def read(self, made: Path) -> list[Set]:
        return read_set(made)


class TestZip(TestFolder):
    @pytest.fixture
    def settings(self) -> ExportSettings:
        return ExportSettings(container="zip")


def export(sources: list[EpisodeSource], target: Path, **how: Any) -> Path:
    return ReplayBufferExporter(lambda _: ROOMY).export(sources, ExportSettings(**how), target).path


@pytest.mark.parametrize(
    ("name", "how"),
    [("set.zarr", {"state": True}), ("set.zarr.zip", {"container": "zip", "compressor": "lz4", "state": True})],
)
def test_zarr_2_opens_it_and_sees_what_was_recorded(zarr2: Path, tmp_path: Path, name: str, how: Any) -> None:
    sources = [
        source_of(make_episode(tmp_path / "library", 20, ("front", "wrist"), seed=0), compatibility=0.75),
        source_of(
            make_episode(tmp_path / "library", 30, ("front", "wrist"), seed=1, operator="Jürgen"), outcome="failure"
        ),
    ]
    made = export(sources, tmp_path / name, **how)
    told = open_with_peer(zarr2, made, how.get("compressor", "zstd"))
    assert told["meta"]["episode_ends"] == [20, 50]
    assert told["meta"]["success"] == [True, False]
    assert told["meta"]["compatibility"][0] == 0.75
    assert np.isnan(told["meta"]["compatibility"][1])
    assert told["meta"]["episode"] == [source.id for source in sources]
    assert told["meta"]["operator"] == ["test", "Jürgen"]
    assert told["meta"]["scripted"] == [True, True]
    assert told["meta"]["duration_s"] == [pytest.approx(0.38), pytest.approx(0.58)]
    assert told["windows"] == 17 + 27
    assert told["hashes"] == recorded_hashes(sources)
    assert told["attributes"]["alignment"]["dropped_rows"] == 0


def test_the_peer_sees_every_finger_joint_after_the_opening(zarr2: Path, tmp_path: Path) -> None:
    bent = np.random.default_rng(0).uniform(0.0, 1.0, (20, 15))

    def bend(steps: np.ndarray[Any, Any]) -> None:
        steps["sent/fingers"] = bent

    source = source_of(write_simulated(tmp_path, 20, size=(32, 24), task="ball", change=bend))
    made = export([source], tmp_path / "set.zarr")
    action = np.asarray(zarr.open_group(str(made), mode="r")["data/action"][:])
    np.testing.assert_array_equal(action[:, 7:], bent.astype(np.float32))
    with Episode(source.path) as episode:
        sent = np.column_stack([episode.field("sent/twist"), episode.field("sent/gripper")])
    np.testing.assert_array_equal(action[:, :7], sent.astype(np.float32))
    told = open_with_peer(zarr2, made, "zstd")
    assert told["hashes"]["action"] == hashlib.sha256(np.ascontiguousarray(action).tobytes()).hexdigest()


def recorded_hashes(sources: list[EpisodeSource]) -> dict[str, str]:
    """What must be in the set, straight from the episodes."""
    columns: dict[str, list[np.ndarray[Any, Any]]] = {}
    for source in sources:
        with Episode(source.path) as episode:
            t_ns = episode.t_ns
            add(columns, "t_ns", t_ns)
            add(columns, "timestamp", (t_ns - t_ns[0]) / 1e9)
            sent = np.column_stack([episode.field("sent/twist"), episode.field("sent/gripper")])
            add(columns, "action", sent.astype(np.float32))
            names = [one.name for one in episode.info.schema if one.name.startswith("observation/")]
            names.remove("observation/t_ns")
            values = [episode.field(name).astype(np.float32).reshape(len(t_ns), -1) for name in names]
            for key, value in zip(names, values, strict=True):
                add(columns, key.removeprefix("observation/"), value)
            add(columns, "state", np.concatenate(values, axis=1))
            for view in ("front", "wrist"):
                add(columns, f"{view}_image", np.stack([recorded_picture(episode, view, int(t)) for t in t_ns]))
    joined = {key: np.concatenate(parts) for key, parts in columns.items()}
    return {key: hashlib.sha256(np.ascontiguousarray(rows).tobytes()).hexdigest() for key, rows in joined.items()}


def add(columns: dict[str, list[np.ndarray[Any, Any]]], key: str, rows: np.ndarray[Any, Any]) -> None:
    columns.setdefault(key, []).append(rows)


def test_a_lost_step_cuts_an_episode_in_two_that_are_never_neighbours(tmp_path: Path, zarr2: Path) -> None:
    source = source_of(make_episode(tmp_path / "library", 20))
    with h5py.File(source.path, "r+") as file:
        file["steps/t_ns"][10:] += 20_000_000
        file["steps/step"][10:] += 1
    report = ReplayBufferExporter().export([source], ExportSettings(), tmp_path / "set.zarr")
    assert (report.episodes, report.pieces, report.rows, report.dropped) == (1, 2, 20, 0)
    told = open_with_peer(zarr2, report.path, "zstd")
    assert told["meta"]["episode_ends"] == [10, 20]
    assert told["meta"]["piece"] == [0, 1]
    assert told["meta"]["episode"] == [source.id] * 2


CUTS = ((0.4, 0.58), (1.0, 1.0))
"""Steps 20 to 29 and step 50, at 50 Hz."""


@pytest.mark.parametrize("name", ["set.zarr", "set.zarr.zip"])
def test_the_peer_sees_every_piece_of_a_cut_episode_as_an_episode_of_its_own(
    zarr2: Path, tmp_path: Path, name: str
) -> None:
    whole = source_of(make_episode(tmp_path / "library", 30, seed=1))
    source = source_of(make_episode(tmp_path / "library", 80), cuts=CUTS)
    container: Any = "zip" if name.endswith("zip") else "folder"
    report = ReplayBufferExporter().export([whole, source], ExportSettings(container=container), tmp_path / name)
    told = open_with_peer(zarr2, report.path, "zstd")
    assert told["meta"]["episode_ends"] == [30, 50, 70, 99]
    assert told["meta"]["episode"] == [whole.id, *[source.id] * 3]
    assert told["meta"]["piece"] == [0, 0, 1, 2]
    assert told["meta"]["from_s"] == [0.0, 0.0, 0.6, 1.02]
    assert told["meta"]["to_s"] == [0.58, 0.38, 0.98, 1.58]
    assert told["windows"] == 27 + 17 + 17 + 26, "of four rows, none of which reaches over a cut"
    told_of = told["attributes"]["episodes"][1]
    assert told_of["cuts_s"] == [[0.4, 0.58], [1.0, 1.0]]
    assert told_of["pieces_s"] == [[0.0, 0.38], [0.6, 0.98], [1.02, 1.58]]
    assert (told_of["cut_steps"], told["attributes"]["alignment"]["cut_steps"]) == (11, 11)


def test_rows_on_both_sides_of_a_cut_in_one_piece_are_found_before_the_set_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_of(make_episode(tmp_path / "library", 80), cuts=CUTS)
    monkeypatch.setattr(export_rows, "align", joined)
    with pytest.raises(ExportError, match="pieces that end before a cut, found rows 0 to 68"):
        ReplayBufferExporter().export([source], ExportSettings(), tmp_path / "set.zarr")
    assert not (tmp_path / "set.zarr").exists()


def joined(*given: Any) -> Rows:
    """A mistake in finding the rows: all of them are said to be neighbours."""
    rows = align(*given)
    return replace(rows, pieces=((0, len(rows)),))


def test_rows_without_a_picture_are_dropped_and_counted(tmp_path: Path) -> None:
    source = source_of(make_episode(tmp_path / "library", 20))
    with h5py.File(source.path, "r+") as file:
        file["cameras/front/t_ns"][:] += 100_000_000  # the first picture comes five steps late
    report = ReplayBufferExporter().export([source], ExportSettings(), tmp_path / "set.zarr")
    assert (report.rows, report.dropped, report.pieces) == (15, 5, 1)
    attributes = json.loads((report.path / ".zattrs").read_text())
    assert attributes["alignment"]["dropped_rows"] == 5


def test_pictures_too_old_for_every_row_are_refused(tmp_path: Path) -> None:
    source = source_of(make_episode(tmp_path / "library", 20))
    with h5py.File(source.path, "r+") as file:
        file["cameras/front/t_ns"][:] += 10**12
    with pytest.raises(ExportError, match=source.id):
        export([source], tmp_path / "set.zarr")


def test_the_zip_has_every_name_once_and_nothing_compressed_twice(tmp_path: Path) -> None:
    made = export([source_of(make_episode(tmp_path / "library", 20))], tmp_path / "set.zarr.zip", container="zip")
    with zipfile.ZipFile(made) as pack:
        names = pack.namelist()
        assert len(names) == len(set(names))
        assert {one.compress_type for one in pack.infolist()} == {zipfile.ZIP_STORED}
        assert pack.testzip() is None


def test_pictures_are_resized_to_what_the_trainer_wants(tmp_path: Path) -> None:
    made = export([source_of(make_episode(tmp_path / "library", 20))], tmp_path / "set.zarr", width=16, height=12)
    assert read_set(made)[0]["front_image"].shape == (20, 12, 16, 3)


def test_a_training_set_may_have_no_view_and_no_observation(tmp_path: Path) -> None:
    source = source_of(make_episode(tmp_path / "library", 20))
    made = export([source], tmp_path / "set.zarr", views=(), observation=(), state=True)
    assert set(read_set(made)[0]) == {"action", "timestamp", "t_ns"}


def test_a_sample_of_the_pictures_can_be_checked(tmp_path: Path) -> None:
    source = source_of(make_episode(tmp_path / "library", 20))
    report = ReplayBufferExporter().export([source], ExportSettings(check_every=7), tmp_path / "set.zarr")
    assert report.pictures_checked == 3


def test_what_the_disk_changed_is_found_before_the_set_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = zarr.Array.__setitem__

    def forget_one(array: Any, at: Any, values: Any) -> None:
        write(array, at, values * 0 if array.basename == "front_image" else values)

    monkeypatch.setattr(zarr.Array, "__setitem__", forget_one)
    folder = tmp_path / "sets"
    folder.mkdir()
    with pytest.raises(ExportError, match="front_image as it was recorded"):
        export([source_of(make_episode(tmp_path / "library", 20))], folder / "set.zarr")
    assert list(folder.iterdir()) == []


# Rendered pictures in place of the recorded ones -----------------------------------------------------------------


def draw_again(folder: Path, source: EpisodeSource, bodies: tuple[str, ...] = ("", "world", "nut")) -> EpisodeSource:
    """Rendered pictures of a made-up episode: a view that was not recorded, of another size, with distances."""
    camera = CameraInfo("top", 16, 12, 30.0, codec="png")
    cameras = (camera, *(replace(camera, name=f"top.{kind}", codec=DEEP) for kind in ("depth", "segmentation")))
    info = RenderInfo(source.id, RenderSettings(("top",), 16, 12, True, True), cameras, bodies)
    path, noise = folder / f"{source.id}.h5", np.random.default_rng(0)
    with Episode(source.path) as episode, RenderedWriter(path, info) as writer:
        for t_ns, step in zip(episode.image_times("front"), episode.image_steps("front"), strict=True):
            for one in cameras:
                shape, top = ((12, 16), 2**16) if one.codec == DEEP else ((12, 16, 3), 2**8)
                pixels = noise.integers(0, top, shape)
                data = encode_deep(pixels.astype("u2")) if one.codec == DEEP else encode(pixels.astype("u1"), "png")
                writer.append(one.name, [EncodedImage(data, int(t_ns), int(step))])
    return replace(source, rendered=path)


@pytest.fixture
def drawn(tmp_path: Path) -> list[EpisodeSource]:
    (tmp_path / "renders").mkdir()
    made = [source_of(make_episode(tmp_path / "library", 20, ("front", "wrist"), seed=n)) for n in range(2)]
    return [draw_again(tmp_path / "renders", source) for source in made]


def test_rendered_pictures_take_the_place_of_the_recorded_ones(
    zarr2: Path, tmp_path: Path, drawn: list[EpisodeSource]
) -> None:
    report = ReplayBufferExporter().export(drawn, ExportSettings(render="top"), tmp_path / "set.zarr")
    assert report.pictures_checked == 3 * report.rows == 120
    told = open_with_peer(zarr2, report.path, "zstd")
    keys = {key for key, shape in told["shapes"].items() if len(shape) > 2}
    assert keys == {"top_image", "top_depth", "top_segmentation"}
    for source, one in zip(drawn, read_set(report.path), strict=True):
        assert source.rendered is not None
        with Rendered(source.rendered) as pictures:
            for row, t_ns in enumerate(one["t_ns"]):
                index = int(np.searchsorted(pictures.image_times("top"), t_ns, side="right")) - 1
                for name in ("top", "top.depth", "top.segmentation"):
                    key = "top_image" if name == "top" else name.replace(".", "_")
                    np.testing.assert_array_equal(one[key][row], pictures.pixels(pictures.camera(name), index))
    attributes = told["attributes"]
    assert attributes["settings"]["render"] == "top"
    assert attributes["render"]["settings"]["views"] == ["top"]
    assert attributes["render"]["bodies"] == ["", "world", "nut"]


def test_views_of_a_render_are_chosen_and_resized_like_others(tmp_path: Path, drawn: list[EpisodeSource]) -> None:
    how = {"render": "top", "views": ("top.depth",), "width": 8, "height": 6}
    made = read_set(export(drawn, tmp_path / "set.zarr", **how))
    assert made[0]["top_depth"].shape == (20, 6, 8)
    assert made[0]["top_depth"].dtype == np.uint16
    assert "top_image" not in made[0]
    assert set(ReplayBufferExporter().preview(drawn, ExportSettings(**how))) >= {"top_depth", "action"}


@pytest.mark.parametrize(
    ("spoil", "saying"),
    [
        (lambda source: replace(source, rendered=None), "accord render"),
        (lambda source: replace(source, rendered=source.rendered.with_name("none.h5")), "no such file"),
        (lambda source: draw_again(source.rendered.parent, source, ("", "nut")), "bodies , world, nut"),
    ],
)
def test_an_episode_without_such_pictures_is_refused_before_anything_is_written(
    tmp_path: Path, drawn: list[EpisodeSource], spoil: Callable[[Any], EpisodeSource], saying: str
) -> None:
    with pytest.raises(DatasetError, match=saying):
        export([drawn[0], spoil(drawn[1])], tmp_path / "set.zarr", render="top")
    assert not list(tmp_path.glob("set.zarr*"))


def test_rendered_pictures_of_another_episode_are_refused(tmp_path: Path, drawn: list[EpisodeSource]) -> None:
    swapped = [replace(drawn[0], rendered=drawn[1].rendered)]
    with pytest.raises(ExportError, match=f"those of episode {drawn[1].id}"):
        export(swapped, tmp_path / "set.zarr", render="top")


def test_a_view_that_was_not_rendered_is_refused_with_those_that_were(
    tmp_path: Path, drawn: list[EpisodeSource]
) -> None:
    with pytest.raises(ExportError, match=r"top, top\.depth, top\.segmentation: choose one of the rendered views"):
        export(drawn, tmp_path / "set.zarr", render="top", views=("front",))


def test_the_name_must_end_as_the_loader_needs(tmp_path: Path) -> None:
    source = source_of(make_episode(tmp_path / "library", 20))
    with pytest.raises(ExportError, match=r"ends in \.zarr\.zip"):
        export([source], tmp_path / "set.zarr", container="zip")


def test_the_provenance_tells_the_rule_and_why_each_episode_is_in(tmp_path: Path) -> None:
    path = make_episode(tmp_path / "library", 20)
    candidate = Candidate(path.stem, "square-nut", "op-3", True, "success", "accept", 0.4, 0.9, 0.05, 0.1)
    selection = choose([candidate], Rule(max_conflict_share=0.15, policy="base-v1"), "week 3", 1_790_000_000 * 10**9)
    sources = [EpisodeSource.of(selection.rows[0], path)]
    made = tmp_path / "set.zarr"
    ReplayBufferExporter(wall_ns=lambda: 1_790_000_001 * 10**9).export(
        sources, ExportSettings(), made, selection=selection
    )
    told = json.loads((made / ".zattrs").read_text())
    assert told["policy"] == "base-v1"
    assert told["rule"]["max_conflict_share"] == 0.15
    assert told["selection"]["name"] == "week 3"
    assert told["created"] == "2026-09-21T14:13:21+00:00"
    assert told["scripted_episodes"] == 1
    assert told["episodes"][0] | {"why": "accepted by the curator", "operator": "op-3"} == told["episodes"][0]
    assert {"accord", "zarr", "numcodecs", "numpy", "h5py"} <= set(told["software"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 10},
        {"width": -1, "height": -1},
        {"rate_hz": float("nan")},
        {"rate_hz": -1.0},
        {"tolerance_ms": float("nan")},
        {"compressor": "gzip"},
        {"container": "tar"},
        {"check_every": 0},
        {"views": ("front", "front")},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: Any) -> None:
    with pytest.raises(ExportError):
        ExportSettings(**wrong)
