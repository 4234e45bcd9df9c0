"""Base policies and strategies made for tests: made up, never said to be demonstrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import numpy as np
from episodes import SCHEMA, START_NS
from numpy.typing import NDArray

from accord.datasets.compatibility import Thresholds
from accord.datasets.ensemble import Ensemble
from accord.datasets.features import ACTION, Features, observed
from accord.datasets.incompatibility import Usual
from accord.datasets.nearness import spread_over
from accord.datasets.normalisation import Normalisation
from accord.datasets.policy import BasePolicy

SCRIPTED = 4
_ABOVE = 0.28
_CAP = 0.15


def knowing(policy: BasePolicy, episodes: list[NDArray[np.void]]) -> BasePolicy:
    """The same policy as if it had been fitted to all of these but the last, which is held out."""
    seen = [policy.observation_normalisation.apply(policy.observations(steps)) for steps in episodes]
    done = [policy.action_normalisation.apply(policy.actions(steps)) for steps in episodes]
    base = np.concatenate(seen[:-1]), np.concatenate(done[:-1])
    states = base[0][spread_over(len(base[0]))].astype(np.float32)
    return replace(policy, states=states, usual=Usual.of(base, (seen[-1], done[-1])))


def proposed(policy: BasePolicy, observations: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, H, A) the next H commands from each of these observations (N, O) on, all at once."""
    return np.concatenate([policy.as_commands(raw) for _, raw in policy._batches(observations)])


def random_policy(
    members: int = 5, hidden: tuple[int, ...] = (32, 32), seed: int = 0, dtype: np.dtype[np.void] = SCHEMA.dtype
) -> BasePolicy:
    """A policy with random weights, for tests that need one but no fit."""
    rng = np.random.default_rng(seed)
    seen, done = Features.of(observed(dtype), dtype), Features.of(ACTION, dtype)
    sizes = (seen.size, *hidden, done.size)
    weights = [rng.normal(0, (2 / a) ** 0.5, (members, a, b)) for a, b in pairwise(sizes)]
    biases = [rng.normal(0, 0.1, (members, size)) for size in sizes[1:]]
    return BasePolicy(
        name="random",
        task="square-nut",
        observed=seen,
        commanded=done,
        observation_normalisation=Normalisation(rng.normal(0, 0.1, seen.size), rng.uniform(0.05, 0.5, seen.size)),
        action_normalisation=Normalisation(rng.normal(0, 0.1, done.size), rng.uniform(0.05, 0.5, done.size)),
        ensemble=Ensemble(
            tuple(weight.astype(np.float32) for weight in weights), tuple(bias.astype(np.float32) for bias in biases)
        ),
        thresholds=Thresholds(3.0, 1.2),
        fitted_to=("a", "b"),
        held_out=("c",),
        rate_hz=50.0,
        metrics={"validation_error": 0.1},
        created_ns=1_790_000_000 * 10**9,
        software={"accord": "0.1.0"},
    )


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Matrices as small as in tests only lose by a second thread."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def drive(strategy: str, seed: int, rate_hz: float = 50.0) -> NDArray[np.void]:
    """Steps of a made-up hand that goes to a nut: ``across`` and then down, or ``down`` and then across."""
    rng = np.random.default_rng(seed)
    start = np.array([0.35, 0.0, 0.3]) + rng.uniform(-0.05, 0.05, 3)
    nut = np.array([0.5, -0.1, 0.02]) + np.append(rng.uniform(-0.08, 0.08, 2), 0)
    corner = np.array([*nut[:2], _ABOVE]) if strategy == "across" else np.array([*start[:2], 0.06])
    hand, twists, hands = start, [], []
    for goal, near in ((corner, 0.015), (nut, 0.004)):
        while np.linalg.norm(goal - hand) > near and len(hands) < 1000:
            wanted = 4.0 * (goal - hand)
            velocity = wanted * min(1.0, _CAP / float(np.linalg.norm(wanted))) + rng.normal(0, 0.05 * _CAP, 3)
            hands.append(hand)
            twists.append(velocity)
            hand = hand + velocity / rate_hz
    return _records(np.array(hands), np.array(twists), nut, rate_hz)


def _records(
    hands: NDArray[np.float64], twists: NDArray[np.float64], nut: NDArray[np.float64], rate_hz: float
) -> NDArray[np.void]:
    records = np.zeros(len(hands), SCHEMA.dtype)
    records["t_ns"] = START_NS + (np.arange(len(hands)) * 1e9 / rate_hz).astype(np.int64)
    records["step"], records["mode"] = np.arange(len(hands)), SCRIPTED
    records["observation/hand_position"], records["observation/nut_position"] = hands, nut
    records["observation/hand_quaternion"], records["observation/nut_quaternion"] = (0, 1, 0, 0), (1, 0, 0, 0)
    records["observation/gripper_width"] = 0.08
    records["sent/twist"][:, :3], records["sent/gripper"] = twists, 1.0
    return records
