import numpy as np
import pytest

from accord.datasets import compatibility
from accord.datasets.errors import PolicyError
from accord.datasets.heads import LOG_SPREAD, MeanHead, MixtureHead, head_named


def said(head: MeanHead | MixtureHead, steps: int = 6, members: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (members, steps, head.width)).astype(np.float32)


def test_a_chunk_of_one_is_what_was_said() -> None:
    head = MeanHead(7)
    raw, actions = said(head), np.random.default_rng(1).normal(0, 1, (6, 7))
    assert np.array_equal(head.first(raw), raw)
    assert np.array_equal(head.error(raw, actions), compatibility.error(raw, actions))
    assert head.commands(raw) == pytest.approx(raw.mean(axis=0)[:, None], rel=1e-6)


def test_only_the_first_command_of_a_chunk_is_compared() -> None:
    head, actions = MeanHead(7, chunk=4), np.zeros((6, 7))
    raw = said(head)
    other = raw.copy()
    other[..., 7:] += 5.0
    assert np.array_equal(head.error(raw, actions), head.error(other, actions))
    assert not np.array_equal(head.commands(raw)[:, 1], head.commands(other)[:, 1])
    assert head.commands(raw).shape == (6, 4, 7)


def test_a_mixture_of_one_mode_has_the_squared_error() -> None:
    head, actions = MixtureHead(3, chunk=2, modes=1), np.random.default_rng(1).normal(0, 1, (6, 3))
    raw = said(head)
    assert head.first(raw) == pytest.approx(raw[..., 2:5], rel=1e-6)
    assert head.error(raw, actions) == pytest.approx(compatibility.error(raw[..., 2:5], actions), rel=1e-6)
    assert head.commands(raw[:1])[:, 0] == pytest.approx(raw[0, :, 2:5], rel=1e-6)


def two_ways(weight: float = 0.0, members: int = 1) -> np.ndarray:
    """(K, 1, width) what says: +1 or −1 in both dimensions, with small spreads."""
    return np.tile(np.array([weight, 0.0, -2.0, -2.0, 1.0, 1.0, -1.0, -1.0], np.float32), (members, 1, 1))


def test_who_follows_either_way_agrees_and_who_does_the_mean_of_both_does_not() -> None:
    head = MixtureHead(2, modes=2)
    errors = [float(head.error(two_ways(), np.array([[a, a]]))[0]) for a in (1.0, -1.0, 0.0)]
    assert errors == pytest.approx([0.0, 0.0, 1.0], abs=1e-6)
    assert head.first(two_ways()) == pytest.approx(np.zeros((1, 1, 2)), abs=1e-6)


def test_the_likelier_way_is_driven_not_the_mean() -> None:
    head = MixtureHead(2, modes=2)
    assert head.commands(two_ways(weight=0.5, members=3))[0, 0].tolist() == [1.0, 1.0]
    assert head.commands(two_ways(weight=-0.5, members=3))[0, 0].tolist() == [-1.0, -1.0]


def test_a_mixture_by_a_slow_and_independent_way() -> None:
    head, actions = MixtureHead(2, chunk=3, modes=4), np.random.default_rng(5).normal(0, 1, (6, 2))
    raw = said(head).astype(np.float64)
    expected = np.zeros(6)
    for n in range(6):
        for member in raw[:, n]:
            weights = np.exp(member[:4]) / np.exp(member[:4]).sum()
            spreads = np.exp(np.clip(member[4:8], *LOG_SPREAD))
            means = member[8:].reshape(4, 6)[:, :2]
            gaps = means - actions[n]
            chances = weights * np.exp(-0.5 * (gaps**2).sum(axis=1) / spreads**2) / (2 * np.pi * spreads**2)
            expected[n] += (chances / chances.sum() * (gaps**2).mean(axis=1)).sum() / len(raw)
    assert head.error(raw, actions) == pytest.approx(expected, rel=1e-9)


def test_the_order_of_modes_and_members_does_not_matter() -> None:
    head, actions = MixtureHead(2, modes=2), np.array([[0.3, -0.7]])
    raw = np.concatenate((two_ways(0.4), two_ways(-0.1)))
    turned = raw[::-1][..., [1, 0, 3, 2, 6, 7, 4, 5]]
    assert head.error(raw, actions) == pytest.approx(head.error(turned, actions), rel=1e-12)
    assert head.commands(raw) == pytest.approx(head.commands(turned))


def test_what_is_not_finite_is_refused() -> None:
    head = MixtureHead(2, modes=2)
    with pytest.raises(PolicyError, match="finite actions"):
        head.error(two_ways(), np.array([[np.nan, 0.0]]))


@pytest.mark.parametrize("wrong", [("median", 7, 1, 1), ("mean", 0, 1, 1), ("mixture", 7, 0, 1), ("mixture", 7, 1, 0)])
def test_a_head_that_cannot_be_is_refused(wrong: tuple[str, int, int, int]) -> None:
    with pytest.raises(PolicyError, match="a head mean or mixture"):
        head_named(*wrong)
