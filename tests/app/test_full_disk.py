"""A real file system that really runs full while a real session records on it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SESSION = Path(__file__).parents[1] / "peers" / "full_disk_session.py"
UNSHARE = ["unshare", "--mount", "--map-root-user"]


def may_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    try_it = [*UNSHARE, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    return subprocess.run(try_it, capture_output=True, check=False).returncode == 0


def record_on_small_disk(folder: Path, stop_at: int) -> dict[str, object]:
    if not may_mount(folder):
        pytest.skip("this system allows no file system of one's own (user namespaces are off)")
    script = f"mount -t tmpfs -o size=100m tmpfs {folder} && exec {sys.executable} {SESSION} {folder} {stop_at}"
    done = subprocess.run([*UNSHARE, "sh", "-c", script], capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, object] = json.loads(done.stdout)
    return said


def test_an_episode_ends_well_before_the_disk_is_full(tmp_path: Path) -> None:
    said = record_on_small_disk(tmp_path, stop_at=40 << 20)
    assert (said["ending"], said["outcome"], said["finished"]) == ("INCOMPLETE", "incomplete", "incomplete")
    assert said["reason"] == "the disk was full"
    assert int(str(said["steps"])) >= int(str(said["acknowledged"]))
    assert "free disk to go on recording" in str(said["message"])
    assert "What was recorded so far is saved" in str(said["message"])
    assert said["refused"] == "" or "free disk" in str(said["refused"])
    assert (said["next"], said["next_outcome"]) == ("COMPLETE", "success")


def test_an_episode_is_readable_when_the_last_byte_of_the_disk_is_gone(tmp_path: Path) -> None:
    said = record_on_small_disk(tmp_path, stop_at=0)
    assert (said["ending"], said["outcome"]) == ("INCOMPLETE", "incomplete")
    assert int(str(said["steps"])) >= int(str(said["acknowledged"]))
    assert int(str(said["pictures"])) > 0
    assert said["reason"] == "the disk was full"
    assert "No space left on device: free some space. What was recorded so far is saved." in str(said["message"])
    assert (said["next"], said["next_outcome"]) == ("COMPLETE", "success")
