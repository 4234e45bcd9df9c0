"""Rollouts: the loop of collecting, driven by policies, on several processes; and what is said and kept of them."""

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from peers.environment import openpi
from peers.policy_servers import PolicyServer, serve
from policies import proposed, random_policy
from rollouts import fitted, run

from accord.app.checking import check_episode
from accord.app.cli import main
from accord.app.curating import rows
from accord.app.evaluating import EvaluationSettings, evaluate
from accord.app.evaluation import Evaluation, NotRun
from accord.app.jobs import Job
from accord.app.report import CancelledError
from accord.app.rolling import Rolling
from accord.app.rollout import OUT_OF_TIME, Keep, Rollout, RolloutPlan
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.images import decode
from accord.datasets.intervals import Share
from accord.datasets.library import Library
from accord.datasets.policy_file import save
from accord.devices.command import Observation, Vector
from accord.devices.policies.catalogue import PolicyName
from accord.devices.sim.workcell import Workcell
from accord.devices.source import ControlMode
from accord.devices.sources.policy import Asking
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.step import step_schema

__all__ = ["openpi", "serve"]
Serve = Callable[..., PolicyServer]

HZ, LIMIT_S = 20.0, 2.0
"""A slow loop and a short time: fewer steps to wait for."""
SHORT = ["--rate", f"{HZ:g}", "--limit", f"{LIMIT_S:g}", "--size", "64x48"]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """With a base policy that knows nothing: its rollouts run out of time."""
    made = Library.create(tmp_path / "library")
    robot = Workcell()
    schema = step_schema(robot.observation_fields, robot.state_size)
    save(replace(random_policy(dtype=schema.dtype, hidden=(16,)), name="base"), made.policy_folder("base"))
    return made


@pytest.fixture(autouse=True)
def nothing_is_left_running() -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()


class Operator:
    """A policy that knows how: a scripted operator that sees the fields of a step."""

    def __init__(self, seed: int) -> None:
        self._operator = ScriptedOperator("square-nut", "across-then-down", seed)

    def act(self, step: np.void) -> Vector:
        nut = np.concatenate([step["observation/nut_position"], step["observation/nut_quaternion"]])
        names = ("t_ns", "joint_position", "joint_velocity", "hand_position", "hand_quaternion", "gripper_width")
        seen = Observation(*(step[f"observation/{name}"] for name in names), objects={"nut": nut})
        command = self._operator.command(seen, int(seen.t_ns))
        return np.array([[*command.twist, command.gripper]])


def plan(library: Library, **changes: Any) -> RolloutPlan:
    values: dict[str, Any] = {
        "library": library.folder, "policy": PolicyName.read("base"), "folder": library.policy_folder("base"),
        "task": "square-nut", "arm": "", "rate_hz": 50.0, "limit_s": 60.0, "instruction": "put the nut on the peg",
        "width": 64, "height": 48,
    }  # fmt: skip
    return RolloutPlan(**(values | changes))


def settings(**changes: Any) -> EvaluationSettings:
    values: dict[str, Any] = {
        "policy": "base",
        "rate_hz": HZ,
        "limit_s": LIMIT_S,
        "width": 64,
        "height": 48,
        "seeds": range(7, 9),
    }
    return EvaluationSettings(**(values | changes))


# One rollout -------------------------------------------------------------------------------------------------------


def test_a_rollout_is_what_the_loop_makes_of_the_same_driver(library: Library) -> None:
    robot = Workcell()
    steps = run(robot, ScriptedOperator("square-nut", "across-then-down", 5), seed=5)
    with Rolling(plan(library, keep=Keep("all")), Operator(5)) as rolling:
        done = rolling.roll(0, 5)
    assert (done.success, done.stage, done.reason) == (True, 5, "")
    assert (done.steps, done.held) == (len(steps), int(np.count_nonzero(steps["hold"])))
    assert done.duration_s == pytest.approx((len(steps) - 1) / 50)
    with Episode(library.find(done.episode)) as episode:
        kept = episode.steps()
    same = [name for name in steps.dtype.names if not name.endswith("t_ns") and name != "mode" and "score" not in name]
    assert len(same) > 15
    for name in same:
        assert np.array_equal(kept[name], steps[name], equal_nan=kept[name].dtype.kind == "f"), name


