"""The command line: whole lessons with the real processes, stopped, killed and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lessons import BASE, FOREIGN

from accord.app import fitting
from accord.app.cli import main
from accord.app.eliciting.lesson_file import lesson_path, load
from accord.app.errors import AppError
from accord.datasets.decisions import Kind
from accord.datasets.episode import Episode
from accord.datasets.fit_settings import FitSettings
from accord.datasets.library import Library
from accord.datasets.policy_file import load as load_policy

FAST = ("--speed", "3", "--size", "48x32")
"""A loop that leaves periods out because the machine is busy may fail its task: no faster than the demo."""


@pytest.fixture(autouse=True)
def small_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    def small(**given: object) -> FitSettings:
        return FitSettings(**(given | {"updates": 60}))  # type: ignore[arg-type]

    monkeypatch.setattr(fitting, "FitSettings", small)


def words(base: Path, *more: str, source: str = f"scripted:{FOREIGN}") -> list[str]:
    given = ["elicit", "--library", str(base), "--policy", "base", "--operator", "op-1", "--name", "one"]
    return [*given, "--source", source, *FAST, *more]


def resumed(base: Path, *more: str) -> list[str]:
    return ["elicit", "--library", str(base), "--resume", "one", *FAST, *more]


def verdicts(library: Library) -> list[tuple[str, str]]:
    return [(one.episode, one.value) for one in library.decisions.history() if one.kind is Kind.VERDICT]


@pytest.mark.timeout(400)
def test_a_whole_lesson_from_watching_to_the_next_policy(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(base, "--accepted", "1", "--limit", "1", "--json", source=f"scripted:{BASE}")) == 0
    told = json.loads(capsys.readouterr().out)
    library = Library(base)
    (accepted,) = told["accepted"]
    assert (told["stage"], told["policy"], told["round"]) == ("done", "base-r2", 1)
    assert told["skipped"] == ["round 1: practice, after 0 of 3 successes"]
    assert verdicts(library)[-1] == (accepted, "accept")
    policy = load_policy(library.known_policy("base-r2"))
    assert accepted in {*policy.fitted_to, *policy.held_out}
    with Episode(library.find(accepted)) as episode:
        assert (episode.info.operator, episode.info.source, episode.info.policy) == ("op-1", f"scripted:{BASE}", "base")
    assert main(["library", "--library", str(base), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 6


@pytest.mark.timeout(400)
def test_a_rejected_operator_hears_the_feedback_and_a_stopped_lesson_goes_on(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(base, "--accepted", "1", "--limit", "0", "--react", "1", "--most", "1")) == 1
    said = capsys.readouterr().out
    assert "rejected:" in said, said
    assert "over the limit of 0 %  (0 of 1, round 1)" in said
    assert "left out in round 1: practice, after 0 of 3 successes" in said
    assert "stopped after 1 attempts: go on with --resume one" in said
    assert main(resumed(base, "--most", "1")) == 1
    capsys.readouterr()
    library = Library(base)
    lesson = load(lesson_path(library, "one"))
    first, second = (attempt.episode for attempt in lesson.attempts)
    assert [value for _, value in verdicts(library)] == ["reject", "reject"]
    sources = [Episode(library.find(episode)).info.source for episode in (first, second)]
    assert sources == [f"scripted:{FOREIGN}", f"scripted:{BASE}~{FOREIGN}#1"]
    assert {attempt.scene for attempt in lesson.attempts} == {0}
    infos = [Episode(library.find(episode)).info for episode in (first, second)]
    assert infos[0].seed == infos[1].seed
    assert infos[0].factors == infos[1].factors


@pytest.mark.timeout(400)
def test_a_lesson_that_is_killed_while_teaching_loses_and_doubles_nothing(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "accord.app.cli", *words(base, "--accepted", "2", "--limit", "1")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    library = Library(base)
    path = lesson_path(library, "one")

    def second_has_steps() -> bool:
        if process.poll() is not None or not path.exists():
            return process.poll() is not None
        lesson = load(path)
        return bool(lesson.recording) and len(lesson.accepted) == 1 and _written(library, lesson.recording)

    wait_for(second_has_steps, "the second attempt to be recorded")
    assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    killed, kept = load(path).recording, load(path).accepted[0].episode
    assert killed
    assert main(resumed(base, "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["accepted"][0] == kept
    assert len(set(told["accepted"])) == len(told["accepted"]) == 2
    assert killed not in {attempt["episode"] for attempt in told["attempts"]}
    judged = [episode for episode, _ in verdicts(library)]
    assert judged == [attempt["episode"] for attempt in told["attempts"]]
    assert [episode for episode, value in verdicts(library) if value == "accept"] == told["accepted"]
    assert library.decisions.outcome(killed) == "incomplete"
    policy = load_policy(library.known_policy("base-r2"))
    assert {*told["accepted"]} <= {*policy.fitted_to, *policy.held_out}
    assert killed not in {*policy.fitted_to, *policy.held_out}


def _written(library: Library, episode: str) -> bool:
    return any(path.stat().st_size > 0 for path in (library.folder / "episodes").glob(f"*/{episode}.h5"))


def wait_for(holds: Callable[[], bool], what: str, within_s: float = 180.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"waited {within_s:g} s for {what}"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--source", "keyboard"], "--source scripted:STRATEGY, found 'keyboard'"),
        (["--source", "scripted:nobody"], "a source for square-nut, found 'scripted:nobody'"),
        (["--policy", "nobody"], "a base policy of this library, found none named 'nobody'"),
        (["--operator", ""], "--operator of a new lesson"),
        (["--limit", "2"], "a limit from 0 to 1, found 2.0"),
        (["--measure", "beauty"], "one of conflict, incompatibility to judge by"),
        (["--react", "7"], "a probability from 0 to 1 to react, found 7.0"),
        (["--accepted", "0"], "one episode or more"),
        (["--most", "0"], "one attempt or more"),
        (["--task", "hammer"], "a source for hammer"),
        (["--name", "../x"], "a name for a lesson"),
        (["--name", "", "--operator", "Jane Doe", "--source", "scripted:nobody"], "a source for square-nut"),
        (["--resume", "none"], "a lesson of this library, found none named 'none'"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    base: Path, capsys: pytest.CaptureFixture[str], more: list[str], sentence: str
) -> None:
    before = sorted(base.rglob("*.json"))
    assert main(words(base, *more)) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert sorted(base.rglob("*.json")) == before


def test_a_base_that_no_script_made_cannot_be_learnt_by_one(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for entry in Library(base).contents().entries:
        entry.path.unlink()
    assert main(words(base)) == 2
    assert "scripted base episodes to learn from, found none in base" in capsys.readouterr().err


def test_the_conditions_of_this_file_can_fail() -> None:
    with pytest.raises(AssertionError, match="waited 0 s for nothing"):
        wait_for(lambda: False, "nothing", within_s=0.0)
    with pytest.raises(AppError, match="No such file"):
        load(Path("nowhere.json"))
