"""Recording from a terminal with a person's device: typed lines begin and end episodes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from snapshots import ready

from accord.app.cli import main
from accord.app.commands.by_hand import _notice
from accord.app.snapshot import Finished, LiveScore, Snapshot
from accord.datasets.episode import Episode
from accord.datasets.library import Library
from accord.devices.inputs.kinds import kinds
from accord.devices.limits import Hold
from accord.recorders.status import LoopStatus


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    if any(Path("/sys/class/hidraw").glob("hidraw*")):
        pytest.skip("a device is plugged in, and could be a SpaceMouse that drives")
    words = ["record", "--library", str(tmp_path / "library"), "--source", "spacemouse", "--operator", "ada"]
    command = [sys.executable, "-m", "accord.app.cli", *words, "--size", "64x48", "--episodes", "5", "--json"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    yield process
    process.kill()
    process.communicate()


def hear(terminal: subprocess.Popen[str], *words: str) -> str:
    """Read what is said until a line holds all of the words."""
    assert terminal.stderr is not None
    said = []
    for line in terminal.stderr:
        said.append(line)
        if all(word in line for word in words):
            return line
    raise AssertionError(f"never said {words}: {said}")


def type_line(terminal: subprocess.Popen[str], line: str) -> None:
    assert terminal.stdin is not None
    terminal.stdin.write(line + "\n")
    terminal.stdin.flush()


def test_typed_lines_record_and_an_absent_device_holds_the_robot(
    terminal: subprocess.Popen[str], tmp_path: Path
) -> None:
    hear(terminal, "ready", "the input device is silent", "plug it in")
    type_line(terminal, "")
    hear(terminal, "recording")
    type_line(terminal, "f")
    hear(terminal, "No arm moved in the last episode", "kept as a failure: discard it")
    hear(terminal, "ready")
    type_line(terminal, "s")  # on second thoughts it was one
    type_line(terminal, "")
    hear(terminal, "recording")
    type_line(terminal, "d")
    hear(terminal, "ready")
    type_line(terminal, "q")
    out, _ = terminal.communicate(timeout=60)
    assert terminal.returncode == 0
    outcomes = {entry.id: entry.curation.outcome for entry in Library(tmp_path / "library").contents().entries}
    assert sorted(outcomes.values()) == ["discarded", "success"]
    rows = json.loads(out)
    assert {row["episode"] for row in rows} <= set(outcomes)
    assert all(row["still"] for row in rows)
    for entry in Library(tmp_path / "library").contents().entries:
        with Episode(entry.path) as episode:
            assert not episode.field("sent/twist").any()
            assert int(Hold.NONE) not in episode.field("hold")


def told(snapshot: Snapshot, capsys: pytest.CaptureFixture[str]) -> str:
    _notice(snapshot, "")
    return capsys.readouterr().err


def test_a_device_that_is_about_to_speak_is_waited_for_and_only_then_called_silent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    loop = LoopStatus(source="gello", hold=Hold.INPUT_LOST, hold_text="Held: silent.", input_detail="Plug it in.")
    assert told(ready(source="gello", loop=loop, awaited=True), capsys) == "ready  Waiting for gello…\n"
    assert told(ready(source="gello", loop=loop), capsys) == "ready  Held: silent.  Plug it in.\n"


def test_an_episode_without_motion_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    still = Finished("id", "failure", 1.0, LiveScore(), saved=True, still="the input device was silent")
    snapshot = ready(finished=still, message=still.doubt)
    assert told(snapshot, capsys).endswith(
        "No arm moved in the last episode, because the input device was silent. "
        "It is kept as a failure: discard it, or do it over.\n"
    )


def test_the_help_names_every_kind_that_can_drive_and_where_devices_are_set_up(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["record", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for kind in kinds().values():
        assert (kind.name in said) == kind.drives, kind.name
    assert "accord devices --add" in said
