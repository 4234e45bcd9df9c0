"""The clicks as samples, and played into a device that writes a file."""

import subprocess
import sys
import time
from ctypes.util import find_library
from pathlib import Path

import numpy as np
import pytest

from accord.app.ui.sound import MOST_HZ, QUIET, RATE_HZ, Clicks


def clicks_in(disagreement: float, seconds: float = 4.0, block: int = 480) -> int:
    """How many clicks begin: rises after at least 10 ms of silence or of the tail of the one before."""
    made = Clicks()
    sound = np.concatenate([made.block(disagreement, block) for _ in range(round(seconds * RATE_HZ / block))])
    loud = np.flatnonzero(np.abs(sound.astype(int)) > 3000)
    return int(len(loud) > 0) + int(np.sum(np.diff(loud) > 0.02 * RATE_HZ))


def test_agreement_and_what_is_not_scored_are_silent() -> None:
    for quiet in (0.0, QUIET, float("nan")):
        assert not Clicks().block(quiet, 4800).any()


def test_the_more_a_step_conflicts_the_more_often_it_clicks() -> None:
    assert clicks_in(1.0) == pytest.approx(4 * MOST_HZ, abs=2)
    half = QUIET + (1 - QUIET) / 2
    assert clicks_in(half) == pytest.approx(2 * MOST_HZ, abs=2)
    assert clicks_in(half, block=333) == pytest.approx(2 * MOST_HZ, abs=2), "however it is cut into blocks"


def test_a_conflict_is_heard_at_once_and_a_click_that_crosses_a_block_is_whole() -> None:
    made = Clicks()
    made.block(0.0, 480)
    begun, rest = made.block(1.0, 100), made.block(0.0, 480)
    assert begun.any()
    whole = Clicks()
    whole.block(0.0, 480)
    together = whole.block(1.0, 580)
    np.testing.assert_array_equal(np.concatenate((begun, rest))[:280], together[:280])
    assert not made.block(0.0, 480).any()


PLAY = """
import os, sys, time
from accord.app.ui.sound import Sound
sound = Sound()
sound.disagreement = 1.0
until_s = time.monotonic() + 20.0
while os.path.getsize(sys.argv[1]) < int(sys.argv[2]) and time.monotonic() < until_s:
    time.sleep(0.01)
sound.close()
sound.close()
"""


@pytest.mark.skipif(find_library("asound") is None, reason="no libasound")
def test_the_clicks_reach_the_device_at_the_pace_of_the_clock(tmp_path: Path) -> None:
    heard, config = tmp_path / "heard.raw", tmp_path / "asound.conf"
    config.write_text(f'pcm.!default {{ type file slave.pcm {{ type null }} file "{heard}" format "raw" }}')
    began_s = time.monotonic()
    least = round(0.4 * RATE_HZ)
    words = [sys.executable, "-c", PLAY, str(heard), str(least * np.dtype(np.int16).itemsize)]
    subprocess.run(words, env={"ALSA_CONFIG_PATH": str(config)}, check=True, timeout=60)
    took_s = time.monotonic() - began_s
    samples = np.fromfile(heard, np.int16)
    assert least <= len(samples) < (took_s + 0.2) * RATE_HZ
    assert np.abs(samples.astype(int)).max() > 3000


@pytest.mark.skipif(find_library("asound") is None, reason="no libasound")
def test_without_a_device_it_is_one_sentence_and_nothing_on_the_terminal(tmp_path: Path) -> None:
    config = tmp_path / "asound.conf"
    config.write_text("")
    told = subprocess.run(
        [sys.executable, "-c", PLAY], env={"ALSA_CONFIG_PATH": str(config)}, capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    assert "Wanted a sound device, found none that opens" in told.stderr
    assert "ALSA lib" not in told.stderr
