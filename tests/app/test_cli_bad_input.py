"""Whatever is wrong with the words: one sentence, exit code 2, and everything on the disk as it was."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from libraries import OTHER_FIELDS, add_policy, make_library
from policies import random_policy

from accord.app.cli import VERBS, main
from accord.datasets.library import Library

Words = list[str]
SCORE_KEYS = {"episode", "compatibility", "conflict_share", "novel_share", "duration_s"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library beside other things, made once; no test below may change it."""
    place = tmp_path_factory.mktemp("place")
    library = make_library(place / "library")
    add_policy(library, "other-fields", OTHER_FIELDS)
    tampered = add_policy(library, "tampered") / "weights.npz"
    tampered.write_bytes(tampered.read_bytes()[:-1])
    (add_policy(library, "cut") / "policy.json").write_text('{"format": "accord-policy"')
    (add_policy(library, "newer") / "policy.json").write_text('{"format": "accord-policy", "version": 99}')
    (add_policy(library, "foreign") / "policy.json").write_text("[]")
    library.selection_path("damaged").write_text("{")
    library.selection_path("newer").write_text('{"format": "accord-selection", "version": 99}')
    kept = json.loads(library.selection_path("kept").read_text())
    kept["rows"][0]["candidate"]["id"] = "gone"
    library.selection_path("gone").write_text(json.dumps(kept))
    (place / "foreign").mkdir()
    (place / "foreign" / "thesis.txt").write_text("x")
    (place / "file").write_text("x")
    (place / "there.zarr").mkdir()
    (place / "newer").mkdir()
    (place / "newer" / "library.toml").write_text('format = "accord-library"\nversion = 99\nname = "x"\n')
    library.contents()
    return place


