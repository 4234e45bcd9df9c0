import math

import numpy as np
import pytest
from motions import motion_of
from numpy.typing import NDArray

from accord.datasets.scores.smoothness import jerk, log_dimensionless_jerk, smoothness, spectral_arc_length

RATE = 100.0


def bell(seconds: float = 1.0, rate_hz: float = RATE) -> NDArray[np.float64]:
    """Speed of the smoothest movement over one metre: the fifth-order polynomial of least jerk."""
    s = np.linspace(0, 1, round(seconds * rate_hz) + 1)
    return 30 * (s**2 - 2 * s**3 + s**4) / seconds


def slow_arc_length(speed: NDArray[np.float64], rate_hz: float) -> float:
    """Frequency by frequency, straight from the definition."""
    n = 1
    while n < len(speed):
        n *= 2
    n *= 16
    amplitudes = []
    for k in range(n // 2 + 1):
        if k * rate_hz / n > 10:
            break
        angles = 2 * np.pi * k * np.arange(len(speed)) / n
        amplitudes.append(math.hypot(float(np.sum(speed * np.cos(angles))), float(np.sum(speed * np.sin(angles)))))
    amplitudes = [value / max(amplitudes) for value in amplitudes]
    last = max(k for k, value in enumerate(amplitudes) if value >= 0.05)
    arc = 0.0
    for k in range(last):
        arc += math.hypot(1 / last, amplitudes[k + 1] - amplitudes[k])
    return -arc


@pytest.mark.parametrize("seed", range(3))
def test_the_arc_length_is_that_of_the_definition(seed: int) -> None:
    speed = np.abs(np.random.default_rng(seed).normal(size=70)) + bell(0.69)
    assert spectral_arc_length(speed, RATE) == pytest.approx(slow_arc_length(speed, RATE), rel=1e-9)


def test_the_arc_length_of_a_smooth_bell_depends_on_neither_duration_nor_size_nor_rate() -> None:
    """A straight line down and along would have −2, a diagonal −√2: a bell has no detour."""
    for seconds in (0.6, 1.0, 2.0, 4.0):
        assert spectral_arc_length(bell(seconds), RATE) == pytest.approx(-1.41, abs=0.03)
    assert spectral_arc_length(7 * bell(), RATE) == pytest.approx(spectral_arc_length(bell(), RATE))
    assert spectral_arc_length(bell(rate_hz=25.0), 25.0) == pytest.approx(spectral_arc_length(bell(), RATE), abs=0.02)


def test_a_movement_in_two_goes_is_less_smooth_and_one_with_tremor_too() -> None:
    once = spectral_arc_length(bell(2.0), RATE)
    twice = spectral_arc_length(np.concatenate((bell(), bell())), RATE)
    tremor = spectral_arc_length(bell(2.0) * (1 + 0.3 * np.sin(2 * np.pi * 6 * np.arange(201) / RATE)), RATE)
    assert twice < once - 0.2
    assert tremor < once - 0.2


def test_the_arc_length_is_the_same_backwards() -> None:
    speed = bell() + np.linspace(0, 0.5, 101)
    assert spectral_arc_length(speed, RATE) == pytest.approx(spectral_arc_length(speed[::-1], RATE))


def test_the_jerk_of_the_movement_of_least_jerk_is_known() -> None:
    """∫jerk² dt = 720 D²/T⁵ and v_max = 1.875 D/T."""
    expected = -math.log(720 / 1.875**2)
    for seconds in (1.0, 3.0):
        velocity = np.stack([bell(seconds, 1000.0), np.zeros(round(seconds * 1000) + 1)], axis=1)
        assert log_dimensionless_jerk(velocity, 1000.0) == pytest.approx(expected, abs=0.02)
        assert log_dimensionless_jerk(5 * velocity[::-1], 1000.0) == pytest.approx(expected, abs=0.02)


def test_the_jerk_is_that_of_the_definition() -> None:
    velocity = np.random.default_rng(0).normal(size=(30, 3))
    total, dt = 0.0, 0.02
    for i in range(1, 29):
        second = [(velocity[i + 1][d] - 2 * velocity[i][d] + velocity[i - 1][d]) / dt**2 for d in range(3)]
        total += sum(value**2 for value in second) * dt
    fastest = max(math.sqrt(sum(value**2 for value in row)) for row in velocity)
    expected = -math.log((30 * dt) ** 3 / fastest**2 * total)
    assert log_dimensionless_jerk(velocity, 50.0) == pytest.approx(expected)


def test_an_episode_is_scored_at_its_own_rate() -> None:
    """The same movement, recorded twice as often, is as smooth."""
    slow, fast = (motion_of(path(rate_hz), rate_hz) for rate_hz in (50.0, 100.0))
    assert smoothness(slow) == pytest.approx(smoothness(fast), abs=0.02)
    assert jerk(slow) == pytest.approx(jerk(fast), abs=0.15)


def path(rate_hz: float) -> NDArray[np.float64]:
    x = np.cumsum(bell(2.0, rate_hz)) / rate_hz
    return np.stack((x, x**2, 0 * x), axis=1)


def test_a_gap_is_not_a_jump() -> None:
    whole = motion_of(path(50.0), 50.0)
    kept = np.delete(np.arange(len(whole)), slice(40, 44))
    gap = motion_of(path(50.0)[kept], 50.0, t_ns=whole.t_ns[kept])
    shut = motion_of(path(50.0)[kept], 50.0)
    assert jerk(gap) > jerk(shut) + 1
    assert jerk(gap) == pytest.approx(jerk(whole), abs=0.5)


def test_what_does_not_move_has_no_smoothness_and_of_two_hands_the_one_counts_that_does() -> None:
    still = np.zeros((100, 3))
    assert math.isnan(smoothness(motion_of(still, 50.0)))
    assert math.isnan(jerk(motion_of(still, 50.0)))
    both = np.stack((path(50.0), np.zeros_like(path(50.0))), axis=1)
    assert smoothness(motion_of(both, 50.0)) == smoothness(motion_of(path(50.0), 50.0))
    assert jerk(motion_of(both, 50.0)) == jerk(motion_of(path(50.0), 50.0))
