"""The window with real processes: from a key to an episode in the library."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from held_key import hold_until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from accord.app.settings import Settings
from accord.app.snapshot import State
from accord.app.ui import actions
from accord.app.ui.live import Choices
from accord.app.ui.theme import Scheme, Theme
from accord.app.ui.window import Window
from accord.datasets.episode import Episode
from accord.datasets.library import Library
from accord.devices.sim.factor import draw

WaitFor = Callable[..., None]


@pytest.fixture
def window(application: QApplication, tmp_path: Path) -> Iterator[Window]:
    settings = Settings(tmp_path / "library", width=64, height=48, begin_with=0, stop_at=0)
    look = Theme(application, Scheme.LIGHT)
    made = Window(application, Choices(settings, operator="ada"), look)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    yield made
    made.close_at_once()
    application.removeEventFilter(made.keys)
    made.deleteLater()
    look.deleteLater()


@pytest.fixture
def running(window: Window, wait_for: WaitFor) -> Window:
    window.start()
    wait_for(lambda: window.live.snapshot.state is State.READY and window.live.snapshot.loop.source == "keyboard")
    return window


def type_key(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.windowHandle(), key, modifiers)


def test_the_window_is_there_before_anything_runs(window: Window) -> None:
    assert window.isVisible()
    assert window.live.session is None
    assert window.collect.state.word.text() in ("", "Starting")


def test_a_person_records_an_episode_with_the_keyboard_alone(running: Window, wait_for: WaitFor) -> None:
    live = running.live
    type_key(running, Qt.Key.Key_Space)
    wait_for(lambda: live.snapshot.state is State.RECORDING and live.snapshot.elapsed_s > 0.1)
    before = live.snapshot.newest["observation/hand_position"].copy()

    def moved() -> bool:
        return float(np.linalg.norm(live.snapshot.newest["observation/hand_position"] - before)) > 0.01

    hold_until(running, Qt.Key.Key_W, moved, wait_for)
    type_key(running, Qt.Key.Key_Y)
    wait_for(lambda: live.snapshot.finished is not None and live.snapshot.finished.saved)
    wait_for(
        lambda: (
            running.collect.record.saving.text().startswith("success")
            and "saved" in running.collect.record.saving.text()
        )
    )
    (entry,) = Library(live.session.library.folder).contents().entries
    assert (entry.summary.operator, entry.summary.source, entry.curation.outcome) == ("ada", "keyboard", "success")
    wait_for(lambda: live.snapshot.state is State.READY)
    type_key(running, Qt.Key.Key_N)
    wait_for(lambda: live.snapshot.finished.outcome == "failure")


def test_a_note_about_the_last_episode_stands_in_the_library(running: Window, wait_for: WaitFor) -> None:
    live, note = running.live, running.collect.record.note
    assert not note.isEnabled()
    type_key(running, Qt.Key.Key_Space)
    wait_for(lambda: live.snapshot.state is State.RECORDING and live.snapshot.elapsed_s > 0.1)
    type_key(running, Qt.Key.Key_N)
    wait_for(note.isEnabled)
    note.setFocus()
    QTest.keyClicks(note, "slipped")
    QTest.keyClick(note, Qt.Key.Key_Return)
    assert running.focusWidget() is running.collect
    wait_for(lambda: live.snapshot.finished is not None and live.snapshot.finished.saved)
    (entry,) = Library(live.session.library.folder).contents().entries
    assert (entry.curation.note, entry.curation.outcome) == ("slipped", "failure")


def test_without_its_device_the_robot_is_held_and_the_window_says_why(window: Window, wait_for: WaitFor) -> None:
    if any(Path("/sys/class/hidraw").glob("*")):
        pytest.skip("a device is plugged in that might be a SpaceMouse")
    window._choices = replace(window._choices, source="spacemouse")
    window.start()
    # A busy machine may hold for a moment because the window was late; that is not what is looked for here.
    said = window.collect.state
    wait_for(lambda: said.word.text() == "Holding" and "SpaceMouse" in said.text.text())
    wait_for(lambda: "SpaceMouse" in window.collect.robot.device.text())


def test_a_process_that_dies_is_said_and_a_key_starts_it_anew(running: Window, wait_for: WaitFor) -> None:
    type_key(running, Qt.Key.Key_Space)
    wait_for(lambda: running.live.snapshot.state is State.RECORDING and running.live.snapshot.elapsed_s > 0.1)
    running.live.session._processes.camera.process.kill()
    wait_for(lambda: running.collect.state.word.text() == "Failed")
    assert "camera" in running.collect.state.text.text()
    type_key(running, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    wait_for(lambda: running.live.snapshot.state is State.READY)
    running.live.session._processes.loop.process.kill()
    wait_for(running.collect.state.restart.isVisible)
    QTest.mouseClick(running.collect.state.restart, Qt.MouseButton.LeftButton)
    wait_for(lambda: running.live.snapshot.state is State.READY and running.live.snapshot.loop.source == "keyboard")


def test_closing_while_recording_keeps_the_episode_as_incomplete(running: Window, wait_for: WaitFor) -> None:
    type_key(running, Qt.Key.Key_Space)
    wait_for(lambda: running.live.snapshot.state is State.RECORDING and running.live.snapshot.elapsed_s > 0.1)
    folder = running.live.session.library.folder
    type_key(running, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    wait_for(lambda: running.rail._group.button(0).time.endswith(" s"))
    type_key(running, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert running.isVisible()
    assert running.live.snapshot.state is State.RECORDING
    assert running.banner.text.startswith("An episode is being recorded. Close again")
    type_key(running, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not running.isVisible()
    (entry,) = Library(folder).contents().entries
    assert not entry.summary.complete


def test_a_close_that_was_not_repeated_is_forgotten_with_its_episode(running: Window, wait_for: WaitFor) -> None:
    type_key(running, Qt.Key.Key_Space)
    wait_for(lambda: running.live.snapshot.state is State.RECORDING and running.live.snapshot.elapsed_s > 0.1)
    running.close()
    assert running.isVisible()
    assert "Close again" in running.banner.text
    type_key(running, Qt.Key.Key_Y)
    wait_for(lambda: "Close again" not in running.banner.text and running.rail._group.button(0).time == "")


def test_an_episode_in_which_nothing_moved_is_told_of_and_a_key_discards_it(running: Window, wait_for: WaitFor) -> None:
    live = running.live
    type_key(running, Qt.Key.Key_Space)
    wait_for(lambda: live.snapshot.state is State.RECORDING and live.snapshot.elapsed_s > 0.1)
    type_key(running, Qt.Key.Key_N)
    wait_for(lambda: running.banner.text.startswith("No arm moved in the last episode, because "))
    wait_for(lambda: live.snapshot.finished is not None and live.snapshot.finished.saved)
    assert running.collect.record.scores.text().startswith("No arm moved")
    type_key(running, Qt.Key.Key_Delete)
    wait_for(lambda: live.snapshot.finished.outcome == "discarded" and not live.snapshot.message)
    (entry,) = Library(live.session.library.folder).contents().entries
    assert entry.curation.outcome == "discarded", "and it is still there"


def test_a_signal_closes_at_once(running: Window, wait_for: WaitFor) -> None:
    type_key(running, Qt.Key.Key_Space)
    wait_for(lambda: running.live.snapshot.state is State.RECORDING and running.live.snapshot.elapsed_s > 0.1)
    running.close_at_once()
    assert not running.isVisible()


def test_what_cannot_be_done_is_a_sentence_in_the_window(running: Window) -> None:
    running.live.ask(lambda session: session.end())
    assert running.banner.text.startswith("Wanted an episode that is being recorded")


def test_without_an_operator_space_asks_for_one(running: Window, wait_for: WaitFor) -> None:
    running.live.ask(lambda session: setattr(session, "operator", ""))
    wait_for(lambda: not running.collect.choices.operator.text())
    type_key(running, Qt.Key.Key_Space)
    assert running.focusWidget() is running.collect.choices.operator
    QTest.keyClicks(running.collect.choices.operator, "bob")
    QTest.keyClick(running.collect.choices.operator, Qt.Key.Key_Return)
    assert running.live.session.operator == "bob"
    assert running.focusWidget() is running.collect


def test_the_pages_have_keys_and_driving_stops_on_the_others(running: Window) -> None:
    for number in (1, 2, 3, 4, 5):
        type_key(running, Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.ControlModifier)
        assert running.stack.currentIndex() == number
        QTest.keyPress(running.windowHandle(), Qt.Key.Key_W)
        assert not running.keys.held
        QTest.keyRelease(running.windowHandle(), Qt.Key.Key_W)
    type_key(running, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert running.stack.currentIndex() == 0


def test_the_sheet_of_keys_opens_and_closes(window: Window) -> None:
    type_key(window, Qt.Key.Key_F1)
    assert window.sheet.isVisible()
    type_key(window, Qt.Key.Key_Escape)
    assert not window.sheet.isVisible()


def test_under_the_sheet_of_keys_no_key_does_anything(running: Window) -> None:
    QTest.keyPress(running.windowHandle(), Qt.Key.Key_W)
    type_key(running, Qt.Key.Key_F1)
    assert not running.keys.held
    for key in (Qt.Key.Key_S, Qt.Key.Key_Space, Qt.Key.Key_H, Qt.Key.Key_F1):
        assert running.sheet.isVisible()
        QTest.keyPress(running.windowHandle(), key)
        assert not running.sheet.isVisible()
        assert not running.keys.held
        QTest.keyRelease(running.windowHandle(), key)
        running.sheet.switch()
    QTest.mouseClick(running.sheet, Qt.MouseButton.LeftButton)
    assert not running.sheet.isVisible()
    assert running.live.session.state is State.READY
    assert not running.collect.record.hold.isChecked()
    QTest.keyPress(running.windowHandle(), Qt.Key.Key_S)
    assert running.keys.held


@pytest.mark.parametrize(
    ("page", "told"), [(0, "Discard"), (1, "Accept"), (2, "Fit"), (3, "Run"), (4, "Export"), (5, "Try from here")]
)
def test_the_sheet_shows_the_keys_of_the_open_page(window: Window, page: int, told: str) -> None:
    from PySide6.QtWidgets import QLabel

    window.show_page(page)
    window.sheet.switch()
    texts = {text.text() for text in window.sheet._panel.findChildren(QLabel)}
    assert {told, "Quit"} <= texts
    assert ("Accept" in texts) == (page == 1)
    window.sheet.close_sheet()


def test_a_factor_is_fixed_and_the_same_seed_set_exactly(running: Window, wait_for: WaitFor) -> None:
    live, scene = running.live, running.collect.scene
    type_key(running, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    wait_for(lambda: scene.isVisible() and scene.factors.rows)
    scene.factors.rows["nut-x"].slider.chosen.emit((0.4, 0.4))
    wait_for(lambda: live.snapshot.state is State.READY and live.snapshot.factors["nut-x"] == pytest.approx(0.4))
    nut = "observation/nut_position"
    wait_for(lambda: live.snapshot.newest[nut][0] == pytest.approx(0.4, abs=0.01))
    scene.seed.setFocus()
    scene.seed.setValue(4711)
    QTest.keyClick(scene.seed, Qt.Key.Key_Return)
    assert running.focusWidget() is running.collect, "the keyboard drives again"
    wait_for(lambda: live.snapshot.state is State.READY and live.snapshot.seed == 4711)
    drawn = draw(live.session.scene.factors, 4711, {"nut-x": (0.4, 0.4)})
    wait_for(lambda: live.snapshot.newest[nut][1] == pytest.approx(drawn["nut-y"], abs=0.01))
    type_key(running, Qt.Key.Key_Space)
    wait_for(lambda: live.snapshot.state is State.RECORDING and live.snapshot.elapsed_s > 0.1)
    scene.factors.all_usual.click()
    assert running.banner.text.startswith("Wanted to change the scene, found an episode that is being recorded")
    assert live.snapshot.variation == {"nut-x": (0.4, 0.4)}
    type_key(running, Qt.Key.Key_N)
    wait_for(lambda: live.snapshot.finished is not None and live.snapshot.finished.saved)
    (entry,) = Library(live.session.library.folder).contents().entries
    with Episode(entry.path) as episode:
        assert episode.info.factors == pytest.approx(drawn)


def test_another_task_is_chosen_in_the_gallery_and_another_arm_beside_it(running: Window, wait_for: WaitFor) -> None:
    live, page = running.live, running.collect
    type_key(running, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert page.gallery.isVisible()
    QTest.keyPress(running.windowHandle(), Qt.Key.Key_W)
    assert not running.keys.held, "where the robot cannot be seen no key drives"
    QTest.keyRelease(running.windowHandle(), Qt.Key.Key_W)
    type_key(running, Qt.Key.Key_Escape)
    assert not page.gallery.isVisible()
    QTest.keyPress(running.windowHandle(), Qt.Key.Key_W)
    assert running.keys.held
    QTest.keyRelease(running.windowHandle(), Qt.Key.Key_W)
    type_key(running, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    next(card for card in page.gallery.cards if card.task == "lift").click()
    wait_for(lambda: live.snapshot.task == "lift" and live.snapshot.state is State.READY)
    assert not page.gallery.isVisible()
    assert page.stages.isVisible()
    assert live.snapshot.arm == "panda"
    live.ask(lambda session: session.reset(12))
    wait_for(lambda: live.snapshot.seed == 12)
    page.choices.arm_chosen.emit("ur5e")
    wait_for(lambda: live.snapshot.arm == "ur5e" and live.snapshot.state is State.READY)
    assert (live.snapshot.task, live.snapshot.seed) == ("lift", 12)
    wait_for(lambda: page.choices.arm.currentData() == "ur5e")


def test_another_library_can_be_opened(running: Window, tmp_path: Path, wait_for: WaitFor) -> None:
    running.open_library(tmp_path / "other")
    wait_for(lambda: running.live.session is not None and running.live.session.library.name == "other")
    assert "other" in running.windowTitle()
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "file").touch()
    running.open_library(tmp_path / "foreign")
    assert "foreign" in running.banner.text


def test_every_control_has_a_name_and_a_tooltip(window: Window) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit

    page = window.collect
    controls = [c for kind in (QAbstractButton, QComboBox, QLineEdit) for c in page.findChildren(kind)]
    assert len(controls) > 15
    assert not [control for control in controls if not (control.accessibleName() and control.toolTip())]


def test_at_1280_by_800_nothing_is_cut(window: Window) -> None:
    window.resize(1280, 800)
    QApplication.processEvents()
    area = window.collect.side
    assert area.widget().height() <= area.viewport().height()
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 800


def test_every_page_has_an_action() -> None:
    from accord.app.ui.window import PAGES

    assert len(PAGES) + 3 == len(actions.PAGES), "those that show the robot are not among them"
