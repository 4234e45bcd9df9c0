"""An episode file: what was written is read, and what is no whole episode is refused, never misread."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest
from episodes import SCHEMA, made_up_images, made_up_steps, make_episode, make_info
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.datasets.episode import Episode
from accord.datasets.episode_info import CameraInfo, Ending, EpisodeInfo
from accord.datasets.episode_writer import REASON_BYTES, EpisodeWriter, is_being_written
from accord.datasets.errors import EpisodeError
from accord.datasets.recovery import recover

FRONT, SIDE = CameraInfo("front", 32, 24, 30.0, codec="png"), CameraInfo("side", 16, 16, 15.0, "jpeg", 90)


def written(folder: Path, blocks: list[int], pictures: list[int] | None = None, **end: Any) -> tuple[Path, Any]:
    """An episode written in these blocks, and what was written."""
    info = make_info((FRONT, SIDE))
    steps = made_up_steps(sum(blocks), np.random.default_rng(1))
    images = made_up_images(sum(pictures or []), FRONT)
    writer = EpisodeWriter(folder / f"{info.id}.h5", info, model_xml="<mujoco>ä</mujoco>")
    first = 0
    for count in blocks:
        writer.append_steps(steps[first : first + count])
        writer.flush()
        first += count
    first = 0
    for count in pictures or []:
        writer.append_images("front", images[first : first + count])
        first += count
    writer.close(end.pop("ending", Ending.COMPLETE), **end)
    return writer.path, (info, steps, images)


def read_all(path: Path, unfinished: bool = False) -> int:
    """Read everything in an episode; how many steps it has."""
    with Episode(path, unfinished) as episode:
        steps = episode.steps()
        assert steps.dtype == episode.info.schema.dtype
        assert episode.duration_s >= 0 or unfinished or not len(steps)
        said = (episode.ending, episode.reason, episode.steps_lost, episode.model_xml())
        assert len(said) == 4
        for camera in episode.info.cameras:
            episode.images_lost(camera.name)
            for i in range(episode.images_stored(camera.name)):
                episode.image(camera.name, i)
        return len(steps)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 300), max_size=4), st.lists(st.integers(0, 20), max_size=4))
def test_what_was_written_is_read_in_whatever_blocks_it_came(
    tmp_path: Path, blocks: list[int], pictures: list[int]
) -> None:
    path, (info, steps, images) = written(tmp_path, blocks, pictures)
    with Episode(path) as episode:
        assert episode.info == info
        assert len(episode) == len(steps)
        assert episode.steps().tobytes() == steps.tobytes()
        assert episode.images("front") == images
        assert episode.images("side") == []
        assert episode.images_stored("front") == len(images)
        assert episode.ending is Ending.COMPLETE
        assert episode.model_xml() == "<mujoco>ä</mujoco>"


def test_an_episode_says_how_it_ended_and_what_it_missed(tmp_path: Path) -> None:
    path, _ = written(tmp_path, [5], ending=Ending.INCOMPLETE, reason="ü" * 500, steps_lost=7, images_lost={"side": 3})
    with Episode(path) as episode:
        assert episode.ending is Ending.INCOMPLETE
        assert episode.reason.startswith("ü" * (REASON_BYTES // 2 - 1))
        assert (episode.steps_lost, episode.images_lost("side"), episode.images_lost("front")) == (7, 3, 0)


def test_an_episode_without_a_step_or_a_view_is_an_episode(tmp_path: Path) -> None:
    with Episode(make_episode(tmp_path, steps=0, views=())) as episode:
        assert len(episode) == 0
        assert episode.duration_s == 0.0
        assert len(episode.steps()) == 0
        assert episode.model_xml() == ""


def test_its_duration_is_from_the_first_step_to_the_last(tmp_path: Path) -> None:
    with Episode(make_episode(tmp_path, steps=101)) as episode:
        assert episode.duration_s == pytest.approx(2.0)


def test_the_info_comes_back_from_its_attributes_as_it_was() -> None:
    info = make_info((FRONT, SIDE), policy="base", software={"accord": "1"}, time_scale=2.0)
    assert EpisodeInfo.from_attributes(info.attributes(), "e") == info


@pytest.mark.parametrize(
    ("ask", "match"),
    [
        (lambda e: e.field("observation/colour"), r"a field named 'observation/colour'.*only t_ns"),
        (lambda e: e.image_times("back"), r"a view named 'back'.*front"),
        (lambda e: e.encoded("front", 60), "image 60 of front"),
        (lambda e: e.encoded("front", -61), "image -61 of front"),
    ],
)
def test_what_is_not_in_it_is_refused_by_name(tmp_path: Path, ask: Callable[[Episode], Any], match: str) -> None:
    with Episode(make_episode(tmp_path)) as episode, pytest.raises(EpisodeError, match=match):
        ask(episode)


# What is no whole episode ----------------------------------------------------------------------------------------


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = make_episode(tmp_path, steps=40).read_bytes()
    cut = tmp_path / "cut.h5"
    for size in [0, 1, 8, 47, 48, *range(100, len(whole), len(whole) // 60), len(whole) - 1]:
        cut.write_bytes(whole[:size])
        with pytest.raises(EpisodeError):
            Episode(cut)


@pytest.mark.timeout(60)
def test_a_file_cut_anywhere_does_not_hang_whoever_looks_for_the_remains(tmp_path: Path) -> None:
    """HDF5's own reader of unfinished files waits for ever at a damaged piece."""
    whole = make_episode(tmp_path, steps=40).read_bytes()
    cut = tmp_path / "cut.h5"
    refused = 0
    for size in range(48, len(whole), len(whole) // 60):
        cut.write_bytes(whole[:size])
        try:
            read_all(cut, unfinished=True)
        except EpisodeError:
            refused += 1
    assert refused > 50


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("damage", ["a bit", "a page"])
def test_a_damaged_file_is_refused_or_readable_and_nothing_else(tmp_path: Path, damage: str, seed: int) -> None:
    whole = make_episode(tmp_path, steps=40).read_bytes()
    rng = random.Random(seed)
    for _ in range(25):
        data = bytearray(whole)
        where = rng.choice((rng.randrange(len(data)), rng.randrange(4096)))  # the beginning holds most of the structure
        if damage == "a bit":
            data[where] ^= 1 << rng.randrange(8)
        else:
            data[where : where + 512] = bytes(len(data[where : where + 512]))
        (tmp_path / "damaged.h5").write_bytes(data)
        for unfinished in (False, True):
            try:
                read_all(tmp_path / "damaged.h5", unfinished)
            except EpisodeError:
                continue


@pytest.mark.parametrize("content", [b"", b"not HDF5", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + bytes(4000)])
@pytest.mark.parametrize("unfinished", [False, True])
def test_a_file_that_is_no_hdf5_is_refused(tmp_path: Path, content: bytes, unfinished: bool) -> None:
    (tmp_path / "e.h5").write_bytes(content)
    with pytest.raises(EpisodeError):
        Episode(tmp_path / "e.h5", unfinished)


def test_what_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.h5").mkdir()
    for name in ("none.h5", "folder.h5"):
        with pytest.raises(EpisodeError, match="no such file"):
            Episode(tmp_path / name)


def test_a_foreign_hdf5_file_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "robomimic.h5", "w") as file:
        file["data/demo_0/actions"] = np.zeros((3, 7))
    with pytest.raises(EpisodeError, match="another kind of HDF5 file"):
        Episode(tmp_path / "robomimic.h5")


