"""Drawing recorded episodes again, with real processes on real files."""

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from libraries import make_library
from simulated import EVERY, simulated_library, write_simulated

from accord.app.checking import Grade, check_library
from accord.app.cli import main
from accord.app.curating import choose_episodes
from accord.app.exporting import export_selection
from accord.app.jobs import Job
from accord.app.rendering import RenderReport, render
from accord.app.report import CancelledError
from accord.datasets.episode import Episode
from accord.datasets.errors import RenderError
from accord.datasets.exporter import ExportSettings
from accord.datasets.library import Library
from accord.datasets.render_settings import RenderedSet, RenderSettings
from accord.datasets.rendered import Rendered, millimetres
from accord.datasets.selection import Rule
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.viewpoint import viewpoints

PATIENCE_S = 90.0
COUNTS = (8, 20, 14)
"""Steps of each episode."""
PICTURED = sum(-(-count // EVERY) for count in COUNTS)
AS_RECORDED = RenderSettings(("front", "wrist"), 64, 48)
SLOW = ("--views", "front,free:90,-30,1.2", "--size", "320x240", "--fine", "--rate", "50")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that nothing below writes into."""
    return simulated_library(tmp_path_factory.mktemp("recorded") / "library", COUNTS).folder


@pytest.fixture
def folder(recorded: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(recorded, tmp_path / "library")
    return tmp_path / "library"


def episodes(folder: Path) -> list[Path]:
    return sorted((folder / "episodes").glob("*/*.h5"))


def hashes(paths: list[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def test_the_recorded_views_come_out_byte_for_byte_and_the_episodes_stay_as_they_are(folder: Path) -> None:
    before = hashes(episodes(folder))
    report = render(folder, "again", AS_RECORDED, workers=1)
    assert (report.drawn, report.there, report.images, report.problems) == (3, 0, 2 * PICTURED, ())
    assert report.images_per_s > 0
    for path in episodes(folder):
        with Episode(path) as episode, Rendered(RenderedSet.open(folder, "again").path(path.stem)) as rendered:
            for view in ("front", "wrist"):
                assert rendered.images(view) == episode.images(view)
            assert rendered.camera("front").pose == pytest.approx(episode.camera("front").pose)
            assert rendered.camera("wrist").pose == ()
    assert hashes(episodes(folder)) == before


def test_each_process_draws_an_episode_of_its_own_at_the_same_time(folder: Path) -> None:
    folder_of_set = folder / "renders" / "both"
    begun: list[int] = []

    def look(fraction: float, text: str, details: Any = None) -> None:
        """Nothing more is given out while we look, so two files are of two processes."""
        if text.startswith("0 images"):
            until(lambda: len(list(folder_of_set.glob("*.h5*"))) == 2)
            begun.append(len(multiprocessing.active_children()))

    chosen = [path.stem for path in episodes(folder)[:2]]
    assert render(folder, "both", AS_RECORDED, chosen, workers=2, report=look).drawn == 2
    assert begun[0] == 2
    assert not multiprocessing.active_children()


def test_free_views_with_depth_and_bodies_are_what_the_renderer_draws(folder: Path) -> None:
    texts = tuple(str(view) for view in viewpoints("front,top=free:0,-90,1.5"))
    report = render(folder, "all", RenderSettings(texts, 80, 60, depth=True, segmentation=True), workers=1)
    assert report.images == 2 * 3 * PICTURED
    path = episodes(folder)[0]
    with (
        Episode(path) as episode,
        Rendered(RenderedSet.open(folder, "all").path(path.stem)) as rendered,
        Renderer(episode.model_xml(), 80, 60) as renderer,
    ):
        assert rendered.info.bodies == renderer.bodies
        states = episode.field("physics/state")
        for view in viewpoints(",".join(texts)):
            assert rendered.image_steps(view.name).tolist() == list(range(0, len(states), EVERY))
            for index, step in enumerate(rendered.image_steps(view.name)):
                surfaces = renderer.surfaces(states[step], view)
                depth = rendered.pixels(rendered.camera(f"{view.name}.depth"), index)
                body = rendered.pixels(rendered.camera(f"{view.name}.segmentation"), index)
                np.testing.assert_array_equal(depth, millimetres(surfaces.depth))
                np.testing.assert_array_equal(body, surfaces.body)
                off = rendered.image(view.name, index).astype(int) - renderer.draw(states[step], view)
                assert np.sqrt(np.mean(off**2)) < 6.0  # JPEG
            camera = rendered.camera(view.name)
            np.testing.assert_allclose(camera.pose, renderer.pose(view), atol=1e-9)
            np.testing.assert_allclose(np.reshape(camera.intrinsics, (3, 3)), renderer.intrinsics(view))


def test_pictures_may_come_at_another_rate(folder: Path) -> None:
    render(folder, "slow", RenderSettings(("side",), 64, 48, rate_hz=10.0), workers=1)
    for path in episodes(folder):
        with Episode(path) as episode, Rendered(RenderedSet.open(folder, "slow").path(path.stem)) as rendered:
            assert rendered.image_steps("side").tolist() == list(range(0, len(episode), 5))
            assert (rendered.image_times("side") == episode.t_ns[::5]).all()


def test_what_is_drawn_stays_and_what_is_missing_is_drawn(folder: Path) -> None:
    render(folder, "again", AS_RECORDED, workers=1)
    drawn = RenderedSet.open(folder, "again")
    paths = [drawn.path(path.stem) for path in episodes(folder)]
    stamps = [path.stat().st_mtime_ns for path in paths]
    paths[1].unlink()
    report = render(folder, "again", AS_RECORDED, workers=1)
    assert (report.drawn, report.there) == (1, 2)
    assert [path.stat().st_mtime_ns == stamp for path, stamp in zip(paths, stamps, strict=True)] == [True, False, True]
    report = render(folder, "again", AS_RECORDED, workers=1)
    assert (report.drawn, report.there, report.images) == (0, 3, 0)


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "accord.app.cli", "render", "--library", str(folder), *words]


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_in_the_middle_it_leaves_nothing_half_and_goes_on_when_it_is_run_again(folder: Path) -> None:
    words = command(folder, "--name", "slow", "--workers", "1", *SLOW)
    place = folder / "renders" / "slow"
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    until(lambda: any(place.glob("*.h5")) and any(place.glob("*.partial")))
    workers = children(running.pid)
    running.send_signal(signal.SIGKILL)
    running.wait()
    whole = {path: path.stat().st_mtime_ns for path in place.glob("*.h5")}
    assert 1 <= len(whole) < 3
    until(lambda: not any(lives(pid) for pid in workers))
    for path in whole:
        with Rendered(path) as rendered:
            assert len(rendered.image_times("front")) >= min(COUNTS)
    done = subprocess.run([*words, "--json"], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert (told["drawn"], told["there"]) == (3 - len(whole), len(whole))
    assert {path: path.stat().st_mtime_ns for path in whole} == whole
    assert len(list(place.glob("*.h5"))) == 3
    assert not list(place.glob("*.partial"))


def test_cancelled_it_leaves_no_process_and_nothing_half(folder: Path) -> None:
    place = folder / "renders" / "slow"

    def stop(fraction: float, text: str, details: Any = None) -> None:
        if any(place.glob("*.partial")):
            raise CancelledError

    with pytest.raises(CancelledError):
        render(folder, "slow", RenderSettings(("front",), 320, 240, fine=True, rate_hz=50.0), workers=1, report=stop)
    assert not multiprocessing.active_children()
    assert not list((folder / "renders").rglob("*.partial"))


def test_it_can_be_a_job(folder: Path) -> None:
    whole = Job("render", render, folder, "again", AS_RECORDED, None, 2)
    until(lambda: whole.poll().done)
    assert whole.state.error == ""
    assert isinstance(whole.state.result, RenderReport)
    assert whole.state.result.drawn == 3
    whole.close()


def test_a_process_that_dies_is_told_and_what_it_drew_is_drawn_when_it_is_run_again(folder: Path) -> None:
    place = folder / "renders" / "again"

    def kill(fraction: float, text: str, details: Any = None) -> None:
        if not any(place.glob("*.h5")) and any(place.glob("*.partial")):
            for child in multiprocessing.active_children():
                os.kill(child.pid or 0, signal.SIGKILL)

    slow = RenderSettings(("front", "side"), 320, 240, fine=True, rate_hz=50.0)
    with pytest.raises(Exception, match=r"that its process died: run it again") as caught:
        render(folder, "again", slow, workers=1, report=kill)
    assert str(caught.value).startswith("Wanted episode ")
    assert not list(folder.rglob("*.partial"))


def test_a_set_that_somebody_else_draws_is_left_alone(folder: Path) -> None:
    drawn = RenderedSet.create(folder, "again", AS_RECORDED)
    theirs = drawn.folder / "theirs.h5.partial"
    theirs.write_text("half")
    with drawn.alone(), pytest.raises(RenderError, match="being drawn: wait until it is done"):
        render(folder, "again", AS_RECORDED, workers=1)
    assert theirs.exists()


# What cannot be drawn --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "saying"),
    [
        (["--views", "above"], "one of the cameras front, side, wrist"),
        (["--views", "free:1,2"], "three or six numbers"),
        (["--views", "front,front"], "front twice"),
        (["--views", "front", "--size", "0x10"], "8 to 4096 pixels"),
        (["--views", "front", "--size", "100000x100000"], "8 to 4096 pixels"),
        (["--views", "front", "--size", "big"], "a size such as 320x240"),
        (["--views", "front", "--rate", "1000"], "nothing is invented"),
        (["--views", "front", "--rate", "nan"], "a rate of 0 Hz"),
        (["--views", "front", "--workers", "-1"], "0 to 256 processes"),
        (["--views", "front", "--selection", "none"], "a selection of this library"),
        (["--views", "front", "--episodes", "0000"], "an episode 0000"),
        (["--views", "front", "--name", "../x"], "a name for a render"),
        (["--views", "front", "--library", "nowhere"], "no library.toml"),
        ([], "--views"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_sentence_and_nothing_is_made(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], saying: str
) -> None:
    assert main(["render", "--library", str(folder), "--name", "new", "--workers", "1", *words]) == 2
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.startswith("accord: Wanted ")
    assert errors.count("\n") == 1
    assert saying in errors
    assert not (folder / "renders").exists()


def test_a_set_of_other_settings_is_not_mixed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    render(folder, "again", AS_RECORDED, workers=1)
    before = hashes(sorted((folder / "renders" / "again").iterdir()))
    assert main(["render", "--library", str(folder), "--name", "again", "--views", "front", "--size", "80x60"]) == 2
    assert "choose another name" in capsys.readouterr().err
    assert hashes(sorted((folder / "renders" / "again").iterdir())) == before


def test_an_episode_without_states_and_one_whose_scene_does_not_compile_do_not_keep_the_others(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = write_simulated(folder / "episodes" / "2026-09-21", 4, model_xml="<mujoco><nonsense/></mujoco>")
    real = episodes(make_library(tmp_path / "made-up").folder)[0]
    shutil.copy(real, folder / "episodes" / "2026-09-21")
    assert (
        main(
            [
                "render",
                "--library",
                str(folder),
                "--name",
                "some",
                "--workers",
                "1",
                "--views",
                "front",
                "--size",
                "64x48",
            ]
        )
        == 1
    )
    out, errors = capsys.readouterr()
    assert f"{PICTURED} images of 3 episodes" in out
    assert "images/s with" in out
    assert errors.count("\n") == 2
    assert f"physics states in episode {real.stem}, found none" in errors
    assert "a scene that compiles" in errors
    assert not (folder / "renders" / "some" / f"{broken.stem}.h5").exists()


def test_a_full_disk_is_one_sentence_and_leaves_nothing(folder: Path) -> None:
    unshare = ["unshare", "--mount", "--map-root-user"]
    place = folder / "renders"
    place.mkdir()
    mount = f"mount -t tmpfs -o size=10m tmpfs {place}"
    if not shutil.which("unshare") or subprocess.run([*unshare, "sh", "-c", mount], check=False).returncode:
        pytest.skip("this system allows no file system of one's own (user namespaces are off)")
    words = " ".join(command(folder, "--name", "full", "--views", "front"))
    script = f"{mount} && {words}; code=$?; find {place} -type f; exit $code"
    done = subprocess.run([*unshare, "sh", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith(f"accord: Wanted to write into {place / 'full'}, found No space left on device")
    assert done.stderr.count("\n") == 1


# What is made of it ----------------------------------------------------------------------------------------------


def test_an_export_uses_the_rendered_pictures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    choose_episodes(Library(folder), "all", Rule())
    words = ["export", "--library", str(folder), "--selection", "all", "--render", "views"]
    assert main(words) == 2
    assert "none named 'views': make one with accord render" in capsys.readouterr().err
    render(folder, "views", RenderSettings(("side", "top=free:0,-90,1.5"), 48, 36, depth=True), workers=1)
    assert main(words) == 0
    root = zarr.open_group(folder / "exports" / "all.zarr", mode="r")
    shapes = {key: array.shape[1:] for key, array in root["data"].arrays() if array.ndim > 2}  # type: ignore[union-attr]
    assert shapes == {
        "side_image": (36, 48, 3), "top_image": (36, 48, 3), "side_depth": (36, 48), "top_depth": (36, 48)
    }  # fmt: skip
    told: Any = root.attrs["render"]
    assert told["settings"]["views"] == ["side", "top=free:0,-90,1.5"]
    assert told["depth_unit"] == "mm"
    depth = np.asarray(root["data/top_depth"][0])  # type: ignore[index]
    assert 1000 < np.median(depth) < 1800


def test_an_export_of_an_episode_that_was_not_rendered_is_refused(folder: Path) -> None:
    choose_episodes(Library(folder), "all", Rule())
    render(folder, "views", AS_RECORDED, [episodes(folder)[0].stem], workers=1)
    with pytest.raises(Exception, match="no such file: run accord render for this episode"):
        export_selection(folder, "all", ExportSettings(render="views"), folder / "set.zarr")
    assert not (folder / "set.zarr").exists()


def test_a_check_of_the_library_looks_into_its_renders(folder: Path) -> None:
    render(folder, "again", AS_RECORDED, workers=1)
    (finding,) = [one for one in check_library(folder) if one.what == "render again"]
    assert (finding.grade, finding.text) == (Grade.GOOD, "images of 3 episodes")
    path = sorted((folder / "renders" / "again").glob("*.h5"))[0]
    path.write_bytes(path.read_bytes()[:-2000])
    (finding,) = [one for one in check_library(folder) if one.what == "render again"]
    assert finding.grade is Grade.BAD
    assert path.name in finding.text
