"""The demo, with fewer episodes than the real one: from an empty folder to a training set that its loader may open."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from accord.app import demo
from accord.app.cli import main
from accord.datasets.fit_settings import FitSettings
from accord.datasets.replay_buffer_rules import broken_rules


@pytest.mark.timeout(400)
def test_the_demo_goes_from_an_empty_folder_to_a_training_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "BASE", replace(demo.BASE, episodes=4))
    monkeypatch.setattr(demo, "NEW", tuple(replace(part, episodes=1) for part in demo.NEW))
    monkeypatch.setattr(demo, "FitSettings", lambda name: FitSettings(name=name, hidden=(64, 64), updates=400))
    assert main(["demo", "--library", str(tmp_path / "demo"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["episodes"]) == 6
    for row in told["episodes"]:
        assert set(row) >= {"episode", "compatibility", "conflict_share", "novel_share", "duration_s", "kept", "why"}
    path = Path(told["export"]["path"])
    assert path == tmp_path / "demo" / "exports" / "compatible.zarr"
    assert broken_rules(path) == []
    assert told["export"]["episodes"] == sum(row["kept"] for row in told["episodes"])
    assert main(["check", "--library", str(tmp_path / "demo"), "--replay"]) == 0
    assert main(["demo", "--library", str(tmp_path / "demo")]) == 2
