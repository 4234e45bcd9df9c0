"""Every score of the library's page: its columns, the scatter, and the job that keeps them fresh."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from curation import add_policy, driven_episode, ids, let_go, make_library, pick, press, wait_for
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from accord.app.reached import Reached
from accord.app.row_scores import ROW_SCORES
from accord.app.ui.episode_columns import COLUMNS
from accord.app.ui.library_page import LibraryPage
from accord.datasets.decisions import Kind
from accord.datasets.library import Library
from accord.datasets.scores.library import plain_scores

TITLES = [column.title for column in COLUMNS]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Four episodes of different lengths, of two operators."""
    made = make_library(tmp_path, ("ana", "ben"))
    day = made.find(ids(made)[0]).parent
    for number, steps in ((2, 80), (3, 100)):
        path = driven_episode(day, steps, number, "ben")
        made.decisions.append("robot", path.stem, Kind.OUTCOME, "success")
    add_policy(made)
    return made


@pytest.fixture
def bare(application: QApplication, library: Library) -> Iterator[LibraryPage]:
    """A page whose plain scores are not there yet."""
    made = LibraryPage(library, who="curator")
    made.resize(1192, 712)
    made.show()
    made.shown()
    wait_for(lambda: made.scan.policy, "the scores against the policy")
    yield made
    let_go(made)


@pytest.fixture
def page(bare: LibraryPage) -> LibraryPage:
    wait_for(lambda: settled(bare, 4), "the plain scores")
    return bare


def settled(page: LibraryPage, scored: int) -> bool:
    known = sum(bool(row.plain) for row in page.scan.rows)
    return known == scored and page.scan.policy is not None and not page.plain.due


def cell(page: LibraryPage, title: str, episode: str) -> str:
    at = next(i for i, row in enumerate(page.table.shown_rows) if row.entry.id == episode)
    return str(page.table.model().index(at, TITLES.index(title)).data())


def test_every_score_has_a_column_with_the_number_that_the_library_knows(page: LibraryPage, library: Library) -> None:
    known = plain_scores(library).rows
    for one in ROW_SCORES:
        for row in page.scan.rows:
            assert cell(page, one.title, row.entry.id) == one.text(one.of(row))
            if one.name in known[row.entry.id] and one.name != "nearest-base":
                assert one.of(row) == pytest.approx(known[row.entry.id][one.name])
    assert all(cell(page, "Arm", row.entry.id) == "–" for row in page.scan.rows)
    assert all(cell(page, "Disputed", row.entry.id) != "" for row in page.scan.rows)


def test_a_few_columns_are_shown_and_the_menu_shows_others(bare: LibraryPage) -> None:
    table = bare.table
    assert not table.isColumnHidden(TITLES.index("Conflict"))
    jerk = TITLES.index("Jerk")
    assert table.isColumnHidden(jerk)
    tick = next(tick for tick in table.columns.actions() if tick.text() == "Jerk")
    assert "high is good" in tick.toolTip()
    tick.trigger()
    assert not table.isColumnHidden(jerk)
    table.columns.actions()[-1].trigger()
    assert table.isColumnHidden(jerk)
    assert [table.isColumnHidden(i) for i in range(len(COLUMNS))] == [not column.usual for column in COLUMNS]


def test_the_usual_columns_need_no_scroll_bar(bare: LibraryPage) -> None:
    table = bare.table
    assert table.horizontalScrollBar().maximum() == 0
    assert table.sizeHintForColumn(0) <= table.columnWidth(0), "and a picture has its time beside it"


def test_the_header_and_a_key_open_the_menu(bare: LibraryPage) -> None:
    bare.table.horizontalHeader().customContextMenuRequested.emit(QPoint(20, 5))
    assert bare.table.columns.isVisible()
    bare.table.columns.close()
    press(bare.table, Qt.Key.Key_K)
    assert bare.table.columns.isVisible()
    bare.table.columns.close()


