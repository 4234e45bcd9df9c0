"""An import is all of a file or nothing, and what was imported goes the whole way to a training set."""

import argparse
import fcntl
import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest
from foreign import STEPS, put, robomimic, robosuite

from accord.app import importing
from accord.app.cli import main
from accord.app.commands.importing import add_arguments, run
from accord.app.curating import choose_episodes, fit_policy, rows, score_library
from accord.app.errors import AppError
from accord.app.exporting import export_selection
from accord.app.importing import ImportReport, import_apart, import_file
from accord.app.report import Report
from accord.datasets.commanded import commanded
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError, DatasetError, PolicyError
from accord.datasets.exporter import ExportSettings
from accord.datasets.features import ACTION
from accord.datasets.fit_settings import FitSettings
from accord.datasets.importers.imported import Told
from accord.datasets.importers.origin import origin_of
from accord.datasets.library import Library
from accord.datasets.policy_file import load
from accord.datasets.selection import Rule

TOLD = Told(rate_hz=50.0)
TINY = FitSettings(members=2, hidden=(16,), updates=40)


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def accord_import(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(words))


def test_an_episode_says_where_it_comes_from_and_nothing_that_nobody_said(tmp_path: Path) -> None:
    report = import_file(tmp_path / "library", robomimic(tmp_path / "a.hdf5"), TOLD)
    library = Library(tmp_path / "library")
    entries = library.contents().entries
    assert [entry.id for entry in entries] == list(report.imported), "in the order of the file"
    assert (report.steps, report.rate_hz, report.layout, report.task) == (4 * STEPS, 50.0, "robomimic", "door-v0")
    with Episode(entries[3].path) as episode:
        info = episode.info
        assert np.array_equal(episode.t_ns, np.arange(STEPS) * 20_000_000)
    assert (info.operator, info.station, info.simulator, info.instruction, info.arm) == ("", "", "", "", "")
    assert (info.source, info.scripted, info.rate_hz) == ("import:robomimic", False, 50.0)
    origin = origin_of(entries[3].path)
    assert origin is not None
    assert (origin.file, origin.demo, origin.layout, origin.human) == ("a.hdf5", "demo_3", "robomimic", False)
    assert origin.rate_from == "the person who imported it"
    assert origin.reward_sum == 3.0 * STEPS
    assert origin.left_out == ("states",)
    assert entries[3].curation.outcome == "unlabelled"
    assert "human" not in entries[3].curation.note
    assert origin.action_range[1] > 1.0
    assert any("beyond ±1; they are kept" in sentence for sentence in report.sayings)


def test_what_a_person_says_is_kept_as_said(tmp_path: Path) -> None:
    told = Told(rate_hz=50.0, operator="ana", outcome="success", human=True, licence="Apache-2.0")
    import_file(tmp_path / "library", robomimic(tmp_path / "a.hdf5"), told)
    for entry in Library(tmp_path / "library").contents().entries:
        origin = origin_of(entry.path)
        assert origin is not None
        assert (origin.human, origin.licence) == (True, "Apache-2.0")
        assert (entry.summary.operator, entry.curation.outcome) == ("ana", "success")
        assert "human, as the person who imported it says; licence Apache-2.0" in entry.curation.note


def test_an_episode_that_was_recorded_here_has_no_origin(tmp_path: Path) -> None:
    from episodes import make_episode

    assert origin_of(make_episode(tmp_path, steps=3, views=())) is None


def test_the_same_file_is_imported_once(tmp_path: Path) -> None:
    path, folder = robomimic(tmp_path / "a.hdf5"), tmp_path / "library"
    first = import_file(folder, path, TOLD)
    before = everything(folder)
    path.rename(tmp_path / "renamed.hdf5")
    again = import_file(folder, tmp_path / "renamed.hdf5", TOLD)
    assert (again.imported, again.known) == ((), first.imported)
    assert everything(folder) == before
    Library(folder).find(first.imported[1]).unlink()
    third = import_file(folder, tmp_path / "renamed.hdf5", TOLD)
    assert third.imported == first.imported[1:2], "what was deleted may come again"
    assert len(Library(folder).contents().entries) == 4
    with pytest.raises(AppError, match="episodes of this very file at 50 Hz"):
        import_file(folder, tmp_path / "renamed.hdf5", Told(rate_hz=25.0))


def last_is_not_finite(data: h5py.Group) -> None:
    data["demo_3/actions"][STEPS - 1, 0] = np.inf