def test_a_kept_rollout_is_an_episode_that_a_policy_drove(library: Library) -> None:
    with Rolling(plan(library, keep=Keep("all"), variation={"light": (0.5, 0.5)}), Operator(6)) as rolling:
        done = rolling.roll(0, 6)
    (row,) = rows(library)
    assert (row.entry.id, row.entry.curation.outcome) == (done.episode, "success")
    assert not row.entry.summary.scripted
    with Episode(row.entry.path) as episode:
        info, steps = episode.info, episode.steps()
        assert (info.source, info.operator, info.seed, info.task) == ("policy:base", "base", 6, "square-nut")
        assert (info.arm, info.stages[-1], info.factors["light"]) == ("panda", "done", 0.5)
        assert set(steps["mode"]) == {int(ControlMode.POLICY)}
        assert info.time_scale == pytest.approx(done.duration_s / done.seconds)
        assert (episode.steps_lost, steps["late_ns"].any()) == (0, False)
        for view in ("front", "side", "wrist"):
            shown = episode.image_steps(view)
            assert len(shown) == int(done.duration_s * 30) + 1
            assert np.array_equal(episode.image_times(view), steps["t_ns"][shown])
            assert decode(episode.encoded(view, -1)).shape == (48, 64, 3)
    checked = check_episode(row.entry.path, replayed=True)
    assert checked.wrong == ()
    assert "every state bit for bit" in checked.text
    assert "byte for byte" in checked.text


def test_a_rollout_ends_at_its_time_limit_usually_that_of_the_task(library: Library) -> None:
    for limit_s in (LIMIT_S, 0.0):
        (done,) = evaluate(library.folder, settings(seeds=[3], limit_s=limit_s)).rollouts
        assert (done.success, done.reason, done.broken) == (False, OUT_OF_TIME, False)
        most_s = limit_s or Workcell().task.time_limit_s
        assert most_s < done.duration_s <= most_s + 2 / HZ


def test_what_drives_is_what_the_policy_says_for_what_is_recorded(library: Library) -> None:
    base = fitted(range(2), updates=40, hidden=(32,), batch=512)
    save(base, library.policy_folder("fitted"))
    found = evaluate(library.folder, settings(policy="fitted", rate_hz=0.0, seeds=[4], keep=Keep("all")))
    assert found.rate_hz == 50.0, "that of the episodes it was fitted to"
    with Episode(library.find(found.rollouts[0].episode)) as episode:
        steps = episode.steps()
    said = np.column_stack([steps["requested/twist"], steps["requested/gripper"]])
    asked = base.observations(steps[:: base.head.chunk])
    told = np.concatenate(proposed(base, asked))[: len(steps)]
    assert np.allclose(said, told, rtol=1e-3, atol=1e-5)
    assert np.abs(steps["sent/twist"]).max() > 0.01


