from collections.abc import Iterator
from pathlib import Path

import pytest
from curation import add_policy, driven_episode, ids, left_behind, let_go, make_library, press, wait_for
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from accord.app.ui.episode_columns import COLUMNS
from accord.app.ui.library_page import LibraryPage
from accord.datasets.decisions import Kind
from accord.datasets.library import Library

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path)


def open_page(library: Library) -> LibraryPage:
    page = LibraryPage(library, who="curator")
    page.resize(1150, 700)
    page.show()
    page.shown()
    wait_for(page.filter._count.text, "the first scan")
    return page


@pytest.fixture
def page(application: QApplication, library: Library) -> Iterator[LibraryPage]:
    made = open_page(library)
    yield made
    let_go(made)


def curation(page: LibraryPage) -> object:
    return page.table.current.entry.curation if page.table.current else None


def test_an_empty_library_says_what_to_do_first(application: QApplication, tmp_path: Path) -> None:
    page = LibraryPage(Library.create(tmp_path / "empty"))
    page.show()
    page.shown()
    wait_for(page._first.isVisible, "the empty page")
    assert "Record one" in page._first.hint.text()
    let_go(page)


def test_the_newest_episode_is_shown_first(page: LibraryPage, library: Library) -> None:
    assert page.table.current.entry.id == ids(library)[-1]
    assert page.player.path == page.table.current.entry.path
    assert page.filter._count.text() == "3 of 3"


def test_a_script_is_called_a_script(page: LibraryPage) -> None:
    assert page.table.model().index(0, 2).data().startswith("scripted")


def test_the_filter_says_how_many_of_how_many(page: LibraryPage) -> None:
    page.filter._text.setText("ana")
    assert page.filter._count.text() == "2 of 3"
    page.filter._text.setText("nobody")
    assert page.filter._count.text() == "0 of 3"
    assert page.pane.nothing.isVisible()
    page.filter.clear()
    assert page.filter._count.text() == "3 of 3"
    assert page.table.isVisible()


def test_the_arrows_go_from_episode_to_episode_and_step_to_step(page: LibraryPage, library: Library) -> None:
    press(page.table, Qt.Key.Key_Down)
    assert page.table.current.entry.id == ids(library)[-2]
    press(page.table, Qt.Key.Key_Right)
    assert page.player.playback.step == 1
    press(page.table, Qt.Key.Key_Right, SHIFT)
    assert page.player.playback.step == 51
    press(page.table, Qt.Key.Key_Left)
    assert page.player.playback.step == 50
    press(page.table, Qt.Key.Key_Up)
    assert page.table.current.entry.id == ids(library)[-1]


def test_space_plays(page: LibraryPage) -> None:
    press(page.table, Qt.Key.Key_Space)
    assert page.player.playback.playing
    press(page.table, Qt.Key.Key_Space)
    assert not page.player.playback.playing