@pytest.mark.parametrize("change", [last_is_not_finite, put("demo_3/actions", np.zeros((STEPS, 4)))])
def test_nothing_is_left_of_a_file_whose_last_demo_is_wrong(change: Callable[..., None], tmp_path: Path) -> None:
    path, folder = robomimic(tmp_path / "a.hdf5", change=change), tmp_path / "library"
    with pytest.raises(AccordError, match="demo_3"):
        import_file(folder, path, TOLD)
    assert not folder.exists()
    import_file(folder, robosuite(tmp_path / "b.hdf5"), Told())
    before = everything(folder)
    with pytest.raises(AccordError, match="demo_3"):
        import_file(folder, path, TOLD)
    assert everything(folder) == before


def test_nothing_is_left_when_it_stops_half_way(tmp_path: Path) -> None:
    path, folder = robomimic(tmp_path / "a.hdf5"), tmp_path / "library"
    Library.create(folder)

    def report(fraction: float, text: str, details: object = None) -> None:
        if text == "writing demo_2":
            assert len(list(folder.glob("importing-*/*.h5"))) == 2
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        import_file(folder, path, TOLD, report)
    assert Library(folder).contents().entries == ()
    assert not list(folder.glob("importing-*"))


def test_what_a_killed_import_left_is_no_episode_and_goes(tmp_path: Path) -> None:
    path, folder = robomimic(tmp_path / "a.hdf5"), tmp_path / "library"
    first = import_file(tmp_path / "other", path, TOLD)
    origin = origin_of(Library(tmp_path / "other").find(first.imported[0]))
    assert origin is not None
    Library.create(folder)
    stage = folder / f"importing-{origin.sha256[:12]}"
    stage.mkdir()
    (stage / "half.h5").write_bytes(b"half")
    assert Library(folder).contents().entries == ()
    lock = os.open(stage, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AppError, match="another import of it"):
            import_file(folder, path, TOLD)
        assert (stage / "half.h5").exists(), "it belongs to the other one"
    finally:
        os.close(lock)
    assert len(import_file(folder, path, TOLD).imported) == 4
    assert not stage.exists()
    assert not Library(folder).contents().damaged


def test_an_import_apart_is_the_same(tmp_path: Path) -> None:
    path = robomimic(tmp_path / "a.hdf5")
    said: list[str] = []
    report = import_apart(tmp_path / "library", path, TOLD, lambda fraction, text, details=None: said.append(text))
    assert len(report.imported) == 4
    assert said
    with pytest.raises(DatasetError, match="a control rate"):
        import_apart(tmp_path / "library", path, Told())
    with pytest.raises(DatasetError, match="a file nothing"):
        import_apart(tmp_path / "library", tmp_path / "nothing.hdf5", TOLD)


def die(folder: Path, path: Path, told: Told, report: Report) -> ImportReport:
    """A reader as it is when the HDF5 library runs into what is damaged."""
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def never_end(folder: Path, path: Path, told: Told, report: Report) -> ImportReport:
    while True:
        signal.pause()


def test_a_file_that_kills_its_reader_is_damaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importing, "_work", die)
    with pytest.raises(AppError, match="one at which the HDF5 library stops"):
        import_apart(tmp_path / "library", robomimic(tmp_path / "a.hdf5"), TOLD)


def test_a_file_that_is_read_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importing, "_work", never_end)
    monkeypatch.setattr(importing, "PATIENCE_S", 0.2)
    with pytest.raises(AppError, match="one without an end"):
        import_apart(tmp_path / "library", robomimic(tmp_path / "a.hdf5"), TOLD)


@pytest.mark.parametrize("seed", range(6))
def test_bytes_that_changed_are_refused_or_numbers_like_any_other(seed: int, tmp_path: Path) -> None:
    """Whatever is written over, the answer is a sentence or whole episodes, and never a trace."""
    path, folder = robomimic(tmp_path / "a.hdf5", demos=2), tmp_path / "library"
    rng, data = np.random.default_rng(seed), bytearray(path.read_bytes())
    if seed % 3 == 0:
        data = data[: rng.integers(100, len(data))]
    else:
        for at in rng.integers(0, min(len(data), 6000), 12):
            data[at] = rng.integers(0, 256)
    path.write_bytes(data)
    imported: tuple[str, ...] = ()
    with suppress(AccordError):  # anything else, a trace or a death, fails the test
        imported = import_apart(folder, path, TOLD).imported
    contents = Library.create(folder).contents()
    assert [entry.id for entry in contents.entries] == list(imported)
    assert not contents.damaged
    assert not list(folder.glob("importing-*"))