def changed(path: Path, change: Callable[[h5py.File], None]) -> Path:
    """A copy of an episode that somebody has tampered with."""
    other = shutil.copy(path, path.with_name("changed.h5"))
    with h5py.File(other, "r+", libver="latest") as file:
        change(file)
    return Path(other)


def _attribute(name: str, value: object) -> Callable[[h5py.File], None]:
    return lambda file: file.attrs.__setitem__(name, value)


def _instead(name: str, **how: Any) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file[name]
        file.create_dataset(name, **how)

    return change


def _a_group(file: h5py.File) -> None:
    del file["steps/t_ns"]
    file.create_group("steps/t_ns")


_FIELD = {"name": "t_ns", "shape": [], "dtype": "int64", "unit": "ns"}
WRONG: dict[str, tuple[Callable[[h5py.File], None], str]] = {
    "a newer version": (_attribute("version", 99), "version 99: update Accord"),
    "a version in words": (_attribute("version", "new"), "damaged"),
    "no version": (lambda file: file.attrs.__delitem__("version"), "damaged"),
    "no format": (lambda file: file.attrs.__delitem__("format"), "another kind"),
    "a format in numbers": (_attribute("format", [1, 2]), "another kind"),
    "an id that is none": (_attribute("id", "../../etc"), "damaged"),
    "no task": (lambda file: file.attrs.__delitem__("task"), "damaged"),
    "a seed in words": (_attribute("seed", "x"), "damaged"),
    "no schema": (lambda file: file.attrs.__delitem__("schema"), "damaged"),
    "a schema that is none": (_attribute("schema", "[{}]"), "damaged"),
    "a schema without a clock": (_attribute("schema", json.dumps([_FIELD | {"name": "t"}])), "damaged"),
    "a schema of another shape": (_attribute("schema", json.dumps([_FIELD | {"shape": [2]}])), "shape"),
    "a schema of another type": (_attribute("schema", json.dumps([_FIELD | {"dtype": "uint8"}])), "type uint8"),
    "cameras that are none": (_attribute("cameras", "[1]"), "damaged"),
    "software that is none": (_attribute("software", "[]"), "damaged"),
    "a field missing": (lambda file: file.__delitem__("steps/sent/twist"), "steps/sent/twist"),
    "a field of another shape": (_instead("steps/sent/twist", data=np.zeros((40, 5))), "sent/twist of shape"),
    "a field of another type": (_instead("steps/sent/gripper", data=np.zeros(40, "S3")), "type float64"),
    "a field that is one number": (_instead("steps/sent/gripper", data=0.0), "sent/gripper of shape"),
    "a field that is shorter": (_instead("steps/sent/gripper", data=np.zeros(39)), "fields of one length"),
    "a field that is a group": (_a_group, "a group of that name"),
    "a camera missing": (lambda file: file.__delitem__("cameras/front"), "cameras/front"),
    "a camera with fewer times": (_instead("cameras/front/t_ns", data=np.zeros(3, "i8")), "one time for each image"),
    "an ending that is none": (lambda file: file["end/state"].__setitem__(0, 9), "state 9"),
    "no ending": (lambda file: file.__delitem__("end"), "end/state"),
    "an ending without a value": (_instead("end/state", shape=(0,), dtype="u1"), "one value as end/state"),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_episode_with_something_wrong_is_refused(tmp_path: Path, what: str) -> None:
    change, match = WRONG[what]
    path = changed(make_episode(tmp_path, steps=40), change)
    for unfinished in (False, True):
        with pytest.raises(EpisodeError) as caught:
            Episode(path, unfinished)
        assert match in str(caught.value) or unfinished


def test_a_scene_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = changed(written(tmp_path, [3])[0], _instead("simulation/model_xml", data=np.full(9, 255, "u1")))
    with Episode(path) as episode, pytest.raises(EpisodeError, match="the scene"):
        episode.model_xml()


# While it is written ---------------------------------------------------------------------------------------------


def test_an_episode_being_written_is_refused_but_readable_for_who_asks(tmp_path: Path) -> None:
    info = make_info((FRONT,))
    writer = EpisodeWriter(tmp_path / f"{info.id}.h5", info)
    steps = made_up_steps(30, np.random.default_rng(0))
    writer.append_steps(steps[:20])
    writer.append_images("front", made_up_images(4, FRONT))
    writer.flush()
    writer.append_steps(steps[20:])
    assert is_being_written(writer.path)
    program = "import sys, pathlib, accord.datasets.episode as e; e.Episode(pathlib.Path(sys.argv[1]))"
    words = [sys.executable, "-c", program, str(writer.path)]  # in this process HDF5 would share the open file
    told = subprocess.run(words, capture_output=True, text=True, check=False).stderr
    assert "found one still recording: end it first." in told
    with Episode(writer.path, unfinished=True) as episode:
        assert episode.ending is Ending.OPEN
        assert episode.steps()[:20].tobytes() == steps[:20].tobytes()
        assert [episode.image("front", i)[0, 0, 0] for i in range(4)] == [0, 1, 2, 3]
    writer.close(Ending.COMPLETE)
    assert not is_being_written(writer.path)
    assert read_all(writer.path) == 30


WRITER = """
import os, signal, sys
from pathlib import Path
import numpy as np
from episodes import made_up_images, made_up_steps, make_info
from test_episode import FRONT
from accord.datasets.episode_writer import EpisodeWriter
writer = EpisodeWriter(Path(sys.argv[1]), make_info((FRONT,)))
writer.append_steps(made_up_steps(1000, np.random.default_rng(0)))
writer.append_images("front", made_up_images(600, FRONT))
writer.flush()
print("written", flush=True)
sys.stdin.readline()
writer.cut(int(sys.argv[2]))
print("cut", flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("cut", [0, 400, 512, 999])
def test_a_cut_harms_neither_who_reads_meanwhile_nor_what_a_kill_leaves(tmp_path: Path, cut: int) -> None:
    path, steps = tmp_path / "e.h5", made_up_steps(1000, np.random.default_rng(0))
    shown = [image.step for image in made_up_images(600, FRONT) if image.step < cut]
    folders = os.pathsep.join((str(Path(__file__).parent), str(Path(__file__).parents[1])))
    words = [sys.executable, "-c", WRITER, str(path), str(cut)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": folders}
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        with Episode(path, unfinished=True) as used, Episode(path, unfinished=True) as unused:
            assert used.steps().tobytes() == steps.tobytes()
            assert used.image_steps("front").size == 600
            print(file=writer.stdin, flush=True)
            assert writer.stdout.readline() == "cut\n"
            for reader in (used, unused):
                assert reader.steps()[:cut].tobytes() == steps[:cut].tobytes()
                assert reader.image_steps("front")[: len(shown)].tolist() == shown
                assert [reader.image("front", i)[0, 0, 0] for i in range(len(shown))] == [
                    i % 250 for i in range(len(shown))
                ]
        with Episode(path, unfinished=True) as fresh:
            assert fresh.steps().tobytes() == steps[:cut].tobytes()
            assert fresh.image_steps("front").tolist() == shown
        writer.stdin.close()
    assert writer.returncode == -signal.SIGKILL
    recovered = recover(path)
    assert (recovered.steps, recovered.images) == (cut, len(shown))
    with Episode(path) as episode:
        assert episode.steps().tobytes() == steps[:cut].tobytes()


def test_what_is_appended_after_a_cut_follows_what_was_left(tmp_path: Path) -> None:
    info = make_info((FRONT, SIDE))
    steps, images = made_up_steps(700, np.random.default_rng(0)), made_up_images(420, FRONT)
    writer = EpisodeWriter(tmp_path / f"{info.id}.h5", info)
    writer.append_steps(steps)
    writer.append_images("front", images)
    for cut in (700, 600, 0):  # the first takes nothing
        writer.cut(cut)
        kept = sum(image.step < cut for image in images)
        assert writer.written("steps/step").tolist() == list(range(cut))
        assert (writer.steps, writer.images) == (cut, {"front": kept, "side": 0})
    for block in (slice(0, 300), slice(300, 700)):
        writer.append_steps(steps[block])
    writer.append_images("front", images)
    writer.close(Ending.COMPLETE)
    with Episode(writer.path) as episode:
        assert episode.steps().tobytes() == steps.tobytes()
        assert episode.images("front") == images


def test_a_file_appears_under_its_name_only_when_it_is_ready_for_the_first_step(tmp_path: Path) -> None:
    info = make_info()
    with pytest.raises(OSError, match="Not a directory"):
        EpisodeWriter(make_episode(tmp_path) / "under-a-file" / f"{info.id}.h5", info)
    writer = EpisodeWriter(tmp_path / "new" / f"{info.id}.h5", info)
    assert [path.name for path in (tmp_path / "new").iterdir()] == [f"{info.id}.h5"]
    writer.close(Ending.COMPLETE)


def test_the_schema_of_the_tests_is_the_schema_of_the_file(tmp_path: Path) -> None:
    with Episode(make_episode(tmp_path)) as episode:
        assert episode.info.schema == SCHEMA