def test_what_is_not_known_sorts_below_everything_that_is(page: LibraryPage, library: Library) -> None:
    page.bar.outcome.emit("discarded")
    wait_for(lambda: settled(page, 3), "the scores of the others")
    press(page.table, Qt.Key.Key_B)
    assert {cell(page, "Jerk", row.entry.id) for row in page.table.shown_rows} == {"–"}
    press(page.table, Qt.Key.Key_B)
    page.table.sortByColumn(TITLES.index("Jerk"), Qt.SortOrder.AscendingOrder)
    jerks = [row.plain["jerk"] for row in page.table.shown_rows]
    assert jerks == sorted(jerks)


def test_scores_are_computed_again_exactly_when_something_changed(page: LibraryPage, library: Library) -> None:
    before = page.plain.scoring
    page.shown()
    wait_for(lambda: not page._scanning.running, "another look")
    assert not page.plain.due
    assert page.plain.scoring is before, "nothing changed"
    press(page.table, Qt.Key.Key_A)
    assert not page.plain.due, "a verdict changes no score"
    page.player.show_step(20)
    press(page.table, Qt.Key.Key_BracketLeft)
    wait_for(lambda: page.plain.scoring is not before and settled(page, 4), "the scores of what stays")
    current = page.table.current
    assert current.plain["duration"] == pytest.approx(99 / 50 - 0.4, abs=0.021)
    path = driven_episode(library.find(ids(library)[0]).parent, 40, 9, "ana")
    library.decisions.append("robot", path.stem, Kind.OUTCOME, "success")
    page.library_changed()
    wait_for(lambda: settled(page, 5), "the scores of five")
    expected = plain_scores(library).rows
    for row in page.scan.rows:
        assert row.plain["action-divergence"] == pytest.approx(expected[row.entry.id]["action-divergence"])


def test_another_policy_is_another_base(page: LibraryPage, library: Library) -> None:
    before = page.plain.scoring
    add_policy(library, "other")
    pick(page.scores._box, "")
    wait_for(lambda: page.scan.policy is None and page.plain.scoring is not before, "the scores without a base")
    assert all(str(cell(page, "Nearest base", one)) == "–" for one in ids(library))


