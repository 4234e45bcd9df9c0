"""Refitting: the next version of a base policy, fitted to its own base and what was accepted since."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from accord.app.eliciting.lesson import Lesson
from accord.datasets.decisions import Curation
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load
from accord.datasets.trim import Cuts

_VERSION = re.compile(r"(?P<stem>.+)-r(?P<number>[1-9]\d{0,5})")


@dataclass(frozen=True, slots=True)
class NextBase:
    """What the next version of a base policy is fitted to."""

    episodes: tuple[str, ...]
    """Ids: those of this version, then what was accepted in this round."""
    left_out: tuple[str, ...]
    """One line for each episode that belonged to them, and why it does not any more."""
    cuts: Mapping[str, Cuts]
    """Episode → what a selection cut out of it when this version was fitted."""


def next_name(library: Library, policy: str) -> str:
    """``base`` → ``base-r2`` → ``base-r3``; a number that is taken is left out."""
    found = _VERSION.fullmatch(policy)
    stem, first = (found["stem"], int(found["number"]) + 1) if found else (policy, 2)
    return next(name for n in count(first) if not library.policy_folder(name := f"{stem}-r{n}").exists())


def base_of(library: Library, policy: BasePolicy, lesson: Lesson) -> NextBase:
    """What the next version is fitted to, after what a curator has decided since."""
    accepted = {attempt.episode for attempt in lesson.accepted}
    now = dict.fromkeys((*policy.fitted_to, *policy.held_out, *(one.episode for one in lesson.accepted_now)))
    there = {path.stem for path in (library.folder / "episodes").glob("*/*.h5")}
    curations = library.decisions.present()
    why = {
        episode: _missing(curations.get(episode, Curation()), episode in accepted) if episode in there else "gone"
        for episode in now
    }
    episodes = tuple(episode for episode in now if not why[episode])
    left_out = tuple(f"episode {episode[:8]} in the refit: it is {why[episode]}" for episode in now if why[episode])
    cuts = {episode: policy.used[episode].cuts for episode in episodes if episode in policy.used}
    return NextBase(episodes, left_out, {episode: cut for episode, cut in cuts.items() if cut})


def _missing(curation: Curation, accepted: bool) -> str:
    """Why an episode is not to be learned from any more; empty where it is.

    The base of the policy is left as ``accord fit --again`` leaves it: somebody may have chosen failures for it. What
    this lesson accepted it accepted as a success that agrees, and a curator may know better.
    """
    if curation.outcome == "discarded":
        return "discarded"
    if accepted and curation.outcome in ("failure", "incomplete"):
        return f"{curation.outcome} by now"
    return "rejected by now" if accepted and curation.verdict == "reject" else ""


def stands(library: Library, name: str, episodes: tuple[str, ...]) -> bool:
    """Whether a policy of this name was fitted to just these episodes: a fit that was done when nobody heard of it."""
    try:
        policy = load(library.known_policy(name))
    except AccordError:
        return False
    return {*policy.fitted_to, *policy.held_out} == set(episodes)
