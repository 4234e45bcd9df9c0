"""Settling: what became of an episode, also of one whose recorder or whose whole session died."""

import time

from accord.app.eliciting.judging import Found, found
from accord.app.errors import AppError
from accord.datasets.episode import Episode
from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import is_being_written
from accord.datasets.errors import LibraryError
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.recovery import is_unfinished
from accord.datasets.threads import at_most

_CLOSED_WITHIN_S = 15.0
"""A recorder that is alone in the world notices that within a second, and waits one more for the last pictures."""
_DECIDED_WITHIN_S = 3.0
"""The outcome follows the closed file at once, unless whoever writes it died between the two."""
_LOOK_S = 0.02


def settled(library: Library, episode: str, policy: BasePolicy, measure: str) -> Found:
    """Wait until an episode's file is closed, mend it if nobody will, and score it.

    Args:
        library: where it is.
        episode: its id.
        policy: the base policy.
        measure: see `accord.app.eliciting.judging.found`.

    Raises:
        AccordError: if the file is still being written, or cannot be mended or read.
    """
    try:
        path = library.find(episode)
    except LibraryError:  # it never began: the disk was full, or the recorder died first
        return Found(episode, "unlabelled")
    deadline = time.monotonic() + _CLOSED_WITHIN_S
    while is_being_written(path):
        if time.monotonic() > deadline:
            raise AppError(f"episode {episode[:8]} to end", "that it is still being written", "close who records it")
        time.sleep(_LOOK_S)
    if is_unfinished(path):
        library.recover(path)
    with Episode(path) as opened, at_most(1):
        outcome = "incomplete" if opened.ending is Ending.INCOMPLETE else _outcome(library, episode)
        return found(episode, outcome, opened.steps(), policy, measure)


def _outcome(library: Library, episode: str) -> str:
    deadline = time.monotonic() + _DECIDED_WITHIN_S
    while (outcome := library.decisions.outcome(episode)) == "unlabelled" and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
    return outcome
