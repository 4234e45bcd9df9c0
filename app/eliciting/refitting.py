"""Refitting: the next version of a base policy, fitted to its own base and what was accepted since."""

import re
from itertools import count

from accord.app.eliciting.lesson import Lesson
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load

_VERSION = re.compile(r"(?P<stem>.+)-r(?P<number>[1-9]\d{0,5})")


def next_name(library: Library, policy: str) -> str:
    """``base`` → ``base-r2`` → ``base-r3``; a number that is taken is left out."""
    found = _VERSION.fullmatch(policy)
    stem, first = (found["stem"], int(found["number"]) + 1) if found else (policy, 2)
    return next(name for n in count(first) if not library.policy_folder(name := f"{stem}-r{n}").exists())


def base_of(policy: BasePolicy, lesson: Lesson) -> tuple[str, ...]:
    """Ids of the episodes of the next version: those of this one, and what was accepted in this round."""
    accepted = (attempt.episode for attempt in lesson.accepted_now)
    return tuple(dict.fromkeys((*policy.fitted_to, *policy.held_out, *accepted)))


def stands(library: Library, name: str, episodes: tuple[str, ...]) -> bool:
    """Whether a policy of this name was fitted to just these episodes: a fit that was done when nobody heard of it."""
    try:
        policy = load(library.known_policy(name))
    except AccordError:
        return False
    return {*policy.fitted_to, *policy.held_out} == set(episodes)
