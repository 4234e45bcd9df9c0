"""Checks find what is wrong, name it, and find nothing where nothing is."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest
import zarr
from episodes import made_up_images, made_up_steps, make_episode, make_info
from libraries import add_policy, make_library
from simulated import cell, write_simulated

from accord.app.checking import Finding, Grade, check_export, check_library, check_machine
from accord.app.episode_check import check_episode
from accord.app.exporting import export_selection
from accord.datasets.episode_info import CameraInfo, Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.datasets.errors import ExportError, LibraryError
from accord.datasets.exporter import ExportSettings
from accord.datasets.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path / "library")


def bad(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.grade is Grade.BAD]


def the_one(findings: list[Finding], text: str) -> None:
    assert len(bad(findings)) == 1, bad(findings)
    assert text in bad(findings)[0].text


# The machine -----------------------------------------------------------------------------------------------------


def test_every_part_of_the_machine_is_judged_with_a_reason(tmp_path: Path) -> None:
    findings = {finding.what: finding for finding in check_machine(tmp_path / "not" / "there" / "yet")}
    assert list(findings) == ["views", "shared memory", "disk", "window", "fitting", "SpaceMouse", "devices"]
    assert all(finding.text for finding in findings.values())
    assert str(tmp_path) in findings["disk"].text, "the folder that is there is looked at"
    assert findings["views"].grade is Grade.GOOD
    assert "views drawn" in findings["views"].text


def test_a_machine_without_a_screen_can_do_everything_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("accord.app.checking.sys.platform", "linux")
    monkeypatch.setattr("accord.app.checking.find_spec", lambda name: None)
    findings = {finding.what: finding for finding in check_machine(tmp_path)}
    assert findings["window"].grade is Grade.NOTE
    assert "pip install" in findings["window"].text
    assert "no display" in findings["window"].text
    assert findings["fitting"].grade is Grade.NOTE


def test_a_full_disk_is_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("accord.app.checking.BEGIN_WITH", 2**60)
    findings = {finding.what: finding for finding in check_machine(tmp_path)}
    assert findings["disk"].grade is Grade.BAD


# A library -------------------------------------------------------------------------------------------------------


def test_a_whole_library_has_nothing_bad(library: Library) -> None:
    told: list[float] = []
    findings = list(check_library(library.folder, report=lambda fraction, text, details=None: told.append(fraction)))
    assert not bad(findings)
    assert len(findings) == 3 + 1 + 1 + 1, "episodes, policy, selection, decisions"
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_what_is_no_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no library"):
        list(check_library(tmp_path))


def test_a_damaged_picture_is_found_though_the_file_can_be_opened(library: Library) -> None:
    path = library.contents().entries[1].path
    with h5py.File(path, "r+", libver="latest") as file:
        pictures = file["cameras/front/bytes"]
        pictures[len(pictures) - 80 : len(pictures) - 40] = 0  # in the last picture; the thumbnail is of another
    the_one(list(check_library(library.folder)), "an encoded picture")


def test_a_damaged_file_and_one_left_behind_are_found(library: Library) -> None:
    day = library.contents().entries[0].path.parent
    (day / "noise.h5").write_bytes(b"noise")
    info = make_info()
    writer = EpisodeWriter(day.parent.parent / "writing.h5", info)
    writer.flush()
    (day / "left.h5").write_bytes(writer.path.read_bytes())
    writer.close(Ending.COMPLETE)
    texts = " ".join(finding.text for finding in bad(list(check_library(library.folder))))
    assert "not HDF5" in texts
    assert "left.h5 was left behind by a crash: run accord recover" in texts


def test_a_policy_whose_weights_were_changed_is_found(library: Library) -> None:
    weights = library.policy_folder("base") / "weights.npz"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    the_one(list(check_library(library.folder)), "the weights that base was saved with")


def test_a_damaged_selection_is_found(library: Library) -> None:
    library.selection_path("kept").write_text("{")
    the_one(list(check_library(library.folder)), "damaged JSON")


def test_a_selection_that_keeps_an_episode_that_is_gone_is_found(library: Library) -> None:
    library.contents().entries[0].path.unlink()
    the_one(list(check_library(library.folder)), "an episode")


def test_one_bad_thing_does_not_hide_the_others(library: Library) -> None:
    add_policy(library, "second")
    (library.policy_folder("base") / "policy.json").write_text("{")
    library.selection_path("kept").write_text("{")
    library.contents().entries[0].path.write_bytes(b"")
    findings = list(check_library(library.folder))
    assert len(bad(findings)) == 3
    assert "policy second" in [finding.what for finding in findings if finding.grade is Grade.GOOD]


# An episode ------------------------------------------------------------------------------------------------------


def write(
    folder: Path, change: Callable[[np.ndarray, list[EncodedImage]], None], ending: Ending = Ending.COMPLETE, **end: int
) -> Path:
    camera = CameraInfo("front", 32, 24, 30.0, codec="png")
    info = make_info((camera,))
    steps, images = made_up_steps(20, np.random.default_rng(0)), made_up_images(9, camera)
    change(steps, images)
    writer = EpisodeWriter(folder / f"{info.id}.h5", info)
    writer.append_steps(steps)
    writer.append_images("front", images)
    writer.close(ending, **end)
    return writer.path


def _nothing(steps: np.ndarray, images: list[EncodedImage]) -> None:
    pass


def _clock(steps: np.ndarray, images: list[EncodedImage]) -> None:
    steps["t_ns"][7] = steps["t_ns"][6]


def _gap(steps: np.ndarray, images: list[EncodedImage]) -> None:
    steps["step"][10:] += 3


def _camera_clock(steps: np.ndarray, images: list[EncodedImage]) -> None:
    images[4] = images[3]


def _next_scene(steps: np.ndarray, images: list[EncodedImage]) -> None:
    images[-2:] = [replace(image, step=step) for image, step in zip(images[-2:], (20, 22), strict=True)]


def _last_scene(steps: np.ndarray, images: list[EncodedImage]) -> None:
    steps["step"] += 2


def test_a_whole_episode_has_nothing_wrong(tmp_path: Path) -> None:
    assert check_episode(write(tmp_path, _nothing), replayed=False).wrong == ()
    assert check_episode(make_episode(tmp_path, steps=0, views=()), replayed=True).wrong == ()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_clock, "its clock does not always go on"),
        (_gap, "3 steps are missing, the file speaks of 0"),
        (_camera_clock, "the clock of view front does not always go on"),
        (_next_scene, "2 images of view front show steps outside the episode"),
        (_last_scene, "2 images of view front show steps outside the episode"),
    ],
)
def test_what_is_wrong_with_an_episode_is_named(
    tmp_path: Path, change: Callable[[np.ndarray, list[EncodedImage]], None], sentence: str
) -> None:
    assert check_episode(write(tmp_path, change), replayed=False).wrong == (sentence,)


def test_an_image_whose_step_a_kill_took_is_told_of_and_no_fault(tmp_path: Path) -> None:
    checked = check_episode(write(tmp_path, _next_scene, ending=Ending.INCOMPLETE), replayed=False)
    assert checked.wrong == ()
    assert checked.text.endswith("; 2 images of view front show steps outside the episode")


def test_a_loss_that_the_file_admits_is_no_fault(tmp_path: Path) -> None:
    path = write(tmp_path, _gap, steps_lost=3)
    assert check_episode(path, replayed=False).wrong == ()
    assert check_episode(path, replayed=True).wrong == ("it cannot be replayed, because steps are missing",)


def test_commands_lead_to_the_recorded_states_bit_for_bit_and_states_to_the_recorded_bytes(tmp_path: Path) -> None:
    checked = check_episode(write_simulated(tmp_path, count=30), replayed=True)
    assert checked.wrong == ()
    assert "commands give every state bit for bit, 36 of 45 images drawn again, all byte for byte" in checked.text


def test_a_scene_that_was_varied_in_every_way_is_drawn_again_byte_for_byte(tmp_path: Path) -> None:
    variation = {factor.name: factor.possible for factor in cell().task.factors}
    for seed in range(3):
        checked = check_episode(write_simulated(tmp_path, 6, seed, variation=variation), replayed=True)
        assert checked.wrong == ()
        assert "9 of 9 images drawn again, all byte for byte" in checked.text


@pytest.mark.parametrize("task", ["handover", "drawer"])
def test_two_hands_and_furniture_that_moves_are_replayed_and_drawn_again(tmp_path: Path, task: str) -> None:
    checked = check_episode(write_simulated(tmp_path, 6, task=task), replayed=True)
    assert checked.wrong == ()
    assert "commands give every state bit for bit" in checked.text
    assert "images drawn again, all byte for byte" in checked.text


def test_commands_that_were_not_the_ones_sent_are_found(tmp_path: Path) -> None:
    def change(steps: np.ndarray) -> None:
        steps["sent/twist"][9] *= 1.001

    (wrong,) = check_episode(write_simulated(tmp_path, change=change), replayed=True).wrong
    assert wrong.startswith("its commands lead elsewhere from step 10 on")


def test_pictures_of_another_state_are_found_in_each_view(tmp_path: Path) -> None:
    def shift(steps: np.ndarray) -> None:
        steps["physics/state"][:-4] = steps["physics/state"][4:].copy()
        steps["sent/twist"][:-4] = steps["sent/twist"][4:].copy()

    checked = check_episode(write_simulated(tmp_path, count=24, size=(160, 120), change=shift), replayed=True)
    found = [sentence for sentence in checked.wrong if "dB off what its state looks like" in sentence]
    assert [sentence.split("view ")[1].split(" is ")[0] for sentence in found] == ["front", "side", "wrist"]


def test_pictures_that_another_opengl_gave_are_within_the_error_of_encoding(tmp_path: Path) -> None:
    """Mesa's other rasteriser draws them; this process compares."""
    code = (
        "import sys; from pathlib import Path; from simulated import write_simulated\n"
        "print(write_simulated(Path(sys.argv[1]), size=(160, 120)))"
    )
    environment = os.environ | {"GALLIUM_DRIVER": "softpipe", "PYTHONPATH": str(Path(__file__).parents[1])}
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, env=environment
    )
    checked = check_episode(Path(told.stdout.strip()), replayed=True)
    assert checked.wrong == ()
    assert "of 24 images drawn again" in checked.text


