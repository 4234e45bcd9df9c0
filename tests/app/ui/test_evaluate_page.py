"""The page Evaluate: what it asks for, what it shows while rollouts come, and one evaluation for real."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from curation import let_go, wait_for
from policies import random_policy
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from accord.app.evaluation import Evaluation, NotRun
from accord.app.rollout import OUT_OF_TIME, Rollout
from accord.app.ui.evaluate_page import EvaluatePage
from accord.app.ui.evaluation_form import EvaluationForm
from accord.app.ui.failure_wall import FailureWall
from accord.app.ui.stage_bars import StageBars
from accord.app.ui.success_plot import SuccessPlot
from accord.app.ui.told import headline, limits, report, sums
from accord.datasets.episode import Episode
from accord.datasets.images import encode
from accord.datasets.intervals import Share
from accord.datasets.library import Library
from accord.datasets.policy_file import save
from accord.devices.sim.tasks import catalogue
from accord.devices.sim.workcell import Workcell
from accord.recorders.step import step_schema

Keep = Callable[[QWidget], QWidget]
STAGES = ("reached", "grasped", "done")


def rollout(number: int, success: bool = False, **changes: object) -> Rollout:
    values: dict[str, object] = {
        "number": number, "seed": 100 + number, "success": success, "stage": 3 if success else 1, "duration_s": 8.0,
        "steps": 400, "held": 0, "seconds": 1.0, "reason": "" if success else OUT_OF_TIME,
        "picture": b"" if success else encode(np.full((90, 120, 3), 90, np.uint8)),
    }  # fmt: skip
    return Rollout(**(values | changes))  # type: ignore[arg-type]


def evaluation(*rollouts: Rollout, of: int = 10, **changes: object) -> Evaluation:
    made = Evaluation("base", "square-nut", "panda", 50.0, of, STAGES, 2, rollouts, seconds=30.0)
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """With a base policy that knows nothing: its rollouts run out of time."""
    made = Library.create(tmp_path / "library")
    robot = Workcell()
    schema = step_schema(robot.observation_fields, robot.state_size)
    save(replace(random_policy(dtype=schema.dtype, hidden=(16,)), name="base"), made.policy_folder("base"))
    robot.close()
    return made


@pytest.fixture
def page(application: QApplication, library: Library) -> Iterator[EvaluatePage]:
    made = EvaluatePage(library)
    made.resize(1150, 700)
    made.show()
    made.shown()
    wait_for(lambda: made.form.name == "base", "the policies")
    yield made
    let_go(made)


@pytest.fixture
def form(keep: Keep) -> EvaluationForm:
    made = EvaluationForm()
    keep(made)
    return made


def test_the_words_say_how_many_of_how_many_and_what_is_known(application: QApplication) -> None:
    now = evaluation(rollout(0, success=True), rollout(1), rollout(2, success=True))
    assert headline(now) == "2 of 3 succeeded"
    assert limits(now.success) == "67 %, 95 % interval 21 % to 94 %"
    assert limits(Share(0, 0)) == "no rollout is counted yet"
    assert "Simulated rollouts of base on square-nut with panda at 50 Hz" in sums(now)
    assert "3 of 10 done" in sums(now)
    assert "6.0 rollouts a minute, 2 at a time" in sums(now)
    assert "successes take 8.0 s" in sums(now)
    assert report(now) == ""


def test_successes_that_overtook_a_rollout_wait_for_it(page: EvaluatePage) -> None:
    page.display(evaluation(rollout(0), *(rollout(n, success=True) for n in (2, 3, 4)), rollout(6)))
    assert page.success.text() == "0 of 1 succeeded"
    assert "5 of 10 done, 1 counted" in page.sums.text()
    assert page.plot.shares[-1] == Share(0, 1)
    assert page.bars.accessibleDescription() == "reached 1 of 1, grasped 0 of 1, done 0 of 1"
    assert list(page.wall.cards) == [0, 6], "failures can be looked at at once"


def test_what_makes_a_number_doubtful_is_said() -> None:
    now = evaluation(
        rollout(0, held=12, too_late=3), rollout(1, reason="Wanted a policy, found none: start it."),
        rollout(2, problem="The rollout of seed 102 was not kept. Wanted room, found none: free some."),
        not_run=(NotRun(3, 103, "Wanted it done, found that its process ended: try again."),), seen=(100,),
    )  # fmt: skip
    said = report(now)
    for part in ("1 rollout could not be done", "The policy failed in 1 rollout", "1 of the scene",
                 "held at 12 of 1,200 steps", "3 answers came too late", "was not kept"):  # fmt: skip
        assert part in said


def test_the_band_narrows_as_rollouts_come(keep: Keep) -> None:
    plot = SuccessPlot()
    keep(plot)
    plot.resize(400, 160)
    plot.display([True, False] * 20, of=50)
    widths = [high - low for low, high in (share.interval for share in plot.shares)]
    assert (len(widths), plot.shares[-1]) == (40, Share(20, 40))
    assert widths[-1] < widths[9] < widths[0]
    assert "20 of 40" in plot.accessibleDescription()
    drawn = plot.grab()
    plot.display([], of=50)
    assert plot.grab().toImage() != drawn.toImage()


def test_every_stage_has_a_bar(keep: Keep) -> None:
    bars = StageBars()
    keep(bars)
    now = evaluation(rollout(0, success=True), rollout(1, stage=2), rollout(2))
    bars.display(now.stages, now.reached)
    assert bars.accessibleDescription() == "reached 3 of 3, grasped 2 of 3, done 1 of 3"
    bars.resize(300, bars.sizeHint().height())
    assert not bars.grab().isNull()


def test_failures_come_one_by_one_and_open_where_they_were_kept(keep: Keep) -> None:
    wall, opened = FailureWall(), []
    keep(wall)
    wall.resize(500, 300)
    wall.show()
    wall.opened.connect(opened.append)
    wall.display((rollout(0, success=True), rollout(1, episode="one")), STAGES)
    first = wall.cards[1]
    assert first.has_picture
    assert first.words == "seed 101\nfurthest: reached\nit ran out of time"
    wall.display((rollout(1), rollout(2, stage=0)), STAGES)
    assert list(wall.cards) == [1, 2]
    assert wall.cards[1] is first, "what stands there stays"
    assert "furthest: no stage" in wall.cards[2].words
    assert "not kept" in wall.cards[2].toolTip()
    wall.grab()
    first.click()
    wall.cards[2].click()
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Return)
    assert opened == ["one", "one"]
    assert wall.title.text() == "FAILURES  2"
    wall.clear()
    assert not wall.cards


def test_before_the_library_is_read_nothing_can_be_run(form: EvaluationForm) -> None:
    assert not form.run.isEnabled()
    form.offer((), "square-nut")
    assert form.remote
    assert form.run.isEnabled()
    form.address.setText("localhost")
    assert not form.run.isEnabled()
    assert "ws://HOST:PORT" in form.told.text()


def test_a_policy_behind_an_address_can_be_shown_the_views(form: EvaluationForm) -> None:
    form.offer((), "square-nut")
    form.address.setText(" ws://127.0.0.1:9 ")
    form.sees.setCurrentIndex(1)
    asked = form.settings
    assert (asked.policy, asked.task, asked.sight.views) == (
        "ws://127.0.0.1:9",
        "square-nut",
        ("front", "side", "wrist"),
    )


def test_the_form_asks_for_what_it_shows(page: EvaluatePage) -> None:
    form = page.form
    form.member.setCurrentIndex(2)
    form.count.setValue(7)
    form.first.setValue(40)
    form.factors.varied.emit({"nut-x": (0.4, 0.4)})
    asked = form.settings
    assert (asked.policy, asked.task, asked.arm) == ("base#2", "square-nut", "panda")
    assert list(asked.seeds) == list(range(40, 47))
    assert asked.variation == {"nut-x": (0.4, 0.4)}
    assert (asked.limit_s, asked.keep.what, asked.thumbnails) == (60.0, "none", True), "drawing what is kept takes time"
    assert form.fold.text() == "Scene: 1 factor changed"
    form.task.setCurrentIndex(form.task.findData("lift"))
    form.task.chosen.emit("lift")
    assert form.settings.variation == {}
    assert "fitted to square-nut" in form.told.text()
    assert form.limit.value() == catalogue.task("lift").time_limit_s


def test_an_evaluation_for_real_that_is_stopped(page: EvaluatePage, library: Library) -> None:
    kept: list[bool] = []
    said: list[str] = []
    shown: list[str] = []
    page.kept.connect(lambda: kept.append(True))
    page.say.connect(said.append)
    page.show_step.connect(lambda episode, _step: shown.append(episode))
    page.form.count.setValue(500)
    page.form.limit.setValue(1)
    page.form.keep.setCurrentIndex(page.form.keep.findData("failures"))
    page.form.ask()
    assert not page.form.run.isEnabled()
    # The first may be overtaken by many: its process may come up late.
    wait_for(lambda: len(page.wall.cards) >= 2 and page.evaluation.counted, "two rollouts", within_s=120.0)  # type: ignore[union-attr]
    page.job.cancel()
    wait_for(lambda: not page.job.running, "the stop", within_s=60.0)
    now = page.evaluation
    assert now is not None
    done = len(now.rollouts)
    assert 2 <= done < 500
    assert page.success.text() == f"0 of {len(now.counted)} succeeded"
    assert 0 < len(now.counted) <= done
    assert said == [f"Stopped after {done} rollouts; what was counted stays."]
    assert page.form.run.isEnabled()
    assert kept
    assert all(card.has_picture for card in page.wall.cards.values())
    number, card = next(iter(page.wall.cards.items()))
    card.click()
    with Episode(library.find(shown[0])) as episode:
        assert (episode.info.source, episode.info.seed) == ("policy:base", 100_000 + number)
    page.copy.click()
    assert page.success.text() in QApplication.clipboard().text()


def test_what_is_wrong_is_said_and_another_can_be_run(page: EvaluatePage) -> None:
    said: list[str] = []
    page.failed.connect(said.append)
    page.form.policy.setCurrentIndex(page.form.policy.findData("ws://"))
    page.form.policy.chosen.emit("ws://")
    page.form.address.setText("ws://127.0.0.1:9")
    page.form.ask()
    wait_for(lambda: said, "the refusal", within_s=60.0)
    assert said[0].startswith("Wanted a policy server at ws://127.0.0.1:9")
    assert page.form.run.isEnabled()
    assert page.evaluation is None


def test_the_number_that_is_being_typed_counts(form: EvaluationForm) -> None:
    form.offer((), "square-nut")
    form.show()
    form.count.setFocus()
    form.count.selectAll()
    QTest.keyClicks(form.count, "7")
    assert len(form.settings.seeds) == 7
