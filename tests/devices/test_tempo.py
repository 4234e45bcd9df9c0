"""How regularly a device reports."""

import numpy as np
import pytest

from accord.devices.tempo import Tempo

MS = 1_000_000
START_NS = 5_000 * MS


def heard(tempo: Tempo, *times_ms: float) -> Tempo:
    for t_ms in times_ms:
        tempo.heard(START_NS + round(t_ms * MS))
    return tempo


def test_nothing_is_known_before_there_are_two_reports() -> None:
    tempo = Tempo()
    assert (tempo.rate_hz, tempo.jitter_ms) == (0.0, 0.0)
    heard(tempo, 5000.0)
    assert (tempo.rate_hz, tempo.jitter_ms) == (0.0, 0.0)


@pytest.mark.parametrize("every_ms", [1.0, 8.0, 16.0, 100.0])
def test_a_steady_device_has_its_rate_and_no_jitter(every_ms: float) -> None:
    tempo = heard(Tempo(), *np.arange(1, 200) * every_ms)
    assert tempo.rate_hz == pytest.approx(1000.0 / every_ms)
    assert tempo.jitter_ms == pytest.approx(0.0)


def test_the_jitter_is_how_late_the_late_ones_are() -> None:
    late = np.where(np.arange(400) % 10 == 0, 10.0, 0.0)  # every tenth interval is longer, the one behind it shorter
    tempo = heard(Tempo(), *(np.arange(1, 401) * 20.0 + late))
    assert tempo.jitter_ms == pytest.approx(10.0, abs=0.5)
    assert tempo.rate_hz == pytest.approx(50.0, rel=0.02)


def test_only_the_newest_count() -> None:
    tempo = heard(Tempo(), *np.arange(1, 100) * 100.0)
    last_ms = 9900.0
    assert heard(tempo, *(last_ms + np.arange(1, 100) * 10.0)).rate_hz == pytest.approx(100.0)


def test_a_rest_and_a_clock_that_stands_still_are_no_intervals() -> None:
    tempo = heard(Tempo(), *np.arange(1, 20) * 10.0)
    heard(tempo, 60_000.0, 60_000.0, 60_010.0)
    assert tempo.rate_hz == pytest.approx(100.0)


def test_what_was_is_forgotten() -> None:
    tempo = heard(Tempo(), *np.arange(1, 20) * 10.0)
    tempo.clear()
    assert (tempo.rate_hz, tempo.jitter_ms) == (0.0, 0.0)
    assert heard(tempo, 500.0, 520.0).rate_hz == pytest.approx(50.0)