def test_what_cannot_be_kept_is_told_and_the_rollout_counts(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.app.rollout_episode.STOP_AT", 2**62)
    with Rolling(plan(library, rate_hz=HZ, limit_s=LIMIT_S, keep=Keep("1"))) as rolling:
        done, other = rolling.roll(0, 3), rolling.roll(1, 3)
    assert "free disk to keep a rollout" in done.problem
    assert "seed 3" in done.problem
    assert (done.episode, done.stage, other.problem) == ("", other.stage, "")
    assert not library.contents().entries


@pytest.mark.parametrize(
    ("what", "kept"),
    [("none", []), ("failures", [1, 3]), ("successes", [0, 2]), ("all", [0, 1, 2, 3]), ("3", [0, 1, 2])],
)
def test_which_rollouts_stay(what: str, kept: list[int]) -> None:
    assert [number for number in range(4) if Keep(what).wants(number, number % 2 == 0)] == kept


# Many --------------------------------------------------------------------------------------------------------------


def test_a_seed_gives_the_same_rollout_whoever_does_it(library: Library) -> None:
    seeds = [11, 12, 13, 14]
    two = evaluate(library.folder, settings(seeds=seeds, workers=2, keep=Keep("all"), variation={"nut-turn": (0, 20)}))
    one = evaluate(
        library.folder, settings(seeds=seeds[::-1], workers=1, keep=Keep("all"), variation={"nut-turn": (0, 20)})
    )
    assert (two.workers, one.workers) == (2, 1)
    assert [rollout.seed for rollout in two.rollouts] == seeds
    for done, again in zip(two.rollouts, one.rollouts[::-1], strict=True):
        assert done.values == again.values
        with Episode(library.find(done.episode)) as a, Episode(library.find(again.episode)) as b:
            assert np.array_equal(a.field("physics/state"), b.field("physics/state"))
            assert np.array_equal(a.field("stage"), b.field("stage"))
            assert a.encoded("front", -1) == b.encoded("front", -1)


def test_it_runs_as_a_job_and_tells_what_is_done_on_the_way(library: Library) -> None:
    job = Job("evaluate", evaluate, library.folder, settings(seeds=range(4), workers=2, thumbnails=True))
    heard: list[Evaluation] = []
    pause = threading.Event()
    while not job.poll().done:
        if isinstance(job.state.details, Evaluation):
            heard.append(job.state.details)
        pause.wait(0.02)
    state = job.poll()
    job.close()
    assert state.error == ""
    if isinstance(state.details, Evaluation):  # the last that was told on the way, however late we looked
        heard.append(state.details)
    found = state.result
    assert isinstance(found, Evaluation)
    assert (found.success, found.of) == (Share(0, 4), 4)
    counts = [len(now.rollouts) for now in heard]
    assert counts == sorted(counts)
    assert counts[-1] > 0
    for rollout in found.rollouts:
        assert decode(rollout.picture).shape == (90, 120, 3)
        assert decode(rollout.picture).std() > 10, "something is on it"


def test_a_worker_that_dies_is_told_and_the_others_go_on(library: Library) -> None:
    killed: list[int] = []

    def kill_one(fraction: float, text: str, details: Any = None) -> None:
        children = multiprocessing.active_children()
        if details is not None and len(details.rollouts) == 2 and not killed:
            killed.append(children[0].pid or 0)
            os.kill(killed[0], signal.SIGKILL)

    found = evaluate(library.folder, settings(seeds=range(6), workers=2), kill_one)
    assert killed
    assert (len(found.rollouts), len(found.not_run)) == (5, 1)
    assert "code -9" in found.not_run[0].why
    assert {r.number for r in found.rollouts} | {found.not_run[0].number} == set(range(6))
    assert found.success == Share(0, 5)


def test_when_every_worker_is_dead_the_rest_is_not_run(library: Library) -> None:
    def kill_all(fraction: float, text: str, details: Any = None) -> None:
        for child in multiprocessing.active_children() if details is not None and details.rollouts else ():
            os.kill(child.pid or 0, signal.SIGKILL)

    found = evaluate(library.folder, settings(seeds=range(5), workers=1), kill_all)
    done = len(found.rollouts)  # one, or what was done while we stood still
    assert 1 <= done < 5
    assert [one.number for one in found.not_run] == list(range(done, 5))


def test_who_stops_it_keeps_what_was_kept_and_nothing_half(library: Library) -> None:
    def stop(fraction: float, text: str, details: Any = None) -> None:
        if details is not None and len(details.rollouts) == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        evaluate(library.folder, settings(seeds=range(20), workers=2, keep=Keep("all")), stop)
    contents = library.contents()
    assert len(contents.entries) >= 2
    assert (contents.left_behind, contents.damaged) == ((), ())


def test_scenes_that_the_policy_was_fitted_to_are_told(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    with Rolling(plan(library, rate_hz=HZ, limit_s=LIMIT_S, keep=Keep("all"))) as rolling:
        ids = tuple(rolling.roll(number, seed).episode for number, seed in enumerate((4, 5)))
    save(replace(fake_base(library), fitted_to=ids[:1], held_out=ids[1:]), library.policy_folder("later"))
    words = ["evaluate", "--library", str(library.folder), "--policy", "later", "--seeds", "3,4,5", *SHORT]
    assert main([*words, "--workers", "1"]) == 0
    assert "2 of the scenes are among those" in capsys.readouterr().err


def fake_base(library: Library) -> Any:
    robot = Workcell()
    schema = step_schema(robot.observation_fields, robot.state_size)
    return replace(random_policy(dtype=schema.dtype, hidden=(16,)), name="later")


# A server ----------------------------------------------------------------------------------------------------------


def test_a_server_that_knows_how_lifts_the_cube(serve: Serve, tmp_path: Path) -> None:
    server = serve("lift")
    asking = Asking(wait_s=30.0, patience_s=30.0)
    found = evaluate(
        tmp_path / "none", settings(policy=server.address, task="lift", seeds=range(6), asking=asking, limit_s=0.0)
    )
    assert found.success.count >= 5
    assert found.workers == 1, "answers of one server would wait for each other"
    assert found.reached[-1] == found.success
    assert not (tmp_path / "none").exists(), "nothing was to be kept"


def test_a_server_that_dies_ends_its_rollout_and_the_others_stay(
    serve: Serve, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    enough = 1 + 6 + 2  # the first question, one rollout to its end, a part of the next
    server = serve("die", "--after", str(enough))
    words = ["evaluate", "--library", str(library.folder), "--policy", server.address, "--task", "square-nut", "--json"]
    code = main([*words, "--rollouts", "4", *SHORT, "--wait", "30", "--patience", "30", "--keep", "all"])
    assert code == 1
    out, errors = capsys.readouterr()
    told = json.loads(out)
    first, second = told["rollouts"]
    assert (first["reason"], first["held"]) == (OUT_OF_TIME, 0)
    assert "closed the connection" in second["reason"]
    assert (second["held"], second["steps"]) == (1, 2 * 8 + 1), "recorded up to there, and held at the last step"
    assert len(told["not_run"]) == 2
    assert "2 of 4 rollouts were not run. Wanted a policy server" in errors
    assert len(errors.strip().splitlines()) == 2
    outcomes = {row.entry.id: row.entry.curation for row in rows(library)}
    assert outcomes[first["episode"]].outcome == "failure"
    assert outcomes[second["episode"]].outcome == "incomplete"
    assert "closed the connection" in outcomes[second["episode"]].why


@pytest.mark.parametrize(("kind", "sentence"), [("shape", "(8, 5)"), ("rubbish", "no message"), ("text", "no weights")])
def test_a_server_of_the_wrong_kind_is_told_before_anything_runs(
    kind: str, sentence: str, serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", "--library", str(tmp_path / "none"), "--policy", serve(kind).address, "--task", "square-nut"]
    assert main(words) == 2
    out, errors = capsys.readouterr()
    assert out == ""
    assert sentence in errors
    assert len(errors.strip().splitlines()) == 1


# Words -------------------------------------------------------------------------------------------------------------

WRONG = {
    "no such policy": (["--policy", "best"], "named 'best': choose one of base"),
    "no such member": (["--policy", "base#6"], "member 1 to 5"),
    "no name": (["--policy", ""], "NAME#MEMBER"),
    "a view twice": (["--policy", "ws://127.0.0.1:1", "--task", "lift", "--views", "front,front"], "each view once"),
    "no address": (["--policy", "ws://nowhere:x"], "ws://HOST:PORT"),
    "a remote policy without a task": (["--policy", "ws://127.0.0.1:1"], "a task"),
    "nobody at the address": (["--policy", "ws://127.0.0.1:1", "--task", "square-nut"], "refused"),
    "no such task": (["--policy", "base", "--task", "fly"], "'fly'"),
    "a task with other things": (["--policy", "base", "--task", "lift"], "nut"),
    "no such arm": (["--policy", "base", "--arm", "left"], "'left'"),
    "no such factor": (["--policy", "base", "--set", "colour=1"], "'colour'"),
    "an impossible range": (["--policy", "base", "--set", "light=0..9"], "light"),
    "a range upside down": (["--policy", "base", "--set", "light=1.2..0.8"], "smaller end"),
    "a factor without a number": (["--policy", "base", "--set", "light=bright"], "'light=bright'"),
    "a factor without its name": (["--policy", "base", "--set", "=1"], "'=1'"),
    "a factor without a value": (["--policy", "base", "--set", "light"], "'light'"),
    "a factor twice": (["--policy", "base", "--set", "light=1", "--set", "light=1"], "'light=1'"),
    "no rollout": (["--policy", "base", "--rollouts", "0"], "one seed or more, found 0: give --rollouts a"),
    "more rollouts than anybody waits for": (
        ["--policy", "base", "--rollouts", "99999999999"],
        "100000 seeds or fewer",
    ),
    "more seeds than there are": (["--policy", "base", "--seeds", f"0..{10**30}"], "100000 seeds or fewer"),
    "a seed below zero": (["--policy", "base", "--seeds=-3"], "-3"),
    "seeds in words": (["--policy", "base", "--seeds", "many"], "'many'"),
    "a seed twice": (["--policy", "base", "--seeds", "1,1"], "'1,1'"),
    "seeds backwards": (["--policy", "base", "--seeds", "9..3"], "'9..3'"),
    "other rollouts than seeds": (
        ["--policy", "base", "--seeds", "0..9", "--rollouts", "4"],
        "as many as --rollouts says",
    ),
    "a rate of none": (["--policy", "base", "--rate", "5000"], "5000"),
    "a horizon below zero": (["--policy", "base", "--horizon", "-1"], "horizon"),
    "nothing to keep": (["--policy", "base", "--keep", "best"], "'best'"),
    "keep zero": (["--policy", "base", "--keep", "0"], "'0'"),
    "pictures of no size": (["--policy", "base", "--size", "0x0"], "0×0"),
    "no time": (["--policy", "base", "--limit", "-1"], "time limit"),
    "no patience": (["--policy", "base", "--patience", "0"], "patience"),
    "a number of workers below zero": (["--policy", "base", "--workers", "-1"], "-1"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_words_give_one_sentence_and_change_nothing(
    what: str, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    words, sentence = WRONG[what]
    before = sorted(library.folder.rglob("*"))
    assert main(["evaluate", "--library", str(library.folder), *words]) == 2
    out, errors = capsys.readouterr()
    assert out == ""
    assert sentence in errors
    assert errors.startswith("accord: Wanted ")
    assert len(errors.strip().splitlines()) == 1
    assert sorted(library.folder.rglob("*")) == before


def test_a_folder_that_is_no_library_is_told_before_anything_runs(
    serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letters").write_text("mine")
    words = ["evaluate", "--library", str(tmp_path), "--policy", serve("good").address, "--task", "square-nut"]
    assert main([*words, "--keep", "all"]) == 2
    assert "something else" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_a_library_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--library", str(tmp_path / "none"), "--policy", "base"]) == 2
    assert "a library at" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_page_for_people_and_one_for_programs(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", "--library", str(library.folder), "--policy", "base#3", "--seeds", "5..6", *SHORT]
    words += ["--workers", "1"]
    assert main([*words, "--keep", "1", "--set", "nut-turn=-10..10"]) == 0
    out = capsys.readouterr().out
    assert "base#3 on square-nut (panda, 20 Hz): 2 of 2 rollouts" in out
    assert "0.0 to 65.8 %" in out
    assert "  grasped" in out
    assert "2 failed: it ran out of time" in out
    assert "kept 1 as episodes" in out
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["success"] == {"count": 0, "of": 2, "share": 0.0, "interval_95": pytest.approx([0.0, 0.6576], abs=1e-4)}
    assert list(told["stages"]) == ["reached", "grasped", "lifted", "aligned", "done"]
    assert [one["seed"] for one in told["rollouts"]] == [5, 6]
    assert main(["library", "--library", str(library.folder)]) == 0
    assert "policy:base#3" in capsys.readouterr().out


# What is made of the numbers ---------------------------------------------------------------------------------------


def rollout(number: int, stage: int, duration_s: float, **changes: Any) -> Rollout:
    success = stage == 3
    reason = "" if success else OUT_OF_TIME
    values = {"seed": number, "success": success, "reason": reason, "steps": 100, "held": 0, "seconds": 1.0}
    return Rollout(number=number, stage=stage, duration_s=duration_s, **(values | changes))


def test_shares_and_durations_are_counted_as_they_are_said() -> None:
    done = tuple(rollout(i, stage, 10.0 + i) for i, stage in enumerate((3, 0, 1, 3, 2, 3, 3)))
    found = Evaluation("base", "lift", "panda", 50.0, 9, ("a", "b", "c"), 2, done, seconds=7.0)
    assert found.success == Share(4, 7)
    assert [share.count for share in found.reached] == [6, 5, 4]
    assert found.durations_s == (12.25, 14.0, 15.25)
    assert found.reasons == {OUT_OF_TIME: 3}
    assert found.speed == pytest.approx(700 / 50 / 7)
    nothing = Evaluation("base", "lift", "panda", 50.0, 9, ("a", "b", "c"), 2)
    assert (nothing.success, nothing.durations_s, nothing.speed) == (Share(0, 0), None, 0.0)
    assert [share.of for share in nothing.reached] == [0, 0, 0]


def evaluation(done: Iterable[Rollout], of: int, **changes: Any) -> Evaluation:
    return Evaluation("base", "lift", "panda", 50.0, of, ("a", "b", "c"), 2, tuple(done), **changes)


def test_what_is_quicker_than_those_before_it_is_not_counted_yet() -> None:
    now = evaluation([rollout(n, 3, 9.0) for n in (2, 3, 5)], of=9)
    assert (now.success, now.durations_s, len(now.rollouts)) == (Share(0, 0), None, 3)
    now = evaluation([rollout(n, 3 if n else 1, 9.0) for n in (0, 1, 3, 5)], of=9)
    assert now.success == now.reached[-1] == Share(1, 2)
    assert now.reached[0] == Share(2, 2)
    nobody = NotRun(2, 2, "Wanted it done, found nobody: try again.")
    now = evaluation([rollout(n, 3 if n else 1, 9.0) for n in (0, 1, 3, 5)], of=9, not_run=(nobody,))
    assert now.success == Share(2, 3), "for what nobody will do, nothing waits"


def test_an_evaluation_that_is_stopped_is_no_better_than_one_that_is_not() -> None:
    """Eight at a time; a success takes 10 s, a failure 60 s; stopped after 150 s, very often."""
    rng, among_done, among_counted = np.random.default_rng(0), [], []
    for _ in range(400):
        free, done = [0.0] * 8, []
        for number in range(400):
            began_s = min(free)
            success = bool(rng.uniform() < 0.5)
            free[free.index(began_s)] = end_s = began_s + (10.0 if success else 60.0) * rng.uniform(0.9, 1.1)
            if end_s <= 150.0:
                done.append(rollout(number, 3 if success else 0, 1.0))
        found = evaluation(done, of=400)
        among_done.append(np.mean([one.success for one in done]))
        among_counted.append(found.success.value)
    assert np.mean(among_done) > 0.55
    assert np.mean(among_counted) == pytest.approx(0.5, abs=0.02)


def test_too_many_seeds_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    for seeds in (range(100_001), range(10**30)):
        with pytest.raises(AccordError, match="100000 seeds or fewer"):
            evaluate(tmp_path / "none", settings(seeds=seeds))


def test_on_the_way_only_the_last_failures_travel_with_their_pictures() -> None:
    done = tuple(rollout(i, i % 4, 1.0, picture=b"" if i % 4 == 3 else b"jpeg") for i in range(60))
    found = Evaluation("base", "lift", "panda", 50.0, 60, ("a", "b", "c"), 2, done)
    brief = found.brief()
    assert [one.number for one in brief.rollouts] == list(range(60))
    assert [one.number for one in brief.rollouts if one.picture] == [i for i in range(60) if i % 4 != 3][-24:]
    assert brief.success == found.success


@pytest.mark.parametrize("what", ["", "some", "-1", "0", "²"])
def test_what_to_keep_is_checked(what: str) -> None:
    with pytest.raises(AccordError, match="to keep"):
        Keep(what)
