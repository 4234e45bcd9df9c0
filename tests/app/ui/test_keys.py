from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from accord.app.ui import actions, mapping_profile
from accord.app.ui.devices_page import DevicesPage
from accord.app.ui.key_sheet import KeySheet
from accord.app.ui.keys import HeldKeys
from accord.app.ui.mapping_editor import MappingEditor
from accord.app.ui.views import Views
from accord.devices.inputs.keys import BINDINGS, Board, Key


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


def send(window: QWidget, kind: QEvent.Type, typed: Qt.Key, scan: int, virtual: int) -> None:
    """A key event as the platform tells it, with what names the key's place."""
    event = QKeyEvent(kind, typed, Qt.KeyboardModifier.NoModifier, scan, virtual, 0)
    QCoreApplication.sendEvent(window.windowHandle(), event)


def wheel(widget: QWidget, delta: int, phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase) -> bool:
    """Whether somebody took it."""
    at, none = QPointF(5, 5), Qt.MouseButton.NoButton
    modifiers, nothing = Qt.KeyboardModifier.NoModifier, QPoint()
    return QCoreApplication.sendEvent(
        widget, QWheelEvent(at, widget.mapToGlobal(at), nothing, QPoint(0, delta), none, modifiers, phase, False)
    )


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


def test_a_repeat_that_qt_does_not_know_as_one_stays_one_press(
    window: QWidget, keys: HeldKeys, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    """X11 sends a release and a press a millisecond apart: the gripper must not open and close while G is held."""
    changes: list[int] = []
    keys.repeat_ms = 60_000  # long for a machine that stands still in between
    keys.changed.connect(lambda: changes.append(len(keys.held)))
    press(window, Qt.Key.Key_G)
    for _ in range(3):
        release(window, Qt.Key.Key_G)
        press(window, Qt.Key.Key_G)
    assert changes == [1]
    keys.repeat_ms = 20
    release(window, Qt.Key.Key_G)
    wait_for(lambda: not keys.held)
    assert changes == [1, 0]


def test_a_key_that_is_coming_up_is_let_go_with_the_others(window: QWidget, keys: HeldKeys) -> None:
    keys.repeat_ms = 20
    press(window, Qt.Key.Key_W)
    release(window, Qt.Key.Key_W)
    keys.release()
    assert not keys.held
    QTest.qWait(50)
    assert not keys.held


def test_a_key_by_its_place_whatever_it_types(window: QWidget, keys: HeldKeys) -> None:
    keys.board = Board.XKB
    azerty_z = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Z, Qt.KeyboardModifier.NoModifier, 25, 0, 0, "z")
    QCoreApplication.sendEvent(window.windowHandle(), azerty_z)
    assert keys.held == {Key.W}


@pytest.mark.parametrize(
    ("board", "w", "a"),
    [(Board.XKB, (25, 0), (38, 0)), (Board.SET_1, (0x11, 0x57), (0x1E, 0x41)), (Board.MAC, (1, 0x0D), (1, 0x00))],
)
def test_every_platform_tells_two_keys_on_azerty_apart(
    window: QWidget, keys: HeldKeys, board: Board, w: tuple[int, int], a: tuple[int, int]
) -> None:
    """Scan code and virtual key as Qt tells them; what is typed is Z and Q."""
    keys.board = board
    for (scan, virtual), typed in ((w, Qt.Key.Key_Z), (a, Qt.Key.Key_Q)):
        send(window, QEvent.Type.KeyPress, typed, scan, virtual)
    assert keys.held == {Key.W, Key.A}
    send(window, QEvent.Type.KeyRelease, Qt.Key.Key_Z, *w)
    QTest.qWait(keys.repeat_ms)
    assert keys.held == {Key.A}


def test_on_a_mac_shift_is_shift_and_not_the_key_at_place_zero(window: QWidget, keys: HeldKeys) -> None:
    keys.board = Board.MAC
    send(window, QEvent.Type.KeyPress, Qt.Key.Key_Shift, 1, 0)
    send(window, QEvent.Type.KeyPress, Qt.Key.Key_Exclam, 1, 0x12)
    assert keys.held == {Key.SHIFT, Key.DIGIT_1}
    send(window, QEvent.Type.KeyRelease, Qt.Key.Key_Shift, 1, 0)
    send(window, QEvent.Type.KeyRelease, Qt.Key.Key_1, 1, 0x12)
    assert not keys.held


def test_a_key_without_a_place_is_known_by_what_it_types(window: QWidget, keys: HeldKeys) -> None:
    keys.board = Board.XKB
    send(window, QEvent.Type.KeyPress, Qt.Key.Key_W, 0, 0)
    assert keys.held == {Key.W}


