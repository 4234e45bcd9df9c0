"""A profile that somebody else changes, breaks or deletes while its page is open; and what may be tried when."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from mapped import Driving, driven
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from accord.app.desk import Desk
from accord.app.snapshot import State
from accord.app.ui import mapping_shelf
from accord.app.ui.live import Live
from accord.app.ui.mapping_editor import MappingEditor
from accord.app.ui.mapping_guiding import MappingGuiding
from accord.app.ui.mapping_standing import Matter
from accord.devices.mapping import Mapping
from accord.devices.profiles import Profiles

FINE = Mapping(linear_m_s=0.11)


class Page:
    """The page with the mapping of the keyboard, whose profile is ``fine``."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)
        self.file = folder / "profiles" / "fine.toml"
        self.desk.profiles.save("fine", FINE)
        self.desk.choose_profile("keyboard", "fine")
        self.editor = MappingEditor()
        self.driving = Driving()
        session = SimpleNamespace(driving=self.driving, scene=SimpleNamespace(cameras=(), fingers=None))
        self.live = SimpleNamespace(session=session, running=True, snapshot=driven("keyboard"))
        self.guiding = MappingGuiding(self.editor, self.desk, cast(Live, self.live), self.editor)

    def open(self) -> None:
        self.guiding.open("keyboard")
        self.editor.show()
        self.tick()

    def tick(self) -> None:
        self.guiding.tick(True, self.live.snapshot)

    @property
    def said(self) -> str:
        return self.editor.note.text.text()

    @property
    def profiles(self) -> list[str]:
        choice = self.editor.bar.profile
        return [choice.itemText(index) for index in range(choice.count())]


