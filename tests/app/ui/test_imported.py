"""Imported episodes have no view, no gripper and no operator; the window shows them all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from curation import let_go, wait_for
from foreign import STEPS, robomimic
from PySide6.QtWidgets import QApplication

from accord.app.importing import import_file
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
