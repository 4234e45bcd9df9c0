"""Staleness: each way in which an episode can change under a policy is told, and nothing else is."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py  # type: ignore[import-untyped]
import pytest
from libraries import add_episode
from policies import random_policy

from accord.datasets.decisions import Kind
from accord.datasets.episode import Episode
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load, save
from accord.datasets.staleness import changes, told
from accord.datasets.used import Used

TRIM, CUTS = (0.1, 0.5), ((0.2, 0.3),)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library.create(tmp_path / "library")
    for number in range(3):
        add_episode(made, number)
    return made


@pytest.fixture
def policy(library: Library) -> BasePolicy:
    """Fitted to two episodes, with the third held out, read back from its file."""
    entries = library.contents().entries
    library.decisions.append("ana", entries[1].id, Kind.TRIM, list(TRIM))
    used = {}
    for entry, trim, cuts in zip(entries, (None, TRIM, None), ((), (), CUTS), strict=True):
        with Episode(entry.path) as episode:
            used[entry.id] = Used.of(episode, trim, cuts)
    ids = [entry.id for entry in entries]
    made = replace(random_policy(), name="base", fitted_to=tuple(ids[:2]), held_out=(ids[2],), used=used)
    save(made, library.policy_folder("base"))
    return load(library.policy_folder("base"))


def test_nothing_is_told_while_nothing_changed(library: Library, policy: BasePolicy) -> None:
    for entry in library.contents().entries:
        library.decisions.append("ana", entry.id, Kind.NOTE, "look at the grasp")
        entry.path.touch()
    assert changes(policy, library) == {}
    assert told(policy, library) == ""
    assert policy.used[policy.held_out[0]].cuts == CUTS


def _remove(library: Library, episode: str) -> None:
    library.find(episode).unlink()


def _trim(library: Library, episode: str) -> None:
    library.decisions.append("ana", episode, Kind.TRIM, [0.0, 0.4])


def _discard(library: Library, episode: str) -> None:
    library.decisions.append("ana", episode, Kind.OUTCOME, "discarded")


def _change(library: Library, episode: str) -> None:
    with h5py.File(library.find(episode), "r+") as file:
        file["steps/sent/gripper"][3] = 0.25


def _damage(library: Library, episode: str) -> None:
    library.find(episode).write_bytes(b"no episode")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_remove, "gone"), (_trim, "trimmed otherwise"), (_discard, "discarded"),
        (_change, "with other steps"), (_damage, "unreadable"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("which", [1, 2])
def test_each_change_is_told_with_its_episode(
    library: Library, policy: BasePolicy, change: Callable[[Library, str], None], reason: str, which: int
) -> None:
    episode = (*policy.fitted_to, *policy.held_out)[which]
    change(library, episode)
    assert changes(policy, library) == {episode: reason}
    said = f"base: 1 of its 3 episodes changed since: 1 {reason} ({episode[:8]}). Fit it again."
    assert told(policy, library) == said


def test_a_policy_that_remembers_nothing_says_only_what_is_gone_or_in_the_bin(
    library: Library, policy: BasePolicy
) -> None:
    forgetful = replace(policy, used={})
    _trim(library, policy.fitted_to[0])
    assert changes(forgetful, library) == {}
    _discard(library, policy.fitted_to[0])
    assert changes(forgetful, library) == {policy.fitted_to[0]: "discarded"}


def test_another_episode_with_the_same_beginning_is_not_taken_for_it(library: Library, policy: BasePolicy) -> None:
    path = library.find(policy.held_out[0])
    path.rename(path.with_name(f"{path.stem}-again.h5"))
    assert changes(policy, library) == {path.stem: "gone"}


def test_many_changes_are_counted_by_their_kind(library: Library, policy: BasePolicy) -> None:
    _trim(library, policy.fitted_to[0])
    _trim(library, policy.fitted_to[1])
    gone = replace(policy, held_out=tuple(str(uuid.uuid4()) for _ in range(8)))
    said = told(gone, library)
    assert said.startswith(f"base: 10 of its 10 episodes changed since: 8 gone ({gone.held_out[0][:8]}, ")
    trimmed = ", ".join(episode[:8] for episode in policy.fitted_to)
    assert said.endswith(f" and 5 more), 2 trimmed otherwise ({trimmed}). Fit it again.")


def test_a_file_is_read_again_only_when_it_has_changed(library: Library, policy: BasePolicy) -> None:
    assert changes(policy, library) == {}
    _change(library, policy.fitted_to[0])
    assert changes(policy, library) == {policy.fitted_to[0]: "with other steps"}
