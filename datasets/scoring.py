"""Scoring episodes against a base policy, one after another, holding one in memory at a time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accord.datasets.compatibility import EpisodeScore, StepScores
from accord.datasets.counted import counted
from accord.datasets.episode import Episode
from accord.datasets.policy import BasePolicy


class ScoredEpisode(NamedTuple):
    """An episode's score, and what it is made of."""

    score: EpisodeScore
    steps: StepScores
    """Of the steps that count."""
    t_ns: NDArray[np.int64]
    """When each of them began (CLOCK_MONOTONIC) [ns]."""


def score_episode(policy: BasePolicy, episode: Episode) -> ScoredEpisode:
    """Score the steps of an episode in which somebody drove and the robot was not held.

    Raises:
        PolicyError: if no step counts, or the steps do not fit the policy.
        EpisodeError: if the file cannot be read.
    """
    records = _needed(policy, episode)
    steps = policy.score_steps(records)
    score = EpisodeScore.of(episode.info.id, steps.judge(policy.thresholds), episode.duration_s)
    return ScoredEpisode(score, steps, records["t_ns"])


def _needed(policy: BasePolicy, episode: Episode) -> NDArray[np.void]:
    """The counted steps with the fields that scoring needs; the physics state would be most of the bytes."""
    schema = episode.info.schema
    policy.observed.check(schema.dtype)
    policy.commanded.check(schema.dtype)
    wanted = ("t_ns", "mode", "hold", *policy.observed.fields, *policy.commanded.names)
    kept = schema.only(name for name in dict.fromkeys(wanted) if name in schema)
    records = np.empty(len(episode), kept.dtype)
    for field in kept:
        records[field.name] = episode.field(field.name)
    return records[counted(records)]
