"""Environments of their own for peers that cannot live in ours. Made once, then reused."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
READER = Path(__file__).with_name("open_replay_buffer.py")
ZARR2 = ("zarr<3", "numcodecs<0.16", "numpy<2.3")
"""zarr-python 2, which the trainers' own loader runs on."""
OPENPI = ("openpi-client==0.1.2", "numpy<2", "websockets>=15", "typing-extensions")
"""openpi's own client and messages, which need a numpy before 2, and a package that they do not name."""


def environment(name: str, packages: tuple[str, ...]) -> Path:
    """The Python of an environment that has these packages."""
    folder = ROOT / ".test-envs" / name
    python, stands = folder / "bin" / "python", folder / "stands"
    told = "\n".join(packages)
    # Written last, so that an environment whose making was cut off is made again; as is one that had other packages.
    if not stands.exists() or stands.read_text() != told:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], check=True)
        stands.write_text(told)
    return python


@pytest.fixture(scope="session")
def zarr2() -> Path:
    """The Python that has zarr 2."""
    return environment("zarr2", ZARR2)


@pytest.fixture(scope="session")
def openpi() -> Path:
    """The Python that has openpi-client."""
    return environment("openpi", OPENPI)


def open_with_peer(python: Path, made: Path, *arguments: str) -> dict[str, Any]:
    """Let the peer open a training set, check every rule of its layout, and tell what it saw."""
    done = subprocess.run(
        [str(python), "-I", str(READER), str(made), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