def of_a_hand(path: Path) -> Path:
    """A robomimic file whose key is not also one that the training set has for itself."""

    def change(data: h5py.Group) -> None:
        for demo in data.values():
            demo.move("obs/state", "obs/hand")

    return robomimic(path, change=change)


@pytest.mark.parametrize(("make", "action"), [(of_a_hand, 3), (robosuite, 7)])
def test_imported_episodes_go_the_whole_way(make: Callable[[Path], Path], action: int, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    rate = None if make is robosuite else 50.0
    made = import_file(folder, make(tmp_path / "a.hdf5"), Told(rate_hz=rate, outcome="success")).imported
    fit_policy(folder, "base", made, TINY)
    library = Library(folder)
    policy = load(library.policy_folder("base"))
    assert (policy.commanded.names, policy.commanded.size) == (("sent/action",), action)
    assert score_library(folder, "base") == []
    assert all(row.score is not None for row in rows(library, "base"))
    selection = choose_episodes(library, "kept", Rule())
    assert set(selection.kept) == set(made)
    settings = ExportSettings(action=("sent/action",))
    report = export_selection(folder, "kept", settings, tmp_path / "kept.zarr")
    assert (report.episodes, report.rows) == (len(made), len(made) * STEPS)


def test_the_command_is_accords_own_or_else_whatever_was_sent() -> None:
    own = np.dtype([("sent/gripper", "f8"), ("sent/other", "f8"), ("sent/twist", "f8", 6)])
    assert commanded(own) == ACTION
    assert commanded(np.dtype([("reward", "f8"), ("sent/t_ns", "i8"), ("sent/action", "f8", 3)])) == ("sent/action",)
    with pytest.raises(PolicyError, match="a command in sent/"):
        commanded(np.dtype([("reward", "f8")]))


def test_chosen_fields_of_the_command_are_the_ones_that_are_predicted(tmp_path: Path) -> None:
    from accord.datasets.fit import fit

    made = import_file(tmp_path / "library", robomimic(tmp_path / "a.hdf5"), TOLD).imported
    episodes = []
    for id_ in made:
        with Episode(Library(tmp_path / "library").find(id_)) as episode:
            episodes.append((id_, episode.steps()))
    policy = fit(episodes, replace(TINY, commanded=("reward",), observed=("observation/state",)))
    assert policy.commanded.names == ("reward",)


def test_the_command_line_says_what_came_of_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = [str(robomimic(tmp_path / "a.hdf5")), "--library", str(tmp_path / "library"), "--rate-hz", "50"]
    assert accord_import(*words) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "4 episodes of door-v0, 240 steps at 50 Hz"
    assert "The file names no rate; 50 Hz is what you said, and no measurement." in said
    assert accord_import(*words) == 0
    assert capsys.readouterr().out == "4 episodes of a.hdf5 are there already: all of it was imported before\n"
    assert accord_import(*words, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["known"]) == 4


def test_a_rate_at_which_no_robot_moves_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["import", str(robomimic(tmp_path / "a.hdf5")), "--library", str(tmp_path / "library"), "--rate-hz"]
    for rate in ("0", "1e9"):
        assert main([*words, rate]) == 2
        assert f"Wanted a rate from 1 to 10,000 Hz in --rate-hz, found {float(rate):g} Hz" in capsys.readouterr().err
    assert not (tmp_path / "library").exists()


def test_unlabelled_episodes_are_fitted_when_somebody_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("accord.app.commands.fit._USUAL", TINY)
    import_file(tmp_path / "library", robomimic(tmp_path / "a.hdf5"), TOLD)
    words = ["fit", "--library", str(tmp_path / "library"), "--policy", "base"]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "found none that fit, and 4 unlabelled: say how they ended" in said
    assert "--outcome unlabelled" in said
    assert main([*words, "--outcome", "lost"]) == 2
    assert "an outcome to keep" in capsys.readouterr().err
    unlabelled = [*words, "--outcome", "unlabelled"]
    assert main([*unlabelled, "--observe", "observation/hand_position"]) == 2
    said = capsys.readouterr().err
    assert "steps with observation/hand_position, found observation/state" in said
    assert "name fields that the episodes have" in said
    assert main([*unlabelled, "--members", "2", "--layers", "8", "--observe", "observation/state"]) == 0
    policy = load(Library(tmp_path / "library").policy_folder("base"))
    assert len({*policy.fitted_to, *policy.held_out}) == 4