def test_a_verdict_is_kept_taken_back_and_given_again(page: LibraryPage, library: Library) -> None:
    episode = page.table.current.entry.id
    press(page.table, Qt.Key.Key_A)
    assert library.decisions.present()[episode].verdict == "accept"
    assert page.bar.accept.isChecked()
    press(page.table, Qt.Key.Key_X)
    assert library.decisions.present()[episode].verdict == "reject"
    press(page.table, Qt.Key.Key_Z, CONTROL)
    assert library.decisions.present()[episode].verdict == "accept"
    press(page.table, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert page.bar.reject.isChecked()
    press(page.table, Qt.Key.Key_U)
    assert library.decisions.present()[episode].verdict == ""
    assert {decision.who for decision in library.decisions.history(episode)} == {"robot", "curator"}


def test_undo_does_not_touch_what_the_robot_decided(page: LibraryPage) -> None:
    told: list[str] = []
    page.say.connect(told.append)
    press(page.table, Qt.Key.Key_Z, CONTROL)
    assert told == ["Nothing to take back."]
    assert curation(page).outcome == "success"


def test_brackets_cut_at_the_moment_that_is_shown(page: LibraryPage) -> None:
    page.player.show_step(10)
    press(page.table, Qt.Key.Key_BracketLeft)
    assert curation(page).trim == (0.2, pytest.approx(59 / 50))
    page.player.show_step(40)
    press(page.table, Qt.Key.Key_BracketRight)
    assert curation(page).trim == (0.2, 0.8)
    page.player.show_step(5)
    press(page.table, Qt.Key.Key_BracketRight)
    assert curation(page).trim == (0.0, 0.1)
    press(page.table, Qt.Key.Key_Backslash)
    assert curation(page).trim is None


def test_a_letter_in_a_field_is_only_a_letter(page: LibraryPage, library: Library) -> None:
    press(page.table, Qt.Key.Key_N)
    wait_for(page.bar.note.hasFocus, "the note's focus")
    for key in (Qt.Key.Key_A, Qt.Key.Key_X, Qt.Key.Key_Space, Qt.Key.Key_B):
        press(page.bar.note, key)
    press(page.bar.note, Qt.Key.Key_Return)
    assert curation(page).note == "ax b"
    assert curation(page).verdict == ""
    assert page.table.hasFocus()


def test_the_outcome_can_be_overruled(page: LibraryPage, library: Library) -> None:
    page.bar.outcome.emit("failure")
    assert curation(page).outcome == "failure"
    assert library.decisions.history()[-1].who == "curator"


def test_what_was_discarded_is_only_in_the_bin(page: LibraryPage) -> None:
    page.bar.outcome.emit("discarded")
    assert page.filter._count.text() == "2 of 2"
    press(page.table, Qt.Key.Key_B)
    assert page.filter._count.text() == "1 of 1"


def test_a_decided_episode_leaves_a_list_of_undecided_ones_and_the_next_one_is_shown(page: LibraryPage) -> None:
    before = page.table.current.entry.id
    box = page.filter._boxes["verdict"]
    box.setCurrentIndex(box.findData("undecided"))
    press(page.table, Qt.Key.Key_A)
    assert page.filter._count.text() == "2 of 3"
    assert page.table.current.entry.id != before
    assert page.player.path == page.table.current.entry.path


def test_scores_come_from_the_newest_policy(application: QApplication, library: Library) -> None:
    add_policy(library)
    page = open_page(library)
    wait_for(lambda: page.scan.policy is not None, "the policy")
    assert page.table.current.score is not None
    assert page.scores._text.text() == "all scored"
    assert page.player.line._curve is not None
    let_go(page)


def test_the_arrows_choose_the_policy_of_the_scores_also_in_the_open_list(page: LibraryPage, library: Library) -> None:
    for name in ("first", "second", "third"):
        add_policy(library, name)
    page.library_changed()
    box = page.scores._box
    wait_for(lambda: page.scan.policy is not None and not page._scanning.running, "the new policies")
    offered = [box.itemData(i) for i in range(box.count())]
    assert sorted(offered) == ["", "first", "second", "third"]
    box.setFocus()
    page.scores.choose(offered[3])
    wait_for(lambda: box.currentData() == offered[3], "the last one")
    for key, name in ((Qt.Key.Key_Up, offered[2]), (Qt.Key.Key_Up, offered[1]), (Qt.Key.Key_Down, offered[2])):
        QTest.keyClick(page.windowHandle(), key)
        assert page.scores.policy == box.currentText() == name
        wait_for(lambda name=name: page.scan.name == name, "its scores")
        assert box.currentText() == name
        assert box.hasFocus()
    box.showPopup()
    QTest.keyClick(box.view(), Qt.Key.Key_Down)
    assert box.view().currentIndex().data() == offered[3]
    rescanned = page.scan
    page.library_changed()
    wait_for(lambda: page.scan is not rescanned, "another look at the library")
    assert box.view().currentIndex().data() == offered[3], "what somebody is about to choose stays"
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    wait_for(lambda: page.scan.name == offered[3], "its scores")
    assert box.currentData() == offered[3]


def test_what_is_not_scored_is_counted_and_scored_by_itself(application: QApplication, library: Library) -> None:
    add_policy(library)
    (library.folder / "index.sqlite").unlink()
    fresh = Library(library.folder)
    page = open_page(fresh)
    wait_for(lambda: page.scores._text.text() == "3 not scored", "the count")
    assert page.table.current.score is None
    wait_for(lambda: page.scores._text.text() == "all scored", "the scores", 60)
    assert page.table.current.score is not None
    let_go(page)


def test_what_was_stopped_is_not_begun_again_until_a_person_asks(application: QApplication, library: Library) -> None:
    add_policy(library)
    (library.folder / "index.sqlite").unlink()
    page = open_page(Library(library.folder))
    wait_for(lambda: page.scores._job.running, "the job")
    page.scores._job.cancel()
    wait_for(lambda: not page.scores._job.running, "its end")
    page.shown()
    wait_for(page.scores._score.isVisible, "the button")
    assert not page.scores._job.running
    press(page.table, Qt.Key.Key_Return, CONTROL)
    wait_for(lambda: page.scores._text.text() == "all scored", "the scores", 60)
    let_go(page)


def test_what_is_taken_back_is_said_in_words(page: LibraryPage) -> None:
    told: list[str] = []
    page.say.connect(told.append)
    page.player.show_step(10)
    press(page.table, Qt.Key.Key_BracketLeft)
    press(page.table, Qt.Key.Key_Z, CONTROL)
    press(page.table, Qt.Key.Key_Z, CONTROL | SHIFT)
    who = page.table.current.entry.summary.operator
    assert told[0].startswith(f"Took back: the cut 0.2–1.2 s of {who}’s episode of ")
    assert told[1].startswith("Decided again: the cut 0.2–1.2 s of ")


def test_the_length_of_a_cut_episode_is_what_stays(page: LibraryPage) -> None:
    page.player.show_step(10)
    press(page.table, Qt.Key.Key_BracketLeft)
    column = [c.title for c in COLUMNS].index("Length")
    assert page.table.currentIndex().siblingAtColumn(column).data() == "1.0 of\n1.2 s"


@pytest.mark.parametrize(("title", "order"), [("Conflict", "Descending"), ("Novel", "Descending"), ("M", "Ascending")])
def test_the_worst_stands_first_after_one_click(page: LibraryPage, title: str, order: str) -> None:
    header, column = page.table.horizontalHeader(), [c.title for c in COLUMNS].index(title)
    at = QPoint(header.sectionViewportPosition(column) + header.sectionSize(column) // 2, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder().name) == (column, f"{order}Order")


def test_a_step_asked_for_before_the_scan_is_shown_after_it(application: QApplication, library: Library) -> None:
    page = LibraryPage(library)
    page.show_step(ids(library)[0], 33)
    page.show()
    page.shown()
    wait_for(lambda: page.player.playback.step == 33, "the step")
    assert page.table.current.entry.id == ids(library)[0]
    let_go(page)


def test_a_damaged_file_is_said_and_the_others_are_shown(application: QApplication, library: Library) -> None:
    library.find(ids(library)[0]).write_bytes(b"nothing")
    page = open_page(library)
    assert "not HDF5" in page.banner.text
    assert page.filter._count.text() == "2 of 2"
    let_go(page)


def test_an_episode_saved_meanwhile_appears(page: LibraryPage, library: Library) -> None:
    day = library.find(ids(library)[0]).parent
    path = driven_episode(day, 40, 9, "ben")
    library.decisions.append("robot", path.stem, Kind.OUTCOME, "failure")
    before = page.table.current.entry.id
    page.library_changed()
    wait_for(lambda: page.filter._count.text() == "4 of 4", "the new episode")
    assert page.table.current.entry.id == before


def test_what_a_crash_left_behind_is_recovered_by_a_click(application: QApplication, library: Library) -> None:
    lost = left_behind(library)
    page, said = open_page(library), []
    page.say.connect(said.append)
    assert "1 episode was left behind by a crash" in page.banner.text
    assert page.filter._count.text() == "3 of 3"
    QTest.mouseClick(page.banner._action, Qt.MouseButton.LeftButton)
    wait_for(lambda: page.filter._count.text() == "4 of 4", "the recovered episode")
    assert said == ["Recovered 1 episode."]
    assert page.banner.text == ""
    (entry,) = [entry for entry in library.contents().entries if entry.id == lost.stem]
    assert (entry.curation.outcome, entry.summary.steps) == ("incomplete", 60)
    let_go(page)
