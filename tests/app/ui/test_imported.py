"""Imported episodes have no view, no gripper and no operator; the window shows them all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from curation import let_go, pick, press, wait_for
from foreign import STEPS, robomimic
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from accord.app.importing import import_file
from accord.app.ui.episode_columns import COLUMNS, about
from accord.app.ui.library_page import LibraryPage
from accord.datasets.importers.imported import Told
from accord.datasets.library import Library


@pytest.fixture
def page(application: QApplication, tmp_path: Path) -> Iterator[LibraryPage]:
    import_file(tmp_path / "library", robomimic(tmp_path / "a.hdf5"), Told(rate_hz=50.0))
    made = LibraryPage(Library(tmp_path / "library"), who="curator")
    made.resize(1150, 700)
    made.show()
    made.shown()
    wait_for(made.filter._count.text, "the first scan")
    yield made
    let_go(made)


def test_an_episode_without_views_is_shown_and_played(page: LibraryPage) -> None:
    assert page.filter._count.text() == "4 of 4"
    assert page.player.path == page.table.current.entry.path
    assert page.player.wall.frames == {}
    page.player.show_step(STEPS // 2)
    assert page.player.playback.step == STEPS // 2
    page.player.toggle()
    wait_for(lambda: page.player.playback.step > STEPS // 2, "the player to go on")
    page.player.toggle()
    shown = page.grab()
    assert shown.width() > 1000


def test_what_is_not_there_is_said_and_what_is_there_can_be_read(page: LibraryPage) -> None:
    wall = page.player.wall
    assert wall._note == "no views"
    said = wall.grab().toImage()
    wall.say("")
    assert wall.grab().toImage() != said, "the word is on the screen"
    page.player.display(None)
    assert wall._note == ""
    note = page.bar.note
    assert note.text().startswith("Imported from demo_")
    assert note.cursorPosition() == 0, "its beginning is shown"
    assert note.text() in note.toolTip()
    titles = [column.title for column in COLUMNS]
    for title, text in (("Source", "import\nrobomimic"), ("Outcome", "unlabelled")):
        at = titles.index(title)
        assert page.table.model().index(0, at).data() == text
        assert page.table.sizeHintForColumn(at) <= page.table.columnWidth(at)
    assert page.table.horizontalScrollBar().maximum() == 0
    assert about(page.table.current).splitlines()[0] == "demo_3 of a.hdf5, imported"


def test_without_a_base_policy_the_scatter_begins_with_what_is_known(page: LibraryPage) -> None:
    wait_for(lambda: all(row.plain for row in page.scan.rows), "the plain scores")
    press(page.table, Qt.Key.Key_P)
    scatter = page.pane.scatter
    assert [one.name for one in scatter.axes] == ["duration", "action-divergence"]
    assert len(scatter._drawn) == 4
    pick(scatter._boxes[1], "conflict")
    page.pane.toggle_scatter()
    page.pane.toggle_scatter()
    assert [one.name for one in scatter.axes] == ["duration", "conflict"], "a person's choice stays"
