from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from curation import DAY_NS, add_policy, ids, let_go, make_library, wait_for
from episodes import make_episode
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from accord.app.ui.policy_page import PolicyPage
from accord.app.ui.step_cloud import MOST_POINTS, StepCloud
from accord.datasets.compatibility import EpisodeScore, StepScores, Thresholds
from accord.datasets.decisions import Kind
from accord.datasets.index import TimedScores
from accord.datasets.library import Library
from accord.datasets.policy_file import load


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path)


def open_page(library: Library) -> PolicyPage:
    page = PolicyPage(library)
    page.resize(1150, 700)
    page.show()
    page.shown()
    wait_for(lambda: page.panel.ticked or page.study.scan.policy, "the first look")
    return page


@pytest.fixture
def page(application: QApplication, library: Library) -> Iterator[PolicyPage]:
    add_policy(library)
    made = open_page(library)
    wait_for(lambda: made.study.scan.policy is not None, "the policy")
    yield made
    let_go(made)


def test_judging_all_at_once_is_judging_one_by_one() -> None:
    rng = np.random.default_rng(0)
    scores = {
        name: TimedScores(StepScores(*rng.exponential(1, (3, n)), rng.uniform(size=n)), np.arange(n) * 20_000_000)
        for name, n in (("a", 1), ("b", 70), ("c", 333))
    }
    limits = Thresholds(0.8, 1.1, 1.2)
    together = StepCloud.of(scores).judge(limits, {"a": 1.0, "b": 2.0, "c": 3.0})
    for (name, timed), duration_s in zip(scores.items(), (1.0, 2.0, 3.0), strict=True):
        alone = EpisodeScore.of(name, timed.steps.judge(limits), duration_s)
        assert together[name].compatibility == pytest.approx(alone.compatibility)
        assert together[name].conflict_share == pytest.approx(alone.conflict_share)
        assert together[name].novel_share == pytest.approx(alone.novel_share)
        assert together[name].far_share == pytest.approx(alone.far_share)
        assert together[name].disputed_share == pytest.approx(alone.disputed_share)
        assert together[name].incompatibility == pytest.approx(alone.incompatibility)


def test_no_more_points_are_drawn_than_can_be_seen() -> None:
    many = TimedScores(StepScores(np.ones(50_000), np.ones(50_000), np.ones(50_000)), np.arange(50_000))
    cloud = StepCloud.of({"a": many})
    assert len(cloud.sample()) == MOST_POINTS
    assert set(cloud.sample(10)) <= set(range(50_000))


def test_without_a_policy_the_page_says_what_to_do_first(application: QApplication, library: Library) -> None:
    page = open_page(library)
    assert page._empty.isVisible()
    assert "Fit" in page._empty.hint.text()
    assert page.panel.fit.isEnabled()
    assert "3 episodes" in page.panel._told.text()
    let_go(page)


def test_filters_tick_episodes(page: PolicyPage) -> None:
    box = page.panel.episodes.operator
    box.setCurrentIndex(box.findData("ana"))
    assert {row.entry.summary.operator for row in page.panel.ticked} == {"ana"}
    assert "2 episodes, 120 steps" in page.panel._told.text()
    box.setCurrentIndex(box.findData("ben"))
    assert not page.panel.fit.isEnabled()
    assert "two episodes" in page.panel._told.text()


def test_a_name_that_is_taken_is_refused_before_the_fit(page: PolicyPage) -> None:
    page.panel._name.setText("base")
    assert not page.panel.fit.isEnabled()
    assert "choose another name" in page.panel._told.text()
    page.panel._name.setText("../out")
    assert not page.panel.fit.isEnabled()


