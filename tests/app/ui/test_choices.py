from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from snapshots import ready

from accord.app.snapshot import State
from accord.app.ui.choices import Choices
from accord.app.ui.field import Choice
from accord.devices.inputs.keys import Key, Speed


@pytest.fixture
def panel(keep: Callable[[Choices], Choices]) -> Choices:
    made = keep(Choices())
    made.offer_arms(("panda", "ur5e"), tried=("panda",))
    made.offer_sources(("keyboard", "scripted:down-then-across"))
    return made


def choose(choice: Choice, name: str) -> None:
    choice.activated.emit(choice.findData(name))


def test_it_shows_what_holds(panel: Choices) -> None:
    panel.offer_policies(("base-v1", "base-v2"))
    panel.display(ready(source="scripted:down-then-across", policy="base-v2", instruction="put it there"))
    assert panel.source.currentText() == "scripted: down-then-across"
    assert panel.policy.currentText() == "base-v2"
    assert (panel.operator.text(), panel.instruction.text()) == ("ada", "put it there")


def test_choosing_asks_by_name_and_gives_the_keyboard_back(panel: Choices) -> None:
    said: list[str] = []
    panel.source_chosen.connect(said.append)
    panel.left.connect(lambda: said.append("left"))
    choose(panel.source, "keyboard")
    assert said == ["keyboard", "left"]


def test_no_policy_is_the_empty_name(panel: Choices) -> None:
    said: list[str] = []
    panel.policy_chosen.connect(said.append)
    panel.offer_policies(("base",))
    choose(panel.policy, "")
    assert said == [""]


def test_without_policies_it_says_where_they_are_made(panel: Choices) -> None:
    assert "Policy" in panel.policy.currentText()


def test_writing_an_operator_is_passed_on_and_not_overwritten(panel: Choices) -> None:
    said: list[str] = []
    panel.operator_written.connect(said.append)
    panel.display(ready(operator=""))
    panel.show()
    panel.activateWindow()
    assert QTest.qWaitForWindowActive(panel)
    panel.operator.setFocus()
    QTest.keyClicks(panel.operator, "bob")
    panel.display(ready(operator="bo"))
    assert panel.operator.text() == "bob"
    assert said[-1] == "bob"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_return_and_escape_leave_a_field(panel: Choices, key: Qt.Key) -> None:
    left: list[bool] = []
    panel.left.connect(lambda: left.append(True))
    QTest.keyClick(panel.instruction, key)
    assert left


def test_nothing_can_be_chosen_while_recording(panel: Choices) -> None:
    panel.display(ready(state=State.RECORDING))
    fields = (panel.task, panel.arm, panel.operator, panel.instruction, panel.source, panel.policy)
    assert not any(field.isEnabled() for field in fields)


def test_another_task_is_asked_for_in_the_gallery_and_an_arm_by_its_name(panel: Choices) -> None:
    said: list[str] = []
    panel.gallery_asked.connect(lambda: said.append("gallery"))
    panel.arm_chosen.connect(said.append)
    panel.display(ready(task="lift", arm="ur5e"))
    assert (panel.task.text(), panel.arm.currentText()) == ("lift", "ur5e (untried)")
    panel.task.click()
    choose(panel.arm, "panda")
    assert said == ["gallery", "panda"]


def test_a_keyboard_in_one_of_two_hands_has_a_speed(panel: Choices) -> None:
    panel.offer_sources(("keyboard+spacemouse",))
    panel.display(ready(source="keyboard+spacemouse"))
    assert panel.source.currentText() == "Keyboard left, SpaceMouse right"
    assert panel.speed(Speed.SLOW).isEnabled()


def test_for_two_hands_each_line_says_which_and_groups_stand_apart(panel: Choices) -> None:
    panel.offer_sources(("exo", "either:keyboard", "l-gello+r-gello", "scripted:over"))
    lines = [panel.source.itemText(index) for index in range(panel.source.count())]
    assert lines == [
        "Choose who drives…", "exo, both hands", "Keyboard, either arm", "", "l-gello left, r-gello right", "",
        "scripted: over",
    ]  # fmt: skip
    panel.offer_sources(("exo", "scripted:over"))
    assert panel.source.itemText(1) == "exo", "a robot with one hand"


def test_two_devices_that_somebody_named_show_though_nobody_offers_them(panel: Choices) -> None:
    panel.display(ready(source="keyboard+exo"))
    assert panel.source.currentText() == "Keyboard left, exo right"


def test_a_keyboard_that_drives_either_arm_has_a_speed(panel: Choices) -> None:
    panel.display(ready(source="either:keyboard"))
    assert panel.speed(Speed.SLOW).isEnabled()


def test_a_speed_is_asked_for_by_its_key(panel: Choices) -> None:
    asked: list[int] = []
    panel.speed_asked.connect(asked.append)
    panel.display(ready())
    panel.speed(Speed.FAST).click()
    assert asked == [Key.DIGIT_3]
    panel.show_speed(Speed.SLOW, 0.15)
    assert panel.speed(Speed.SLOW).isChecked()


def test_what_the_wheel_chose_is_told_as_a_share_and_is_none_of_the_three(panel: Choices) -> None:
    panel.show_speed(Speed.NORMAL, 0.5)
    panel.show_speed(Speed.FAST, 0.378)
    assert panel.share.text() == "38%"
    assert not any(panel.speed(speed).isChecked() for speed in Speed)
    panel.show_speed(Speed.FAST, 1.0)
    assert [panel.speed(speed).isChecked() for speed in Speed] == [False, False, True]
    assert panel.share.text() == "100%"


def test_a_speed_is_for_the_keyboard_alone(panel: Choices) -> None:
    panel.display(ready(source="spacemouse"))
    assert not panel.speed(Speed.SLOW).isEnabled()