def test_three_keys_at_once_and_opposite_ones_are_all_held(window: QWidget, keys: HeldKeys) -> None:
    for key in (Qt.Key.Key_W, Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_D, Qt.Key.Key_Shift):
        press(window, key)
    assert keys.held == {Key.W, Key.A, Key.R, Key.D, Key.SHIFT}
    release(window, Qt.Key.Key_A)
    assert keys.held == {Key.W, Key.R, Key.D, Key.SHIFT}


class TestTheWheel:
    @pytest.fixture
    def views(self, window: QWidget, keys: HeldKeys) -> Views:
        views = Views()
        window.layout().addWidget(views)
        return views

    @pytest.fixture
    def turned(self, keys: HeldKeys) -> list[float]:
        notches: list[float] = []
        keys.turned.connect(notches.append)
        return notches

    def test_over_the_views_it_is_told_in_notches(self, views: Views, turned: list[float]) -> None:
        inside = QWidget(views)
        assert [wheel(views, 120), wheel(inside, -240), wheel(inside, 15)] == [True] * 3
        assert turned == [1.0, -2.0, 0.125]

    def test_anywhere_else_it_scrolls_as_ever(self, window: QWidget, views: Views, turned: list[float]) -> None:
        box = window.findChild(QComboBox)
        wheel(box, -120)
        assert (box.currentText(), turned) == ("run", [])

    def test_while_no_key_drives_it_chooses_no_speed(self, keys: HeldKeys, views: Views, turned: list[float]) -> None:
        keys.listen(False)
        wheel(views, 120)
        assert not turned

    def test_what_a_touchpad_rolls_on_by_itself_is_no_wish(self, views: Views, turned: list[float]) -> None:
        wheel(views, 120, Qt.ScrollPhase.ScrollMomentum)
        wheel(views, 0)
        assert not turned


def test_on_another_layout_a_driving_place_is_no_shortcut(window: QWidget, keys: HeldKeys) -> None:
    """On Dvorak the place of K types T, which is a shortcut."""
    keys.board = Board.XKB
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


@pytest.mark.parametrize("number", range(len(actions.PAGES)))
def test_every_page_has_a_sheet_of_its_keys(keep: Callable[[QWidget], QWidget], number: int) -> None:
    parent = keep(QWidget())
    parent.resize(1200, 800)
    parent.show()
    sheet = KeySheet(parent)
    sheet.page = number
    sheet.switch()
    told = [words.text() for words in sheet.findChildren(QLabel)]
    assert {page.shown_key for page in actions.PAGES} <= set(told)
    assert ("Wheel" in told) == (number in (0, 5)), "where the robot can be seen"
    sheet.switch()


def sheet_of_devices(parent: QWidget) -> set[str]:
    """What the sheet of keys tells on the page Devices, without what it tells on every page."""
    parent.resize(1200, 800)
    parent.show()
    sheet = KeySheet(parent)
    sheet.page = actions.PAGES.index(actions.DEVICES)
    sheet.switch()
    told = {words.text() for words in sheet.findChildren(QLabel)}
    sheet.switch()
    everywhere = (*actions.PAGES, *actions.WINDOW)
    return told - {word for action in everywhere for word in (action.text, action.shown_key)}


def test_the_sheet_tells_the_keys_of_the_page_devices(keep: Callable[[QWidget], QWidget]) -> None:
    parent, page = keep(QWidget()), DevicesPage()
    page.setParent(parent)
    keys = {shortcut.key().toString() for shortcut in page.findChildren(QShortcut)}
    told = sheet_of_devices(parent)
    assert {"Add a device", "Add, Save or Next", "Leave the form or the calibration"} <= told
    assert {"Ctrl+N", "Return", "Esc"} <= told & keys, "and they are what the page listens to"
    assert "Try" not in told


def test_the_sheet_tells_the_keys_of_the_open_mapping_editor(keep: Callable[[QWidget], QWidget]) -> None:
    parent, editor = keep(QWidget()), MappingEditor()
    editor.setParent(parent)
    editor.show()
    told = sheet_of_devices(parent)
    for action in (mapping_profile.SAVE, mapping_profile.UNDO, mapping_profile.REDO, mapping_profile.TRY):
        assert {action.text, action.shown_key} <= told
    assert mapping_profile.BACK.shown_key in told
    assert {shortcut.key().toString() for shortcut in editor.findChildren(QShortcut)} <= told
    assert "Wheel" in told, "it shows the robot"
    assert "Ctrl+N" not in told
    editor.hide()
    assert "Ctrl+N" in sheet_of_devices(parent)


def test_every_action_tells_its_key() -> None:
    for action in (*actions.EPISODE, *actions.PAGES, *actions.WINDOW):
        assert action.tip.endswith(f"({action.shown_key})")
        assert action.shown_key