@pytest.fixture
def page(keep: Callable[[QWidget], QWidget], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr(mapping_shelf, "LOOK_NS", 0)
    made = Page(tmp_path)
    keep(made.editor)
    return made


def test_a_file_is_another_one_when_it_is_written_broken_or_gone(tmp_path: Path) -> None:
    profiles, shelf = Profiles(tmp_path), mapping_shelf.Shelf(Profiles(tmp_path))
    shelf.begin("fine")
    assert shelf.gone
    profiles.save("fine", FINE)
    assert shelf.look()
    assert shelf.mapping == FINE
    assert not shelf.look()
    (tmp_path / "fine.toml").write_text("version = 2\n")
    assert shelf.look()
    assert (shelf.mapping, shelf.gone) == (None, False)
    assert shelf.problem.startswith("Wanted ")
    (tmp_path / "fine.toml").unlink()
    assert shelf.look()
    assert shelf.gone
    shelf.begin("")
    assert not shelf.gone


def test_it_is_looked_at_twice_a_second(tmp_path: Path) -> None:
    shelf = mapping_shelf.Shelf(Profiles(tmp_path))
    assert [shelf.due(t_ms * 1_000_000) for t_ms in (10_000, 10_400, 10_600, 10_700)] == [True, False, True, False]
    assert mapping_shelf.LOOK_NS < 1_000_000_000


def test_a_profile_that_is_deleted_while_it_drives_is_told_at_once_and_save_writes_it_again(page: Page) -> None:
    page.open()
    assert page.said == "This is the profile fine, as it is saved."
    assert not page.editor.bar.save.isEnabled()
    page.file.unlink()
    page.tick()
    assert page.said == (
        "The profile fine is gone from the disk: keyboard goes on driving as it did, and what it said is still here. "
        "Save writes it again."
    )
    assert page.editor.note.matter is Matter.WRONG
    assert page.driving.asked == [], "whoever drives is not surprised"
    assert page.editor.draft.mapping == FINE
    assert "fine (no file)" in page.profiles
    QTest.mouseClick(page.editor.bar.save, Qt.MouseButton.LeftButton)
    assert page.desk.profiles.load("fine") == FINE
    assert page.said == "This is the profile fine, as it is saved."
    assert "fine" in page.profiles


def test_a_profile_that_is_deleted_while_another_device_drives_says_that_it_cannot(page: Page) -> None:
    page.driving.held = ()
    page.open()
    page.file.unlink()
    page.tick()
    assert "keyboard cannot drive with it, but what it said is still here" in page.said
    page.desk.profiles.save("fine", FINE)
    page.tick()
    assert page.said.startswith("This is the profile fine, as it is saved."), "somebody put it back"


def test_one_that_was_gone_before_is_the_usual_mapping_and_says_so(page: Page) -> None:
    page.file.unlink()
    page.open()
    assert "what it said is not known here, this is the usual mapping" in page.said
    assert page.editor.draft.mapping == page.editor.draft.default


def test_one_that_was_shown_and_went_while_the_page_was_left_is_still_there(page: Page) -> None:
    page.open()
    page.guiding.open("spacemouse")
    page.file.unlink()
    page.guiding.open("keyboard")
    assert page.editor.draft.mapping == FINE
    assert "what it said is still here" in page.said


def test_a_profile_that_is_broken_while_it_is_shown_is_told_with_the_place_and_kept(page: Page) -> None:
    page.open()
    page.editor.form.changed.emit("linear_m_s", 0.2)
    page.file.write_text("version = 2\nscale = no\n")
    page.tick()
    assert str(page.file) in page.said
    assert "Now keyboard goes on driving as it did" in page.said
    assert page.editor.draft.mapping.linear_m_s == 0.2
    page.editor.bar.save_as_asked.emit("mine")
    assert page.desk.profiles.load("mine").linear_m_s == 0.2
    assert page.file.read_text() == "version = 2\nscale = no\n"
    assert page.said == "This is the profile mine, as it is saved."


def test_a_profile_that_is_changed_by_somebody_else_is_shown_where_nobody_drives_with_it(page: Page) -> None:
    page.driving.held = ()
    page.open()
    page.desk.profiles.save("fine", Mapping(linear_m_s=0.3))
    page.tick()
    assert page.editor.draft.mapping.linear_m_s == 0.3
    assert not page.editor.draft.changed


def test_one_that_is_changed_while_it_drives_is_told_and_the_person_chooses(page: Page) -> None:
    page.open()
    page.desk.profiles.save("fine", Mapping(linear_m_s=0.3))
    page.tick()
    assert page.said.startswith("The file of the profile fine was changed meanwhile: this is not what it says now.")
    assert "keyboard goes on driving as it did." in page.said
    assert page.editor.draft.mapping == FINE
    assert page.driving.asked == []
    QTest.mouseClick(page.editor.note.discard, Qt.MouseButton.LeftButton)
    assert page.editor.draft.mapping.linear_m_s == 0.3
    page.editor.form.changed.emit("linear_m_s", 0.4)
    assert page.said.startswith("Changes of the profile fine are not saved.")


def test_profiles_that_come_and_go_are_offered_as_they_are(page: Page) -> None:
    page.open()
    page.desk.profiles.save("other", Mapping())
    page.tick()
    assert page.profiles[1:] == ["fine", "other"]
    page.desk.profiles.delete("other")
    page.tick()
    assert page.profiles[1:] == ["fine"]


# Trying -------------------------------------------------------------------------------------------------------------


def test_try_is_for_a_device_that_drives_and_else_says_why_not(page: Page) -> None:
    page.open()
    button = page.editor.bar.try_
    assert button.isEnabled()
    page.live.snapshot = driven("spacemouse")
    page.driving.held, held = (), page.driving.held
    page.tick()
    sentence = "To try it, choose keyboard on the page Collect; now spacemouse drives."
    assert not button.isEnabled()
    assert button.toolTip() == sentence
    assert page.said.endswith(sentence)
    page.editor.try_now()  # by its key
    assert page.said == sentence
    assert page.driving.asked == []
    page.driving.held, page.live.running = held, False
    page.tick()
    assert button.toolTip() == "No robot runs to try it with: the page Collect starts one."


def test_nothing_is_tried_while_an_episode_is_recorded_and_what_is_being_written_stays(page: Page) -> None:
    page.open()
    field = page.editor.form.numbers["linear_m_s"]
    field.setFocus()
    field.lineEdit().setText("0.4")
    page.live.snapshot = replace(page.live.snapshot, state=State.RECORDING)
    page.tick()
    assert page.editor.bar.try_.toolTip() == "To try it, end the episode that is being recorded."
    assert field.lineEdit().text() == "0.4"


def test_a_try_ends_when_another_device_drives(page: Page) -> None:
    page.open()
    page.editor.form.changed.emit("linear_m_s", 0.2)
    QTest.mouseClick(page.editor.bar.try_, Qt.MouseButton.LeftButton)
    assert "The robot is driven with them now." in page.said
    page.driving.held = ()
    page.tick()
    assert "driven with them now" not in page.said