def test_moving_a_line_judges_everything_at_once(page: PolicyPage) -> None:
    page.scatter.set_thresholds(Thresholds(1e6, 1e3))
    page.scatter._error.sigDragged.emit(page.scatter._error)
    assert page.limit.kept.text() == "kept 3 of 3"
    page.scatter.set_thresholds(Thresholds(1e-6, 1e3))
    page.scatter._error.sigDragged.emit(page.scatter._error)
    assert page.limit.kept.text() == "kept 0 of 3"


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Kind.VERDICT, "reject", "rejected"),
        (Kind.OUTCOME, "failure", "failure"),
        (Kind.OUTCOME, "incomplete", "incomplete"),
    ],
)
def test_what_a_person_said_stands_above_the_thresholds(
    page: PolicyPage, library: Library, kind: Kind, value: str, said: str
) -> None:
    left_out = ids(library)[1]
    library.decisions.append("curator", left_out, kind, value)
    page.library_changed()
    wait_for(lambda: len(page.panel.ticked) == 2, "the decision")
    assert left_out not in {row.entry.id for row in page.panel.ticked}
    page._judge(Thresholds(1e6, 1e3))
    assert page.limit.kept.text() == "kept 2 of 3"
    model = page.verdicts.model()
    words = [model.index(row, 6).data() for row in range(3)]
    assert sorted(words) == sorted([said, "yes", "yes"])
    page._judge(Thresholds(1e-6, 1e3))
    assert "conflict" in [model.index(row, 6).data() for row in range(3)]


def test_what_the_curator_accepted_is_kept_whatever_the_thresholds_say(page: PolicyPage, library: Library) -> None:
    library.decisions.append("curator", ids(library)[0], Kind.VERDICT, "accept")
    page.library_changed()
    wait_for(lambda: any(row.entry.curation.verdict for row in page.study.candidates), "the decision")
    page._judge(Thresholds(1e-6, 1e3))
    assert page.limit.kept.text() == "kept 1 of 3"


def test_a_line_that_is_let_go_is_stored_with_the_policy(page: PolicyPage, library: Library) -> None:
    told: list[str] = []
    page.policy_changed.connect(told.append)
    page.scatter.set_thresholds(Thresholds(2.5, 0.7))
    assert load(library.policy_folder("base")).thresholds != Thresholds(2.5, 0.7)
    page.scatter._error.sigPositionChangeFinished.emit(page.scatter._error)
    stored = load(library.policy_folder("base")).thresholds
    assert (stored.error_limit, stored.novelty_limit) == (pytest.approx(2.5), pytest.approx(0.7))
    assert told == ["base"]


def drag(page: PolicyPage, start: tuple[float, float], end: tuple[float, float], seen: list[str]) -> None:
    """With a real mouse over the plot, from one (novelty, error) to another; notes the table's count on the way."""
    plot = page.scatter._plot

    def at(place: tuple[float, float]) -> QPoint:
        scene = plot.plotItem.vb.mapViewToScene(QPointF(*np.log10(place)))
        return plot.mapFromScene(scene)

    first, last = at(start), at(end)
    QTest.mouseMove(plot.viewport(), first)
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=first)
    for part in range(1, 11):
        moved = first + (last - first) * part / 10
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(moved), QPointF(plot.viewport().mapToGlobal(moved)),
            Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QTest.qWait(20)  # pyqtgraph leaves out moves that come faster than a screen shows them
        QApplication.sendEvent(plot.viewport(), event)
        seen.append(page.limit.kept.text())
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=last)


def test_dragging_the_lines_with_the_mouse_judges_at_once_and_stores_on_release(
    page: PolicyPage, library: Library
) -> None:
    path, seen = library.policy_folder("base"), []
    cloud = page.study.cloud
    across, low, high = (float(np.median(cloud.novelty)), *np.quantile(cloud.error, (0.02, 0.999)))
    page.scatter.set_thresholds(Thresholds(float(high), float(10 * cloud.novelty.max())))
    page.plane._draw()
    page._keep_thresholds(page.scatter.thresholds)
    assert page.limit.kept.text() == "kept 3 of 3"
    before = load(path).thresholds
    drag(page, (across, float(high)), (across, float(low)), seen)
    assert seen[-1] == "kept 0 of 3", "the table follows while the button is still down"
    assert len(set(seen)) > 1
    stored = load(path).thresholds
    assert stored.error_limit == pytest.approx(low, rel=0.2)
    assert stored.error_limit == pytest.approx(page.scatter.thresholds.error_limit)
    assert stored.novelty_limit == before.novelty_limit
    drag(page, (stored.novelty_limit, float(high)), (float(cloud.novelty.min()), float(high)), seen)
    assert page.limit.kept.text() == "kept 3 of 3", "left of everything every step is novel"
    assert load(path).thresholds.novelty_limit < before.novelty_limit


