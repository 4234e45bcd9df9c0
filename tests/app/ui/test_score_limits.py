"""Limits on plain scores: the line that adds them, and what page Export makes of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from curation import add_policy, driven_episode, ids, let_go, make_library, wait_for
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from accord.app.ui.button import Button
from accord.app.ui.export_page import ExportPage
from accord.app.ui.score_limits import ScoreLimits
from accord.datasets.decisions import Kind
from accord.datasets.library import Library
from accord.datasets.selection import Selection


@pytest.fixture
def limits(application: QApplication, keep: Callable[[QWidget], QWidget]) -> ScoreLimits:
    made = keep(ScoreLimits())
    assert isinstance(made, ScoreLimits)
    made.show()
    return made


def type_limit(limits: ScoreLimits, name: str, value: str) -> None:
    limits._score.setCurrentIndex(limits._score.findData(name))
    field = limits._value
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field.lineEdit(), value)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_limit_is_typed_and_taken_away(limits: ScoreLimits) -> None:
    told: list[int] = []
    limits.changed.connect(lambda: told.append(1))
    type_limit(limits, "path-efficiency", "0.5")
    assert limits.limits(False) == {"path-efficiency": (0.5, None)}, "high is good: at first it is the least"
    type_limit(limits, "saturation", "0.25")
    assert limits.limits(False) == {"path-efficiency": (0.5, None), "saturation": (None, 0.25)}
    taken = limits.findChildren(Button)[1]
    QTest.mouseClick(taken, Qt.MouseButton.LeftButton)
    assert limits.limits(False) == {"saturation": (None, 0.25)}
    assert len(told) == 3


def test_both_ends_can_be_limited_but_not_against_each_other(limits: ScoreLimits) -> None:
    limits.limit("duration", True, 5.0)
    limits.limit("duration", False, 9.0)
    assert limits.limits(False) == {"duration": (5.0, 9.0)}
    limits.limit("duration", True, 12.0)
    assert limits.limits(False) == {"duration": (12.0, None)}
    limits.limit("duration", False, 3.0)
    assert limits.limits(False) == {"duration": (None, 3.0)}


def test_the_distance_to_a_base_counts_only_with_one(limits: ScoreLimits) -> None:
    limits.limit("nearest-base", False, 1.0)
    assert limits.limits(False) == {}
    assert limits.limits(True) == {"nearest-base": (None, 1.0)}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Two episodes of 1.2 s and one of 2 s."""
    made = make_library(tmp_path, ("ana", "ben"))
    path = driven_episode(made.find(ids(made)[0]).parent, 100, 2, "ben")
    made.decisions.append("robot", path.stem, Kind.OUTCOME, "success")
    add_policy(made)
    return made


@pytest.fixture
def page(application: QApplication, library: Library) -> Iterator[ExportPage]:
    made = ExportPage(library)
    made.resize(1192, 712)
    made.show()
    made.shown()
    wait_for(lambda: made.kept.text() == "kept 3 of 3", "the first scan")
    yield made
    let_go(made)


def test_a_plain_score_decides_without_a_policy(page: ExportPage, library: Library) -> None:
    assert not page.plain.due, "nobody asked for plain scores yet"
    page.rule.limits.limit("duration", False, 1.5)
    wait_for(lambda: page.kept.text() == "kept 2 of 3", "the scores")
    assert page.choices.item(2, 4).text() == "duration 1.98 s is over 1.5 s"
    wait_for(page.export.isEnabled, "the preview")
    page.start()
    wait_for(lambda: page.report.text, "the export", 60)
    made = Selection.load(library.selection_path("training-set"))
    assert dict(made.rule.scores) == {"duration": (None, 1.5)}
    assert len(made.kept) == 2
    page.rule.limits.limit("duration", False, None)
    assert page.kept.text() == "kept 3 of 3"


def test_a_limit_and_a_policy_hold_together(page: ExportPage) -> None:
    page.rule.limits.limit("path-efficiency", True, 2.0)
    wait_for(lambda: page.kept.text() == "kept 0 of 3", "the scores")
    page.rule._policy.setCurrentIndex(1)
    page.rule._policy.activated.emit(1)
    wait_for(lambda: page.scan.policy is not None, "the policy")
    page.rule._strange.setValue(1.0)
    assert page.rule.rule.scores.keys() == {"path-efficiency", "incompatibility"}


def test_a_limit_on_departure_is_of_whole_episodes(page: ExportPage) -> None:
    page.rule._policy.setCurrentIndex(1)
    page.rule._policy.activated.emit(1)
    wait_for(lambda: page.scan.policy is not None, "the policy")
    page.rule._departs.setValue(1.25)
    assert dict(page.rule.rule.scores) == {"departure": (None, 1.25)}
    assert page.rule._departs.text() == "1.25"
    page.rule._leaves_out.setCurrentIndex(page.rule._leaves_out.findData("conflict"))
    page.rule._on_form()
    assert not page.rule.rule.scores
    assert not page.rule._scores.isRowVisible(page.rule._departs)


def test_many_limits_fit_into_a_small_window(page: ExportPage) -> None:
    heights = []
    for names in (("jerk",), ("smoothness", "duration", "saturation", "idle-share", "path-efficiency")):
        for name in names:
            page.rule.limits.limit(name, True, -50.0)
        wait_for(lambda: not (page.plain.due or page._settle.isActive() or page._looking.running), "the look")
        assert page.kept.text() == "kept 3 of 3"
        heights.append(page.minimumSizeHint().height())
    assert heights[1] - heights[0] < 8, "one row is 16 px or more; the words of the form may still come to a pixel"