def tree(folder: Path) -> dict[str, str]:
    """Everything below a folder; SQLite's own helpers come and go with readers."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
        if not path.name.endswith(("-wal", "-shm"))
    }


def says(capsys: pytest.CaptureFixture[str], words: Words) -> str:
    """What is said about wrong words, after it was looked at."""
    assert main(words) == 2
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.startswith("accord: Wanted ")
    assert errors.count("\n") == 1, errors
    assert errors.endswith(".\n")
    assert "Traceback" not in errors
    return errors


RECORD = ["record", "--operator", "ana", "--source", "scripted:across-then-down"]
WRONG: dict[str, tuple[Words, str]] = {
    # what to record
    "a task that is none": (["record", "--operator", "a", "--source", "keyboard", "--task", "fly"], "'fly'"),
    "a source that is none": (["record", "--operator", "a", "--source", "magic"], "'magic'"),
    "keys for either arm without the window": (
        ["record", "--operator", "a", "--source", "either:keyboard", "--task", "handover", "--json"],
        "keys need the window",
    ),
    "a script that is none": (["record", "--operator", "a", "--source", "scripted:up"], "'scripted:up'"),
    "nobody as a source": (["record", "--operator", "a", "--source", "none"], "'none'"),
    "no episode": ([*RECORD, "--episodes", "0"], "one episode or more"),
    "fewer than none": ([*RECORD, "--episodes", "-3"], "one episode or more"),
    "a rate of nothing": ([*RECORD, "--rate", "0"], "0 Hz"),
    "a rate that is no number": ([*RECORD, "--rate", "nan"], "nan Hz"),
    "a rate below zero": ([*RECORD, "--rate", "-50"], "-50 Hz"),
    "a rate without end": ([*RECORD, "--rate", "inf"], "inf Hz"),
    "a rate in words": ([*RECORD, "--rate", "fast"], "invalid float value"),
    "a size in words": ([*RECORD, "--size", "big"], "'big'"),
    "a size of one side": ([*RECORD, "--size", "320"], "'320'"),
    "a size of three sides": ([*RECORD, "--size", "320x240x3"], "'320x240x3'"),
    "a size below zero": ([*RECORD, "--size=-320x240"], "-320"),
    "a size beyond measure": ([*RECORD, "--size", "32000x24000"], "32000"),
    "a speed that is no number": ([*RECORD, "--speed", "nan"], "nan"),
    "a speed below zero": ([*RECORD, "--speed", "-1"], "-1"),
    "a hand in fast time": (
        ["record", "--operator", "a", "--source", "spacemouse", "--speed", "2"],
        "a scripted operator for another speed",
    ),
    "a policy that is none to record with": (
        [*RECORD, "--policy", "none"],
        "a base policy of this library, found none named 'none': choose one of",
    ),
    "a policy with a path to record with": ([*RECORD, "--policy", "../base"], "'../base'"),
    "a mapping that is none": ([*RECORD, "--mapping", "{place}/file"], "mapping"),
    "a mapping that is not there": ([*RECORD, "--mapping", "{place}/none.toml"], "none.toml"),
    # which library
    "no library": (["library", "--library", "{place}/nowhere"], "no library.toml"),
    "a foreign folder": (["library", "--library", "{place}/foreign"], "no library.toml"),
    "a file as a library": (["library", "--library", "{place}/file"], "a library at"),
    "a place under a file": (["library", "--library", "{place}/file/x"], "a library at"),
    "a library of the future": (["library", "--library", "{place}/newer"], "version 99"),
    "a name too long for a disk": (["library", "--library", "{place}/" + "x" * 300], "File name too long"),
    "no library to score": (["score", "--policy", "base", "--library", "{place}/nowhere"], "no library.toml"),
    "no library to fit": (["fit", "--policy", "new", "--library", "{place}/nowhere"], "no library.toml"),
    "no library to select from": (["select", "--name", "x", "--library", "{place}/nowhere"], "no library.toml"),
    "no library to export": (["export", "--selection", "kept", "--library", "{place}/nowhere"], "no library.toml"),
    "no library to recover": (["recover", "--library", "{place}/nowhere"], "no library.toml"),
    "no library to check": (["check", "--library", "{place}/nowhere"], "no library.toml"),
    "a foreign folder to record into": ([*RECORD, "--library", "{place}/foreign"], "something else"),
    "a file to record into": ([*RECORD, "--library", "{place}/file"], "something else"),
    "a place to record into that cannot be": ([*RECORD, "--library", "{place}/file/x"], "a writable folder"),
    "a demo in a full folder": (["demo", "--library", "{place}/foreign"], "a new folder for the demo"),
    "a demo in a library": (["demo", "--library", "{place}/library"], "a new folder for the demo"),
    "a demo in a file": (["demo", "--library", "{place}/file"], "a new folder for the demo"),
    # which policy
    "a policy that is none": (
        ["score", "--policy", "none"],
        "a base policy of this library, found none named 'none': choose one of",
    ),
    "a policy with a path": (["score", "--policy", "../library/policies/base"], "a name for a base policy"),
    "nothing to score by": (["score"], "a base policy to score against"),
    "a policy without a name": (["score", "--policy", ""], "a name for a base policy"),
    "a policy for other fields": (["score", "--policy", "other-fields"], "observation/nut_position of shape (2,)"),
    "a policy with other weights": (["score", "--policy", "tampered"], "the weights that tampered was saved with"),
    "a policy that is cut": (["score", "--policy", "cut"], "a damaged policy.json"),
    "a policy of the future": (["score", "--policy", "newer"], "version 99"),
    "a policy of somebody else": (["score", "--policy", "foreign"], "another kind of file"),
    "a damaged policy to list with": (["library", "--policy", "cut"], "a damaged policy.json"),
    "a damaged policy to select by": (["select", "--name", "x", "--policy", "cut"], "a damaged policy.json"),
    # which episodes to fit
    "an episode that is none": (["fit", "--policy", "new", "--episode", "ffff"], "an episode ffff"),
    "an episode with a path": (["fit", "--policy", "new", "--episode", "../x"], "a name for an episode"),
    "an operator without episodes": (["fit", "--policy", "new", "--operator", "carl"], "'carl': choose one of"),
    "one episode only": (["fit", "--policy", "new", "--operator", "ben"], "two base episodes or more"),
    "a policy that exists": (["fit", "--policy", "base"], "a new name for a base policy"),
    "a new policy with a path": (["fit", "--policy", "../new"], "a name for a base policy"),
    "a selection that is none to fit": (
        ["fit", "--policy", "new", "--selection", "none"],
        "a selection of this library, found none named 'none': choose one of",
    ),
    # a rule
    "a limit that is no number": (["select", "--name", "x", "--max-conflict-share", "nan"], "nan"),
    "a limit below zero": (["select", "--name", "x", "--max-novel-share", "-0.1"], "-0.1"),
    "a limit above one": (["select", "--name", "x", "--min-compatibility", "70"], "70"),
    "a limit in words": (["select", "--name", "x", "--min-compatibility", "much"], "invalid float value"),
    "an outcome that is none": (["select", "--name", "x", "--outcome", "great"], "'great'"),
    "discarded episodes": (["select", "--name", "x", "--outcome", "discarded"], "'discarded'"),
    "a selection with a path": (["select", "--name", "../x"], "a name for a selection"),
    "a selection without a name": (["select", "--name", ""], "a name for a selection"),
    # an export
    "a selection that is none": (
        ["export", "--selection", "none"],
        "a selection of this library, found none named 'none': choose one of",
    ),
    "a damaged selection": (["export", "--selection", "damaged"], "damaged JSON"),
    "a selection of the future": (["export", "--selection", "newer"], "version 99"),
    "a selection of what is gone": (["export", "--selection", "gone"], "an episode gone"),
    "a target that exists": (
        ["export", "--selection", "kept", "--out", "{place}/there.zarr"],
        "there already",
    ),
    "a target under a file": (["export", "--selection", "kept", "--out", "{place}/file/x.zarr"], "a folder at"),
    "a target in no folder": (["export", "--selection", "kept", "--out", "{place}/no/x.zarr"], "a folder at"),
    "a target of another kind": (["export", "--selection", "kept", "--out", "{place}/x.hdf5"], ".zarr"),
    "a view that is none": (["export", "--selection", "kept", "--view", "back"], "back"),
    "images in words": (["export", "--selection", "kept", "--size", "small"], "'small'"),
    "images below zero": (["export", "--selection", "kept", "--size=-32x24"], "-32"),
    "images of one side": (["export", "--selection", "kept", "--size", "0x24"], "0"),
    "more rows than were recorded": (["export", "--selection", "kept", "--rate", "5000"], "5000"),
    "rows below zero": (["export", "--selection", "kept", "--rate", "-5"], "-5"),
    "rows that are no number": (["export", "--selection", "kept", "--rate", "nan"], "nan"),
    "a tolerance that is no number": (["export", "--selection", "kept", "--tolerance", "nan"], "nan"),
    "a tolerance below zero": (["export", "--selection", "kept", "--tolerance", "-1"], "-1"),
    "a compressor that is none": (["export", "--selection", "kept", "--compressor", "gzip"], "gzip"),
    # a check
    "an export that is none": (["check", "--export", "{place}/none.zarr"], "a training set at"),
    "a file as an export": (["check", "--export", "{place}/file"], "a training set at"),
    "a folder as an export": (["check", "--export", "{place}/foreign"], "training set at"),
    # words that are none
    "a verb that is none": (["fly"], "one of window, demo"),
    "an option that is none": (["library", "--colour"], "unrecognized arguments"),
    "an option without its value": (["score", "--policy"], "expected one argument"),
    "an option missing": (["score"], "--policy"),
    "no operator": (["record", "--source", "keyboard"], "--operator"),
    "an empty verb": ([""], "one of window, demo"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_words_give_one_sentence_and_change_nothing(
    what: str, made: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_LIBRARY", str(made / "library"))
    words, told = WRONG[what]
    before = tree(made)
    assert told in says(capsys, [word.replace("{place}", str(made)) for word in words])
    assert tree(made) == before


@pytest.mark.parametrize("words", [[], ["window"], ["record", "--operator", "a", "--source", "keyboard"]])
def test_a_window_without_a_screen_is_refused(
    words: Words, made: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("accord.app.commands.window.sys.platform", "linux")
    monkeypatch.setenv("ACCORD_LIBRARY", str(made / "library"))
    before = tree(made)
    assert "no display" in says(capsys, words)
    assert tree(made) == before


@pytest.mark.parametrize("option", [["--rate", "nan"], ["--rate", "0"], ["--size", "big"], ["--task", "fly"]])
def test_a_window_is_not_opened_for_wrong_words(option: Words, capsys: pytest.CaptureFixture[str]) -> None:
    says(capsys, ["window", *option])


def test_a_disk_that_fails_is_told_in_a_sentence(
    made: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr("accord.app.curating.save", fail)
    monkeypatch.setattr("accord.datasets.fit.fit", lambda *_: random_policy())
    monkeypatch.setenv("ACCORD_LIBRARY", str(made / "library"))
    assert "No space left on device at somewhere" in says(capsys, ["fit", "--policy", "new"])


# Right words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([verb, "--help"])
    assert left.value.code == 0
    out, errors = capsys.readouterr()
    assert f"accord {verb}" in out
    assert errors == ""


def test_the_whole_explains_itself_and_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["-h"], ["--version"]):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 0
    out = capsys.readouterr().out
    assert all(verb in out for verb in VERBS)
    assert "accord 0." in out


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library that a test may change."""
    library = make_library(tmp_path / "library")
    monkeypatch.setenv("ACCORD_LIBRARY", str(library.folder))
    return library


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Callable[[Words, int], Any]:
    def ask(words: Words, code: int = 0) -> Any:
        assert main([*words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return ask


def test_json_of_every_verb_that_reads_is_whole(mine: Library, answer: Callable[..., Any]) -> None:
    listed = answer(["library", "--policy", "base"])
    assert listed["name"] == "library"
    assert (listed["policies"], listed["selections"]) == (["base"], ["kept"])
    assert len(listed["episodes"]) == 3
    for episode in listed["episodes"]:
        assert SCORE_KEYS | {"operator", "outcome", "path", "steps"} <= episode.keys()
        assert Path(episode["path"]).is_file()
        assert 0 <= episode["compatibility"] <= 1
    assert all(episode["compatibility"] is None for episode in answer(["library"])["episodes"])
    scored = answer(["score", "--policy", "base"])
    more = {"far_share", "disputed_share", "incompatibility", "departure", "plain"}
    assert [set(row) for row in scored["episodes"]] == [SCORE_KEYS | more] * 3
    assert len(answer(["score", "--policy", "base", "--operator", "ben"])["episodes"]) == 1
    found = answer(["check", "--library", str(mine.folder)])
    assert [set(row) for row in found] == [{"what", "grade", "text"}] * 6
    assert {row["grade"] for row in found} == {"good"}
    assert answer(["recover"]) == {"recovered": [], "problems": []}


def test_json_of_a_selection_gives_every_episode_its_reason(mine: Library, answer: Callable[..., Any]) -> None:
    told = answer(["select", "--name", "new", "--policy", "base", "--operator", "ben", "--max-conflict-share", "1"])
    assert told["selection"] == "new"
    assert len(told["kept"]) == 1
    assert all(SCORE_KEYS | {"kept", "why", "cuts_s", "scores"} == row.keys() for row in told["episodes"])
    assert {row["why"] for row in told["episodes"]} == {"meets every condition", "operator ana is not chosen"}
    assert mine.selection_names() == ("kept", "new")


def test_json_of_an_export_says_where_it_is(mine: Library, answer: Callable[..., Any]) -> None:
    told = answer(["export", "--selection", "kept"])
    assert Path(told["path"]) == mine.export_path("kept.zarr")
    assert (told["episodes"], told["rows"] > 0) == (2, True)
    assert answer(["check", "--export", told["path"]])[0]["grade"] == "good"


def test_json_stays_whole_when_something_is_bad(mine: Library, answer: Callable[..., Any]) -> None:
    (mine.contents().entries[0].path.parent / "noise.h5").write_bytes(b"noise")
    assert len(answer(["library"])["damaged"]) == 1
    found = answer(["check", "--library", str(mine.folder)], 1)
    assert [row["text"] for row in found if row["grade"] == "bad"] == answer(["library"])["damaged"]


def test_tables_for_people_name_every_episode(mine: Library, capsys: pytest.CaptureFixture[str]) -> None:
    ids = [entry.id[:8] for entry in mine.contents().entries]
    for words in (["library"], ["score", "--policy", "base"], ["select", "--name", "new", "--policy", "base"]):
        assert main(words) == 0
        out = capsys.readouterr().out
        assert all(id_ in out for id_ in ids)
    assert "kept 3 of 3" in out
