"""Rendered pictures: what is written is read again, what is half is never there, what is damaged is said."""

import errno
import json
from pathlib import Path

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.datasets import rendered as rendered_module
from accord.datasets.episode_info import CameraInfo
from accord.datasets.episode_writer import EncodedImage
from accord.datasets.errors import EpisodeError, LibraryError, RenderError
from accord.datasets.images import DEEP, decode_deep, encode, encode_deep, resize
from accord.datasets.render_settings import RenderedSet, RenderSettings, render_names
from accord.datasets.rendered import Rendered, RenderedWriter, RenderInfo, millimetres

SETTINGS = RenderSettings(("front", "top=free:0,-90,1.5"), 32, 24, depth=True)
CAMERAS = (
    CameraInfo("front", 32, 24, 30.0, codec="png", intrinsics=(1.0,) * 9, pose=(0.5,) * 7),
    CameraInfo("front.depth", 32, 24, 30.0, codec=DEEP),
)
INFO = RenderInfo("an-id", SETTINGS, CAMERAS, ("", "world", "nut"), {"mujoco": "3"})


def colours(i: int) -> np.ndarray:
    return np.full((24, 32, 3), 10 * i, np.uint8)


def distances(i: int) -> np.ndarray:
    return (np.arange(24 * 32, dtype=np.uint16).reshape(24, 32) * 80 + i).astype(np.uint16)


def write(path: Path, count: int = 5, info: RenderInfo = INFO) -> Path:
    with RenderedWriter(path, info) as writer:
        writer.lose(2)
        for i in range(count):
            writer.append("front", [EncodedImage(encode(colours(i), "png"), 100 * i, i)])
            writer.append("front.depth", [EncodedImage(encode_deep(distances(i)), 100 * i, i)])
    return path


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    with Rendered(write(tmp_path / "a.h5")) as found:
        assert found.info == INFO
        assert found.image_times("front").tolist() == [0, 100, 200, 300, 400]
        assert found.image_steps("front.depth").tolist() == [0, 1, 2, 3, 4]
        assert found.images_lost("front") == 2
        for i in range(5):
            assert (found.pixels(CAMERAS[0], i) == colours(i)).all()
            assert (found.pixels(CAMERAS[1], i) == distances(i)).all()
        with pytest.raises(RenderError, match=r"front, front\.depth"):
            found.image_times("side")
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]


def test_nothing_stands_there_before_it_is_whole_and_nothing_is_left_of_a_half(tmp_path: Path) -> None:
    with RenderedWriter(tmp_path / "a.h5", INFO) as writer:
        writer.append("front", [EncodedImage(encode(colours(0), "png"), 0, 0)])
        assert not (tmp_path / "a.h5").exists()
    (tmp_path / "a.h5").unlink()
    with pytest.raises(AttributeError), RenderedWriter(tmp_path / "a.h5", INFO) as writer:
        writer.append("front", [None])  # type: ignore[list-item]
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_one_left_behind_is_written_over(tmp_path: Path) -> None:
    rendered_module.unfinished(tmp_path / "a.h5").write_bytes(b"half a picture")
    write(tmp_path / "a.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]


@pytest.mark.parametrize("at", [0, 1, 4])
def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    take, asked = rendered_module.take_room, iter(range(100))

    def full(descriptor: int, ahead: int) -> None:
        if next(asked) == at:
            raise OSError(errno.ENOSPC, "No space left on device")
        take(descriptor, ahead)

    monkeypatch.setattr(rendered_module, "take_room", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "a.h5")
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_a_newer_a_damaged_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="no such file: run accord render"):
        Rendered(tmp_path / "none.h5")
    (tmp_path / "noise.h5").write_bytes(b"noise")
    with pytest.raises(RenderError, match=r"a damaged file: delete it and run accord render again"):
        Rendered(tmp_path / "noise.h5")
    path = write(tmp_path / "a.h5")
    for change, saying in (({"format": "accord-episode"}, "another kind"), ({"version": 99}, "update Accord")):
        with h5py.File(path, "r+") as file:
            before = {name: file.attrs[name] for name in change}
            file.attrs.update(change)
        with pytest.raises(RenderError, match=saying):
            Rendered(path)
        with h5py.File(path, "r+") as file:
            file.attrs.update(before)
    for name, value in (("cameras", "{"), ("settings", "{}"), ("bodies", "3"), ("software", "[]"), ("cameras", "[{}]")):
        other = write(tmp_path / "b.h5")
        with h5py.File(other, "r+") as file:
            file.attrs[name] = value
        with pytest.raises(RenderError, match="render again"):
            Rendered(other)


