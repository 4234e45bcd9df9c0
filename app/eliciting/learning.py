"""Learning: which base episodes an operator watches, those that show best what the policy knows."""

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from accord.app.errors import AppError
from accord.datasets.episode import Episode
from accord.datasets.episode_info import EpisodeInfo
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.scoring import score_episode
from accord.datasets.threads import at_most
from accord.devices.sources.way import Way

BEST = 0.8
"""Of the base episodes, those that the policy fits best. Source: Gandhi et al., CoRL 2022, §4 [1]."""


def drawn(library: Library, policy: BasePolicy, count: int, seed: int) -> tuple[str, ...]:
    """Base episodes to watch: so many, by chance, of the 80 % that the policy fits best.

    Args:
        library: where they are.
        policy: the base policy.
        count: how many; all there are where there are fewer.
        seed: of the draw: the same seed, policy and library give the same episodes.

    Raises:
        AppError: if none of the base episodes is there.
    """
    ranked = best_first(library, policy)
    if not ranked:
        found = f"none of the {len(policy.fitted_to) + len(policy.held_out)} that it was fitted to"
        raise AppError(f"base episodes of {policy.name} to watch", found, "bring them back, or skip watching")
    best = ranked[: math.ceil(BEST * len(ranked))]
    chosen = np.random.default_rng(seed).choice(len(best), min(count, len(best)), replace=False)
    return tuple(best[i] for i in chosen)


def best_first(library: Library, policy: BasePolicy) -> list[str]:
    """The base episodes that are there, those with the smallest mean error first."""
    known = library.index.scores(policy.fingerprint)
    errors: dict[str, float] = {}
    for episode in (*policy.fitted_to, *policy.held_out):
        try:
            if episode in known:
                library.find(episode)
                errors[episode] = float(known[episode].steps.error.mean())
            else:
                with Episode(library.find(episode)) as opened, at_most(1):
                    errors[episode] = float(score_episode(policy, opened).steps.error.mean())
        except AccordError:  # it is gone or damaged: nobody can watch it
            continue
    return sorted(errors, key=lambda episode: (errors[episode], episode))


def shown_strategy(library: Library, policy: BasePolicy) -> str:
    """The strategy that most of the base episodes show, where scripts made them.

    Raises:
        AppError: if none of them is scripted.
    """
    sources = (info.source for info in _infos(library, policy) if info.scripted)
    found = Counter(Way.parse(source.removeprefix("scripted:")).grasp for source in sources)
    if not found:
        raise AppError("scripted base episodes to learn from", f"none in {policy.name}", "choose another base policy")
    return found.most_common(1)[0][0]


def base_arm(library: Library, policy: BasePolicy) -> str:
    """The arm that the base episodes were made with; empty where they are gone or do not say."""
    return next((info.arm for info in _infos(library, policy) if info.arm), "")


def _infos(library: Library, policy: BasePolicy) -> Iterator[EpisodeInfo]:
    """Of the base episodes that are there."""
    for episode in (*policy.fitted_to, *policy.held_out):
        try:
            with Episode(library.find(episode)) as opened:
                info = opened.info
        except AccordError:
            continue
        yield info
