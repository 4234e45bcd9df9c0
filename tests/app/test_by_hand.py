"""Recording from a terminal with a person's device: typed lines begin and end episodes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accord.datasets.episode import Episode
from accord.datasets.library import Library
from accord.devices.limits import Hold


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
    assert {row["episode"] for row in json.loads(out)} <= set(outcomes)
    for entry in Library(tmp_path / "library").contents().entries:
        with Episode(entry.path) as episode:
            assert not episode.field("sent/twist").any()
            assert int(Hold.NONE) not in episode.field("hold")