def test_a_policy_whose_held_out_episodes_are_gone_cannot_be_calibrated_again(page: PolicyPage) -> None:
    assert not page.plane.reset.isEnabled()
    assert "held-out" in page.warnings.calibration.text


def test_a_point_leads_to_its_step(page: PolicyPage, library: Library) -> None:
    told: list[tuple[str, int]] = []
    page.show_step.connect(lambda episode, step: told.append((episode, step)))
    episode = ids(library)[1]
    at = page.study.cloud.episodes.index(episode)
    t_ns = int(page.study.cloud.t_ns[page.study.cloud.starts[at] + 7])
    page.scatter.chosen.emit(episode, t_ns)
    assert len(told) == 1
    assert told[0][0] == episode


def test_a_fit_tells_how_it_goes_and_then_judges_the_others(application: QApplication, tmp_path: Path) -> None:
    library = make_library(tmp_path, ("ana", "ana", "ana", "ana", "ben"))
    page = open_page(library)
    page.panel.episodes.operator.setCurrentIndex(page.panel.episodes.operator.findData("ana"))
    page.panel.form.units.setValue(8)
    told: list[str] = []
    page.policy_changed.connect(told.append)
    page.activateWindow()
    page.panel.fit.setFocus()
    page.panel.fit.click()
    assert page.job.running
    assert page.job._cancel.hasFocus(), "and not what moves the lines of another policy"
    assert not page.panel.fit.isEnabled()
    wait_for(lambda: page.study.scan.name == "base-v1", "the fit", 120)
    assert told == ["base-v1"]
    assert "fitted to 2 episodes" in page.about.text()
    assert "held out" in page.about.text()
    assert "rest on only" in page.warnings.calibration.text
    assert [row.entry.summary.operator for row in page.study.candidates] == ["ben"]
    assert page.plane.reset.isEnabled()
    page.scatter.set_thresholds(Thresholds(9.0, 9.0))
    page.reset_thresholds()
    assert load(library.policy_folder("base-v1")).thresholds == page.study.calibrated
    let_go(page)


def test_a_fit_to_episodes_of_two_rates_is_refused_in_one_sentence(application: QApplication, library: Library) -> None:
    day = library.folder / "episodes" / "2026-09-21"
    slower = make_episode(day, seed=7, rate_hz=25.0, wall_ns=DAY_NS + 3600 * 10**9)
    library.decisions.append("robot", slower.stem, Kind.OUTCOME, "success")
    page = open_page(library)
    told: list[str] = []
    page.failed.connect(told.append)
    page.panel.episodes.tick_only(ids(library), {})
    page.panel.ask()
    wait_for(lambda: told, "the sentence", 60)
    found = "tasks square-nut at 25 Hz, 50 Hz"
    sentence = f"Wanted base episodes of one task and rate, found {found}: choose fewer episodes."
    assert told == [sentence]
    assert library.policy_names() == ()
    assert page.panel.fit.isEnabled()
    let_go(page)


def test_a_cancelled_fit_leaves_nothing(application: QApplication, library: Library) -> None:
    page = open_page(library)
    told: list[str] = []
    page.say.connect(told.append)
    page.panel.ask()
    page.job.cancel()
    wait_for(lambda: not page.job.running, "the end of the fit", 60)
    assert "nothing of it is left" in told[0]
    assert library.policy_names() == ()
    assert page.panel.fit.isEnabled()
    let_go(page)
