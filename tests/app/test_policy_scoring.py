"""Scoring against a policy over all cores comes to the same as in one process."""

from pathlib import Path

import numpy as np
import pytest
from libraries import OTHER_FIELDS, add_policy, make_library

from accord.app.policy_scoring import score_entries
from accord.app.report import CancelledError, silent
from accord.datasets.index import TimedScores
from accord.datasets.library import Library
from accord.datasets.policy_file import load


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path / "library")


def test_many_processes_find_the_same_scores_as_one(library: Library) -> None:
    folder, entries = library.policy_folder("base"), library.contents().entries
    base = load(folder)
    alone, told = dict(score_entries(base, folder, entries, silent)), list[float]()
    together = dict(score_entries(base, folder, entries, lambda now, text, more=None: told.append(now), enough=1))
    assert together.keys() == alone.keys() == set(entries)
    for entry, found in alone.items():
        other = together[entry]
        assert isinstance(found, TimedScores)
        assert isinstance(other, TimedScores)
        np.testing.assert_array_equal(other.t_ns, found.t_ns)
        np.testing.assert_allclose(other.steps.error, found.steps.error)
    assert max(told) > 0
    assert told == sorted(told)


def test_what_cannot_be_scored_is_said_and_the_others_are_scored(library: Library) -> None:
    entries = library.contents().entries
    entries[1].path.write_bytes(b"noise")
    found = dict(score_entries(load(library.policy_folder("base")), library.policy_folder("base"), entries, silent, 1))
    assert isinstance(found[entries[1]], str)
    assert "not HDF5" in str(found[entries[1]])
    assert sum(isinstance(result, TimedScores) for result in found.values()) == 2


def test_a_policy_for_other_fields_scores_nothing(library: Library) -> None:
    folder = add_policy(library, "other", OTHER_FIELDS)
    found = dict(score_entries(load(folder), folder, library.contents().entries, silent, enough=1))
    assert all("nut_position" in str(result) for result in found.values())


def test_a_policy_that_is_gone_is_told_for_every_episode(library: Library) -> None:
    base = load(library.policy_folder("base"))
    found = dict(score_entries(base, library.folder / "nowhere", library.contents().entries, silent, enough=1))
    assert len(found) == 3
    assert all("policy" in str(result) for result in found.values())


def test_whoever_stops_it_waits_for_nobody(library: Library) -> None:
    def stop(fraction: float, text: str, details: object = None) -> None:
        raise CancelledError

    folder = library.policy_folder("base")
    with pytest.raises(CancelledError):
        list(score_entries(load(folder), folder, library.contents().entries, stop, enough=1))