def test_a_scene_that_cannot_be_built_again_is_named(tmp_path: Path) -> None:
    wrong = check_episode(write_simulated(tmp_path, model_xml="<mujoco><nonsense/></mujoco>"), replayed=True).wrong
    assert wrong[0].startswith("its scene cannot be built again")
    assert wrong[1].startswith("its pictures cannot be drawn again")


# An export -------------------------------------------------------------------------------------------------------


def test_an_export_is_judged_by_its_loaders_rules(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "out.zarr"
    export_selection(library.folder, "kept", ExportSettings(), target)
    assert check_export(target).grade is Grade.GOOD
    group = zarr.open_group(target, mode="r+")
    group["data/action"].resize((3, 7))  # type: ignore[union-attr]
    finding = check_export(target)
    assert finding.grade is Grade.BAD
    assert "data/action has 3 rows" in finding.text


def test_an_export_without_an_episode_is_bad(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "out.zarr"
    export_selection(library.folder, "kept", ExportSettings(), target)
    zarr.open_group(target, mode="r+")["meta/episode_ends"].resize((0,))  # type: ignore[union-attr]
    assert check_export(target).grade is Grade.BAD


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file.zarr").write_text("x")
    for path in (tmp_path, tmp_path / "none.zarr", tmp_path / "file.zarr"):
        with pytest.raises(ExportError, match="training set at"):
            check_export(path)
