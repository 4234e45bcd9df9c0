"""The index: everything in it can be found out again, so nothing that happens to it is an error."""

import shutil
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from episodes import make_episode
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from accord.datasets.compatibility import StepScores
from accord.datasets.episode import Episode
from accord.datasets.errors import LibraryError
from accord.datasets.images import decode
from accord.datasets.index import THUMBNAIL, Index, Summary, TimedScores, summarise

NUMBERS = arrays(np.float64, st.just(7), elements=st.floats(0, 1e6))


def summary(folder: Path) -> tuple[Summary, bytes]:
    with Episode(make_episode(folder, operator="ana", views=("front", "side"))) as episode:
        return summarise(episode)


def test_a_summary_says_what_the_episode_says(tmp_path: Path) -> None:
    path = make_episode(tmp_path, operator="ana", views=("front", "side"))
    with Episode(path) as episode:
        told, picture = summarise(episode)
    assert (told.episode, told.operator, told.views) == (path.stem, "ana", ("front", "side"))
    assert (told.steps, told.rate_hz, told.complete, told.scripted) == (100, 50.0, True, True)
    assert (told.size, told.succeeded) == (path.stat().st_size, False)
    assert decode(picture).shape == (THUMBNAIL[1], THUMBNAIL[0], 3)


def test_what_was_remembered_comes_back_until_it_is_forgotten(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.sqlite")
    told, picture = summary(tmp_path)
    index.remember("a/b.h5", 3, 5, told, picture)
    assert Index(tmp_path / "index.sqlite").summaries() == {"a/b.h5": (3, 5, told)}
    assert index.thumbnail("a/b.h5") == picture
    index.remember("a/b.h5", 4, 6, replace(told, steps=9), b"")
    assert index.summaries() == {"a/b.h5": (4, 6, replace(told, steps=9))}
    index.forget("a/b.h5")
    assert index.summaries() == {}
    assert index.thumbnail("a/b.h5") == b""


@given(NUMBERS, NUMBERS)
def test_scores_come_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, error: np.ndarray, novelty: np.ndarray
) -> None:
    index = Index(tmp_path_factory.mktemp("index") / "index.sqlite")
    index.keep_scores("e", "p", TimedScores(StepScores(error, novelty, novelty[::-1], error[::-1]), np.arange(7)))
    (found,) = index.scores("p").values()
    assert found.steps.error.tobytes() == error.tobytes()
    assert found.steps.novelty.tobytes() == novelty.tobytes()
    assert found.steps.distance.tobytes() == novelty[::-1].tobytes()
    assert found.steps.incompatibility.tobytes() == error[::-1].tobytes()
    assert found.t_ns.tolist() == list(range(7))
    assert index.scores("another policy") == {}


def test_an_episode_that_is_read_anew_is_scored_anew(tmp_path: Path) -> None:
    index, (told, _) = Index(tmp_path / "index.sqlite"), summary(tmp_path)
    scores = TimedScores(StepScores(*np.zeros((4, 7))), np.arange(7))
    index.remember("a/b.h5", 3, 5, told, b"")
    for episode in (told.episode, "another"):
        index.keep_scores(episode, "p", scores)
    index.remember("a/b.h5", 4, 5, told, b"")
    assert list(index.scores("p")) == ["another"]


def _delete(path: Path) -> None:
    path.unlink()


def _delete_all(path: Path) -> None:
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)


def _noise(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _torn(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096])


def _another_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript("DROP TABLE episode; CREATE TABLE episode (colour TEXT); PRAGMA user_version = 77;")


@pytest.mark.parametrize("damage", [_delete, _delete_all, _noise, _zeros, _torn, _cut, _another_version])
def test_an_index_that_is_gone_damaged_or_of_another_version_is_made_anew(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "index.sqlite"
    index = Index(path)
    told, picture = summary(tmp_path)
    for i in range(50):
        index.remember(f"{i}.h5", 3, 5, told, picture)
    assert callable(damage)
    damage(path)
    again = Index(path)
    assert again.summaries() in ({}, {f"{i}.h5": (3, 5, told) for i in range(50)})
    again.remember("new.h5", 1, 1, told, picture)
    assert "new.h5" in again.summaries()
    assert again.scores("p") == {}


@pytest.mark.parametrize("damage", [_delete, _delete_all, _noise, _torn])
def test_it_may_be_deleted_or_damaged_while_it_is_open(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "index.sqlite"
    index = Index(path)
    told, picture = summary(tmp_path)
    for i in range(50):
        index.remember(f"{i}.h5", 3, 5, told, picture)
    assert callable(damage)
    damage(path)
    assert index.summaries() == {}
    index.remember("new.h5", 1, 1, told, picture)
    assert list(index.summaries()) == ["new.h5"]


def test_an_index_that_somebody_else_holds_is_not_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(tmp_path / "index.sqlite")
    told, picture = summary(tmp_path)
    index.remember("a.h5", 3, 5, told, picture)
    really = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, timeout: really(path, timeout=0.0))
    with closing(really(tmp_path / "index.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="locked"):
            index.remember("b.h5", 3, 5, told, picture)
        assert list(index.summaries()) == ["a.h5"], "readers do not wait"
        other.rollback()
    index.remember("b.h5", 3, 5, told, picture)
    assert sorted(index.summaries()) == ["a.h5", "b.h5"]


def test_a_place_where_no_index_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite").mkdir()
    with pytest.raises(LibraryError, match="an index in"):
        Index(tmp_path / "index.sqlite")
    with pytest.raises(LibraryError, match="an index in"):
        Index(tmp_path / "none" / "index.sqlite")


def test_threads_share_an_index(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.sqlite")
    told, picture = summary(tmp_path)
    threads = [
        threading.Thread(target=index.remember, args=(f"{i}.h5", i, i, told, picture), name=str(i)) for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(index.summaries()) == 8


def test_a_copied_library_needs_no_new_index(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.sqlite")
    index.remember("a.h5", 3, 5, *summary(tmp_path))
    shutil.copy(tmp_path / "index.sqlite", tmp_path / "copy.sqlite")
    assert list(Index(tmp_path / "copy.sqlite").summaries()) == ["a.h5"]