def test_what_was_stopped_is_not_begun_again_before_something_changes_or_a_person_asks(
    page: LibraryPage, library: Library
) -> None:
    page.bar.outcome.emit("failure")
    assert not page.plain.due
    page.bar.outcome.emit("discarded")
    wait_for(lambda: page.plain.running, "the job")
    page.plain.cancel()
    wait_for(lambda: not page.plain.due, "its end")
    page.shown()
    wait_for(lambda: not page._scanning.running, "another look")
    assert not page.plain.due
    press(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for(lambda: settled(page, 3), "what a person asked for")


def test_the_scatter_shows_each_episode_and_whether_a_score_follows_the_duration(page: LibraryPage) -> None:
    scatter = page.pane.scatter
    assert not scatter.isVisible()
    press(page.table, Qt.Key.Key_P)
    assert scatter.isVisible()
    assert [one.name for one in scatter.axes] == ["duration", "conflict"]
    assert re.fullmatch(r"usual from [\d.]+ to [\d.]+ s, (none|\d+) outside", scatter._told[0].text())
    assert "duration: ρ " in scatter._told[1].text() or "not known of 4" in scatter._told[1].text()
    assert [len(points.data) for points in scatter._points] == [1, 3]
    looks = {(points.opts["symbol"], points.opts["brush"].color().name()) for points in scatter._points}
    assert len({symbol for symbol, _ in looks}) == len({colour for _, colour in looks}) == 2
    assert "ana" in scatter._legend.text()
    pick(scatter._boxes[1], "jerk")
    assert "ρ" in scatter._told[1].text()
    assert page.height() == 712, "nothing was pushed out of the window"


def test_a_click_on_a_point_shows_that_episode(page: LibraryPage, library: Library) -> None:
    press(page.table, Qt.Key.Key_P)
    scatter = page.pane.scatter
    pick(scatter._boxes[1], "jerk")
    QTest.qWait(50)
    other = next(row for row in page.table.shown_rows if row.entry.id != page.table.current.entry.id)
    x, y = (one.of(other) for one in scatter.axes)
    view = scatter._plot
    at = view.mapFromScene(view.plotItem.vb.mapViewToScene(QPointF(x, y)))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    wait_for(lambda: page.table.current.entry.id == other.entry.id, "the episode")
    assert page.player.path == other.entry.path
    assert [point.pos().x() for point in scatter._ring.points()] == [x]


def test_the_scatter_shows_what_the_filter_lets_through(bare: LibraryPage) -> None:
    bare.pane.toggle_scatter()
    pick(bare.pane.scatter._boxes[0], "compatibility")
    bare.filter._text.setText("ana")
    assert sum(len(points.data) for points in bare.pane.scatter._points) == 1
    assert bare.pane.scatter._told[1].text() == "with the duration: not known"
    bare.filter._text.setText("nobody")
    assert bare.pane.nothing.isVisible()
    assert sum(len(points.data) for points in bare.pane.scatter._points) == 0


def test_arm_and_furthest_stage_have_columns(bare: LibraryPage) -> None:
    row = replace(bare.scan.rows[0], reached=Reached("ur5e", 2, ("near", "grasped", "placed")))
    arm, stage = (COLUMNS[TITLES.index(title)] for title in ("Arm", "Stage"))
    assert (arm.text(row), stage.text(row)) == ("ur5e", "2 of 3\ngrasped")
    assert stage.key(row) > stage.key(replace(row, reached=Reached("ur5e", 0, ("near", "grasped", "placed"))))
    assert stage.text(replace(row, reached=Reached("", 0, ()))) == "–"


def wanted_before_shortcuts(widget: QWidget) -> bool:
    """Whether somebody says that an A there is no shortcut."""
    asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    asked.ignore()
    QApplication.sendEvent(widget, asked)
    return asked.isAccepted()


@pytest.mark.parametrize("to_window", [False, True], ids=["to the list", "to the window"])
def test_a_key_in_an_open_list_is_for_the_list(page: LibraryPage, to_window: bool) -> None:
    press(page.table, Qt.Key.Key_P)
    episode, box = page.table.current.entry.id, page.pane.scatter._boxes[1]
    assert not wanted_before_shortcuts(page.player._speed)
    for one in page.findChildren(QComboBox):
        if not (one.isVisible() and one.isEnabled()):
            continue
        one.setFocus()
        one.showPopup()
        wait_for(one.view().isVisible, "the list")
        assert wanted_before_shortcuts(one), "X11 asks what has the focus in the page"
        for key in (Qt.Key.Key_A, Qt.Key.Key_X, Qt.Key.Key_BracketLeft):
            QTest.keyClick(page.windowHandle() if to_window else one.view(), key)
        one.hidePopup()
        wait_for(lambda: QApplication.activePopupWidget() is None, "its end")
    box.setFocus()
    box.setCurrentIndex(0)
    box.showPopup()
    wait_for(box.view().isVisible, "the list")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(page.windowHandle() if to_window else box.view(), key)
    wait_for(lambda: QApplication.activePopupWidget() is None, "its end")
    assert box.currentIndex() == 1
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() == 2, "closed, its arrows are its own too"
    page.table.setFocus()
    press(page.table, Qt.Key.Key_K)
    wait_for(page.table.columns.isVisible, "the menu")
    QTest.keyClick(page.windowHandle() if to_window else page.table.columns, Qt.Key.Key_A)
    page.table.columns.close()
    assert page.table.current.entry.id == episode
    assert [row.entry.curation.verdict for row in page.scan.rows] == [""] * 4
    assert page.table.current.entry.curation.trim is None
    press(page.table, Qt.Key.Key_A)
    assert page.bar.accept.isChecked(), "the key works again"
