from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from accord.app.ui import actions
from accord.app.ui.keys import HeldKeys
from accord.devices.inputs.keys import BINDINGS, Key


@pytest.fixture
def window(keep: Callable[[QWidget], QWidget]) -> QWidget:
    made = keep(QWidget())
    layout = QVBoxLayout(made)
    for child in (QLineEdit(), QComboBox(), QPushButton("x")):
        layout.addWidget(child)
    made.findChild(QComboBox).addItems(["walk", "run"])
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    made.setFocus()
    return made


@pytest.fixture
def keys(application: QApplication, window: QWidget) -> Iterator[HeldKeys]:
    made = HeldKeys(application)
    made.listen(True)
    yield made
    application.removeEventFilter(made)
    made.deleteLater()


def press(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyPress(window.windowHandle(), key, modifiers)


def release(window: QWidget, key: Qt.Key) -> None:
    QTest.keyRelease(window.windowHandle(), key)


def test_a_key_is_held_until_it_comes_up(window: QWidget, keys: HeldKeys) -> None:
    changes: list[int] = []
    keys.changed.connect(lambda: changes.append(len(keys.held)))
    press(window, Qt.Key.Key_W)
    press(window, Qt.Key.Key_G)
    assert keys.held == {Key.W, Key.G}
    release(window, Qt.Key.Key_W)
    assert keys.held == {Key.G}
    assert changes == [1, 2, 1]


def test_shift_and_digits_drive_too(window: QWidget, keys: HeldKeys) -> None:
    press(window, Qt.Key.Key_Shift)
    press(window, Qt.Key.Key_2)
    assert keys.held == {Key.SHIFT, Key.DIGIT_2}


def test_a_held_key_that_repeats_stays_one_press(window: QWidget, keys: HeldKeys) -> None:
    changes: list[int] = []
    keys.changed.connect(lambda: changes.append(1))
    press(window, Qt.Key.Key_W)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
        again = QKeyEvent(kind, Qt.Key.Key_W, Qt.KeyboardModifier.NoModifier, "w", True, 1)
        QCoreApplication.sendEvent(window.windowHandle(), again)
    assert (keys.held, changes) == ({Key.W}, [1])


def test_a_repeat_that_qt_does_not_know_as_one_stays_one_press(window: QWidget, keys: HeldKeys) -> None:
    """X11 sends a release and a press a millisecond apart: the gripper must not open and close while G is held."""
    changes: list[int] = []
    keys.repeat_ms = 20
    keys.changed.connect(lambda: changes.append(len(keys.held)))
    press(window, Qt.Key.Key_G)
    for _ in range(3):
        release(window, Qt.Key.Key_G)
        press(window, Qt.Key.Key_G)
    assert changes == [1]
    release(window, Qt.Key.Key_G)
    QTest.qWait(200)
    assert (keys.held, changes) == (frozenset(), [1, 0])


def test_a_key_that_is_coming_up_is_let_go_with_the_others(window: QWidget, keys: HeldKeys) -> None:
    keys.repeat_ms = 20
    press(window, Qt.Key.Key_W)
    release(window, Qt.Key.Key_W)
    keys.release()
    assert not keys.held
    QTest.qWait(50)
    assert not keys.held


def test_a_key_by_its_place_whatever_it_types(window: QWidget, keys: HeldKeys) -> None:
    keys.by_place = True
    azerty_z = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Z, Qt.KeyboardModifier.NoModifier, 25, 0, 0, "z")
    QCoreApplication.sendEvent(window.windowHandle(), azerty_z)
    assert keys.held == {Key.W}


def test_on_another_layout_a_driving_place_is_no_shortcut(window: QWidget, keys: HeldKeys) -> None:
    """On Dvorak the place of K types T, which is a shortcut."""
    keys.by_place = True
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_T, Qt.KeyboardModifier.NoModifier, 45, 0, 0, "t")
    override.ignore()
    QCoreApplication.sendEvent(window, override)
    assert override.isAccepted()


def test_losing_the_focus_lets_go_of_everything(window: QWidget, keys: HeldKeys) -> None:
    press(window, Qt.Key.Key_W)
    QCoreApplication.sendEvent(window, QEvent(QEvent.Type.WindowDeactivate))
    assert not keys.held


def test_a_field_gets_its_letters_and_the_robot_none(window: QWidget, keys: HeldKeys) -> None:
    field = window.findChild(QLineEdit)
    press(window, Qt.Key.Key_W)
    field.setFocus()
    assert not keys.held
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_W)
    assert (field.text(), keys.held) == ("w", frozenset())


def test_a_list_with_the_focus_is_not_searched_by_driving(window: QWidget, keys: HeldKeys) -> None:
    box = window.findChild(QComboBox)
    box.setFocus()
    press(window, Qt.Key.Key_R)
    assert (box.currentText(), keys.held) == ("walk", {Key.R})


def test_ctrl_with_a_driving_key_is_a_shortcut(window: QWidget, keys: HeldKeys) -> None:
    press(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert not keys.held


def test_on_another_page_keys_do_not_drive(window: QWidget, keys: HeldKeys) -> None:
    press(window, Qt.Key.Key_W)
    keys.listen(False)
    assert not keys.held
    press(window, Qt.Key.Key_S)
    assert not keys.held


def test_a_shortcut_still_works_beside_the_driving_keys(window: QWidget, keys: HeldKeys) -> None:
    fired: list[bool] = []
    QShortcut(QKeySequence(actions.RECORD.key), window).activated.connect(lambda: fired.append(True))
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Space)
    assert fired


def test_no_action_takes_a_key_that_drives_or_another_action_s() -> None:
    every = [action.key for action in (*actions.EPISODE, *actions.PAGES, *actions.WINDOW)]
    assert len(set(every)) == len(every)
    driving = {key.name.removeprefix("DIGIT_") for key in BINDINGS}
    assert not driving & {key.upper() for key in every}


def test_every_action_tells_its_key() -> None:
    for action in (*actions.EPISODE, *actions.PAGES, *actions.WINDOW):
        assert action.tip.endswith(f"({action.shown_key})")
        assert action.shown_key
