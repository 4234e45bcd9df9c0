"""Whatever a person sets up is on disk whole, or what was there before stays."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.devices import mapping
from accord.devices.calibration import Calibration, Calibrations, JointCalibration
from accord.devices.errors import DeviceError
from accord.devices.mapping import Mapping
from accord.devices.setup import Setup, save_setups
from accord.devices.whole_file import write_whole


def calibrated(path: Path, upper: float) -> None:
    joint = JointCalibration(2048.0, 0.0, 1, -1.0, upper, 4096)
    assert Calibrations(path.parent).save(Calibration("A1", "gello", (joint,))) == path


SAVED: dict[str, tuple[Callable[[Path], object], Callable[[Path], object]]] = {
    "devices.toml": (
        lambda path: save_setups((Setup("mouse", "spacemouse"),), path),
        lambda path: save_setups((Setup("other", "spacemouse"),), path),
    ),
    "calm.toml": (
        lambda path: mapping.save(Mapping(), path),
        lambda path: mapping.save(Mapping(linear_m_s=0.05), path),
    ),
    "A1.toml": (lambda path: calibrated(path, 1.0), lambda path: calibrated(path, 2.0)),
}


@pytest.mark.parametrize("name", SAVED)
def test_a_disk_that_fails_leaves_what_was_there(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, (save, change) = tmp_path / name, SAVED[name]
    save(path)
    before = path.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises((OSError, DeviceError), match=r"[Nn]o space left on device"):
            change(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path], "no draft is left"
    change(path)
    assert path.read_bytes() != before


def test_a_folder_where_the_draft_would_lie_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / ".devices.toml.new").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "devices.toml", "version = 1\n")
    assert (tmp_path / ".devices.toml.new").is_dir()
