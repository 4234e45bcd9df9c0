"""``accord devices``: what it tells, what it writes down, and what it refuses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from leader_stub import LeaderStub, calibrate

from accord.app.cli import VERBS, main
from accord.app.commands import devices
from accord.app.config_folder import VARIABLE
from accord.app.desk import Desk
from accord.app.watched import Reading
from accord.devices.health import Health
from accord.devices.inputs.kinds import kinds
from accord.devices.setup import load_setups


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk of its own for every test."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "desk"))
    monkeypatch.setitem(VERBS, "devices", "")
    return tmp_path / "desk"


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeaderStub]:
    with LeaderStub("koch", tmp_path_factory.mktemp("koch")) as made:
        yield made


def test_kinds_and_devices_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "--watch", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["device", "kind", "state"]
    assert lines[1].split()[:3] == ["keyboard", "keyboard", "connected"]
    assert any(line.startswith("spacemouse: Wanted a SpaceMouse") for line in lines)
    for kind in kinds():
        assert any(line.startswith(f"{kind} ") for line in lines)


def test_what_a_device_says_is_told_for_programs(
    capsys: pytest.CaptureFixture[str], stub: LeaderStub, folder: Path
) -> None:
    stub.mend()
    assert main(["devices", "--add", "arm", "koch", f"port={stub.port}", "baud=1000000"]) == 0
    calibrate("koch", stub.port, folder / "calibrations")
    assert capsys.readouterr().out == f"arm is set up as {kinds()['koch'].text}.\n"
    assert main(["devices", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (arm,) = (device for device in found["devices"] if device["device"] == "arm")
    assert (arm["state"], arm["detail"]) == ("connected", "")
    assert arm["options"] == {"port": stub.port, "baud": 1_000_000}
    (hand,) = arm["hands"]
    assert hand["connected"]
    assert hand["fresh"]
    assert hand["serial"] == stub.port
    assert hand["rate_hz"] > 20.0
    assert hand["age_ms"] < 500.0
    assert len(hand["raw"]) == len(hand["channels"]) == 6
    assert {kind["kind"] for kind in found["kinds"]} == set(kinds())
    assert found["broken_plugins"] == []


class Lying:
    """A desk with one device, whose process begins and whose device speaks so long after the beginning; and a clock."""

    def __init__(self, begins_s: float, speaks_s: float) -> None:
        self.now_s, self._begins_s, self._speaks_s = 0.0, begins_s, speaks_s

    def watch(self, names: list[str]) -> None: ...

    def tick(self) -> None: ...

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def readings(self, name: str) -> tuple[Reading, ...]:
        reports = int(self.now_s >= self._speaks_s)
        return (Reading(None, Health(name, True, "", 0, reports, 0), int(self.now_s >= self._begins_s)),)


@pytest.mark.parametrize(
    ("begins_s", "speaks_s", "asked_s", "listened_s"),
    [
        (0.2, 0.2, None, 1.2),  # its rate is wanted, too
        (0.2, 2.2, None, 2.2),
        (5.0, 7.0, None, 7.0),  # a busy machine
        (0.2, 99.0, None, 3.2),
        (99.0, 99.0, None, 18.0),
        (0.2, 0.2, 0.5, 0.7),
        (0.2, 99.0, 60.0, 60.2),
    ],
)
def test_every_device_is_waited_for_until_it_speaks_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, begins_s: float, speaks_s: float, asked_s: float | None, listened_s: float
) -> None:
    lying = Lying(begins_s, speaks_s)
    monkeypatch.setattr(devices, "time", lying)
    devices._watch(cast("Desk", lying), ["arm"], asked_s)
    assert lying.now_s == pytest.approx(listened_s, abs=0.11)


def test_a_device_is_forgotten(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["devices", "--add", "left", "spacemouse", "serial=S1"]) == 0
    assert [setup.name for setup in load_setups(folder / "devices.toml")] == ["left"]
    assert main(["devices", "--remove", "left"]) == 0
    assert capsys.readouterr().out.endswith("left is forgotten; its calibration stays.\n")
    assert load_setups(folder / "devices.toml") == ()


WRONG: dict[str, tuple[list[str], str]] = {
    "a name alone": (["--add", "arm"], "a name and a kind after --add"),
    "a kind that is none": (["--add", "arm", "magic"], "'magic'"),
    "an option that is none": (["--add", "arm", "koch", "colour=red"], "'colour'"),
    "an option without a value": (["--add", "arm", "koch", "port"], "'port'"),
    "a speed in words": (["--add", "arm", "koch", "baud=fast"], "'fast'"),
    "a choice that is none": (["--add", "phone", "network-hand", "axes=up"], "'up'"),
    "a name that cannot be": (["--add", "Left Arm", "koch"], "'Left Arm'"),
    "a name that is taken": (["--add", "keyboard", "koch"], "'keyboard', which is taken"),
    "one that is not there": (["--remove", "arm"], "'arm'"),
    "one that every desk has": (["--remove", "keyboard"], "'keyboard'"),
    "less than no time": (["--watch", "-1"], "-1"),
    "more than an hour": (["--watch", "1e9"], "1e+09"),
    "no time at all": (["--watch", "nan"], "nan"),
    "both at once": (["--add", "a", "koch", "--remove", "a"], "not allowed with"),
    "a table for programs of nothing": (["--remove", "a", "--json"], "leave out --json"),
}


@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG)
def test_bad_words_are_one_sentence_and_change_nothing(
    capsys: pytest.CaptureFixture[str], folder: Path, words: tuple[list[str], str]
) -> None:
    assert main(["devices", *words[0]]) == 2
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.startswith("accord: Wanted ")
    assert errors.count("\n") == 1, errors
    assert errors.endswith(".\n")
    assert words[1] in errors
    assert not folder.exists()


def test_a_file_that_cannot_be_read_is_told_and_left_as_it_is(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    folder.mkdir()
    path = folder / "devices.toml"
    path.write_text("version = 7\n")
    for words in ([], ["--json"], ["--add", "arm", "koch"], ["--remove", "arm"]):
        assert main(["devices", *words]) == 2
        out, errors = capsys.readouterr()
        assert out == ""
        assert errors.startswith(f"accord: Wanted version 1 of {path}, found version 7")
    assert path.read_text() == "version = 7\n"


def test_a_folder_that_cannot_be_written_is_told(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / ".devices.toml.new").mkdir(parents=True)
    assert main(["devices", "--add", "arm", "koch"]) == 2
    assert capsys.readouterr().err.startswith(f"accord: Wanted to write what is set up into {folder}, found ")
