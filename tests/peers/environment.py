"""The second environment: zarr-python 2, which the trainers' own loader runs on. Made once, then reused."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".test-envs" / "zarr2"
PYTHON = ENVIRONMENT / "bin" / "python"
PACKAGES = ("zarr<3", "numcodecs<0.16", "numpy<2.3")
READER = Path(__file__).with_name("open_replay_buffer.py")
_STANDS = ENVIRONMENT / "stands"
"""Written last, so that an environment whose making was cut off is made again."""


@pytest.fixture(scope="session")
def zarr2() -> Path:
    """The Python that has zarr 2."""
    if not _STANDS.exists():
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", *PACKAGES], check=True)
        _STANDS.write_text("\n".join(PACKAGES))
    return PYTHON


def open_with_peer(python: Path, made: Path, *arguments: str) -> dict[str, Any]:
    """Let the peer open a training set, check every rule of its layout, and tell what it saw."""
    done = subprocess.run(
        [str(python), "-I", str(READER), str(made), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