def test_a_damaged_picture_is_said_with_its_number(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        file["cameras/front.depth/bytes"][:100] = 0
    with Rendered(path) as found, pytest.raises(RenderError, match=r"image 0 of front\.depth in a\.h5"):
        found.pixels(CAMERAS[1], 0)


def test_a_picture_of_another_size_is_refused(tmp_path: Path) -> None:
    with RenderedWriter(tmp_path / "a.h5", INFO) as writer:
        writer.append("front", [EncodedImage(encode(np.zeros((8, 8, 3), np.uint8), "png"), 0, 0)])
    with Rendered(tmp_path / "a.h5") as found, pytest.raises(RenderError, match="32 × 24"):
        found.pixels(CAMERAS[0], 0)


# A set -----------------------------------------------------------------------------------------------------------


def test_a_set_is_found_by_its_name_with_its_settings(tmp_path: Path) -> None:
    made = RenderedSet.create(tmp_path, "views", SETTINGS)
    assert RenderedSet.open(tmp_path, "views") == made == RenderedSet.create(tmp_path, "views", SETTINGS)
    assert made.path("an-id") == tmp_path / "renders" / "views" / "an-id.h5"
    assert render_names(tmp_path) == ("views",)
    with pytest.raises(RenderError, match="none named 'other': choose one of views"):
        RenderedSet.open(tmp_path, "other")


def test_a_set_drawn_in_another_way_is_left_alone(tmp_path: Path) -> None:
    made = RenderedSet.create(tmp_path, "views", SETTINGS)
    before = (made.folder / "render.json").read_bytes()
    with pytest.raises(RenderError, match="width 64, found width 32: choose another name"):
        RenderedSet.create(tmp_path, "views", RenderSettings(SETTINGS.views, 64, 24, depth=True))
    assert (made.folder / "render.json").read_bytes() == before


@pytest.mark.parametrize("name", ["", "../x", "a/b", "x" * 100])
def test_a_name_that_leads_out_of_the_library_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LibraryError, match="a name for a render"):
        RenderedSet.create(tmp_path, name, SETTINGS)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"views": []}', '{"views": ["front"], "wide": 3}'])
def test_damaged_settings_of_a_set_are_said(tmp_path: Path, text: str) -> None:
    made = RenderedSet.create(tmp_path, "views", SETTINGS)
    (made.folder / "render.json").write_text(text)
    with pytest.raises(RenderError):
        RenderedSet.open(tmp_path, "views")


def test_only_one_draws_for_a_set_at_a_time(tmp_path: Path) -> None:
    made = RenderedSet.create(tmp_path, "views", SETTINGS)
    with made.alone(), pytest.raises(RenderError, match="being drawn: wait"), made.alone():
        raise AssertionError("two at a time")
    with made.alone():
        assert made.folder.is_dir()


@pytest.mark.parametrize(
    "wrong", [{"views": ()}, {"width": 7}, {"height": 4097}, {"rate_hz": -1.0}, {"rate_hz": float("nan")}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RenderError):
        RenderSettings(**({"views": ("front",)} | wrong))  # type: ignore[arg-type]


def test_settings_survive_their_file() -> None:
    assert RenderSettings.from_json(SETTINGS.to_json()) == SETTINGS
    assert json.loads(SETTINGS.to_json())["views"] == ["front", "top=free:0,-90,1.5"]


# Distances and numbers -------------------------------------------------------------------------------------------


def test_distances_are_whole_millimetres_and_0_where_there_are_none() -> None:
    depth = np.array([[0.0005, 1.2344, 65.5344, 65.5355, np.inf, 1e9]], np.float32)
    assert millimetres(depth).tolist() == [[0, 1234, 65534, 0, 0, 0]]


@given(seed=st.integers(0, 100), height=st.integers(1, 40), width=st.integers(1, 40))
def test_sixteen_bits_lose_nothing(seed: int, height: int, width: int) -> None:
    values = np.random.default_rng(seed).integers(0, 2**16, (height, width), np.uint16)
    assert (decode_deep(encode_deep(values)) == values).all()


def test_what_is_no_picture_of_sixteen_bits_is_refused() -> None:
    for data in (b"", b"noise", encode(np.zeros((8, 8, 3), np.uint8), "png")):
        with pytest.raises(EpisodeError, match="16 bits"):
            decode_deep(data)


def test_numbers_are_never_averaged() -> None:
    values = np.zeros((24, 32), np.uint16)
    values[:, 16:] = 9
    for size in ((7, 5), (320, 240)):
        smaller = resize(values, *size)
        assert (smaller.dtype, smaller.shape) == (np.uint16, (size[1], size[0]))
        assert set(np.unique(smaller)) == {0, 9}
