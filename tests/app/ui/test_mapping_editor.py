"""The mapping page: made-up readings in, pictures looked up, clicks and keys, and what is asked for as signals."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mapped import AXES, CHANNELS, HEALTH, Driving, driven, moment, shown, step
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from snapshots import steps

from accord.app.desk import Desk
from accord.app.ui import theme
from accord.app.ui.live import Live
from accord.app.ui.mapping_curve import Curve
from accord.app.ui.mapping_draft import Draft, matched, swapped, whole
from accord.app.ui.mapping_editor import MappingEditor
from accord.app.ui.mapping_guiding import MappingGuiding, heading
from accord.app.ui.mapping_joints import JointTable
from accord.app.ui.mapping_moment import ask
from accord.app.ui.mapping_motion import Motion
from accord.app.ui.mapping_standing import Matter
from accord.app.watched import Reading
from accord.devices.input import InputState
from accord.devices.joint_map import STILL, JointMap
from accord.devices.limits import Hold
from accord.devices.mapping import (
    LEADER_DEFAULT,
    PEDAL,
    SPACEMOUSE_DEFAULT,
    Follow,
    Frame,
    GripperMode,
    Mapping,
    pace,
    shaped,
    twist,
)  # fmt: skip
from accord.devices.rotation import IDENTITY, from_axis_angle
from accord.devices.setup import Setup
from accord.devices.sim.cameras import camera_infos, headings
from accord.devices.sim.workcell import Workcell

Keep = Callable[[QWidget], QWidget]


@pytest.fixture
def editor(keep: Keep) -> MappingEditor:
    made = MappingEditor()
    keep(made)
    made.resize(1200, 740)
    made.edit("mouse", "SpaceMouse", "fine", ("fine", "coarse"), Draft(SPACEMOUSE_DEFAULT, SPACEMOUSE_DEFAULT))
    made.show()
    return made


# The draft --------------------------------------------------------------------------------------------------------


def test_changes_are_taken_back_and_made_again() -> None:
    draft = Draft(Mapping(), Mapping())
    assert draft.change(linear_m_s=0.1) == draft.change(scale=2.0) == ""
    draft.undo()
    assert (draft.mapping.linear_m_s, draft.mapping.scale) == (0.1, 1.0)
    draft.redo()
    assert draft.mapping.scale == 2.0
    draft.undo()
    draft.change(turns=False)
    assert not draft.may_redo, "another change has taken the place"
    for _ in range(5):
        draft.undo()
    assert draft.mapping == draft.saved
    assert not draft.changed


def test_what_is_no_mapping_changes_nothing_and_is_said() -> None:
    draft = Draft(Mapping(), Mapping())
    sentence = draft.change(linear_m_s=-1.0)
    assert sentence.startswith("Wanted linear_m_s of a mapping to be a positive number, found -1.0")
    assert not draft.may_undo


@given(st.permutations(range(6)), st.integers(0, 5), st.integers(0, 5))
def test_choosing_an_axis_swaps_it_with_whoever_had_it(order: list[int], axis: int, device: int) -> None:
    after = swapped(tuple(order), axis, device)
    assert after[axis] == device
    assert sorted(after) == list(range(6))
    assert sum(a != b for a, b in zip(order, after, strict=True)) in (0, 2)


@given(st.lists(st.floats(-3, 3), min_size=7, max_size=7), st.lists(st.floats(-3, 3), min_size=7, max_size=7))
def test_matched_offsets_bring_the_robot_to_where_it_stands(leader: list[float], robot: list[float]) -> None:
    joints = JointMap(order=(1, 0, 2, 3, 4, 5, STILL), signs=(1, -1, 1, 1, -1, 1, 1), scales=(1.0, 2.0, *(1.0,) * 5))
    led = matched(joints, tuple(leader), tuple(robot)).of(np.array(leader))
    assert led == pytest.approx(robot, abs=1e-3)


def test_a_map_written_out_is_the_same_map() -> None:
    leader = np.linspace(-1, 1, 7)
    assert whole(JointMap(), 7).of(leader) == pytest.approx(leader)
    assert whole(JointMap(signs=(-1,) * 7), 7).of(leader) == pytest.approx(-leader)
    assert len(whole(JointMap(order=(0, 1)), 6).order) == 6


# What is asked, and what the robot does ---------------------------------------------------------------------------


def test_what_is_asked_is_what_the_loop_would_ask() -> None:
    mapping, state = replace(SPACEMOUSE_DEFAULT, slow_button=3, frame=Frame.HAND), InputState(AXES, 0b1000, 1)
    turned = from_axis_angle(np.array([0.0, 0.0, 1.0]), 0.7)
    now = moment(state, newest=step(observation__hand_quaternion=turned))
    assert ask(mapping, now).twist == pytest.approx(twist(AXES, mapping, turned) * pace(0b1000, mapping))
    assert np.isnan(ask(mapping, now).sent).all(), "another device drives"


def test_a_device_that_drives_shows_what_was_sent_and_why_it_is_held() -> None:
    sent = np.arange(6) / 10
    now = moment(InputState(AXES), newest=step(sent__twist=sent, sent__gripper=0.5), drives=True,
                 hold_text=Hold.MUST_REST.sentence)  # fmt: skip
    asked = ask(SPACEMOUSE_DEFAULT, now)
    assert asked.sent == pytest.approx(sent)
    assert asked.sent_gripper == 0.5
    assert asked.note == Hold.MUST_REST.sentence


def test_without_a_view_what_is_asked_is_told_in_the_views_own_frame() -> None:
    mapping = replace(SPACEMOUSE_DEFAULT, frame=Frame.VIEW)
    asked = ask(mapping, moment(InputState(AXES)))
    assert asked.twist == pytest.approx(twist(AXES, SPACEMOUSE_DEFAULT, IDENTITY))
    assert "view" in asked.note


def test_a_dead_man_button_that_is_up_asks_for_nothing() -> None:
    mapping = replace(SPACEMOUSE_DEFAULT, dead_man_button=PEDAL)
    assert not ask(mapping, moment(InputState(AXES))).twist.any()
    assert ask(mapping, moment(InputState(AXES, 1 << PEDAL))).twist.any()


@pytest.mark.parametrize(
    ("mode", "state", "opening"),
    [
        (GripperMode.HOLD, InputState(buttons=1), 0.0),
        (GripperMode.HOLD, InputState(buttons=2), 1.0),
        (GripperMode.PROPORTIONAL, InputState(gripper=0.3), 0.3),
    ],
)
def test_the_gripper_is_asked_for_as_the_mode_says(mode: GripperMode, state: InputState, opening: float) -> None:
    assert ask(Mapping(gripper=mode), moment(state)).gripper == opening


def test_a_leader_that_does_not_fit_is_said() -> None:
    asked = ask(replace(LEADER_DEFAULT, follow=Follow.JOINTS), moment(InputState(joints=np.zeros(6), gripper=1.0)))
    assert asked.follow is None
    assert asked.problem.startswith("Wanted ")


def test_the_speed_of_the_hand_is_taken_from_the_steps() -> None:
    motion, turn = Motion(), np.array([0.0, 0.0, 0.5])
    made = steps(20)
    for i, record in enumerate(made):
        record["observation/hand_position"] = (0.1 * i / 50, 0.0, -0.2 * i / 50)
        record["observation/hand_quaternion"] = from_axis_angle(turn, 0.5 * i / 50)
    assert np.isnan(motion.twist).all()
    motion.feed(made[:10])
    motion.feed(made[10:])
    assert motion.twist == pytest.approx([0.1, 0.0, -0.2, 0.0, 0.0, 0.5], abs=1e-6)


def test_the_columns_show_the_device_the_mapping_and_the_robot(editor: MappingEditor) -> None:
    sent, moved = np.full(6, 0.05), np.array([0.02, 0.0, 0.0, 0.0, 0.0, 0.1])
    state = InputState(AXES, 0b101, 1, raw=AXES * 350)
    shown(
        editor, moment(state, newest=step(sent__twist=sent, observation__gripper_width=0.04), drives=True, moved=moved)
    )
    live = editor.live
    assert [row.value for row in live.says.rows] == pytest.approx(list(AXES))
    assert live.raw.cells[0] == ("x [1/350]", pytest.approx(175.0))
    assert live.buttons.text() == "Down: button 0, button 2"
    assert [row.value for row in live.asks.rows[:6]] == pytest.approx(list(twist(AXES, SPACEMOUSE_DEFAULT, IDENTITY)))
    assert [row.mark for row in live.asks.rows[:6]] == pytest.approx(list(sent))
    assert [row.value for row in live.does.rows[:6]] == pytest.approx(list(moved))
    assert live.does.rows[6].value == 0.04


def test_a_bar_reaches_as_far_as_its_value_says(editor: MappingEditor) -> None:
    shown(editor, moment(InputState(np.array([0.5, -0.5, 0, 0, 0, 0]))))
    bars = editor.live.says
    image, accent = bars.grab().toImage(), theme.accent(bars.palette())
    for row, inside, outside in ((0, 0.45, 0.55), (1, -0.45, -0.55)):
        y = round(bars.track(row).center().y())
        assert image.pixelColor(round(bars.at(row, inside)), y) == accent
        assert image.pixelColor(round(bars.at(row, outside)), y) != accent


# Editing ----------------------------------------------------------------------------------------------------------


def test_the_point_is_on_the_curve_where_the_device_is(keep: Keep) -> None:
    shape = {"dead_zones": (0.2,) * 6, "exponents": (2.0,) * 6, "gains": (1.0, 1.5, 1, 1, 1, 1)}
    mapping = Mapping(**shape, signs=(1, -1, 1, 1, 1, 1), order=(1, 0, 2, 3, 4, 5))
    curve = Curve(1, "y")
    keep(curve)
    curve.show_mapping(mapping)
    curve.show()
    for value in (-1.0, -0.1, 0.6, 1.0):
        axes = np.array([value, 0.3, 0, 0, 0, 0])
        curve.show_point(axes, mapping)
        output = shaped(axes, mapping)[1]
        assert curve.point == (value, pytest.approx(output))
        assert output == pytest.approx(np.interp(value, np.linspace(-1, 1, 81), curve.outputs), abs=0.01)
        at = curve.place(*curve.point).toPoint()
        assert curve.grab().toImage().pixelColor(at) == QColor(theme.DOUBTFUL)


def test_an_axis_is_swapped_by_choosing_and_its_dead_zone_goes_with_the_device(editor: MappingEditor) -> None:
    editor.axes.changed.emit("dead_zones", (0.3, 0.08, 0.08, 0.08, 0.08, 0.08))
    assert editor.axes.dead_zones[0].value() == 0.3
    choice = editor.axes.follows[0]
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert editor.draft.mapping.order == (1, 0, 2, 3, 4, 5)
    assert editor.axes.follows[1].currentText() == "x"
    assert (editor.axes.dead_zones[0].value(), editor.axes.dead_zones[1].value()) == (0.08, 0.3)


def test_signs_and_numbers_change_the_mapping(editor: MappingEditor) -> None:
    QTest.mouseClick(editor.axes.rounds[2], Qt.MouseButton.LeftButton)
    editor.axes.gains[1].setFocus()
    editor.axes.gains[1].lineEdit().setText("0.5")
    QTest.keyClick(editor.axes.gains[1], Qt.Key.Key_Return)
    editor.form.choices["gripper"].chosen.emit("hold")
    mapping = editor.draft.mapping
    assert mapping.signs[2] == -1
    assert editor.axes.rounds[2].text() == "−"
    assert mapping.gains[1] == 0.5
    assert mapping.gripper is GripperMode.HOLD
    assert mapping.dead_zones == SPACEMOUSE_DEFAULT.dead_zones, "what was only looked at is as it was"


def test_a_bad_value_is_one_sentence_and_the_field_goes_back(editor: MappingEditor) -> None:
    field = editor.axes.dead_zones[0]
    field.setFocus()
    field.lineEdit().setText("1.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert editor.note.text.text().startswith("Wanted dead_zones of a mapping to be at least 0 and below 1, found [1.5")
    assert editor.note.matter is Matter.WRONG
    assert field.value() == 0.08
    assert not editor.draft.changed


def test_a_button_is_chosen_by_pressing_it_on_the_device(editor: MappingEditor) -> None:
    table = editor.buttons
    editor.display(moment(InputState(buttons=0b10)))
    QTest.mouseClick(table.presses["clutch_button"], Qt.MouseButton.LeftButton)
    editor.display(moment(InputState(buttons=0b10)))
    assert table.waiting == "clutch_button", "one that was down before is not meant"
    editor.display(moment(InputState(buttons=0b10 | 1 << PEDAL)))
    assert editor.draft.mapping.clutch_button == PEDAL
    assert table.choices["clutch_button"].currentText() == "pedal 0"
    assert not table.waiting
    editor.display(moment(InputState(buttons=0b110)))
    assert editor.draft.mapping.clutch_button == PEDAL, "it is chosen once"


def test_choosing_a_button_can_be_given_up_and_ends_when_the_page_is_left(editor: MappingEditor) -> None:
    press = editor.buttons.presses["fast_button"]
    QTest.mouseClick(press, Qt.MouseButton.LeftButton)
    QTest.mouseClick(press, Qt.MouseButton.LeftButton)
    assert not editor.buttons.waiting
    QTest.mouseClick(press, Qt.MouseButton.LeftButton)
    editor.hide()
    assert not editor.buttons.waiting
    editor.buttons.choices["fast_button"].chosen.emit("5")
    assert editor.draft.mapping.fast_button == 5
    editor.buttons.choices["fast_button"].chosen.emit("-")
    assert editor.draft.mapping.fast_button is None


def test_a_button_without_a_place_in_the_list_is_shown_too(editor: MappingEditor) -> None:
    editor.edit("pad", "Gamepad", "", (), Draft(Mapping(slow_button=21), Mapping()))
    assert editor.buttons.choices["slow_button"].currentText() == "button 21"


# A leader ---------------------------------------------------------------------------------------------------------


def test_a_leader_opens_its_joints_and_shows_where_they_lead(editor: MappingEditor) -> None:
    robot, leader = np.linspace(-1, 1, 7), np.linspace(-0.5, 0.5, 7)
    editor.edit("gello", "GELLO", "", (), Draft(LEADER_DEFAULT, LEADER_DEFAULT))
    now = moment(InputState(joints=leader, gripper=0.5), newest=step(observation__joint_position=robot))
    shown(editor, now)
    assert editor.fields.tabs.currentIndex() == 1
    bar = editor.joints.rows[0].bars.rows[0]
    assert (bar.value, bar.mark) == (pytest.approx(np.degrees(-0.5)), pytest.approx(np.degrees(-1.0)))
    QTest.mouseClick(editor.joints.rows[0].round, Qt.MouseButton.LeftButton)
    assert editor.draft.mapping.joints.signs == (-1, 1, 1, 1, 1, 1, 1)
    QTest.mouseClick(editor.joints.match, Qt.MouseButton.LeftButton)
    assert editor.draft.mapping.joints.of(leader) == pytest.approx(robot, abs=1e-3)
    editor.joints.rows[2].follows.chosen.emit(str(STILL))
    assert editor.draft.mapping.joints.order[2] == STILL
    editor.form.numbers["engage_within_rad"].lineEdit().setText("30")
    QTest.keyClick(editor.form.numbers["engage_within_rad"], Qt.Key.Key_Return)
    assert editor.draft.mapping.engage_within_rad == pytest.approx(np.radians(30))


def test_a_joint_map_that_is_none_is_refused_in_a_sentence(editor: MappingEditor) -> None:
    shown(editor, moment(InputState(joints=np.zeros(7)), newest=step()))
    field = editor.joints.rows[1].scale
    field.lineEdit().setText("-2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "joints.scales" in editor.note.text.text()
    assert field.value() == 1.0


def test_the_table_has_as_many_lines_as_the_robot_has_joints(keep: Keep) -> None:
    table = JointTable()
    keep(table)
    for count in (6, 9, 7):
        table.show_joints(None, np.zeros(count))
        assert len(table.rows) == count
    assert not table.match.isEnabled()


# Trying, saving, leaving ------------------------------------------------------------------------------------------


def test_try_says_which_mapping_and_discarding_brings_back_what_is_saved(
    editor: MappingEditor, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    tried: list[Mapping] = []
    editor.tried.connect(tried.append)
    editor.form.changed.emit("linear_m_s", 0.1)
    QTest.mouseClick(editor.bar.try_, Qt.MouseButton.LeftButton)
    assert [one.linear_m_s for one in tried] == [0.1]
    assert "driven with them now" in editor.note.text.text()
    QTest.mouseClick(editor.note.discard, Qt.MouseButton.LeftButton)
    assert tried[-1] == SPACEMOUSE_DEFAULT
    assert not editor.draft.changed
    editor.activateWindow()
    editor.setFocus()
    wait_for(editor.hasFocus)
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.draft.mapping.linear_m_s == 0.1, "what was discarded can be brought back"


def test_saving_asks_with_the_name_and_a_usual_mapping_has_to_get_one(editor: MappingEditor) -> None:
    asked: list[tuple[str, Mapping]] = []
    editor.save_asked.connect(lambda name, mapping: asked.append((name, mapping)))
    editor.form.changed.emit("scale", 2.0)
    QTest.mouseClick(editor.bar.save, Qt.MouseButton.LeftButton)
    assert asked == [("fine", editor.draft.mapping)]
    editor.saved("fine", ("fine",))
    assert editor.note.matter is Matter.FINE
    editor.edit("mouse", "SpaceMouse", "", (), Draft(Mapping(), Mapping()))
    editor.form.changed.emit("scale", 3.0)
    editor.save()
    assert "name for the profile" in editor.note.text.text()
    QTest.keyClicks(editor.bar.name, "slow")
    QTest.keyClick(editor.bar.name, Qt.Key.Key_Return)
    assert asked[-1][0] == "slow"


def test_another_profile_takes_nothing_away(editor: MappingEditor) -> None:
    editor.form.changed.emit("scale", 2.0)
    editor.take("coarse", Mapping(scale=5.0))
    assert editor.draft.mapping.scale == 5.0
    assert not editor.draft.changed
    editor.undo()
    assert editor.draft.mapping.scale == 2.0
    QTest.mouseClick(editor.bar.default, Qt.MouseButton.LeftButton)
    assert editor.draft.mapping == SPACEMOUSE_DEFAULT


def test_leaving_the_page_with_changes_says_so_and_without_says_nothing(editor: MappingEditor) -> None:
    said: list[str] = []
    editor.left_unsaved.connect(said.append)
    editor.hide()
    assert said == []
    editor.show()
    editor.form.changed.emit("scale", 2.0)
    editor.hide()
    assert said == ["The mapping of mouse has changes that are not saved; its page keeps them."]


def test_escape_goes_out_of_what_is_open_and_then_off_the_page(
    editor: MappingEditor, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    closed: list[bool] = []
    editor.closed.connect(lambda: closed.append(True))
    editor.activateWindow()
    press = editor.buttons.presses["slow_button"]
    press.setFocus()
    wait_for(press.hasFocus)
    press.click()
    for left in ("the choice", "the field"):
        QTest.keyClick(editor.focusWidget(), Qt.Key.Key_Escape)
        assert not closed, left
        assert not editor.buttons.waiting
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert closed == [True]


# With a desk and a session ----------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    session = SimpleNamespace(driving=Driving(), scene=SimpleNamespace(cameras=(), fingers=None))
    return SimpleNamespace(session=session, running=True, snapshot=driven("keyboard"))


@pytest.fixture
def guiding(editor: MappingEditor, desk: Desk, live: SimpleNamespace) -> MappingGuiding:
    return MappingGuiding(editor, desk, cast(Live, live), editor)


def test_a_profile_is_saved_used_and_driven_with_at_once(
    guiding: MappingGuiding, editor: MappingEditor, desk: Desk, live: SimpleNamespace
) -> None:
    guiding.open("keyboard")
    editor.form.changed.emit("linear_m_s", 0.07)
    editor.bar.save_as_asked.emit("gentle")
    assert desk.profiles.load("gentle").linear_m_s == 0.07
    assert desk.setup("keyboard").profile == "gentle"
    assert [(hand, mapping.linear_m_s) for hand, mapping in live.session.driving.asked] == [(0, 0.07)]
    editor.bar.chosen.emit("")
    assert desk.setup("keyboard").profile == ""
    assert editor.draft.mapping == desk.mapping("keyboard")


def test_what_was_left_unsaved_is_there_again(guiding: MappingGuiding, editor: MappingEditor) -> None:
    guiding.open("keyboard")
    editor.form.changed.emit("scale", 4.0)
    guiding.open("spacemouse")
    assert editor.draft.mapping.scale == 1.0
    assert guiding.unsaved == ("keyboard",)
    guiding.open("keyboard")
    assert editor.draft.mapping.scale == 4.0
    assert editor.note.matter is Matter.UNSAVED


def test_a_device_that_does_not_drive_cannot_be_tried_and_says_who_does(
    guiding: MappingGuiding, editor: MappingEditor, live: SimpleNamespace
) -> None:
    guiding.open("spacemouse")
    editor.try_now()
    sentence = "To try it, choose spacemouse on the page Collect; now keyboard drives."
    assert editor.note.text.text() == sentence
    guiding.open("keyboard")
    editor.try_now()
    assert len(live.session.driving.asked) == 1
    live.session.driving.refuses = "an episode that is being recorded"
    editor.try_now()
    assert "an episode that is being recorded" in editor.note.text.text()


def test_a_broken_profile_and_a_bad_name_are_sentences_and_lose_nothing(
    guiding: MappingGuiding, editor: MappingEditor, desk: Desk, tmp_path: Path
) -> None:
    desk.profiles.save("fine", Mapping(scale=3.0))
    desk.choose_profile("keyboard", "fine")
    path = tmp_path / "profiles" / "fine.toml"
    path.write_text("version = 2\nscale = no\n")
    guiding.open("keyboard")
    assert str(path) in editor.note.text.text()
    editor.form.changed.emit("scale", 2.0)
    editor.save()
    assert "broken" in editor.note.text.text()
    assert path.read_text() == "version = 2\nscale = no\n"
    editor.bar.save_as_asked.emit("../evil")
    assert editor.note.text.text().startswith("Wanted a plain word")
    assert editor.draft.mapping.scale == 2.0


def test_a_device_of_the_loop_is_seen_through_the_steps(
    guiding: MappingGuiding, editor: MappingEditor, desk: Desk, live: SimpleNamespace
) -> None:
    guiding.open("keyboard")
    live.snapshot = driven("keyboard", input__axes=AXES, input__buttons=4)
    for _ in range(3):
        guiding.tick(True, live.snapshot)
    assert [row.value for row in editor.live.says.rows] == pytest.approx(list(AXES))
    assert editor.live.buttons.text() == "Down: button 2"
    assert guiding.drives
    assert editor.view.caption == "robot   front"
    QTest.mouseClick(editor.view, Qt.MouseButton.LeftButton)
    guiding.tick(True, live.snapshot)
    assert editor.view.caption == "robot   side"
    guiding.tick(False, live.snapshot)
    assert not guiding.drives


def test_pedals_count_as_buttons_of_their_device(
    guiding: MappingGuiding, editor: MappingEditor, desk: Desk, monkeypatch: pytest.MonkeyPatch, live: SimpleNamespace
) -> None:
    said = {"spacemouse": InputState(AXES, 1), "feet": InputState(buttons=0b10)}
    monkeypatch.setattr(desk, "readings", lambda name: (Reading(said[name], HEALTH, 1, CHANNELS),))
    monkeypatch.setattr(desk, "setup", lambda name: Setup("spacemouse", "spacemouse", pedals="feet"))
    guiding.open("spacemouse")
    for _ in range(3):
        guiding.tick(True, live.snapshot)
    assert editor.live.buttons.text() == "Down: button 0, pedal 1"


def test_forward_in_a_view_is_what_the_loop_takes_it_for() -> None:
    cell = Workcell()
    cell.reset(0)
    told = headings(cell)
    cameras = camera_infos(cell, 64, 48, 30.0)
    for name, rotation in told.items():
        assert heading(cameras, name) == pytest.approx(rotation)
    assert heading(cameras, "wrist") is None
    cell.close()
