import math
from pathlib import Path

import numpy as np
import pytest
from libraries import add_episode

from accord.datasets.decisions import Kind
from accord.datasets.errors import LibraryError
from accord.datasets.library import Library
from accord.datasets.scores.catalogue import NAMES
from accord.datasets.scores.library import CACHE, PlainScores, plain_scores
from accord.datasets.scores.reading import read_motion
from accord.datasets.scores.table import score_library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library.create(tmp_path / "library")
    for number in range(5):
        add_episode(made, number)
    return made


def fresh(library: Library, base: tuple[str, ...] = ()) -> PlainScores:
    """Without the cache."""
    rows = score_library([read_motion(entry.path, entry.curation.trim) for entry in library.contents().entries], base)
    return PlainScores(rows, ())


def same(one: PlainScores, other: PlainScores) -> bool:
    return list(one.rows) == list(other.rows) and all(
        np.array_equal(list(row.values()), list(other.rows[episode].values()), equal_nan=True)
        for episode, row in one.rows.items()
    )


def scored(library: Library, base: tuple[str, ...] = ()) -> tuple[PlainScores, int]:
    """The scores, and how many episodes were read for them."""
    told = []
    scores = plain_scores(library, base, progress=lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1]
    return scores, told[-1][1]


def ids(library: Library) -> tuple[str, ...]:
    return tuple(entry.id for entry in library.contents().entries)


def test_a_library_is_read_once_and_its_scores_are_those_of_its_episodes(library: Library) -> None:
    base = ids(library)[:2]
    (first, read), (second, again) = scored(library, base), scored(library, base)
    assert (read, again) == (5, 0)
    assert same(first, fresh(library, base))
    assert same(second, first)
    assert tuple(first.rows[base[0]]) == NAMES


def test_scores_are_exact_again_when_the_episodes_change(library: Library) -> None:
    before, _ = scored(library)
    add_episode(library, 7)
    after, read = scored(library)
    assert read == 1
    assert same(after, fresh(library))
    assert {name for name in NAMES if before.rows[ids(library)[0]][name] != after.rows[ids(library)[0]][name]} >= {
        "action-divergence", "transition-diversity", "mutual-information"
    }  # fmt: skip
    library.find(ids(library)[-1]).unlink()
    assert same(scored(library)[0], before)


def test_scores_are_exact_again_when_the_base_changes(library: Library) -> None:
    (none, _), (some, read) = scored(library), scored(library, ids(library)[:2])
    assert read == 0
    assert same(some, fresh(library, ids(library)[:2]))
    assert math.isnan(none.rows[ids(library)[0]]["nearest-base"])


def test_a_trimmed_episode_is_scored_without_what_was_cut(library: Library) -> None:
    before, _ = scored(library)
    library.decisions.append("ana", ids(library)[0], Kind.TRIM, [0.1, 0.5])
    after, read = scored(library)
    assert read == 1
    assert after.rows[ids(library)[0]]["duration"] == pytest.approx(0.4)
    assert before.rows[ids(library)[0]]["duration"] == pytest.approx(0.78)
    assert same(after, fresh(library))


def test_discarded_episodes_are_not_compared_unless_they_are_named(library: Library) -> None:
    library.decisions.append("robot", ids(library)[0], Kind.OUTCOME, "discarded")
    assert ids(library)[0] not in scored(library)[0].rows
    assert len(plain_scores(library, entries=library.contents().entries[:3]).rows) == 3


def test_an_episode_that_cannot_be_scored_is_told_in_a_sentence_and_the_others_are_scored(library: Library) -> None:
    library.decisions.append("ana", ids(library)[0], Kind.TRIM, [5, 6])
    found, _ = scored(library)
    assert len(found.rows) == 4
    assert found.problems == (
        f"Wanted a driven step in episode {ids(library)[0]}, found none: leave this episode out.",
    )


def test_a_damaged_cache_is_made_anew(library: Library) -> None:
    before, _ = scored(library)
    cache = library.folder / CACHE
    cache.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    after, read = scored(library)
    assert read == 5
    assert same(after, before)


def test_a_cache_that_cannot_be_written_is_said_in_a_sentence(library: Library) -> None:
    (library.folder / CACHE).mkdir()
    with pytest.raises(LibraryError, match=r"^Wanted kept scores in scores\.sqlite, found "):
        plain_scores(library)


def test_what_stops_the_reading_keeps_what_was_read_by_then(library: Library) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, of: int) -> None:
        if done == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        plain_scores(library, progress=stop)
    assert scored(library)[1] == 2
