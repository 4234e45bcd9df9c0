"""What people say about episodes: only appended, undone and done again, by several processes at once."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.datasets.decisions import Curation, Decisions, Kind
from accord.datasets.errors import LibraryError

ASKED = st.lists(st.sampled_from(["accept", "reject", "", "undo", "redo"]), max_size=14)


@pytest.fixture
def log(tmp_path: Path) -> Decisions:
    return Decisions(tmp_path / "curation.sqlite")


def test_the_newest_word_about_each_thing_is_what_counts(log: Decisions) -> None:
    log.append("robot", "a", Kind.OUTCOME, "success", "seen")
    log.append("ana", "a", Kind.OUTCOME, "failure", "it fell")
    log.append("ana", "a", Kind.VERDICT, "accept")
    log.append("ben", "a", Kind.TRIM, [0.5, 2.0])
    log.append("ben", "b", Kind.NOTE, "schön")
    assert log.present() == {
        "a": Curation("failure", "accept", (0.5, 2.0), "", "it fell"),
        "b": Curation(note="schön"),
    }
    assert log.outcome("a") == "failure"
    assert log.outcome("never heard of") == "unlabelled"


def test_nothing_is_ever_deleted_or_rewritten(log: Decisions) -> None:
    first = log.append("ana", "a", Kind.VERDICT, "accept")
    second = log.append("ana", "b", Kind.TRIM, None, "all of it")
    log.undo("ana")
    log.undo("ana")
    log.append("ana", "a", Kind.VERDICT, "reject")
    assert log.history()[:2] == [first, second]
    assert [decision.value for decision in log.history("a")] == ["accept", "reject"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ASKED)
def test_undo_and_redo_are_what_every_editor_does(tmp_path_factory: pytest.TempPathFactory, asked: list[str]) -> None:
    log = Decisions(tmp_path_factory.mktemp("log") / "curation.sqlite")
    log.append("somebody else", "e", Kind.NOTE, "stays")
    done: list[Any] = []
    undone: list[Any] = []
    for word in asked:
        if word == "undo":
            expected = done.pop() if done else None
            undone += [expected] if expected else []
            assert log.undo("ana") == expected
        elif word == "redo":
            expected = undone.pop() if undone else None
            done += [expected] if expected else []
            assert log.redo("ana") == expected
        else:
            done.append(log.append("ana", "e", Kind.VERDICT, word))
            undone.clear()
        assert log.present()["e"] == Curation(verdict=done[-1].value if done else "", note="stays")


def test_redo_gives_back_what_was_taken_back_last(log: Decisions) -> None:
    log.append("ana", "e", Kind.VERDICT, "accept")
    log.undo("ana")
    last = log.append("ana", "e", Kind.VERDICT, "reject")
    log.undo("ana")
    assert log.redo("ana") == last
    assert log.redo("ana") is None
    assert log.present()["e"].verdict == "reject"


def test_everybody_undoes_only_what_they_decided(log: Decisions) -> None:
    log.append("ana", "e", Kind.VERDICT, "accept")
    log.append("ben", "e", Kind.VERDICT, "reject")
    assert log.undo("carl") is None
    taken_back = log.undo("ana")
    assert taken_back is not None
    assert taken_back.who == "ana"
    assert log.present()["e"].verdict == "reject"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.OUTCOME, "great"),
        (Kind.OUTCOME, ""),
        (Kind.OUTCOME, None),
        (Kind.VERDICT, "maybe"),
        (Kind.TRIM, [2.0, 1.0]),
        (Kind.TRIM, [1.0, 1.0]),
        (Kind.TRIM, [-1.0, 1.0]),
        (Kind.TRIM, [0.0, float("inf")]),
        (Kind.TRIM, [float("nan"), 1.0]),
        (Kind.TRIM, [1.0]),
        (Kind.TRIM, "ab"),
        (Kind.TRIM, 3),
        (Kind.NOTE, 5),
    ],
)
def test_a_value_that_the_kind_does_not_allow_is_refused_and_not_written(
    log: Decisions, kind: Kind, value: object
) -> None:
    with pytest.raises(LibraryError, match="Wanted"):
        log.append("ana", "e", kind, value)
    assert log.history() == []


def test_a_file_that_is_no_log_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "curation.sqlite"
    path.write_bytes(b"this is not a database, but somebody's thesis" * 50)
    with pytest.raises(LibraryError, match=r"a log of decisions in curation\.sqlite"):
        Decisions(path)
    assert path.read_bytes().startswith(b"this is not")


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="a log of decisions"):
        Decisions(tmp_path / "no folder" / "curation.sqlite")


def test_a_decision_of_a_newer_version_is_not_misread(log: Decisions, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "curation.sqlite")) as connection, connection:
        connection.execute("INSERT INTO decision VALUES (1, 0, 'ana', 'e', 'mood', '\"good\"', '')")
    with pytest.raises(LibraryError, match=r"mood.*update Accord"):
        log.present()


PROGRAM = """
import sys
from pathlib import Path
from accord.datasets.decisions import Decisions, Kind
path, who, what, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
sys.stdin.readline()
for i in range(count):
    log = Decisions(path)
    if what == "append":
        log.append(who, f"e{i}", Kind.NOTE, f"{who} {i}")
    elif log.undo(who) is None:
        sys.exit("nothing to undo")
"""


def at_once(path: Path, whos: list[str], what: str, count: int) -> None:
    """Several processes do the same at the same moment."""
    words = [sys.executable, "-W", "error", "-c", PROGRAM, str(path)]
    processes = [
        subprocess.Popen([*words, who, what, str(count)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
        for who in whos
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()


def test_processes_that_decide_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "curation.sqlite"
    whos = ["ana", "ben", "carl"]
    at_once(path, whos, "append", 40)
    history = Decisions(path).history()
    assert len(history) == 120
    for who in whos:
        assert [decision.value for decision in history if decision.who == who] == [f"{who} {i}" for i in range(40)]


def test_two_windows_of_one_person_never_take_back_the_same_decision(tmp_path: Path) -> None:
    path = tmp_path / "curation.sqlite"
    log = Decisions(path)
    for i in range(40):
        log.append("ana", f"e{i}", Kind.NOTE, "x")
    at_once(path, ["ana", "ana"], "undo", 20)
    assert log.present() == {}
    assert log.undo("ana") is None


def test_the_recorder_speaks_only_where_nobody_has_spoken(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path / "curation.sqlite")
    decisions.append("ada", "one", Kind.OUTCOME, "success", "overruled")
    decisions.append_unless_said("recorder", "one", Kind.OUTCOME, "failure")
    decisions.append_unless_said("recorder", "two", Kind.OUTCOME, "failure")
    assert (decisions.outcome("one"), decisions.outcome("two")) == ("success", "failure")
    assert [decision.who for decision in decisions.history()] == ["ada", "recorder"]
